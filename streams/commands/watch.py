"""`readout watch`: feeds and pages, again and again."""

from collections import Counter
from typing import Annotated

import typer

from readout.streams.commands import terminal
from readout.streams.commands.write import Teasers, limits_of
from readout.streams.publish.publisher import publishing
from readout.streams.publish.sources import Found, Refusal
from readout.streams.publish.watch.rounds import Rounds, WatchOptions
from readout.streams.settings import Settings


def watch(
    urls: Annotated[list[str], typer.Argument(metavar="FEED…", help="Addresses of feeds or pages.")],
    *,
    every: Annotated[float, typer.Option(metavar="SECONDS", min=1, help="How often to look.")] = 300.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
    pages: Annotated[
        bool, typer.Option("--pages", help="Read the page of each entry, not the entry's own text.")
    ] = False,
    teasers: Teasers = False,
    delay: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="Between two requests to one host.")
    ] = 1.0,
) -> None:
    """Publish what is new in feeds and pages, an edit as the article's next revision; Ctrl-C ends.

    Asks only for what has changed, obeys robots.txt, and never follows a link or redirect to a private address.
    """
    settings = terminal.start()
    options = WatchOptions(limits_of(settings), pages, teasers, None if once else every, delay)
    refusals = terminal.run(_watch(settings, urls, options))
    if refusals:
        raise typer.Exit(1)


async def _watch(settings: Settings, urls: list[str], options: WatchOptions) -> int:
    """Watch; the number of refusals."""
    refused: Counter[str] = Counter()

    def published(found: Found) -> None:
        terminal.note(f"published: {found.article.article_id}: {found.article.headline or found.where}")

    def refuse(one: Refusal) -> None:
        refused[one.where] += 1
        terminal.refuse(one.where, one.reason)

    async with publishing(settings) as publisher:
        await Rounds(publisher, published, refuse).watch(urls, options)
    return refused.total()
