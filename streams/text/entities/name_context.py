"""What kind of name stands here, by the words around it: "in Lindau" is a place, "striker Neil Reed" a man.

Reads:  a name as token range and its columns
Writes: a type that the context makes certain enough to overrule the recogniser, or None
"""

from readout.schemas.entities import EntityType
from readout.streams.text.entities.name_words import (
    AUTHORS_VERBS,
    CLOSING,
    CLUB_ENDS,
    ENDS,
    EVENT_ENDS,
    FACILITY_ENDS,
    LEAGUES,
    MOVES,
    NOT_IN,
    NOT_PLACES,
    OPENING,
    ORGANISATION_WORDS,
    PEOPLE_BEFORE,
    SETTLEMENTS,
    SPORT,
    TEAM_FOLLOWERS,
    TEAM_VERBS,
)
from readout.streams.text.entities.title_words import LEADERS, MODIFIERS
from readout.streams.text.entities.words import Words

_TRADES = ("ist", "eer", "ician", "woman", "sman", "wright")


def type_by_context(words: Words, first: int, last: int, kind: EntityType) -> EntityType | None:
    """The type that the context of a name proves; None where the recogniser had better decide."""
    if kind in ("person", "organisation") and _is_settlement(words, first, last):
        return "place"
    if _is_somebody(words, first, last, kind):
        return "person"
    ending = _type_by_ending(words, first, last) if kind in ("organisation", "place") else None
    if ending is not None:
        return ending
    if kind in ("organisation", "person") and _is_quoted(words, first, last):
        return "other"
    if kind in ("person", "organisation") and last - first <= 2 and _stands_in(words, first, last):
        return "place"
    return None


def _is_somebody(words: Words, first: int, last: int, kind: EntityType) -> bool:
    """By a title, an age, or a trade: "the cyclist Tibor Halasz" is no work of art."""
    if kind == "other":
        return last - first > 1 and words.before(first).endswith(_TRADES)
    return kind in ("organisation", "place") and (_is_titled(words, first, last) or _is_aged(words, last))


def _type_by_ending(words: Words, first: int, last: int) -> EntityType | None:
    """“the Lisbon Treaty” is an event and "Lake Geneva Park" a place; one word alone proves nothing."""
    if last - first == 1:
        return None
    end, lower = words.text[last - 1], words.lower[last - 1]
    if lower in EVENT_ENDS or (end == "League" and words.text[last - 2] in LEAGUES):
        return "event"
    if not end[0].isupper() or lower not in ENDS:
        return None
    return "facility" if lower in FACILITY_ENDS else "place"


def is_team(words: Words, first: int, last: int) -> bool:
    """Does a place name mean a club, as in "Leeds striker Neil Reed" and "as Moss beat Bryne"?"""
    before, after = words.before(first), words.after(last)
    if after in TEAM_FOLLOWERS or after in TEAM_VERBS or before in TEAM_VERBS:
        return True
    club = before in ("against", "joined") or (last > first + 1 and words.text[last - 1] in CLUB_ENDS)
    return club and _is_about_sport(words, first)


def is_unknown_place(words: Words, index: int) -> bool:
    """A name that nobody knows is a place where something happens: "a station opened in Morven in May".

    "in March", "in English", "in NATO" and "in Turing machines" are none.
    """
    if words.before(index) not in ("in", "near") or words.tag[index] != "NNP":
        return False
    text, after = words.text[index], index + 1
    plain = text.isalpha() and text[0].isupper() and not text.isupper() and text.lower() not in NOT_PLACES
    return plain and not (
        words.same_sentence(index, after) and (words.is_noun(after) or words.tag[after] == "HYPH")
    )


def is_organisation_word(word: str) -> bool:
    """Is the word part of the names of organisations?"""
    return word.lower() in ORGANISATION_WORDS


def _is_titled(words: Words, first: int, last: int) -> bool:
    """“President Tayyip Erdogan” and "the Turkish president, Tayyip Erdogan" are people."""
    if any(is_organisation_word(text) or text.isupper() for text in words.text[first:last]):
        return False
    before = words.before(first)
    if before == ",":
        return (
            last - first > 1 and words.before(first - 1) in LEADERS and words.tag[first - 2] in ("NN", "NNP")
        )
    return (before in PEOPLE_BEFORE and words.tag[first - 1] != "NNS") or (
        before == "by" and words.before(first - 1) in AUTHORS_VERBS
    )


def _is_aged(words: Words, last: int) -> bool:
    """Only people are followed by their age: "Last week Vann, 45, was detained"."""
    age = words.text[last + 1] if words.text[last : last + 1] == [","] and last + 2 < len(words) else ""
    return age.isdigit() and 10 <= int(age[:4]) < 110 and words.text[last + 2] in (",", ".")


def stands_for_country(words: Words, first: int, last: int) -> bool:
    """“in Jordan”, "Chad's president": a country with a man's name, where no man can be meant."""
    if words.before(first) in ("in", "to", "from", "across", "outside", "into"):
        return True
    owned = words.text[last : last + 1] in (["'s"], ["\u2019s"])
    return owned and last + 1 < len(words) and words.lower[last + 1] in LEADERS | MODIFIERS


def _is_about_sport(words: Words, index: int) -> bool:
    sentence = words.sentence[index]
    nearby = range(max(0, index - 25), min(len(words), index + 25))
    return any(words.sentence[i] == sentence and words.lower[i] in SPORT for i in nearby)


def _is_quoted(words: Words, first: int, last: int) -> bool:
    """“the film “Harbour Lights”” names a work: the marks enclose the name and nothing else."""
    return (
        first > 0 and last < len(words) and words.text[first - 1] in OPENING and words.text[last] in CLOSING
    )


def _is_settlement(words: Words, first: int, last: int) -> bool:
    """“the village of Brezno”, "Harlan county"; but "the city of Reuters reporters" is not written."""
    if words.before(first) == "of" and words.before(first - 1) in SETTLEMENTS:
        return True
    return words.after(last) in ("county", "province", "district", "governorate", "oblast", "prefecture")


def _goes_there(words: Words, first: int) -> bool:
    """“returned to Savoy”, "east to Linden" lead to places; a footballer's "move to Brescia" does not."""
    moves = words.before(first) in ("to", "from") and words.before(first - 1) in MOVES
    return moves and not _is_about_sport(words, first)


def _stands_in(words: Words, first: int, last: int) -> bool:
    """“raced in Lindau” is a place; "a stake in Kestrel" and "an officer in NATO" are not."""
    if not _goes_there(words, first) and (
        words.before(first) not in ("in", "near") or words.before(first - 1) in NOT_IN
    ):
        return False
    texts = words.text[first:last]
    return (
        all(text[:1].isupper() and not text.isupper() for text in texts)
        and not any(is_organisation_word(text) for text in texts)
        and words.after(last) not in ("'s", "\u2019s")
        and not (last < len(words) and words.same_sentence(last - 1, last) and words.is_noun(last))
    )
