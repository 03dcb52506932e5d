"""Several mentions, one contact: the headline, the readout and "that call" tell of the same occasion."""

from pathlib import Path

import pytest

from tests.unit.text.contact_log.contacts_told import contacts_in, told

SEED = next(Path(__file__).parents[4].joinpath("seeds").glob("*.txt"))
DATE_LINE = "date 2022-10-25 "

# Published, text, contacts told.
ONE_CONTACT = [
    (
        "2021-06-09",
        "Brazilian President Ana Lima called Argentine President Diego Sosa on Monday. In the call, Lima urged Sosa "
        "to reopen the border. The conversation lasted an hour.",
        ["call held 2021-06-07: Ana Lima + Diego Sosa"],
    ),
    (
        "2021-06-09",
        "The Georgian and Armenian presidents are to meet. The summit will be held in Batumi on Saturday.",
        ["meeting planned 2021-06-12: Armenian president + Georgian president"],
    ),
    (
        "2021-06-09",
        "Prime Minister Yuki Tanaka was due to hold talks with President Jin Park on Thursday. But the meeting was "
        "called off after the missile launch.",
        ["meeting refused 2021-06-10: Jin Park + Yuki Tanaka"],
    ),
    (
        "2021-06-09",
        "Iraq's prime minister, Haider Salim, arrived in Tehran on Sunday. He met President Reza Karimi later that day.",
        ["meeting held 2021-06-06: Haider Salim + Reza Karimi"],
    ),
    (
        "2021-06-09",
        "Kenya and Uganda held talks on Monday. Kenyan President Daniel Otieno met Ugandan President Paul Okello in "
        "Entebbe. “The talks were good,” Otieno said.",
        ["meeting held 2021-06-07: Daniel Otieno + Paul Okello"],
    ),
]
SEVERAL_CONTACTS = [
    (
        "2021-06-09",
        "Foreign Minister Anna Berg met Prime Minister Olof Lind on Monday. She met King Harald on Tuesday.",
        ["meeting held 2021-06-07: Anna Berg + Olof Lind", "meeting held 2021-06-08: Anna Berg + Harald"],
    ),
    (
        "2021-06-09",
        "Foreign Minister Anna Berg met Prime Minister Olof Lind on Monday. The next meeting will take place in Oslo "
        "on 3 July.",
        [
            "meeting held 2021-06-07: Anna Berg + Olof Lind",
            "meeting planned 2021-07-03: Anna Berg + Olof Lind",
        ],
    ),
    (
        None,
        "Foreign Minister Anna Berg called Prime Minister Olof Lind on Monday. Berg wrote to Lind on Wednesday.",
        ["call held undated: Anna Berg + Olof Lind", "letter held undated: Anna Berg + Olof Lind"],
    ),
    (
        None,
        "Foreign Minister Anna Berg met Prime Minister Olof Lind on Monday. Berg met Lind on Thursday.",
        ["meeting held undated: Anna Berg + Olof Lind", "meeting held undated: Anna Berg + Olof Lind"],
    ),
]


def seed_body() -> str:
    return SEED.read_text(encoding="utf-8").strip().removeprefix(DATE_LINE)


@pytest.mark.parametrize(("published", "text", "expected"), ONE_CONTACT)
def test_mentions_of_one_occasion_are_one_contact(
    published: str | None, text: str, expected: list[str]
) -> None:
    assert told(text, published) == expected


@pytest.mark.parametrize(("published", "text", "expected"), SEVERAL_CONTACTS)
def test_two_occasions_of_the_same_people_are_two_contacts(
    published: str | None, text: str, expected: list[str]
) -> None:
    assert told(text, published) == expected


def test_a_later_mention_is_evidence_too() -> None:
    _, text, _ = ONE_CONTACT[0]
    (contact,) = contacts_in(text)
    assert [text[slice(*span)] for span in contact.evidence] == [
        "Brazilian President Ana Lima called Argentine President Diego Sosa on Monday.",
        "In the call, Lima urged Sosa to reopen the border.",
        "The conversation lasted an hour.",
    ]


def test_the_seed_tells_of_three_contacts_and_no_other() -> None:
    """The first paragraphs sum up the three, and the joint statement of the foreign ministers is no contact."""
    assert told(seed_body(), "2022-10-25") == [
        "call held 2022-10-24: Mark Milley + Valery Gerasimov",
        "call held 2022-10-24: Mark Milley + Valery Zaluzhny",
        "call held 2022-10-23: French defence minister + Sergei Shoigu + Turkish defence minister + "
        "US defence minister",
    ]


def test_shoigu_is_the_hub_of_his_call() -> None:
    *_, call = contacts_in(seed_body(), "2022-10-25")
    assert {attendee.name for attendee in call.attendees if attendee.part == "hub"} == {"Sergei Shoigu"}


def test_a_participant_is_selected_by_name_before_office_and_pronoun() -> None:
    text = "Angela Stone is in Rome. The German chancellor met Pope Leo on Monday, and she thanked him."
    (contact,) = contacts_in("German chancellor " + text, "2021-06-09")
    assert contact.attendees[0].name == "Angela Stone"
    first = contact.attendees[0].spans[0]
    assert ("German chancellor " + text)[slice(*first)] in ("Angela Stone", "The German chancellor")


def test_the_place_and_the_subject_are_told() -> None:
    text = "Foreign Minister Anna Berg met Prime Minister Olof Lind in Oslo on Monday to discuss the fishing quota."
    (contact,) = contacts_in(text, "2021-06-09")
    assert contact.place is not None
    assert contact.place.name == "Oslo"
    assert [text[slice(*span)] for span in contact.subjects] == ["the fishing quota"]


def test_whoever_is_credited_is_told() -> None:
    text = "Foreign Minister Anna Berg met Prime Minister Olof Lind on Monday, the Swedish embassy said."
    (contact,) = contacts_in(text, "2021-06-09")
    assert contact.reported_by is not None
    assert text[slice(*contact.reported_by.span)] == "the Swedish embassy"
