"""Whom a phrase denotes: members of the cast, and canonical names for those whom nobody names."""

import pytest
from spacy.tokens import Doc, Token

from readout.streams.text.entities.phrases import (
    describe,
    describe_each,
    member_of_phrase,
    members_of_phrase,
    singular,
)
from readout.streams.text.gazetteer import Gazetteer
from tests.unit.conftest import Read

DENOTES = [
    ("He met the chairman of the US Joint Chiefs of Staff Mark Milley.", "chairman", "Mark Milley"),
    ("He met the Turkish president, Tayyip Erdogan, in Oslo.", "president", "Tayyip Erdogan"),
    ("Russian Defence Minister Sergei Shoigu spoke.", "Shoigu", "Sergei Shoigu"),
    ("Sergei Shoigu, who spoke to them, left.", "who", "Sergei Shoigu"),
    ("Sergei Shoigu said he was concerned.", "he", "Sergei Shoigu"),
    ("The Syrian government disagreed.", "government", "Syrian government"),
]
NOBODY = [
    ("An ally of Sergei Shoigu spoke.", "ally"),
    ("The officials of the US and Russia spoke.", "officials"),
    ("The readout came late.", "readout"),
]
DESCRIPTIONS = [
    ("He met the French defence minister.", "minister", ("French defence minister", "FR", False)),
    ("He met France's defence minister.", "minister", ("French defence minister", "FR", False)),
    ("He met the defence minister of France.", "minister", ("French defence minister", "FR", False)),
    ("He met his Turkish counterpart.", "counterpart", ("Turkish counterpart", "TR", False)),
    ("Senior Russian officials agreed.", "officials", ("Russian officials", "RU", True)),
    ("The restless US president agreed.", "president", ("US president", "US", False)),
    ("The spokesperson agreed.", "spokesperson", ("spokesperson", None, False)),
    ("The ministers of France and Turkey agreed.", "ministers", ("ministers", None, True)),
]
PLURALS = [
    (
        "Shoigu spoke with the defence ministers of the US, France and Turkey, expressing concerns.",
        "ministers",
        [
            ("US defence minister", "defence ministers of the US"),
            ("French defence minister", "France"),
            ("Turkish defence minister", "Turkey"),
        ],
    ),
    (
        "The foreign ministers of France, the UK and the US outrightly rejected it.",
        "ministers",
        [
            ("French foreign minister", "foreign ministers of France"),
            ("British foreign minister", "UK"),
            ("US foreign minister", "US"),
        ],
    ),
    ("The foreign minister of France rejected it.", "minister", []),
    ("The ministers of the committee rejected it.", "ministers", []),
]


def token(doc: Doc, word: str) -> Token:
    return next(one for one in doc if one.text == word)


@pytest.mark.parametrize(("text", "word", "name"), DENOTES)
def test_a_phrase_denotes_a_member(read: Read, text: str, word: str, name: str) -> None:
    doc, cast = read(text)
    found = member_of_phrase(doc, cast, token(doc, word))
    assert found is not None
    assert cast.members[found].name == name


@pytest.mark.parametrize(("text", "word"), NOBODY)
def test_a_phrase_about_others_denotes_nobody(read: Read, text: str, word: str) -> None:
    doc, cast = read(text)
    assert member_of_phrase(doc, cast, token(doc, word)) is None


def test_a_span_denotes_what_its_head_denotes(read: Read) -> None:
    doc, cast = read("Russian Defence Minister Sergei Shoigu spoke.")
    assert member_of_phrase(doc, cast, doc[0:5]) == member_of_phrase(doc, cast, token(doc, "Shoigu"))


def test_a_coordination_denotes_each_of_its_members_once(read: Read) -> None:
    doc, cast = read("Valery Gerasimov and Mark Milley spoke by phone.")
    found = members_of_phrase(doc, cast, token(doc, "Gerasimov"))
    assert [cast.members[index].name for index in found] == ["Valery Gerasimov", "Mark Milley"]


@pytest.mark.parametrize(("text", "word", "expected"), DESCRIPTIONS)
def test_the_unnamed_have_canonical_names(
    read: Read, gazetteer: Gazetteer, text: str, word: str, expected: tuple[str, str | None, bool]
) -> None:
    doc, _ = read(text)
    found = describe(token(doc, word), gazetteer)
    assert found is not None
    assert (found.name, found.country, found.is_plural) == expected


def test_things_have_no_office(read: Read, gazetteer: Gazetteer) -> None:
    doc, _ = read("The French border was closed.")
    assert describe(token(doc, "border"), gazetteer) is None


@pytest.mark.parametrize(("text", "word", "expected"), PLURALS)
def test_a_plural_office_over_countries_is_one_office_each(
    read: Read, gazetteer: Gazetteer, text: str, word: str, expected: list[tuple[str, str]]
) -> None:
    doc, _ = read(text)
    found = describe_each(token(doc, word), gazetteer)
    assert [(one.name, text[slice(*one.span)]) for one in found] == expected


@pytest.mark.parametrize(
    ("plural", "one"),
    [("spokesmen", "spokesman"), ("foreign secretaries", "foreign secretary"), ("leaders", "leader")],
)
def test_plural_titles_have_singulars(plural: str, one: str) -> None:
    assert singular(plural) == one
