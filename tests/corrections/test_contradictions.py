"""Another content under an id and revision that are sealed: set aside with a reason, once, and well for an audit."""

from pathlib import Path

from readout.streams.audit.findings import Outcome
from readout.streams.log.dead_letters import dead_letter_facts
from readout.streams.log.topics import ensure_topics
from readout.streams.publish.redrive import Wanted, waiting_letters
from readout.streams.settings import Settings
from tests.audit.auditing import audit
from tests.audit.ledger import Ledger, article
from tests.brokers.topics import (
    all_records,
    assert_exactly_once,
    generated_article,
    publish_articles,
)
from tests.brokers.workers import until_all_sealed, worker


async def test_a_contradictory_revision_is_set_aside_once_and_counts_for_the_place_in_the_log(
    installation: Settings, tmp_path: Path
) -> None:
    """It stands last in its partition: a restarted worker must not take it up again."""
    await ensure_topics(installation)
    first = generated_article(1)
    other = first.model_copy(update={"body": first.body + " They agreed."})
    await publish_articles(installation, [first, first, other])
    for name in "ab":
        with worker(installation, tmp_path / f"{name}.log") as one:
            await publish_articles(installation, [generated_article(2 + ord(name))])
            await until_all_sealed(installation, 2 if name == "a" else 3, [one])
            assert one.stop() == 0
    (letter,) = await all_records(installation, "dead-letters")
    facts = dead_letter_facts(letter.headers)
    assert facts["exception.class.name"] == "ContradictoryRevision"
    assert "publish this one as a newer revision" in facts["exception.message"]
    waiting = [one async for one in waiting_letters(installation, Wanted())]
    assert waiting == [], "to put it through again would change nothing"
    sealed = {("article-1", 1), *((f"article-{2 + ord(name)}", 1) for name in "ab")}
    await assert_exactly_once(installation, sealed)


async def test_an_audit_takes_a_contradictory_revision_with_its_dead_letter_for_well() -> None:
    ledger = Ledger()
    for body in ("Shoigu called Austin.", "Shoigu called Austin.", "Milley called Zaluzhny."):
        ledger.publish(article("a", body))
    ledger.publish(article("a", "Milley called Zaluzhny.", 2))
    await ledger.derive()
    account, found = await audit(ledger.log)
    assert [str(one) for one in found] == []
    assert account.outcomes[Outcome.DEAD_LETTERED] == 1
    assert account.outcomes[Outcome.IGNORED] == 1
