"""Training contacts: equal articles give equal bytes, and what is learned is what was shown."""

from datetime import date
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from readout.streams.text.contact_log.contact_model import ContactModel
from readout.streams.text.contact_log.contacts import Extractor, contacts_in
from readout.streams.text.contact_log.scene import Scene
from readout.streams.text.contact_log.tokens import Tokens
from readout.streams.text.entities.names import find_cast
from readout.streams.text.entities.words import Words
from readout.streams.text.parser.annotate import annotate
from tests.unit.text.contact_log.contacts_told import gazetteer, pipeline
from training.contact_gold import GoldArticle, fold_of, is_held_out
from training.contact_report import Predicted, reliability
from training.contact_training import FOLDS, Trained, train_model
from training.linear_training import Recipe, Rows, train_scores

PEOPLE = ("Ana Lima", "Marek Novak", "Emil Wolf", "Greta Holm", "Ivo Berg", "Nora Falk")


class Scorer(ModuleType):
    """A scorer that knows participants by their names, with what training asks of the corpus' own."""

    def same_participant(self, told: dict[str, Any], gold: dict[str, Any]) -> bool:
        return bool(told["name"] == gold["name"])

    def matching(self, told: list[dict[str, Any]], gold: list[dict[str, Any]]) -> dict[int, int]:
        names = [one["name"] for one in told]
        return {place: names.index(one["name"]) for place, one in enumerate(gold) if one["name"] in names}

    def weight(self, told: dict[str, Any], gold: dict[str, Any], match: dict[int, int]) -> int:
        del told, gold
        return len(match)

    def assign(self, weights: tuple[tuple[int, ...], ...]) -> dict[int, int]:
        free = dict.fromkeys(range(len(weights[0])) if weights else ())
        taken = {}
        for place, row in enumerate(weights):
            fit = next((other for other in free if row[other]), None)
            if fit is not None:
                taken[place] = fit
                del free[fit]
        return taken


def article(number: int) -> GoldArticle:
    """One sentence that tells of a contact by a verb that no rule knows, and one that tells of none."""
    one, other = PEOPLE[number % 6], PEOPLE[(number + 1 + number // 6 % 4) % 6]
    body = f"{one} cornered {other} in Oslo. {other} praised {one} in a speech."
    (doc,) = annotate(pipeline(), [body])
    words = Words.of(doc)
    scene = Scene(Tokens(doc, words), find_cast(doc, gazetteer(), words), gazetteer())
    contact = {
        "cid": f"{number}/1",
        "participants": [{"name": one}, {"name": other}],
        "evidence": [{"start": 0, "end": body.index(".") + 1}],
        "optional": False,
        "hub": None,
    }
    return GoldArticle(
        f"article {number}", "made", "made", scene, date(2021, 6, 9), [contact], Scorer("made")
    )


@pytest.fixture(scope="module")
def articles() -> list[GoldArticle]:
    return [article(number) for number in range(48)]


@pytest.fixture(scope="module")
def trained(articles: list[GoldArticle]) -> Trained:
    return train_model(articles)


def test_training_twice_gives_the_same_bytes(trained: Trained) -> None:
    again = train_model([article(number) for number in range(48)])
    assert again.model.to_bytes() == trained.model.to_bytes()
    assert [fold.to_bytes() for fold in again.folds] == [fold.to_bytes() for fold in trained.folds]


def test_articles_that_training_has_not_seen_show_what_was_learned(trained: Trained) -> None:
    for number in range(48, 53):
        unseen = article(number)
        found = list(contacts_in(unseen.scene, unseen.published_on, Extractor(trained.model)))
        assert [{one.name for one in contact.attendees} for contact in found] == [
            {one["name"] for one in unseen.contacts[0]["participants"]}
        ]
        assert "cornered" in unseen.scene.body[slice(*found[0].evidence[0])]


def test_the_model_of_a_fold_has_not_seen_its_articles(articles: list[GoldArticle], trained: Trained) -> None:
    assert len(trained.folds) == FOLDS
    for one in articles:
        assert trained.unseen(one.article_id) is trained.folds[fold_of(one.article_id, FOLDS)]
    others = [one for one in articles if fold_of(one.article_id, FOLDS) != 0]
    assert 0 < len(others) < len(articles)


def test_weights_are_read_back(trained: Trained) -> None:
    data = trained.model.to_bytes()
    assert ContactModel.from_bytes(data).to_bytes() == data


def test_what_is_held_out_follows_from_the_id_alone() -> None:
    held_out = [is_held_out(f"article {number}") for number in range(2000)]
    assert 0.27 < sum(held_out) / 2000 < 0.35
    assert held_out == [is_held_out(f"article {number}") for number in range(2000)]


def test_linear_scores_learn_what_decides_and_forget_what_is_rare() -> None:
    rows = Rows.of([[f"a{a}", f"b{b}", f"only {a}{b}"] for a, b in product(range(2), range(9))])
    truth = np.array([float(a) for a, _ in product(range(2), range(9))])
    scores = train_scores(rows, truth, np.ones(18), Recipe(penalty=0.1))
    assert scores.score(["a1"]) - scores.score([]) > 1000
    assert scores.score(["a0"]) - scores.score([]) < -1000
    assert abs(scores.score(["b3"]) - scores.score([])) < 100
    assert scores.score(["only 13"]) == scores.score([])


def test_a_row_that_counts_nothing_teaches_nothing() -> None:
    rows, truth = Rows.of([["a"], ["a"], ["b"], ["b"]]), np.array([1.0, 1.0, 0.0, 0.0])
    scores = train_scores(rows, truth, np.array([1.0, 1.0, 0.0, 0.0]), Recipe())
    assert scores.score(["b"]) == scores.score([])


def test_reliability_counts_what_is_right_of_each_confidence(articles: list[GoldArticle]) -> None:
    right = {"participants": articles[0].contacts[0]["participants"]}
    found = {articles[0].article_id: [Predicted(right, 950), Predicted({"participants": []}, 120)]}
    assert list(reliability(articles[:1], found))[2:] == [
        "| 100 to 199 | 1 | 120 | 0 |",
        "| 900 to 999 | 1 | 950 | 1000 |",
    ]
