"""How findings and accounts look: lines and tables for a person, JSON lines for a program."""

from dataclasses import asdict

import orjson
from rich.table import Table

from streams.audit.findings import Account, Finding
from streams.commands import terminal


def finding_json(finding: Finding) -> bytes:
    """A finding as one line of JSON."""
    return orjson.dumps({"finding": asdict(finding)})


def account_json(account: Account) -> bytes:
    """The account of an audit as one line of JSON: the last one."""
    return orjson.dumps({"account": asdict(account) | {"well": account.is_well()}})


def print_account(account: Account) -> None:
    """The account of an audit: counts of articles, findings and producers."""
    rows = [("articles", str(name), count) for name, count in sorted(account.outcomes.items())]
    rows += [("findings", str(name), count) for name, count in sorted(account.findings.items())]
    rows += [("derived by", name, count) for name, count in sorted(account.producers.items())]
    rows += [
        ("checked", "records", account.records),
        ("checked", "checkpoints that agree", account.checkpoints),
    ]
    if not terminal.out.is_terminal:
        for row in rows:
            terminal.out.print("\t".join(map(str, row)), markup=False)
        return
    table = Table("", "", header_style="bold")
    table.add_column("count", justify="right")
    for group, name, count in rows:
        table.add_row(group, name, str(count))
    terminal.out.print(table)
