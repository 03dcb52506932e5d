"""Titles and offices before and after a name: who somebody is in the words of the article.

Reads:  the words around a name, the gazetteer, the organisations recognised so far
Writes: an `Office` and the tokens that say it, never a token of the name

The sentences that made the rules are quoted beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from readout.streams.text.cast import Office
from readout.streams.text.entities.offices import LINKS, OfficeReader
from readout.streams.text.entities.title_words import MODIFIERS, OFFICES, PERSON_NOUNS, is_title
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Gazetteer

_LONGEST_TITLE = 16
_APPOSITION_TAGS = frozenset(("DT", "JJ", "POS", "HYPH", "VBG", "VBN", "RB", "CD"))
_MODIFIER_TAGS = frozenset(("NNP", "NNPS", "JJ", "NN", "POS", "HYPH"))


@dataclass(frozen=True, slots=True)
class Title:
    """The tokens `first` to `last` (exclusive) that say an office; None for a mere style such as "Mr".

    A title set apart by a comma is a noun phrase of its own: "Dave Butler, the Joint Staff spokesperson, said".
    """

    first: int
    last: int
    head: int
    office: Office | None
    is_apart: bool = False


class TitleReader:
    """Reads the titles of one document; names map their first token to the one past their end."""

    def __init__(
        self, words: Words, gazetteer: Gazetteer, organisations: Mapping[int, int], people: Mapping[int, int]
    ) -> None:
        self._words = words
        self._gazetteer = gazetteer
        self._people = frozenset(index for first, last in people.items() for index in range(first, last))
        self._offices = OfficeReader(words, gazetteer, organisations, self._people)

    def before(self, name: int) -> tuple[Title, ...]:
        """The titles that end where a name begins at token `name`, the nearest first.

        "Russian Defence Minister Sergei Shoigu", "the chairman of the US Joint Chiefs of Staff Mark Milley",
        "the chairman of the joint chiefs, Gen Mark Milley"; but "allies of Sergei Shoigu" has none.
        """
        found: list[Title] = []
        head = self._head_before(name)
        if head is not None:
            found.append(self._title(self._left_edge(head), head, name))
            name = found[0].first
        if self._words.before(name) == ",":
            head = self._head_before(name - 1)
            if head is not None and self._apposition_may_follow(head, name - 1):
                title = self._title(self._left_edge(head), head, name - 1)
                found.append(replace(title, is_apart=True))
        return tuple(found)

    def after(self, last: int) -> Title | None:
        """The title that follows a name, as in "Col. Dave Butler, the Joint Staff spokesperson, said".

        "Milley, President Putin and others" lists another person and is no title of Milley.
        """
        words = self._words
        if words.after(last) not in (",", "(", "\u2013", "-"):
            return None
        first = last + 1
        head = self._head_after(first)
        if head is None or self._names_somebody(head + 1):
            return None
        end = self._right_edge(head)
        if words.after(end) in ("and", "or"):
            return None
        return replace(self._title(first, head, end), is_apart=True)

    def country_of(self, words: str) -> str | None:
        """The country that words of a title belong to."""
        return self._gazetteer.country_of(words)

    def phrase(self, first: int, head: int, last: int) -> Title:
        """The office that a noun phrase says which names nobody: "the French defence minister"."""
        return self._title(first, head, last)

    def left_edge(self, head: int) -> int:
        """The first token of the noun phrase whose title noun is `head`, articles left out."""
        return self._left_edge(head)

    def right_edge(self, head: int) -> int:
        """One past the last token of the complement of a title noun: "chairman of the Joint Chiefs of Staff"."""
        return self._right_edge(head)

    def _head_before(self, last: int) -> int | None:
        words, index = self._words, last - 1
        if not words.same_sentence(index, last):
            return None
        if is_title(words.text[index]) and words.tag[index] != "NNS":
            return index
        # "Chief of General Staff Valery Gerasimov": the title noun stands before "of".
        while index > max(0, last - _LONGEST_TITLE) and words.same_sentence(index, last):
            if words.text[index] == "of" and words.lower[index - 1] in OFFICES:
                return index - 1
            if not (
                words.is_noun(index)
                or words.tag[index] in ("JJ", "DT")
                or words.text[index] in ("of", "and", "'s", "\u2019s")
            ):
                return None
            index -= 1
        return None

    def _left_edge(self, head: int) -> int:
        words, first = self._words, head
        while words.same_sentence(first - 1, head) and self._modifies(first - 1):
            first -= 1
        while first < head and words.tag[first] in ("POS", "HYPH", ":", "CC"):
            first += 1
        return first

    def _modifies(self, index: int) -> bool:
        words = self._words
        if index in self._people:
            return False
        if words.lower[index] in MODIFIERS or words.tag[index] in _MODIFIER_TAGS:
            return True
        # "Foreign and Defence Secretary"; but not "Emmanuel Macron and Prime Minister Theresa May".
        both = words.lower[index - 1 : index + 2 : 2]
        return words.tag[index] == "CC" and len(both) == 2 and all(word in MODIFIERS for word in both)

    def _head_after(self, first: int) -> int | None:
        """The last title noun of a run: "the executive director of the Fair Trade Association"."""
        words = self._words
        heads = [i for i in self._run(first) if words.lower[i] in PERSON_NOUNS and words.tag[i] != "NNS"]
        ends = [
            head for head in heads if not (words.same_sentence(head, head + 1) and words.is_noun(head + 1))
        ]
        return ends[0] if ends else None

    def _run(self, first: int) -> range:
        """The tokens from `first` on that may belong to an apposition before its title noun."""
        words, last = self._words, first
        while last < len(words) and last < first + _LONGEST_TITLE and words.same_sentence(last, first):
            tag = words.tag[last]
            verb = tag == "VBG" and words.lower[last] not in MODIFIERS  # ", leaving the adviser"
            if verb or not (words.is_noun(last) or tag in _APPOSITION_TAGS):
                break
            last += 1
        return range(first, last)

    def _right_edge(self, head: int) -> int:
        words, last = self._words, head + 1
        if words.after(last) not in LINKS:
            return last
        while words.same_sentence(last, head) and last < head + _LONGEST_TITLE:
            if not (words.is_noun(last) or words.tag[last] in ("DT", "JJ", "POS", "IN", "TO", "HYPH")):
                break
            last += 1
        while last > head + 1 and words.tag[last - 1] in ("IN", "DT", "TO", "POS", "HYPH"):
            last -= 1
        return last

    def _apposition_may_follow(self, head: int, last: int) -> bool:
        """“the general, Sergei Shoigu”: it has an article or a modifier, and is no item of a list of people."""
        first = self._left_edge(head)
        introduced = first < head or self._words.before(first) in (
            "the",
            "his",
            "her",
            "its",
            "their",
            "'s",
            "\u2019s",
        )
        return (
            introduced and self._words.tag[head] in ("NN", "NNP") and not self._names_somebody(head + 1, last)
        )

    def _names_somebody(self, index: int, last: int | None = None) -> bool:
        words = self._words
        inside = last is None or index < last
        return inside and words.same_sentence(index - 1, index) and words.is_proper(index)

    def _title(self, first: int, head: int, last: int) -> Title:
        while first < head and self._words.tag[first] in ("DT", "PRP$", "PDT", "CD"):
            first += 1
        return Title(first, last, head, self._offices.office(first, head, last))
