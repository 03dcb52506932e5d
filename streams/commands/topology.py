"""`readout topology`: what reads and writes what, as text, as a Mermaid diagram or as JSON.

Made of the list of topics and of the commands below: no broker is asked.
"""

from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from readout.streams.commands import terminal
from readout.streams.commands.terminal import Json
from readout.streams.log.topics import (
    CHECKPOINTS,
    CONTACT_LOG,
    CONTACTS,
    CONTACTS_CURRENT,
    DEAD_LETTERS,
    DERIVED,
    KEPT,
    MANIFESTS,
    NEWS,
    SEALS,
    TOPICS,
    Topic,
    topic_name,
)
from readout.streams.settings import Settings

# Who reads more than so many topics reads all of them.
_FEW = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A command and the topics that it reads and writes, by full names; `group` is its consumer group."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    group: str | None = None


def topology(
    *,
    as_mermaid: Annotated[
        bool, typer.Option("--mermaid", help="A diagram that most code hosts draw in Markdown.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what reads and writes which topics."""
    settings = terminal.start()
    parts = parts_of(settings)
    if as_json:
        topics = [
            {"name": topic_name(settings, one.stem), "key": one.key, "holds": one.meaning} for one in TOPICS
        ]
        terminal.print_json({"topics": topics, "parts": [asdict(one) for one in parts]})
    elif as_mermaid:
        for line in mermaid(parts):
            terminal.plain(line)
    elif terminal.out.is_terminal:
        terminal.show(_table(parts))
    else:
        for part in parts:
            cells = (part.name, " ".join(part.reads), " ".join(part.writes), part.group or "")
            terminal.plain("\t".join(cells))


def parts_of(settings: Settings) -> tuple[Part, ...]:
    """All parts, in an article's way through them."""

    def names(*topics: Topic) -> tuple[str, ...]:
        return tuple(topic_name(settings, one.stem) for one in topics)

    derived = (*DERIVED, MANIFESTS, DEAD_LETTERS, SEALS)
    return (
        Part("publish", names(NEWS, SEALS, MANIFESTS), names(NEWS)),
        Part("worker", names(NEWS, MANIFESTS, DEAD_LETTERS, SEALS), names(*derived), settings.group_id),
        Part(
            "consolidate",
            names(CONTACT_LOG, NEWS, CONTACTS, CONTACTS_CURRENT),
            names(CONTACTS, CONTACTS_CURRENT),
            f"{settings.group_id}-consolidate",
        ),
        Part("redrive", names(DEAD_LETTERS, MANIFESTS), names(NEWS)),
        Part("rederive", names(NEWS, MANIFESTS), names(*DERIVED, MANIFESTS)),
        Part("audit checkpoint", names(*KEPT), names(CHECKPOINTS)),
        Part("audit verify", names(*KEPT), ()),
        Part("archive", names(*KEPT), ()),
        Part("tail, replay, trace", names(*TOPICS), ()),
    )


def mermaid(parts: tuple[Part, ...]) -> list[str]:
    """The lines of a flow chart: topics as cylinders, commands as boxes; who reads everything gets no arrows."""
    topics = sorted({name for part in parts for name in (*part.reads, *part.writes)})
    ids = {name: f"t{number}" for number, name in enumerate(topics)}
    lines = ["flowchart LR", *(f'    {ids[name]}[("{name}")]' for name in topics)]
    for number, part in enumerate(one for one in parts if one.writes):
        lines.append(f'    p{number}["{part.name}"]')
        lines += [f"    {ids[name]} --> p{number}" for name in part.reads if len(part.reads) <= _FEW]
        lines += [f"    p{number} --> {ids[name]}" for name in part.writes]
    return lines


def _table(parts: tuple[Part, ...]) -> Table:
    table = Table("", "reads", "writes", box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.columns[0].overflow = "fold"
    table.columns[0].min_width = 28
    for part in parts:
        name = f"[bold]{part.name}[/]" + (f"\n[dim]{part.group}[/]" if part.group else "")
        reads = "everything" if len(part.reads) >= len(KEPT) else ", ".join(part.reads)
        table.add_row(name, reads, ", ".join(part.writes))
    return table
