"""ninjs as it is met: 1.4, 2.1, 3.0 and Superdesk's form, as files and as lines; each one is published alike."""

import codecs
from pathlib import Path
from typing import Any

import orjson
import pytest

from readout.streams.derive.language import load_language
from readout.streams.processors.derivation import derive_batch
from readout.streams.processors.records import Derivation
from readout.streams.publish.drafts import Limits
from readout.streams.publish.formats import SourceFormat
from readout.streams.publish.html_text import html_to_text
from readout.streams.publish.sources import Found, Refusal, read_sources
from readout.streams.settings import Settings

LIMITS = Limits(max_article_characters=1_000_000, max_record_bytes=8 * 1024 * 1024)
FIRST = "The harbour minister met the pilots’ union on Tuesday."
SECOND = "She said the talks would go on."
HTML = f"<p>{FIRST}</p><p>{SECOND}</p>"
TEXT = f"{FIRST}\n\n{SECOND}"

SHAPES: dict[str, dict[str, Any]] = {
    "1.4 with an HTML body": {
        "uri": "urn:harbour:1",
        "type": "text",
        "version": "2",
        "versioncreated": "2023-03-14T09:30:00Z",
        "pubstatus": "usable",
        "language": "en-GB",
        "byline": "Ingrid Qvarnström",
        "headline": "Pilots &amp; minister meet",
        "body_html": HTML,
        "located": "Tallinn",
    },
    "1.4 with both bodies": {
        "uri": "urn:harbour:1",
        "version": "2",
        "versioncreated": "2023-03-14T09:30:00Z",
        "byline": "Ingrid Qvarnström",
        "headline": "Pilots & minister meet",
        "body_html": "<p>not this one</p>",
        "body_text": TEXT,
    },
    "2.1": {
        "uri": "urn:harbour:1",
        "standard": {"name": "ninjs", "version": "2.1"},
        "version": "2",
        "versioncreated": "2023-03-14T09:30:00Z",
        "by": "Ingrid Qvarnström",
        "headlines": [{"role": "main", "value": "Pilots & minister meet"}],
        "bodies": [{"role": "main", "contenttype": "text/html", "value": HTML}],
    },
    "3.0": {
        "uri": "urn:harbour:1",
        "standard": {"name": "ninjs", "version": "3.0"},
        "version": "2",
        "versionCreated": "2023-03-14T09:30:00Z",
        "by": "Ingrid Qvarnström",
        "headlines": [{"role": "main", "value": "Pilots & minister meet"}],
        "bodies": [{"role": "main", "contentType": "text/html", "value": HTML}],
    },
    "Superdesk": {
        "guid": "urn:harbour:1",
        "type": "text",
        "version": "2",
        "versioncreated": "2023-03-14T09:30:00+0000",
        "pubstatus": "usable",
        "byline": "Ingrid Qvarnström",
        "headline": "Pilots &amp; minister meet",
        "body_html": HTML,
        "service": [{"name": "Politics", "code": "p"}],
    },
}


def read(
    folder: Path, name: str, data: bytes, source_format: SourceFormat = SourceFormat.AUTO
) -> list[Found | Refusal]:
    file = folder / name
    file.write_bytes(data)
    return list(read_sources([str(file)], LIMITS, source_format))


def article(found: list[Found | Refusal]) -> Any:
    (one,) = found
    assert isinstance(one, Found), one
    return one.article


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_article(shape: str, tmp_path: Path) -> None:
    one = article(read(tmp_path, "item.json", orjson.dumps(SHAPES[shape])))
    assert (one.article_id, one.revision, one.status) == ("urn:harbour:1", 2, "usable")
    assert one.headline == "Pilots & minister meet"
    assert one.body == TEXT
    assert one.byline == "Ingrid Qvarnström"
    assert one.published_on.isoformat() == "2023-03-14"


def test_every_shape_is_published_and_derived_alike(tmp_path: Path) -> None:
    articles = [article(read(tmp_path, "item.json", orjson.dumps(item))) for item in SHAPES.values()]
    marked = codecs.BOM_UTF8 + orjson.dumps(SHAPES["3.0"])
    articles.append(article(read(tmp_path, "marked.json", marked)))
    table = f"<table><tr><td>Port</td><td>Riga</td></tr></table>{HTML}"
    with_table = SHAPES["1.4 with an HTML body"] | {"body_html": table}
    articles.append(article(read(tmp_path, "table.json", orjson.dumps(with_table))))
    for derived in derive_batch(articles, load_language(Settings())):
        assert isinstance(derived, Derivation), derived
        values = [orjson.loads(record.value or b"{}") for record in derived.records]
        (contact,) = [value for value in values if "contact_id" in value]
        assert contact["evidence"][0]["exact"] == FIRST
        assert contact["occurred_on"]["date"] == "2023-03-14"
        assert {"statement_id"} <= {name for value in values for name in value}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_byte_order_mark_in_front_of_an_item_or_of_lines_is_no_part_of_it(
    shape: str, tmp_path: Path
) -> None:
    data = codecs.BOM_UTF8 + orjson.dumps(SHAPES[shape])
    for name in ("item.json", "item.ninjs", "items.jsonl"):
        assert article(read(tmp_path, name, data)).body == TEXT


@pytest.mark.parametrize(("version", "revision"), [("0", 1), (0, 1), (None, 1), ("", 1), ("7", 7), (12, 12)])
def test_a_version_that_counts_from_0_or_is_absent_is_the_first_revision(
    version: object, revision: int, tmp_path: Path
) -> None:
    item = SHAPES["1.4 with an HTML body"] | {"version": version}
    assert article(read(tmp_path, "item.json", orjson.dumps(item))).revision == revision


@pytest.mark.parametrize("version", ["1.2", "-1", "three", True])
def test_a_version_that_does_not_count_is_refused(version: object, tmp_path: Path) -> None:
    (one,) = read(tmp_path, "item.json", orjson.dumps(SHAPES["2.1"] | {"version": version}))
    assert isinstance(one, Refusal)
    assert "no counting number" in one.reason


@pytest.mark.parametrize(
    "name", ['"Harbour Post"', "“Harbour Post”", "'Harbour Post", "Harbour Post", "«Harbour Post»"]
)
def test_quotation_marks_around_a_sources_name_are_none_of_it(name: str, tmp_path: Path) -> None:
    one = article(read(tmp_path, "item.json", orjson.dumps(SHAPES["Superdesk"] | {"source": name})))
    assert one.source.name == "Harbour Post"


def test_the_format_ninjs_means_it(tmp_path: Path) -> None:
    ours = orjson.dumps({"article_id": "a", "body": FIRST})
    (refusal,) = read(tmp_path, "item.json", ours, SourceFormat.NINJS)
    assert isinstance(refusal, Refusal)
    assert "neither uri nor guid" in refusal.reason
    lines = b"\n".join(orjson.dumps(item) for item in SHAPES.values())
    found = read(tmp_path, "items.txt", lines, SourceFormat.NINJS)
    assert [one.article.body for one in found if isinstance(one, Found)] == [TEXT] * len(SHAPES)


BLOCKS = {
    "table cells": (
        "<table><tr><th>Port</th><td>Riga</td></tr><tr><td>Oslo<td>4</table>",
        "Port Riga Oslo 4",
    ),
    "captions": (
        "<figure><img src=x><figcaption>The quay.</figcaption></figure><p>Text.</p>",
        "The_quay. Text.",
    ),
    "asides": ("Text<aside>Related</aside>more", "Text Related more"),
    "lists": ("<ul><li>one<li>two</ul>three", "one two three"),
    "breaks": ("one<br/>two", "one two"),
    "paragraphs that nobody closed": ("<p>one<p>two", "one two"),
    "nested blocks": ("<div><div>one</div>two<blockquote>three</blockquote></div>", "one two three"),
    "scripts and styles": ("<style>p{}</style><p>one</p><script>two()</script>", "one"),
    "entities": ("<p>Fish &amp;&nbsp;chips &#8212; 5 &lt; 6</p>", "Fish_&_chips_—_5_<_6"),
    "inline tags": ("<p>on<b>ly</b> <a href='#'>tw</a>o</p>", "only_two"),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_of_html_do_not_run_together(name: str) -> None:
    html, blocks = BLOCKS[name]
    assert html_to_text(html).split("\n\n") == [block.replace("_", " ") for block in blocks.split()]
