"""Find the cast of an article: its people, bodies, places and groups, with every place that mentions them.

Reads:  an annotated document and the gazetteer
Writes: a `Cast`, members in the order of their first mentions, no stretch of text in two of them

The steps: `recognition` finds names, `titles` reads offices, `identity` joins names, `coreference` adds
descriptions and pronouns.
"""

from collections.abc import Iterable, Iterator, Sequence

from spacy.tokens import Doc

from readout.schemas.entities import EntityType
from readout.streams.text.cast import Cast, Office
from readout.streams.text.entities.antecedents import Reference
from readout.streams.text.entities.bodies import described_bodies, owners_of
from readout.streams.text.entities.coreference import refer
from readout.streams.text.entities.identity import Figure, Registry, parts_of, spelling
from readout.streams.text.entities.members import cast_of
from readout.streams.text.entities.name_ranges import Name
from readout.streams.text.entities.recognition import recognise
from readout.streams.text.entities.title_words import ENVOYS, FEMALE, MALE
from readout.streams.text.entities.titles import Title, TitleReader
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Gazetteer, Gender


def find_cast(doc: Doc, gazetteer: Gazetteer, words: Words | None = None) -> Cast:
    """The cast of a document; empty if it names nobody and nothing. `words`: its columns, if made already."""
    words = words or Words.of(doc)
    names = recognise(words, gazetteer)
    reader = TitleReader(words, gazetteer, _ranges(names, "organisation"), _ranges(names, "person"))
    titles = _titles(names, reader)
    genders = {
        name.first: _gender(name, titles.get(name.first, ()), words, gazetteer)
        for name in names
        if name.type == "person"
    }
    figures = Registry(words, names, genders, gazetteer).collect()
    for figure in figures:
        figure.offices = _offices(figure, titles)
        figure.country = _public_country(figure, words, gazetteer)
        figure.gender = figure.gender or _gender_of_single_name(figure, words, gazetteer)
    _share_countries(figures, words)
    known = [*_apart(figures, titles, words), *_described(figures, words, gazetteer)]
    references = refer(words, figures, reader, known)
    return cast_of(words, figures, references, gazetteer)


def _ranges(names: Sequence[Name], kind: EntityType) -> dict[int, int]:
    return {name.first: name.last for name in names if name.type == kind}


def _titles(names: Sequence[Name], reader: TitleReader) -> dict[int, tuple[Title, ...]]:
    people = [name for name in names if name.type == "person"]
    found = ((name.first, (*reader.before(name.first), reader.after(name.last))) for name in people)
    return {first: tuple(title for title in titles if title is not None) for first, titles in found}


def _gender(name: Name, titles: Iterable[Title], words: Words, gazetteer: Gazetteer) -> Gender | None:
    """From "Mr" or "spokeswoman" before the name, else from the first name."""
    for title in titles:
        for index in range(title.first, title.last):
            if words.lower[index] in FEMALE:
                return "f"
            if words.lower[index] in MALE:
                return "m"
    first = parts_of(words, name)[:1]
    return gazetteer.genders.get(first[0].capitalize()) if first and name.last - name.first > 1 else None


def _gender_of_single_name(figure: Figure, words: Words, gazetteer: Gazetteer) -> Gender | None:
    """Of somebody whom the article calls "Kevin" or "Obama" throughout."""
    if figure.type != "person" or any(name.last - name.first > 1 for name in figure.names):
        return None
    name = spelling(words, figure.names[0])
    return gazetteer.genders.get(name) or gazetteer.gender_of_surname(name)


def _offices(figure: Figure, titles: dict[int, tuple[Title, ...]]) -> list[Office]:
    offices = (title.office for name in figure.names for title in titles.get(name.first, ()))
    return list(dict.fromkeys(office for office in offices if office is not None))


def _public_country(figure: Figure, words: Words, gazetteer: Gazetteer) -> str | None:
    """The country of somebody whom the world knows: which "president" Donald Trump can be, and which he cannot."""
    if figure.type != "person":
        return None
    found = (gazetteer.public_figures.get(spelling(words, name)) for name in figure.names)
    return next((country for country in found if country), None)


def _share_countries(figures: Sequence[Figure], words: Words) -> None:
    """The General Staff of a Russian chief is Russian; the UN of a French envoy is not French."""
    offices = (office for figure in figures for office in figure.offices)
    owned = {
        o.organisation: o.country for o in offices if o.country and o.title.split()[-1].lower() not in ENVOYS
    }
    for figure in figures:
        force = figure.entry is None or (figure.entry.kind == "force" and figure.entry.country is None)
        if figure.type == "organisation" and figure.country is None and force:
            found = (owned.get(spelling(words, name)) for name in figure.names)
            figure.country = next((country for country in found if country), None)


def _apart(
    figures: Sequence[Figure], titles: dict[int, tuple[Title, ...]], words: Words
) -> Iterator[Reference]:
    """Titles that are noun phrases of their own describe the person: "the Joint Staff spokesperson"."""
    taken: set[int] = set()
    for index, figure in enumerate(figures):
        for name in figure.names:
            for title in titles.get(name.first, ()):
                if title.is_apart and taken.isdisjoint(range(title.first, title.last)):
                    taken.update(range(title.first, title.last))
                    first = title.first - (words.before(title.first) in ("the", "a", "an"))
                    yield Reference(first, title.last, index, "nominal")


def _described(figures: list[Figure], words: Words, gazetteer: Gazetteer) -> Iterator[Reference]:
    """Adds a figure for each body without a name, and yields what describes it."""
    covered = {i for figure in figures for name in figure.names for i in range(name.last - 1, name.last)}
    people = {
        name.last - 1: words.text[name.last - 1]
        for figure in figures
        if figure.type == "person"
        for name in figure.names
    }
    found = tuple(described_bodies(words, gazetteer, covered, people))
    for name, bodies in owners_of(found).items():
        figures.append(Figure("organisation", [], described=name, country=bodies[0].country))
        for body in bodies:
            first = body.first - (words.before(body.first) == "the")
            yield Reference(first, body.last, len(figures) - 1, "nominal")
