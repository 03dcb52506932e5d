import { acrossThatFit, contactsThatFit, counted, holds, pairsOf, statementsThatFit, wordsOf } from "./rows.js";

// Answers out of the file itself. Lists are read when it opens, an article when somebody looks at it.

/** JSON of an element of the page. */
export function dataOf(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
}

export class FileStore {
  constructor() {
    this.lists = dataOf("readout-lists");
    this.lists.contacts.sort((one, other) => (one.first < other.first ? 1 : one.first > other.first ? -1 : 0));
    this.places = new Map(this.lists.articles.map((one, place) => [one.id, place]));
    this.found = null;
  }

  async about() {
    return this.lists;
  }

  async contacts(filters, offset = 0, limit = 200) {
    const rows = contactsThatFit(this.lists.contacts, filters);
    return {
      total: rows.length,
      rows: rows.slice(offset, offset + limit),
      days: Object.entries(counted(rows, (row) => row.first)).sort(),
      modes: counted(rows, (row) => row.mode),
      statuses: counted(rows, (row) => row.status),
    };
  }

  async statements(filters, offset = 0, limit = 200) {
    const rows = statementsThatFit(this.lists.statements, filters);
    return { total: rows.length, rows: rows.slice(offset, offset + limit), kinds: counted(rows, (row) => row.kind) };
  }

  async people(filters, offset = 0, limit = 200) {
    const { type, country, words } = filters;
    const named = words ? new Set(this.namesWith(words).map((row) => row.key)) : null;
    const rows = this.everybody().filter(
      (one) =>
        (!type || one.type === type) && (!country || one.country === country) && (!named || named.has(one.key)),
    );
    return { total: rows.length, rows: rows.slice(offset, offset + limit), types: counted(rows, (row) => row.type) };
  }

  async person(key) {
    const person = this.everybody().find((one) => one.key === key) ?? null;
    return { person, names: this.lists.names.filter((row) => row.key === key) };
  }

  async articles(filters, offset = 0, limit = 200) {
    const { status, words } = filters;
    const named = words ? this.articlesWith(words) : null;
    const rows = this.lists.articles.filter(
      (row) => (!status || row.status === status) && (!named || named.has(row.id)),
    );
    return {
      total: rows.length,
      rows: rows.slice(offset, offset + limit),
      statuses: counted(rows, (row) => row.status),
    };
  }

  async article(id) {
    return this.places.has(id) ? dataOf(`readout-article-${this.places.get(id)}`) : null;
  }

  async across(filters, offset = 0, limit = 100) {
    const rows = acrossThatFit(this.lists.across ?? [], filters);
    const disputed = rows.filter((row) => row.disputed.length).length;
    return { total: rows.length, disputed, rows: rows.slice(offset, offset + limit) };
  }

  async told(id) {
    return (this.lists.across ?? []).find((row) => row.id === id) ?? null;
  }

  async network(filters) {
    const counts = counted(
      contactsThatFit(this.lists.contacts, filters).flatMap(pairsOf),
      (pair) => pair,
    );
    const sorted = Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    const pairs = sorted.slice(0, 600).map(([pair, times]) => [...pair.split("\t"), times]);
    const keys = new Set(pairs.flatMap(([first, second]) => [first, second]));
    const people = Object.fromEntries(this.everybody().filter((one) => keys.has(one.key)).map((one) => [one.key, one]));
    return { pairs, people, more: sorted.length > 600 };
  }

  async search(words, limit = 20) {
    const contacts = contactsThatFit(this.lists.contacts, { words });
    const statements = statementsThatFit(this.lists.statements, { words });
    const people = (await this.people({ words })).rows;
    return {
      people: people.slice(0, limit),
      contacts: contacts.slice(0, limit),
      statements: statements.slice(0, limit),
      totals: { contact: contacts.length, statement: statements.length, name: people.length },
      cut: false,
    };
  }

  namesWith(words) {
    return this.lists.names.filter((row) => holds(row, wordsOf.name, words));
  }

  articlesWith(words) {
    const rows = [
      ...contactsThatFit(this.lists.contacts, { words }),
      ...statementsThatFit(this.lists.statements, { words }),
      ...this.namesWith(words),
    ];
    return new Set(rows.map((row) => row.article));
  }

  /** Everybody who is named, those with most contacts and statements first. */
  everybody() {
    this.found ??= peopleOf(this.lists);
    return this.found;
  }
}

function peopleOf({ names, contacts, statements }) {
  const found = new Map();
  const of = (key, face) => {
    const known = found.get(key) ?? { key, name: face.name, articles: 0, contacts: 0, statements: 0, about: 0 };
    found.set(key, known);
    known.type ??= face.type;
    known.country ??= face.country;
    return known;
  };
  for (const row of names) Object.assign(of(row.key, row), { name: row.name }).articles += 1;
  for (const row of contacts) {
    const parties = new Map(row.parties.map((one) => [one.key, one]));
    for (const [key, one] of parties) of(key, one).contacts += 1;
  }
  for (const row of statements) {
    if (row.source) of(row.source.key, row.source).statements += 1;
    for (const key of row.about) of(key, { name: key }).about += 1;
  }
  const weight = (one) => one.articles + 4 * one.contacts + 2 * one.statements;
  return [...found.values()].sort((one, other) => weight(other) - weight(one) || (one.key < other.key ? -1 : 1));
}
