"""What a revision adds and takes back: a fold over publish, revise, withhold, restore, cancel."""

from collections.abc import Sequence
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.schemas.envelope import Record, encode_value, from_headers
from readout.schemas.event import Event, Producer
from readout.schemas.ids import sha256_hex, text_sha256
from readout.schemas.manifests import ManifestSealed, SealedRecord
from readout.schemas.news import ArticlePublished, ArticleStatus
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.log.decoding import decode_event
from readout.streams.processors.records import Derivation
from readout.streams.processors.sealing import plan, seal_dead_letter

PRODUCER = Producer(package="readout-streams", version="0", build="0" * 64, models=(), configuration="1" * 64)


def article(revision: int, status: ArticleStatus = "usable", body: str = "a b") -> ArticlePublished:
    return ArticlePublished(article_id="a", revision=revision, status=status, body=body)


def derivation(of: ArticlePublished) -> Derivation | None:
    """A derivation in which every word of the body is a record of the contact log."""
    if of.status != "usable":
        return None
    live = tuple(
        SealedRecord(
            topic="contact-log",
            type="readout.contact.logged.v1",
            record_id=text_sha256(word),
            sha256="2" * 64,
        )
        for word in dict.fromkeys(of.body.split())
    )
    records = tuple(Record("contact-log", b"a", line.record_id.encode(), ()) for line in live)
    return Derivation(of, records, live)


def written(of: ArticlePublished, previous: ManifestSealed | None = None) -> list[Event]:
    """The withdrawals and the manifest of a revision."""
    records = plan(of, derivation(of), previous, PRODUCER)
    return [decode_event(record.value, record.headers) for record in records if record.headers]


def manifest_of(events: Sequence[Event]) -> ManifestSealed:
    (manifest,) = [event for event in events if isinstance(event, ManifestSealed)]
    return manifest


def withdrawn(events: Sequence[Event]) -> list[tuple[str, str]]:
    return [(event.record_id, event.reason) for event in events if isinstance(event, RecordWithdrawn)]


def test_a_first_revision_is_derived_and_sealed_last() -> None:
    records = plan(article(1), derivation(article(1)), None, PRODUCER)
    assert [record.topic for record in records] == ["contact-log", "contact-log", "manifests"]
    manifest = manifest_of(written(article(1)))
    assert (manifest.outcome, len(manifest.live), manifest.withdrawn) == ("derived", 2, ())


def test_a_revision_takes_back_what_is_gone_and_keeps_the_rest() -> None:
    first = manifest_of(written(article(1)))
    events = written(article(2, body="b c"), first)
    assert withdrawn(events) == [(text_sha256("a"), "superseded")]
    assert [line.record_id for line in manifest_of(events).live] == [text_sha256("b"), text_sha256("c")]


@pytest.mark.parametrize("status", ["withheld", "canceled"])
def test_taking_an_article_back_withdraws_everything(status: ArticleStatus) -> None:
    first = manifest_of(written(article(1)))
    events = written(article(2, status, body=""), first)
    assert withdrawn(events) == [(text_sha256("a"), status), (text_sha256("b"), status)]
    assert manifest_of(events).outcome == "withdrawn"


def test_a_withheld_article_comes_back_and_a_canceled_one_does_not() -> None:
    withheld = manifest_of(written(article(2, "withheld", body="")))
    canceled = manifest_of(written(article(2, "canceled", body="")))
    assert manifest_of(written(article(3), withheld)).outcome == "derived"
    assert written(article(3), canceled) == []


@pytest.mark.parametrize("revision", [1, 2])
def test_a_revision_that_is_not_newer_changes_nothing(revision: int) -> None:
    second = manifest_of(written(article(2)))
    assert written(article(revision, body="x"), second) == []


def test_a_dead_letter_leaves_live_what_was_live_and_can_be_tried_again() -> None:
    first = manifest_of(written(article(1)))
    (record,) = seal_dead_letter(article(2, body="c"), first, PRODUCER, "ValueError: broken")
    sealed = decode_event(record.value, record.headers)
    assert isinstance(sealed, ManifestSealed)
    assert (sealed.outcome, sealed.reason, sealed.live) == ("dead-lettered", "ValueError: broken", first.live)
    retried = written(article(2, body="c"), sealed)
    assert [line.record_id for line in manifest_of(retried).live] == [text_sha256("c")]
    assert len(withdrawn(retried)) == 2


def test_headers_agree_with_the_value_and_name_the_cause() -> None:
    revision = article(1).model_copy(update={"published_at": "2022-10-25"})
    record = plan(revision, derivation(revision), None, PRODUCER)[-1]
    attributes = from_headers(record.headers)
    assert attributes["id"] == sha256_hex(record.value or b"")
    assert attributes["causationid"] == sha256_hex(encode_value(revision))
    assert attributes["time"] == "2022-10-25T00:00:00Z"
    assert record.key == b"a"


REVISIONS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(["usable", "usable", "withheld", "canceled"]),
        st.text("abc ", min_size=1, max_size=6).filter(str.strip),
    ),
    max_size=12,
)


@given(REVISIONS)
def test_the_fold_of_the_log_is_a_fresh_derivation_of_the_last_revision(
    revisions: list[tuple[int, ArticleStatus, str]],
) -> None:
    """Whatever arrives, in whatever order: late and repeated revisions change nothing."""
    previous: ManifestSealed | None = None
    live: dict[str, str] = {}
    for number, status, body in revisions:
        revision = article(number, status, body)
        for record in plan(revision, derivation(revision), previous, PRODUCER):
            event = decode_event(record.value, record.headers) if record.headers else None
            if isinstance(event, RecordWithdrawn):
                del live[event.record_id]
            elif isinstance(event, ManifestSealed):
                previous = event
            else:
                live[(record.value or b"").decode()] = record.topic
    assert set(live) == _expected(revisions)


def _expected(revisions: list[tuple[int, ArticleStatus, str]]) -> set[str]:
    """Follow the article by itself: the highest revision so far counts, and a canceled one ends it."""

    def step(
        state: tuple[int, ArticleStatus, str], revision: tuple[int, ArticleStatus, str]
    ) -> tuple[int, ArticleStatus, str]:
        return revision if state[1] != "canceled" and revision[0] > state[0] else state

    _, status, body = list(accumulate(revisions, step, initial=(0, "withheld", "")))[-1]
    return {text_sha256(word) for word in body.split()} if status == "usable" else set()
