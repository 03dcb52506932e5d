"""What other programs write is read: feeds by Django's generator, a crawl by GNU Wget, ninjs and lines by a JSON writer."""

import datetime
import json
import shutil
import subprocess
from pathlib import Path

import feedgenerator
import pytest

from readout.streams.publish.sources import Found
from tests.unit.publish.documents import BODY, HTML, PAGE, read, written
from tests.unit.publish.site import site

PUBLISHED = datetime.datetime(2022, 10, 25, 7, 30, tzinfo=datetime.UTC)


# It writes full text into the description of RSS, and beside the summary of Atom.
FEEDS = {
    "rss": (feedgenerator.Rss201rev2Feed, HTML * 5, None),
    "atom": (feedgenerator.Atom1Feed, "Two …", HTML * 5),
}


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_of_djangos_generator(tmp_path: Path, name: str) -> None:
    kind, description, content = FEEDS[name]
    feed = kind(title="Example News", link="https://news.example/", description="News", language="en-gb")
    feed.add_item(
        title="Ministers & envoys <talk>",
        link="https://news.example/talks",
        description=description,
        content=content,
        pubdate=PUBLISHED,
        updateddate=PUBLISHED,
        unique_id="urn:news:1",
        author_name="Ann Writer",
    )
    (found,) = read(written(tmp_path, "feed.xml", feed.writeString("utf-8")))
    assert isinstance(found, Found), found
    article = found.article
    assert article.headline == "Ministers & envoys <talk>"
    assert article.body == "\n\n".join([BODY] * 5)
    assert article.published_in_utc == PUBLISHED
    assert article.source is not None
    assert article.source.name == "Example News"
    assert article.article_id == "urn:news:1"


@pytest.mark.skipif(shutil.which("wget") is None, reason="GNU Wget is not installed")
def test_a_crawl_of_wget(tmp_path: Path) -> None:
    with site() as news:
        news.put("/", '<a href="/talks">Talks</a> <a href="/picture">Picture</a>')
        news.put("/talks", PAGE)
        news.put("/picture", b"\x89PNG", Content_Type="image/png")
        command = ["wget", "-q", "--recursive", "--delete-after", "--warc-file=crawl", news.url("/")]
        # Its status says that the site has no robots.txt.
        subprocess.run(command, cwd=tmp_path, check=False, timeout=60)
        found = read(str(tmp_path / "crawl.warc.gz"))
    front, talks = (one.article for one in found if isinstance(one, Found))
    assert front.body.split() == ["Talks", "Picture"]
    assert talks.body.removeprefix("Ministers talk\n\n") == BODY
    assert talks.article_id == "https://news.example/talks"


def test_json_of_any_writer(tmp_path: Path) -> None:
    item = {
        "uri": "urn:news:1",
        "version": "2",
        "headline": "Ministers “talk”",
        "body_text": BODY,
        "language": "en",
    }
    line = {"article_id": "urn:news:1", "revision": 2, "headline": "Ministers “talk”", "body": BODY}
    spaced = written(tmp_path, "item.json", json.dumps(item, indent=4))
    lines = written(tmp_path, "lines.jsonl", json.dumps(line) + "\r\n" + json.dumps({"body": BODY}))
    (ninjs,), (first, second) = read(spaced), read(lines)
    assert isinstance(ninjs, Found)
    assert isinstance(first, Found)
    assert isinstance(second, Found)
    for article in (ninjs.article, first.article):
        told = (article.article_id, article.revision, article.headline, article.body)
        assert told == ("urn:news:1", 2, "Ministers “talk”", BODY)
    assert second.article.body == BODY
