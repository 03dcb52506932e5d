"""The two bases of everything that travels, and the fields that every derived event shares.

Deliberately absent: Kafka, clocks, random numbers. A value is a pure function of the article revision and of
the producer that derived it.
"""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Lower-case hexadecimal sha256.")]


def refers_to(topic: str, field: str) -> dict[str, JsonValue]:
    """Say in the published schema which id a field repeats: part of its meaning."""
    return {"x-refers-to": f"{topic}.{field}"}


ArticleId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=512,
        description="The article; key of all its records, so that they share a partition and keep their order.",
    ),
]


class Part(BaseModel):
    """A piece of an event: frozen, strict, and closed to fields that nobody declared."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Event(Part):
    """A fact in a record's value. `event_type` is its CloudEvents type, version included."""

    event_type: ClassVar[str]
    topic: ClassVar[str]
    key_field: ClassVar[str] = "article_id"
    """The field that is the record's key and the CloudEvents subject."""

    @property
    def key(self) -> str:
        """What the event is about: key of its record."""
        found: str = getattr(self, self.key_field)
        return found


class ArticleEvent(Event):
    """A fact about one revision of one article."""

    article_id: ArticleId
    revision: int = Field(ge=1, description="Counts up with every version of the article.")


class Model(Part):
    """A language model that the derivation used."""

    name: str = Field(description="The model's name.")
    version: str = Field(description="The model's version.")
    sha256: Sha256 = Field(description="Digest of the model's files.")


class Producer(Part):
    """Which code derived a record: enough to derive it again and to compare bytes."""

    package: str = Field(description="Name of the installed package.")
    version: str = Field(description="Version of the installed package.")
    build: Sha256 = Field(description="Digest of the source files that decide the output.")
    models: tuple[Model, ...] = Field(description="The spaCy pipeline, then the attribution model.")
    configuration: Sha256 = Field(description="Digest of the settings that decide the output.")


class DerivedEvent(ArticleEvent):
    """What was derived from one article revision, and by which code."""

    text_sha256: Sha256 = Field(
        description="Digest of the UTF-8 bytes of the article body that the selectors point into."
    )
    producer: Producer = Field(description="Which code and models derived the record.")
