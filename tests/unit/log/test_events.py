"""Events as lists: folded to what holds, laid flat for data frames, and read with groups that go on."""

import asyncio
from datetime import UTC, datetime

import pytest

from readout import (
    ArticlePublished,
    ConfigurationError,
    ContactConsolidated,
    ContactLogged,
    ContactsMerged,
    ContactSplit,
    ContactWithdrawn,
    EntityMentioned,
    Events,
    Extent,
    Filter,
    ManifestSealed,
    RecordWithdrawn,
    Settings,
    StatementAttributed,
    read,
    read_topics,
    subscribe,
    testing,
)
from readout.testing import MemoryLog, example

readout_log = testing.readout_log
AT = [datetime(2022, 10, 25, 9, minute, tzinfo=UTC) for minute in range(10)]


def test_the_fold_keeps_the_newest_and_drops_what_was_withdrawn(readout_log: MemoryLog) -> None:
    newer = example(ContactLogged, revision=2)
    other = example(ContactLogged, contact_id="a" * 64)
    readout_log.append(example(ContactLogged), other, newer)
    assert list(read(ContactLogged, fold=True)) == [other, newer]
    readout_log.append(example(RecordWithdrawn))
    assert list(read(ContactLogged, fold=True)) == [other]


def test_the_fold_of_articles_is_their_newest_usable_revision(readout_log: MemoryLog) -> None:
    readout_log.append(example(ArticlePublished), example(ArticlePublished, revision=2))
    assert [one.revision for one in read(ArticlePublished, fold=True)] == [2]
    readout_log.append(example(ArticlePublished, revision=3, status="withheld"))
    assert list(read(ArticlePublished, fold=True)) == []
    readout_log.append(example(ArticlePublished, revision=4))
    assert [one.revision for one in read(ArticlePublished, fold=True)] == [4]


def test_a_fold_up_to_a_moment_is_what_held_then(readout_log: MemoryLog) -> None:
    readout_log.append(example(ContactLogged), at=AT[0])
    readout_log.append(example(RecordWithdrawn), at=AT[2])
    assert len(read(ContactLogged, fold=True, extent=Extent(end=AT[1]))) == 1
    assert len(read(ContactLogged, fold=True, extent=Extent(end=AT[3]))) == 0


def test_the_fold_of_consolidated_contacts_is_their_present_state(readout_log: MemoryLog) -> None:
    kept, merged, gone = ("a" * 64, "b" * 64, "c" * 64)
    for one in (kept, merged, gone):
        readout_log.append(example(ContactConsolidated, consolidated_id=one))
    readout_log.append(example(ContactsMerged, consolidated_id=merged, into=kept))
    readout_log.append(example(ContactWithdrawn, consolidated_id=gone))
    assert [one.consolidated_id for one in read(ContactConsolidated, fold=True)] == [kept]
    left = example(ContactConsolidated).contact
    readout_log.append(example(ContactSplit, consolidated_id=kept, contact=left))
    assert [one.contact for one in read(ContactConsolidated, fold=True)] == [left]
    person = left.participants[0]
    for wanted in (person.name, person.identity[:12]):
        assert len(read(ContactConsolidated, fold=True, where=Filter(person=wanted))) == 1
    assert not read(ContactConsolidated, fold=True, where=Filter(person="Nobody"))


async def test_a_list_can_be_read_while_a_loop_runs(readout_log: MemoryLog) -> None:
    """As in a notebook."""
    readout_log.append(example(ContactLogged))
    assert len(read(ContactLogged)) == 1
    with pytest.raises(ConfigurationError, match="in this process"):
        read(ContactLogged, settings=Settings(bootstrap_servers="memory:none"))


async def test_a_group_goes_on_where_it_left_off_and_repeats_what_was_not_used(
    readout_log: MemoryLog,
) -> None:
    readout_log.append(*(example(ContactLogged, revision=number) for number in (1, 2, 3)))
    seen: list[int] = []
    records = subscribe(ContactLogged, group="g")
    async for contact in records:
        seen.append(contact.revision)
        if contact.revision == 2:
            break
    seen += [contact.revision async for contact in subscribe(ContactLogged, group="g")]
    assert seen == [1, 2, 2, 3]
    assert [one.revision for one in read(ContactLogged, group="other")] == [1, 2, 3]


async def test_who_follows_gets_what_comes_later(readout_log: MemoryLog) -> None:
    async def second() -> ContactLogged:
        found = subscribe(ContactLogged, follow=True)
        return [await anext(found), await anext(found)][1]

    readout_log.append(example(ContactLogged))
    waiting = asyncio.create_task(second())
    await asyncio.sleep(0)
    readout_log.append(example(ContactLogged, revision=2))
    assert (await waiting).revision == 2


async def test_time_order_merges_partitions(readout_log: MemoryLog) -> None:
    for minute in (0, 1, 2, 3, 4, 5):
        readout_log.append(example(ContactLogged, article_id=f"a{minute}"), at=AT[minute])
    records = [record async for record in read_topics(["contact-log"], in_time_order=True)]
    assert len({record.partition for record in records}) == 2
    assert [record.timestamp for record in records] == sorted(record.timestamp for record in records)


def test_rows_are_flat_and_parts_are_called_by_their_names(readout_log: MemoryLog) -> None:
    readout_log.append(example(ContactLogged), example(StatementAttributed), example(EntityMentioned))
    (contact,) = read(ContactLogged).rows()
    assert contact["participants"] == ["Valery Gerasimov", "Mark Milley"]
    assert contact["participants_country"] == ["RU", "US"]
    assert (contact["occurred_on_date"], contact["occurred_on_text"]) == ("2022-10-24", "Monday")
    assert contact["recorded_at"] == datetime(2022, 10, 25, tzinfo=UTC)
    (statement,) = read(StatementAttributed).rows()
    assert (statement["source"], statement["cue_lemma"]) == ("Dave Butler", "say")
    (entity,) = read(EntityMentioned).rows()
    assert (entity["roles_title"], entity["mentions"]) == (["chairman"], ["Mark Milley"])
    assert not any(
        name.startswith("producer") or "prefix" in name for name in {*contact, *statement, *entity}
    )


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames_of_both_libraries_hold_the_rows(library: str, readout_log: MemoryLog) -> None:
    readout_log.append(example(ContactLogged), example(StatementAttributed))
    frame = read(ContactLogged, StatementAttributed).to_df(library)  # type: ignore[arg-type]
    assert type(frame).__module__.startswith(library)
    assert len(frame) == 2
    assert list(frame["topic"]) == ["contact-log", "statements"]
    assert next(iter(frame["participants"])) is not None
    assert len(Events[ContactLogged]([]).to_df(library)) == 0  # type: ignore[arg-type]


def test_slices_are_events_and_say_what_they_are(readout_log: MemoryLog) -> None:
    readout_log.append(example(ContactLogged), example(ManifestSealed))
    contacts = read(ContactLogged)
    assert repr(contacts[:1]) == "<1 events: ContactLogged>"
    assert contacts[:1].records == contacts.records
    assert repr(contacts[1:]) == "<no events>"
