"""For whom somebody speaks: the principal of a spokesman, an aide, a lawyer or an office.

Reads:  a parsed body and a draft of an attribution
Writes: the tokens of the phrase that names the principal; none where people speak for themselves
Deliberately absent: whom the phrase denotes ("her" of "her spokesman"); `processors.statements` asks the cast.
"""

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from readout.streams.text.statements.cues import token_lemma
from readout.streams.text.statements.drafts import Draft

_SPEAKERS = frozenset(
    """spokesman spokeswoman spokesperson spokespeople aide lawyer attorney solicitor barrister counsel agent
    representative publicist secretary office campaign team staff camp adviser advisor assistant deputy entourage
    press-secretary spox mouthpiece""".split()
)
# These speak for a principal only where one stands beside them: "the press secretary of", "her deputy".
_ONLY_OWNED = frozenset(
    "secretary deputy team staff camp assistant representative agent adviser advisor".split()
)
_OF = frozenset("for of to".split())
_GRADES = frozenset(
    """chief senior deputy top longtime veteran lead main second third unnamed local official acting new junior
    second-ranking former ex press""".split()
)
_ONCE = frozenset(("former", "ex", "erstwhile", "onetime", "one-time", "late"))
_TIMES = frozenset("time hour minute day week month year moment once while".split())
_CLIENTS = frozenset(("client", "boss", "principal"))
_DEEPEST = 6


def principal(doc: Doc, draft: Draft) -> tuple[int, ...]:
    """The tokens that name the principal of a draft's source, in reading order; empty if there is none."""
    if not draft.source:
        return ()
    found = _beside_cue(doc[draft.head], draft) or _beside_source(doc, draft)
    return _phrase(found) if found is not None else ()


# Beside the cue -----------------------------------------------------------------------------------------------


def _beside_cue(head: Token, draft: Draft) -> Token | None:
    """As in "said on his behalf", "On behalf of the council, Latu said", "Speaking for the league, Ybarra said"."""
    for child in head.children:
        if child.i in draft.content:
            continue
        if child.dep_ == "prep" and child.lower_ in ("on", "in"):
            found = _behalf(child)
        else:
            found = _spoken_for(child) if child.dep_ in ("advcl", "acl") else None
        if found is not None:
            return found
    return None


def _behalf(link: Token) -> Token | None:
    noun = next((child for child in link.children if child.dep_ == "pobj"), None)
    if noun is None or noun.lower_ not in ("behalf", "name"):
        return None
    owner = next((child for child in noun.children if child.dep_ == "poss"), None)
    return owner or _object_of(noun, frozenset(("of",)))


def _spoken_for(clause: Token) -> Token | None:
    """As in "speaking for the league", "who speaks for the fleet"; not "speaking for the first time"."""
    if token_lemma(clause) not in ("speak", "act", "appear", "talk"):
        return None
    behalf = next((found for child in clause.children if (found := _behalf(child)) is not None), None)
    if behalf is not None:
        return behalf
    owner = _object_of(clause, frozenset(("for",)))
    is_time = owner is not None and (owner.ent_type_ in ("DATE", "TIME") or token_lemma(owner) in _TIMES)
    is_party = owner is not None and owner.tag_ in ("NN", "NNS", "NNP", "NNPS", "PRP")
    return owner if is_party and not is_time else None


# Beside the source --------------------------------------------------------------------------------------------


def _beside_source(doc: Doc, draft: Draft) -> Token | None:
    for noun in _nouns_of(doc, draft):
        if noun.dep_ == "relcl":
            found = _spoken_for(noun)
        elif _speaks_for(noun) and not _is_over(noun):
            found = _owner(noun) or _client(doc, draft, noun)
        else:
            found = None
        if found is not None:
            return found
    return None


def _nouns_of(doc: Doc, draft: Draft) -> Iterator[Token]:
    """The head of the source's phrase, what stands beside it, and the clauses on it."""
    inside = set(draft.source)
    head = next(
        (doc[index] for index in draft.source if doc[index].head.i not in inside), doc[draft.source[-1]]
    )
    for _ in range(_DEEPEST):
        if head.dep_ not in ("appos", "compound", "nmod") or head.head.i == head.i:
            break
        head = head.head
    waiting = [head]
    for _ in range(4 * _DEEPEST):
        if not waiting:
            return
        noun = waiting.pop(0)
        yield noun
        if noun.dep_ != "relcl":
            waiting.extend(
                child for child in noun.children if child.dep_ in ("appos", "compound", "nmod", "relcl")
            )


def _speaks_for(noun: Token) -> bool:
    """By his work, as a spokesman or "chief of staff" does."""
    is_chief = noun.lower_ == "chief" and noun.i + 2 < len(noun.doc) and noun.nbor(2).lower_ == "staff"
    return is_chief or token_lemma(noun) in _SPEAKERS


def _is_over(noun: Token) -> bool:
    """As in "a former spokesman for the mayor"."""
    before = [noun, noun.head] if noun.dep_ in ("compound", "nmod") else [noun]
    return any(child.lower_ in _ONCE for token in before for child in token.lefts)


def _owner(noun: Token) -> Token | None:
    """As in "her spokesman", "a spokesman for the archbishop", "Ministry spokeswoman Farah Nasrallah"."""
    name = noun.head if noun.dep_ in ("compound", "nmod") else noun
    for token in (noun, name):
        owner = next((child for child in token.lefts if child.dep_ == "poss" and child.i < noun.i), None)
        if owner is not None:
            return owner
    owner = _object_of(noun, _OF)
    if owner is not None:
        return owner
    return None if token_lemma(noun) in _ONLY_OWNED and not _is_press(noun) else _body_before(noun)


def _is_press(noun: Token) -> bool:
    return noun.i > 0 and noun.nbor(-1).lower_ == "press"


def _object_of(noun: Token, links: frozenset[str]) -> Token | None:
    for link in noun.rights:
        if link.dep_ in ("prep", "dative") and link.lower_ in links:
            return next((child for child in link.children if child.dep_ == "pobj"), None)
    return None


def _body_before(noun: Token) -> Token | None:
    """As in "State Department spokesman", "Ministry spokeswoman", "a government aide"; not "chief spokesman"."""
    place = noun.i - 1
    while place >= 0 and noun.doc[place].lower_ in _GRADES:
        place -= 1
    if place < 0:
        return None
    before = noun.doc[place]
    is_body = before.tag_ in ("NN", "NNP", "NNPS", "NNS") and before.dep_ in (
        "compound",
        "nmod",
        "amod",
        "npadvmod",
    )
    return before if is_body and before.sent == noun.sent else None


def _client(doc: Doc, draft: Draft, noun: Token) -> Token | None:
    """As in "the lawyer said that his client, the skater, would appeal"."""
    if token_lemma(noun) not in ("lawyer", "attorney", "solicitor", "barrister", "counsel", "agent"):
        return None
    for index in draft.content:
        token = doc[index]
        if token.lower_ in _CLIENTS and any(child.dep_ == "poss" for child in token.lefts):
            return next((child for child in token.rights if child.dep_ == "appos"), None)
    return None


def _phrase(head: Token) -> tuple[int, ...]:
    """The words that name the principal: its noun with what stands before it, and a name beside it."""
    if head.dep_ in ("compound", "nmod", "amod", "npadvmod"):
        return tuple(_run_before(head))
    names = [child for child in head.rights if child.dep_ == "appos" and child.tag_ in ("NNP", "NNPS")]
    if names and names[0].i - head.i <= _DEEPEST:
        head = names[0]  # "the curator Stellan Wahl" is Wahl
    return tuple(range(head.left_edge.i, head.i + 1))


def _run_before(head: Token) -> Iterator[int]:
    """As in "State Department" before "spokesman": the nouns and names up to it, without grades."""
    first = head.i
    while first > 0:
        before = head.doc[first - 1]
        joined = before.tag_ in ("NN", "NNP", "NNPS", "NNS", "JJ") and before.dep_ in (
            "compound",
            "nmod",
            "amod",
        )
        if not joined or before.lower_ in _GRADES or before.sent != head.sent:
            break
        first -= 1
    yield from range(first, head.i + 1)
