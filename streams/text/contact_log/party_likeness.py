"""Likeness of parties: when two phrases name the same party, and when one stands for the other.

Reads:  two parties
Writes: yes or no
"""

from readout.streams.text.contact_log.party import Party

_SAME_OFFICES = {
    "chairman": "chief", "head": "chief", "commander": "chief", "general": "chief", "gen.": "chief", "gen": "chief",
    "adm.": "chief", "admiral": "chief", "leader": "president", "secretary": "minister",
}  # fmt: skip
_ANY_OFFICE = frozenset(("official", "representative", "diplomat", "negotiator", "envoy"))
_HEADS_OF_STATE = _ANY_OFFICE | {
    "president",
    "king",
    "chancellor",
    "premier",
    "emir",
    "sultan",
    "prime minister",
}
_EMPTY_WORDS = frozenset("of the for and ministry department office minister secretary".split())
_SPECIFICITY = {"country": 0, "organisation": 1, "group": 1, "office": 2, "person": 3}


def is_same_party(one: Party, other: Party) -> bool:
    """The same member of the cast, the same unnamed office, or a surname and its full name."""
    if one.identity == other.identity:
        return True
    if one.kind != "person" or other.kind != "person":
        return False
    (first, _, surname), (second, _, other_surname) = one.name.rpartition(" "), other.name.rpartition(" ")
    return surname == other_surname and not (first and second)


def stands_for_party(one: Party, other: Party) -> bool:
    """Turkey for its president, the French defence minister for a French person of that office.

    But not Turkey for an unnamed chief of staff: "the two countries will meet … chiefs of staff should meet soon".
    """
    if _is_body_of(one, other) or _is_body_of(other, one):
        return True
    if one.country is None or one.country != other.country or (one.kind == other.kind == "person"):
        return False
    if "office" in (one.kind, other.kind) and one.title and other.title:
        offices = {_office_word(one.title), _office_word(other.title)}
        return len(offices) == 1 or bool(offices & _ANY_OFFICE)
    unnamed = next((party for party in (one, other) if party.kind == "office" and party.title), None)
    return unnamed is None or _office_word(unnamed.title or "") in _HEADS_OF_STATE


def _is_body_of(body: Party, person: Party) -> bool:
    """As in "in discussion with the Department for International Development": with its secretary."""
    if body.kind != "organisation" or person.kind != "person" or not person.title:
        return False
    words = set(body.name.casefold().split()) - _EMPTY_WORDS
    return bool(words) and words == set(person.title.casefold().split()) - _EMPTY_WORDS


def _office_word(title: str) -> str:
    """Military chief, chairman of the joint chiefs, chief of staff: all chiefs; the word before of decides."""
    words = title.casefold().split(" of ")[0].split()
    last = " ".join(words[-2:]) if words[-2:] == ["prime", "minister"] else (words[-1] if words else "")
    return _SAME_OFFICES.get(last, last)


def is_more_specific(one: Party, other: Party) -> bool:
    """May the first replace the second, as a president replaces his country?"""
    if one is other or other.kind == "group" or not stands_for_party(one, other):
        return False
    return _SPECIFICITY[one.kind] > _SPECIFICITY[other.kind]
