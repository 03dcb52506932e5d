"""entities: who and what an article mentions, one record per entity with all its mentions."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.event import DerivedEvent, Part, Sha256
from schemas.selector import Selector

EntityType = Literal["person", "organisation", "place", "group", "facility", "event", "product", "other"]
MentionKind = Literal["name", "nominal", "pronoun"]


class EntityReference(Part):
    """Somebody or something in another record; no id where the article gives no entity for the words."""

    entity_id: Sha256 | None
    name: str
    selectors: tuple[Selector, ...] = Field(min_length=1)


class Role(Part):
    """An office that the article gives a person."""

    title: str
    organisation: str | None
    country: str | None = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")


class Mention(Part):
    """One place where the article names, describes or refers back to the entity."""

    selector: Selector
    kind: MentionKind


class EntityMentioned(DerivedEvent):
    """One person, organisation, place or thing of an article revision."""

    event_type: ClassVar[str] = "readout.entity.mentioned.v1"
    topic: ClassVar[str] = "entities"

    entity_id: Sha256
    type: EntityType
    name: str = Field(description="The fullest name that the article gives.")
    aliases: tuple[str, ...] = Field(description="Other names in the article, sorted.")
    roles: tuple[Role, ...]
    country: str | None = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")
    stands_for: Sha256 | None = Field(description="Entity meant by a metonym, as Moscow for Russia.")
    mentions: tuple[Mention, ...] = Field(min_length=1, description="In reading order.")
