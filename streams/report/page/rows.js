import { nameKey } from "./words.js";

// Rows of a file, filtered here as `filters.py` has it done in an index. Rows are read, never changed.

const folded = (text) => (text ?? "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const WORD = /[\p{L}\p{N}_]+/gu;
const words = new WeakMap();

/** Do all words of a question begin words of these texts? */
export function holds(row, texts, question) {
  let found = words.get(row);
  if (!found) {
    found = ` ${(folded(texts(row).join(" ")).match(WORD) ?? []).join(" ")}`;
    words.set(row, found);
  }
  return (folded(question).match(WORD) ?? ["\u0000"]).every((word) => found.includes(` ${word}`));
}

const textOf = (sentences) => sentences.map((sentence) => sentence.map(([text]) => text).join(""));

export const wordsOf = {
  contact: (row) => [...row.parties.map((one) => one.name), row.place ?? "", ...textOf(row.sentences)],
  statement: (row) => [row.source?.name ?? "", row.text],
  name: (row) => [row.name, ...row.aliases, ...row.roles],
};

/** Contacts that fit the filters. */
export function contactsThatFit(rows, filters) {
  const { article, contact, person, pair, country, mode, status, start, end, words: asked } = filters;
  return rows.filter(
    (row) =>
      (!article || row.article === article) &&
      (!contact || row.id.startsWith(contact)) &&
      (!person || row.parties.some((one) => one.key === person)) &&
      (!pair || pairsOf(row).some((one) => one === pair)) &&
      (!country || row.parties.some((one) => one.country === country)) &&
      (!mode || row.mode === mode) &&
      (!status || row.status === status) &&
      (!start || row.last >= start) &&
      (!end || (row.first !== "" && row.first <= end)) &&
      (!asked || holds(row, wordsOf.contact, asked)),
  );
}

/** Statements that fit; `about` gives the keys of those whom a statement speaks of. */
export function statementsThatFit(rows, filters) {
  const { article, person, about, country, kind, status, words: asked } = filters;
  return rows.filter(
    (row) =>
      (!article || row.article === article) &&
      (!person || row.source?.key === person) &&
      (!about || row.about.includes(about)) &&
      (!country || row.country === country) &&
      (!kind || row.kind === kind) &&
      (!status || row.status === status) &&
      (!asked || holds(row, wordsOf.statement, asked)),
  );
}

/** Contacts across articles that fit. */
export function acrossThatFit(rows, { person, country, start, end, disputed, least }) {
  const isNamed = (one) => one.names.some((used) => nameKey(used.name) === person);
  return rows.filter(
    (row) =>
      (!person || row.participants.some(isNamed)) &&
      (!country || row.participants.some((one) => one.country === country)) &&
      (!start || row.last >= start) &&
      (!end || (row.first !== "" && row.first <= end)) &&
      (!disputed || row.disputed.length > 0) &&
      (!least || row.independent_reports >= Number(least)),
  );
}

/** Who of a contact was in contact with whom, as `first\tsecond` in order. */
export function pairsOf(row) {
  return row.pairs.map((pair) => pairOf(...pair.map((place) => row.parties[place].key)));
}

/** Two keys as one. */
export function pairOf(first, second) {
  return (first < second ? [first, second] : [second, first]).join("\t");
}

/** How many rows there are of each value. */
export function counted(rows, value) {
  const counts = {};
  for (const row of rows) {
    const one = value(row);
    if (one) counts[one] = (counts[one] ?? 0) + 1;
  }
  return counts;
}
