"""IPTC ninjs of all generations, and Superdesk's form of it.

1.x has `body_text` and `body_html`, 2.x lower-case lists, 3.x camelCase lists, Superdesk `guid` for `uri`.

Read: uri or guid, version, pubStatus, versionCreated, language, headline, body, byline, source, notes; no more. Of
several bodies the plain one counts; an HTML body is read block by block (`html_text`).
"""

import re
from typing import Any

from readout.schemas.news import NewsSource
from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft
from readout.streams.publish.html_text import html_to_text

_STATUSES = ("usable", "withheld", "canceled")
_PLAIN = "text/plain"
_MAIN_ROLES = ("main", "", None)
_IDS = ("uri", "guid")
_MARKUP = re.compile(r"</?(?:p|br|div|table|ul|ol|h[1-6]|blockquote|figure|section|article)\b", re.IGNORECASE)
_LARGEST = 999_999_999


def is_ninjs(data: dict[str, Any]) -> bool:
    """Does a JSON object look like ninjs rather than like a line of ours?"""
    names = {name.casefold() for name in data}
    return not names.isdisjoint(_IDS) and not {"body", "article_id"} & names


def read_ninjs(data: dict[str, Any]) -> Draft:
    """Read one news item.

    Raises:
        InvalidRecord: neither uri nor guid, unknown pubStatus, a version that is no number, or a usable item
            without body.
    """
    item = {name.casefold(): value for name, value in data.items()}
    uri = next((found for found in (_text(item, name) for name in _IDS) if found), None)
    if not uri:
        raise InvalidRecord("no ninjs item: it has neither uri nor guid")
    status = _status(item)
    return Draft(
        article_id=uri,
        revision=_revision(item.get("version")),
        status=status,
        headline=_headline(item),
        body=_body(item, required=status == "usable"),
        published_at=_moment(item),
        language=_text(item, "language"),
        source=_source(item, uri),
        byline=_first_text(item, "by", "byline"),
        reason=_first_text(item, "ednote", "usagenote"),
    )


def _status(item: dict[str, Any]) -> str:
    status = _text(item, "pubstatus") or "usable"
    if status not in _STATUSES:
        raise InvalidRecord(f"pubStatus {status!r} is unknown: {', '.join(_STATUSES)}")
    return status


def _text(item: dict[str, Any], name: str) -> str | None:
    value = item.get(name)
    if value is None or isinstance(value, str):
        return value
    raise InvalidRecord(f"ninjs {name} must be a string, found {type(value).__name__}")


def _first_text(item: dict[str, Any], *names: str) -> str | None:
    return next((found for found in (_text(item, name) for name in names) if found), None)


def _revision(version: object) -> int:
    """Counted from 1; Superdesk counts from 0, and an item that was never changed may say nothing."""
    if version is None or version == "":
        return 1
    if isinstance(version, bool) or re.fullmatch(r"[0-9]{1,9}", str(version), re.ASCII) is None:
        raise InvalidRecord(
            f"ninjs version {version!r} is no counting number, so revisions cannot be ordered"
        )
    return min(max(int(str(version)), 1), _LARGEST)


def _moment(item: dict[str, Any]) -> str | None:
    """When this version was made; Superdesk writes "+0000", which ISO 8601 spells "+00:00"."""
    found = _first_text(item, "versioncreated", "firstcreated", "contentcreated")
    return found and re.sub(r"(?<=:\d\d)([+-]\d\d)(\d\d)$", r"\1:\2", found)


def _source(item: dict[str, Any], uri: str) -> NewsSource | None:
    """The provider's name, without the quotation marks that some leave around it, and the item's address."""
    name = (_first_text(item, "source") or _provider(item) or "").strip().strip("\"'“”„«»‘’").strip() or None
    url = uri if uri.startswith(("http://", "https://")) else None
    return NewsSource(name=name, url=url) if name or url else None


def _provider(item: dict[str, Any]) -> str | None:
    sources = item.get("infosources") or item.get("infosource") or []
    named = [one for one in sources if isinstance(one, dict)] if isinstance(sources, list) else []
    return next((one["name"] for one in named if isinstance(one.get("name"), str)), None)


def _entries(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = item.get(name) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidRecord(f"ninjs {name} must be a list of objects")
    lowered = [{key.casefold(): value for key, value in entry.items()} for entry in entries]
    return [entry for entry in lowered if isinstance(entry.get("value"), str)]


def _headline(item: dict[str, Any]) -> str | None:
    entries = sorted(_entries(item, "headlines"), key=lambda entry: entry.get("role") not in _MAIN_ROLES)
    found = entries[0]["value"] if entries else _text(item, "headline")
    if found and ("<" in found or "&" in found):
        found = " ".join(html_to_text(found).split())
    return found or None


def _body(item: dict[str, Any], *, required: bool) -> str:
    for content_type, body in sorted(_bodies(item), key=lambda one: one[0] != _PLAIN):
        text = body if content_type == _PLAIN else html_to_text(body)
        if text.strip():
            return text
    if required:
        raise InvalidRecord("ninjs item without bodies: nothing to read")
    return ""


def _bodies(item: dict[str, Any]) -> list[tuple[str, str]]:
    """Each body with its content type: of lists (2.x, 3.x), and of fields that say their type (1.x)."""
    found = [(_content_type(entry), entry["value"]) for entry in _entries(item, "bodies")]
    for name, value in sorted(item.items()):
        if isinstance(value, str) and name.startswith("body_"):
            is_markup = name.removeprefix("body_") in {"html", "html5", "xhtml", "xml"} or _MARKUP.search(
                value
            )
            found.append(("text/html" if is_markup else _PLAIN, value))
    return found


def _content_type(body: dict[str, Any]) -> str:
    declared = body.get("contenttype")
    if isinstance(declared, str):
        return declared.split(";")[0].strip().casefold()
    return "text/html" if _MARKUP.search(body["value"]) else _PLAIN
