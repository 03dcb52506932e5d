"""`readout schemas`: publish the contract, keep it fresh, and refuse changes that break its readers."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from readout.schemas.compatibility import compare
from readout.schemas.contract import json_schema
from readout.schemas.pages import refreshed
from readout.schemas.registry import EVENT_CLASSES
from readout.schemas.upcasts import UPCASTS
from readout.streams.commands import terminal
from readout.streams.commands.terminal import Json
from readout.streams.contract.files import published_files
from readout.streams.contract.registry import Registered, Registry, subjects
from readout.streams.contract.registry import register as register_subject
from readout.streams.contract.released import released_schemas
from readout.streams.errors import ConfigurationError, IncompatibleSchemas

Folder = Annotated[Path, typer.Option("--to", help="Folder of the contract.")]
Against = Annotated[
    str | None,
    typer.Option(metavar="REF", help="Also compare with a release: a git ref, or a folder of schemas."),
]
Pages = Annotated[Path, typer.Option("--pages", help="Folder of the pages that show fields and examples.")]
_JSON = Path("schemas/json")
_PAGES = Path("docs/topics")


def export(folder: Folder = _JSON, *, pages: Pages = _PAGES, as_json: Json = False) -> None:
    """Write JSON Schemas, examples and the AsyncAPI document, and refresh the pages that show them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = published_files()
    for name, content in files.items():
        (folder / name).write_bytes(content)
        if not as_json:
            terminal.out.print(str(folder / name), markup=False)
    for page in sorted(pages.glob("*.md")):
        page.write_text(refreshed(page.read_text(encoding="utf-8")), encoding="utf-8")
    if as_json:
        terminal.print_json({"files": [str(folder / name) for name in files]})


def register(
    url: Annotated[
        str, typer.Option(metavar="URL", help="Where the registry is, such as http://localhost:8081.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; change nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Register the topics' schemas in a Confluent-compatible registry; what is there already stays."""
    settings = terminal.start()
    with closing(Registry(url, settings)) as registry:
        for subject in subjects(settings):
            registered = register_subject(subject, registry, dry_run=dry_run)
            if as_json:
                terminal.print_json(asdict(registered) | {"dry_run": dry_run})
            else:
                _report(registered, dry_run=dry_run)


def _report(registered: Registered, *, dry_run: bool) -> None:
    done = "would register" if dry_run else "registered"
    what = f"{done} {' and '.join(registered.changed)}" if registered.changed else "already there"
    version = f" (version {registered.version})" if registered.version else ""
    terminal.out.print(f"{registered.subject}: {what}{version}", markup=False)


def check(
    folder: Folder = _JSON, *, pages: Pages = _PAGES, against: Against = None, as_json: Json = False
) -> None:
    """Is the committed contract what the code says, and does it break no reader of a release?"""
    say = _say_nothing if as_json else _say
    _check_fresh(folder, pages, say)
    if against is not None:
        _check_compatible(against, folder, say)
    if as_json:
        terminal.print_json({"fresh": True, "compatible_with": against})


def _say(line: str) -> None:
    terminal.out.print(line, markup=False)


def _say_nothing(_: str) -> None:
    """The one line of JSON comes at the end; what is wrong is on standard error either way."""


def _check_fresh(folder: Path, pages: Path, say: Callable[[str], None]) -> None:
    current = published_files()
    committed = {file.name: file.read_bytes() for file in sorted(folder.glob("*")) if file.is_file()}
    stale = sorted(
        name for name in committed.keys() | current.keys() if committed.get(name) != current.get(name)
    )
    texts = {page.name: page.read_text(encoding="utf-8") for page in sorted(pages.glob("*.md"))}
    stale += [name for name, text in texts.items() if refreshed(text) != text]
    if stale:
        raise ConfigurationError(f"stale: {', '.join(stale)}; run `readout schemas export`")
    say(f"{len(current)} files in {folder} are fresh")


def _check_compatible(against: str, folder: Path, say: Callable[[str], None]) -> None:
    current = {one.event_type: json_schema(one) for one in EVENT_CLASSES}
    comparison = compare(released_schemas(against, folder), current, lifted=UPCASTS)
    for addition in comparison.additions:
        say(f"added: {addition}")
    for breach in comparison.breaches:
        terminal.notes.print(str(breach), markup=False)
    if comparison.breaches:
        raise IncompatibleSchemas(f"{len(comparison.breaches)} changes since {against} break readers")
    say(f"no change since {against} breaks a reader")
