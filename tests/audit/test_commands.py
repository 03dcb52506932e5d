"""The commands of an audit as a person types them: exit status, and one line for what is wrong."""

import asyncio
import sys
from pathlib import Path

import orjson
import pytest

from readout.streams.audit.archive.write import write_archive
from readout.streams.cli import main
from tests.audit.auditing import KEY, sign_log
from tests.audit.ledger import Ledger, article, honest_ledger


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    ledger = await honest_ledger(10)
    await sign_log(ledger.log)
    await write_archive(ledger.log, tmp_path / "evidence")
    return tmp_path / "evidence"


class Typed:
    """What a command printed and how it ended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        self._monkeypatch = monkeypatch
        self._capture = capfdbinary

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["readout", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capture.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()


@pytest.fixture
def typed(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> Typed:
    monkeypatch.chdir(tmp_path)
    return Typed(monkeypatch, capfdbinary)


CASES = [
    (("audit", "verify", "--archive", "nowhere"), "nowhere is no archive: it has no index.json"),
    (("audit", "prove"), "give either the ID of a record, or --consistency with an older checkpoint"),
    (("audit", "checkpoint", "--key", "nowhere"), "nowhere cannot be read as a private key; make one with"),
    (("audit", "keygen", "k", "--name", "two words"), "'two words' is no key name"),
    (("audit", "check", "nothing", "--public-key", "nowhere"), "nowhere cannot be read as a public key"),
    (("replay", "--archive", "evidence", "--offsets", "a:b"), "--offsets 'a:b': write A:B"),
    (("replay", "--archive", "evidence", "--since", "soon"), "--since 'soon' is no moment"),
    (("replay", "--archive", "evidence", "--to-servers", "h:1"), "--to-servers needs --to TOPIC"),
    (
        ("replay", "--archive", "evidence", "nonsense"),
        "there is no topic 'nonsense' to replay; choose from news",
    ),
    (("replay", "--archive", "evidence", "--partition", "9"), "there is no partition 9"),
    (
        ("audit", "verify", "--archive", "evidence", "--partition", "9"),
        "there is no partition 9: the topics have 2",
    ),
    (("replay", "--archive", "evidence", "--person", "Nobody"), "no record is of 'Nobody'"),
    (("replay", "--archive", "evidence", "--article", "zz"), "no article has an id that begins with 'zz'"),
    (("replay", "--archive", "evidence", "--article", "a"), "'a' begins several article ids: "),
    (("trace", "zz", "--archive", "evidence"), "'zz' is too short"),
    (("restore", "nowhere"), "nowhere is no archive"),
]


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(("arguments", "message"), CASES, ids=[" ".join(case[0]) for case in CASES])
def test_what_cannot_be_done_is_one_line_and_status_1(
    typed: Typed, arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = typed(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith(f"readout: {message}")
    assert err.count("\n") == 1


def test_a_replay_of_an_archive_prints_every_record_as_json(typed: Typed, archive: Path) -> None:
    code, out, _ = typed("replay", "contact-log", "--archive", archive)
    lines = [orjson.loads(line) for line in out.splitlines()]
    assert code == 0
    assert len(lines) >= 10
    assert {line["kafkatopic"] for line in lines} == {"contact-log"}


def test_a_proof_from_an_archive_is_checked_with_the_key_alone(
    typed: Typed, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "key.pub").write_text(KEY.public.line() + "\n")
    code, out, _ = typed("audit", "prove", "contact-log/1@0", "--archive", archive)
    assert code == 0
    (tmp_path / "proof.json").write_text(out)
    code, out, _ = typed("audit", "check", "proof.json", "--public-key", "key.pub")
    assert code == 0
    assert out.startswith("proved: contact-log/1@0 is record 0 of auditor.example/contact-log/1")
    (tmp_path / "proof.json").write_text(
        (tmp_path / "proof.json").read_text().replace("contact-log", "contact_log")
    )
    code, _, err = typed("audit", "check", "proof.json", "--public-key", "key.pub")
    assert code == 1
    assert err.count("\n") == 1


def test_a_damaged_archive_is_named_by_every_command(typed: Typed, archive: Path) -> None:
    segment = archive / "contact-log" / "1" / "00000000000000000000.zst"
    segment.write_bytes(segment.read_bytes()[:-5])
    for arguments in (("replay",), ("trace", "contact-log/1@0"), ("audit", "prove", "contact-log/1@0")):
        code, _, err = typed(*arguments, "--archive", archive)
        assert code == 1
        assert "damaged archive" in err
        assert "contact-log/1/00000000000000000000.zst" in err


async def verified_archive(folder: Path) -> None:
    ledger = Ledger()
    ledger.publish(article("a", "", revision=1, status="withheld"))
    ledger.publish_raw(b"{}")
    await ledger.derive()
    await sign_log(ledger.log)
    await write_archive(ledger.log, folder)


async def test_the_status_of_verify_says_whether_all_is_well(typed: Typed, tmp_path: Path) -> None:
    """Nothing is derived here, but the manifests are of other code than is installed."""
    await verified_archive(tmp_path / "small")

    def verify(*more: str) -> tuple[int, str, str]:
        return typed("audit", "verify", "--archive", "small", *more)

    code, out, err = await asyncio.to_thread(verify)
    assert code == 3
    assert "producer not available here" in out
    assert err == "readout: what is there fits, but not everything could be derived again (--with-producer)\n"
    code, out, _ = await asyncio.to_thread(verify, "--json")
    lines = [orjson.loads(line) for line in out.splitlines()]
    assert code == 3
    assert lines[-1]["account"]["status"] == "not checked"
    assert [list(line) for line in lines] == [["finding"], ["account"]]
    assert lines[-1]["account"]["outcomes"] == {"withheld or canceled": 1, "dead-lettered": 1}


def test_a_second_signing_says_what_it_has_not_read_again(typed: Typed, archive: Path) -> None:
    assert typed("audit", "keygen", "key", "--name", "auditor.example/two")[0] == 0
    sign = ("audit", "checkpoint", "--archive", archive, "--key", "key", "--out", "notes")
    status, out, err = typed(*sign)
    assert (status, "not read again" in err) == (0, False)
    signed = sum(int(line.split()[1]) for line in out.splitlines())
    status, out, err = typed(*sign)
    assert (status, out) == (0, "")
    assert f"{signed} records signed before and not read again since 20" in err
    assert typed(*sign, "--rebuild")[2] == "0 checkpoints signed by auditor.example/two\n"
    (Path("key.state")).write_text("nonsense")
    assert "key.state is not believed" in typed(*sign)[2]
