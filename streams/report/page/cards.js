import { badge } from "./badge.js";
import { h } from "./dom.js";
import { personLink } from "./contacts.js";
import { addressOf } from "./routes.js";
import { KINDS, MODES, STATUSES, TYPES, count, country, dateText, nameKey, named, plain, shown } from "./words.js";

// Records as cards beside their article. What a card shows is read from the bytes that its badge checks.

const PART_NAMES = { hub: "with each of the others", host: "host", mediator: "mediator" };

/** The value of a record; where words may not be shown, the facts that are left. */
export function valueOf(record) {
  if (typeof record.log.value === "string") return JSON.parse(record.log.value);
  return record.facts ?? {};
}

/** What a record is called in a few words. */
export function titleOf(record) {
  const value = valueOf(record);
  if (record.kind === "contact") return plain(partiesOf(value).map(([name]) => name).join(", "));
  if (record.kind === "statement") return `${plain(sourceOf(value) ?? "Nobody named")} says`;
  return plain(value.name);
}

const partiesOf = (value) =>
  value.parties ?? value.participants.map((one) => [one.name, one.country, one.part, one.title]);
const sourceOf = (value) => (typeof value.source === "string" ? value.source : value.source?.name);

/** The card of a record; `reveal` shows its words. */
export function cardOf(app, document, record, reveal) {
  const value = valueOf(record);
  const where = placeOf(record.log);
  const address = addressOf("article", document.id, { record: record.id });
  return h(
    "article",
    { class: `card ${record.kind}`, tabindex: 0, "aria-label": titleOf(record), "data-record": record.id },
    CONTENT[record.kind](value),
    record.listed ? null : h("p", { class: "problem" }, "No manifest lists this record: not sealed yet, changed, or added by somebody else."),
    h(
      "p",
      { class: "from" },
      reveal ? h("button", { type: "button", class: "quiet", click: reveal }, "Show the words") : null,
      h("a", { href: address, class: "quiet", title: "A lasting address of this record" }, where),
      badge(app, document.id, where),
    ),
    rawOf(record),
  );
}

/** topic/partition@offset. */
export function placeOf(log) {
  return `${log.topic}/${log.partition}@${log.offset}`;
}

const CONTENT = {
  contact: (value) => [
    h(
      "h4",
      {},
      partiesOf(value).map(([name, code, part], place) => [
        place ? h("span", { class: "with" }, " · ") : null,
        personLink(name, nameKey(name)),
        code ? h("abbr", { title: country(code) }, code) : null,
        part === "party" ? null : h("span", { class: "part-name" }, PART_NAMES[part] ?? part),
      ]),
    ),
    h(
      "p",
      { class: "facts" },
      h("span", { class: "chip mode" }, MODES[value.mode] ?? value.mode),
      h("span", { class: `chip status ${value.status}` }, STATUSES[value.status] ?? value.status),
      h("span", { class: "fact" }, dateText(value.occurred_on?.date ?? value.date, value.occurred_on?.precision)),
      value.place ? h("span", { class: "fact" }, "in ", named(value.place.name)) : null,
      value.confidence ? h("span", { class: "fact" }, `${Math.round(value.confidence / 10)} % sure`) : null,
    ),
  ],
  statement: (value) => [
    h("h4", {}, sourceOf(value) ? personLink(sourceOf(value), nameKey(sourceOf(value))) : "Nobody named"),
    value.content ? h("blockquote", { class: "said" }, shown(value.content.text)) : null,
    h(
      "p",
      { class: "facts" },
      h("span", { class: "chip" }, KINDS[value.kind] ?? value.kind),
      value.cue ? h("span", { class: "fact" }, "“", shown(value.cue.lemma), "”") : null,
      value.source?.on_behalf_of ? h("span", { class: "fact" }, "for ", named(value.source.on_behalf_of.name)) : null,
      value.status && value.status !== "made" ? h("span", { class: "chip status denied" }, value.status) : null,
    ),
  ],
  name: (value) => [
    h("h4", {}, personLink(value.name, nameKey(value.name))),
    h(
      "p",
      { class: "facts" },
      h("span", { class: "chip" }, TYPES[value.type] ?? value.type),
      value.country ? h("span", { class: "fact" }, country(value.country)) : null,
      value.roles?.length ? h("span", { class: "fact" }, shown(value.roles.map((role) => role.title).join("; "))) : null,
      value.mentions ? h("span", { class: "fact" }, count(value.mentions.length, "mention")) : null,
    ),
  ],
};

/** The record as the log has it, written out when somebody opens it. */
function rawOf(record) {
  const place = h("pre", { tabindex: 0 });
  const fill = () => {
    if (!place.textContent) place.append(...shown(JSON.stringify(typeof record.log.value === "string" ? JSON.parse(record.log.value) : record.log, null, 1)));
  };
  return h("details", { class: "raw", toggle: fill }, h("summary", {}, "JSON"), place);
}
