"""What a page asks in an address, as the index is asked for it.

Pure: parameters in, answers of `Views` out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields

from readout.streams.errors import ConfigurationError
from readout.streams.report.filters import Filters
from readout.streams.report.kept import Json
from readout.streams.report.views import MOST_ROWS, Views

_LONGEST = 600
_NUMBERS = {"since", "until", "least"}
_NAMES = {field.name for field in fields(Filters)}


def filters_of(asked: Mapping[str, str]) -> Filters:
    """The filters that parameters name; others are left to others.

    Raises:
        ConfigurationError: one is too long, or no number where one must be.
    """
    found: dict[str, str | int] = {}
    for name in _NAMES & set(asked):
        if len(asked[name]) > _LONGEST:
            raise ConfigurationError(f"{name} is longer than {_LONGEST} letters")
        if asked[name]:
            found[name] = number_of(asked, name) if name in _NUMBERS else asked[name]
    return Filters(**found)  # type: ignore[arg-type]


def number_of(asked: Mapping[str, str], name: str, default: int = 0) -> int:
    """A number among the parameters.

    Raises:
        ConfigurationError: it is none.
    """
    text = asked.get(name, str(default))
    if not text.isdecimal() or len(text) > 15:
        raise ConfigurationError(f"{name} is no number: {text[:40]!r}")
    return int(text)


def _listed(list_rows: Callable[[Views], Callable[[Filters, int, int], Json]]) -> "Question":
    def ask(views: Views, asked: Mapping[str, str]) -> Json:
        limit = min(number_of(asked, "limit", MOST_ROWS), MOST_ROWS)
        return list_rows(views)(filters_of(asked), number_of(asked, "offset"), limit)

    return ask


Question = Callable[[Views, Mapping[str, str]], Json | None]
QUESTIONS: dict[str, Question] = {
    "contacts": _listed(lambda views: views.contacts),
    "statements": _listed(lambda views: views.statements),
    "people": _listed(lambda views: views.people),
    "articles": _listed(lambda views: views.articles),
    "across": _listed(lambda views: views.across),
    "person": lambda views, asked: views.person(asked.get("person", "")),
    "network": lambda views, asked: views.network(filters_of(asked)),
    "search": lambda views, asked: views.search(asked.get("words", "")[:_LONGEST]),
}
"""The questions of the pages that filters answer."""


def rows_of(view: str, views: Views, asked: Mapping[str, str]) -> Iterator[Json]:
    """All rows of a list, for export."""
    filters = filters_of(asked)
    if view in {"contacts", "statements"}:
        return views.rows(view.removesuffix("s"), filters)
    if view == "network":
        pairs = views.network(filters)["pairs"]
        return ({"first": first, "second": second, "contacts": times} for first, second, times in pairs)
    if view == "article":
        document = views.article(filters.article or "")
        return iter(document["records"] if document else ())
    lists = {"people": views.people, "articles": views.articles, "across": views.across}
    return _pages(lists[view], filters)


def _pages(list_rows: Callable[[Filters, int, int], Json], filters: Filters) -> Iterator[Json]:
    """All rows of a list, no more than a page of them at a time."""
    offset = 0
    while rows := list_rows(filters, offset, MOST_ROWS)["rows"]:
        yield from rows
        offset += len(rows)
