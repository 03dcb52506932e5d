"""A derivation that hangs on purpose: a dead letter, and everything beside it is sealed."""

from pathlib import Path

from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings
from tests.agents.planted import HANGS
from tests.brokers.topics import all_records, generated_article, header, publish_articles
from tests.brokers.workers import until_all_sealed, worker

_OTHERS = 24
_COMMAND = ("tests.brokers.planted_worker",)


async def test_one_that_hangs_is_set_aside_and_the_others_of_its_batch_are_sealed(
    installation: Settings, tmp_path: Path
) -> None:
    settings = installation.model_copy(update={"derive_processes": 2, "derive_seconds": 10})
    await ensure_topics(settings)
    hanging = generated_article(_OTHERS)
    hanging = hanging.model_copy(update={"body": f"{hanging.body}\n{HANGS}"})
    await publish_articles(settings, [hanging, *(generated_article(number) for number in range(_OTHERS))])
    with worker(settings, tmp_path / "worker.log", _COMMAND) as one:
        await until_all_sealed(settings, _OTHERS + 1, [one])
        assert one.stop() == 0
    (letter,) = await all_records(settings, "dead-letters")
    assert letter.key == hanging.article_id.encode()
    assert header(letter, "__connect.errors.exception.class.name") == "DerivationTooSlow"
    log = (tmp_path / "worker.log").read_text()
    assert "derivation.stalled" in log
    assert "process.replaced" in log
