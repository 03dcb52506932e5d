"""`readout redrive`: put dead letters through again, once their data or our code is repaired.

Reads:  dead-letters, and manifests, which tell what has been processed since
Writes: news, the original records as they were; nothing with --dry-run
"""

from collections import Counter
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.terminal import Json
from readout.streams.commands.views import place
from readout.streams.kafka.reader import closing
from readout.streams.publish.redrive import DeadLetter, Wanted, redrive_letters, waiting_letters
from readout.streams.settings import Settings

_MESSAGE_CHARACTERS = 200


def redrive(
    *,
    error: Annotated[
        list[str] | None,
        typer.Option(metavar="CLASS", help="Only these errors, such as ArticleTooLong; may be repeated."),
    ] = None,
    article: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only these articles; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Put dead letters through again that have not been processed since."""
    settings = terminal.start()
    wanted = Wanted(frozenset(error or ()), frozenset(article or ()))
    errors = terminal.run(_redrive(settings, wanted, _show_json if as_json else _show, dry_run=dry_run))
    terminal.notes.print(summary(errors, dry_run=dry_run), markup=False)


async def _redrive(
    settings: Settings, wanted: Wanted, show: Callable[[DeadLetter], None], *, dry_run: bool
) -> Counter[str]:
    """Put letters through again, or only show them; how many of each error."""
    errors: Counter[str] = Counter()

    def done(letter: DeadLetter) -> None:
        errors[letter.error] += 1
        show(letter)

    async with closing(waiting_letters(settings, wanted)) as letters:
        if not dry_run:
            await redrive_letters(settings, letters, done=done)
        async for letter in letters:
            done(letter)
    return errors


def summary(errors: Counter[str], *, dry_run: bool) -> str:
    """The exact counts in one line, the most frequent error first."""
    by_error = ", ".join(f"{count} {name}" for name, count in errors.most_common())
    done = "would be put through again" if dry_run else "put through again"
    total = f"{count_of(errors.total(), 'dead letter')} {done}"
    return (
        total + (f": {by_error}" if by_error else "") + (" (dry run: nothing was written)" if dry_run else "")
    )


def _show_json(letter: DeadLetter) -> None:
    told = {"record": place(letter.record), "article_id": letter.article_id}
    terminal.print_json(told | {"error": letter.error, "message": letter.message})


def _show(letter: DeadLetter) -> None:
    why = _one_line(f"{letter.error}: {letter.message}")
    article = _one_line(letter.article_id or "unreadable")
    if not terminal.out.is_terminal:
        terminal.plain("\t".join((place(letter.record), article, why)))
        return
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(no_wrap=True, style="dim")
    row.add_row(place(letter.record), Group(Text(article, "bold"), Text(why)))
    terminal.show(row)


def _one_line(text: str) -> str:
    """What an article made an error say moves no cursor and starts no line."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:_MESSAGE_CHARACTERS]
