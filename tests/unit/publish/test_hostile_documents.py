"""What is sent to do harm, or is just broken, costs one line and little memory."""

import gzip
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from readout.streams.publish.sources import Refusal
from tests.unit.publish.documents import ATOM, NEWSML, NITF, PAGE, RSS, crawl, read, written

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
FILES = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
BARE = {"feed.rss": RSS, "feed.atom": ATOM, "item.xml": NEWSML, "item.nitf": NITF}


def without_declaration(document: str) -> str:
    return document.split("?>", 1)[1]


def only_refusal(path: str) -> str:
    (one,) = read(path)
    assert isinstance(one, Refusal), one
    assert "\n" not in one.reason
    return one.reason


@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("prolog", [LAUGHS, FILES], ids=["expansion", "files"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declared_entities_are_never_expanded(tmp_path: Path, name: str, prolog: str, encoding: str) -> None:
    document = prolog + without_declaration(BARE[name]).replace("Ministers", "&i; &a;")
    assert "entities" in only_refusal(written(tmp_path, name, document.encode(encoding)))


def test_an_encoding_that_could_hide_markup_is_not_read(tmp_path: Path) -> None:
    hidden = RSS.replace('encoding="utf-8"', 'encoding="utf-7"')
    assert "utf-7" in only_refusal(written(tmp_path, "feed.rss", hidden))


@pytest.mark.parametrize("name", ["feed.rss", "feed.atom", "item.xml", "item.nitf", "page.html"])
def test_a_broken_encoding_is_named_with_its_place(tmp_path: Path, name: str) -> None:
    data = {**BARE, "page.html": PAGE}[name].encode().replace(b"ceasefire", b"cease\xfffire")
    assert "at byte" in only_refusal(written(tmp_path, name, data))


def test_a_declared_encoding_is_believed(tmp_path: Path) -> None:
    page = PAGE.replace("utf-8", "windows-1252").replace("both sides", "both “sides”")
    (found,) = read(written(tmp_path, "page.html", page.encode("cp1252")))
    assert not isinstance(found, Refusal)
    assert "“sides”" in found.article.body


@pytest.mark.parametrize("name", ["page.html", "feed.rss", "item.nitf", "item.xml"])
def test_what_is_cut_off_or_no_document_at_all_is_refused(tmp_path: Path, name: str) -> None:
    for data in (b"", b"<", b"<a", b"<?xml", b"<x><y/></x>", b"\x00\x01\x02" * 100):
        assert only_refusal(written(tmp_path, name, data))


def test_a_page_nested_without_end_is_refused(tmp_path: Path) -> None:
    assert "deep" in only_refusal(written(tmp_path, "page.html", "<div>" * 100_000 + "words"))


def test_a_gigantic_field_is_refused(tmp_path: Path) -> None:
    for name, document in (("feed.rss", RSS), ("page.html", PAGE), ("item.nitf", NITF)):
        large = document.replace("ceasefire", "cease " * 3_000_000)
        assert "bytes" in only_refusal(written(tmp_path, name, large))


def test_a_gigantic_headline_or_id_is_refused_with_the_rest_of_the_feed_read(tmp_path: Path) -> None:
    feed = RSS.replace("urn:news:1<", f"urn:{'x' * 1000}<")
    found = read(written(tmp_path, "feed.rss", feed), teasers=True)
    assert [isinstance(one, Refusal) for one in found] == [True, False]


@pytest.mark.parametrize("name", ["page.html.gz", "feed.xml.gz", "a.jsonl.gz"])
def test_a_gzip_bomb_is_refused(tmp_path: Path, name: str) -> None:
    assert "unpacks to more" in only_refusal(written(tmp_path, name, gzip.compress(b" " * 50_000_000)))


def test_damaged_gzip_zip_and_crawls_are_a_line_each(tmp_path: Path) -> None:
    for name in ("a.html.gz", "a.zip", "a.warc.gz", "a.warc"):
        assert only_refusal(written(tmp_path, name, b"\x1f\x8b broken from here on"))


@pytest.mark.parametrize("packed", [True, False])
def test_a_crawl_that_breaks_off_gives_no_half_page(tmp_path: Path, *, packed: bool) -> None:
    whole = crawl([("https://news.example/a", PAGE.encode(), {})] * 2, packed=packed)
    for cut in (40, 200):
        found = read(written(tmp_path, f"cut{cut}.warc.gz", whole[:-cut]))
        assert [isinstance(one, Refusal) for one in found] == [False, True]


def test_a_zip_bomb_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.html", PAGE)
        for number in range(8):
            archive.writestr(f"{number}.html", b" " * 10_000_000)
    assert "would unpack" in only_refusal(str(file))


def test_a_member_that_is_too_large_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "some.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", PAGE)
        archive.writestr("b.html", b" " * 20_000_000)
        archive.writestr("c.zip", b"PK")
    found = read(str(file))
    assert [isinstance(one, Refusal) for one in found] == [False, True, True]


def test_a_small_record_of_a_crawl_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(gzip.compress(b"<p>" * 10_000_000 * 3))
    url = "https://news.example/bomb"
    data = crawl([(url, gzip.decompress(bomb), {"Content-Encoding": "gzip"}), (url + "2", PAGE.encode(), {})])
    found = read(written(tmp_path, "a.warc.gz", data))
    assert [isinstance(one, Refusal) for one in found] == [True, False]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    with file.open("wb") as lines:
        for _ in range(60):
            lines.write(b"x" * 10_000_000)
        lines.write(b'\n{"body": "The minister said that the talks had gone well."}\n')
    code = (
        "import sys; from readout.streams.publish.sources import read_sources\n"
        "from readout.streams.publish.drafts import Limits\n"
        "print([type(one).__name__ for one in read_sources([sys.argv[1]], Limits(10**6, 10**7))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, check=True, preexec_fn=_small
    )
    assert done.stdout.decode().strip() == "['Refusal', 'Found']"


def _small() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
