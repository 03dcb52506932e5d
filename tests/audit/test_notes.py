"""Signed notes: written as their specification says, and everything that makes a note no note of ours."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from readout.schemas.checkpoints import Checkpoint, checkpoint_text, parse_checkpoint
from readout.streams.audit.proof.notes import (
    new_key,
    open_note,
    parse_private_key,
    parse_public_key,
    sign,
    split_note,
)
from readout.streams.errors import ConfigurationError, ReplayMismatch

# Made for these tests; it signs nothing else.
PRIVATE = "PRIVATE+KEY+auditor.example+9a0daeae+Af51vTt7+w1w1wsXV7Hidt8pesonKj2ReO60BiRW6tWR"
PUBLIC = "auditor.example+9a0daeae+ATwfPUH1ILOh6A1QMH4Z7DVi2AM0bviajF9QbOBvEe+Y"
TEXT = "Two ministers spoke.\nThe log says when.\n"
NOTE = sign(TEXT, parse_private_key(PRIVATE))
# The example of c2sp.org/tlog-checkpoint.
C2SP_NOTE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
)


def test_a_note_is_signed_as_its_specification_says() -> None:
    """c2sp.org/signed-note: four bytes that name the key, then the Ed25519 signature of the text."""
    key = base64.b64decode(PUBLIC.split("+", 2)[2])
    key_id = hashlib.sha256(b"auditor.example\n" + key).digest()[:4]
    text, _, line = NOTE.rpartition("\n\n")
    name, encoded = line.removeprefix("\u2014 ").split()
    signature = base64.b64decode(encoded)
    assert (text + "\n", name, key_id.hex()) == (TEXT, "auditor.example", PUBLIC.split("+")[1])
    assert (key[:1], signature[:4]) == (b"\x01", key_id)
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], TEXT.encode())


def test_a_note_is_opened_with_the_public_key_alone() -> None:
    assert open_note(NOTE, parse_public_key(PUBLIC)) == TEXT


def test_keys_are_written_as_they_are_read() -> None:
    assert parse_private_key(PRIVATE).line() == PRIVATE
    assert parse_private_key(PRIVATE).public.line() == PUBLIC


def test_the_checkpoint_of_the_specification_is_read() -> None:
    text, signatures = split_note(C2SP_NOTE)
    checkpoint = parse_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint_text(checkpoint) == text
    assert [name for name, _ in signatures] == ["example.com/behind-the-sofa"]


def test_a_text_with_an_empty_line_is_split_at_the_last_one() -> None:
    paragraphs = "A first paragraph.\n\nAnd a second one.\n"
    text, signatures = split_note(sign(paragraphs, parse_private_key(PRIVATE)))
    assert text == paragraphs
    assert len(signatures[0][1]) == 68


def test_signatures_of_others_are_passed_over() -> None:
    both = NOTE + "— witness.example " + base64.b64encode(b"x" * 68).decode() + "\n"
    assert open_note(both, parse_public_key(PUBLIC)) == TEXT


def test_a_key_of_another_name_did_not_sign() -> None:
    with pytest.raises(ReplayMismatch, match=r"not signed by another\.example"):
        open_note(NOTE, new_key("another.example").public)


def test_a_changed_text_is_a_forgery() -> None:
    with pytest.raises(ReplayMismatch, match="forged"):
        open_note(NOTE.replace("spoke", "met"), parse_public_key(PUBLIC))


@pytest.mark.parametrize(
    "note", ["", "text\n", "text\n\n", "text\n\nno dash\n", "te\rxt\n\n— a eHg4eHh4\n", "t\n\n— a x\n"]
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(ReplayMismatch):
        split_note(note)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        PUBLIC[:-4],
        PUBLIC.replace("ATwf", "BTwf"),
        PUBLIC.replace("9a0daeae", "9a0daeaf"),
    ],
)
def test_a_key_with_a_wrong_letter_is_refused(line: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_public_key(line)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb"])
def test_a_key_name_that_no_note_can_carry_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="no key name"):
        new_key(name)


@pytest.mark.parametrize(
    "text",
    ["", "o\n1\n", "o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "o\n1\nCsUY\n", "o\n1\n\nx\n"],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"checkpoint|size|base64"):
        parse_checkpoint(text)


def test_a_checkpoint_comes_back_equal() -> None:
    checkpoint = Checkpoint("readout.example/news/0", 7, b"r" * 32)
    assert parse_checkpoint(checkpoint_text(checkpoint)) == checkpoint
