"""An event as a card on a terminal: what it says in bold, the words that prove it below, where it is in grey.

Pure: values in, things for rich to print out. Text of a log shows as escapes what a terminal would obey.
"""

import re
from collections.abc import Callable, Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.contacts import (
    ConsolidatedContact,
    ConsolidatedParty,
    ContactEvent,
    ContactsMerged,
    ContactSplit,
    ContactWithdrawn,
)
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import Event
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import Selector
from readout.schemas.statements import StatementAttributed
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.contact_views import date_text, short
from readout.streams.commands.views import best_evidence, cells_of, id_of, one_line, place, roles_of, short_id
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.subscribe import Received

_LONGEST = 400
_STATUS = {
    "held": "green",
    "made": "green",
    "usable": "green",
    "derived": "green",
    "planned": "cyan",
    "asked": "cyan",
    "conditional": "cyan",
    "withheld": "yellow",
    "refused": "yellow",
    "withdrawn": "yellow",
    "denied": "red",
    "canceled": "red",
    "dead-lettered": "red",
}


def card(received: Received[Event]) -> RenderableType:
    """The card of an event, with an empty line after it."""
    where = f"{place(received.record)} · {short_id(id_of(received.event))}"
    return Group(*body_of(received.event), below(Text(where, "dim")), "")


def body_of(event: Event) -> list[RenderableType]:
    """What an event says, without where it is."""
    for kind, make in _CARDS.items():
        if isinstance(event, kind):
            return list(make(event))
    return [_head("", Text(event.event_type, "bold"), *(Text(one_line(one)) for one in cells_of(event)))]


def entity_list(entities: Iterable[EntityMentioned]) -> Table:
    """Entities, a line each: they are many and short."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=12, no_wrap=True, style="dim")
    table.add_column(no_wrap=True, max_width=32, overflow="ellipsis")
    table.add_column(width=3, justify="right", style="dim")
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for entity in entities:
        table.add_row(
            entity.type, _name(entity), f"{len(entity.mentions)}×", Text(one_line(roles_of(entity)))
        )
    return table


def letter_card(record: StoredRecord, reason: str) -> RenderableType:
    """The card of a record that is no event: a dead letter, with the reason, or a checkpoint."""
    key = (record.key or b"").decode(errors="backslashreplace")
    return Group(
        Text(one_line(key) or "(no key)", "bold"),
        below(Text(one_line(reason))),
        below(Text(place(record), "dim")),
        "",
    )


def _contact(contact: ContactLogged) -> Iterable[RenderableType]:
    yield _head(
        contact.occurred_on.date or "undated",
        Text(contact.mode, "bold"),
        _status(contact.status),
        Text("; ").join(map(_participant, contact.participants)),
    )
    names = [selector for one in contact.participants for selector in one.selectors]
    yield below(quoted(best_evidence(contact), names))
    facts = [f"in {contact.place.name}"] if contact.place else []
    if contact.subjects:
        facts.append("about " + "; ".join(subject.exact for subject in contact.subjects))
    if contact.reported_by:
        facts.append(f"says {contact.reported_by.name}")
    if facts:
        yield below(Text(one_line(" · ".join(facts)), "italic"))


def consolidated_body(contact: ConsolidatedContact) -> Iterable[RenderableType]:
    """What all articles tell of a contact: the claims, those made most first, and how many reports there are."""
    statuses = [_status(one.status) for one in contact.statuses]
    yield _head(
        " or ".join(map(date_text, contact.dates)) or "undated",
        Text(" or ".join(one.mode for one in contact.modes), "bold"),
        Text(" or ").join(statuses),
        Text("; ").join(map(_participant, contact.participants)),
    )
    told = Text(f"{count_of(contact.report_count, 'report')}, {contact.independent_reports} independent")
    if contact.disputed:
        told.append(f" · disputed: {', '.join(contact.disputed)}", "yellow")
    yield below(told)
    facts = ["in " + " or in ".join(one.place for one in contact.places)] if contact.places else []
    facts += ["about " + "; ".join(contact.subjects)] if contact.subjects else []
    if facts:
        yield below(Text(_cut(one_line(" · ".join(facts))), "italic"))


def _consolidated(event: ContactEvent) -> Iterable[RenderableType]:
    match event:
        case ContactsMerged():
            yield _head("", Text("merged", "bold yellow"), None, Text(f"into {short(event.into)}"))
        case ContactWithdrawn():
            yield _head("", Text("withdrawn", "bold yellow"), None, Text("no report of it holds any more"))
        case ContactSplit():
            yield _head("", Text("split", "bold yellow"), None, Text(", ".join(map(short, event.into))))
    state = None if isinstance(event, ContactsMerged) else getattr(event, "contact", None)
    if isinstance(state, ConsolidatedContact):
        yield from consolidated_body(state)


def _participant(one: Participant | ConsolidatedParty) -> Text:
    shown = Text(one_line(one.name), "bold")
    if one.country:
        shown.append(f" ({one.country})", "not bold")
    if one.part != "party":
        shown.append(f" [{one.part}]", "not bold dim")
    return shown


def _statement(statement: StatementAttributed) -> Iterable[RenderableType]:
    who = Text(one_line(statement.source.name) if statement.source else "(nobody named)", "bold")
    if statement.cue:
        who.append(f"  {one_line(statement.cue.lemma)}", "not bold")
    if statement.addressee:
        who.append(f" to {one_line(statement.addressee.name)}", "not bold")
    date = (statement.occurred_on and statement.occurred_on.date) or ""
    status = None if statement.status == "made" else _status(statement.status)
    yield _head(date, Text(statement.kind, "dim"), status, who)
    yield below(Text(_cut(one_line(statement.content.text))))


def _article(article: ArticlePublished) -> Iterable[RenderableType]:
    headline = one_line(article.headline or "")
    body = one_line(article.body[: 2 * _LONGEST])
    yield _head(
        (article.published_at or "")[:10],
        Text(f"r{article.revision}"),
        _status(article.status),
        Text(headline or _cut(body, 100), "bold"),
    )
    if headline and body:
        yield below(Text(_cut(body, 200)))
    told = [one for one in (article.source and article.source.name, article.byline, article.reason) if one]
    if told:
        yield below(Text(one_line(" · ".join(told)), "italic"))


def _name(entity: EntityMentioned) -> Text:
    name = Text(one_line(entity.name), "bold")
    return name.append(f" ({entity.country})", "not bold") if entity.country else name


def _entity(entity: EntityMentioned) -> Iterable[RenderableType]:
    name = _name(entity)
    count = len(entity.mentions)
    name.append(f"  {count} mention{'' if count == 1 else 's'}", "not bold dim")
    yield _head("", Text(entity.type), None, name)
    roles = one_line(roles_of(entity))
    if roles:
        yield below(Text(roles))


def _withdrawal(withdrawn: RecordWithdrawn) -> Iterable[RenderableType]:
    kind = withdrawn.record_type.split(".")[1]
    what = Text(f"{kind} {short_id(withdrawn.record_id)} no longer holds: {withdrawn.reason}")
    yield _head("", Text("withdrawn", "bold yellow"), None, what)


def _manifest(manifest: ManifestSealed) -> Iterable[RenderableType]:
    counts = f"{len(manifest.live)} hold, {len(manifest.withdrawn)} withdrawn"
    yield _head("", Text(f"r{manifest.revision}"), _status(manifest.outcome), Text(counts, "bold"))
    if manifest.reason:
        yield below(Text(one_line(manifest.reason)))


def _head(date: str, *cells: Text | None) -> Table:
    """One line that begins with the date; only its last cell may take more."""
    shown = [cell for cell in (Text(one_line(date), "bold"), *cells) if cell]
    head = Table.grid(padding=(0, 2, 0, 0))
    for _ in shown[:-1]:
        head.add_column(no_wrap=True)
    head.add_column()
    head.add_row(*shown)
    return head


def quoted(sentence: Selector, names: Iterable[Selector]) -> Text:
    """A sentence, on one line and not too long, with the names in it marked."""
    text, done = Text(), sentence.start
    for name in sorted(names, key=lambda one: one.start):
        if done <= name.start and name.end <= sentence.end:
            text.append(_flat(sentence, done, name.start))
            text.append(_flat(sentence, name.start, name.end), "bold cyan")
            done = name.end
    text.append(_flat(sentence, done, sentence.end))
    text.truncate(_LONGEST, overflow="ellipsis")
    return text


def _flat(sentence: Selector, start: int, end: int) -> str:
    """A stretch of the sentence with single spaces, which it may begin or end with."""
    stretch = sentence.exact[start - sentence.start : end - sentence.start]
    return terminal.one_line(re.sub(r"\s+", " ", stretch))


def below(text: Text) -> Padding:
    """A line below the head of a card."""
    return Padding(text, (0, 0, 0, 2))


def _status(status: str) -> Text:
    return Text(status, _STATUS.get(status, ""))


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " …"


_CARDS: dict[type[Event], Callable[..., Iterable[RenderableType]]] = {
    ContactLogged: _contact,
    StatementAttributed: _statement,
    ArticlePublished: _article,
    EntityMentioned: _entity,
    RecordWithdrawn: _withdrawal,
    ManifestSealed: _manifest,
    ContactEvent: _consolidated,
}
