"""Confidence: how sure it is that a contact is right, from all that tells of it.

Reads:  the mentions of a contact and the scored pairs of the article
Writes: features as strings, of which the model makes a score
"""

from collections.abc import Collection, Iterator, Sequence

from readout.streams.text.contact_log.linear_scores import steps
from readout.streams.text.contact_log.occasion_groups import (
    Group,
    mode_of_group,
    parties_of_group,
    status_of_group,
)
from readout.streams.text.contact_log.occasions import Occasion
from readout.streams.text.contact_log.pairs import Pair
from readout.streams.text.contact_log.scene import Scene

_EDGES = (-3000, -2000, -1200, -600, 0, 600, 1200, 1800, 2400, 3200, 4200)
_UNKNOWN = -9000


def confidence_features(
    group: Group, pairs: Sequence[Pair], learned: Collection[Occasion], scene: Scene
) -> list[str]:
    """The features of one contact; `learned` are the occasions that the rules have not found."""
    parties = parties_of_group(group)
    ruled = sum(occasion not in learned for occasion in group)
    source = "rule" if ruled else "model"
    best, weakest = _scores(group, {party.identity for party in parties}, pairs, scene)
    return [
        *steps("top", best, _EDGES),
        *steps(f"top{source}", best, _EDGES[::2]),
        *steps("low", weakest, _EDGES[::2]),
        f"source:{source}",
        f"ruled:{min(3, ruled)}",
        f"learned:{min(3, len(group) - ruled)}",
        f"parties:{min(6, len(parties))}",
        *_kinds(group, source),
    ]


def _kinds(group: Group, source: str) -> Iterator[str]:
    mode, status = mode_of_group(group), status_of_group(group)
    yield from (f"mode:{mode}", f"status:{status}", f"mode:{source}{mode}", f"status:{source}{status}")
    yield f"strength:{'explicit' if any(o.strength == 'explicit' for o in group) else group[0].strength}{source}"


def _scores(
    group: Group, identities: Collection[object], pairs: Sequence[Pair], scene: Scene
) -> tuple[int, int]:
    """The best score of a pair of its parties in its sentences, and that of the party with the worst best one."""
    sentences = {scene.doc.words.sentence_at(occasion.trigger).start for occasion in group}
    best = dict.fromkeys(identities, _UNKNOWN)
    for pair in pairs:
        if pair.sentence in sentences and all(identity in best for identity in pair.identities):
            for identity in pair.identities:
                best[identity] = max(best[identity], pair.score)
    return max(best.values()), min(best.values())
