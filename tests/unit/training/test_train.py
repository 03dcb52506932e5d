"""Training: any corpus in the same JSON lines gives weights, the same bytes each time, that find what was shown."""

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from spacy.language import Language as Pipeline

from readout.streams.text.parser.annotate import annotate
from readout.streams.text.statements.attribution_model import AttributionModel
from readout.streams.text.statements.attributions import find_attributions
from readout.streams.text.statements.hashed_network import Feature, HashedNetwork, bucket_indices, mix
from readout.streams.text.statements.role_sequence import Chain, best_roles, marginals, padded, role_chances
from training import train_attribution as train
from training.network_training import Recipe, joined, train_binary

NAMES = ("Anna Berg", "Emil Wolf", "The minister", "The ministry", "A spokesman", "Two officials")
CLAUSES = ("the talks would go on", "the road was closed", "nobody was hurt", "the vote had failed")


def article(number: int) -> tuple[str, list[dict[str, list[list[int]]]]]:
    """Sentences of one form, and where source, cue and content stand in them."""
    text, statements = "", []
    for turn in range(6):
        name, clause = NAMES[(number + turn) % len(NAMES)], CLAUSES[(number * 5 + turn) % len(CLAUSES)]
        start = len(text)
        cue = start + len(name) + 1
        text += f"{name} said {clause}. It rained in {name}. "
        statements.append(
            {
                "source": [[start, start + len(name)]],
                "cue": [[cue, cue + 4]],
                "content": [[cue + 5, cue + 5 + len(clause)]],
            }
        )
    return text, statements


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    made = [article(number) for number in range(24)]
    docs = [{"id": str(number), "text": text} for number, (text, _) in enumerate(made)]
    gold = [{"id": str(number), "statements": told} for number, (_, told) in enumerate(made)]
    for name, rows in (("docs", docs), ("gold", gold)):
        (folder / f"{name}.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
        )
    return folder


def trained(corpus: Path, name: str) -> bytes:
    out = corpus / name
    train.main(
        ["--docs", str(corpus / "docs.jsonl"), "--gold", str(corpus / "gold.jsonl"), "--out", str(out)]
    )
    return out.read_bytes()


@pytest.fixture(scope="module")
def weights(corpus: Path) -> bytes:
    return trained(corpus, "first")


def test_training_twice_gives_the_same_bytes(corpus: Path, weights: bytes) -> None:
    assert trained(corpus, "second") == weights


def test_training_learns_what_was_shown(weights: bytes, pipeline: Pipeline) -> None:
    text = "Emil Wolf said the vote had failed."
    (doc,) = annotate(pipeline, [text])
    (found,) = find_attributions(doc, AttributionModel.from_bytes(weights))
    assert [text[slice(*span)] for span in (*found.source, *found.content)] == [
        "Emil Wolf",
        "the vote had failed",
    ]


def test_weights_come_back_from_their_bytes(weights: bytes) -> None:
    assert AttributionModel.from_bytes(weights).to_bytes() == weights


@pytest.mark.parametrize("data", [b"", b"{}", b"no json\n", b'{"format": "other"}\n', b"\x00\xff\n"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="weights"):
        AttributionModel.from_bytes(data)


def test_cut_weights_are_refused(weights: bytes) -> None:
    with pytest.raises(ValueError, match="weights"):
        AttributionModel.from_bytes(weights[:-10])


def features(values: np.ndarray) -> np.ndarray:
    return bucket_indices([values.astype(np.uint64), (values.astype(np.uint64), 7)], 256)


def test_columns_are_mixed_alike_one_by_one_and_together() -> None:
    values, flags = np.arange(-20, 20), np.arange(40) % 3 == 0
    apart: list[Feature] = [mix(values, flags), values, mix(flags, 7, values), mix(values, values)]
    together: list[Feature] = [(values, flags), values, (flags, 7, values), (values, values)]
    assert (bucket_indices(together, 1 << 16) == bucket_indices(apart, 1 << 16)).all()


def test_a_network_learns_which_values_are_true() -> None:
    values = np.arange(400) % 8
    recipe = Recipe(buckets=256, width=8, labels=1, epochs=30, batch=50, dropout=0.1)
    network = train_binary(features(values), values < 3, recipe)
    assert ((network.probabilities(features(values)) > 0.5) == (values < 3)).all()


def test_joined_networks_give_the_mean_of_their_scores() -> None:
    values = np.arange(40) % 8
    recipe = Recipe(buckets=256, width=4, labels=1, epochs=1, batch=10)
    networks: list[HashedNetwork] = [train_binary(features(values), values < 3, recipe) for _ in range(2)]
    mean = (networks[0].scores(features(values)) + networks[1].scores(features(values))) / 2
    assert np.allclose(joined(networks).scores(features(values)), mean, atol=1e-5)


def test_the_chain_prefers_roles_that_follow_each_other() -> None:
    rows = np.array([[0, 2, 0, 0], [0, 1, 0.9, 0], [0, 2, 0, 0], [1, 0, 0, 0]], np.float32)
    scores, mask = padded(rows, [3, 1])
    follows = np.full((4, 4), -5, dtype=np.float32)
    np.fill_diagonal(follows, 1)
    chain = Chain(follows, np.zeros(4, dtype=np.float32))
    assert best_roles(rows, np.array([3, 1]), chain).tolist() == [1, 1, 1, 0]
    found = marginals(scores, mask, chain)
    assert np.allclose(found.tokens[mask].sum(axis=1), 1, atol=1e-5)
    assert found.transitions.sum() == pytest.approx(2, abs=1e-4)


def test_the_likeliest_roles_are_those_that_trying_all_of_them_finds() -> None:
    generator = np.random.default_rng(1)
    rows, sizes = generator.standard_normal((10, 4), dtype=np.float32), np.array([4, 1, 5])
    chain = Chain(*(generator.standard_normal(shape, dtype=np.float32) for shape in ((4, 4), 4)))
    expected = [role for part in np.split(rows, np.cumsum(sizes)[:-1]) for role in likeliest(part, chain)]
    assert best_roles(rows, sizes, chain).tolist() == expected


def likeliest(scores: np.ndarray, chain: Chain) -> tuple[int, ...]:
    def weight(roles: tuple[int, ...]) -> float:
        follows = sum(chain.follows[pair] for pair in pairwise(roles))
        return float(scores[range(len(roles)), roles].sum() + chain.begins[roles[0]] + follows)

    return max(product(range(4), repeat=len(scores)), key=weight)


def test_the_quick_chances_of_roles_are_the_marginals() -> None:
    generator = np.random.default_rng(0)
    rows, sizes = generator.standard_normal((46, 4), dtype=np.float32) * 5, np.array([9, 1, 36])
    scores, mask = padded(rows, sizes)
    chain = Chain(generator.standard_normal((4, 4), dtype=np.float32), np.zeros(4, dtype=np.float32))
    expected = marginals(scores, mask, chain).tokens[mask]
    assert np.allclose(role_chances(rows, sizes, chain), expected, atol=1e-4)
