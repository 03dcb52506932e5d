"""Logs for the pages, made without a broker or a model of language: what a body says is written out in it.

    {Anna Weber|DE} called {Luis Ortega|ES} on 2022-10-24. “We agreed,” {Anna Weber|DE} said.

Names stand in braces with their country; `called`, `met` and `will meet` between two of them is a contact, and words in
quotation marks before a name and `said` are a statement. Names and words may be anything, also attacks.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.contacts import (
    ConsolidatedContact,
    ConsolidatedParty,
    ContactConsolidated,
    ContactReport,
    ContactsMerged,
    DateClaim,
    ModeClaim,
    NameUsed,
    ReportGroup,
    StatusClaim,
    ToldParty,
)
from readout.schemas.entities import EntityMentioned, EntityReference, Mention, Speaker
from readout.schemas.envelope import Record, cloudevents_attributes, encode_value, to_headers
from readout.schemas.event import DerivedEvent
from readout.schemas.ids import RecordIds, sha256_hex
from readout.schemas.news import ArticlePublished, ArticleStatus, NewsSource
from readout.schemas.occurrence import Occurrence
from readout.schemas.provenance import Provenance, derived_from
from readout.schemas.selector import Selector, select
from readout.schemas.statements import Content, Cue, StatementAttributed
from readout.streams.audit.log import Log
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.log.decoding import decode_event
from readout.streams.processors.records import (
    Derivation,
    DerivationFailure,
    article_event_id,
    encode_record,
    sealed,
)
from readout.streams.report.contents import Making
from readout.streams.report.fill import shown_bounds
from readout.streams.report.filters import Filters
from readout.streams.report.making import write_report
from tests.audit.auditing import KEY, sign_log
from tests.audit.ledger import PRODUCER, Ledger, MemoryLog

AT = "2022-10-26T09:00:00Z"
_NAME = re.compile(r"\{([^|{}]+)\|([A-Z]{2})\}")
_CONTACT = re.compile(
    r"\{([^|{}]+)\|[A-Z]{2}\} (called|met|will meet) \{([^|{}]+)\|[A-Z]{2}\} on (\d{4}-\d\d-\d\d)"
)
_SAID = re.compile(r"“([^”]+),” \{([^|{}]+)\|[A-Z]{2}\} (said)")
_HOW = {"called": ("call", "held"), "met": ("meeting", "held"), "will meet": ("meeting", "planned")}


def article(
    article_id: str,
    body: str,
    revision: int = 1,
    status: ArticleStatus = "usable",
    headline: str | None = None,
    source: NewsSource | None = None,
) -> ArticlePublished:
    return ArticlePublished(
        article_id=article_id,
        revision=revision,
        status=status,
        headline=headline,
        body=body,
        published_at="2022-10-25",
        source=source or NewsSource(name="Example News"),
    )


def derive(articles: Sequence[ArticlePublished]) -> list[Derivation | DerivationFailure]:
    return [_derive_one(one) for one in articles]


def _derive_one(one: ArticlePublished) -> Derivation:
    cause, records, live = article_event_id(one), [], []
    for event, record_id in _events(one):
        value = encode_value(event)
        records.append(encode_record(event, topic=event.topic, article=one, causation_id=cause, value=value))
        live.append(sealed(event.topic, event.event_type, record_id, value))
    return Derivation(one, tuple(records), tuple(live))


class _Read:
    """The names of a body, with their ids and countries."""

    def __init__(self, one: ArticlePublished) -> None:
        self.body, self.ids = one.body, RecordIds(one.article_id)
        self.countries = {found[1]: found[2] for found in _NAME.finditer(one.body)}
        self.entities = {name: self.ids.next_id("entity", name) for name in self.countries}

    def words(self, match: re.Match[str], group: int) -> Selector:
        return select(self.body, *match.span(group))

    def reference(self, match: re.Match[str], group: int) -> EntityReference:
        name = match[group]
        return EntityReference(
            entity_id=self.entities[name], name=name, selectors=(self.words(match, group),)
        )


def _events(one: ArticlePublished) -> Iterator[tuple[DerivedEvent, str]]:
    read, by = _Read(one), derived_from(one, PRODUCER)
    for name, entity_id in read.entities.items():
        places = [read.words(found, 1) for found in _NAME.finditer(one.body) if found[1] == name]
        yield (
            EntityMentioned(
                **by,
                entity_id=entity_id,
                type="person",
                name=name,
                aliases=(),
                roles=(),
                country=read.countries[name],
                stands_for=None,
                mentions=tuple(Mention(selector=place, kind="name") for place in places),
            ),
            entity_id,
        )
    for match in _SAID.finditer(one.body):
        statement_id = read.ids.next_id("statement", match[1])
        source = read.reference(match, 2)
        yield (
            StatementAttributed(
                **by,
                statement_id=statement_id,
                kind="direct",
                source=Speaker(**dict(source)),
                cue=Cue(selectors=(read.words(match, 3),), lemma="say"),
                content=Content(selectors=(read.words(match, 1),), text=match[1]),
                addressee=None,
                nested_in=None,
                occurred_on=None,
            ),
            statement_id,
        )
    for match in _CONTACT.finditer(one.body):
        yield _contact(read, match, by)


def _contact(read: _Read, match: re.Match[str], by: Provenance) -> tuple[ContactLogged, str]:
    mode, status = _HOW[match[2]]
    contact_id = read.ids.next_id("contact", mode, match[1], match[3], match[4])
    parties = tuple(
        Participant(
            **dict(read.reference(match, group)),
            title=None,
            country=read.countries[match[group]],
            part="party",
        )
        for group in (1, 3)
    )
    contact = ContactLogged(
        **by,
        contact_id=contact_id,
        participants=parties,
        mode=mode,  # type: ignore[arg-type]
        status=status,  # type: ignore[arg-type]
        occurred_on=Occurrence(date=match[4], precision="day", text=read.words(match, 4), anchor=None),
        place=None,
        subjects=(),
        reported_by=None,
        confidence=900,
        evidence=(select(read.body, *match.span()),),
    )
    return contact, contact_id


ATTACKS = (
    "<script>window.attacked = 1</script>",
    "</script><script>window.attacked = 2</script>",
    "<!--<script>",
    "<img src=x onerror='window.attacked = 3'>",
    "<svg onload=window.attacked=4><a href=javascript:window.attacked=5>x</a></svg>",
    "javascript:window.attacked=6",
    "</textarea></style><style>body{display:none}</style>",
    "\u202egnirts\u202c and \u2066isolate\u2069",
    "\x1b[31mred\x1b[0m \x07 \u2028 \u0000end",
    "&lt;b&gt; &amp; \" ' ` ${window.attacked}",
    "𝒜 🏳️‍🌈 e\u0301 \U0001f468\u200d\U0001f469\u200d\U0001f467",
)
"""Texts that a careless page would obey."""


def hostile_article() -> ArticlePublished:
    """An article made of attacks: in its words, names, headline, source and id."""
    lines = [
        f"{{{attack.replace('|', '')}|DE}} called {{Ana {number}|ES}} on 2022-10-2{number % 10}. "
        f"“{attack},” {{Ana {number}|ES}} said.\n"
        for number, attack in enumerate(one.translate({0x7B: None, 0x7D: None}) for one in ATTACKS)
    ]
    source = NewsSource(name=ATTACKS[3], url="javascript:window.attacked=7")
    return article(ATTACKS[1], "".join(lines), headline=ATTACKS[0], source=source)


async def newsroom() -> MemoryLog:
    """A signed log: articles of several days and countries, a revision, a withdrawal, an attack, and one unsigned."""
    ledger = Ledger(derive=derive)
    weber, ortega = "{Anna Weber|DE}", "{Luis Ortega|ES}"
    ledger.publish(
        article(
            "calls",
            f"🗞️ {weber} called {ortega} on 2022-10-03. “We agreed on grain,” {weber} said.\n"
            f"{ortega} met {{Mei Tanaka|JP}} on 2022-10-17.",
            headline="Weber calls Ortega",
        )
    )
    ledger.publish(
        article(
            "visit",
            f"{{Omar Haddad|EG}} will meet {weber} on 2022-11-02. “We shall see,” {{Omar Haddad|EG}} said.",
        )
    )
    ledger.publish(article("taken-back", f"{ortega} called {{Ivan Petrov|BG}} on 2022-09-01."))
    await ledger.derive()
    ledger.publish(
        article(
            "calls",
            f"🗞️ {weber} called {ortega} on 2022-10-04. “We agreed on grain,” {weber} said.\n"
            f"“I know of nothing,” {{Mei Tanaka|JP}} said.",
            revision=2,
            headline="Weber calls Ortega on Tuesday",
        )
    )
    ledger.publish(article("taken-back", "", revision=2, status="withheld"))
    ledger.publish(
        article(
            "calls-too",
            f"{weber} called {ortega} on 2022-10-05.",
            headline="A call on Wednesday",
            source=NewsSource(name="Other News"),
        )
    )
    ledger.publish(hostile_article())
    await ledger.derive()
    tell_together(ledger.log)
    await sign_log(ledger.log)
    ledger.publish(article("late", f"{{Grace Mbeki|KE}} met {ortega} on 2022-11-20."))
    await ledger.derive()
    return ledger.log


TOLD = "c" * 64
"""The id of the contact that two articles of the newsroom tell of."""


def tell_together(log: MemoryLog) -> None:
    """Add what a consolidation would: one contact that was merged away, and one of two reports with two days."""
    found = [
        decode_event(one.value, one.headers)
        for one in log.all()
        if one.topic == "contact-log" and one.key in {b"calls", b"calls-too"}
    ]
    contacts = [one for one in found if isinstance(one, ContactLogged) and one.mode == "call"]
    newest = {one.article_id: one for one in contacts}
    state = _together([newest["calls"], newest["calls-too"]])
    gone = "d" * 64
    for event in (
        ContactConsolidated(consolidated_id=gone, producer=PRODUCER, contact=state),
        ContactConsolidated(consolidated_id=TOLD, producer=PRODUCER, contact=state),
        ContactsMerged(consolidated_id=gone, producer=PRODUCER, into=TOLD, contact=state),
    ):
        value = encode_value(event)
        headers = to_headers(cloudevents_attributes(event, value, source="urn:readout:tests", time=None))
        log.append(Record(event.topic, event.key.encode(), value, headers), 0, 1_666_700_000_000)


def _together(contacts: Sequence[ContactLogged]) -> ConsolidatedContact:
    """Two reports of one call, a day apart, as independent as can be."""
    reports, parties = tuple(map(_report, contacts)), contacts[0].participants
    return ConsolidatedContact(
        participants=tuple(
            ConsolidatedParty(
                identity=name_digest * 64,
                name=one.name,
                kind="person",
                titles=(),
                country=one.country,
                part="party",
                names=(NameUsed(name=one.name, linked_by="same words", reports=(0, 1)),),
            )
            for name_digest, one in zip("67", parties, strict=True)
        ),
        modes=(ModeClaim(mode="call", reports=(0, 1)),),
        statuses=(StatusClaim(status="held", reports=(0, 1)),),
        dates=tuple(
            DateClaim(date=one.date or "", end=None, reports=(number,)) for number, one in enumerate(reports)
        ),
        places=(),
        subjects=(),
        disputed=("date",),
        report_count=2,
        independent_reports=2,
        groups=(ReportGroup(reports=(0,), reasons=()), ReportGroup(reports=(1,), reasons=())),
        first_reported="2022-10-25T00:00:00Z",
        last_reported="2022-10-25T00:00:00Z",
        reports=reports,
    )


def _report(contact: ContactLogged) -> ContactReport:
    return ContactReport(
        record_id=contact.contact_id,
        record_sha256=sha256_hex(encode_value(contact)),
        article_id=contact.article_id,
        revision=contact.revision,
        proposed_id=TOLD,
        position=0,
        published_at="2022-10-25T00:00:00Z",
        source="Example News" if contact.article_id == "calls" else "Other News",
        text_sha256=contact.text_sha256,
        text_sketch="",
        passage_sketch="",
        credit=None,
        origin=None,
        participants=tuple(
            ToldParty(
                name=one.name,
                kind="person",
                title=None,
                office=None,
                country=one.country,
                part="party",
                alias_id=None,
            )
            for one in contact.participants
        ),
        mode=contact.mode,
        status=contact.status,
        date=contact.occurred_on.date,
        end=None,
        is_approximate=False,
        is_anchored=False,
        hour=None,
        place=None,
        subjects=(),
    )


async def report_of(
    log: Log,
    out: Path,
    filters: Filters | None = None,
    key: PublicKey | None = KEY.public,
    *,
    with_text: bool = True,
) -> str:
    """Write a report of a log; the file's text."""
    making = Making("a log of tests", AT, "0", filters or Filters(), key, with_text)
    await write_report(log, out, making, await shown_bounds(log))
    return await asyncio.to_thread(out.read_text, "utf-8")
