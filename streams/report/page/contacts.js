import { timeline, zoomButtons } from "./chart.js";
import { append, h, replace } from "./dom.js";
import { choice, chosen, day, filterForm, somebody, words } from "./filters.js";
import { badge } from "./badge.js";
import { addressOf, go } from "./routes.js";
import { MODES, PARTS, STATUSES, count, country, dateText, named, published, shown, weekday } from "./words.js";

// The timeline: contacts by day, with the sentences that tell of them.

const PAGE = 100;

/** The view of all contacts that fit. */
export async function contactsView(app, { filters }) {
  const found = await app.store.contacts(filters, 0, PAGE);
  const people = filters.person ? await app.store.person(filters.person) : null;
  const choose = (start, end) => go(addressOf("contacts", null, { ...filters, start, end }));
  const known = found.days.filter(([one]) => one);
  const reach = { start: filters.start || known[0]?.[0], end: filters.end || known.at(-1)?.[0] };
  return [
    h("div", { class: "title" }, h("h1", {}, "Contacts"), exports(app, "contacts", filters)),
    filterForm("contacts", null, filters, [
      somebody(app, "person", "Person", people),
      chosen("pair", "Between", named((filters.pair ?? "").split("\t").join(" and "))),
      chosen("article", "Article", shown(filters.article)),
      words("words", "Words"),
      choice("mode", "How", Object.entries(MODES).map(([one, text]) => [one, text, found.modes[one]])),
      choice("status", "Status", Object.entries(STATUSES).map(([one, text]) => [one, text, found.statuses[one]])),
      countryChoice(app, found.rows),
      day("start", "From"),
      day("end", "To"),
    ]),
    timeline(found.days, choose),
    reach.start && reach.end ? zoomButtons(reach, choose) : null,
    h("p", { class: "sum" }, count(found.total, "contact")),
    pages(found, (offset) => app.store.contacts(filters, offset, PAGE), (rows) => contactDays(app, rows)),
  ];
}

/** The countries of an installation's contacts, to choose one. */
export function countryChoice(app, rows) {
  const codes = new Set([...app.countries, ...rows.flatMap((row) => row.parties.map((one) => one.country))]);
  const texts = [...codes].filter(Boolean).map((code) => [code, country(code), true]);
  return choice("country", "Country", texts.sort(([, one], [, other]) => (one < other ? -1 : 1)));
}

/** A list that shows more when asked to. */
export function pages(found, more, render) {
  const list = h("div", { class: "list" }, render(found.rows));
  if (!found.total) return h("p", { class: "note" }, "Nothing fits. Take a filter back, or widen the days.");
  let done = found.rows.length;
  const button = h("button", { type: "button", class: "more" });
  const say = () => replace(button, `Show more (${(found.total - done).toLocaleString("en")} left)`);
  button.addEventListener("click", async () => {
    const next = await more(done);
    done += next.rows.length;
    append(list, [render(next.rows)]);
    if (done >= found.total || !next.rows.length) button.remove();
    else say();
  });
  say();
  return [list, done < found.total ? button : null];
}

/** Contacts under the days on which they were. */
export function contactDays(app, rows) {
  const groups = new Map();
  for (const row of rows) {
    const label = dateText(row.date, row.precision);
    groups.set(label, [...(groups.get(label) ?? []), row]);
  }
  return [...groups].map(([label, some]) =>
    h(
      "section",
      { class: "day" },
      h("h2", {}, label, " ", some[0].precision === "day" ? h("span", {}, weekday(some[0].date)) : null),
      h("ul", {}, some.map((row) => h("li", {}, contactItem(app, row)))),
    ),
  );
}

/** One contact of a list. */
export function contactItem(app, row) {
  const told = row.by ? h("span", {}, "told by ", personLink(row.by.name, row.by.key)) : null;
  return h(
    "article",
    { class: `contact ${row.status}` },
    h("h3", { class: "who" }, partiesOf(row)),
    h(
      "p",
      { class: "facts" },
      h("span", { class: `chip mode` }, MODES[row.mode] ?? row.mode),
      h("span", { class: `chip status ${row.status}` }, STATUSES[row.status] ?? row.status),
      row.approximate ? h("span", { class: "chip" }, "about that day") : null,
      row.place ? h("span", { class: "fact" }, "in ", named(row.place)) : null,
      row.subjects.length ? h("span", { class: "fact" }, "about ", shown(row.subjects.join("; "))) : null,
      row.confidence === null ? null : h("span", { class: "fact" }, `${Math.round(row.confidence / 10)} % sure`),
    ),
    sentencesOf(row.sentences),
    h(
      "p",
      { class: "from" },
      articleLink(app, row),
      told,
      badge(app, row.article, row.where),
    ),
  );
}

/** The sentence that tells most, and the others when they are asked for. */
function sentencesOf(sentences) {
  const marks = (sentence) => sentence.filter(([, parts]) => parts.length).length;
  const sorted = [...sentences].sort((one, other) => marks(other) - marks(one));
  const quoted = sorted.map((sentence) => h("blockquote", {}, sentence.map(markedPiece)));
  if (quoted.length < 2) return quoted;
  const more = h("details", { class: "further" }, h("summary", {}, `${count(quoted.length - 1, "further sentence")}`), quoted.slice(1));
  return [quoted[0], more];
}

function partiesOf(row) {
  const hub = row.parties.findIndex((one) => one.part === "hub");
  const parties = hub > 0 ? [row.parties[hub], ...row.parties.filter((_, place) => place !== hub)] : row.parties;
  return parties.flatMap((one, place) => [
    place ? h("span", { class: "with" }, place === 1 && hub >= 0 ? " with each of " : place === 1 ? " – " : ", ") : null,
    partyOf(one),
  ]);
}

function partyOf(one) {
  const more = [one.title, one.part === "host" || one.part === "mediator" ? one.part : null].filter(Boolean).join(", ");
  return h(
    "span",
    { class: "party", title: more || null },
    personLink(one.name, one.key),
    one.country ? h("abbr", { title: country(one.country) }, one.country) : null,
  );
}

/** A name that leads to its page. */
export function personLink(name, key) {
  return h("a", { href: addressOf("name", key) }, named(name));
}

/** The article of a row, with the row's words lit. */
export function articleLink(app, row) {
  const title = app.titles.get(row.article);
  const address = addressOf("article", row.article, { record: row.id });
  return [
    h("a", { href: address, class: "source" }, shown(title ?? row.title ?? row.article)),
    h("span", {}, published(row.published)),
  ];
}

function markedPiece([text, marks]) {
  if (!marks.length) return shown(text);
  return h("mark", { class: marks.map((mark) => PARTS[mark]).join(" ") }, shown(text));
}

/** Downloads of what a view lists. */
export function exports(app, view, filters) {
  return h(
    "p",
    { class: "exports" },
    ["csv", "json"].map((form) => app.exportLink(view, filters, form)),
  );
}
