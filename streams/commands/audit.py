"""`readout audit verify`: derive a log again and compare it; takes the live topics or an archive."""

import re
import secrets
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from readout.schemas.news import ArticlePublished
from readout.streams.audit.findings import Account, Finding, Status, Tolerance
from readout.streams.audit.log import Log
from readout.streams.audit.proof.key_files import read_public_key
from readout.streams.audit.verify.examine import Derived
from readout.streams.audit.verify.older_code import older_code
from readout.streams.audit.verify.run import Derive, Scope
from readout.streams.audit.verify.run import verify as verify_log
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.audit_views import account_json, finding_json, print_account
from readout.streams.commands.kept_files import kept_in, kept_note
from readout.streams.commands.logs import Archive, open_log
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import Partition
from readout.streams.log.topics import NEWS
from readout.streams.settings import Settings

PublicKeyFile = Annotated[
    Path | None, typer.Option("--public-key", help="Public key that checkpoints must be signed with.")
]


def verify(  # noqa: PLR0913 - a person's options
    archive: Archive = None,
    *,
    partition: Annotated[list[int] | None, typer.Option(min=0, help="Only these partitions.")] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Derive about so many articles again; the rest is checked otherwise."),
    ] = None,
    seed: Annotated[str | None, typer.Option(help="Choose the same sample again.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that derive side by side.")] = 1,
    public_key: PublicKeyFile = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that you kept; may be repeated.")
    ] = None,
    since_checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Derive only what came after these checkpoints, once they are proved: files, or their folder.",
        ),
    ] = None,
    require_checkpoints: Annotated[
        bool,
        typer.Option(
            "--require-checkpoints",
            help="A partition without a checkpoint is a finding; so it is with --public-key.",
        ),
    ] = False,
    no_require_checkpoints: Annotated[
        bool, typer.Option("--no-require-checkpoints", help="It is none, not even with --public-key.")
    ] = False,
    require_statement: Annotated[
        bool, typer.Option("--require-statement", help="An archive that nobody has signed is a finding.")
    ] = False,
    with_producer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BUILD=PATH",
            help="Derive records of another build with its virtual environment or wheel; may be repeated.",
        ),
    ] = None,
    tolerate: Annotated[
        list[Tolerance] | None,
        typer.Option(metavar="KIND", help=f"Findings that you take for well: {', '.join(Tolerance)}."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Findings and account as JSON lines.")] = False,
) -> None:
    """Derive every article again and compare all records with what must be there."""
    settings = terminal.start()
    if require_checkpoints and no_require_checkpoints:
        raise ConfigurationError("--require-checkpoints contradicts --no-require-checkpoints")
    log = open_log(settings, archive)
    key = read_public_key(public_key) if public_key else None
    kept = tuple(kept_note(path, key) for path in checkpoint or ())
    seed = seed or secrets.token_hex(8)
    if sample and not as_json:
        terminal.notes.print(f"sample: about {sample} articles, --seed {seed}", markup=False)
    scope = Scope(
        numbers=tuple(partition) if partition else None,
        sample=sample,
        seed=seed,
        batch_size=settings.batch_size * jobs,
        public_key=key,
        kept=kept,
        since=tuple(known for path in since_checkpoint or () for known in kept_in(path, key)),
        require_checkpoints=True if require_checkpoints else False if no_require_checkpoints else None,
        require_statement=require_statement,
    )
    older = [_build_and_path(one) for one in with_producer or ()]
    account = terminal.run(_verify(log, settings, scope, jobs, older, as_json=as_json))
    tolerated = frozenset(tolerate or ())
    if as_json:
        sys.stdout.buffer.write(account_json(account, tolerated) + b"\n")
    else:
        print_account(account, verified=key is not None)
    _end(account, tolerated)


def _end(account: Account, tolerated: frozenset[Tolerance]) -> None:
    """End with the status of an audit: 1 for a finding, 3 for what could not be checked."""
    status = account.status(tolerated)
    if status is Status.FINDING:
        raise ReplayMismatch(f"{count_of(account.findings.total(), 'finding')}: not all is well")
    if status is Status.NOT_CHECKED:
        terminal.note(
            "readout: what is there fits, but not everything could be derived again (--with-producer)"
        )
        raise typer.Exit(status)
    if terminal.out.is_terminal:
        terminal.note("all is well: nothing lost, nothing added, nothing altered")


def _build_and_path(text: str) -> tuple[str, Path]:
    build, equals, path = text.partition("=")
    if not equals or not re.fullmatch("[0-9a-f]{8,64}", build):
        raise ConfigurationError(
            f"--with-producer {text!r}: write BUILD=PATH, with at least 8 digits of the build as verify names it"
        )
    return build, Path(path)


async def _verify(
    log: Log,
    settings: Settings,
    scope: Scope,
    jobs: int,
    older: Sequence[tuple[str, Path]],
    *,
    as_json: bool,
) -> Account:
    news = [Partition(log.prefix + NEWS.stem, number) for number in range(await log.partitions())]
    total = sum(bounds.next - bounds.first for bounds in (await log.bounds(news)).values())
    # The log is looked for first: whoever has mistyped it need not wait for spaCy.
    from readout.streams.derive.environment import environment_text  # noqa: PLC0415
    from readout.streams.derive.producer_block import load_producer  # noqa: PLC0415
    from readout.streams.derive.without_broker import deriver  # noqa: PLC0415 - spaCy takes a second to import

    with terminal.progress(total, "verifying") as bar:
        async with AsyncExitStack() as stack:
            codes = [await stack.enter_async_context(older_code(*one, settings)) for one in older]
            kept = {code.producer: code.derive for code in codes}
            installed = InstalledCode(load_producer(settings), environment_text(), settings, kept)
            return await verify_log(
                log,
                _when_needed(stack, deriver(settings, jobs)),
                installed,
                scope,
                _printer(as_json=as_json),
                lambda done: bar.advance(bar.task_ids[0], done),
            )


def _when_needed(stack: AsyncExitStack, deriver: AbstractAsyncContextManager[Derive]) -> Derive:
    """Derive with code that is loaded for the first article: its model takes more memory than all else."""
    loaded: list[Derive] = []

    async def derive(articles: Sequence[ArticlePublished]) -> list[Derived]:
        if not loaded:
            loaded.append(await stack.enter_async_context(deriver))
        return await loaded[0](articles)

    return derive


def _printer(*, as_json: bool) -> Callable[[Finding], None]:
    def print_finding(finding: Finding) -> None:
        if as_json:
            sys.stdout.buffer.write(finding_json(finding) + b"\n")
        else:
            terminal.out.print(terminal.one_line(str(finding)), markup=False)

    return print_finding
