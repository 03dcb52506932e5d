"""Names across articles: is "Zelenskiy" Volodymyr Zelenskyy, and "Lavrov" Sergei Lavrov?

Reads:  names as articles have them
Writes: words that are equal where only spelling differs, and a likeness in per mille
Pure:   rapidfuzz measures how far spellings are apart; its version is pinned, since it decides ids.
"""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.fuzz import ratio

_PARTICLES = frozenset(
    "al el ul bin ibn abu ben de da di du von van der den la le dos del ter jr sr ii iii iv the "
    "mr mrs ms dr sir lord lady dame prof gen general adm admiral col colonel lt maj capt sgt sheikh".split()
)
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_SPELLINGS = (
    (re.compile("y+"), "i"), (re.compile("w"), "v"), (re.compile("kh"), "h"), (re.compile("zh"), "z"),
    (re.compile("ph"), "f"), (re.compile("ck"), "k"), (re.compile("sch|tch"), "sh"), (re.compile("ou"), "u"),
    (re.compile("ks"), "x"), (re.compile(r"(.)\1+"), r"\1"),
)  # fmt: skip
# Given names that news use for one another; the first of a line stands for all of it.
_SHORT_NAMES = (
    "joseph joe", "antony tony anthony anton", "michael mike mikhail", "william bill will", "robert bob rob",
    "james jim jimmy", "thomas tom", "benjamin ben", "daniel dan", "david dave", "edward ed", "christopher chris",
    "alexander alex alexandr aleksandr oleksandr", "stephen steve steven", "nicholas nick", "elizabeth liz",
    "volodimir vladimir", "sergei sergii serhi", "dmitri dmitro dmitrii", "olexi alexei aleksei oleksi",
    "mohamed muhammad mohammed mohammad mohamad", "recep tayyip", "benjamin binyamin", "katherine kate",
)  # fmt: skip
_SAME_SPELLING = 84
_LONG_ENOUGH = 5


def fold(text: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@lru_cache(maxsize=65536)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name that tell people apart, each in one spelling for all transliterations."""
    found = [_possessed(word) for word in _WORD.findall(fold(name))]
    return tuple(_spelt(word) for word in found if word not in _PARTICLES) or tuple(map(_spelt, found))


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> int:
    """How surely two personal names are one person's, in per mille: 1000 the same words, 0 another person.

    A name that is only part of the other gives 900: somebody else may have that surname.
    """
    first, second = sorted((words_of(one), words_of(other)), key=lambda words: (len(words), words))
    if not first:
        return 0
    if first == second:
        return 1000 if len(first) > 1 else 900
    if not _is_family_name(first, second):
        return 0
    if len(first) == 1:
        return 900
    return 950 if _same_given(first, second) else 0


@lru_cache(maxsize=65536)
def same_words(one: str, other: str) -> bool:
    """Is a body's name the other, but for spelling, order and articles?"""
    return set(words_of(one)) == set(words_of(other))


def _is_family_name(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """The last words agree; or the first, where the family name comes first: "Wang" is Wang Yi."""
    if _same(first[-1], second[-1]):
        return True
    if len(first) == 1:
        return _same(first[0], second[0]) and len(second[0]) <= _LONG_ENOUGH
    return set(first) == set(second) or first == second[: len(first)]


def _same_given(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    given, others = first[:-1], second[:-1]
    return any(_same(a, b) or _is_short_for(a, b) for a in given for b in others) or set(first) <= set(second)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < _LONG_ENOUGH or one[0] != other[0]:
        return False
    return ratio(one, other) >= _SAME_SPELLING


def _is_short_for(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return long.startswith(short)
    return _GIVEN.get(one, one) == _GIVEN.get(other, other)


def _possessed(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s").replace("'", "").replace("’", "")


def _spelt(word: str) -> str:
    for pattern, letters in _SPELLINGS:
        word = pattern.sub(letters, word)
    return word


_GIVEN = {_spelt(name): line.split()[0] for line in _SHORT_NAMES for name in line.split()}
