"""`readout redrive` as a person runs it: what it would do, what it did, and which letters it is about."""

import asyncio

import pytest

from readout.schemas.envelope import Record
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.dead_letters import PROCESSING, UNREADABLE, Reason, dead_letter
from readout.streams.log.origin import own_headers
from readout.streams.log.topics import NEWS, ensure_topics, topic_name
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, generated_article, publish_records
from tests.cli.commands import readout
from tests.conftest import Broker, installation_on

_TOO_LONG = Reason(PROCESSING, "ArticleTooLong", "the body has\n200 characters\x1b[2J, more than 100")
_JUNK = Record("news", b"k", b"junk", (("a", b"1"),))


@pytest.fixture
def installed(embedded_broker: Broker) -> Settings:
    """Two articles that were too long and one unreadable record, each with its dead letter."""
    settings = installation_on(embedded_broker)
    asyncio.run(_with_dead_letters(settings))
    return settings


async def _with_dead_letters(settings: Settings) -> None:
    articles = [article_record(generated_article(number)) for number in (1, 2)]
    await ensure_topics(settings)
    letters = [_letter(settings, record, offset, _TOO_LONG) for offset, record in enumerate(articles)]
    letters.append(_letter(settings, _JUNK, 2, Reason(UNREADABLE, "InvalidRecord", "no event")))
    await publish_records(settings, letters, partition=0)


def _letter(settings: Settings, record: Record, offset: int, reason: Reason) -> Record:
    news = topic_name(settings, NEWS.stem)
    stored = StoredRecord(news, 0, offset, 0, 1, record.key, record.value, record.headers)
    return dead_letter(stored, reason, application_id="derive")


def _news(settings: Settings) -> list[StoredRecord]:
    return asyncio.run(all_records(settings, "news"))


def test_a_dry_run_tells_each_letter_in_a_line_and_writes_nothing(installed: Settings) -> None:
    done = readout("redrive", "--dry-run", settings=installed)
    letters = topic_name(installed, "dead-letters")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == [
        f"{letters}/0@0\tarticle-1\tArticleTooLong: the body has 200 characters [2J, more than 100",
        f"{letters}/0@1\tarticle-2\tArticleTooLong: the body has 200 characters [2J, more than 100",
        f"{letters}/0@2\tunreadable\tInvalidRecord: no event",
    ]
    assert done.stderr.decode() == (
        "3 dead letters would be put through again: 2 ArticleTooLong, 1 InvalidRecord "
        "(dry run: nothing was written)\n"
    )
    assert _news(installed) == []


def test_what_is_put_through_again_is_as_it_was(installed: Settings) -> None:
    done = readout("redrive", settings=installed)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3
    assert done.stderr == b"3 dead letters put through again: 2 ArticleTooLong, 1 InvalidRecord\n"
    articles = [article_record(generated_article(number)) for number in (1, 2)]
    written = [
        (record.partition, record.key, record.value, own_headers(record.headers))
        for record in _news(installed)
    ]
    assert written == [(0, one.key, one.value, one.headers) for one in (*articles, _JUNK)]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--article", "article-2"), "1 dead letter put through again: 1 ArticleTooLong"),
        (("--error", "InvalidRecord"), "1 dead letter put through again: 1 InvalidRecord"),
        (
            ("--error", "InvalidRecord", "--error", "ArticleTooLong"),
            "3 dead letters put through again: 2 ArticleTooLong, 1 InvalidRecord",
        ),
        (("--error", "InvalidRecord", "--article", "article-2"), "0 dead letters put through again"),
        (("--article", "article-3"), "0 dead letters put through again"),
    ],
    ids=str,
)
def test_filters_choose_by_error_and_article(
    installed: Settings, options: tuple[str, ...], count: str
) -> None:
    done = readout("redrive", *options, settings=installed)
    assert (done.returncode, done.stderr.decode()) == (0, f"{count}\n")
    assert len(_news(installed)) == int(count.split(maxsplit=1)[0])


def test_without_topics_one_line_says_what_to_do(embedded_broker: Broker) -> None:
    done = readout("redrive", settings=installation_on(embedded_broker))
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"create the topics with `readout topics`" in done.stderr
