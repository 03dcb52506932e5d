"""The rules of the consolidation, one by one."""

import pytest

from readout.schemas.contact_log import ContactMode
from readout.schemas.contacts import ConsolidatedContact
from readout.streams.processors.consolidation.consolidation import Consolidator
from readout.streams.processors.consolidation.copies import nearness, sketch
from readout.streams.processors.consolidation.names import likeness
from readout.streams.processors.consolidation.offices import is_same_office, office_class
from tests.consolidation.dict_memory import DictMemory
from tests.consolidation.made import PRODUCER, Party, article_of, contact, fold, reports_of

LAVROV: Party = ("Sergei Lavrov", "foreign minister", "RU")
BLINKEN: Party = ("Antony Blinken", "secretary of state", "US")
BODIES = (
    "The two ministers spoke by phone on Monday about grain, and neither said how long it took.",
    "According to Moscow the conversation was frank; Washington called it short and to the point.",
    "Grain ships and prisoners were the subjects of a call that both sides had long prepared.",
)

NAMES = [
    ("Volodymyr Zelenskyy", "Vladimir Zelensky", True),
    ("Lavrov", "Sergei Lavrov", True),
    ("Valery Zaluzhny", "Valerii Zaluzhnyi", True),
    ("Wang", "Wang Yi", True),
    ("Joe Biden", "Jill Biden", False),
    ("Joe Biden", "Joseph Biden", True),
    ("Mark Milley", "Mark Esper", False),
]


@pytest.mark.parametrize(("one", "other", "same"), NAMES)
def test_names_in_other_spellings_are_the_same_and_other_people_are_not(
    one: str, other: str, *, same: bool
) -> None:
    assert (likeness(one, other) >= 900) is same
    assert likeness(one, other) == likeness(other, one)


OFFICES = [
    ("US defence minister", "Secretary of Defense", True),
    ("Pentagon chief", "defense secretary", True),
    ("foreign secretary", "Secretary of State", True),
    ("deputy foreign minister", "foreign minister", False),
    ("president", "prime minister", False),
    ("leader", "president", True),
]


@pytest.mark.parametrize(("one", "other", "same"), OFFICES)
def test_one_office_has_many_words(one: str, other: str, *, same: bool) -> None:
    assert is_same_office(office_class(one), office_class(other)) is same


def together(*told: tuple[str | None, ContactMode, tuple[Party, ...], int]) -> list[ConsolidatedContact]:
    """The contacts of articles that each tell of one: date, mode, parties, and which body."""
    reports = {}
    for number, (date, mode, parties, body) in enumerate(told):
        article = article_of(f"article-{number}", BODIES[body])
        reports[article.article_id] = reports_of(article, contact(article, parties, date, mode=mode))
    return list(fold(Consolidator(DictMemory(), PRODUCER).apply(reports), {}).values())


DAY = "2022-10-24"


def test_two_reports_of_one_call_are_one_contact() -> None:
    (state,) = together(
        (DAY, "call", (LAVROV, BLINKEN), 0),
        (DAY, "call", (("Lavrov", None, "RU"), ("US secretary of state", None, "US")), 1),
    )
    assert (state.report_count, state.independent_reports, state.disputed) == (2, 2, ())
    assert [party.name for party in state.participants] == ["Antony Blinken", "Sergei Lavrov"]
    assert [used.linked_by for used in state.participants[0].names] == ["same words", "office"]


def test_calls_of_the_same_two_on_days_apart_are_two_contacts() -> None:
    parties = (LAVROV, BLINKEN)
    assert len(together((DAY, "call", parties, 0), ("2022-10-27", "call", parties, 1))) == 2


def test_a_call_and_a_meeting_on_one_day_are_two_contacts() -> None:
    parties = (LAVROV, BLINKEN)
    assert len(together((DAY, "call", parties, 0), (DAY, "meeting", parties, 1))) == 2


def test_talks_of_two_and_of_three_are_two_contacts() -> None:
    third: Party = ("Wang Yi", "foreign minister", "CN")
    assert (
        len(together((DAY, "meeting", (LAVROV, BLINKEN), 0), (DAY, "meeting", (LAVROV, BLINKEN, third), 1)))
        == 2
    )


def test_a_copy_that_was_dated_otherwise_is_a_dispute() -> None:
    parties = (LAVROV, BLINKEN)
    (state,) = together((DAY, "call", parties, 0), ("2022-10-26", "call", parties, 0))
    assert state.disputed == ("date",)
    assert [claim.date for claim in state.dates] == [DAY, "2022-10-26"]
    assert state.groups[0].reasons == ("same text digest",)
    assert (state.report_count, state.independent_reports) == (2, 1)


def test_a_text_with_few_changes_is_near_and_another_is_not() -> None:
    changed = BODIES[0].replace("took", "lasted")
    assert (nearness(sketch(BODIES[0], 3), sketch(changed, 3)) or 0) > 600
    assert nearness(sketch(BODIES[0], 3), sketch(BODIES[1], 3)) == 0
    assert nearness(sketch("Too short.", 3), sketch(BODIES[0], 3)) is None
