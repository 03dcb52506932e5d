"""Moments as people type them: a date, a time, yesterday, or how long ago. In UTC where no zone is said."""

import re
from datetime import UTC, datetime, timedelta

from readout.streams.errors import ConfigurationError

_AGO = re.compile(r"(\d{1,6})\s*(s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS = {"today": 0, "yesterday": 1}
HOW = "such as 2022-10-25, 2022-10-25T09:00Z, yesterday or 2h"


def moment_of(option: str, text: str | None, now: datetime | None = None) -> datetime | None:
    """The moment that a person has typed.

    Args:
        option: the option, for the error.
        text: `now`, `today` and `yesterday` (their midnight), a number with s, m, h, d or w for so long ago, or
            ISO 8601.
        now: the present, for tests.

    Raises:
        ConfigurationError: it is no moment.
    """
    if text is None:
        return None
    now = now or datetime.now(UTC)
    word = text.strip().lower()
    if word == "now":
        return now
    if word in _DAYS:
        return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=_DAYS[word])
    ago = _AGO.fullmatch(word)
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ConfigurationError(f"{option} {text!r} is no moment: write one {HOW}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
