"""Features by which a model tells which tokens are the main words of cues.

Reads:  a token table
Writes: one column of hashes per feature, all as long as the table
Deliberately absent: which features matter; training decides. What a feature looks at is written beside it.
"""

import numpy as np

from streams.text.hashed_network import Hashes, mix
from streams.text.token_table import Integers, TokenTable
from spacy.strings import get_string_id

# Labels whose first word tells what frame a verb stands in: "said that", "was expected to", "accused X of".
_FRAME = ("nsubj", "nsubjpass", "ccomp", "dobj", "prep", "xcomp", "advcl", "agent", "aux", "auxpass", "neg", "prt",
          "mark", "poss", "acl", "relcl", "parataxis", "acomp", "advmod", "pobj", "pcomp", "dative", "case", "oprd")
_UP = tuple(get_string_id(label) for label in ("ccomp", "xcomp", "acl", "relcl", "advcl", "pcomp", "parataxis"))
_DEEPEST = 100


def cue_features(table: TokenTable) -> list[Hashes]:
    """The feature columns of all rows of a table."""
    t = table
    quote = (t.quote > 0).astype(np.uint64)
    head_lemma, head_tag = t.lemma[t.head], t.tag[t.head]
    top = clause_tops(t)
    above = t.head[top]
    frame = frames(t)
    shape = frame_signature(frame)
    columns: list[Hashes] = [t.lower, t.lemma, t.tag, t.dep, t.suffix, t.shape, t.entity]
    columns += [shifted(t.lemma, step) for step in (-3, -2, -1, 1, 2, 3)]
    columns += [shifted(t.tag, step) for step in (-3, -2, -1, 1, 2, 3)]
    columns += [mix(shifted(t.lower, step), t.lemma) for step in (-1, 1)]
    columns += [mix(shifted(t.tag, -1), t.tag, shifted(t.tag, 1)), mix(shifted(t.entity, -1), shifted(t.entity, 1))]
    columns += [mix(t.dep, head_lemma), mix(t.dep, head_tag), mix(t.lemma, t.dep), mix(t.tag, t.dep, quote)]
    columns += [column for column in frame.values()]
    columns += [shape, mix(shape, t.lemma), mix(t.tag, shape)]
    columns += [t.dep[top], mix(t.lemma[above], t.dep[top]), mix(t.lemma[t.head[top[above]]], t.dep[top[above]])]
    columns += [mix(quote, shifted(quote, -1), shifted(quote, 1)), *quote_surroundings(t)]
    columns += sentence_place(t)
    return columns


def shifted(column: Hashes, step: int) -> Hashes:
    """What stands `step` rows further on; 0 beyond the ends."""
    out = np.zeros_like(column)
    if abs(step) >= len(column):
        return out
    if step > 0:
        out[:-step] = column[step:]
    else:
        out[-step:] = column[:step]
    return out


def frames(t: TokenTable) -> dict[str, Hashes]:
    """For each label of a frame the lemma of the child that has it; 0 where there is none."""
    out = {}
    for label in _FRAME:
        rows = np.flatnonzero(t.dep == np.uint64(get_string_id(label)))
        column = np.zeros(len(t), dtype=np.uint64)
        column[t.head[rows]] = t.lemma[rows]
        out[label] = column
    return out


def frame_signature(frame: dict[str, Hashes]) -> Hashes:
    """Which labels there are at all, as one number."""
    signature = np.zeros(len(next(iter(frame.values()))), dtype=np.uint64)
    for number, label in enumerate(("nsubj", "nsubjpass", "ccomp", "dobj", "prep", "xcomp", "agent", "auxpass", "acl", "advcl")):
        signature |= (frame[label] != 0).astype(np.uint64) << np.uint64(number)
    return signature


def clause_tops(t: TokenTable) -> Integers:
    """The main word of the smallest dependent clause around each token, or the root: reported speech hangs below."""
    stops = np.isin(t.dep, np.array(_UP, dtype=np.uint64)) | (t.head == np.arange(len(t)))
    top = np.arange(len(t))
    for _ in range(_DEEPEST):
        moving = ~stops[top]
        if not moving.any():
            break
        top = np.where(moving, t.head[top], top)
    return top


def quote_surroundings(t: TokenTable) -> list[Hashes]:
    """Whether the sentence has a quotation before and after the token, and what share of it is quoted."""
    sentence = t.sentence
    inside = (t.quote > 0).astype(np.int64)
    total = np.bincount(sentence, inside) if len(t) else np.zeros(0)
    size = np.bincount(sentence) if len(t) else np.zeros(0)
    running = np.cumsum(inside)
    starts = np.searchsorted(sentence, sentence, side="left")
    before = running - inside - (running - inside)[starts]
    after = total[sentence] - before - inside
    share = (4 * total[sentence] / np.maximum(size[sentence], 1)).astype(np.uint64)
    return [mix((before > 0).astype(np.uint64), (after > 0).astype(np.uint64), inside.astype(np.uint64)), mix(share, t.tag)]


def buckets(distance: Integers) -> Hashes:
    """Signed distances on a coarse, roughly logarithmic scale."""
    edges = np.array([-64, -32, -16, -10, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 10, 16, 32, 64])
    return np.searchsorted(edges, distance).astype(np.uint64)


def sentence_place(t: TokenTable) -> list[Hashes]:
    """Distances to the ends of the sentence, place of the sentence in its paragraph, first paragraph or not."""
    rows = np.arange(len(t))
    first = np.searchsorted(t.sentence, t.sentence, side="left")
    last = np.searchsorted(t.sentence, t.sentence, side="right") - 1
    paragraph_first = np.searchsorted(t.paragraph, t.paragraph, side="left")
    paragraph_last = np.searchsorted(t.paragraph, t.paragraph, side="right") - 1
    headline = (t.paragraph == 0).astype(np.uint64)
    return [
        buckets(rows - first),
        buckets(last - rows),
        mix((first == paragraph_first).astype(np.uint64), (last == paragraph_last).astype(np.uint64)),
        mix(headline, t.tag),
        t.lower[first] if len(t) else t.lower,
        mix(t.lower[last] if len(t) else t.lower, headline),
        buckets(last - first),
    ]
