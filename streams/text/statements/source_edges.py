"""The edges of sources: when, where and in what writing somebody spoke is no part of who spoke.

Reads:  the tokens of a source
Writes: those of them that name it
Deliberately absent: whom the source denotes; `processors.statements` asks the cast.
"""

from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Doc, Token

from readout.streams.text.statements.cues import token_lemma
from readout.streams.text.statements.drafts import Draft

_WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_OCCASIONS = frozenset(
    """statement interview speech letter tweet email e-mail post message conference briefing communique communiqué
    declaration memo editorial call address""".split()
)
_WRITINGS = frozenset("tweet post letter message email e-mail note telegram memo blog column text".split())
_PREPOSITIONS = frozenset({"in", "at", "during", "on", "via", "through", "after"})
_LONGEST_OCCASION = 6


def without_circumstances(doc: Doc, source: Sequence[int]) -> tuple[int, ...]:
    """The source up to the day or the occasion that the parser took for a part of it."""
    tokens = tuple(source)
    for number in range(1, len(tokens)):
        if _begins_day(doc, tokens, number) or _begins_occasion(doc, tokens, number):
            return tokens[:number]
    return tokens


def _begins_day(doc: Doc, tokens: Sequence[int], number: int) -> bool:
    """Lena Holt [on Sunday with two envoys]; but not: the report that was published on Sunday."""
    following = [doc[index].lower_ for index in tokens[number : number + 2]]
    if len(following) < 2 or following[0] != "on" or following[1] not in _WEEKDAYS:
        return False
    return not any(doc[index].tag_.startswith("VB") for index in tokens[:number])


def _begins_occasion(doc: Doc, tokens: Sequence[int], number: int) -> bool:
    """Both ministers[, in a joint statement]; but not: the anger in the statement, or Holt, in exile since May."""
    following = [doc[index] for index in tokens[number : number + 2]]
    if len(following) < 2 or following[0].text != "," or following[1].lower_ not in _PREPOSITIONS:
        return False
    nouns = (child.lower_ for child in following[1].children if child.dep_ == "pobj")
    return len(tokens) - number <= _LONGEST_OCCASION and not _OCCASIONS.isdisjoint(nouns)


def author_or_source(doc: Doc, draft: Draft) -> Draft:
    """The draft with the author as its source, where the source is what he wrote: "a tweet by Marisol Quint"."""
    if not draft.source:
        return draft
    writing = next((doc[i] for i in draft.source if token_lemma(doc[i]) in _WRITINGS), None)
    author = _author(writing) if writing is not None and writing.dep_ in ("nsubj", "nsubjpass") else None
    if author is None:
        return draft
    named = (child for child in author.rights if child.dep_ == "appos" and child.tag_ == "NNP")
    last = next(named, author)
    return replace(draft, source=tuple(range(author.left_edge.i, last.i + 1)))


def _author(writing: Token) -> Token | None:
    """As in "a tweet by Quint", "a letter from Quint"; the parser may hang the preposition on the verb."""
    for link in (*writing.rights, *writing.head.rights):
        near = 0 < link.i - writing.i <= 2
        if near and link.dep_ in ("prep", "agent") and link.lower_ in ("by", "from"):
            return next((child for child in link.children if child.dep_ == "pobj"), None)
    return None
