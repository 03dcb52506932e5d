"""Readings of cues: groups of rows, and articles with more cues than are read at once."""

from pathlib import Path

import numpy as np
import pytest
from spacy.language import Language

from readout.streams.text.parser.annotate import annotate
from readout.streams.text.statements import attributions as attributions_module
from readout.streams.text.statements import candidates as candidates_module
from readout.streams.text.statements.attributions import AttributionModel, find_attributions
from readout.streams.text.statements.row_groups import RowGroups

PARAGRAPH = (
    "Emil Wolf said the vote had failed, and Anna Berg, who led the talks, told reporters that it would be "
    "repeated. “Nobody was hurt. The road is open,” said a spokesman.\n\n"
)
GROUPS = RowGroups(np.array([2, 3, 7, 1, 4, 5]), np.array([3, 0, 1, 2]))


@pytest.fixture(scope="module")
def model() -> AttributionModel:
    (weights,) = (Path(attributions_module.__file__).parent / "models").glob("attribution.[!m]*")
    return AttributionModel.from_bytes(weights.read_bytes())


def test_groups_are_taken_apart_and_together() -> None:
    assert [rows.tolist() for rows in GROUPS] == [[2, 3, 7], [], [1], [4, 5]]
    assert GROUPS.number.tolist() == [0, 0, 0, 2, 3, 3]
    assert GROUPS.sums(GROUPS.rows > 2).tolist() == [2, 0, 0, 2]
    wanted = np.array([True, True, False, True])
    assert [rows.tolist() for rows in GROUPS.only(wanted)] == [[2, 3, 7], [], [4, 5]]
    assert [rows.tolist() for rows in RowGroups.joined([GROUPS, GROUPS])] == [[2, 3, 7], [], [1], [4, 5]] * 2
    filled = GROUPS.only(GROUPS.sizes > 0)
    assert filled.most(filled.rows.astype(np.float32)).tolist() == [7, 1, 5]


def test_flags_become_groups() -> None:
    flags = np.array([[False, True, True], [False, False, False], [True, False, False]])
    assert [rows.tolist() for rows in RowGroups.flagged(flags, np.array([4, 0, 9]))] == [[5, 6], [], [9]]


def test_the_root_of_a_group_hangs_outside_of_it_or_on_itself() -> None:
    heads = np.array([0, 2, 3, 3, 5, 4, 0, 9, 0, 9])
    assert GROUPS.roots(heads).tolist() == [3, -1, 1, 4]  # 4 and 5 hang on each other
    assert RowGroups(np.array([], dtype=np.int64), np.array([0])).roots(heads).tolist() == [-1]


@pytest.mark.parametrize("at_once", [1, 5])
def test_cues_read_some_at_a_time_give_the_same(
    at_once: int, pipeline: Language, model: AttributionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    (doc,) = annotate(pipeline, [PARAGRAPH * 4])
    together = find_attributions(doc, model)
    monkeypatch.setattr(candidates_module, "_AT_ONCE", at_once)
    assert find_attributions(doc, model) == together
    assert len(together) >= 8
