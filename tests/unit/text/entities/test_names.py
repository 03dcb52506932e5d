"""The cast: the right names with the right types, one member each, without titles, articles and possessives."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from readout.streams.text.entities.names import find_cast
from readout.streams.text.gazetteer import Gazetteer
from readout.streams.text.parser.annotate import annotate
from tests.unit.conftest import Read, member

SEED_CORE = {
    "Russia": ("place", "RU"),
    "United States": ("place", "US"),
    "Ukraine": ("place", "UA"),
    "France": ("place", "FR"),
    "Turkey": ("place", "TR"),
    "United Kingdom": ("place", "GB"),
    "Moscow": ("place", "RU"),
    "Kyiv": ("place", "UA"),
    "RIA news agency": ("organisation", "RU"),
    "US Joint Chiefs of Staff": ("organisation", "US"),
    "Ukrainian Armed Forces": ("organisation", "UA"),
    "Valery Gerasimov": ("person", "RU"),
    "Mark Milley": ("person", "US"),
    "Dave Butler": ("person", "US"),
    "Valery Zaluzhny": ("person", "UA"),
    "Sergei Shoigu": ("person", "RU"),
    "Vladimir Putin": ("person", "RU"),
}

TYPES = [
    ("The king of Jordan met Michael Jordan in Jordan.", "Jordan", "place"),
    ("The king of Jordan met Michael Jordan in Jordan.", "Michael Jordan", "person"),
    ("Turkey and Chad signed. Chad's president flew to Turkey.", "Chad", "place"),
    ("President Tayyip Erdogan met them.", "Tayyip Erdogan", "person"),
    ("The Syrian Democratic Forces took the town.", "Syrian Democratic Forces", "organisation"),
    ("The village of Brezno was shelled.", "Brezno", "place"),
    ("The Kurds met the Russians.", "Kurds", "group"),
    ("He won the UEFA Cup last year.", "UEFA Cup", "event"),
    ("Leeds striker Neil Reed scored twice.", "Leeds", "organisation"),
    ("Prime Minister Theresa May met them.", "Theresa May", "person"),
    ("They met Gen. Tarkhun in Oslo.", "Tarkhun", "person"),
    ("The score was composed by Milo Anand.", "Milo Anand", "person"),
    ("Last week Vann, 45, was detained.", "Vann", "person"),
    ("He joined the Premier League last year.", "Premier League", "event"),
    ("They shelled the towns of Arlon, Messancy and Bastogne.", "Messancy", "place"),
    ("They crossed the Harlan Strait.", "Harlan Strait", "place"),
    ("GENEVA (Reuters) - Talks began.", "Geneva", "place"),
    ("Arden 107 Stour County 10\nMoss 45 Bryne 17", "Arden", "organisation"),
    ("1. Brigitte Holm (Norway) 12.92\n2. Ulla Berg (Sweden) 12.95", "Brigitte Holm", "person"),
]

NOT_NAMED = [
    ("Russian forces left on Monday for 20 dollars.", "Russian"),
    ("Russian forces left on Monday for 20 dollars.", "Monday"),
    ("Secretary of State John Kerry spoke.", "State"),
    ("The group earned US $58 a day.", "US"),
    ("He was angry in March.", "March"),
    ("The General Assembly met.", "Assembly"),
    ("The linear accelerator was built.", "linear"),
]

ONE_MEMBER = [
    ("Mark Milley spoke. Milley left.", ["Mark Milley"]),
    ("Recep Tayyip Erdoğan spoke. Erdogan left.", ["Recep Tayyip Erdoğan"]),
    ("Enrique Pena Nieto spoke. Mr Pena Nieto left.", ["Enrique Pena Nieto"]),
    ("Bashar al-Assad spoke. Assad left.", ["Bashar al-Assad"]),
    ("Jill Biden met Joe Biden.", ["Jill Biden", "Joe Biden"]),
    ("The war criticised by [Vladimir] Putin's aide. Putin left.", ["Vladimir Putin"]),
]

ONE_BODY = [
    ("The Free Tigrayan Council (FTC) met. The FTC left.", "Free Tigrayan Council"),
    ("The United Nations met. The UN left.", "United Nations"),
    ("The US Joint Chiefs of Staff met. The Joint Chiefs of Staff left.", "US Joint Chiefs of Staff"),
    ("RIA news agency reported it. RIA said so.", "RIA news agency"),
]

NEWS = st.lists(
    st.sampled_from(
        ("Russian Foreign Minister Sergei Lavrov", "the chairman, Ann Lee,", "[Ann] Lee's", "he", "they", "its", "“", "”", '"', "'", "said", "told",
         "the spokesperson", "the Syrian government", "Jordan", "US", "the US-based", "(SDF)", "MOSCOW SAYS", "\n", "\n\n", "Oslo 3 Bergen 1", ",", ".",
         "and", "of", "of the", "President", "Gen.", "\u202e", "👍🏽", "İ", "1. Bo Ek (Norway) 3", "[", "]", "Mr", "who", "in", "against")
    ),
    max_size=40,
).map(" ".join)  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), SEED_CORE.items())
def test_the_seed_has_every_core_name_once(
    read: Read, seed_body: str, name: str, expected: tuple[str, str]
) -> None:
    _, cast = read(seed_body)
    found = member(cast, name)
    assert (found.type, found.country) == expected


@pytest.mark.parametrize(("text", "name", "kind"), TYPES)
def test_a_name_has_its_type(read: Read, text: str, name: str, kind: str) -> None:
    _, cast = read(text)
    assert member(cast, name).type == kind


@pytest.mark.parametrize(("text", "word"), NOT_NAMED)
def test_words_that_name_nothing_are_no_members(read: Read, text: str, word: str) -> None:
    _, cast = read(text)
    assert word not in {text[slice(*mention.span)] for one in cast.members for mention in one.mentions}


@pytest.mark.parametrize(("text", "people"), ONE_MEMBER)
def test_one_person_is_one_member(read: Read, text: str, people: list[str]) -> None:
    _, cast = read(text)
    assert [one.name for one in cast.members if one.type == "person"] == people


@pytest.mark.parametrize(("text", "body"), ONE_BODY)
def test_one_body_is_one_member(read: Read, text: str, body: str) -> None:
    _, cast = read(text)
    assert [one.name for one in cast.members if one.type == "organisation"] == [body]


def test_initials_in_brackets_must_fit_a_body_that_the_world_knows(read: Read) -> None:
    _, cast = read("The Arland Guard of the United Nations (AGU) met. The AGU left.")
    assert "AGU" not in member(cast, "United Nations").aliases


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Polls opened in Ohio and Georgia on Tuesday.", "US"),
        ("Georgia and Armenia signed in Washington.", "GE"),
        ("Georgia accused Russia; the United States agreed.", "GE"),
        ("Georgia signed.", "GE"),
    ],
)
def test_georgia_is_what_its_company_makes_it(read: Read, text: str, country: str) -> None:
    _, cast = read(text)
    assert member(cast, "Georgia").country == country


def test_a_capital_stands_for_a_government_only_where_it_acts(read: Read) -> None:
    _, acting = read("Moscow rejected the claim that Russia lied.")
    assert acting.members[member(acting, "Moscow").stands_for or 0].name == "Russia"
    _, visited = read("He flew to Moscow, which is in Russia.")
    assert member(visited, "Moscow").stands_for is None
    _, alone = read("Moscow rejected the claim.")
    assert (member(alone, "Moscow").stands_for, member(alone, "Moscow").country) == (None, "RU")


def test_a_body_without_a_country_has_that_of_its_officers(read: Read) -> None:
    _, cast = read(
        "Russian Chief of General Staff Valery Gerasimov met Anne Petit, the French ambassador to the United Nations."
    )
    assert member(cast, "General Staff").country == "RU"
    assert member(cast, "United Nations").country is None


def test_a_headline_in_capitals_joins_the_names_of_the_body(read: Read) -> None:
    _, cast = read("MERKEL MEETS PUTIN IN MOSCOW\nAngela Merkel met Vladimir Putin in Moscow on Monday.")
    assert [one.name for one in cast.members] == ["Angela Merkel", "Vladimir Putin", "Moscow"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(NEWS, NEWS.map(str.upper), st.text(max_size=120)))
def test_any_text_gives_a_sound_cast(pipeline: Language, gazetteer: Gazetteer, body: str) -> None:
    (doc,) = annotate(pipeline, [body])
    cast = find_cast(doc, gazetteer)
    places = [mention.span for one in cast.members for mention in one.mentions]
    assert all(0 <= span.start < span.end <= len(body) for span in places)
    assert all(one.mentions and one.name for one in cast.members)
    assert len(set(places)) == len(places)
    firsts = [one.mentions[0].span for one in cast.members]
    assert firsts == sorted(firsts)
    assert all(one.stands_for is None or 0 <= one.stands_for < len(cast.members) for one in cast.members)
    assert find_cast(doc, gazetteer) == cast
