"""Do two layouts of the same words give the same records? Compared word by word, wherever the words stand.

A place in a text is told by the number of letters and digits before it; those of added parts do not count, and what
was derived from added parts alone is no difference.
"""

import html
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

import orjson

from readout.schemas.news import ArticlePublished
from readout.streams.processors.derivation import Language, derive_batch
from readout.streams.processors.records import Derivation
from tests.layout.changes import Range, Variant

# Markup, also where it was escaped once more, and references to characters.
_CODE = re.compile(
    r"<!\[CDATA\[|<[^<>]*>|&lt;(?:(?!&[lg]t;)[^<>])*&gt;|&(?:amp;)*(?:#\d+|#[xX][0-9a-fA-F]+|\w+);|\u00e2[\u20ac\x80]\S"
)
_LETTERS_AS_MARKS = "\u02b9\u02bc"
_LEFT_OUT = frozenset({"producer", "text_sha256"})
_WORDS = frozenset({"text", "name", "title", "organisation"})


def article(body: str, published_at: str | None = "2022-10-25") -> ArticlePublished:
    return ArticlePublished(article_id="a", revision=1, status="usable", body=body, published_at=published_at)


def derived(articles: Sequence[ArticlePublished], language: Language) -> list[list[dict[str, Any]]]:
    """The values of the records of each article."""
    found = []
    for one in derive_batch(articles, language):
        assert isinstance(one, Derivation), one
        found.append(
            [orjson.loads(record.value or b"{}") | {"topic": record.topic} for record in one.records]
        )
    return found


def letters_before(variant: Variant) -> list[int]:
    """For each place of a text, how many letters and digits stand before it, added parts and markup apart."""
    text = variant.text
    counts = [int(letter.isalnum() and letter not in _LETTERS_AS_MARKS) for letter in text]
    for match in _CODE.finditer(text):
        is_reference = match[0].startswith("&") and (not match[0].startswith("&lt;") or match[0] == "&lt;")
        meant = html.unescape(re.sub("&(?:amp;)+", "&", match[0])) if is_reference else ""
        if meant != match[0]:
            counts[match.start() : match.end()] = [0] * (match.end() - match.start())
            counts[match.end() - 1] = sum(map(str.isalnum, meant))
    for start, end in variant.added:
        counts[start:end] = [0] * (end - start)
    return [0, *accumulate(counts)]


def differences(
    variant: Variant, base: Sequence[dict[str, Any]], records: Sequence[dict[str, Any]], old: str
) -> list[str]:
    """What the records of a variant say otherwise than those of the old text, one line each."""
    before, after = letters_before(Variant(old)), letters_before(variant)
    expected = [_comparable(record, before) for record in base]
    found = [_comparable(one, after) for one in _own(records, variant.added)]
    lines = []
    for name, one, other in (("lost", expected, found), ("new", found, expected)):
        rest = list(other)
        for record in one:
            if record in rest:
                rest.remove(record)
            else:
                lines.append(f"{name}: {record}")
    return lines


def unproven(text: str, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Selectors whose `exact` is not what stands in the text."""
    return [one for one in selectors(records) if text[one["start"] : one["end"]] != one["exact"]]


def selectors(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        if "exact" in data:
            yield data
        else:
            for value in data.values():
                yield from selectors(value)
    elif isinstance(data, list):
        for value in data:
            yield from selectors(value)


def _own(records: Sequence[dict[str, Any]], added: Sequence[Range]) -> Iterator[dict[str, Any]]:
    """The records without what added parts say."""
    for record in records:
        if not added:
            yield record
        elif record["topic"] == "entities":
            mentions = [one for one in record["mentions"] if not _is_added(one["selector"], added)]
            if mentions:
                yield record | {"mentions": mentions}
        elif not all(_is_added(one, added) for one in _proof(record)):
            yield record


def _proof(record: dict[str, Any]) -> list[dict[str, Any]]:
    evidence: list[dict[str, Any]] = record.get("evidence") or record["content"]["selectors"]
    return evidence


def _is_added(selector: dict[str, Any], added: Sequence[Range]) -> bool:
    return any(start <= selector["start"] and selector["end"] <= end for start, end in added)


def _comparable(data: Any, places: Sequence[int], key: str = "") -> Any:
    if isinstance(data, dict) and "exact" in data:
        return (places[data["start"]], places[data["end"]])
    if isinstance(data, dict):
        return {
            name: _comparable(value, places, name) for name, value in data.items() if name not in _LEFT_OUT
        }
    if isinstance(data, list):
        parts = [_comparable(value, places, key) for value in data]
        return _merged(parts) if parts and all(isinstance(part, tuple) for part in parts) else parts
    return "".join(filter(str.isalnum, data)) if isinstance(data, str) and key in _WORDS else data


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges that nothing but an added part divides are one."""
    merged = ranges[:1]
    for start, end in ranges[1:]:
        if start == merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
