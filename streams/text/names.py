"""Find the cast of an article: its people, bodies, places and groups, with every place that mentions them.

Reads:  an annotated document and the gazetteer
Writes: a `Cast`, members in the order of their first mentions, no stretch of text in two of them

The steps: `recognition` finds names, `titles` reads offices, `identity` joins names, `coreference` adds
descriptions and pronouns.
"""

from collections.abc import Iterable, Sequence

from spacy.tokens import Doc

from streams.text.cast import Cast, Member, Mention, Office
from streams.text.coreference import Reference, refer
from streams.text.gazetteer import Gazetteer, Gender
from streams.text.identity import Figure, Registry, canonical, parts_of
from streams.text.recognition import Name, recognise
from streams.text.spans import Span
from streams.text.title_words import FEMALE, MALE
from streams.text.titles import Title, TitleReader
from streams.text.words import Words


def find_cast(doc: Doc, gazetteer: Gazetteer) -> Cast:
    """The cast of a document; empty if it names nobody and nothing."""
    words = Words.of(doc)
    names = recognise(doc, words, gazetteer)
    reader = TitleReader(
        words, gazetteer, {name.first: name.last for name in names if name.type == "organisation"}
    )
    titles = _titles(names, reader)
    genders = {
        name.first: _gender(name, titles.get(name.first, ()), words, gazetteer)
        for name in names
        if name.type == "person"
    }
    figures = Registry(words, names, genders).collect()
    for figure in figures:
        figure.offices = _offices(figure, titles)
    references = refer(words, figures, reader)
    return Cast(tuple(_members(words, figures, references, gazetteer)))


def _titles(names: Sequence[Name], reader: TitleReader) -> dict[int, tuple[Title, ...]]:
    people = [name for name in names if name.type == "person"]
    found = ((name.first, (reader.before(name.first), reader.after(name.last))) for name in people)
    return {first: tuple(title for title in titles if title is not None) for first, titles in found}


def _gender(name: Name, titles: Iterable[Title], words: Words, gazetteer: Gazetteer) -> Gender | None:
    """From "Mr" or "spokeswoman" before the name, else from the first name."""
    for title in titles:
        for index in range(title.first, title.last):
            if words.text[index].lower() in FEMALE:
                return "f"
            if words.text[index].lower() in MALE:
                return "m"
    first = parts_of(words, name)[:1]
    return gazetteer.genders.get(first[0].capitalize()) if first and name.last - name.first > 1 else None


def _offices(figure: Figure, titles: dict[int, tuple[Title, ...]]) -> list[Office]:
    offices = (title.office for name in figure.names for title in titles.get(name.first, ()))
    return list(dict.fromkeys(office for office in offices if office is not None))


def _members(
    words: Words, figures: Sequence[Figure], references: Sequence[Reference], gazetteer: Gazetteer
) -> list[Member]:
    countries = {
        f.entry.country: index
        for index, f in enumerate(figures)
        if f.entry is not None and f.entry.kind == "country"
    }
    members = []
    for index, figure in enumerate(figures):
        mentions = [Mention(words.span(name.first, name.last), "name") for name in figure.names]
        mentions += [Mention(words.span(r.first, r.last), r.kind) for r in references if r.figure == index]
        name, aliases = canonical(words, figure)
        country = _country(figure, name, gazetteer)
        governs = figure.entry is not None and figure.entry.kind in ("capital", "seat")
        stands_for = countries.get(country) if governs and _means_government(words, figure) else None
        members.append(
            Member(
                figure.type,
                name,
                tuple(sorted(mentions, key=_reading_order)),
                aliases,
                tuple(figure.offices),
                country,
                stands_for,
            )
        )
    return members


def _reading_order(mention: Mention) -> Span:
    return mention.span


def _country(figure: Figure, name: str, gazetteer: Gazetteer) -> str | None:
    """The gazetteer's country; a person's is that of the first office which has one."""
    if figure.entry is not None:
        return figure.entry.country
    if figure.type == "person":
        return next((office.country for office in figure.offices if office.country), None)
    if figure.type == "group":
        return gazetteer.peoples.get(name)
    return gazetteer.adjectives.get(name.split()[0]) or next(
        (
            entry.country
            for word in name.split()[:1]
            if (entry := gazetteer.lookup(word)) is not None and entry.governs
        ),
        None,
    )


_LOCATIVE = frozenset(
    "in at near from to outside around into through across between via inside visiting".split()
)


def _means_government(words: Words, figure: Figure) -> bool:
    """ "Moscow rejected the claim" means Russia; "he flew to Moscow" means the city."""
    return any(_acts(words, name) for name in figure.names)


def _acts(words: Words, name: Name) -> bool:
    head = name.last - 1
    before = words.before(name.first)
    if before == "the":
        before = words.before(name.first - 1)
    if before in _LOCATIVE:
        return False
    return words.dep[head] in ("nsubj", "nsubjpass", "agent", "poss", "dobj", "conj") or before in (
        "by",
        "with",
        "against",
    )
