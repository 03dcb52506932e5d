"""Find the article that a person means: by its id, or by the beginning that tables show.

Reads:  the keys of `news`
Writes: nothing
"""

import re
from collections.abc import AsyncIterator

from readout.streams.errors import NothingFound
from readout.streams.kafka.connection import StoredRecord

_WHOLE = re.compile("[0-9a-f]{64}")
_SHOWN = 5


async def article_meant(wanted: str, news: AsyncIterator[StoredRecord], *, or_as_typed: bool = False) -> str:
    """The id of the one article whose id is this, or begins so; `news` is read only if it may be a beginning.

    Args:
        wanted: what was typed.
        news: the records of `news`.
        or_as_typed: take it for an id if no article has it, such as of one that was erased.

    Raises:
        NothingFound: there is none, or several ids begin so.
    """
    if _WHOLE.fullmatch(wanted):
        return wanted
    found: dict[str, None] = {}
    async for record in news:
        key = (record.key or b"").decode(errors="replace")
        if key == wanted:
            return key
        if key.startswith(wanted):
            found[key] = None
    if or_as_typed and not found:
        return wanted
    return only_one(wanted, sorted(found), "article")


def only_one(wanted: str, found: list[str], kind: str) -> str:
    """The one id that was found.

    Raises:
        NothingFound: none was, or several.
    """
    if not found:
        raise NothingFound(f"no {kind} has an id that begins with {wanted!r}")
    if len(found) > 1:
        shown = ", ".join(found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise NothingFound(f"{wanted!r} begins several {kind} ids: {shown}{more}; give more letters")
    return found[0]
