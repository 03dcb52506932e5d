"""Flat tables: with everything in one row that a data frame or spreadsheet wants to have beside each other.

Pure: what they are called, their columns, and the queries that give their rows.
"""

from typing import NamedTuple

from readout.streams.export.tables import (
    ARTICLES,
    CONSOLIDATED,
    CONSOLIDATED_PARTICIPANTS,
    CONTACTS,
    ENTITIES,
    MENTIONS,
    PARTICIPANTS,
    REPORTS,
    STATEMENTS,
    Column,
    Table,
    quoted,
)

_INNER = frozenset({"id", "value"})


def _flat(name: str, meaning: str, own: Table, other: Table | None = None) -> Table:
    """A flat table: the columns of one, then those of the other that it has not."""
    columns = {column.name: column for column in (*own.columns, *(other.columns if other else ()))}
    plain = [Column(one.name, one.type, one.meaning) for one in columns.values() if one.name not in _INNER]
    return Table(name, meaning, tuple(plain))


FLAT = (
    _flat("articles", ARTICLES.meaning, ARTICLES),
    _flat("entity_mentions", "One row an entity and mention.", MENTIONS, ENTITIES),
    _flat("statements", "One row a statement.", STATEMENTS),
    _flat("contact_participants", "One row a contact and participant.", PARTICIPANTS, CONTACTS),
    _flat(
        "consolidated_participants",
        "One row a contact as all articles tell of it together, and participant.",
        CONSOLIDATED_PARTICIPANTS,
        CONSOLIDATED,
    ),
    _flat("consolidated_reports", REPORTS.meaning, REPORTS),
)


class _Source(NamedTuple):
    """Where the rows of a flat table come from.

    Attributes:
        rows: `a` is the table that has the key.
        own: the columns that come from `one`, which is joined to it.
        key: the column of `a` that says in which partition of the log a row lies.
        order: of the rows of one key.
    """

    rows: str
    order: str
    own: Table | None = None
    key: str = "article_id"


_SOURCES = {
    "articles": _Source("articles AS a", "a.id"),
    "entity_mentions": _Source(
        "entity_mentions AS one JOIN entities AS a USING (entity_id)", "a.id, one.ordinal", MENTIONS
    ),
    "statements": _Source("statements AS a", "a.id"),
    "contact_participants": _Source(
        "contact_participants AS one JOIN contacts AS a USING (contact_id)", "a.id, one.ordinal", PARTICIPANTS
    ),
    "consolidated_participants": _Source(
        "consolidated_participants AS one JOIN consolidated_contacts AS a USING (consolidated_id)",
        "one.ordinal",
        CONSOLIDATED_PARTICIPANTS,
        "consolidated_id",
    ),
    "consolidated_reports": _Source("consolidated_reports AS a", "a.ordinal", key="consolidated_id"),
}


def key_of(table: Table) -> str:
    """The column by which a flat table is ordered, and which says in what partition of the log its rows lie."""
    return _SOURCES[table.name].key


def select_flat(table: Table, keys: str = "") -> str:
    """The query for a flat table, by key and in the order of the article; `keys` is a subquery: those to take."""
    source = _SOURCES[table.name]
    own = {one.name for one in source.own.columns} if source.own else set()
    columns = ", ".join(
        f"{'one' if column.name in own else 'a'}.{quoted(column.name)}" for column in table.columns
    )
    condition = f" WHERE a.{source.key} IN ({keys})" if keys else ""
    return f"SELECT {columns} FROM {source.rows}{condition} ORDER BY a.{source.key}, {source.order}"
