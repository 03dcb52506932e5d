"""What kind of name stands here, by the words around it: "in Hochfilzen" is a place, "striker Neil Reed" a man.

Reads:  a name as token range and its columns
Writes: a type that the context makes certain enough to overrule the recogniser, or None
"""

from schemas.entities import EntityType
from streams.text.words import Words

_SETTLEMENTS = frozenset(
    "town village city island islands province district region county suburb resort port capital hamlet municipality"
    " governorate oblast enclave peninsula valley settlement neighbourhood neighborhood port".split()
)
_PLACE_ENDS = frozenset(
    "river lake sea ocean bay gulf strait straits mountain mountains mount hill hills valley desert forest island islands"
    " peninsula canyon creek falls glacier cape coast beach reef shelf cavern caverns cave caves springs county province"
    " park street avenue road square boulevard bridge airport airfield airbase harbour harbor stadium cemetery heights"
    " district oblast governorate".split()
)
_FACILITY_ENDS = frozenset(
    "airport bridge stadium hospital prison palace cathedral mosque tower barracks dam airbase station".split()
)
_ORGANISATION_WORDS = frozenset(
    "inc inc. corp corp. co co. ltd ltd. plc ag sa nv gmbh llc group bank party union university college institute"
    " ministry department agency commission committee council court association federation league club school"
    " society foundation trust fund company corporation party army forces force police service services office"
    " church airlines airways motors industries international holdings partners times news radio television press"
    " front movement brigade brigades battalion organisation organization congress parliament senate assembly board"
    " authority bureau centre center".split()
)
_NOT_IN = frozenset(
    "stake stakes share shares interest interests invest invested investment confidence faith holding holdings believe"
    " believed trust role position rank officer director job".split()
)
_TEAM_FOLLOWERS = frozenset(
    "striker midfielder defender goalkeeper forward winger coach manager skipper fans supporters team-mate team-mates"
    " players side scrum-half fly-half batsman bowler quarterback pitcher".split()
)
_TEAM_VERBS = frozenset("beat beats thrash thrashed trounced edged outplayed overpowered drew".split())


def type_by_context(words: Words, first: int, last: int, kind: EntityType) -> EntityType | None:
    """The type that the context of a name proves; None where the recogniser had better decide."""
    if kind in ("person", "organisation") and _is_settlement(words, first, last):
        return "place"
    if kind in ("organisation", "facility") and _ends_like_a_place(words, first, last):
        return "facility" if words.text[last - 1].lower() in _FACILITY_ENDS else "place"
    if kind in ("person", "organisation") and last - first <= 2 and _stands_in(words, first, last):
        return "place"
    return None


def is_team(words: Words, first: int, last: int) -> bool:
    """Does a place name mean a club: "Norwich striker Neil Reed", "as Essex beat Kent"? Countries are asked for never."""
    after = words.after(last)
    return after in _TEAM_FOLLOWERS or after in _TEAM_VERBS or words.before(first) in _TEAM_VERBS


def is_organisation_word(word: str) -> bool:
    """Is the word part of the names of organisations?"""
    return word.lower() in _ORGANISATION_WORDS


def _is_settlement(words: Words, first: int, last: int) -> bool:
    """ "the village of Mahala", "Huize county"; but "the city of Reuters reporters" is not written."""
    if words.before(first) == "of" and words.before(first - 1) in _SETTLEMENTS:
        return True
    return words.after(last) in ("county", "province", "district", "governorate", "oblast", "prefecture")


def _ends_like_a_place(words: Words, first: int, last: int) -> bool:
    return (
        last - first > 1 and words.text[last - 1].lower() in _PLACE_ENDS and words.text[last - 1][0].isupper()
    )


def _stands_in(words: Words, first: int, last: int) -> bool:
    """ "raced in Hochfilzen" is a place; "a stake in Ruch" and "an officer in NATO" are not."""
    if words.before(first) not in ("in", "near") or words.before(first - 1) in _NOT_IN:
        return False
    texts = words.text[first:last]
    return (
        all(text[:1].isupper() and not text.isupper() for text in texts)
        and not any(is_organisation_word(text) for text in texts)
        and words.after(last) not in ("'s", "’s")
        and not (last < len(words) and words.same_sentence(last - 1, last) and words.is_noun(last))
    )
