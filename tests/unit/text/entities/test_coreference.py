"""Who is meant by pronouns and descriptions, and where nobody is."""

import pytest

from readout.streams.text.cast import Cast
from tests.unit.conftest import Read

REFERENCES = [
    ("Mark Milley spoke. The Russian minister Sergei Shoigu said he was concerned.", "he", "Sergei Shoigu"),
    ("Hillary Clinton attacked Donald Trump. She left.", "She", "Hillary Clinton"),
    ("Hillary Clinton attacked Donald Trump. He left.", "He", "Donald Trump"),
    (
        "Dave Butler, the Joint Staff spokesperson, spoke to Ann Lee. “No,” the spokesperson said.",
        "the spokesperson",
        "Dave Butler",
    ),
    (
        "Mark Milley, the chairman of the Joint Chiefs, spoke. “The Chairman reaffirmed support,” the readout read.",
        "The Chairman",
        "Mark Milley",
    ),
    (
        "Donald Trump met the Turkish president, Tayyip Erdogan. The Turkish leader smiled.",
        "The Turkish leader",
        "Tayyip Erdogan",
    ),
    ("Peter Novak wrote a letter. The foreign secretary was angry.", "The foreign secretary", "Peter Novak"),
    (
        "The Syrian Democratic Forces took the town. The group lost twelve men.",
        "The group",
        "Syrian Democratic Forces",
    ),
    ("The Syrian Democratic Forces said they had won.", "they", "Syrian Democratic Forces"),
    ("Reuters said it had seen the letter. It said the letter was long.", "It", "Reuters"),
    ("Ukraine is preparing to use it on its own territory.", "its", "Ukraine"),
    ("The Syrian government disagreed.", "The Syrian government", "Syrian government"),
    (
        "Russia's defence ministry denied it. The ministry was angry.",
        "The ministry",
        "Russian defence ministry",
    ),
    ("The Clinton campaign disagreed. Hillary Clinton left.", "The Clinton campaign", "Clinton campaign"),
    ("Hillary Clinton left. Obama said he was tired.", "he", "Obama"),
    ("Ann Lee told Bo Berg that her car was gone.", "her", "Ann Lee"),
]
NOBODY = [
    ("Petra Novak, the prime minister of Arland, sang. The band leader danced.", "The band leader"),
    ("The campaign was long.", "The campaign"),
    ("It was raining in Oslo.", "It"),
    ("Hillary Clinton left. He was late.", "He"),
    ("Sergei Shoigu said they would come.", "they"),
    (
        "Park Geun-hye, the president of South Korea, spoke. The next president must act.",
        "The next president",
    ),
    ("Donald Trump spoke. The German chancellor disagreed with John Bolton.", "The German chancellor"),
    ("Reuters reported it. The ministry was angry.", "The ministry"),
    ("The group lost twelve men.", "The group"),
    ("“I told him that he lied,” Ann Lee said.", "I"),
]


def meant_by(text: str, cast: Cast, words: str) -> str | None:
    """Whom the last place with these words mentions, apart from names."""
    found = [
        (mention.span, one.name)
        for one in cast.members
        for mention in one.mentions
        if text[slice(*mention.span)] == words and mention.kind != "name"
    ]
    return max(found)[1] if found else None


@pytest.mark.parametrize(("text", "words", "name"), REFERENCES)
def test_a_reference_means_whom_a_reader_thinks_of(read: Read, text: str, words: str, name: str) -> None:
    _, cast = read(text)
    assert meant_by(text, cast, words) == name


@pytest.mark.parametrize(("text", "words"), NOBODY)
def test_a_reference_that_stays_open_means_nobody(read: Read, text: str, words: str) -> None:
    _, cast = read(text)
    assert meant_by(text, cast, words) is None


def test_a_pronoun_in_a_quotation_is_not_its_speaker(read: Read) -> None:
    text = "John Bolton met Donald Trump. “He lied,” Bolton said."
    _, cast = read(text)
    assert meant_by(text, cast, "He") == "Donald Trump"


def test_a_description_further_down_tells_who_the_president_was_above(read: Read) -> None:
    text = "Donald Trump listened. Then Ann Lee called on the president. The US president, Trump, was angry."
    _, cast = read(text)
    assert meant_by(text, cast, "the president") == "Donald Trump"
