"""The tables that an export has: names, columns and what they mean, each once, for all formats and the docs.

Pure data: `TABLES` are what SQLite holds, with keys that refer to each other.
"""

from dataclasses import dataclass
from typing import NamedTuple


class Column(NamedTuple):
    """A column: SQL type (TEXT, INTEGER), meaning, and the constraint behind its type."""

    name: str
    type: str
    meaning: str
    constraint: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or a flat view of some."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    search: tuple[str, ...] = ()
    """The columns that full text search finds."""


_KEY = Column("id", "INTEGER", "Number of the row in this file; of no meaning elsewhere.", "PRIMARY KEY")
_LATER = "DEFERRABLE INITIALLY DEFERRED"
_TO_ARTICLE = f"NOT NULL REFERENCES articles (article_id) {_LATER}"
_TO_ENTITY = f"REFERENCES entities (entity_id) {_LATER}"
_REVISION = Column("revision", "INTEGER", "The article's revision that it was derived from.", "NOT NULL")
_EVENT = Column("event_id", "TEXT", "sha256 of the record's value: its CloudEvents id.", "NOT NULL")
_VALUE = Column("value", "TEXT", "The whole record as canonical JSON.", "NOT NULL")
_ARTICLE_ID = Column("article_id", "TEXT", "The article.", _TO_ARTICLE)
_DATE = (
    Column(
        "date", "TEXT", "ISO 8601, as precise as the article: YYYY, YYYY-MM or YYYY-MM-DD; empty if unknown."
    ),
    Column("date_precision", "TEXT", "day, week (the date is its Monday), month, year or unknown."),
    Column("date_end", "TEXT", "The last day, where it is a stretch of days."),
    Column("date_approximate", "INTEGER", "1 if the words say that the date is only about right."),
)

ARTICLES = Table(
    "articles",
    "One row an article: its last revision that was sealed.",
    (
        _KEY,
        Column("article_id", "TEXT", "The article.", "NOT NULL UNIQUE"),
        Column("revision", "INTEGER", "Its last revision.", "NOT NULL"),
        Column("status", "TEXT", "usable, withheld or canceled.", "NOT NULL"),
        Column("headline", "TEXT", "The headline."),
        Column("body", "TEXT", "The text that all offsets point into, in code points.", "NOT NULL"),
        Column("published_at", "TEXT", "As the source gave it: a day, or a moment with its time zone."),
        Column("language", "TEXT", "BCP 47 tag.", "NOT NULL"),
        Column("source_name", "TEXT", "The publisher."),
        Column("source_url", "TEXT", "Where it was published."),
        Column("raw_sha256", "TEXT", "Digest of the document that the body was extracted from."),
        Column("extractor", "TEXT", "The program that extracted it, and its version."),
        Column("byline", "TEXT", "Who wrote it."),
        Column("reason", "TEXT", "Why it was withheld, canceled or revised."),
        Column("outcome", "TEXT", "derived, withdrawn or dead-lettered.", "NOT NULL"),
        Column("sealed_at", "TEXT", "When its manifest was recorded, UTC.", "NOT NULL"),
        _EVENT,
        _VALUE,
    ),
    search=("headline", "body"),
)
ENTITIES = Table(
    "entities",
    "One row an entity of an article.",
    (
        _KEY,
        Column("entity_id", "TEXT", "The entity.", "NOT NULL UNIQUE"),
        _ARTICLE_ID,
        _REVISION,
        Column(
            "type", "TEXT", "person, organisation, place, group, facility, event, product, other.", "NOT NULL"
        ),
        Column("name", "TEXT", "The fullest name in the article.", "NOT NULL"),
        Column("aliases", "TEXT", "Other names, a JSON list.", "NOT NULL"),
        Column("titles", "TEXT", "Offices that the article gives it, a JSON list.", "NOT NULL"),
        Column("country", "TEXT", "ISO 3166-1 alpha-2."),
        Column("stands_for", "TEXT", "The entity that a metonym means.", _TO_ENTITY),
        _EVENT,
        _VALUE,
    ),
    search=("name", "aliases", "titles"),
)
MENTIONS = Table(
    "entity_mentions",
    "One row a mention.",
    (
        Column("entity_id", "TEXT", "The entity.", f"NOT NULL {_TO_ENTITY}"),
        Column("ordinal", "INTEGER", "Its mentions counted from 1, in reading order.", "NOT NULL"),
        Column("kind", "TEXT", "name, nominal or pronoun.", "NOT NULL"),
        Column("start", "INTEGER", "First code point in the body.", "NOT NULL"),
        Column("end", "INTEGER", "One past the last.", "NOT NULL"),
        Column("exact", "TEXT", "The words.", "NOT NULL"),
    ),
)
STATEMENTS = Table(
    "statements",
    "One row a statement.",
    (
        _KEY,
        Column("statement_id", "TEXT", "The statement.", "NOT NULL UNIQUE"),
        _ARTICLE_ID,
        _REVISION,
        Column("kind", "TEXT", "direct, indirect or mixed.", "NOT NULL"),
        Column("status", "TEXT", "made, denied, refused, asked, conditional or planned.", "NOT NULL"),
        Column("source_entity_id", "TEXT", "Who said it.", _TO_ENTITY),
        Column("source_name", "TEXT", "Who said it, by name; empty if the article leaves it open."),
        Column("on_behalf_of_entity_id", "TEXT", "For whom a spokesman speaks.", _TO_ENTITY),
        Column("on_behalf_of_name", "TEXT", "The same by name."),
        Column("cue", "TEXT", "The lemma of the words that attribute it."),
        Column("text", "TEXT", "What was said.", "NOT NULL"),
        Column("start", "INTEGER", "First code point of the content in the body.", "NOT NULL"),
        Column("end", "INTEGER", "One past its last.", "NOT NULL"),
        Column("addressee_entity_id", "TEXT", "Whom it was said to.", _TO_ENTITY),
        Column("addressee_name", "TEXT", "The same by name."),
        Column(
            "nested_in",
            "TEXT",
            "The statement that reports this one.",
            f"REFERENCES statements (statement_id) {_LATER}",
        ),
        *_DATE,
        _EVENT,
        _VALUE,
    ),
    search=("text", "source_name"),
)
CONTACTS = Table(
    "contacts",
    "One row a contact.",
    (
        _KEY,
        Column("contact_id", "TEXT", "The contact.", "NOT NULL UNIQUE"),
        _ARTICLE_ID,
        _REVISION,
        Column("mode", "TEXT", "call, video, meeting, visit, letter or talks.", "NOT NULL"),
        Column("status", "TEXT", "held, planned, refused or denied.", "NOT NULL"),
        *_DATE,
        Column("place_entity_id", "TEXT", "Where.", _TO_ENTITY),
        Column("place_name", "TEXT", "Where, by name."),
        Column("subjects", "TEXT", "The words that say what it was about, a JSON list.", "NOT NULL"),
        Column("reported_by_entity_id", "TEXT", "Who says that it took place.", _TO_ENTITY),
        Column("reported_by_name", "TEXT", "The same by name."),
        Column("confidence", "INTEGER", "How likely it is right, in per mille."),
        Column("evidence", "TEXT", "The passages that prove it, divided by empty lines.", "NOT NULL"),
        _EVENT,
        _VALUE,
    ),
    search=("evidence", "subjects", "place_name"),
)
PARTICIPANTS = Table(
    "contact_participants",
    "One row a participant of a contact.",
    (
        Column("contact_id", "TEXT", "The contact.", f"NOT NULL REFERENCES contacts (contact_id) {_LATER}"),
        Column("ordinal", "INTEGER", "The participants counted from 1.", "NOT NULL"),
        Column("entity_id", "TEXT", "Who took part.", _TO_ENTITY),
        Column("name", "TEXT", "By name, or in the article's words.", "NOT NULL"),
        Column("title", "TEXT", "The office held."),
        Column("country", "TEXT", "Represented, ISO 3166-1 alpha-2."),
        Column("part", "TEXT", "party, hub, host or mediator.", "NOT NULL"),
    ),
)

CONSOLIDATED = Table(
    "consolidated_contacts",
    "One row a contact as all articles tell of it together.",
    (
        _KEY,
        Column("consolidated_id", "TEXT", "The contact.", "NOT NULL UNIQUE"),
        Column("participants", "TEXT", "Who took part, with countries, divided by semicolons.", "NOT NULL"),
        Column("mode", "TEXT", "What most independent reports claim.", "NOT NULL"),
        Column("status", "TEXT", "What most independent reports claim.", "NOT NULL"),
        Column("date", "TEXT", "What most independent reports claim: YYYY, YYYY-MM or YYYY-MM-DD."),
        Column("date_end", "TEXT", "The last day, where that is a stretch of days."),
        Column("place", "TEXT", "What most independent reports claim."),
        Column("subjects", "TEXT", "The words that say what it was about, a JSON list.", "NOT NULL"),
        Column("disputed", "TEXT", "What reports contradict each other on, a JSON list.", "NOT NULL"),
        Column("report_count", "INTEGER", "Articles that tell of it.", "NOT NULL"),
        Column("independent_reports", "INTEGER", "Groups that do not copy each other.", "NOT NULL"),
        Column("first_reported", "TEXT", "When the first report was published, UTC."),
        Column("last_reported", "TEXT", "When the last report was published, UTC."),
        _EVENT,
        _VALUE,
    ),
    search=("participants", "subjects", "place"),
)
_TO_CONSOLIDATED = f"NOT NULL REFERENCES consolidated_contacts (consolidated_id) {_LATER}"
CONSOLIDATED_PARTICIPANTS = Table(
    "consolidated_participants",
    "One row a participant of such a contact.",
    (
        Column("consolidated_id", "TEXT", "The contact.", _TO_CONSOLIDATED),
        Column("ordinal", "INTEGER", "The participants counted from 1.", "NOT NULL"),
        Column("identity", "TEXT", "Equal in all contacts with this participant.", "NOT NULL"),
        Column("name", "TEXT", "The fullest name.", "NOT NULL"),
        Column("kind", "TEXT", "person, office, government, organisation or described.", "NOT NULL"),
        Column("names", "TEXT", "All names that reports use, a JSON list.", "NOT NULL"),
        Column("titles", "TEXT", "Offices in the words of the reports, a JSON list.", "NOT NULL"),
        Column("country", "TEXT", "Represented, ISO 3166-1 alpha-2."),
        Column("part", "TEXT", "party, hub, host or mediator.", "NOT NULL"),
    ),
)
REPORTS = Table(
    "consolidated_reports",
    "One row a report of such a contact, with what it claims.",
    (
        Column("consolidated_id", "TEXT", "The contact.", _TO_CONSOLIDATED),
        Column("ordinal", "INTEGER", "The reports counted from 1, the first published first.", "NOT NULL"),
        Column(
            "contact_id",
            "TEXT",
            "The record of the contact log; it may have been corrected since.",
            "NOT NULL",
        ),
        Column("article_id", "TEXT", "The article that tells.", "NOT NULL"),
        Column("revision", "INTEGER", "The article's revision that it was derived from.", "NOT NULL"),
        Column("published_at", "TEXT", "When the article was published, UTC."),
        Column("source_name", "TEXT", "The publisher."),
        Column("copies", "INTEGER", "Reports with the same number copy each other.", "NOT NULL"),
        Column("mode", "TEXT", "call, video, meeting, visit, letter or talks.", "NOT NULL"),
        Column("status", "TEXT", "held, planned, refused or denied.", "NOT NULL"),
        Column("date", "TEXT", "ISO 8601, as precise as the article."),
        Column("date_end", "TEXT", "The last day, where it is a stretch of days."),
        Column(
            "date_approximate", "INTEGER", "1 if the words say that the date is only about right.", "NOT NULL"
        ),
        Column("place", "TEXT", "Where."),
        Column(
            "record_sha256", "TEXT", "sha256 of the value of that record: its CloudEvents id.", "NOT NULL"
        ),
    ),
)

ARTICLE_TABLES = (ARTICLES, ENTITIES, MENTIONS, STATEMENTS, CONTACTS, PARTICIPANTS)
CONSOLIDATED_TABLES = (CONSOLIDATED, CONSOLIDATED_PARTICIPANTS, REPORTS)
# In the order in which rows are written; they go in the opposite order.
TABLES = (*ARTICLE_TABLES, *CONSOLIDATED_TABLES)


def quoted(name: str) -> str:
    """A name as SQL writes it: `end` is a word of the language."""
    return f'"{name}"'


def schema_of(tables: tuple[Table, ...] = TABLES) -> str:
    """The statements that create tables, indexes and full text search."""
    return "\n".join(part for table in tables for part in (_create(table), *_indexes(table), *_search(table)))


def _create(table: Table) -> str:
    lines = [f"{quoted(one.name)} {one.type} {one.constraint}".strip() for one in table.columns]
    if any(one.name == "ordinal" for one in table.columns):
        lines.append(f"PRIMARY KEY ({quoted(table.columns[0].name)}, ordinal)")
    return f"CREATE TABLE {table.name} (\n  " + ",\n  ".join(lines) + "\n);"


def _indexes(table: Table) -> list[str]:
    return [
        f"CREATE INDEX {table.name}_by_{one.name} ON {table.name} ({one.name});"
        for one in table.columns
        if "REFERENCES" in one.constraint
    ]


def _search(table: Table) -> list[str]:
    """FTS5 over the table's own content, kept by triggers; Datasette finds it by itself."""
    if not table.search:
        return []
    names = ", ".join(table.search)
    index = f"{table.name}_fts"
    new, old = (", ".join(f"{row}.{name}" for name in table.search) for row in ("new", "old"))
    return [
        f"CREATE VIRTUAL TABLE {index} USING fts5 ({names}, content='{table.name}', content_rowid='id');",
        f"CREATE TRIGGER {index}_in AFTER INSERT ON {table.name} BEGIN "
        f"INSERT INTO {index} (rowid, {names}) VALUES (new.id, {new}); END;",
        f"CREATE TRIGGER {index}_out AFTER DELETE ON {table.name} BEGIN "
        f"INSERT INTO {index} ({index}, rowid, {names}) VALUES ('delete', old.id, {old}); END;",
    ]
