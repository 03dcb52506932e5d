"""A link says which log this one was copied from; it is believed as far as its signature and this log bear it out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from readout.schemas.checkpoints import CONTENT_TYPE, Checkpoint
from readout.schemas.envelope import Record
from readout.schemas.ids import sha256_hex
from readout.schemas.links import EVENT_TYPE, KEY, Link, is_link, link_text, parse_link
from readout.streams.audit.findings import Kind
from readout.streams.audit.proof.checkpoint import make_checkpoints
from readout.streams.audit.proof.notes import PrivateKey, new_key, sign
from readout.streams.audit.verify.run import Scope
from tests.audit.auditing import KEY as SIGNER
from tests.audit.auditing import audit, sign_log
from tests.audit.ledger import Ledger, honest_ledger

NOW = "2022-10-25T14:00:00Z"
HEADS = (Checkpoint("log.example/news/0", 3, b"r" * 32), Checkpoint("log.example/news/1", 5, b"s" * 32))


def test_a_link_is_read_as_it_was_written() -> None:
    link = Link(NOW, HEADS, (Checkpoint("log.example/v2.news/0", 8, b"t" * 32),))
    text = link_text(link)
    assert is_link(text.encode())
    assert parse_link(text) == link


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("readout link 1", "readout link 2"),
        lambda text: text.replace("from ", "of "),
        lambda text: text.replace("to ", "from "),
        lambda text: text.replace(" 8 ", " -8 "),
        lambda text: text.replace(" 8 ", " 8 8 "),
        lambda text: text.replace("=\n", "\n", 1),
        lambda text: text.split("\n", 1)[0] + "\n",
    ],
)
def test_what_is_no_link_is_refused(change: Callable[[str], str]) -> None:
    text = link_text(Link(NOW, HEADS, (Checkpoint("log.example/v2.news/0", 8, b"t" * 32),)))
    with pytest.raises(ValueError, match=r"link|size|base64"):
        parse_link(change(text))


async def linked(
    change: Callable[[Link], Link] = lambda link: link, key: PrivateKey = SIGNER, subject: str = KEY
) -> Ledger:
    """A signed log with a link in it."""
    ledger = await honest_ledger(8)
    heads = [one.checkpoint for one in await make_checkpoints(ledger.log, SIGNER, NOW)]
    await sign_log(ledger.log)
    note = sign(link_text(change(Link(NOW, HEADS, tuple(heads)))), key).encode()
    headers = {"ce_id": sha256_hex(note), "ce_type": EVENT_TYPE, "content-type": CONTENT_TYPE}
    record = Record("checkpoints", subject.encode(), note, tuple((n, t.encode()) for n, t in headers.items()))
    ledger.log.append(record, 0, 1)
    return ledger


async def test_a_link_that_this_log_bears_out_is_part_of_the_report() -> None:
    ledger = await linked()
    account, findings = await audit(ledger.log, scope=Scope(public_key=SIGNER.public))
    assert findings == []
    assert account.links == [
        f"copied from log.example/news/0 and 1 more partitions with 8 records in all, linked at {NOW} by "
        f"checkpoints/0@{len(ledger.log.records[ledger.log.place('checkpoints')]) - 1}"
    ]


def _other_root(link: Link) -> Link:
    return replace(link, after=(replace(link.after[0], root=b"x" * 32), *link.after[1:]))


def _longer(link: Link) -> Link:
    return replace(link, after=(replace(link.after[0], size=10_000), *link.after[1:]))


@pytest.mark.parametrize(("change", "kind"), [(_other_root, Kind.CHECKPOINT), (_longer, Kind.TRUNCATED)])
async def test_heads_that_this_log_never_had_are_found(change: Callable[[Link], Link], kind: Kind) -> None:
    ledger = await linked(change)
    _, findings = await audit(ledger.log, scope=Scope(public_key=SIGNER.public))
    assert {one.kind for one in findings} == {kind}
    assert "the link checkpoints/0@" in findings[0].detail


async def test_a_link_that_somebody_else_signed_is_found() -> None:
    ledger = await linked(key=new_key(SIGNER.name))
    account, findings = await audit(ledger.log, scope=Scope(public_key=SIGNER.public))
    assert ({one.kind for one in findings}, account.links) == ({Kind.SIGNATURE}, [])


async def test_a_link_under_another_key_is_found() -> None:
    ledger = await linked(subject="news-0")
    _, findings = await audit(ledger.log, scope=Scope(public_key=SIGNER.public))
    assert {one.kind for one in findings} == {Kind.WRONG_KEY}


async def test_the_signer_signs_on_behind_a_link() -> None:
    ledger = await linked()
    assert await make_checkpoints(ledger.log, SIGNER, NOW) == []
