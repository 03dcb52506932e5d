"""Words of a parsed sentence, as the rules of modality see them: spaCy's own tokens, or others with their names.

Reads and writes nothing.
"""

from collections.abc import Iterable
from typing import Protocol

from readout.streams.text.lemmas import lemma


class Word(Protocol):
    """A token of a parsed document: spaCy's own, or one with its names."""

    @property
    def i(self) -> int: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def lower_(self) -> str: ...  # noqa: D102
    @property
    def tag_(self) -> str: ...  # noqa: D102
    @property
    def dep_(self) -> str: ...  # noqa: D102
    @property
    def ent_type_(self) -> str: ...  # noqa: D102
    @property
    def head(self) -> "Word": ...  # noqa: D102
    @property
    def lefts(self) -> "Iterable[Word]": ...  # noqa: D102
    @property
    def rights(self) -> "Iterable[Word]": ...  # noqa: D102
    @property
    def children(self) -> "Iterable[Word]": ...  # noqa: D102


def lemma_of(word: Word) -> str:
    """The lemma of a word, in lower case."""
    return lemma(word.text, word.tag_)


def particle_verb(token: Word) -> str:
    """The verb with its particle: "called off" -> "call_off"."""
    particle = next((child.lower_ for child in token.rights if child.dep_ == "prt"), "")
    return f"{lemma_of(token)}_{particle}"


def is_verb(token: Word) -> bool:
    """Is it a verb form, a modal included?"""
    return token.tag_.startswith("VB") or token.tag_ == "MD"


def has_to(verb: Word) -> bool:
    """Is it an infinitive with to?"""
    return any(child.tag_ == "TO" for child in verb.lefts)


def has_perfect(verb: Word) -> bool:
    """As in "to have met"."""
    return any(child.lower_ == "have" and child.dep_ == "aux" for child in verb.lefts)


def has_subject(verb: Word) -> bool:
    """Does a subject of its own stand before the verb?"""
    return any(child.dep_ in ("nsubj", "nsubjpass", "expl") for child in verb.lefts)


def infinitive_of_be(token: Word) -> Word | None:
    """As in "The two are to meet", "Rome was going to host": the infinitive below be or going."""
    infinitives = [child for child in token.rights if child.dep_ in ("xcomp", "advcl") and has_to(child)]
    if not infinitives:
        return None
    is_going = token.lower_ == "going" and any(child.dep_ == "aux" for child in token.lefts)
    is_being = lemma_of(token) == "be" and not any(
        child.dep_ in ("acomp", "attr", "prep") for child in token.children
    )
    return infinitives[0] if is_going or is_being else None
