"""Reports inside reports: RIA reported [Moscow's claims that Kyiv might use a dirty bomb].

Reads:  the drafts of an article, and drafts that rules find anywhere
Writes: which draft's content holds which other draft
Deliberately absent: how drafts are found. The trained model gives no statement inside another, as its
training texts have none; the rules give those.
"""

from collections import defaultdict
from collections.abc import Sequence

from spacy.tokens import Doc

from readout.streams.text.statements.cues import NOUN_CUES, is_according, is_telling_verb, token_lemma
from readout.streams.text.statements.drafts import Draft

# "“I think that we are ready,” he said": what speakers say of themselves is no report of somebody else.
_SPEAKERS_THEMSELVES = frozenset({"i", "we", "you", "me", "us", "it", "there", "one"})


def with_nested(doc: Doc, outer: Sequence[Draft], ruled: Sequence[Draft]) -> tuple[Draft, ...]:
    """The outer drafts and those ruled ones that lie in a content of theirs, in the order of their cues."""
    found = list(outer)
    holder = {token: number for number, draft in enumerate(outer) for token in draft.content}
    heads = {draft.head for draft in outer}
    for draft in ruled:
        number = holder.get(draft.head)
        if number is None or draft.head in heads or not _is_report(doc, draft):
            continue
        content = tuple(token for token in draft.content if holder.get(token) == number)
        if 2 * len(content) > len(draft.content) and all(
            holder.get(token) == number for token in draft.source
        ):
            found.append(Draft(draft.head, draft.cue, draft.source, content))
    return tuple(sorted(found, key=lambda draft: draft.head))


def _is_report(doc: Doc, draft: Draft) -> bool:
    head = doc[draft.head]
    if not draft.source or not draft.content:
        return False
    if len(draft.source) == 1 and doc[draft.source[0]].lower_ in _SPEAKERS_THEMSELVES:
        return False
    return is_according(head) or is_telling_verb(head) or token_lemma(head) in NOUN_CUES


def holders(drafts: Sequence[Draft]) -> tuple[int | None, ...]:
    """For each draft the number of the smallest other one whose content holds its cue.

    Never one with a smaller content than its own: of two that hold each other's cues, the larger is outside.
    """
    around: defaultdict[int, list[int]] = defaultdict(list)
    for number, draft in enumerate(drafts):
        for token in draft.content:
            around[token].append(number)
    sizes = [len(draft.content) for draft in drafts]
    return tuple(
        min(
            (other for other in around.get(draft.head, ()) if sizes[other] > sizes[number]),
            key=lambda other: (sizes[other], other),
            default=None,
        )
        for number, draft in enumerate(drafts)
    )
