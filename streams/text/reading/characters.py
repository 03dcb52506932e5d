"""The steps of the reading that look at characters alone: what a person who reads the page never sees.

Reads:  a text
Writes: the edits that make it plain, one step at a time, each step on what the one before has left
Deliberately absent: lines and paragraphs (`lines`), quotation marks (`marks`).
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator

from readout.streams.text.reading.offsets import Edit, Mapped

Step = Callable[[str], Iterator[Edit]]

_ENTITY = re.compile(r"&(?:amp;){0,3}(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_BLOCK = (
    "address|article|aside|block|blockquote|body|caption|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|"
    "hl2|head|header|hr|html|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINE = (
    "a|abbr|acronym|audio|b|big|cite|code|del|dfn|em|font|i|iframe|img|ins|kbd|mark|q|s|small|source|span|strike|"
    "strong|sub|sup|svg|time|tt|u|video|wbr"
)
_MARKUP = re.compile(
    rf"""<!--.*?-->|<!doctype\b[^>]*>|<!\[CDATA\[|\]\]>
    |<(?P<silent>script|style|title)\b[^>]*>.*?</(?P=silent)\s*>
    |</?(?:(?P<block>{_BLOCK})|(?P<line>br)|{_INLINE}|[a-z]+:[a-z]+)(?:\s[^<>]*|/)?>""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_BLOCKS = re.compile(r"<(?:p|div|br|li|td)\b[^<>]*>", re.IGNORECASE)
# Where HTML divides the paragraphs, a single line break is a space.
_MARKUP_AND_WRAPS = re.compile(_MARKUP.pattern + r"|(?<![\r\n])\r?\n(?!\s*[\r\n])", _MARKUP.flags)
_WINDOWS_PUNCTUATION = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_C1 = re.compile("[\x80-\x9f]")
# NEL between two paragraphs; the same byte is an ellipsis in Windows-1252.
_NEXT_LINE = re.compile("(?<=[.!?\"'\u2019\u201d)])\x85(?=[A-Z\"'\u2018\u201c])")


def _misread(letter: str) -> Iterator[str]:
    """How the bytes of a letter in UTF-8 look in Windows-1252, and in Latin-1."""
    octets = letter.encode()
    yield "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in octets)
    yield octets.decode("latin-1")


_TWICE_ENCODED = {
    seen: letter
    for letter in "\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026"
    + "".join(map(chr, range(0xBF, 0x180)))
    for seen in _misread(letter)
}
_TWICE = re.compile("\u00e2[\u20ac\x80]\\S|[\u00c3-\u00c5]\\S")
_HAS_MARKDOWN = re.compile(r"[*_#\\]|\]\(")
_MARKDOWN = re.compile(
    r"""!\[[^\]\n]*\]\([^)\s]*\)
    |\[(?P<linked>[^\]\n]+)\]\((?:https?://|mailto:|[/\#])[^)\s]*\)
    |(?<![\w*])(?P<star>\*{1,3})(?=[^\s*])(?P<starred>[^*\n]+)(?<=\S)(?P=star)(?![\w*])
    |(?<![\w_])(?P<line>_{1,2})(?=[^\s_])(?P<underlined>[^_\n]+)(?<=\S)(?P=line)(?![\w_])
    |^\#{1,6}[ ]+
    |\\(?=["'\u2018\u2019\u201c\u201d])""",
    re.VERBOSE | re.MULTILINE,
)
_QUOTED_LINE = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_FILLED_LINE = re.compile(r"^.*\S", re.MULTILINE)
# Soft hyphens, zero-width spaces and joiners, marks of direction, byte order marks, and idle controls.
_INVISIBLE = re.compile(
    "[\x01-\x08\x0e-\x1b\x7f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffc]+"
)
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\u2028\u2029]")
_ODD_SPACE = re.compile("[\t\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_CLUSTER = re.compile("[^\x00-\u02ff][\u0300-\u036f]*|[^\u0300-\u036f][\u0300-\u036f]+")
_LIGATURE = re.compile("[\ufb00-\ufb06\uff01-\uff5e]")
# Hyphens, apostrophes and quotation marks that another character stands in for.
_LOOK_ALIKE = re.compile(
    "(?P<hyphen>[\u2010\u2011]|(?<=[^\\W\\d_])\u2212(?=[^\\W\\d_]))|(?P<apostrophe>(?<=\\w)[\u00b4\u02b9\u02bc\u2032](?=\\w))"
    "|(?P<mark>[\u2033\u275b-\u275e\u02ba]|<<(?=\\w)|(?<=[\\w.,!?])>>)"
)
_MAY_BE_LOOK_ALIKE = re.compile("[\u00b4\u02b9\u02ba\u02bc\u2010\u2011\u2032\u2033\u2212\u275b-\u275e]")
_MARKS = {
    "\u2033": '"',
    "\u02ba": '"',
    "\u275b": "\u2018",
    "\u275c": "\u2019",
    "\u275d": "\u201c",
    "\u275e": "\u201d",
    "<<": "\u00ab",
    ">>": "\u00bb",
}


def _entities(text: str) -> Iterator[Edit]:
    """`&amp;`, `&#8217;`, and what was encoded again, `&amp;quot;`; a name that HTML does not know stays."""
    if "&" not in text:
        return
    for match in _ENTITY.finditer(text):
        meant = _unescaped(match[0])
        if meant != match[0] and "\0" not in meant:
            yield Edit(*match.span(), meant)


def _unescaped(reference: str) -> str:
    while (meant := html.unescape(reference)) != reference:
        reference = meant
    return meant


def _markup(text: str) -> Iterator[Edit]:
    """Tags that HTML has; those of blocks divide paragraphs. "x < y" and "<name>" stay."""
    if "<" not in text:
        return
    has_blocks = _BLOCKS.search(text) is not None
    for match in (_MARKUP_AND_WRAPS if has_blocks else _MARKUP).finditer(text):
        if match[0].isspace():
            yield Edit(*match.span(), " ")
            continue
        space = "\n\n" if match["block"] or match["silent"] else "\n" if match["line"] else ""
        yield Edit(*match.span(), space)


def _windows(text: str) -> Iterator[Edit]:
    if text.isascii():
        return
    for match in _C1.finditer(text):
        meant = _WINDOWS_PUNCTUATION.get(ord(match[0]), "")
        yield Edit(*match.span(), "\n" if _NEXT_LINE.match(text, match.start()) else meant)


def _markdown(text: str) -> Iterator[Edit]:
    """Marks of Markdown around words: **bold**, _italic_, [a link](https://…), # a heading; escaped marks."""
    if _HAS_MARKDOWN.search(text) is None:
        return
    for match in _MARKDOWN.finditer(text):
        words = next((name for name in ("linked", "starred", "underlined") if match[name]), None)
        start, end = match.span(words) if words else (match.end(), match.end())
        yield Edit(match.start(), start, "")
        if end < match.end():
            yield Edit(end, match.end(), "")


def _quoting(text: str) -> Iterator[Edit]:
    """The marks of a quoted mail, where all lines but a few have them."""
    if ">" not in text:
        return
    quoted = list(_QUOTED_LINE.finditer(text))
    if len(quoted) * 5 >= len(_FILLED_LINE.findall(text)) * 4:
        for match in quoted:
            yield Edit(*match.span(), "")


def _twice_encoded(text: str) -> Iterator[Edit]:
    """UTF-8 that was read as Windows-1252: "\u00e2\u20ac\u2122" is an apostrophe."""
    if text.isascii():
        return
    for match in _TWICE.finditer(text):
        if match[0] in _TWICE_ENCODED:
            yield Edit(*match.span(), _TWICE_ENCODED[match[0]])


def _invisible(text: str) -> Iterator[Edit]:
    for match in _INVISIBLE.finditer(text):
        yield Edit(*match.span(), "")


def _line_ends(text: str) -> Iterator[Edit]:
    for match in _LINE_END.finditer(text):
        yield Edit(*match.span(), "\n\n" if match[0] == "\u2029" else "\n")


def _odd_spaces(text: str) -> Iterator[Edit]:
    for match in _ODD_SPACE.finditer(text):
        yield Edit(*match.span(), " ")


def _composed(text: str) -> Iterator[Edit]:
    """Accents that follow their letter become one character with it (NFC)."""
    if unicodedata.is_normalized("NFC", text):
        return
    for match in _CLUSTER.finditer(text):
        whole = unicodedata.normalize("NFC", match[0])
        if whole != match[0]:
            yield Edit(*match.span(), whole)


def _ligatures(text: str) -> Iterator[Edit]:
    """Printers' ligatures and full-width letters and marks, as in "of\ufb01ce"."""
    if text.isascii():
        return
    for match in _LIGATURE.finditer(text):
        yield Edit(*match.span(), unicodedata.normalize("NFKC", match[0]))


def _look_alikes(text: str) -> Iterator[Edit]:
    """Hyphens and quotation marks of other alphabets or trades: "long\u2011term", "it\u00b4s", "<<ready>>"."""
    if "<<" not in text and _MAY_BE_LOOK_ALIKE.search(text) is None:
        return
    for match in _LOOK_ALIKE.finditer(text):
        meant = "-" if match["hyphen"] else "\u2019" if match["apostrophe"] else _MARKS[match[0]]
        yield Edit(*match.span(), meant)


STEPS: tuple[tuple[str, Step], ...] = (
    ("entities", _entities),
    ("markup", _markup),
    ("markdown", _markdown),
    ("twice-encoded", _twice_encoded),
    ("windows-1252", _windows),
    ("invisible", _invisible),
    ("line-ends", _line_ends),
    ("quoting", _quoting),
    ("spaces", _odd_spaces),
    ("composed", _composed),
    ("ligatures", _ligatures),
    ("look-alikes", _look_alikes),
)


def plain_characters(body: str) -> Mapped:
    """The body after all steps, with its map."""
    read = Mapped(body)
    for _, step in STEPS:
        read = read.edited(step(read.text))
    return read
