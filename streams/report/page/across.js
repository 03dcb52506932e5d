import { show, verdictOf } from "./badge.js";
import { contactItem, countryChoice, exports, pages, personLink } from "./contacts.js";
import { h } from "./dom.js";
import { choice, day, filterForm, somebody } from "./filters.js";
import { addressOf } from "./routes.js";
import { MODES, STATUSES, count, country, dateText, named, published, shown } from "./words.js";

// Contacts across articles: what all reports of one call tell together, and where they contradict each other.

const PAGE = 100;
const FIELDS = [
  ["dates", "When", (claim) => dateText(claim.date) + (claim.end ? ` to ${dateText(claim.end)}` : "")],
  ["modes", "How", (claim) => MODES[claim.mode] ?? claim.mode],
  ["statuses", "Status", (claim) => STATUSES[claim.status] ?? claim.status],
  ["places", "Where", (claim) => claim.place],
];
const FIELD_OF = { dates: "date", modes: "mode", statuses: "status", places: "place" };

/** The list of contacts across articles. */
export async function acrossView(app, { filters }) {
  const found = await app.store.across(filters, 0, PAGE);
  const person = filters.person ? await app.store.person(filters.person) : null;
  const least = [2, 3, 5, 10].map((number) => [String(number), `at least ${number}`, true]);
  return [
    h("div", { class: "title" }, h("h1", {}, "Across reports"), exports(app, "across", filters)),
    filterForm("across", null, filters, [
      somebody(app, "person", "Person", person),
      choice("disputed", "Agreement", [["yes", "reports disagree", found.disputed || Boolean(filters.disputed)]]),
      choice("least", "Independent reports", least),
      countryChoice(app, []),
      day("start", "From"),
      day("end", "To"),
    ]),
    h("p", { class: "sum" }, count(found.total, "contact")),
    pages(found, (offset) => app.store.across(filters, offset, PAGE), (rows) =>
      h("ul", { class: "plain" }, rows.map((row) => h("li", {}, acrossItem(row)))),
    ),
  ];
}

function acrossItem(row) {
  return h(
    "article",
    { class: "article-item" },
    h("h2", { class: "who" }, h("a", { href: addressOf("told", row.id) }, named(row.participants.map((one) => one.name).join(" – ")))),
    counts(row),
    h("p", { class: "facts" }, FIELDS.flatMap(([field, , text]) => row[field].map((claim) => claimChip(row, field, text(claim), claim)))),
  );
}

function claimChip(row, field, text, claim) {
  const isDisputed = row.disputed.includes(FIELD_OF[field]);
  return h("span", { class: isDisputed ? "chip disputed" : "chip" }, shown(text), ` · ${claim.reports.length}`);
}

function counts(row) {
  return h(
    "p",
    { class: "facts" },
    h("span", { class: "fact" }, `${count(row.report_count, "report")}, ${row.independent_reports} independent`),
    row.disputed.length ? h("span", { class: "chip status denied" }, `reports disagree: ${row.disputed.join(", ")}`) : null,
  );
}

/** One contact, as all its reports tell of it. */
export async function toldView(app, { name: id }) {
  const row = await app.store.told(id);
  if (!row) return [h("h1", {}, "No such contact"), h("p", { class: "note" }, shown(id), " is not in here, or was merged with another.")];
  const proof = h("span", { class: "badge waiting" }, "Checking …");
  verdictOf(app, row.log).then((verdict) => show(proof, verdict));
  const reports = await Promise.all(row.reports.map((report) => reportItem(app, report)));
  return [
    h("p", { class: "kicker" }, "Across reports"),
    h("h1", {}, row.participants.map((one, place) => [place ? " – " : "", named(one.name)])),
    counts(row),
    h("p", { class: "from" }, h("code", {}, row.where), proof),
    h("section", { class: "part" }, h("h2", {}, "What is claimed, and by whom"), claims(row)),
    h("section", { class: "part" }, h("h2", {}, "Who took part"), h("ul", { class: "plain" }, row.participants.map((one) => h("li", {}, partyItem(row, one))))),
    h(
      "section",
      { class: "part" },
      h("h2", {}, "Reports"),
      row.groups.map((group, place) =>
        h(
          "section",
          { class: "group" },
          h("h3", {}, `Independent report ${place + 1}`, group.reasons.length ? h("span", { class: "hint" }, ` told by ${group.reports.length} articles: ${group.reasons.join(", ")}`) : null),
          h("ul", { class: "plain" }, group.reports.map((number) => h("li", {}, reports[number]))),
        ),
      ),
    ),
  ];
}

function claims(row) {
  const rows = FIELDS.flatMap(([field, title, text]) =>
    row[field].map((claim, place) =>
      h(
        "tr",
        { class: row.disputed.includes(FIELD_OF[field]) ? "disputed" : null },
        h("th", { scope: "row" }, place ? h("span", { class: "hidden" }, title) : title),
        h("td", {}, shown(text(claim))),
        h("td", {}, who(row, claim.reports)),
      ),
    ),
  );
  const head = ["", "Claim", "Says who"].map((text) => (text ? h("th", { scope: "col" }, text) : h("td", {})));
  return h("div", { class: "wide" }, h("table", { class: "claims" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
}

function who(row, numbers) {
  return numbers.map((number, place) => {
    const report = row.reports[number];
    const address = addressOf("article", report.article_id, { record: report.record_id });
    return [place ? ", " : "", h("a", { href: address }, shown(report.source ?? shortId(report.article_id)))];
  });
}

/** An id as far as a person reads it. */
const shortId = (id) => (/^[0-9a-f]{64}$/.test(id) ? `${id.slice(0, 12)}…` : id);

function partyItem(row, one) {
  const others = one.names.filter((used) => used.name !== one.name);
  return h(
    "p",
    { class: "facts" },
    h("strong", {}, personLink(one.name, one.key)),
    one.country ? h("span", { class: "fact" }, country(one.country)) : null,
    one.titles.length ? h("span", { class: "fact" }, shown(one.titles.join("; "))) : null,
    others.map((used) => h("span", { class: "fact" }, "also “", named(used.name), `” (by ${used.linked_by})`)),
  );
}

/** A report: its contact as the article tells it, where this page has it. */
async function reportItem(app, report) {
  const found = await app.store.contacts({ article: report.article_id, contact: report.record_id }, 0, 1);
  if (found.rows.length) return [h("p", { class: "kicker" }, sourceOf(report)), contactItem(app, found.rows[0])];
  return h("p", {}, sourceOf(report), " · ", h("code", {}, shown(report.article_id)));
}

function sourceOf(report) {
  const by = [report.source, report.published_at ? published(report.published_at) : null, report.credit && `credited to ${report.credit}`, report.origin && `citing ${report.origin}`];
  return by.filter(Boolean).map((text, place) => [place ? " · " : "", shown(text)]);
}
