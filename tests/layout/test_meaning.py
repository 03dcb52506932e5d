"""The seed with other people, countries, days and words: its contact log follows exactly.

Each table holds what one thing of the seed may be instead; a variant takes one row of each, so several change at once.
"""

import datetime
import random
from typing import Any, NamedTuple

import pytest

from readout.streams.derive.language import load_language
from readout.streams.processors.derivation import Language
from readout.streams.settings import Settings
from tests.layout.corpora import seed
from tests.layout.sameness import article, derived

VARIANTS = 48


class Person(NamedTuple):
    first: str
    last: str


class Country(NamedTuple):
    name: str
    adjective: str
    code: str


# Chief of staff, chairman, general, minister.
PEOPLE = (
    (
        Person("Valery", "Gerasimov"),
        Person("Mark", "Milley"),
        Person("Valery", "Zaluzhny"),
        Person("Sergei", "Shoigu"),
    ),
    (
        Person("Pavel", "Drozdov"),
        Person("Daniel", "Whitcombe"),
        Person("Taras", "Kovalenko"),
        Person("Igor", "Melnikov"),
    ),
    (
        Person("Hans", "Lindqvist"),
        Person("Omar", "Haddad"),
        Person("Kofi", "Asante"),
        Person("Diego", "Salazar"),
    ),
    (
        Person("Kenji", "Morita"),
        Person("Ravi", "Chaudhary"),
        Person("Lars", "Halvorsen"),
        Person("Emre", "Yildirim"),
    ),
    (
        Person("Tomasz", "Wrona"),
        Person("Andrew", "Petersen"),
        Person("Mihai", "Dragan"),
        Person("Viktor", "Sokolov"),
    ),
)
# The second paragraph tells of the ministers of the US and Russia, so the US stays among them.
US = Country("the US", "US", "US")
MINISTERS = (
    (US, Country("France", "French", "FR"), Country("Turkey", "Turkish", "TR")),
    (US, Country("Spain", "Spanish", "ES"), Country("Italy", "Italian", "IT")),
    (US, Country("Norway", "Norwegian", "NO"), Country("Greece", "Greek", "GR")),
    (US, Country("India", "Indian", "IN"), Country("Brazil", "Brazilian", "BR")),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PHONED = ("spoke over the phone, where they", "talked by phone, and they", "spoke by telephone and")
PUBLISHED = ("2022-10-25", "2023-03-14", "2024-02-29", "2021-01-01")


@pytest.fixture(scope="module")
def language() -> Language:
    return load_language(Settings())


def day_before(published: str, weekday: str) -> str:
    """The latest such day up to publication."""
    day = datetime.date.fromisoformat(published)
    back = (day.weekday() - WEEKDAYS.index(weekday)) % 7
    return (day - datetime.timedelta(back)).isoformat()


@pytest.mark.parametrize("number", range(VARIANTS))
def test_the_contact_log_follows_the_words(number: int, language: Language) -> None:
    chance = random.Random(number)
    people, ministers = chance.choice(PEOPLE), chance.choice(MINISTERS)
    first, second = chance.sample(WEEKDAYS, 2)
    published = chance.choice(PUBLISHED)
    body = seed().body
    for old, new in zip(PEOPLE[0], people, strict=True):
        body = body.replace(f"{old.first} {old.last}", f"{new.first} {new.last}").replace(old.last, new.last)
    body = body.replace(
        "the US, France and Turkey", f"{ministers[0].name}, {ministers[1].name} and {ministers[2].name}"
    )
    body = body.replace("On Monday", f"On {first}").replace("on Sunday", f"on {second}")
    body = body.replace(PHONED[0], chance.choice(PHONED))
    (records,) = derived([article(body, published)], language)
    chief, chairman, general, minister = (f"{one.first} {one.last}" for one in people)
    offices = [(f"{one.adjective} defence minister", one.code) for one in ministers]
    assert contacts(records) == [
        ("call", "held", day_before(published, first), {(chief, "RU"), (chairman, "US")}),
        (None, "held", day_before(published, first), {(chairman, "US"), (general, "UA")}),
        ("call", "held", day_before(published, second), {(minister, "RU"), *offices}),
    ]


def contacts(records: list[dict[str, Any]]) -> list[tuple[str | None, str, str, set[tuple[str, str]]]]:
    """Mode, status, day and participants of each contact; "held talks" may be a call or talks."""
    found: list[tuple[str | None, str, str, set[tuple[str, str]]]] = []
    for one in records:
        if one["topic"] == "contact-log":
            people = {(who["name"], who["country"]) for who in one["participants"]}
            mode = None if len(found) == 1 and one["mode"] in {"call", "talks"} else one["mode"]
            found.append((mode, one["status"], one["occurred_on"]["date"], people))
    return found
