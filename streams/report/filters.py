"""What somebody wants to see, and how the index is asked for it.

Pure: values in, SQL conditions out; whatever a person types is a parameter, never part of the statement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Condition = tuple[str, tuple[str | int, ...]]
_WORD = re.compile(r"\w+")
_LINKED = "EXISTS (SELECT 1 FROM links WHERE links.row = {table}.id AND links.kind = ? AND links.key {how} ?)"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows; None selects all.

    Attributes:
        article: an article id.
        contact: the beginning of a contact id.
        person: the key of a name: who took part, who said it.
        about: the key of a name that a statement speaks of.
        pair: keys of two who were in contact.
        named: a part of a name of somebody who took part, said it, or is spoken of.
        country: ISO 3166-1 alpha-2: of a participant, a source, a name.
        mode: of a contact.
        status: of a contact, statement or article.
        kind: of a statement.
        type: of a name.
        start: first day on which it may have been, YYYY-MM-DD.
        end: last day, included.
        since: recorded at or after, milliseconds since 1970.
        until: recorded before, milliseconds since 1970.
        disputed: any text: contacts across articles on which reports disagree.
        least: contacts across articles with at least so many independent reports.
        words: all of these are in it, or words that begin so.
    """

    article: str | None = None
    contact: str | None = None
    person: str | None = None
    about: str | None = None
    pair: str | None = None
    named: str | None = None
    country: str | None = None
    mode: str | None = None
    status: str | None = None
    kind: str | None = None
    type: str | None = None
    start: str | None = None
    end: str | None = None
    since: int | None = None
    until: int | None = None
    disputed: str | None = None
    least: int | None = None
    words: str | None = None


def where(kind: str, filters: Filters) -> Condition:
    """The condition on rows of a kind (contact, statement): what follows WHERE, and its parameters."""
    found = [
        *_shared(kind, filters),
        *(_of_contacts(filters) if kind == "contact" else _of_statements(filters)),
    ]
    return joined(found)


def joined(conditions: list[Condition]) -> Condition:
    """All of them."""
    texts = [text for text, _ in conditions] or ["1"]
    return " AND ".join(texts), tuple(value for _, values in conditions for value in values)


def _shared(kind: str, filters: Filters) -> Iterator[Condition]:
    table = f"{kind}s"
    if filters.article is not None:
        yield f"{table}.article = (SELECT id FROM articles WHERE article_id = ?)", (filters.article,)
    if filters.person is not None:
        yield _LINKED.format(table=table, how="="), (kind, filters.person)
    if filters.country is not None:
        yield _LINKED.format(table=table, how="="), (f"{kind} country", filters.country)
    if filters.status is not None:
        yield f"{table}.status = ?", (filters.status,)
    if filters.since is not None:
        yield f"{table}.recorded >= ?", (filters.since,)
    if filters.until is not None:
        yield f"{table}.recorded < ?", (filters.until,)
    if filters.words is not None:
        yield words_condition(table, filters.words)


def _of_contacts(filters: Filters) -> Iterator[Condition]:
    if filters.contact is not None:
        yield "substr(contacts.record_id, 1, ?) = ?", (len(filters.contact), filters.contact)
    if filters.pair is not None:
        yield _LINKED.format(table="contacts", how="="), ("pair", filters.pair)
    if filters.named is not None:
        yield _LINKED.format(table="contacts", how="LIKE"), ("contact", _within(filters.named))
    if filters.mode is not None:
        yield "contacts.mode = ?", (filters.mode,)
    if filters.start is not None:
        yield "contacts.last >= ?", (filters.start,)
    if filters.end is not None:
        yield "contacts.first <> '' AND contacts.first <= ?", (filters.end,)


def _of_statements(filters: Filters) -> Iterator[Condition]:
    if filters.kind is not None:
        yield "statements.kind = ?", (filters.kind,)
    if filters.about is not None:
        yield _LINKED.format(table="statements", how="="), ("about", filters.about)
    if filters.named is not None:
        linked, like = _LINKED.format(table="statements", how="LIKE"), _within(filters.named)
        yield f"({linked} OR {linked})", ("statement", like, "about", like)
    if filters.contact is not None:
        yield (
            "statements.article IN (SELECT article FROM contacts WHERE substr(record_id, 1, ?) = ?)",
            (len(filters.contact), filters.contact),
        )


def of_across(filters: Filters) -> Condition:
    """The condition on contacts across articles."""
    found: list[Condition] = []
    linked = "EXISTS (SELECT 1 FROM links WHERE links.row = across.row AND links.kind = ? AND links.key = ?)"
    if filters.person is not None:
        found.append((linked, ("across", filters.person)))
    if filters.country is not None:
        found.append((linked, ("across country", filters.country)))
    if filters.start is not None:
        found.append(("across.last >= ?", (filters.start,)))
    if filters.end is not None:
        found.append(("across.first <> '' AND across.first <= ?", (filters.end,)))
    if filters.disputed is not None:
        found.append(("across.disputed", ()))
    if filters.least is not None:
        found.append(("across.independent >= ?", (filters.least,)))
    return joined(found)


def words_condition(table: str, words: str) -> Condition:
    """Rows in which all the words are; nothing has no words at all."""
    return f"{table}.id IN (SELECT rowid FROM words WHERE words MATCH ?)", (match_of(words),)


def match_of(words: str) -> str:
    """What somebody typed as a question to FTS5: all words, each may be the beginning of one."""
    found = _WORD.findall(words)
    return " ".join(f'"{word}"*' for word in found) or '""'


def _within(name: str) -> str:
    """A part of a key, for LIKE; its signs for any letters are left out."""
    return f"%{' '.join(name.lower().split()).replace('%', ' ').replace('_', ' ')}%"
