"""Parts of an article that are no sentences of it: who wrote it, where and when it was filed, what is beside.

Reads:  lines and paragraphs of an article
Writes: what kind of part each is, and what it tells: the day and place of a dateline, the time of an entry

Told by their shape alone, and only where the shape is plain: a sentence that is taken for a part would be lost.
"""

import datetime
import re
from dataclasses import dataclass
from typing import Literal

from readout.streams.text.headings import is_heading
from readout.streams.text.other_language import is_foreign_passage
from readout.streams.text.spans import Span

PartKind = Literal[
    "dateline",
    "byline",
    "subheading",
    "updated",
    "caption",
    "credit",
    "advertisement",
    "correction",
    "entry",
    "ending",
    "foreign",
]
SILENT: frozenset[PartKind] = frozenset(
    {"updated", "advertisement", "correction", "entry", "ending", "credit", "foreign"}
)
"""Parts that nothing is derived from; the others are read behind the article and change no sentence of it."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_WEEKDAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?"
_DAY = (
    rf"(?:(?P<month>{_MONTH})\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:,?\s(?P<year>(?:19|20)\d\d))?"
    rf"|(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?\s(?P<month2>{_MONTH})(?:,?\s(?P<year2>(?:19|20)\d\d))?"
    r"|(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d))"
)
_MOMENT = rf"(?:{_WEEKDAY},?\s)?{_DAY}|{_WEEKDAY}"
_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_SMALL_WORDS = r"(?:el|al|de|la|and|sur|am|an der)\b"
_NEXT_WORD = rf"\s(?:{_UPPER}(?:{_UPPER}|[.'’/-])*|&|{_SMALL_WORDS})"
_PLACE = rf"{_UPPER}(?:{_UPPER}|[.'’/-])+(?:{_NEXT_WORD}){{0,4}}"
_TITLED_PLACE = r"[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){0,3}"
_REGION = (
    r"(?:,\s(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b)[A-Z][\w.]+(?:\s[A-Z][\w.]+){0,2})?"
)
_AGENCY = r"[(/](?:[A-Z][\w .,'’&/-]{1,40}|dpa|ap|afp|ntb|ots)[)/]"
_NAMED_AGENCY = r"[A-Z][\w]+(?:\s[A-Z]\w+)?"
_DASH = r"(?:\s*(?:[–—―]|--+)\s*|\s*-\s+)"
# What begins a sentence behind a dateline; but not in "NATO - the alliance - said".
_BEGINS = r"(?=$|[\"'“‘«„(\[\d]|[^\W\d_a-zß-öø-ÿ])"
_DATELINE = re.compile(
    rf"""(?:
    (?P<a>{_PLACE}){_REGION}(?:[,.]?\s(?:{_MOMENT}))?\.?(?:\s?{_AGENCY}|,\s{_NAMED_AGENCY})?\.?(?:{_DASH}{_BEGINS}|\s-$)
    |(?P<b>{_TITLED_PLACE}){_REGION}(?:[,.]?\s(?:{_MOMENT.replace("(?P<", "(?P<b_")}))?\.?\s?{_AGENCY}\.?(?:{_DASH})
    |(?P<c>{_PLACE}){_REGION}[,.]\s(?:{_MOMENT.replace("(?P<", "(?P<c_")})\.?\s?{_AGENCY}[.:]?\s
    |(?P<d>{_PLACE}){_REGION},?\s(?:{_MOMENT.replace("(?P<", "(?P<d_")})(?:\s?{_AGENCY})?\.?:?$
    |(?P<e>{_PLACE}){_REGION},\s(?:{_MOMENT.replace("(?P<", "(?P<e_")}):\s
    )""",
    re.VERBOSE,
)
_ANY_MOMENT = re.sub(r"\(\?P<\w+>", "(?:", _MOMENT)
_WIRE = r"(?:Reuters|REUTERS|AP|AFP|CNN|BBC|UPI|TASS|Xinhua|dpa|ANI|PTI|IANS|Interfax|The Associated Press)"
# Only above the first sentence: "Tallinn - The", "(Reuters) - The", "Oct 25 (Reuters) - The", "(CNN)The".
_FIRST_DATELINE = re.compile(
    rf"""(?P<a>{_PLACE}){_REGION}(?:\s?{_AGENCY})?:\s(?=\S)
    |(?P<b>{_TITLED_PLACE}),\s[A-Z]\w+(?:\s[A-Z]\w+)?\s?[–—]\s?{_BEGINS}
    |(?P<c>{_PLACE}|{_TITLED_PLACE}){_REGION}[,.]?\s(?:{_ANY_MOMENT}),\s{_NAMED_AGENCY}{_DASH}{_BEGINS}
    |(?P<d>{_TITLED_PLACE}){_REGION}[,.]?\s(?:{_ANY_MOMENT})\s?{_AGENCY}\s{_BEGINS}
    |(?P<e>{_PLACE}|{_TITLED_PLACE}){_REGION}\s\|\s{_BEGINS}
    |(?P<f>{_TITLED_PLACE})(?:{_DASH}){_BEGINS}
    |(?:(?:{_ANY_MOMENT})\s?)?{_AGENCY}{_DASH}{_BEGINS}
    |\(?{_WIRE}\)?{_DASH}{_BEGINS}
    |\({_WIRE}\)\s?{_BEGINS}""",
    re.VERBOSE,
)
_SHORTEST_ARTICLE = 40
"""Less stands behind no dateline: "Analysis - What next" is a headline."""

_TOLD = re.compile(_MOMENT.replace("(?P<", "(?P<t_"))

_NAME = r"[A-Z][\w.'’-]*(?:\s(?:[A-Z][\w.'’-]*|de|van|von|der|bin|al|el|la|di|da|dos)){1,4}"
_NAMES = rf"{_NAME}(?:(?:,\s|\s?(?:,\s)?and\s|\s&\s|;\s){_NAME}){{0,5}}"
_ROLE = (
    r"(?:,?\s(?:in|at|for)\s[A-Z][\w.'’ -]{1,40}|\s?[,|/•·-]\s?[\w.'’@ &-]{2,60}|\s?\([A-Z][\w .'’&/-]{1,40}\)"
    r"|,\s[A-Z][\w.'’& -]{1,40})"
)
_WRITER = r"(?:[Cc]orrespondent|[Rr]eporter|[Ee]ditor|[Ss]taff\s[Ww]riter|[Cc]olumnist)"
_BYLINE = re.compile(
    rf"""(?:
    (?:By|BY|by|Author|(?:Written|Story|Words|Opinion|Analysis|Comment|Review|Report)\sby|From):?\s:?{_NAMES}(?:{_ROLE}){{0,3}}\.?
    |(?:By|BY|by):?\s[A-Z][A-Z.'’ ,&-]{{1,80}}
    |(?:By|BY|by)\s(?:[Oo]ur|[Ss]taff|[Aa]gencies|{_WIRE})\b.{{0,40}}
    |(?:[A-Z]\w+\s)?[Ss]taff(?:\s[Rr]eporters?|\s[Ww]riters?|\sand\sagencies)?
    |{_NAME}\s@\w{{2,30}}
    |(?:(?:Additional|Further)\s)?(?:[Rr]eporting|[Ww]riting|[Ee]diting)\s(?:and\s(?:writing|editing)\s)?by\s[^.]{{3,200}}\.?.{{0,200}}
    |\(?(?:Reporting|Writing|Editing|Compiled|Additional\sreporting)\s(?:and\s\w+\s)?by\s.{{3,300}}\)
    |(?:Associated\sPress|Reuters|AFP|AP|Bloomberg)\s(?:writers?|journalists?|correspondents?|reporters?)\s{_NAMES}.{{0,200}}contributed.{{0,60}}
    |(?:{_NAMES})\sreported\sfrom\s.{{3,200}}
    |(?:{_NAMES})\s(?:contributed\s(?:reporting|to\sthis\s(?:report|story|article)).{{0,60}})
    |(?:{_NAME})(?:,\s|\s\|\s|\s[-–—]\s)(?:[A-Z][\w ]+\s)?{_WRITER}
        (?:\sin\s{_NAME}|,?\s[A-Z][\w ]+)?
    )""",
    re.VERBOSE,
)
_CLOCK = r"(?:[0-2]?\d[:.h][0-5]\d|[01]?\d)(?:\s?(?:[ap]\.?m\.?|[AP]\.?M\.?))?(?:\s(?:[A-Z]{2,5}))?"
_DATED = re.sub(r"\(\?P<\w+>", "(?:", rf"(?:{_WEEKDAY},?\s)?{_DAY}")
_UPDATED = re.compile(
    rf"""(?:
    (?:[Ll]ast\s[Uu]pdated?|[Ll]ast\smodified|UPDATED|Updated?|Published|PUBLISHED|First\spublished|Posted|Modified|Issued)
        (?:\s(?:at|on)|:)?\s.{{0,6}}(?:{_ANY_MOMENT}|{_CLOCK}|\d+\s(?:minutes?|hours?|days?)\sago|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}).{{0,60}}
    |(?:{_DATED}),?(?:\s(?:at\s)?{_CLOCK})?(?:\s[|/•·-]\s.{{0,60}})?
    |{_CLOCK},?\s(?:{_ANY_MOMENT})
    |\d{{1,2}}/\d{{1,2}}/\d{{2,4}}(?:,?\s{_CLOCK})?
    |\d+\smin(?:ute)?s?\s(?:read|ago)
    |(?:19|20)\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?
    )""",
    re.VERBOSE,
)
_ENTRY = re.compile(
    rf"(?:(?P<stamp>{_ANY_MOMENT}),?\s)?(?P<clock>[0-2]?\d[:.h][0-5]\d(?:\s?(?:[ap]\.?m\.?|[AP]\.?M\.?))?|[01]?\d\s?[ap]\.?m\.?)"
    r"(?:\s(?:GMT|UTC|BST|EDT|EST|ET|CET|CEST|MSK|IST|PT|PDT|PST|AEST|AEDT|local time|\([A-Z]{2,5}\)))?"
    r"(?:$|\s*(?:[–—|:-]|--)\s+(?=\S)|\.?\s*$)"
)
_SUBHEADING = re.compile(r"[^\W\d_a-zß-öø-ÿ]|\d")
_ADVERTISEMENT = re.compile(
    r"""(?:
    \W*(?:advertisements?|advert|sponsored(?:\scontent)?|story\scontinues\s(?:below|after)(?:\sthe)?(?:\sadvertisement)?
        |article\scontinues\s(?:below|after)(?:\sthe)?(?:\sadvertisement)?|continue\s(?:reading|with\sthe\sstory)(?:\sbelow)?.{0,60}
        |skip\s(?:past|to)\s.{2,60}|scroll\s(?:down\s)?to\scontinue.{0,40}|related\s(?:articles?|stories|content|topics|links)
        |share\sthis(?:\s(?:article|story|page))?.{0,40}|most\s(?:read|popular|viewed)|trending(?:\snow)?|paid\spost|promoted(?:\sstories)?
        |loading\.{0,3}|show\smore|view\scomments?|\d*\s?comments?|(?:the\s)?ad\scontinues.{0,30}|recommended(?:\sfor\syou)?)\W*
    |\W*(?:read\s(?:more|also|next|the\sfull\sstory(?:\shere)?)|see\salso|also\sread|more\son\sthis(?:\sstory)?|related|recommended|watch(?:\s(?:now|live|video))?|listen(?:\snow)?
        |don['’]t\smiss|in\spictures|explainer|editors?['’]?s?\spicks?|more\s(?:from|on)\s[\w\s]{2,40})\s?[:>»|].{0,200}
    |\W*read\smore\W*
    |(?:click|tap)\shere\s(?:to|for)\s.{3,120}
    |(?:sign\sup|subscribe|register)\s(?:to|for|here|now)\s.{3,160}
    |(?:follow|like)\s(?:us|\w+(?:\s\w+){0,4})\son\s(?:twitter|facebook|instagram|x|telegram|whatsapp|youtube|google\snews)\b.{0,120}
    |get\s(?:the|our)\s.{0,60}(?:newsletter|app|inbox)\b.{0,100}
    |(?:support|donate)\s(?:us|our\s\w+).{0,80}
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_ENDING = re.compile(
    r"""(?:
    \W*(?:ends?|-\s?30\s?-|\#{2,}|\*{3,}|(?:\*\s){2,}\*|_{3,}|-{3,}|={3,}|~{3,}|\(?more\)?\s?(?:to\scome|follows)?|[•·⁂*]{1,3}|enditem)\W*
    |(?:copyright|©|\(c\))\s.{0,160}|all\srights\sreserved\W*.{0,120}|this\smaterial\smay\snot\sbe\spublished.{0,160}
    |(?:https?://|www\.)\S+
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"""(?:
    \W?(?:Corrections?(?:\s(?:and\sclarifications?|note|appended|\w+\s\d+(?:,\s\d{4})?))?|Clarifications?|Editor['’]?s?['’]?\s[Nn]ote|CORRECTIONS?|CORRECTS|CLARIFICATIONS?|EDITOR['’]?S?['’]?\sNOTE)\s?[:–—-].{3,}
    |\W?An?\s(?:earlier|previous)\sversion\sof\sthis\s(?:article|story|report|headline|piece|post|dispatch|item)\b.{3,}
    |\W?This\s(?:article|story|report|piece|post|headline|item)\s(?:was|has\sbeen)\s(?:first\s)?(?:updated|corrected|amended|edited|revised|originally\spublished)\b.{0,}
    |\(?(?:This|The)\s(?:story|version|article)\s(?:corrects|has\sbeen\scorrected|refiles|updates)\b.{3,}
    |\(?(?:Corrects|Refiles|Recasts|Updates|Adds|Repeats)\s(?:to\s|with\s|throughout|[\w’']+\s(?:in|of|to)\s|details|quotes?|dateline|spelling).{0,160}\)?
    )""",
    re.VERBOSE | re.DOTALL,
)
_CAPTION_LABEL = re.compile(
    r"""[\[(]?(?:FILE(?:\s(?:PHOTO|PICTURE|IMAGE))?|File(?:\s(?:photo|picture|image))?|HANDOUT(?:\sPHOTO)?|(?:Photo|Image|Picture|Video|Graphic|Map|Illustration)(?:\scaption)?|PHOTO|IMAGE|VIDEO|Caption)
    \s?[:–—-].{3,}|(?:Image|Media|Video)\s(?:caption|source),?\s.{3,}|In\sthis\s(?:[\w,.]+\s){0,4}(?:photo|image|picture)\b.{3,}""",
    re.VERBOSE | re.DOTALL,
)
_HOUSES = (
    r"(?:Reuters|REUTERS|AP|AFP|EPA|EPA-EFE|Getty(?:\sImages)?|GETTY(?:\sIMAGES)?|AAP|PA|PA\sMedia|Shutterstock|TASS|Sputnik|Xinhua|Bloomberg|Alamy|ANSA|dpa|DPA"
    r"|Anadolu(?:\sAgency)?|NurPhoto|ZUMA(?:\sPress)?|SIPA|Pool|POOL|Handout|HANDOUT|The\sAssociated\sPress|AP\sPhoto|Rex\sFeatures|NTB|TT|Ritzau|Kyodo|Yonhap|UPI)"
)
# A credit is no word of the sentence before it: "he told Reuters."
_APART = r"(?:^|(?<=[.!?…)\]”\"]\s))"
_PHOTOGRAPHER = r"[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){0,3}"
_CREDIT_TAIL = re.compile(
    rf"""(?:{_APART}[(\[|]?\s?(?:Photo(?:graph)?|Image|Picture|Credit|Source|Photography)(?:\s(?:credit|source|courtesy))?\s?(?::|by\b|/)\s?[^.!?]{{2,100}}[)\]]?\.?
    |[(\[]\s?(?:{_PHOTOGRAPHER}\s?[/|,:]\s?)+{_HOUSES}
        (?:\s?[/|]\s?[\w.'’ -]{{2,40}}){{0,2}}(?:\s?via\s{_HOUSES})?\s?[)\]]\.?
    |{_APART}{_HOUSES}\s?[/|]\s?[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){{0,3}}(?:\s?[/|]\s?[\w.'’ -]{{2,40}})?\.?
    |{_APART}(?:©\s?)?{_PHOTOGRAPHER}\s?[/|]\s?{_HOUSES}(?:\s?(?:[/|]|via)\s?[\w.'’ -]{{2,40}}){{0,2}}\.?
    |©\s?[\w.'’ /|,-]{{2,60}}\.?
    |{_APART}(?:[\w.]+\s){{0,3}}(?:via\s)?(?:Getty\sImages|AP\sPhoto|Reuters|AFP)\.?)$""",
    re.VERBOSE,
)
_LINE_KINDS: tuple[tuple[PartKind, re.Pattern[str]], ...] = (
    ("byline", _BYLINE),
    ("advertisement", _ADVERTISEMENT),
    ("entry", _ENTRY),
    ("updated", _UPDATED),
    ("ending", _ENDING),
    ("credit", _CREDIT_TAIL),
    ("dateline", _DATELINE),
)
_LONGEST_CAPTION = 400
_LONGEST_CREDIT = 120
_LONGEST_LINE = 240


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the article that is no sentence of it.

    Attributes:
        kind: what it is.
        span: where it stands, in code points of the body.
        day: the day that it tells, if it tells one with its year.
        place: where the place of a dateline stands, in code points of the body.
        text: its words.
    """

    kind: PartKind
    span: Span
    text: str
    place: Span | None = None

    @property
    def day(self) -> datetime.date | None:
        """The day that it tells with its year, if it does."""
        return told_day(self.text)


def line_kind(text: str) -> PartKind | None:
    """The kind of a line that is a part by itself, whatever stands above and below it."""
    if len(text) > _LONGEST_LINE:
        return None
    return next((kind for kind, pattern in _LINE_KINDS if pattern.fullmatch(text)), None)


def begins_part(text: str) -> bool:
    """Does a line begin a part that may go on in the next line?"""
    return bool(_CORRECTION.match(text) or _CAPTION_LABEL.match(text))


def paragraph_kind(text: str) -> PartKind | None:
    """The kind of a whole paragraph, its lines joined."""
    by_line = line_kind(text)
    if by_line:
        return by_line
    if _CORRECTION.fullmatch(text):
        return "correction"
    if _CAPTION_LABEL.fullmatch(text):
        return "caption"
    if (
        len(text) <= _LONGEST_CAPTION
        and _CREDIT_TAIL.search(text, max(0, len(text) - _LONGEST_CREDIT))
        and not text.startswith(("“", '"', "‘", "'"))
    ):
        return "caption"
    if text[0] not in "“\"‘'«„" and is_foreign_passage(text):
        return "foreign"
    return None


def dateline(text: str, *, is_first: bool) -> re.Match[str] | None:
    """The dateline that a paragraph begins with.

    Args:
        text: the paragraph.
        is_first: is it the first sentence of the article, where "CAIRO:" is a place and no speaker?
    """
    found = _DATELINE.match(text)
    if found is None and is_first:
        found = _FIRST_DATELINE.match(text)
        if found is not None and len(text) - found.end() < _SHORTEST_ARTICLE:
            return None
    if found is None or (text.isupper() and not set("(/") & set(found[0]) and not _TOLD.search(found[0])):
        return None  # "SOCCER - ALL RESULTS" is a headline
    return found


def dateline_place(found: re.Match[str]) -> tuple[int, int] | None:
    """Where the place stands in the paragraph, half-open; None if only an agency stands there."""
    name = next((name for name, words in found.groupdict().items() if len(name) == 1 and words), None)
    if name is None:
        return None
    start, _end = found.span(name)
    return start, start + len(found[name].rstrip("."))


def may_be_subheading(text: str) -> bool:
    """Is a line set as a heading inside an article is, if sentences stand above and below it?"""
    return is_heading(text) and text[-1] not in "?!" and _SUBHEADING.match(text) is not None


def entry_lead(text: str) -> re.Match[str] | None:
    """The time that an entry of a live blog begins with: "14:35 GMT — The talks are over"."""
    found = _ENTRY.match(text)
    return found if found and found.end() < len(text) else None


_TOLD_DAY = re.compile(_DAY)


def told_day(text: str) -> datetime.date | None:
    """The first day with its year in some words, if the calendar has it."""
    for match in _TOLD_DAY.finditer(text):
        year = match["year"] or match["year2"]
        found = _iso(match["iso"]) if match["iso"] else _calendar_day(match, int(year)) if year else None
        if found is not None:
            return found
    return None


def months_day(text: str, year: int) -> datetime.date | None:
    """The first day in some words that tell none of its year, in a given year."""
    for match in _TOLD_DAY.finditer(text):
        found = _calendar_day(match, year) if not match["iso"] else None
        if found is not None:
            return found
    return None


def _iso(words: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(words)
    except ValueError:
        return None


def _calendar_day(match: re.Match[str], year: int) -> datetime.date | None:
    month = _MONTHS.index((match["month"] or match["month2"]).casefold()[:3]) + 1
    try:
        return datetime.date(year, month, int(match["day"] or match["day2"]))
    except ValueError:
        return None
