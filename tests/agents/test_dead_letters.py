"""Dead letters: nothing of the original is touched, and the reason can be read back."""

from hypothesis import given
from hypothesis import strategies as st

from readout.streams.log.dead_letters import (
    PREFIX,
    PROCESSING,
    UNREADABLE,
    Reason,
    dead_letter,
    dead_letter_facts,
    original_headers,
)
from tests.agents.made import stored

_HEADERS = st.lists(
    st.tuples(
        st.text(max_size=20).filter(lambda name: not name.startswith(PREFIX)),
        st.none() | st.binary(max_size=20),
    ),
    max_size=5,
).map(tuple)


@given(st.none() | st.binary(max_size=50), st.none() | st.binary(max_size=50), _HEADERS, st.text(max_size=50))
def test_the_original_comes_back_byte_for_byte(
    key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes | None], ...], message: str
) -> None:
    letter = dead_letter(stored(key, value, headers, 5), Reason(UNREADABLE, "E", message), application_id="a")
    assert (letter.key, letter.value, original_headers(letter.headers)) == (key, value, headers)


def test_the_facts_name_where_it_came_from_and_why() -> None:
    reason = Reason(PROCESSING, "ValueError", "odd", "Traceback")
    facts = dead_letter_facts(dead_letter(stored(b"k", b"v", (), 5), reason, application_id="derive").headers)
    assert facts == {
        "topic": "news",
        "partition": "0",
        "offset": "5",
        "connector.name": "derive",
        "stage": "TRANSFORMATION",
        "exception.class.name": "ValueError",
        "exception.message": "odd",
        "exception.stacktrace": "Traceback",
    }


def test_after_a_second_failure_the_last_reason_counts() -> None:
    first = dead_letter(stored(b"k", b"v", (), 5), Reason(UNREADABLE, "First", ""), application_id="a")
    again = dead_letter(
        stored(b"k", b"v", first.headers, 9), Reason(UNREADABLE, "Second", ""), application_id="a"
    )
    facts = dead_letter_facts(again.headers)
    assert (facts["offset"], facts["exception.class.name"]) == ("9", "Second")


def test_lone_surrogates_in_a_message_do_not_stop_a_dead_letter() -> None:
    letter = dead_letter(stored(b"k", b"v", ()), Reason(UNREADABLE, "E", "\ud800"), application_id="a")
    assert dead_letter_facts(letter.headers)["exception.message"] == "\\ud800"


def test_a_long_trace_keeps_its_end_where_the_error_is() -> None:
    reason = Reason(PROCESSING, "E", "", "x" * 100_000 + "the error")
    facts = dead_letter_facts(dead_letter(stored(b"k", b"v", ()), reason, application_id="a").headers)
    assert facts["exception.stacktrace"].endswith("the error")
    assert len(facts["exception.stacktrace"]) < 10_000
