import { badge } from "./badge.js";
import { articleLink, exports, pages, personLink } from "./contacts.js";
import { choice, chosen, filterForm, somebody, words } from "./filters.js";
import { h } from "./dom.js";
import { KINDS, count, country, dateText, named, shown } from "./words.js";

// Who said what, by source.

const PAGE = 100;
const UNMADE = { denied: "not said", refused: "declined to say", asked: "a question", conditional: "supposed", planned: "to be said" };

/** The view of all statements that fit. */
export async function statementsView(app, { filters }) {
  const found = await app.store.statements(filters, 0, PAGE);
  const [by, about] = await Promise.all(
    [filters.person, filters.about].map((key) => (key ? app.store.person(key) : null)),
  );
  const codes = [...app.countries].map((code) => [code, country(code), true]);
  return [
    h("div", { class: "title" }, h("h1", {}, "Statements"), exports(app, "statements", filters)),
    filterForm("statements", null, filters, [
      somebody(app, "person", "Source", by),
      somebody(app, "about", "About", about),
      chosen("article", "Article", shown(filters.article)),
      words("words", "Words"),
      choice("kind", "How", Object.entries(KINDS).map(([kind, text]) => [kind, text, found.kinds[kind]])),
      choice("country", "Country of the source", codes.sort(([, one], [, other]) => (one < other ? -1 : 1))),
    ]),
    h("p", { class: "sum" }, count(found.total, "statement")),
    pages(found, (offset) => app.store.statements(filters, offset, PAGE), (rows) => bySource(app, rows)),
  ];
}

/** Statements under those who made them, in the order in which these first come. */
export function bySource(app, rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = row.source?.key ?? "";
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((some) =>
    h(
      "section",
      { class: "speaker" },
      h("h2", {}, sourceOf(some[0])),
      h("ul", {}, some.map((row) => h("li", {}, statementItem(app, row)))),
    ),
  );
}

function sourceOf(row) {
  if (!row.source) return "Nobody named";
  return [personLink(row.source.name, row.source.key), row.country ? h("abbr", { title: country(row.country) }, row.country) : null];
}

/** One statement of a list; `withSource` names who made it. */
export function statementItem(app, row, { withSource = false } = {}) {
  return h(
    "article",
    { class: `statement ${row.kind}` },
    withSource ? h("h3", { class: "who" }, sourceOf(row)) : null,
    h("blockquote", { class: "said" }, row.text ? shown(row.text) : h("em", {}, "The words are left out of this report.")),
    h(
      "p",
      { class: "facts" },
      h("span", { class: "chip" }, KINDS[row.kind] ?? row.kind),
      row.status === "made" ? null : h("span", { class: "chip status denied" }, UNMADE[row.status] ?? row.status),
      row.cue ? h("span", { class: "fact" }, "marked by “", shown(row.cue), "”") : null,
      row.source?.for ? h("span", { class: "fact" }, "for ", named(row.source.for)) : null,
      row.to ? h("span", { class: "fact" }, "to ", named(row.to)) : null,
      row.date ? h("span", { class: "fact" }, dateText(row.date)) : null,
    ),
    h("p", { class: "from" }, articleLink(app, row), badge(app, row.article, row.where)),
  );
}
