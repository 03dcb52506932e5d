"""Offices across articles: the US defence minister is the Pentagon chief and the secretary of defense.

Reads:  offices in the words of articles
Writes: a class of office, equal where news mean the same office; None where the words name none
Pure.
"""

import re
from functools import lru_cache

# In this order: the first that fits decides. "minister for foreign affairs" holds no "prime minister".
_CLASSES = (
    ("security adviser", r"(national )?security (adviser|advisor)|nsa"),
    ("general", r"secretary[ -]general|(un|u\.n\.|nato|united nations) (chief|head)"),
    ("foreign", r"foreign (minister|secretary|affairs)|external affairs|secretary of state|(top|chief) diplomat"
                r"|diplomacy chief|foreign policy chief|high representative"),
    ("defence", r"defence (minister|secretary|chief|head)|(secretary|minister) (of|for) (national )?defence"
                r"|pentagon (chief|head|boss)|minister of (the )?armed forces|armed forces minister"),
    ("military", r"chief of (the )?(general |defence )?staff|general staff|joint chiefs"
                 r"|(top|chief) (general|military)|military chief|army chief"
        r"|armed forces (chief|commander)|commander[ -]in[ -]chief|top officer"
                 r"|chief of defence|chief of (the )?army"),
    ("interior", r"interior (minister|secretary)|home secretary|minister of (the )?interior|home affairs"),
    ("finance", r"(finance|economy|treasury) (minister|secretary|chief)|minister of finance"
                r"|chancellor of the excheq|secretary of the treasury"),
    ("trade", r"(trade|commerce) (minister|secretary|representative|commissioner)|minister of (trade|commerce)"),
    ("energy", r"(energy|oil|petroleum) (minister|secretary)|minister of (energy|oil)"),
    ("intelligence", r"(intelligence|spy|cia|mossad|fsb) (chief|director|head)|director of (the )?(cia|mossad)"),
    ("head of government", r"prime minister|premier|chancellor|taoiseach|\bpm\b"),
    ("vice president", r"vice[ -]president"),
    ("president", r"\bpresident\b|white house chief|kremlin leader|\bchairman xi\b"),
    ("monarch", r"\b(king|queen|emir|sultan|emperor|monarch)\b"),
    ("heir", r"crown prince"),
    ("cleric", r"\b(pope|pontiff|patriarch|archbishop|grand mufti)\b"),
    ("envoy", r"envoy|special representative|negotiator"),
    ("ambassador", r"ambassador"),
    ("speaker", r"speaker|chair(man|woman)? of (the )?parliament"),
    ("leader", r"\bleader\b|head of (state|government)|\bruler\b"),
    ("minister", r"\bminister\b|\bsecretary\b"),
)  # fmt: skip
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _CLASSES)
_DEPUTY = re.compile(
    r"\b(deputy|assistant|under[- ]?secretary|vice[ -](minister|foreign|defence)|former|ex)\b"
)
# What may be said instead of what; the other way round as well.
WIDER = {
    "leader": frozenset({"president", "head of government", "monarch", "heir"}),
    "minister": frozenset({"foreign", "defence", "interior", "finance", "trade", "energy"}),
}


@lru_cache(maxsize=65536)
def office_class(words: str) -> str | None:
    """The class of an office: "US defense secretary" -> "defence"; deputies have classes of their own."""
    text = re.sub(r"\s+", " ", words.casefold().replace("defense", "defence").replace("’", "'"))
    for name, pattern in _PATTERNS:
        if pattern.search(text):
            return f"deputy {name}" if _DEPUTY.search(text) else name
    return None


def is_same_office(one: str | None, other: str | None) -> bool | None:
    """Can two classes be one office? None if one of them is not known."""
    if one is None or other is None:
        return None
    return one == other or other in WIDER.get(one, ()) or one in WIDER.get(other, ())
