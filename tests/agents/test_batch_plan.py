"""What a batch writes: the records of each article in order, its manifest last, and dead letters in their place."""

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.log.dead_letters import PROCESSING, UNREADABLE, Reason
from readout.streams.settings import Settings
from tests.agents.made import PRODUCER, article, derived, stored, stored_article

_NOW = "2022-10-25T09:30:00Z"
_PLANNER = BatchPlanner(Settings(), PRODUCER)


async def _nothing_before(_: str) -> ManifestSealed | None:
    return None


def _processed(number: int, revision: int = 1, offset: int = 0) -> Processed:
    one = article(number, revision)
    return Processed(stored_article(one, offset), one, derived(one))


async def _planned(*batch: Processed, at: str = _NOW) -> tuple[Record, ...]:
    return (await _PLANNER.plan(batch, _nothing_before, at)).records


async def test_every_article_ends_with_its_manifest() -> None:
    records = await _planned(_processed(1), _processed(2))
    assert [(record.topic, record.key) for record in records] == [
        ("entities", b"article-1"),
        ("entities", b"article-1"),
        ("manifests", b"article-1"),
        ("entities", b"article-2"),
        ("entities", b"article-2"),
        ("manifests", b"article-2"),
    ]


async def test_run_facts_are_headers_and_leave_the_value_alone() -> None:
    earlier = await _planned(_processed(1, offset=7))
    later = await _planned(_processed(1, offset=9), at="2023-01-01T00:00:00Z")
    assert [record.value for record in earlier] == [record.value for record in later]
    assert earlier[0].headers[-3:] == (
        ("ce_recordedtime", _NOW.encode()),
        ("ce_sourcepartition", b"0"),
        ("ce_sourceoffset", b"7"),
    )


async def test_two_revisions_in_one_batch_follow_each_other() -> None:
    first, second = article(1, 1), article(1, 2)
    batch = [
        Processed(stored_article(first, 0), first, derived(first)),
        Processed(stored_article(second, 1), second, derived(second, ("Anna Weber",))),
    ]
    records = await _planned(*batch)
    last = ManifestSealed.model_validate_json(records[-1].value or b"")
    assert (last.revision, len(last.live), len(last.withdrawn)) == (2, 1, 1)


async def test_an_older_revision_in_the_same_batch_writes_nothing() -> None:
    batch = [_processed(1, revision=2, offset=0), _processed(1, revision=1, offset=1)]
    records = await _planned(*batch)
    assert len([record for record in records if record.topic == "manifests"]) == 1


async def test_an_unreadable_record_becomes_a_dead_letter_and_nothing_else() -> None:
    source = stored(b"k", b"\xff", (("x", b"1"),), offset=3)
    reason = Reason(UNREADABLE, "InvalidRecord", "no event")
    (letter,) = await _planned(Processed(source, None, reason=reason))
    assert (letter.topic, letter.key, letter.value, letter.headers[0]) == (
        "dead-letters",
        b"k",
        b"\xff",
        ("x", b"1"),
    )


async def test_an_article_that_breaks_a_processor_has_a_dead_letter_and_a_manifest() -> None:
    one = article()
    reason = Reason(PROCESSING, "ValueError", "odd", "Traceback ...")
    letter, manifest = await _planned(Processed(stored_article(one), one, reason=reason))
    assert dict(letter.headers)["__connect.errors.exception.stacktrace"] == b"Traceback ..."
    event = ManifestSealed.model_validate_json(manifest.value or b"")
    assert (event.outcome, event.reason, event.live) == ("dead-lettered", "ValueError: odd", ())


async def test_a_derived_record_that_no_topic_takes_makes_the_article_a_dead_letter() -> None:
    small = BatchPlanner(Settings(max_record_bytes=8 * 1024 + 600), PRODUCER)
    plan = await small.plan([_processed(1)], _nothing_before, _NOW)
    assert [one.reason and one.reason.error for one in plan.batch] == ["RecordTooLarge"]
    assert [record.topic for record in plan.records] == ["dead-letters", "manifests"]


async def test_another_content_of_a_revision_is_set_aside_and_says_so() -> None:
    first = article(1)
    other = first.model_copy(update={"body": first.body + " They agreed."})
    batch = [
        Processed(stored_article(first, 0), first, derived(first)),
        Processed(stored_article(other, 1), other, derived(other)),
        Processed(stored_article(first, 2), first, derived(first)),
    ]
    plan = await _PLANNER.plan(batch, _nothing_before, _NOW)
    assert [one.reason and one.reason.error for one in plan.batch] == [None, "ContradictoryRevision", None]
    assert [one.is_repeated for one in plan.batch] == [False, False, True]
    (letter,) = [record for record in plan.records if record.topic == "dead-letters"]
    assert letter.value == batch[1].source.value
    assert dict(letter.headers)["__connect.errors.exception.message"] == (
        b"revision 1 of article 'article-1' is sealed with another content: publish this one as a newer revision"
    )
    assert plan.records[-1] is letter, "what is sealed stays sealed, and nothing else is written"


async def test_another_content_of_a_revision_that_was_dead_lettered_is_a_repair() -> None:
    one = article()
    broken = Processed(stored_article(one, 0), one, reason=Reason(PROCESSING, "ValueError", "odd"))
    repaired = one.model_copy(update={"body": one.body + " They agreed."})
    batch = [broken, Processed(stored_article(repaired, 1), repaired, derived(repaired))]
    plan = await _PLANNER.plan(batch, _nothing_before, _NOW)
    assert [one.reason is None for one in plan.batch] == [False, True]


async def test_manifests_say_by_which_application_they_were_sealed() -> None:
    planner = BatchPlanner(Settings(application_id="one"), PRODUCER)
    *records, manifest = (await planner.plan([_processed(1)], _nothing_before, _NOW)).records
    assert dict(manifest.headers)["ce_application"] == b"one"
    assert not any("ce_application" in dict(record.headers) for record in records)
