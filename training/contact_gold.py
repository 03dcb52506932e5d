"""Articles with annotated contacts, parsed, as the contact model learns from them.

Reads:  folders with `docs.jsonl` and `gold.jsonl`, the labels of this folder, and the scorer, whose matching is the
        measure
Writes: articles, and what is annotated of a pair, of a group of mentions and of a contact
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType

from spacy.language import Language

from readout.streams.text.contact_log.contacts import Contact
from readout.streams.text.contact_log.pairs import Pair
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.scene import Scene
from readout.streams.text.contact_log.tokens import Tokens
from readout.streams.text.dates import Anchors
from readout.streams.text.entities.names import find_cast
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Gazetteer
from readout.streams.text.parser.annotate import annotate
from training.contact_labels import Row, labelled_rows, lines_of

FOLDERS = ("contacts/dev", "contacts-wide", "contacts-train")
RIGHT, FALSE, OPTIONAL = 1, 0, 2
_HELD_OUT_PERCENT = 31
_DAY = 10


@dataclass(frozen=True)
class GoldArticle:
    """One article with its annotated contacts."""

    article_id: str
    folder: str
    stratum: str
    scene: Scene
    published_on: date | None
    contacts: Sequence[Row]
    scorer: ModuleType


def is_held_out(article_id: str) -> bool:
    """Is it for the last examination only? Nearly a third of all articles, by the digest of the id."""
    return _number(article_id, 100) < _HELD_OUT_PERCENT


def fold_of(article_id: str, folds: int) -> int:
    """The fold of an article in cross-validation."""
    return _number("f" + article_id, folds)


def _number(text: str, size: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % size


def read_articles(data: Path, nlp: Language, gazetteer: Gazetteer, *, held_out: bool) -> list[GoldArticle]:
    """The articles of all folders that are held out, or those that are not, in the order of their ids."""
    rows = [row for row in _rows(data) if is_held_out(row["id"]) == held_out]
    scorer = load_scorer(data / "contacts" / "score.py")
    docs = annotate(nlp, [row["text"] for row in rows])
    articles = []
    for row, doc in zip(rows, docs, strict=True):
        words = Words.of(doc)
        day = date.fromisoformat(row["published"][:_DAY]) if len(row["published"] or "") >= _DAY else None
        scene = Scene(Tokens(doc, words), find_cast(doc, gazetteer, words), gazetteer, Anchors(day))
        gold = row["gold"]
        articles.append(
            GoldArticle(row["id"], row["folder"], gold["stratum"], scene, day, gold["contacts"], scorer)
        )
    return articles


def _rows(data: Path) -> list[Row]:
    found = {row["id"]: row for row in labelled_rows(data)}
    for folder in FOLDERS:
        gold = {row["id"]: row for row in lines_of(data / folder / "gold.jsonl")}
        for row in lines_of(data / folder / "docs.jsonl"):
            found[row["id"]] = row | {"folder": folder, "gold": gold[row["id"]]}
    return [found[article_id] for article_id in sorted(found)]


def load_scorer(path: Path) -> ModuleType:
    """The scorer as a module.

    Raises:
        FileNotFoundError: there is none.
    """
    spec = importlib.util.spec_from_file_location("contact_scorer", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(path)
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return scorer


def annotation_of(pair: Pair, article: GoldArticle) -> tuple[int, str | None]:
    """Is a pair of mentions annotated, in its sentence, as RIGHT, FALSE or OPTIONAL, and in which contact?"""
    sentence = article.scene.sentence(article.scene.doc[pair.sentence])
    found: tuple[int, str | None] = FALSE, None
    for contact in article.contacts:
        inside = any(
            part["start"] < sentence.end and sentence.start < part["end"] for part in contact["evidence"]
        )
        if inside and _are_two(pair, contact, article.scorer):
            if not contact["optional"]:
                return RIGHT, contact["cid"]
            found = OPTIONAL, contact["cid"]
    return found


def _are_two(pair: Pair, contact: Row, scorer: ModuleType) -> bool:
    one, other = (
        {n for n, gold in enumerate(contact["participants"]) if scorer.same_participant(told, gold)}
        for told in (_told(pair.one.party), _told(pair.other.party))
    )
    return any(first != second for first in one for second in other)


def _told(party: Party) -> Row:
    return {"name": party.name, "start": party.span.start, "end": party.span.end}


def prediction(contact: Contact) -> Row:
    """A contact as the scorer reads it."""
    return {
        "participants": [
            {"name": one.name, "start": one.spans[0].start, "end": one.spans[0].end}
            for one in contact.attendees
        ],
        "mode": contact.mode,
        "status": contact.status,
        "date": contact.occurred_on.date if contact.occurred_on else None,
        "evidence": [{"start": span.start, "end": span.end} for span in contact.evidence],
    }


def judgements(predictions: Sequence[Row], article: GoldArticle) -> list[int]:
    """Is each prediction RIGHT, FALSE or OPTIONAL, as the scorer assigns them to the annotation?"""
    gold, scorer = article.contacts, article.scorer
    matches = _matches(predictions, article)
    weights = _weights(predictions, article, matches)
    taken = scorer.assign(weights) if predictions else {}
    found = []
    for number in range(len(predictions)):
        if number in taken:
            found.append(OPTIONAL if gold[taken[number]]["optional"] else RIGHT)
        else:
            found.append(OPTIONAL if _is_ignored(matches[number], gold) else FALSE)
    return found


def _is_ignored(matches: Sequence[dict[int, int]], gold: Sequence[Row]) -> bool:
    """Does a prediction that nothing is left for describe an optional contact, or a part of one with a hub?"""
    return any(
        len(match) > 1 and (contact["optional"] or (contact["hub"] and set(contact["hub"]) & set(match)))
        for match, contact in zip(matches, gold, strict=True)
    )


def contact_of(predicted: Row, article: GoldArticle) -> int | None:
    """Which annotated contact a prediction fits best; None if none."""
    (weights,) = _weights([predicted], article, _matches([predicted], article))
    best = max(weights, default=0)
    return weights.index(best) if best else None


def _matches(predictions: Sequence[Row], article: GoldArticle) -> list[list[dict[int, int]]]:
    return [
        [
            article.scorer.matching(one["participants"], contact["participants"])
            for contact in article.contacts
        ]
        for one in predictions
    ]


def _weights(
    predictions: Sequence[Row], article: GoldArticle, matches: list[list[dict[int, int]]]
) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(
            article.scorer.weight(one, contact, match) if len(match) > 1 else 0
            for contact, match in zip(article.contacts, row, strict=True)
        )
        for one, row in zip(predictions, matches, strict=True)
    )
