"""Feeds, pages, NewsML-G2, NITF and crawls: the same article comes out of each, and says what it was taken from."""

import gzip
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from readout.schemas.envelope import encode_value
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished, NewsSource
from readout.streams.publish.formats import SourceFormat
from readout.streams.publish.sources import Found, Refusal
from tests.unit.publish.documents import (
    ATOM,
    BODY,
    FIRST,
    NEWSML,
    NITF,
    PAGE,
    RSS,
    SECOND,
    crawl,
    read,
    written,
)

CRAWL = crawl([("https://news.example/talks", PAGE.encode(), {})])
# File name, content, extractor, and what the article is known by.
CASES = [
    ("feed.rss", RSS.encode(), "feedparser", "urn:news:1"),
    ("feed.xml", RSS.encode(), "feedparser", "urn:news:1"),
    ("feed.atom", ATOM.encode(), "feedparser", "urn:news:1"),
    ("page.html", PAGE.encode(), "trafilatura", "https://news.example/talks"),
    ("item.xml", NEWSML.encode(), "readout", "urn:news:1"),
    ("item.nitf", NITF.encode(), "readout", "en-1"),
    ("item.xml", NITF.encode(), "readout", "en-1"),
    ("pages.warc.gz", CRAWL, "trafilatura", "https://news.example/talks"),
]


def articles(found: list[Found | Refusal]) -> list[ArticlePublished]:
    return [one.article for one in found if isinstance(one, Found)]


def refusals(found: list[Found | Refusal]) -> list[str]:
    return [one.reason for one in found if isinstance(one, Refusal)]


@pytest.mark.parametrize(("name", "data", "extractor", "article_id"), CASES, ids=[case[0] for case in CASES])
def test_every_kind_of_document_gives_the_article(
    tmp_path: Path, name: str, data: bytes, extractor: str, article_id: str
) -> None:
    found = articles(read(written(tmp_path, name, data)))
    article = next(one for one in found if one.status == "usable")
    assert article.article_id == article_id
    assert article.body.removeprefix("Ministers talk\n\n") == BODY
    assert (article.headline or "").startswith("Ministers")
    assert str(article.published_on) == "2022-10-25"
    assert article.byline in {"Ann Writer", "By Ann Writer"}
    assert article.source is not None
    assert article.source.extraction is not None
    assert article.source.extraction.extractor == extractor
    installed = version("readout-streams" if extractor == "readout" else extractor)
    assert article.source.extraction.version == installed


@pytest.mark.parametrize("name", ["page.html", "feed.rss", "item.nitf"])
def test_the_digest_is_that_of_the_file(tmp_path: Path, name: str) -> None:
    data = {"page.html": PAGE, "feed.rss": RSS, "item.nitf": NITF}[name].encode()
    source = articles(read(written(tmp_path, name, data)))[0].source
    assert source is not None
    assert source.extraction is not None
    assert source.extraction.raw_sha256 == sha256_hex(data)


def test_a_crawl_says_the_digest_of_the_page_and_numbers_its_versions(tmp_path: Path) -> None:
    url = "https://news.example/talks"
    edited = PAGE.replace("gone well", "gone badly")
    data = crawl([(url, PAGE.encode(), {}), (url, PAGE.encode(), {}), (url, edited.encode(), {})])
    found = articles(read(written(tmp_path, "a.warc.gz", data)))
    assert [one.revision for one in found] == [1, 1, 2]
    assert "gone badly" in found[-1].body
    digests = [one.source.extraction.raw_sha256 for one in found if one.source and one.source.extraction]
    assert digests == [sha256_hex(page.encode()) for page in (PAGE, PAGE, edited)]


def test_what_a_crawl_fetched_beside_pages_is_passed_over(tmp_path: Path) -> None:
    data = crawl([("https://news.example/a.png", b"\x89PNG", {"Content-Type": "image/png"})], packed=False)
    assert read(written(tmp_path, "a.warc", data)) == []


def test_a_teaser_is_refused_unless_it_is_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path, "feed.rss", RSS)
    assert [reason for reason in refusals(read(file)) if "--teasers" in reason] == refusals(read(file))
    assert len(refusals(read(file))) == 1
    assert [one.body for one in articles(read(file, teasers=True))] == [BODY, FIRST]


def test_full_text_that_breaks_off_is_a_teaser(tmp_path: Path) -> None:
    cut = RSS.replace("lines open.</p>]]>", "lines […]</p>]]>")
    assert cut != RSS
    assert len(refusals(read(written(tmp_path, "feed.rss", cut)))) == 2


def test_a_tombstone_takes_its_article_back(tmp_path: Path) -> None:
    gone = [one for one in articles(read(written(tmp_path, "feed.atom", ATOM))) if one.status == "withheld"]
    assert [(one.article_id, one.reason) for one in gone] == [
        ("urn:news:8", "Sent in error"),
        ("urn:news:9", "deleted from the feed"),
    ]


def test_newsml_keeps_version_and_status_and_refuses_a_package(tmp_path: Path) -> None:
    found = read(written(tmp_path, "item.xml", NEWSML))
    assert [(one.article_id, one.revision, one.status) for one in articles(found)] == [
        ("urn:news:1", 3, "usable"),
        ("urn:news:2", 2, "canceled"),
    ]
    assert [reason for reason in refusals(found) if "packageItem" in reason] == refusals(found)


def test_nitf_that_was_killed_is_canceled(tmp_path: Path) -> None:
    killed = NITF.replace('management-status="usable"', 'management-status="canceled"')
    (article,) = articles(read(written(tmp_path, "a.nitf", killed)))
    assert (article.status, article.body, article.reason) == ("canceled", "", "Corrects a name")


def test_a_folder_a_zip_and_gzip_hold_documents_of_all_kinds(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, data, _, _ in CASES:
        written(folder, name, data)
    written(folder, "page2.html.gz", gzip.compress(PAGE.encode()))
    written(folder, "notes.md", "# not an article")
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    found = read(str(folder))
    packed = read(str(tmp_path / "all.zip"))
    assert [one.article for one in found if isinstance(one, Found)] == articles(packed)
    assert refusals(found) == refusals(packed)
    assert len(articles(found)) == 10


@pytest.mark.parametrize(
    ("data", "source_format"),
    [
        (RSS, SourceFormat.FEED),
        (PAGE, SourceFormat.HTML),
        (NEWSML, SourceFormat.NEWSML),
        (NITF, SourceFormat.NITF),
    ],
)
def test_standard_input_is_told_by_how_it_begins(data: str, source_format: SourceFormat) -> None:
    told = [_derived_ids(data, "auto"), _derived_ids(data, source_format.value)]
    assert told[0] == told[1]
    assert told[0]


def _derived_ids(data: str, source_format: str) -> str:
    code = (
        "import sys; from readout.streams.publish.sources import read_sources, Found\n"
        "from readout.streams.publish.drafts import Limits\n"
        "from readout.streams.publish.formats import SourceFormat\n"
        "found = read_sources(['-'], Limits(10**6, 10**7), SourceFormat(sys.argv[1]))\n"
        "print([one.article.article_id for one in found if isinstance(one, Found)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, source_format], input=data.encode(), capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def test_a_missing_package_is_named_with_the_extra_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("readout.streams.publish.html_page")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    (reason,) = refusals(read(written(tmp_path, "page.html", PAGE)))
    assert "trafilatura" in reason
    assert "extra `feeds`" in reason


def test_articles_that_were_not_extracted_keep_their_bytes() -> None:
    """Their ids stand in logs that were written before there was `extraction`."""
    article = ArticlePublished(
        article_id="a", revision=1, status="usable", body=SECOND, source=NewsSource(name="N", url="u")
    )
    assert b'"source":{"name":"N","url":"u"}' in encode_value(article)
