"""Speech that closes its sentence: "…, the skipper, Donal Keogh, said." where the parser and the model lose it.

Reads:  a parsed body and the drafts that were found
Writes: the drafts, and one for each closing verb of saying in a sentence of which no draft tells anything
"""

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Token

from readout.streams.text.statements.drafts import Draft

_SAID = frozenset(("said", "says"))
_ENDS = frozenset((".", "!", "?"))
_PEOPLE = frozenset(("NNP", "PRP"))
_LONGEST_SOURCE = 16


def with_closing_speech(doc: Doc, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts in the order of their cues, with those that only the order of the words shows."""
    taken = {token for draft in drafts for token in (draft.head, *draft.cue, *draft.source, *draft.content)}
    closing = [
        draft for draft in _closing(doc) if taken.isdisjoint((draft.head, *draft.source, *draft.content))
    ]
    return tuple(sorted([*drafts, *closing], key=lambda draft: draft.head))


def _closing(doc: Doc) -> Iterator[Draft]:
    for index in range(1, len(doc) - 1):
        if doc[index].lower_ in _SAID and doc[index + 1].text in _ENDS:
            first = _source_start(doc, index)
            start = doc[index].sent.start
            source, content = range(first, index), range(start, first - 1)
            names_somebody = any(doc[place].tag_ in _PEOPLE for place in source)
            if names_somebody and any(_is_finite(doc[place]) for place in content):
                yield Draft(index, (index,), tuple(source), tuple(content))


def _source_start(doc: Doc, verb: int) -> int:
    """Behind the comma before the speaker; one that only closes a name beside him is not it."""
    wanted = 3 if doc[verb - 1].text == "," else 1
    for place in range(verb - 1, max(verb - _LONGEST_SOURCE, doc[verb].sent.start), -1):
        if doc[place].text == ",":
            wanted -= 1
            if wanted == 0:
                return place + 1
    return verb


def _is_finite(token: Token) -> bool:
    return token.tag_ in ("VBD", "VBZ", "VBP", "MD")
