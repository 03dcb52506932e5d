"""How records are said in words and addresses of other formats. Pure."""

import datetime
import uuid
from collections.abc import Iterator

from readout.schemas.contact_log import ContactLogged
from readout.schemas.news import ArticlePublished
from readout.schemas.occurrence import Occurrence

# Ours for good: ids of exports follow from it.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:readout:export")
_UNSEEN = str.maketrans(dict.fromkeys([*range(9), 11, 12, *range(14, 32), 65534, 65535], "�"))


def stable_uuid(*parts: str) -> str:
    """A UUID that follows from some texts."""
    return str(uuid.uuid5(_NAMESPACE, "\0".join(parts)))


def title_of(contact: ContactLogged) -> str:
    """A contact in one line: mode, status where it is not held, and who."""
    names = [one.name for one in contact.participants]
    said = "" if contact.status == "held" else f" ({contact.status})"
    return f"{contact.mode.capitalize()}{said}: {', '.join(names[:-1])} and {names[-1]}"


def evidence_of(contact: ContactLogged) -> str:
    """The passages that prove it, each on one line."""
    return "\n".join(" ".join(passage.exact.split()) for passage in contact.evidence)


def days_of(occurrence: Occurrence) -> tuple[datetime.date, datetime.date] | None:
    """First and last day, where the date is a day, a week or a stretch of days."""
    if occurrence.date is None or occurrence.precision not in {"day", "week"}:
        return None
    first = datetime.date.fromisoformat(occurrence.date)
    if occurrence.end:
        return first, datetime.date.fromisoformat(occurrence.end)
    return first, first + datetime.timedelta(days=6 if occurrence.precision == "week" else 0)


def moment_of(article: ArticlePublished, sealed_at: int) -> datetime.datetime:
    """When the article was published; when it was sealed, if nobody says."""
    return article.published_in_utc or datetime.datetime.fromtimestamp(sealed_at // 1000, datetime.UTC)


def xml_safe(text: str) -> str:
    """The text without characters that XML 1.0 cannot hold."""
    return text.translate(_UNSEEN)


def distinct(texts: Iterator[str | None]) -> list[str]:
    """The texts that there are, each once, in order."""
    return list(dict.fromkeys(text for text in texts if text))
