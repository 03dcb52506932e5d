"""A trace as a page: what the record says, the words that prove it, and how anyone knows.

Pure: values in, things for rich to print out.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from readout.schemas.event import DerivedEvent, Producer
from readout.streams.audit.replay.consolidated import ToldReport
from readout.streams.audit.replay.found import Found, Sentence
from readout.streams.audit.replay.trace import Trace
from readout.streams.audit.wording import count_of
from readout.streams.commands.cards import body_of, letter_card
from readout.streams.commands.terminal import one_line
from readout.streams.commands.views import id_of, place


def trace_page(found: Trace) -> RenderableType:
    """All that is known of a record, with headings."""
    return Group(*_parts(found))


def _parts(found: Trace) -> Iterator[RenderableType]:
    last = found.records[-1]
    if last.event is not None:
        yield Text(last.event.event_type, "bold underline")
        yield Text(f"{one_line(id_of(last.event))}\n", "dim")
    yield from _body(last)
    if found.sentences:
        yield from section("Evidence", map(_sentence, found.sentences))
    if found.reports:
        yield from section("Reports", (part for told in found.reports for part in _told(told)))
    yield from section("Recorded", map(_where, found.records))
    yield from section("Article", (part for one in found.articles for part in (_where(one), *_body(one))))
    if producer := producer_of(found):
        yield from section("Producer", map(_line, producer_cells(producer)))
    yield from section("Sealed by", map(_where, found.manifests))
    yield from section("Checkpoint", map(_line, checkpoint_cells(found)))


def section(title: str, lines: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """An empty line, a heading, and what stands below it."""
    shown = list(lines) or [Text("none", "dim")]
    yield ""
    yield Text(title, "bold")
    yield from (Padding(one, (0, 0, 0, 2)) for one in shown)


def _body(found: Found) -> list[RenderableType]:
    return [letter_card(found.record, "(cannot be read)")] if found.event is None else body_of(found.event)


def _where(found: Found) -> Text:
    moment = datetime.fromtimestamp(found.record.timestamp / 1000, UTC).isoformat(" ", "seconds")
    kind = found.event.event_type if found.event else "(cannot be read)"
    return Text(f"{place(found.record)}  {moment.replace('+00:00', 'Z')}  {kind}")


def _told(told: ToldReport) -> Iterator[RenderableType]:
    where = place(told.record) if told.record else "(its record is gone)"
    yield Text(one_line(f"{told.report.article_id} r{told.report.revision}  {where}"))
    yield from map(_sentence, told.sentences)


def _sentence(sentence: Sentence) -> Table:
    """The sentence with its evidence marked, behind the place in the body where it begins."""
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(justify="right", min_width=5, style="dim")
    row.add_row(str(sentence.start), marked_text(sentence))
    return row


def marked_text(sentence: Sentence) -> Text:
    """A sentence on one line, with its evidence marked."""
    text, done = Text(), 0
    for start, end in sentence.marks:
        text.append(_flat(sentence.text[done:start]))
        text.append(_flat(sentence.text[start:end]), "bold cyan")
        done = end
    return text.append(_flat(sentence.text[done:]))


def _flat(text: str) -> str:
    return one_line(text.replace("\n", " "))


def _line(text: str) -> Text:
    return Text(one_line(text))


def producer_of(found: Trace) -> Producer | None:
    """The code that derived the last of the records."""
    derived = (one.event.producer for one in reversed(found.records) if isinstance(one.event, DerivedEvent))
    return next(derived, None)


def producer_cells(producer: Producer) -> tuple[str, ...]:
    """Package, build and models."""
    models = ", ".join(f"{model.name} {model.version}" for model in producer.models)
    return (f"{producer.package} {producer.version}", f"build {producer.build[:12]}", models or "no models")


def checkpoint_cells(found: Trace) -> tuple[str, ...]:
    """The checkpoint that covers the record, or that none does."""
    covering = found.checkpoint
    if covering is None:
        return ("none covers this record yet",)
    size = count_of(covering.checkpoint.size, "record")
    return (covering.place, size, f"signed by {', '.join(covering.signers)}")
