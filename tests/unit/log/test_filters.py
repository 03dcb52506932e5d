"""Choosing records by what they say, and refusing what could never choose any."""

import pytest

from readout import (
    ArticlePublished,
    ConfigurationError,
    ContactLogged,
    EntityMentioned,
    Event,
    Extent,
    Filter,
    RecordWithdrawn,
    StatementAttributed,
    read,
    testing,
)
from readout.testing import MemoryLog, example

readout_log = testing.readout_log
CONTACT = example(ContactLogged)
HELD = {
    "a name": Filter(person="Mark Milley"),
    "a part of one, in other letters": Filter(person="gerasimov"),
    "the beginning of an entity's id": Filter(person=(CONTACT.participants[0].entity_id or "")[:12]),
    "a country": Filter(country="ru"),
    "one of several": Filter(mode=("visit", "call"), country=("FR", "US")),
    "all of several": Filter(mode="call", status="held", person="Milley", article=CONTACT.article_id),
}
NOT_HELD = {
    "another name": Filter(person="Shoigu"),
    "another id": Filter(person="00000000"),
    "another country": Filter(country="FR"),
    "another mode": Filter(mode="visit"),
    "one of several kinds that does not hold": Filter(mode="call", status="planned"),
    "the beginning of an article's id": Filter(article=CONTACT.article_id[:10]),
}


@pytest.mark.parametrize("case", HELD)
def test_what_a_contact_says_chooses_it(case: str, readout_log: MemoryLog) -> None:
    readout_log.append(CONTACT)
    assert list(read(ContactLogged, where=HELD[case])) == [CONTACT]


@pytest.mark.parametrize("case", NOT_HELD)
def test_what_it_does_not_say_leaves_it_out(case: str, readout_log: MemoryLog) -> None:
    readout_log.append(CONTACT)
    assert list(read(ContactLogged, where=NOT_HELD[case])) == []


def test_a_withdrawal_is_chosen_with_what_it_takes_back_and_only_then(readout_log: MemoryLog) -> None:
    withdrawal = example(RecordWithdrawn)
    readout_log.append(CONTACT, withdrawal)
    assert list(read(ContactLogged, RecordWithdrawn, where=Filter(person="Milley"))) == [CONTACT, withdrawal]
    assert list(read(ContactLogged, RecordWithdrawn, where=Filter(person="Shoigu"))) == []


def test_statements_of_older_versions_without_a_status_were_made(readout_log: MemoryLog) -> None:
    readout_log.append(example(StatementAttributed))
    assert len(read(StatementAttributed, where=Filter(status="made"))) == 1
    assert len(read(StatementAttributed, where=Filter(status="denied"))) == 0


def test_articles_are_chosen_by_status_and_never_by_the_words_in_them(readout_log: MemoryLog) -> None:
    readout_log.append(example(ArticlePublished), example(ArticlePublished, revision=2, status="withheld"))
    assert [one.revision for one in read(ArticlePublished, where=Filter(status="withheld"))] == [2]


REFUSED: dict[str, tuple[Filter, type[Event], str]] = {
    "no country code": (Filter(country="USA"), ContactLogged, "'USA' is no country code"),
    "no mode": (Filter(mode="phone"), ContactLogged, "choose from call, letter, meeting"),
    "a status of something else": (Filter(status="made"), ContactLogged, "choose from denied, held"),
    "what statements lack": (Filter(country="US"), StatementAttributed, "statements have no country"),
    "what entities lack": (Filter(mode="call"), EntityMentioned, "entities have no mode"),
    "names in articles": (Filter(person="Milley"), ArticlePublished, "news have no person"),
}


@pytest.mark.usefixtures("readout_log")
@pytest.mark.parametrize("case", REFUSED)
def test_what_can_never_choose_anything_is_refused(case: str) -> None:
    where, kind, message = REFUSED[case]
    with pytest.raises(ConfigurationError, match=message):
        read(kind, where=where)


def test_an_extent_cuts_by_partition_offset_and_moment(readout_log: MemoryLog) -> None:
    contacts = [example(ContactLogged, article_id=f"a{number}") for number in range(8)]
    readout_log.append(*contacts)
    parts = [read(ContactLogged, extent=Extent(partitions=(number,))) for number in (0, 1)]
    assert len(parts[0]) + len(parts[1]) == 8
    assert len(read(ContactLogged, extent=Extent(start=1))) == 8 - sum(map(bool, map(len, parts)))
    with pytest.raises(ConfigurationError, match="there is no partition 7: the topics have 2"):
        read(ContactLogged, extent=Extent(partitions=(7,)))
