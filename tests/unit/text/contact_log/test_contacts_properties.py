"""What holds for the contacts of any text: no text raises, and every record can be checked against the body."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.text.contact_log.contacts_told import contacts_in

WORDS = st.sampled_from(
    """Rome Oslo Ankara Putin Merkel Smirnov president minister ministers leaders both two countries they their his
    met meets meet will talks call called spoke with to by phone in on Monday about and , . “ ” " ' ( ) - – \n\n
    visited visit hosted told that letter wrote the The of France Germany counterpart was not refused denied In that
    delegation led from between held THE PRESIDENT OF RUSSIA MET THE FRENCH PRESIDENT I said it himself each other""".split(
        " "
    )
)
SENTENCES = st.lists(WORDS, max_size=40).map(" ".join)


def check(body: str) -> None:
    for contact in contacts_in(body, "2021-06-09"):
        assert len(contact.attendees) >= 2
        spans = [span for attendee in contact.attendees for span in attendee.spans]
        for start, end in (*spans, *contact.evidence, *contact.subjects):
            assert 0 <= start < end <= len(body)
            assert body[start:end].strip()


@given(SENTENCES | st.text(max_size=200) | SENTENCES.map(str.upper))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_raises_and_every_span_holds_words(body: str) -> None:
    check(body)


@given(SENTENCES)
@settings(max_examples=25, deadline=None)
def test_the_same_text_tells_the_same(body: str) -> None:
    assert contacts_in(body, "2021-06-09") == contacts_in(body, "2021-06-09")


@pytest.mark.parametrize(
    "body",
    [
        "",
        " \n \n",
        "“““ Putin met ””” Merkel",
        "PUTIN AND MERKEL MET IN MOSCOW ON MONDAY, THE KREMLIN SAID.",
        "met " * 3000,
        "Merkel met Putin, " * 500,
        "talks between " * 400 + "Rome and Oslo",
    ],
)
def test_odd_texts_do_not_raise(body: str) -> None:
    check(body)
