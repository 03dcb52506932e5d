"""The seed article gives exactly what stands in this folder, one file a topic.

Producer, digests, ids and confidence are left out: they change with every build or training, or follow from the
rest. When the derivation has improved, `python -m tests.golden.test_seed` writes the files anew; commit them with
the reason.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from readout.streams.commands.run import seeds_folder
from readout.streams.derive.language import load_language
from readout.streams.processors.derivation import derive_batch
from readout.streams.processors.records import Derivation
from readout.streams.publish.drafts import Limits
from readout.streams.publish.sources import Found, read_sources
from readout.streams.settings import Settings

HERE = Path(__file__).parent
STEMS = ("entities", "statements", "contact-log")
_LEFT_OUT = {"producer", "text_sha256", "article_id", "revision", "prefix", "suffix", "confidence"}


def seed_records() -> dict[str, list[dict[str, Any]]]:
    """The values of the seed article's records by topic, ids replaced by the names that they stand for."""
    (found,) = read_sources([str(seeds_folder())], Limits(10**6, 10**7))
    assert isinstance(found, Found)
    (derived,) = derive_batch([found.article], load_language(Settings()))
    assert isinstance(derived, Derivation)
    values = [(record.topic, json.loads(record.value or b"")) for record in derived.records]
    names = {value["entity_id"]: value["name"] for topic, value in values if topic == "entities"}
    names |= {
        value["statement_id"]: value["content"]["text"][:40]
        for topic, value in values
        if topic == "statements"
    }
    return {stem: [readable(value, names) for topic, value in values if topic == stem] for stem in STEMS}


def readable(data: Any, names: dict[str, str]) -> Any:
    """The data without what changes by itself."""
    if isinstance(data, dict):
        return {key: readable(value, names) for key, value in data.items() if key not in _LEFT_OUT}
    if isinstance(data, list):
        return [readable(value, names) for value in data]
    return names.get(data, data) if isinstance(data, str) else data


def without_own_id(stem: str, value: dict[str, Any]) -> dict[str, Any]:
    own = {"entities": "entity_id", "statements": "statement_id", "contact-log": "contact_id"}[stem]
    return {key: part for key, part in value.items() if key != own}


def golden_lines(stem: str, values: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(without_own_id(stem, value), ensure_ascii=False, sort_keys=True) for value in values]


@pytest.fixture(scope="module")
def seed() -> dict[str, list[dict[str, Any]]]:
    return seed_records()


@pytest.mark.parametrize("stem", STEMS)
def test_the_seed_gives_exactly_its_golden_lines(stem: str, seed: dict[str, list[dict[str, Any]]]) -> None:
    golden = (HERE / f"{stem}.jsonl").read_text("utf-8").splitlines()
    assert golden_lines(stem, seed[stem]) == golden


def test_the_contact_log_says_who_was_in_contact(seed: dict[str, list[dict[str, Any]]]) -> None:
    contacts = [
        (
            contact["mode"],
            contact["status"],
            contact["occurred_on"]["date"],
            {one["name"] for one in contact["participants"]},
        )
        for contact in seed["contact-log"]
    ]
    ministers = {"US defence minister", "French defence minister", "Turkish defence minister"}
    assert len(contacts) == 3
    assert ("call", "held", "2022-10-24", {"Valery Gerasimov", "Mark Milley"}) in contacts
    assert ("call", "held", "2022-10-23", {"Sergei Shoigu", *ministers}) in contacts
    (milley,) = [contact for contact in contacts if "Valery Zaluzhny" in contact[3]]
    assert milley[0] in {"call", "talks"}
    assert milley[1:] == ("held", "2022-10-24", {"Mark Milley", "Valery Zaluzhny"})
    (hub,) = [
        one["name"]
        for contact in seed["contact-log"]
        for one in contact["participants"]
        if one["part"] == "hub"
    ]
    assert hub == "Sergei Shoigu"


STATEMENTS = (
    ("Dave Butler", "discussed several security-related issues of concern"),
    ("Dave Butler", "Milley also held talks with Ukrainian Armed Forces Gen. Valery Zaluzhny"),
    ("the readout", "The Chairman reaffirmed unwavering support"),
    ("RIA news agency", "The military chiefs of Russia, US and Ukraine held talks"),
    ("RIA news agency", "the talks pertained to the alleged use of ‘dirty bombs’ by Ukraine"),
    ("Sergei Shoigu", "concerned about possible provocations by Kyiv"),
    ("the foreign ministers of France, the UK and the US", "Russia's transparently false allegations"),
    ("the foreign ministers of France, the UK and the US", "they would continue supporting Ukraine"),
)


@pytest.mark.parametrize(("source", "content"), STATEMENTS)
def test_every_statement_of_the_seed_is_there(
    source: str, content: str, seed: dict[str, list[dict[str, Any]]]
) -> None:
    found = [one for one in seed["statements"] if content in one["content"]["text"] and one["source"]]
    assert source in {one["source"]["name"] for one in found}


def test_moscows_claims_are_nested_in_what_ria_reports(seed: dict[str, list[dict[str, Any]]]) -> None:
    (claims,) = [one for one in seed["statements"] if one["cue"] and one["cue"]["lemma"] == "claim"]
    assert claims["source"]["name"] in {"Moscow", "Russia"}
    assert claims["nested_in"].startswith("The military chiefs of Russia")


def test_the_chairman_is_milley_and_the_spokesperson_is_butler(seed: dict[str, list[dict[str, Any]]]) -> None:
    words = {
        entity["name"]: {mention["selector"]["exact"] for mention in entity["mentions"]}
        for entity in seed["entities"]
    }
    assert "The Chairman" in words["Mark Milley"]
    assert "the spokesperson" in words["Dave Butler"]


def main() -> None:
    """Write the golden files anew."""
    for stem, values in seed_records().items():
        (HERE / f"{stem}.jsonl").write_text("\n".join(golden_lines(stem, values)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
