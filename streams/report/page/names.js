import { contactDays, contactItem, exports, pages } from "./contacts.js";
import { choice, filterForm, words } from "./filters.js";
import { h } from "./dom.js";
import { addressOf } from "./routes.js";
import { statementItem } from "./statements.js";
import { TYPES, count, country, named, shown } from "./words.js";

// Who and what is named: the list, the page of one name, and the page of one country.

const PAGE = 200;
const FEW = 20;

/** The list of names that fit. */
export async function namesView(app, { filters }) {
  const found = await app.store.people(filters, 0, PAGE);
  const codes = [...app.countries].map((code) => [code, country(code), true]);
  return [
    h("div", { class: "title" }, h("h1", {}, "Names"), exports(app, "people", filters)),
    filterForm("names", null, filters, [
      words("words", "Words"),
      choice("type", "What", Object.entries(TYPES).map(([type, text]) => [type, text, found.types[type]])),
      choice("country", "Country", codes.sort(([, one], [, other]) => (one < other ? -1 : 1))),
    ]),
    h("p", { class: "sum" }, count(found.total, "name")),
    pages(found, (offset) => app.store.people(filters, offset, PAGE), nameTable),
  ];
}

/** Names as a table. */
export function nameTable(rows) {
  const head = ["Name", "What", "Country", "Contacts", "Statements", "Spoken of", "Articles"];
  return h(
    "div",
    { class: "wide" },
    h(
      "table",
      { class: "names" },
      h("thead", {}, h("tr", {}, head.map((text, place) => h("th", { scope: "col", class: place > 2 ? "number" : null }, text)))),
      h("tbody", {}, rows.map(nameRow)),
    ),
  );
}

function nameRow(row) {
  const numbers = [row.contacts, row.statements, row.about, row.articles];
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("a", { href: addressOf("name", row.key) }, named(row.name ?? row.key))),
    h("td", {}, TYPES[row.type] ?? "Unnamed office"),
    h("td", {}, row.country ? h("a", { href: addressOf("country", row.country) }, country(row.country)) : ""),
    numbers.map((number) => h("td", { class: number ? "number" : "number none" }, number)),
  );
}

/** The page of one name: contacts, statements by and about, and what articles call it. */
export async function nameView(app, { name: key }) {
  const [{ person, names }, contacts, by, about] = await Promise.all([
    app.store.person(key),
    app.store.contacts({ person: key }, 0, FEW),
    app.store.statements({ person: key }, 0, FEW),
    app.store.statements({ about: key }, 0, FEW),
  ]);
  if (!person) return [h("h1", {}, named(key)), h("p", { class: "note" }, "Nobody and nothing is named so here.")];
  const roles = once(names.flatMap((row) => row.roles));
  const others = once(names.flatMap((row) => row.aliases));
  return [
    h(
      "div",
      { class: "title" },
      h(
        "div",
        {},
        h("p", { class: "kicker" }, TYPES[person.type] ?? "Unnamed office"),
        h("h1", {}, named(person.name ?? key)),
      ),
    ),
    h(
      "dl",
      { class: "facts-list" },
      fact("Country", person.country ? h("a", { href: addressOf("country", person.country) }, country(person.country)) : null),
      fact("Offices", roles.length ? shown(roles.join("; ")) : null),
      fact("Also called", others.length ? shown(others.join("; ")) : null),
      fact("In", count(person.articles, "article")),
    ),
    section(app, "Contacts", "contacts", { person: key }, contacts, (rows) => contactDays(app, rows)),
    person.contacts ? h("p", {}, h("a", { href: addressOf("network", null, { person: key }) }, "As a network")) : null,
    section(app, "Statements by", "statements", { person: key }, by, (rows) => plainList(rows, (row) => statementItem(app, row))),
    section(app, "Statements about", "statements", { about: key }, about, (rows) =>
      plainList(rows, (row) => statementItem(app, row, { withSource: true })),
    ),
    h("p", { class: "hint" }, "Names are brought together by their words alone: two people of one name stand here together."),
  ];
}

/** The page of one country. */
export async function countryView(app, { name: code }) {
  const [contacts, statements, people] = await Promise.all([
    app.store.contacts({ country: code }, 0, FEW),
    app.store.statements({ country: code }, 0, FEW),
    app.store.people({ country: code }, 0, FEW),
  ]);
  return [
    h("p", { class: "kicker" }, "Country"),
    h("h1", {}, country(code)),
    section(app, "Contacts", "contacts", { country: code }, contacts, (rows) =>
      plainList(rows, (row) => contactItem(app, row)),
    ),
    section(app, "Statements from there", "statements", { country: code }, statements, (rows) =>
      plainList(rows, (row) => statementItem(app, row, { withSource: true })),
    ),
    section(app, "Names", "names", { country: code }, people, nameTable),
  ];
}

/** A heading, the first rows, and the way to all. */
export function section(app, title, view, filters, found, render) {
  return h(
    "section",
    { class: "part" },
    h(
      "h2",
      {},
      title,
      " ",
      h("a", { class: "all", href: addressOf(view, null, filters), "aria-label": `All ${found.total}: ${title}` }, found.total.toLocaleString("en")),
    ),
    found.total ? render(found.rows) : h("p", { class: "note" }, "None."),
  );
}

function plainList(rows, item) {
  return h("ul", { class: "plain" }, rows.map((row) => h("li", {}, item(row))));
}

function fact(term, text) {
  return text ? [h("dt", {}, term), h("dd", {}, text)] : null;
}

const once = (texts) => [...new Set(texts)];
