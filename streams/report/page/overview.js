import { contactDays } from "./contacts.js";
import { h } from "./dom.js";
import { nameTable, section } from "./names.js";
import { addressOf } from "./routes.js";
import { statementItem } from "./statements.js";
import { count, dateText, moment, published, shown } from "./words.js";

// The first page, the list of articles, and what a search finds.

/** What is in here, and where to begin. */
export async function overviewView(app) {
  const about = app.about;
  const [contacts, people, articles] = await Promise.all([
    app.store.contacts({}, 0, 6),
    app.store.people({ type: "person" }, 0, 8),
    app.store.articles({}, 0, 6),
  ]);
  return [
    h(
      "section",
      { class: "hero" },
      h("h1", {}, "Who met whom, who said what, and the words that prove it"),
      h("p", { class: "lead" }, lead(about, { contacts, articles, people })),
      asked(about),
    ),
    h("ul", { class: "questions" }, questions(app)),
    section(app, "Latest contacts", "contacts", {}, contacts, (rows) => contactDays(app, rows)),
    section(app, "Persons", "names", { type: "person" }, people, nameTable),
    section(app, "Articles", "articles", {}, articles, (rows) => articleList(rows)),
  ];
}

function lead(about, { contacts, articles }) {
  const { first, last, statements } = about.counts;
  const days = first ? `, ${first === last ? `on ${dateText(first)}` : `from ${dateText(first)} to ${dateText(last)}`}` : "";
  return `${count(contacts.total, "contact")}${days}, and ${count(about.statements?.length ?? statements, "statement")} in ${count(articles.total, "article")}.`;
}

function asked(about) {
  const names = { named: "person", contact: "contact", article: "article", country: "country", since: "since", until: "until" };
  const some = Object.entries(about.filters);
  if (!some.length) return null;
  const texts = some.map(([name, value]) => `${names[name] ?? name} ${typeof value === "number" ? moment(value) : value}`);
  return h("p", { class: "note" }, "A part of the log: ", shown(texts.join(", ")));
}

function questions(app) {
  const ask = (question, view, hint) =>
    h("li", {}, h("a", { href: addressOf(view) }, h("strong", {}, question), h("span", {}, hint)));
  return [
    ask("Who met whom, and when?", "contacts", "By day, person, country, way of contact and status"),
    ask("Who is in touch with whom?", "network", "The same contacts as a network"),
    ask("Who said what?", "statements", "By source, and about whom"),
    ask("Who is named?", "names", "Persons, organisations, places"),
    app.about.across ? ask("Where do reports disagree?", "across", "Contacts told by several articles") : null,
    ask("Is it true to the log?", "proof", "Proofs, computed again in this page"),
  ];
}

/** The list of articles. */
export async function articlesView(app, { filters }, tools) {
  const { choice, filterForm, words, exports, pages } = tools;
  const found = await app.store.articles(filters, 0, 100);
  const statuses = ["usable", "withheld", "canceled"].map((one) => [one, one, found.statuses[one]]);
  return [
    h("div", { class: "title" }, h("h1", {}, "Articles"), exports(app, "articles", filters)),
    filterForm("articles", null, filters, [words("words", "Words"), choice("status", "Status", statuses)]),
    h("p", { class: "sum" }, count(found.total, "article")),
    pages(found, (offset) => app.store.articles(filters, offset, 100), articleList),
  ];
}

/** Articles, a line each. */
export function articleList(rows) {
  return h("ul", { class: "articles" }, rows.map((row) => h("li", {}, articleItem(row))));
}

function articleItem(row) {
  const counts = [
    row.contacts ? count(row.contacts, "contact") : null,
    row.statements ? count(row.statements, "statement") : null,
    count(row.names, "name"),
    row.revisions > 1 ? count(row.revisions, "revision") : null,
    row.withdrawn ? `${row.withdrawn} taken back` : null,
  ];
  return h(
    "article",
    { class: "article-item" },
    h("h3", {}, h("a", { href: addressOf("article", row.id) }, shown(row.title ?? row.id))),
    h(
      "p",
      { class: "facts" },
      row.status === "usable" ? null : h("span", { class: "chip status denied" }, row.status),
      row.sealed ? null : h("span", { class: "chip" }, "not derived yet"),
      h("span", { class: "fact" }, [row.source, published(row.published), ...counts].filter(Boolean).map((one, place) => [place ? " · " : "", shown(one)])),
    ),
  );
}

/** What holds the words that somebody typed. */
export async function searchView(app, { filters }) {
  const words = filters.words ?? "";
  const found = await app.store.search(words);
  const total = (kind) => ({ total: found.totals[kind] });
  const people = found.people.map((one) => ({ ...one }));
  return [
    h("h1", {}, "Search: ", shown(words)),
    found.cut ? h("p", { class: "note" }, "So many rows hold these words that not all were counted: add a word.") : null,
    section(app, "Names", "names", { words }, { ...total("name"), rows: people }, nameTable),
    section(app, "Contacts", "contacts", { words }, { ...total("contact"), rows: found.contacts }, (rows) => contactDays(app, rows)),
    section(app, "Statements", "statements", { words }, { ...total("statement"), rows: found.statements }, (rows) =>
      h("ul", { class: "plain" }, rows.map((row) => h("li", {}, statementItem(app, row, { withSource: true })))),
    ),
  ];
}
