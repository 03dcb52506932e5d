"""The file is one, fetches nothing, obeys no article, and holds what was asked for."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from readout.streams.errors import ConfigurationError
from readout.streams.report.file import page_html, page_script, page_style
from readout.streams.report.filters import Filters
from readout.streams.report.kept import Json
from tests.report.made import ATTACKS, newsroom, report_of

_MOST_BYTES = 150 * 1024


def lists_of(page: str) -> Json:
    found = re.search(r'id="readout-lists">(.*?)</script>', page)
    assert found
    lists: Json = json.loads(found[1])
    return lists


def test_the_page_without_data_is_small() -> None:
    assert len((page_script() + page_style() + page_html("", "file")).encode()) < _MOST_BYTES


async def test_nothing_runs_but_what_the_policy_names(tmp_path: Path) -> None:
    page = await report_of(await newsroom(), tmp_path / "report.html")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert (len(scripts), len(styles)) == (1, 1)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    for text in (*scripts, *styles):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    rest = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"\bon[a-z]+=|<(img|link|iframe|base)\b|https?:", rest)


async def test_no_text_can_leave_its_element(tmp_path: Path) -> None:
    page = await report_of(await newsroom(), tmp_path / "report.html")
    data = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert len(data) == len(lists_of(page)["articles"]) + 1
    assert not any(sign in text for text in data for sign in "<>&")
    assert any(ATTACKS[1] in one["id"] for one in map(json.loads, data[1:]))


async def test_without_text_no_words_of_articles_are_in_the_file(tmp_path: Path) -> None:
    page = await report_of(await newsroom(), tmp_path / "report.html", with_text=False)
    for words in ("grain", "We shall see", "I know of nothing", "Weber calls"):
        assert words not in page
    lists = lists_of(page)
    assert {"Anna Weber", "Luis Ortega"} <= {
        one["name"] for row in lists["contacts"] for one in row["parties"]
    }
    document = json.loads(re.findall(r'id="readout-article-\d+">(.*?)</script>', page)[0])
    assert all("content" in one["log"] and "value" not in one["log"] for one in document["records"])
    assert any(one["marks"] for one in document["revisions"])


ASKED = [
    (Filters(article="visit"), {"visit"}),
    (Filters(named="haddad"), {"visit"}),
    (Filters(country="KE"), {"late"}),
    (Filters(named="anna WEBER", country="DE"), {"calls", "calls-too", "visit"}),
]


@pytest.mark.parametrize(("filters", "articles"), ASKED)
async def test_a_report_holds_what_was_asked_for(
    tmp_path: Path, filters: Filters, articles: set[str]
) -> None:
    lists = lists_of(await report_of(await newsroom(), tmp_path / "report.html", filters))
    assert {one["id"] for one in lists["articles"]} == articles
    assert {row["article"] for row in lists["contacts"]} <= articles


async def test_one_contact_is_reported_with_its_article(tmp_path: Path) -> None:
    log = await newsroom()
    whole = lists_of(await report_of(log, tmp_path / "whole.html"))
    wanted = whole["contacts"][0]
    lists = lists_of(await report_of(log, tmp_path / "one.html", Filters(contact=wanted["id"][:12])))
    assert [row["id"] for row in lists["contacts"]] == [wanted["id"]]
    assert [row["id"] for row in lists["articles"]] == [wanted["article"]]


async def test_the_same_log_gives_the_same_file(tmp_path: Path) -> None:
    log = await newsroom()
    assert await report_of(log, tmp_path / "a.html") == await report_of(log, tmp_path / "b.html")


async def test_nothing_is_written_where_nothing_fits(tmp_path: Path) -> None:
    out, log = tmp_path / "report.html", await newsroom()
    with pytest.raises(ConfigurationError, match="nothing in the log is what was asked for"):
        await report_of(log, out, Filters(article="nobody"))
    await report_of(log, out)
    before = out.read_bytes()
    with pytest.raises(ConfigurationError):
        await report_of(log, out, Filters(article="nobody"))
    assert out.read_bytes() == before
