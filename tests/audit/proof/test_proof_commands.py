"""Witness, bundle and erase as a person types them."""

from pathlib import Path

import pytest

from readout.streams.audit.archive.write import write_archive
from tests.audit.ledger import honest_ledger
from tests.audit.test_commands import Typed, typed

__all__ = ["typed"]

SIGN = ("audit", "checkpoint", "--archive", "evidence", "--key", "s.key", "--out", "notes")


@pytest.fixture
async def keys(tmp_path: Path, typed: Typed) -> None:
    """An archive that nobody has signed, a key, a witness's key."""
    await write_archive((await honest_ledger(8)).log, tmp_path / "evidence")
    assert typed("audit", "keygen", "s.key", "--name", "log.example")[0] == 0
    assert typed("audit", "keygen", "w.key", "--name", "witness.example", "--witness")[0] == 0


@pytest.mark.usefixtures("keys")
def test_a_witness_cosigns_files_and_check_demands_it(typed: Typed, tmp_path: Path) -> None:
    assert typed(*SIGN)[0] == 0
    note = _note(tmp_path)
    demand = ("audit", "check", note, "--public-key", "s.key.pub", "--witness", "w.key.pub")
    code, _, err = typed(*demand)
    assert (code, err) == (1, "readout: cosigned by 0 of 1 witnesses, 1 are demanded\n")
    code, out, _ = typed("audit", "witness", "--key", "w.key", "--public-key", "s.key.pub", note)
    assert (code, out) == (0, f"{note}.cosignatures\n")
    code, _, err = typed(*SIGN, "--witness-key", "w.key.pub")
    assert (code, err.splitlines()[:2]) == (
        0,
        [f"{note}: cosignatures added", "0 checkpoints signed by log.example"],
    )
    code, out, _ = typed(*demand, "--quorum", "1")
    assert code == 0
    assert out.endswith(", cosigned by witness.example\n")


def _note(folder: Path) -> str:
    return str(next((folder / "notes").glob("news-0.*.txt")).relative_to(folder))


@pytest.mark.usefixtures("keys")
def test_signing_twice_changes_nothing_and_no_file_is_written_over(typed: Typed, tmp_path: Path) -> None:
    assert typed(*SIGN)[0] == 0
    before = {path: path.read_bytes() for path in (tmp_path / "notes").iterdir()}
    code, out, err = typed(*SIGN)
    assert (code, out, err.splitlines()[0]) == (0, "", "0 checkpoints signed by log.example")
    assert {path: path.read_bytes() for path in (tmp_path / "notes").iterdir()} == before
    note = tmp_path / _note(tmp_path)
    note.write_text("junk")
    code, out, err = typed(*SIGN)
    assert (code, out, note.read_text()) == (1, "", "junk")
    assert "is there and is no checkpoint of this key" in err


@pytest.mark.usefixtures("keys")
def test_an_article_is_erased_and_verified_and_proofs_still_check(typed: Typed, tmp_path: Path) -> None:
    assert typed(*SIGN)[0] == 0
    note = _note(tmp_path)
    bundle = ("audit", "prove", "news/0@0", "--archive", "evidence", "--checkpoint", note)
    code, proof, _ = typed(*bundle)
    assert code == 0
    (tmp_path / "before.json").write_text(proof)
    erase = ("erase", "article-2", "--archive", "evidence", "--key", "s.key", "--reason", "court order")
    code, planned, err = typed(*erase, "--dry-run")
    assert (code, err.endswith("would be erased (dry run: nothing was written)\n")) == (0, True)
    code, done, err = typed(*erase)
    assert (code, done) == (0, planned)
    assert err.endswith("records erased, signed by log.example\n")
    code, _, err = typed(*erase)
    assert (code, err) == (1, "readout: evidence holds no record of an article 'article-2'\n")
    (tmp_path / "after.json").write_text(typed(*bundle)[1])
    for name in ("before.json", "after.json"):
        code, out, _ = typed("audit", "check", name, "--public-key", "s.key.pub")
        assert (code, out.startswith("proved: news/0@0 is record 0")) == (0, True)
    assert typed(*SIGN)[0] == 0


WRONG = [
    (
        ("audit", "witness", "--key", "w.key", "--public-key", "s.key.pub"),
        "give either files, or --listen HOST:PORT",
    ),
    (
        ("audit", "witness", "--key", "s.key", "--public-key", "s.key.pub", "n"),
        "n cannot be read: No such file",
    ),
    (
        ("audit", "witness", "--key", "w.key", "--public-key", "s.key.pub", "--listen", "x"),
        "--listen 'x' is no HOST:PORT",
    ),
    ((*SIGN, "--witness", "http://127.0.0.1:9"), "--witness needs --witness-key"),
    (
        ("audit", "checkpoint", "--archive", "evidence", "--key", "w.key"),
        "witness.example is the key of a witness",
    ),
    (("audit", "bundle", "news/0@0", "--archive", "evidence"), "no checkpoint of news/0"),
    (
        ("erase", "nobody", "--archive", "evidence", "--key", "s.key", "--reason", "x"),
        "evidence holds no record of an",
    ),
    (
        ("erase", "article-2", "--archive", "evidence", "--key", "s.key", "--reason", ""),
        "a reason is one line",
    ),
    (
        ("erase", "article-2", "--archive", "nowhere", "--key", "s.key", "--reason", "x"),
        "nowhere is no archive",
    ),
]


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[case[1][:30] for case in WRONG])
def test_what_cannot_be_done_is_one_line(typed: Typed, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = typed(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith(f"readout: {message}")
    assert err.count("\n") == 1
