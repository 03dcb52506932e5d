"""Score the consolidation on articles that say which contact each of their sentences tells of.

Reads:  labelled articles (`set.jsonl`), and what the derivation makes of them
Writes: which labelled mentions the derivation finds, and of those pairwise precision and recall and B-cubed, in percent

    python -m tests.consolidation.scoring

A mention is found if a derived record has evidence in its sentence and shares a participant with it. What the derivation
does not find says nothing of the consolidation and is only counted.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import orjson

from readout.schemas.contact_log import ContactLogged
from readout.schemas.envelope import encode_value
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished
from readout.streams.derive.language import load_language
from readout.streams.processors.consolidation.consolidation import Consolidator
from readout.streams.processors.consolidation.names import likeness, words_of
from readout.streams.processors.consolidation.reports import Input, live_after
from readout.streams.processors.derivation import derive_batch
from readout.streams.processors.records import Derivation
from readout.streams.settings import Settings
from tests.consolidation.dict_memory import DictMemory
from tests.consolidation.made import PRODUCER, fold, knowledge

SET = Path(__file__).parent / "set.jsonl"


@dataclass(frozen=True)
class Mention:
    """A sentence of an article that tells of a contact, as labelled; offsets in code points of the body."""

    article_id: str
    contact: str
    start: int
    end: int
    participants: tuple[str, ...]


@dataclass(frozen=True)
class Scores:
    """In percent; `mentions` are labelled and `found` by the derivation."""

    mentions: int
    found: int
    precision: float
    recall: float
    b_cubed: float


def labelled(file: Path) -> tuple[list[ArticlePublished], list[Mention]]:
    """The articles of a file, and all their mentions."""
    articles, mentions = [], []
    for line in file.read_bytes().splitlines():
        data = orjson.loads(line)
        article = ArticlePublished(
            article_id=data["article_id"],
            revision=1,
            status="usable",
            headline=data.get("headline"),
            body=data["body"],
            published_at=data["published_at"],
            source=data.get("source"),
            byline=data.get("byline"),
        )
        articles.append(article)
        for told in data["contacts"]:
            start = article.body.index(told["evidence"])
            end = start + len(told["evidence"])
            mentions.append(
                Mention(article.article_id, told["contact"], start, end, tuple(told["participants"]))
            )
    return articles, mentions


def contacts_of(articles: Sequence[ArticlePublished]) -> dict[str, list[ContactLogged]]:
    """The contact records that the derivation makes of each article."""
    language = load_language(Settings())
    found: dict[str, list[ContactLogged]] = {}
    for derived in derive_batch(articles, language):
        if isinstance(derived, Derivation):
            values = (one.value or b"" for one in derived.records if one.topic == ContactLogged.topic)
            found[derived.article.article_id] = [ContactLogged.model_validate_json(value) for value in values]
    return found


def consolidated_ids(
    articles: Sequence[ArticlePublished], contacts: Mapping[str, Sequence[ContactLogged]]
) -> dict[str, str]:
    """The consolidated contact of each record, both by id."""
    reports = {
        one.article_id: live_after(
            (),
            [Input(each, sha256_hex(encode_value(each)), one) for each in contacts[one.article_id]],
            knowledge(),
        )
        for one in articles
    }
    states = fold(Consolidator(DictMemory(), PRODUCER).apply(reports), {})
    return {report.record_id: found for found, state in states.items() for report in state.reports}


def matched(
    mentions: Sequence[Mention], contacts: Mapping[str, Sequence[ContactLogged]]
) -> dict[Mention, ContactLogged]:
    """The record that a mention was found as, each record once, the best fitting first."""
    pairs = sorted(
        (
            (-_shared(one, record), -_overlap(one, record), record.contact_id, place, record)
            for place, one in enumerate(mentions)
            for record in contacts.get(one.article_id, ())
            if _overlap(one, record) and _shared(one, record)
        ),
        key=lambda pair: pair[:4],
    )
    found: dict[int, ContactLogged] = {}
    used: set[str] = set()
    for *_, place, record in pairs:
        if place not in found and record.contact_id not in used:
            found[place] = record
            used.add(record.contact_id)
    return {mentions[place]: record for place, record in found.items()}


def _overlap(mention: Mention, record: ContactLogged) -> int:
    return sum(max(0, min(mention.end, one.end) - max(mention.start, one.start)) for one in record.evidence)


def _shared(mention: Mention, record: ContactLogged) -> int:
    """How many labelled participants a record has, by name; or by words of an office, which count less."""
    names = [one.name for one in record.participants]
    by_name = sum(any(likeness(name, told) for name in names) for told in mention.participants)
    by_words = sum(
        any(set(words_of(name)) & set(words_of(told)) for name in names) for told in mention.participants
    )
    return 2 * by_name + by_words


def scores_of(gold: Mapping[str, str], predicted: Mapping[str, str], mentions: int) -> Scores:
    """The scores of found mentions, whose labelled and consolidated contacts are given by record id."""
    pairs = list(combinations(sorted(gold), 2))
    wanted = {pair for pair in pairs if gold[pair[0]] == gold[pair[1]]}
    made = {pair for pair in pairs if predicted[pair[0]] == predicted[pair[1]]}
    right = len(wanted & made)
    return Scores(
        mentions,
        len(gold),
        precision=100 * right / max(1, len(made)),
        recall=100 * right / max(1, len(wanted)),
        b_cubed=_b_cubed(gold, predicted),
    )


def _b_cubed(gold: Mapping[str, str], predicted: Mapping[str, str]) -> float:
    """The harmonic mean of B-cubed precision and recall, in percent."""
    by_gold, by_predicted = _groups(gold), _groups(predicted)
    shares = [(by_gold[gold[one]], by_predicted[predicted[one]]) for one in gold]
    precision = sum(len(wanted & made) / len(made) for wanted, made in shares) / len(shares)
    recall = sum(len(wanted & made) / len(wanted) for wanted, made in shares) / len(shares)
    return 200 * precision * recall / (precision + recall)


def _groups(labels: Mapping[str, str]) -> dict[str, set[str]]:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for one, label in labels.items():
        groups[label].add(one)
    return groups


def score(file: Path = SET) -> tuple[Scores, list[str]]:
    """The scores on a labelled file, and a line for each pair that was wrongly joined or kept apart."""
    articles, mentions = labelled(file)
    contacts = contacts_of(articles)
    found = matched(mentions, contacts)
    ids = consolidated_ids(articles, contacts)
    gold = {record.contact_id: mention.contact for mention, record in found.items()}
    predicted = {record_id: ids[record_id] for record_id in gold}
    records = {record.contact_id: (mention, record) for mention, record in found.items()}
    return scores_of(gold, predicted, len(mentions)), list(_wrong(gold, predicted, records))


def _wrong(
    gold: Mapping[str, str],
    predicted: Mapping[str, str],
    records: Mapping[str, tuple[Mention, ContactLogged]],
) -> Iterator[str]:
    for one, other in combinations(sorted(gold, key=lambda name: records[name][0].article_id), 2):
        is_wanted, is_made = gold[one] == gold[other], predicted[one] == predicted[other]
        if is_wanted != is_made:
            said = "apart" if is_wanted else "joined"
            yield f"{said}\n  {_shown(*records[one])}\n  {_shown(*records[other])}"


def _shown(mention: Mention, record: ContactLogged) -> str:
    people = "; ".join(f"{one.name} ({one.country}, {one.title})" for one in record.participants)
    when = f"{record.occurred_on.date} {record.mode} {record.status}"
    return f"{mention.article_id} {mention.contact} {when}: {people}"


def main() -> None:
    """Print the scores, and with any argument what is wrong."""
    scores, wrong = score(Path(sys.argv[1]) if len(sys.argv) > 1 else SET)
    print(*(wrong if len(sys.argv) > 1 else ()), sep="\n")
    kinds = Counter(line.split("\n", maxsplit=1)[0] for line in wrong)
    print(f"{scores.mentions} mentions, {scores.found} found by the derivation; wrong pairs: {dict(kinds)}")
    print(
        f"pairwise precision {scores.precision:.1f}, recall {scores.recall:.1f}; B-cubed F1 {scores.b_cubed:.1f}"
    )


if __name__ == "__main__":
    main()
