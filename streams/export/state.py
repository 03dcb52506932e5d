"""What holds of one article: its last sealed revision and the records that are live. Pure values."""

from dataclasses import dataclass
from typing import TypeVar

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import DerivedEvent
from readout.schemas.news import ArticlePublished
from readout.schemas.statements import StatementAttributed

E = TypeVar("E", bound=DerivedEvent)


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """A derived record that holds, and its value as recorded."""

    event: DerivedEvent
    value: bytes


@dataclass(frozen=True, slots=True)
class ArticleState:
    """An article, its value as recorded, and what holds of it; `sealed_at` is in milliseconds since 1970."""

    article: ArticlePublished
    value: bytes
    outcome: str
    sealed_at: int
    records: tuple[LiveRecord, ...]

    @property
    def entities(self) -> tuple[EntityMentioned, ...]:
        """The entities, in the order in which they were recorded."""
        return self._of(EntityMentioned)

    @property
    def statements(self) -> tuple[StatementAttributed, ...]:
        """The statements."""
        return self._of(StatementAttributed)

    @property
    def contacts(self) -> tuple[ContactLogged, ...]:
        """The contacts."""
        return self._of(ContactLogged)

    def _of(self, kind: type[E]) -> tuple[E, ...]:
        return tuple(one.event for one in self.records if isinstance(one.event, kind))
