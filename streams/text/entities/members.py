"""From figures to the cast: names, countries and what a metonym stands for.

Reads:  the figures of a document and the references to them
Writes: the members of a `Cast`, in the order of their first mentions
"""

from collections.abc import Sequence

from readout.streams.text.cast import Cast, Member, Mention
from readout.streams.text.entities.antecedents import Reference
from readout.streams.text.entities.identity import Figure, canonical
from readout.streams.text.entities.name_ranges import Name
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Gazetteer

_LOCATIVE = frozenset(
    "in at near from to outside around into through across between via inside visiting".split()
)
_ACTING = frozenset(("nsubj", "nsubjpass", "agent", "poss", "dobj", "conj"))


def cast_of(
    words: Words, figures: Sequence[Figure], references: Sequence[Reference], gazetteer: Gazetteer
) -> Cast:
    """The cast; figures that nothing mentions are left out."""
    mentions = _mentions(words, figures, references)
    order = sorted((found[0].span, index) for index, found in enumerate(mentions) if found)
    places = {index: place for place, (_, index) in enumerate(order)}
    governments = _governments(words, figures, gazetteer)
    return Cast(
        tuple(
            _member(words, figures[index], mentions[index], places.get(governments.get(index, -1)), gazetteer)
            for _, index in order
        )
    )


def _mentions(
    words: Words, figures: Sequence[Figure], references: Sequence[Reference]
) -> list[tuple[Mention, ...]]:
    found = [[Mention(words.span(n.first, n.last), "name") for n in figure.names] for figure in figures]
    for reference in references:
        found[reference.figure].append(Mention(words.span(reference.first, reference.last), reference.kind))
    return [tuple(sorted(mentions, key=lambda mention: mention.span)) for mentions in found]


def _member(
    words: Words, figure: Figure, mentions: tuple[Mention, ...], stands_for: int | None, gazetteer: Gazetteer
) -> Member:
    name, aliases = canonical(words, figure)
    return Member(
        type=figure.type,
        name=name,
        mentions=mentions,
        aliases=aliases,
        offices=tuple(figure.offices),
        country=_country(figure, name, gazetteer),
        stands_for=stands_for,
    )


def _governments(words: Words, figures: Sequence[Figure], gazetteer: Gazetteer) -> dict[int, int]:
    """The figure of the country that each metonym stands for, where the article has that country."""
    countries = {
        f.entry.country: i for i, f in enumerate(figures) if f.entry is not None and f.entry.kind == "country"
    }
    found: dict[int, int] = {}
    for index, figure in enumerate(figures):
        country = countries.get(_country(figure, "", gazetteer))
        if country is not None and _means_government(words, figure):
            found[index] = country
    return found


def _means_government(words: Words, figure: Figure) -> bool:
    """“Moscow rejected the claim” and "the Russian government" mean Russia; "he flew to Moscow" means the city."""
    if figure.described is not None:
        return figure.described.endswith((" government", " administration", " regime"))
    if figure.entry is None or figure.entry.kind not in ("capital", "seat"):
        return False
    return figure.entry.kind == "seat" or any(_acts(words, name) for name in figure.names)


def _acts(words: Words, name: Name) -> bool:
    before = words.before(name.first)
    if before == "the":
        before = words.before(name.first - 1)
    if before in _LOCATIVE:
        return False
    return words.dep[name.last - 1] in _ACTING or before in ("by", "with", "against")


def _country(figure: Figure, name: str, gazetteer: Gazetteer) -> str | None:
    """The gazetteer's country; a person's is that of the first office which has one."""
    if figure.country is not None and not (figure.type == "person" and figure.offices):
        return figure.country
    if figure.entry is not None:
        return figure.entry.country
    if figure.type == "person":
        offices = (*figure.offices, *figure.inferred)
        return next((office.country for office in offices if office.country), figure.country)
    if figure.type == "group":
        return gazetteer.peoples.get(name)
    return _country_in_front(name, gazetteer) if figure.type == "organisation" else None


def _country_in_front(name: str, gazetteer: Gazetteer) -> str | None:
    """“Turkish Red Crescent”, "US Joint Chiefs of Staff": the first word says whose it is."""
    first = name.split(maxsplit=1)[0] if name else ""
    entry = gazetteer.lookup(first)
    if entry is not None and entry.kind == "country":
        return entry.country
    return gazetteer.adjectives.get(first)
