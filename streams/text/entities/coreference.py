"""Who is meant by "he", "the spokesperson", "the group": references back to figures that the article has named.

Reads:  the columns of a document, its figures with their offices, the titles that stand apart
Writes: references in reading order; what stays doubtful gets none

One walk through the article: `pronouns` and `nominals` look back at what `antecedents` has seen so far.
"""

from collections.abc import Iterable, Sequence

from readout.streams.text.entities.antecedents import Antecedents, Reference
from readout.streams.text.entities.identity import Figure
from readout.streams.text.entities.nominals import DESCRIBING, NominalReader
from readout.streams.text.entities.pronouns import PRONOUNS, antecedent
from readout.streams.text.entities.titles import TitleReader
from readout.streams.text.entities.words import Words

_REFERRING = PRONOUNS | DESCRIBING


def refer(
    words: Words, figures: Sequence[Figure], reader: TitleReader, known: Iterable[Reference]
) -> list[Reference]:
    """The descriptions and pronouns of a document, those `known` included; none overlaps a name."""
    given = {reference.first: reference for reference in known}
    names = {
        n.first: Reference(n.first, n.last, i, "name")
        for i, figure in enumerate(figures)
        for n in figure.names
    }
    places = sorted({*given, *names, *words.places_of(_REFERRING)})
    found, certain = _walk(Antecedents(words, figures), reader, given, names, places)
    if certain:  # a description further down has told who holds an office: read again with that
        found, _ = _walk(Antecedents(words, figures), reader, given, names, places)
    return sorted(found, key=lambda reference: reference.first)


def _walk(
    scene: Antecedents,
    reader: TitleReader,
    given: dict[int, Reference],
    names: dict[int, Reference],
    places: Iterable[int],
) -> tuple[list[Reference], bool]:
    """One reading: the references, and whether it inferred any office."""
    nominals = NominalReader(scene, reader)
    covered = {i for r in (*given.values(), *names.values()) for i in range(r.first, r.last)}
    inferred = sum(len(figure.inferred) for figure in scene.figures)
    found = list(given.values())
    for index in places:
        if index in names:
            scene.add(names[index])
        if index in given:
            scene.add(given[index])
        if index not in covered and (reference := _reference(scene, nominals, index)) is not None:
            scene.add(reference)
            found.append(reference)
    return found, sum(len(figure.inferred) for figure in scene.figures) > inferred


def _reference(scene: Antecedents, nominals: NominalReader, index: int) -> Reference | None:
    if scene.words.lower[index] not in PRONOUNS:
        return nominals.read(index)
    figure = antecedent(scene, index)
    return None if figure is None else Reference(index, index + 1, figure, "pronoun")
