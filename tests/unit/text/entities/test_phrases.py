"""Whom a phrase denotes: members of the cast."""

import pytest
from spacy.tokens import Doc, Token

from readout.streams.text.entities.phrases import member_of_phrase, members_of_phrase
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
