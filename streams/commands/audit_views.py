"""How findings and accounts look: lines and tables for a person, JSON lines for a program."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby

import orjson
from rich.table import Table
from rich.text import Text

from readout.streams.audit.findings import Account, Finding, Tolerance
from readout.streams.audit.replay.found import Found, marked
from readout.streams.audit.replay.trace import Trace
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.trace_page import checkpoint_cells, producer_cells, producer_of, trace_page
from readout.streams.commands.views import cells_of, one_line, place
from readout.streams.rederive.changes import Changes

Row = tuple[str, str, int]
"""What is counted, of what group, and how many."""

_CHANGES = ("added", "altered", "withdrawn", "unchanged")


def finding_json(finding: Finding) -> bytes:
    """A finding as one line of JSON."""
    return orjson.dumps({"finding": asdict(finding)})


def account_json(account: Account, tolerated: frozenset[Tolerance]) -> bytes:
    """The account of an audit as one line of JSON: the last one."""
    counts = {
        "outcomes": _counts(account.outcomes.items()),
        "findings": _counts(account.findings.items()),
        "producers": _counts(account.producers.items()),
        "erased": _counts(account.erased.items()),
    }
    numbers = {
        "records": account.records,
        "proved": account.proved,
        "checkpoints": account.checkpoints,
        "archive": account.archive,
        "links": account.links,
    }
    coverage = [
        {
            "topic": place.topic,
            "partition": place.number,
            "signed_before": one.signed,
            "unsigned": one.unsigned,
        }
        for place, one in sorted(account.coverage.items())
    ]
    status = {"coverage": coverage, "status": account.status(tolerated).name.lower().replace("_", " ")}
    return orjson.dumps({"account": counts | numbers | status})


def _counts(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    return {str(name): count for name, count in sorted(counted)}


def print_account(account: Account, *, verified: bool) -> None:
    """The account of an audit: counts of articles, findings and producers, and how far signatures reach.

    `verified` says whether signatures were verified with a public key.
    """
    rows = [("articles", str(name), count) for name, count in sorted(account.outcomes.items())]
    rows += [("findings", str(name), count) for name, count in sorted(account.findings.items())]
    rows += [("derived by", name, count) for name, count in sorted(account.producers.items())]
    rows += [
        ("erased", what.removeprefix("erased "), count) for what, count in sorted(account.erased.items())
    ]
    if account.proved:
        rows.append(("proved", "records of before, not derived again", account.proved))
    rows += [
        ("checked", "records", account.records),
        ("checked", "checkpoints that agree", account.checkpoints),
    ]
    if account.archive is not None:
        _print("archive", account.archive)
    for link in account.links:
        _print("link", link)
    if terminal.out.is_terminal:
        terminal.show(_table([*rows, _signed(account, verified=verified), *_unsigned_topics(account)]))
        return
    for row in (*rows, _signed(account, verified=verified), *_unsigned(account)):
        _print(*map(str, row))


def _table(rows: Iterable[Row]) -> Table:
    """What was counted; a group is named once."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    table.add_column(justify="right")
    before = ""
    for group, name, count in rows:
        table.add_row("" if group == before else group, Text(terminal.one_line(name)), str(count))
        before = group
    return table


def _signed(account: Account, *, verified: bool) -> Row:
    """How many partitions checkpoints cover to their ends."""
    by = "" if verified else " (signatures not verified: no --public-key)"
    ends = [one for one in account.coverage.values() if not one.unsigned]
    return ("signed", f"partitions to their end{by}", len(ends))


def _unsigned(account: Account) -> Iterable[Row]:
    """What nobody has signed yet, partition by partition."""
    for place_, one in sorted(account.coverage.items()):
        if one.unsigned:
            name = f"{place_.topic}/{place_.number} from offset {one.signed} on"
            yield "not signed", name, one.unsigned


def _unsigned_topics(account: Account) -> Iterable[Row]:
    """The same by topic, for who looks at it: `--json` and a pipe say from where on."""
    open_ends = sorted((place_, one.unsigned) for place_, one in account.coverage.items() if one.unsigned)
    for topic, group in groupby(open_ends, key=lambda one: one[0].topic):
        counts = [count for _, count in group]
        yield "not signed", f"{topic}, at the end of {count_of(len(counts), 'partition')}", sum(counts)


def print_trace(found: Trace) -> None:
    """A trace: a page on a terminal, else a line for each thing that is known."""
    if terminal.out.is_terminal:
        terminal.show(trace_page(found))
        return
    for one in found.records:
        _print("record", place(one.record), *_described(one))
    for sentence in found.sentences:
        _print("evidence", f"from {sentence.start}", marked(sentence, "[", "]"))
    for told in found.reports:
        where = place(told.record) if told.record else "(its record is gone)"
        said = " ".join(marked(sentence, "[", "]") for sentence in told.sentences)
        _print("report", where, told.report.article_id, f"r{told.report.revision}", said)
    for one in found.articles:
        _print("article", place(one.record), *_described(one))
    if producer := producer_of(found):
        _print("producer", *producer_cells(producer))
    for one in found.manifests:
        _print("manifest", place(one.record), *_described(one))
    _print("checkpoint", *checkpoint_cells(found))


def trace_json(found: Trace) -> dict[str, object]:
    """A trace for a program: every record whole, and where it is."""
    producer = producer_of(found)
    covering = found.checkpoint
    return {
        "records": [_whole(one) for one in found.records],
        "evidence": [
            {"start": one.start, "text": one.text, "marks": [list(mark) for mark in one.marks]}
            for one in found.sentences
        ],
        "articles": [_whole(one) for one in found.articles],
        "producer": producer.model_dump(mode="json") if producer else None,
        "manifests": [_whole(one) for one in found.manifests],
        "checkpoint": None
        if covering is None
        else {"place": covering.place, "size": covering.checkpoint.size, "signers": list(covering.signers)},
    }


def _whole(found: Found) -> dict[str, object]:
    record = found.record
    data = found.event.model_dump(mode="json") if found.event else None
    kind = found.event.event_type if found.event else None
    return {"place": place(record), "timestamp": record.timestamp, "type": kind, "data": data}


def print_changes(changes: Changes, *, dry_run: bool) -> None:
    """What a rederivation changed, by type, with examples."""
    for name in _CHANGES:
        for event_type, count in sorted(getattr(changes, name).items()):
            examples = changes.examples.get((name, event_type), [])
            _print(name, event_type, str(count), *(f"such as {one}" for one in examples))
    note = " (dry run: nothing was written)" if dry_run else ""
    terminal.notes.print(f"derived again: {count_of(changes.articles, 'article')}{note}", markup=False)


def changes_json(changes: Changes, *, dry_run: bool) -> dict[str, object]:
    """The same for a program."""
    told: dict[str, object] = {name: _counts(getattr(changes, name).items()) for name in _CHANGES}
    return told | {"articles": changes.articles, "failed": changes.failed, "dry_run": dry_run}


def _described(found: Found) -> tuple[str, ...]:
    if found.event is None:
        return ("(cannot be read)",)
    return (found.event.event_type, *(one_line(cell) for cell in cells_of(found.event) if cell))


def _print(*cells: str) -> None:
    """One line, with tabs between the cells in a pipe."""
    if terminal.out.is_terminal:
        terminal.out.print("  ".join(map(terminal.one_line, cells)), markup=False)
    else:
        terminal.plain("\t".join(map(terminal.one_line, cells)))
