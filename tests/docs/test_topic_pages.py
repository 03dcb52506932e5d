"""The pages of `docs/topics/`: fresh, complete, and every snippet in them runs and gives what the manifests say."""

import asyncio
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from readout.schemas.news import ArticlePublished
from readout.schemas.pages import refreshed
from readout.streams.log.topics import DERIVED, TOPICS, ensure_topics
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, value_of
from tests.brokers.workers import environment
from tests.conftest import Broker, installation_on
from tests.contract.made_log import articles, write_log

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "topics"
BLOCK = re.compile(r"^```(python|sh|sql)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_RUN_WITHIN_SECONDS = 60


@pytest.fixture(scope="module")
def log(embedded_broker: Broker) -> Settings:
    settings = installation_on(embedded_broker)
    asyncio.run(ensure_topics(settings))
    asyncio.run(write_log(settings, transactions=False))
    return settings


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_fields_and_examples_in_a_page_are_fresh(page: Path) -> None:
    """Run `readout schemas export`."""
    text = page.read_text(encoding="utf-8")
    assert refreshed(text) == text


def test_every_topic_has_a_page_that_shows_its_events() -> None:
    common = (PAGES / "README.md").read_text(encoding="utf-8")
    for topic in TOPICS:
        page = (PAGES / f"{topic.stem}.md").read_text(encoding="utf-8")
        assert f"({topic.stem}.md)" in common
        for event in topic.events:
            assert f"<!-- fields {event.__name__} -->" in page + common, event


def test_a_block_that_names_no_part_is_an_error() -> None:
    with pytest.raises(KeyError, match="Contact"):
        refreshed("<!-- fields Contact -->\n<!-- end -->")


async def live_by_topic(settings: Settings) -> Counter[str]:
    """How many records hold in each topic, by the last manifest of every article."""
    last = {record.key: record for record in await all_records(settings, "manifests")}
    lines: list[object] = [line for record in last.values() for line in _list(value_of(record)["live"])]
    counts = Counter(str(line["topic"]) for line in lines if isinstance(line, dict))
    counts["manifests"] = len(lines)
    counts["news"] = sum(1 for one in present_articles() if one.status == "usable")
    counts["dead-letters"] = len(await all_records(settings, "dead-letters"))
    return counts


def present_articles() -> list[ArticlePublished]:
    return list({article.article_id: article for article in articles()}.values())


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


STEMS = ["news", *(topic.stem for topic in DERIVED), "manifests", "dead-letters"]


@pytest.mark.parametrize("stem", STEMS)
async def test_the_snippets_of_a_page_fold_the_log_to_what_holds(
    stem: str, log: Settings, tmp_path: Path
) -> None:
    page = PAGES / f"{stem}.md"
    wanted = (await live_by_topic(log))[stem]
    assert wanted > 10
    assert {"sh", "sql"} <= {language for language, _ in blocks_of(page)}
    run_shell(page, log, tmp_path)
    for language, code in blocks_of(page):
        if language == "sql":
            assert len(duckdb_rows(code, tmp_path)) == wanted
        elif language == "python":
            assert int(run([sys.executable, "-c", code], log, tmp_path)) == wanted


def blocks_of(page: Path) -> list[tuple[str, str]]:
    """Language and content of the snippets of a page."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def run_shell(page: Path, settings: Settings, folder: Path) -> None:
    for found, code in blocks_of(page):
        if found == "sh":
            shell = f'readout() {{ "{sys.executable}" -m readout "$@"; }}\n{code}'
            run(["bash", "-euc", shell], settings, folder)


async def test_an_archive_gives_the_same_state_as_the_live_topics(log: Settings, tmp_path: Path) -> None:
    run_shell(PAGES / "README.md", log, tmp_path)
    (query,) = (code for language, code in blocks_of(PAGES / "contact-log.md") if language == "sql")
    assert len(duckdb_rows(query, tmp_path)) == (await live_by_topic(log))["contact-log"]


def run(command: list[str], settings: Settings, folder: Path) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(settings) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=_RUN_WITHIN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def duckdb_rows(code: str, folder: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute(f"SET file_search_path = '{folder}'")
        rows: list[tuple[object, ...]] = connection.execute(code).fetchall()
        return rows


def test_the_letters_beyond_the_bmp_are_counted_as_code_points_in_sql() -> None:
    """What the page on positions says of SQL."""
    body, start, end = "🗞️ “Talks 𝕘𝕠 on”", 10, 12
    with duckdb.connect() as connection:
        found = connection.execute("SELECT substring(?, ? + 1, ? - ?)", [body, start, end, start]).fetchone()
    assert found == (body[start:end],) == ("𝕘𝕠",)
