"""Derive a text at the prompt or in a notebook, which shows the article with its evidence marked.

Reads:  the text that is handed in, and what is installed
Writes: nothing
"""

from dataclasses import dataclass
from functools import lru_cache
from os import environ
from typing import TypeVar

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import Event
from readout.schemas.news import ArticlePublished
from readout.schemas.statements import StatementAttributed
from readout.streams.derive.language import load_language
from readout.streams.derive.notebook_page import page
from readout.streams.errors import InvalidRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.events import Events
from readout.streams.processors.derivation import Language, derive_batch
from readout.streams.processors.records import DerivationFailure
from readout.streams.publish.drafts import Draft, Limits, to_article
from readout.streams.settings import Settings, read_settings

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class DerivedArticle:
    """An article and all that was derived from it; in a notebook the text with its evidence marked."""

    article: ArticlePublished
    events: Events[Event]

    @property
    def entities(self) -> Events[EntityMentioned]:
        """Who and what is mentioned."""
        return self._of(EntityMentioned)

    @property
    def statements(self) -> Events[StatementAttributed]:
        """Who said what."""
        return self._of(StatementAttributed)

    @property
    def contacts(self) -> Events[ContactLogged]:
        """Who was in contact with whom."""
        return self._of(ContactLogged)

    def _of(self, kind: type[E]) -> Events[E]:
        return Events(one for one in self.events if isinstance(one, kind))

    def _repr_html_(self) -> str:
        return page(self.article, self.entities, self.statements, self.contacts)


def derive(
    text: str,
    *,
    published_at: str | None = None,
    headline: str | None = None,
    article_id: str | None = None,
    settings: Settings | None = None,
) -> DerivedArticle:
    """Derive one article; the language model is loaded at the first call, which takes some seconds.

    Args:
        text: the article's body; selectors point into it.
        published_at: ISO 8601, such as 2022-10-25; words such as Monday count from it.
        headline: the headline.
        article_id: its id; without one the sha256 of the text.
        settings: which language resources; None reads them as the command line does.

    Raises:
        InvalidRecord: the text cannot be published, such as one in another language, or a processor broke on it.
    """
    settings = settings or read_settings(environ)
    draft = Draft(body=text, published_at=published_at, headline=headline, article_id=article_id)
    limits = Limits(settings.max_article_characters, settings.max_record_bytes)
    article = to_article(draft, limits)
    (derived,) = derive_batch([article], _language(settings))
    if isinstance(derived, DerivationFailure):
        raise InvalidRecord(f"a processor broke: {derived.error}: {derived.message}")
    return DerivedArticle(article, Events(decode_event(one.value, one.headers) for one in derived.records))


@lru_cache(maxsize=1)
def _language(settings: Settings) -> Language:
    return load_language(settings)
