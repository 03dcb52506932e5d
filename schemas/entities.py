"""entities: who and what an article mentions, one record per entity with all its mentions."""

from typing import ClassVar, Literal

from pydantic import Field

from readout.schemas.event import DerivedEvent, Part, Sha256, refers_to
from readout.schemas.selector import Selector

EntityType = Literal["person", "organisation", "place", "group", "facility", "event", "product", "other"]
MentionKind = Literal["name", "nominal", "pronoun"]


class EntityReference(Part):
    """Somebody or something in another record; no id where the article gives no entity for the words."""

    entity_id: Sha256 | None = Field(
        description="Its record in topic `entities`; null where the words denote no one entity of the article.",
        json_schema_extra=refers_to("entities", "entity_id"),
    )
    name: str = Field(description="The entity's name, or the words themselves where it has none.")
    selectors: tuple[Selector, ...] = Field(
        min_length=1, description="Where this record's article passage speaks of it."
    )


class Speaker(EntityReference):
    """Who says something, and for whom."""

    on_behalf_of: EntityReference | None = Field(
        default=None,
        description="The principal for whom a spokesman, lawyer, aide or office speaks; null if they speak for "
        "themselves, or in records of older versions.",
    )


class Role(Part):
    """An office that the article gives a person."""

    title: str = Field(description="The office in the article's words, such as defence minister.")
    organisation: str | None = Field(
        description="Where the office is held; null if the article does not say."
    )
    country: str | None = Field(
        pattern=r"^[A-Z]{2}$", description="Country served, ISO 3166-1 alpha-2; null if not said."
    )


class Mention(Part):
    """One place where the article names, describes or refers back to the entity."""

    selector: Selector = Field(description="The words.")
    kind: MentionKind = Field(description="name: by name; nominal: by a description; pronoun: by a pronoun.")


class EntityMentioned(DerivedEvent):
    """One person, organisation, place or thing of an article revision."""

    event_type: ClassVar[str] = "readout.entity.mentioned.v1"
    topic: ClassVar[str] = "entities"

    entity_id: Sha256 = Field(
        description="Stays the same through revisions that keep the entity's type and name."
    )
    type: EntityType = Field(description="What kind of thing it is.")
    name: str = Field(description="The fullest name that the article gives.")
    aliases: tuple[str, ...] = Field(description="Other names in the article, sorted.")
    roles: tuple[Role, ...] = Field(description="Offices that the article gives it; empty if none.")
    country: str | None = Field(
        pattern=r"^[A-Z]{2}$",
        description="Country it is or belongs to, ISO 3166-1 alpha-2; null if not said.",
    )
    stands_for: Sha256 | None = Field(
        description="entity_id of what a metonym means, as Moscow for the Russian government; else null.",
        json_schema_extra=refers_to("entities", "entity_id"),
    )
    mentions: tuple[Mention, ...] = Field(min_length=1, description="All its mentions, in reading order.")
