"""The labels of contacts: well formed by themselves, and within the texts where those are at hand."""

import os
from pathlib import Path
from typing import get_args

import pytest

from readout.schemas.contact_log import ContactMode
from training.contact_labels import LABELS, labelled_rows, lines_of

STATUSES = {"held", "planned", "refused/cancelled", "denied"}
KINDS = {"person", "role", "group", "org", "country", "nonstate"}


def test_labels_are_well_formed() -> None:
    for row in lines_of(LABELS):
        for contact in row["contacts"]:
            assert len(contact["participants"]) > 1, row["id"]
            assert contact["mode"] in get_args(ContactMode)
            assert contact["status"] in STATUSES
            assert all(place < len(contact["participants"]) for place in contact.get("hub", ()))
            for one in contact["participants"]:
                assert one["kind"] in KINDS
                assert all(start < end for start, end in (one["at"], *one.get("alt", ())))
            assert all(start < end for start, end in contact["evidence"])


def test_no_article_is_labelled_twice() -> None:
    ids = [row["id"] for row in lines_of(LABELS)]
    assert len(ids) == len(set(ids))


@pytest.mark.skipif("READOUT_DEV_DATA" not in os.environ, reason="the texts are not at hand")
def test_labels_lie_within_their_texts() -> None:
    for row in labelled_rows(Path(os.environ["READOUT_DEV_DATA"])):
        for contact in row["gold"]["contacts"]:
            for one in (*contact["participants"], *contact["evidence"]):
                assert one["text"].strip(), (row["id"], one)
                assert one["end"] <= len(row["text"])
