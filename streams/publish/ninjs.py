"""IPTC ninjs, generations 2.x (lower-case names) and 3.x (camelCase names).

Read: uri, version, pubStatus, versionCreated, language, headlines, bodies, by, and nothing else. Of several
bodies the plain one counts; an HTML body is reduced to its text, a paragraph a block.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from readout.schemas.news import NewsSource
from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft

_STATUSES = ("usable", "withheld", "canceled")
_PLAIN = "text/plain"
_MAIN_ROLES = ("main", "", None)


def is_ninjs(data: dict[str, Any]) -> bool:
    """Does a JSON object look like ninjs rather than like a line of ours?"""
    names = {name.casefold() for name in data}
    return "uri" in names and not {"body", "article_id"} & names


def read_ninjs(data: dict[str, Any]) -> Draft:
    """Read one news item.

    Raises:
        InvalidRecord: no uri, unknown pubStatus, a version that is no number, or a usable item without body.
    """
    item = {name.casefold(): value for name, value in data.items()}
    uri = _text(item, "uri")
    if not uri:
        raise InvalidRecord("ninjs item without uri")
    status = _text(item, "pubstatus") or "usable"
    if status not in _STATUSES:
        raise InvalidRecord(f"pubStatus {status!r} is unknown: {', '.join(_STATUSES)}")
    return Draft(
        article_id=uri,
        revision=_revision(item.get("version")),
        status=status,
        headline=_main(item, "headlines"),
        body=_body(item, required=status == "usable"),
        published_at=_text(item, "versioncreated"),
        language=_text(item, "language"),
        source=NewsSource(url=uri) if uri.startswith(("http://", "https://")) else None,
        byline=_text(item, "by"),
        reason=_text(item, "ednote"),
    )


def _text(item: dict[str, Any], name: str) -> str | None:
    value = item.get(name)
    if value is None or isinstance(value, str):
        return value
    raise InvalidRecord(f"ninjs {name} must be a string, found {type(value).__name__}")


def _revision(version: object) -> int:
    if version is None:
        return 1
    if re.fullmatch(r"[1-9][0-9]{0,8}", str(version), re.ASCII) is None:
        raise InvalidRecord(
            f"ninjs version {version!r} is no counting number, so revisions cannot be ordered"
        )
    return int(str(version))


def _entries(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = item.get(name) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidRecord(f"ninjs {name} must be a list of objects")
    lowered = [{key.casefold(): value for key, value in entry.items()} for entry in entries]
    return [entry for entry in lowered if isinstance(entry.get("value"), str)]


def _main(item: dict[str, Any], name: str) -> str | None:
    entries = sorted(_entries(item, name), key=lambda entry: entry.get("role") not in _MAIN_ROLES)
    return entries[0]["value"] if entries else None


def _body(item: dict[str, Any], *, required: bool) -> str:
    bodies = sorted(_entries(item, "bodies"), key=lambda body: _content_type(body) != _PLAIN)
    if bodies:
        body: str = bodies[0]["value"]
        return body if _content_type(bodies[0]) == _PLAIN else html_to_text(body)
    if required:
        raise InvalidRecord("ninjs item without bodies: nothing to read")
    return ""


def _content_type(body: dict[str, Any]) -> str:
    declared = body.get("contenttype")
    if isinstance(declared, str):
        return declared.split(";")[0].strip().casefold()
    return "text/html" if re.search(r"<p[ >]|<br|<div", body["value"]) else _PLAIN


class _Blocks(HTMLParser):
    _BLOCKS = frozenset(
        "p div br h1 h2 h3 h4 h5 h6 li ul ol tr table section article blockquote body hl2".split()
    )
    _SILENT = frozenset(("script", "style", "head", "title"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks = [""]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: Iterable[object]) -> None:  # noqa: ARG002
        self._silent += tag in self._SILENT
        if tag in self._BLOCKS:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0
        if tag in self._BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.blocks[-1] += data


def html_to_text(html: str) -> str:
    """The text of an HTML fragment: white space collapsed, blocks separated by an empty line."""
    parser = _Blocks()
    parser.feed(html)
    parser.close()
    blocks = (" ".join(block.split()) for block in parser.blocks)
    return "\n\n".join(block for block in blocks if block)
