"""One example of every event type, made from the opening of the seed article.

Published with the JSON Schemas, so that a reader in any language can try its code before it has a broker. The
digests of the producer block are made up of repeated digits: no code stands behind them.
"""

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.entities import EntityMentioned, EntityReference, Mention, Role, Speaker
from readout.schemas.envelope import encode_value
from readout.schemas.event import Event, Model, Producer
from readout.schemas.example_contacts import contact_examples
from readout.schemas.ids import RecordIds, sha256_hex
from readout.schemas.manifests import ManifestSealed, SealedRecord
from readout.schemas.news import ArticlePublished, Extraction, NewsSource
from readout.schemas.occurrence import Occurrence
from readout.schemas.provenance import derived_from
from readout.schemas.selector import Selector, select
from readout.schemas.statements import Content, Cue, StatementAttributed
from readout.schemas.withdrawals import RecordWithdrawn

BODY = (
    "On Monday, Russian military Chief of General Staff Valery Gerasimov and the chairman of the US Joint "
    "Chiefs of Staff Mark Milley spoke over the phone. “The specific details of their conversation will be kept "
    "private,” Col. Dave Butler, the Joint Staff spokesperson, said."
)
_PRODUCER = Producer(
    package="readout-streams",
    version="0.1.0",
    build="0" * 64,
    models=(Model(name="en_core_web_md", version="3.7.1", sha256="1" * 64),),
    configuration="2" * 64,
)


def example_events() -> tuple[Event, ...]:
    """Every event type once, in the order of the registry."""
    ids = RecordIds(_ARTICLE.article_id)
    people = [_person(ids, name, role) for name, role in _PEOPLE.items()]
    statement, contact = _statement(ids, people[2]), _contact(ids, people[:2])
    return (
        _ARTICLE,
        people[1],
        statement,
        contact,
        _withdrawal(contact),
        _manifest(people, statement, contact),
        *contact_examples(contact),
    )


_ARTICLE = ArticlePublished(
    article_id="https://news.example/2022/10/25/calls",
    revision=1,
    status="usable",
    headline="Military chiefs speak by phone",
    body=BODY,
    published_at="2022-10-25",
    source=NewsSource(
        name="Example News",
        url="https://news.example/2022/10/25/calls",
        extraction=Extraction(
            raw_sha256=sha256_hex(b"<html>an example</html>"), extractor="trafilatura", version="2.3.1"
        ),
    ),
)
_DERIVED = derived_from(_ARTICLE, _PRODUCER)
_PEOPLE = {
    "Valery Gerasimov": Role(title="Chief of General Staff", organisation=None, country="RU"),
    "Mark Milley": Role(title="chairman", organisation="US Joint Chiefs of Staff", country="US"),
    "Dave Butler": Role(title="spokesperson", organisation="Joint Staff", country=None),
}


def _words(text: str) -> Selector:
    start = BODY.index(text)
    return select(BODY, start, start + len(text))


def _person(ids: RecordIds, name: str, role: Role) -> EntityMentioned:
    return EntityMentioned(
        **_DERIVED,
        entity_id=ids.next_id("entity", "person", name),
        type="person",
        name=name,
        aliases=(),
        roles=(role,),
        country=role.country,
        stands_for=None,
        mentions=(Mention(selector=_words(name), kind="name"),),
    )


def _statement(ids: RecordIds, source: EntityMentioned) -> StatementAttributed:
    content = _words("The specific details of their conversation will be kept private")
    return StatementAttributed(
        **_DERIVED,
        statement_id=ids.next_id("statement", source.name, content.exact),
        kind="direct",
        source=Speaker(
            entity_id=source.entity_id,
            name=source.name,
            selectors=(_words("Col. Dave Butler, the Joint Staff spokesperson"),),
            on_behalf_of=EntityReference(
                entity_id=None, name="Joint Staff", selectors=(_words("Joint Staff"),)
            ),
        ),
        cue=Cue(selectors=(_words("said"),), lemma="say"),
        content=Content(selectors=(content,), text=content.exact),
        addressee=None,
        nested_in=None,
        occurred_on=None,
    )


def _contact(ids: RecordIds, people: list[EntityMentioned]) -> ContactLogged:
    return ContactLogged(
        **_DERIVED,
        contact_id=ids.next_id("contact", "call", "2022-10-24", *(person.name for person in people)),
        participants=tuple(
            Participant(
                entity_id=person.entity_id,
                name=person.name,
                selectors=tuple(mention.selector for mention in person.mentions),
                title=person.roles[0].title,
                country=person.country,
                part="party",
            )
            for person in people
        ),
        mode="call",
        status="held",
        occurred_on=Occurrence(
            date="2022-10-24", precision="day", text=_words("Monday"), anchor="2022-10-25"
        ),
        place=None,
        subjects=(),
        reported_by=None,
        confidence=912,
        evidence=(select(BODY, 0, BODY.index("“") - 1),),
    )


def _withdrawal(contact: ContactLogged) -> RecordWithdrawn:
    return RecordWithdrawn(
        **derived_from(_ARTICLE.model_copy(update={"revision": 2}), _PRODUCER),
        record_id=contact.contact_id,
        record_type=contact.event_type,
        reason="withheld",
    )


def _manifest(
    people: list[EntityMentioned], statement: StatementAttributed, contact: ContactLogged
) -> ManifestSealed:
    lines: list[tuple[Event, str]] = [(person, person.entity_id) for person in people]
    lines += [(statement, statement.statement_id), (contact, contact.contact_id)]
    live = tuple(
        SealedRecord(
            topic=event.topic,
            type=event.event_type,
            record_id=record_id,
            sha256=sha256_hex(encode_value(event)),
        )
        for event, record_id in lines
    )
    return ManifestSealed(
        **_DERIVED,
        article_event_id=sha256_hex(encode_value(_ARTICLE)),
        status="usable",
        outcome="derived",
        reason=None,
        live=live,
        withdrawn=(),
    )
