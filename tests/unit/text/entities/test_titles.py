"""Titles and offices: before a name, behind it, around it, and never part of it."""

import pytest

from readout.streams.text.cast import Office
from tests.unit.conftest import Read

OFFICES = [
    (
        "Talks were led by Russian Defence Minister Sergei Shoigu on Sunday.",
        "Sergei Shoigu",
        Office("Defence Minister", None, "RU"),
    ),
    (
        "He met the chairman of the US Joint Chiefs of Staff Mark Milley.",
        "Mark Milley",
        Office("chairman", "US Joint Chiefs of Staff", "US"),
    ),
    (
        "“No,” Col. Dave Butler, the Joint Staff spokesperson, said.",
        "Dave Butler",
        Office("spokesperson", "Joint Staff", "US"),
    ),
    (
        "Milley spoke to Ukrainian Armed Forces Gen. Valery Zaluzhny.",
        "Valery Zaluzhny",
        Office("Gen.", "Ukrainian Armed Forces", "UA"),
    ),
    (
        "The US national security adviser, John Bolton, flew home.",
        "John Bolton",
        Office("national security adviser", None, "US"),
    ),
    (
        "Turkey's foreign minister, Mevlut Cavusoglu, disagreed.",
        "Mevlut Cavusoglu",
        Office("foreign minister", None, "TR"),
    ),
    (
        "Angela Merkel, the chancellor of Germany, disagreed.",
        "Angela Merkel",
        Office("chancellor", None, "DE"),
    ),
    ("The restless US president, Donald Trump, disagreed.", "Donald Trump", Office("president", None, "US")),
    (
        "Russian Foreign Ministry spokeswoman Maria Zakharova disagreed.",
        "Maria Zakharova",
        Office("spokeswoman", "Russian Foreign Ministry", "RU"),
    ),
    (
        "Nora Vance, the executive director of the Fair Trade Association, agreed.",
        "Nora Vance",
        Office("executive director", "Fair Trade Association", None),
    ),
    (
        "The former French president Nicolas Sarkozy agreed.",
        "Nicolas Sarkozy",
        Office("former president", None, "FR"),
    ),
    (
        "Secretary of State John Kerry agreed with them.",
        "John Kerry",
        Office("Secretary of State", None, None),
    ),
    (
        "The chairman of the joint chiefs, Gen. Joseph Dunford, agreed.",
        "Joseph Dunford",
        Office("Gen.", None, None),
    ),
    (
        "The then-Belarusian president Oleg Savin disagreed.",
        "Oleg Savin",
        Office("then president", None, "BY"),
    ),
    (
        "He told his own defence adviser, Peter Novak, so.",
        "Peter Novak",
        Office("defence adviser", None, None),
    ),
    (
        "President of the Republic of the Solomon Islands Ann Heine left.",
        "Ann Heine",
        Office("President", "Republic of the Solomon Islands", "SB"),
    ),
]
NO_OFFICE = [
    ("They met Ann Lee, leaving the prime minister behind.", "Ann Lee"),
    ("Allies of Sergei Shoigu said nothing.", "Sergei Shoigu"),
    ("Mr. Peter Novak said nothing.", "Peter Novak"),
    ("Angela Merkel, President Vladimir Putin and others met.", "Angela Merkel"),
    ("The ministers met Peter Novak in Oslo.", "Peter Novak"),
    ("Angela Merkel, a friend of the prime minister, said nothing.", "Angela Merkel"),
]


@pytest.mark.parametrize(("text", "name", "office"), OFFICES)
def test_an_office_belongs_to_the_named_person(read: Read, text: str, name: str, office: Office) -> None:
    _, cast = read(text)
    people = {member.name: member.offices for member in cast.members if member.type == "person"}
    assert office in people[name]


@pytest.mark.parametrize(("text", "name"), NO_OFFICE)
def test_words_near_a_name_are_not_always_its_office(read: Read, text: str, name: str) -> None:
    _, cast = read(text)
    people = {member.name: member.offices for member in cast.members if member.type == "person"}
    assert people[name] == ()


def test_a_title_set_apart_describes_the_person(read: Read) -> None:
    text = "Dave Butler, the Joint Staff spokesperson, said so."
    _, cast = read(text)
    butler = next(member for member in cast.members if member.name == "Dave Butler")
    words = [(text[slice(*mention.span)], mention.kind) for mention in butler.mentions]
    assert words == [("Dave Butler", "name"), ("the Joint Staff spokesperson", "nominal")]
