"""Signed notes: keys and signatures that other tools made, and everything that makes a note no note of ours."""

import base64

import pytest

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

# The example of the documentation of Go's package golang.org/x/mod/sumdb/note; the key is public knowledge.
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of c2sp.org/tlog-checkpoint.
C2SP_NOTE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
)
# The example of c2sp.org/signed-note: its text holds an empty line.
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQw"
    "aqP3ZekRwNtIc=\n"
)


def test_go_s_example_is_signed_and_opened_to_the_letter() -> None:
    assert sign(GO_TEXT, parse_private_key(GO_PRIVATE)) == GO_NOTE
    assert open_note(GO_NOTE, parse_public_key(GO_PUBLIC)) == GO_TEXT


def test_go_s_keys_are_written_as_go_writes_them() -> None:
    assert parse_private_key(GO_PRIVATE).line() == GO_PRIVATE
    assert parse_private_key(GO_PRIVATE).public.line() == GO_PUBLIC


def test_the_checkpoint_of_the_specification_is_read() -> None:
    text, signatures = split_note(C2SP_NOTE)
    checkpoint = parse_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint_text(checkpoint) == text
    assert [name for name, _ in signatures] == ["example.com/behind-the-sofa"]


def test_a_text_with_an_empty_line_is_split_at_the_last_one() -> None:
    text, signatures = split_note(POEM)
    assert text.endswith("\n\ned è subito sera.\n")
    assert len(signatures[0][1]) == 68


def test_signatures_of_others_are_passed_over() -> None:
    both = (
        sign(GO_TEXT, parse_private_key(GO_PRIVATE))
        + "— witness.example "
        + base64.b64encode(b"x" * 68).decode()
        + "\n"
    )
    assert open_note(both, parse_public_key(GO_PUBLIC)) == GO_TEXT


def test_a_key_of_another_name_did_not_sign() -> None:
    with pytest.raises(ReplayMismatch, match=r"not signed by another\.example"):
        open_note(GO_NOTE, new_key("another.example").public)


def test_a_changed_text_is_a_forgery() -> None:
    with pytest.raises(ReplayMismatch, match="forged"):
        open_note(GO_NOTE.replace("answer", "remedy"), parse_public_key(GO_PUBLIC))


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
        GO_PUBLIC[:-4],
        GO_PUBLIC.replace("ARpc", "BRpc"),
        GO_PUBLIC.replace("c74f20a3", "c74f20a4"),
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
