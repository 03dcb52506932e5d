"""The seed's text format: optional white space, `date YYYY-MM-DD `, then the body up to the end.

The body is kept to the letter, its white space included: offsets of derived records point into it.
"""

import datetime
import re

from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft

_DATE_LINE = re.compile(r"\s*date[ \t]+(\S+)(?:\s|$)")


def read_text(text: str) -> Draft:
    """Read one article.

    Raises:
        InvalidRecord: empty, no date line, or an impossible date.
    """
    if not text.strip():
        raise InvalidRecord("the file is empty")
    found = _DATE_LINE.match(text)
    if found is None:
        raise InvalidRecord("no date line: the text must begin with 'date YYYY-MM-DD '")
    return Draft(body=text[found.end() :], published_at=_day(found.group(1)))


def _day(text: str) -> str:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise InvalidRecord(f"{text[:40]!r} is no date of the calendar: write 'date YYYY-MM-DD '")
