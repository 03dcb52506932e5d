import { download, h } from "./dom.js";
import { isLive } from "./routes.js";

// Every list as CSV and JSON: served by the server, or made here out of the file.

const namesOf = (parties) => parties.map((one) => `${one.name}${one.country ? ` (${one.country})` : ""}`).join("; ");
const COLUMNS = {
  contacts: {
    id: (row) => row.id,
    date: (row) => row.date,
    precision: (row) => row.precision,
    mode: (row) => row.mode,
    status: (row) => row.status,
    participants: (row) => namesOf(row.parties),
    place: (row) => row.place,
    subjects: (row) => row.subjects.join("; "),
    confidence: (row) => row.confidence,
    sentences: (row) => row.sentences.map((sentence) => sentence.map(([text]) => text).join("")).join(" "),
    article: (row) => row.article,
    published: (row) => row.published,
    record: (row) => row.where,
  },
  statements: {
    id: (row) => row.id,
    source: (row) => row.source?.name,
    country: (row) => row.country,
    on_behalf_of: (row) => row.source?.for,
    kind: (row) => row.kind,
    status: (row) => row.status,
    cue: (row) => row.cue,
    text: (row) => row.text,
    date: (row) => row.date,
    article: (row) => row.article,
    published: (row) => row.published,
    record: (row) => row.where,
  },
  across: {
    id: (row) => row.id,
    dates: (row) => row.dates.map((claim) => claim.date).join("; "),
    modes: (row) => row.modes.map((claim) => claim.mode).join("; "),
    statuses: (row) => row.statuses.map((claim) => claim.status).join("; "),
    participants: (row) => namesOf(row.participants),
    reports: (row) => row.report_count,
    independent: (row) => row.independent_reports,
    disputed: (row) => row.disputed.join("; "),
    articles: (row) => row.reports.map((report) => report.article_id).join("; "),
    record: (row) => row.where,
  },
  people: Object.fromEntries(
    ["name", "type", "country", "contacts", "statements", "about", "articles"].map((name) => [name, (row) => row[name]]),
  ),
  articles: Object.fromEntries(
    ["id", "title", "published", "source", "status", "revisions", "contacts", "statements", "names", "withdrawn"].map(
      (name) => [name, (row) => row[name]],
    ),
  ),
  network: { first: (row) => row[0], second: (row) => row[1], contacts: (row) => row[2] },
  article: {
    id: (row) => row.id,
    kind: (row) => row.kind,
    revision: (row) => row.revision,
    live: (row) => row.live,
    record: (row) => `${row.log.topic}/${row.log.partition}@${row.log.offset}`,
    value: (row) => row.log.value,
  },
};

/** The link or button that gives a view's rows as CSV or JSON. */
export function exportLink(app, view, filters, form) {
  const name = `${view}.${form}`;
  if (isLive()) {
    const asked = Object.entries(filters).filter(([, value]) => value);
    return h("a", { href: `/export/${name}?${new URLSearchParams(asked)}`, download: name }, form.toUpperCase());
  }
  const make = async () => {
    const rows = await rowsOf(app, view, filters);
    if (form === "json") download(name, "application/json", JSON.stringify(rows, null, 1));
    else download(name, "text/csv", csvOf(view, rows));
  };
  return h("button", { type: "button", class: "quiet", "aria-label": `Download as ${form.toUpperCase()}`, click: make }, form.toUpperCase());
}

async function rowsOf(app, view, filters) {
  if (view === "network") return (await app.store.network(filters)).pairs;
  if (view === "article") return (await app.store.article(filters.article)).records;
  return (await app.store[view](filters, 0, Infinity)).rows;
}

/** Rows as RFC 4180 has them; a text that a spreadsheet would run as a formula is kept from that. */
function csvOf(view, rows) {
  const columns = Object.entries(COLUMNS[view]);
  const lines = rows.map((row) => columns.map(([, value]) => cell(value(row))).join(","));
  return `${[columns.map(([name]) => name).join(","), ...lines].join("\r\n")}\r\n`;
}

function cell(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
