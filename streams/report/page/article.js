import { cardOf, placeOf, titleOf, valueOf } from "./cards.js";
import { exports } from "./contacts.js";
import { difference } from "./difference.js";
import { h, replace } from "./dom.js";
import { Evidence } from "./evidence.js";
import { badge } from "./badge.js";
import { addressOf, go } from "./routes.js";
import { count, moment, published, shown } from "./words.js";

// An article: its words with the evidence marked, its records beside it, and what changed between its revisions.

const KINDS = [
  ["contact", "Contacts"],
  ["statement", "Statements"],
  ["name", "Names"],
];

/** The view of one article. */
export async function articleView(app, { name: id, filters }) {
  const document = await app.document(id);
  if (!document) return [h("h1", {}, "No such article"), h("p", { class: "note" }, shown(id), " is not in here.")];
  const revision = chosenRevision(document, filters.revision, filters.record);
  const before = document.revisions.find((one) => String(one.revision) === filters.with);
  return [
    heading(app, document, revision),
    document.revisions.length > 1 ? revisionForm(document, revision, before) : null,
    before ? comparison(app, document, before, revision) : reading(app, document, revision, filters.record),
    withdrawn(document),
  ];
}

/** The revision that is asked for: by number, by the record that somebody wants to see, or the last sealed one. */
function chosenRevision(document, number, record) {
  const named = document.revisions.find((one) => String(one.revision) === number);
  const holds = (one) => one.records.some((place) => document.records[place].id === record);
  const sealed = document.revisions.filter((one) => one.outcome !== null);
  const last = sealed.at(-1) ?? document.revisions.at(-1);
  return named ?? (record && !holds(last) ? (document.revisions.findLast(holds) ?? last) : last);
}

function heading(app, document, revision) {
  const source = document.source?.name ?? null;
  return h(
    "div",
    { class: "title" },
    h(
      "div",
      {},
      h("p", { class: "kicker" }, [source, published(revision.published), document.byline].filter(Boolean).map((one, place) => [place ? " · " : "", shown(one)])),
      h("h1", { class: revision.headline ? null : "opening" }, document.text ? shown(revision.title || document.title) : "An article whose words are left out"),
      h(
        "p",
        { class: "from" },
        h("code", {}, shown(document.id)),
        revision.status === "usable" ? null : h("span", { class: "chip status denied" }, revision.status),
        badge(app, document.id, placeOf(revision.log)),
      ),
    ),
    exports(app, "article", { article: document.id }),
  );
}

function revisionForm(document, revision, before) {
  const to = (changes) => {
    const filters = { revision: revision.revision, with: before?.revision, ...changes };
    go(addressOf("article", document.id, filters));
  };
  const options = (chosen, none) => [
    none ? h("option", { value: "" }, none) : null,
    document.revisions.map((one) =>
      h("option", { value: one.revision, selected: one === chosen }, `${one.revision} · ${one.status} · ${moment(one.recorded)}`),
    ),
  ];
  return h(
    "form",
    { class: "filters", "aria-label": "Revisions" },
    h("label", {}, h("span", { class: "label" }, "Revision"), h("select", { name: "revision", change: (event) => to({ revision: event.target.value }) }, options(revision))),
    h("label", {}, h("span", { class: "label" }, "Compared with"), h("select", { name: "with", change: (event) => to({ with: event.target.value }) }, options(before, "nothing"))),
    revision.reason ? h("p", { class: "hint" }, "Why: ", shown(revision.reason)) : null,
  );
}

function reading(app, document, revision, wanted) {
  const evidence = new Evidence(revision, document.records, (record) => titleOf(document.records[record]));
  const groups = KINDS.map(([kind, title]) => group(app, document, revision, evidence, kind, title));
  const place = document.records.findIndex((one, number) => one.id === wanted && revision.records.includes(number));
  if (place >= 0) requestAnimationFrame(() => arrive(evidence, place));
  return h(
    "div",
    { class: "reading" },
    h(
      "section",
      { class: "text", "aria-label": "Text" },
      legend(evidence.body),
      evidence.peek,
      document.text ? evidence.body : h("p", { class: "note" }, "The words of this article are left out of this report; spans and digests stay."),
      revision.status === "usable" ? null : h("p", { class: "note" }, `This revision is ${revision.status}: everything that was derived from the article is taken back.`),
      revision.why ? h("p", { class: "note" }, "Nothing was derived: ", shown(revision.why)) : null,
    ),
    h("section", { class: "cards", "aria-label": "Records" }, groups),
  );
}

function arrive(evidence, place) {
  evidence.show(place);
  const card = evidence.cards.get(place);
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
}

function legend(body) {
  const toggle = (kind) => (event) => body.classList.toggle(`no-${kind}`, !event.target.checked);
  return h(
    "div",
    { class: "legend", role: "group", "aria-label": "What is marked" },
    KINDS.map(([kind, title]) =>
      h("label", { class: kind }, h("input", { type: "checkbox", checked: true, change: toggle(kind) }), h("span", {}, title)),
    ),
  );
}

function group(app, document, revision, evidence, kind, title) {
  const places = revision.records.filter((place) => document.records[place].kind === kind);
  if (!places.length) return null;
  return h(
    "section",
    {},
    h("h2", {}, title, " ", h("span", { class: "all" }, places.length)),
    places.map((place) => {
      const reveal = document.text ? () => evidence.show(place)?.focus() : null;
      const card = cardOf(app, document, document.records[place], reveal);
      evidence.join(place, card);
      return card;
    }),
  );
}

/** Words and records of two revisions, side by side. */
function comparison(app, document, before, after) {
  const [was, is] = [before, after].map((one) => new Map(one.records.map((place) => [document.records[place].id, document.records[place]])));
  const gone = [...was.values()].filter((one) => !is.has(one.id));
  const fresh = [...is.values()].filter((one) => !was.has(one.id));
  const kept = [...is.values()].filter((one) => was.has(one.id));
  const changed = kept.filter((one) => told(one) !== told(was.get(one.id)));
  const text = (one) => one.segments.map(([piece]) => piece).join("");
  const pieces = difference(text(before), text(after));
  return h(
    "div",
    { class: "reading" },
    h(
      "section",
      { class: "text", "aria-label": "Words that changed" },
      h("p", { class: "sum" }, summary(pieces)),
      h("div", { class: "body changes" }, pieces.map(([kind, piece]) => h({ same: "span", gone: "del", new: "ins" }[kind], {}, shown(piece)))),
    ),
    h(
      "section",
      { class: "cards", "aria-label": "Records that changed" },
      records(app, document, "New records", "new", fresh),
      records(app, document, "Records that are gone", "gone", gone),
      records(app, document, "Records that say something else", "other", changed),
      h("p", { class: "note" }, `${count(kept.length - changed.length, "record")} say the same.`),
    ),
  );
}

function summary(pieces) {
  const words = (kind) => pieces.filter(([one]) => one === kind).flatMap(([, text]) => text.match(/[\p{L}\p{N}]+/gu) ?? []).length;
  const [added, taken] = [words("new"), words("gone")];
  return added || taken ? `${count(added, "word")} added, ${count(taken, "word")} taken out` : "The words are the same";
}

/** What a record says, without where its words stand and which code found it. */
function told(record) {
  const places = new Set(["selectors", "selector", "mentions", "evidence", "subjects", "revision", "text_sha256", "producer", "text", "status_words"]);
  return JSON.stringify(valueOf(record), (name, value) => (places.has(name) && typeof value !== "string" ? undefined : name === "text_sha256" ? undefined : value));
}

function records(app, document, title, kind, some) {
  if (!some.length) return null;
  return h("section", { class: `changed ${kind}` }, h("h2", {}, title, " ", h("span", { class: "all" }, some.length)), some.map((one) => cardOf(app, document, one, null)));
}

const WHY = {
  superseded: "a newer revision no longer says so",
  withheld: "the article was withheld",
  canceled: "the article was canceled",
  rederived: "newer code no longer finds it",
};

function withdrawn(document) {
  if (!document.withdrawn.length) return null;
  const rows = document.withdrawn.map((one) => {
    const record = document.records.findLast((known) => known.id === one.id);
    return h(
      "li",
      {},
      h("strong", {}, record ? titleOf(record) : one.id.slice(0, 12)),
      ` · ${record?.kind ?? one.type} · with revision ${one.revision}: ${WHY[one.reason] ?? one.reason} · `,
      h("a", { href: addressOf("article", document.id, { record: one.id }) }, "as it was"),
      h("code", {}, one.where),
    );
  });
  const box = h("section", { class: "part withdrawn" }, h("h2", {}, "Taken back ", h("span", { class: "all" }, rows.length)), h("ul", { class: "plain" }));
  replace(box.querySelector("ul"), rows);
  return box;
}
