"""Derive entities: who and what an article mentions, one event per member of its cast.

Reads:  articles (ArticlePublished) with their cast
Writes: entities (EntityMentioned), keyed by article_id
Pure:   no clock, no network, no randomness; the same article gives the same events.
"""

from collections.abc import Sequence

from readout.schemas.entities import EntityMentioned, Mention, Role
from readout.schemas.event import Producer
from readout.schemas.ids import RecordIds, text_sha256
from readout.schemas.news import ArticlePublished
from readout.streams.text.cast import Cast, Member
from readout.streams.text.reading.reading import Reading, unread


def entity_ids(cast: Cast, ids: RecordIds) -> tuple[str, ...]:
    """The ids of the members' records, in the order of the cast; the other processors point to them.

    Call it once per article and hand the result on: `ids` counts equal names.
    """
    return tuple(ids.next_id("entity", member.type, member.name) for member in cast.members)


def derive_entities(
    article: ArticlePublished, producer: Producer, cast: Cast, ids: RecordIds, reading: Reading | None = None
) -> tuple[EntityMentioned, ...]:
    """The entities of an article in the order of their first mentions; `entity_id`s as `entity_ids` gives them.

    The cast's spans count in the text of the reading; without one in the body.
    """
    reading = reading or unread(article.body)
    known = entity_ids(cast, ids)
    digest = text_sha256(article.body)
    return tuple(
        EntityMentioned(
            article_id=article.article_id,
            revision=article.revision,
            text_sha256=digest,
            producer=producer,
            entity_id=entity_id,
            type=member.type,
            name=member.name,
            aliases=_aliases(member),
            roles=_roles(member),
            country=member.country,
            stands_for=None if member.stands_for is None else known[member.stands_for],
            mentions=_mentions(member, reading),
        )
        for entity_id, member in zip(known, cast.members, strict=True)
    )


def _roles(member: Member) -> tuple[Role, ...]:
    return tuple(Role(title=o.title, organisation=o.organisation, country=o.country) for o in member.offices)


def _aliases(member: Member) -> tuple[str, ...]:
    """Other names; the capitals of a dateline make none of its place."""
    return tuple(alias for alias in member.aliases if alias != member.name.upper())


def _mentions(member: Member, reading: Reading) -> tuple[Mention, ...]:
    """In the order of the body: parts such as captions are read behind the article."""
    selected: Sequence[Mention] = [
        Mention(selector=reading.select(mention.span), kind=mention.kind) for mention in member.mentions
    ]
    return tuple(sorted(selected, key=lambda mention: mention.selector.start))
