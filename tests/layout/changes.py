"""Layout changes: the same words set in other ways, and with what newsrooms put around them.

A change is a function of a text and a source of chance. It gives a `Variant`: the new text, and the ranges of it
that are no words of the old one.
"""

import html
import random
import re
import textwrap
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

Range = tuple[int, int]


@dataclass(frozen=True)
class Variant:
    """A text set anew; `added` holds the half-open ranges whose words the old text does not have."""

    text: str
    added: tuple[Range, ...] = ()


Change = Callable[[str, random.Random], Variant]
CHANGES: dict[str, Change] = {}


def change(name: str) -> Callable[[Change], Change]:
    """Enter a change in the list."""

    def enter(function: Change) -> Change:
        CHANGES[name] = function
        return function

    return enter


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a plain text, which are divided by line breaks."""
    return [one.strip() for one in text.split("\n") if one.strip()]


def wrapped(text: str, width: int, *, hyphens: bool = True, end: str = "\n") -> str:
    filled = (
        textwrap.fill(one, width, break_on_hyphens=hyphens, break_long_words=False)
        for one in paragraphs(text)
    )
    return "\n\n".join(filled).replace("\n", end)


for _width in (40, 50, 65, 72, 80, 100):
    CHANGES[f"wrap at {_width}"] = lambda text, _, width=_width: Variant(wrapped(text, width))  # type: ignore[misc]


@change("wrap at 68, words with hyphens whole")
def _wrap_whole(text: str, _: random.Random) -> Variant:
    return Variant(wrapped(text, 68, hyphens=False))


@change("wrap at 60, CRLF")
def _wrap_crlf(text: str, _: random.Random) -> Variant:
    return Variant(wrapped(text, 60, end="\r\n"))


@change("wrap at 70, words broken by hyphens")
def _wrap_hyphenated(text: str, chance: random.Random) -> Variant:
    return Variant("\n\n".join(_hyphenated(one, chance) for one in paragraphs(text)))


def _hyphenated(paragraph: str, chance: random.Random) -> str:
    lines, line = [], ""
    for word in paragraph.split():
        if len(line) + 1 + len(word) <= 70:
            line = f"{line} {word}".lstrip()
            continue
        room = min(69 - len(line) - 1, len(word) - 3)
        is_cut = re.fullmatch(r"[a-z]{7,}", word) and room >= 3 and chance.random() < 0.7
        lines.append(f"{line} {word[:room]}-" if is_cut else line)
        line = word[room:] if is_cut else word
    return "\n".join([*lines, line])


@change("wrap at 72, lines indented")
def _wrap_indented(text: str, _: random.Random) -> Variant:
    return Variant(wrapped(text, 72).replace("\n", "\n    "))


@change("CRLF")
def _crlf(text: str, _: random.Random) -> Variant:
    return Variant("\r\n\r\n".join(paragraphs(text)) + "\r\n")


@change("CR")
def _cr(text: str, _: random.Random) -> Variant:
    return Variant("\r\r".join(paragraphs(text)))


@change("no blank lines")
def _no_blank_lines(text: str, _: random.Random) -> Variant:
    return Variant("\n".join(paragraphs(text)))


@change("blank lines")
def _blank_lines(text: str, _: random.Random) -> Variant:
    return Variant("\n\n\n\n".join(paragraphs(text)) + "\n\n\n")


@change("line separators")
def _line_separators(text: str, _: random.Random) -> Variant:
    return Variant("\u2029".join(paragraphs(text)))


@change("paragraphs indented")
def _indented(text: str, _: random.Random) -> Variant:
    return Variant("\n".join("   " + one for one in paragraphs(text)))


@change("trailing spaces")
def _trailing_spaces(text: str, chance: random.Random) -> Variant:
    return Variant("\n\n".join(one + " " * chance.randrange(4) for one in paragraphs(text)) + "  \n ")


@change("two spaces between sentences")
def _two_spaces(text: str, _: random.Random) -> Variant:
    return Variant(re.sub(r"(?<=[.!?]) (?=[A-Z“\"])", "  ", text))


def _spaced(text: str, chance: random.Random, space: str, share: float) -> Variant:
    return Variant(re.sub(" ", lambda _: space if chance.random() < share else " ", text))


@change("tabs")
def _tabs(text: str, chance: random.Random) -> Variant:
    return _spaced(text, chance, "\t", 0.05)


@change("no-break spaces")
def _no_break(text: str, chance: random.Random) -> Variant:
    return _spaced(text, chance, "\xa0", 0.15)


@change("narrow and thin spaces")
def _narrow(text: str, chance: random.Random) -> Variant:
    return _spaced(text, chance, chance.choice("\u202f\u2009\u2002"), 0.1)


def _strewn(text: str, chance: random.Random, mark: str, share: float) -> Variant:
    return Variant(
        re.sub(r"(?<=[^\W\d_]{2})(?=[^\W\d_]{2})", lambda _: mark if chance.random() < share else "", text)
    )


@change("soft hyphens")
def _soft_hyphens(text: str, chance: random.Random) -> Variant:
    return _strewn(text, chance, "\xad", 0.08)


@change("zero-width characters")
def _zero_width(text: str, chance: random.Random) -> Variant:
    return _strewn(text, chance, chance.choice("\u200b\u200c\u2060"), 0.05)


@change("byte order mark")
def _byte_order_mark(text: str, _: random.Random) -> Variant:
    return Variant("\ufeff" + text)


@change("marks of direction")
def _direction(text: str, chance: random.Random) -> Variant:
    return Variant(
        re.sub(r"(?<!\w)(?=[A-Z])", lambda _: "\u200e" if chance.random() < 0.2 else "", text) + "\u202c"
    )


@change("accents decomposed")
def _decomposed(text: str, _: random.Random) -> Variant:
    return Variant(unicodedata.normalize("NFD", text))


@change("Windows-1252 read as Latin-1")
def _windows(text: str, _: random.Random) -> Variant:
    return Variant(
        "".join(
            letter.encode("cp1252").decode("latin-1") if letter in "‘’“”–—…•" else letter for letter in text
        )
    )


@change("named entities")
def _named_entities(text: str, _: random.Random) -> Variant:
    named = {"“": "&ldquo;", "”": "&rdquo;", "‘": "&lsquo;", "’": "&rsquo;", "—": "&mdash;", "–": "&ndash;"}
    return Variant("".join(named.get(letter, html.escape(letter)) for letter in text))


@change("numbered entities")
def _numbered_entities(text: str, _: random.Random) -> Variant:
    return Variant(
        "".join(
            f"&#{ord(letter)};" if not letter.isascii() or letter in "'\"&" else letter for letter in text
        )
    )


@change("HTML paragraphs")
def _html(text: str, _: random.Random) -> Variant:
    return Variant("".join(f"<p>{html.escape(one)}</p>" for one in paragraphs(text)))


@change("HTML, wrapped, with inline tags and breaks")
def _html_wrapped(text: str, chance: random.Random) -> Variant:
    blocks = []
    for one in paragraphs(text):
        words = [
            f"<b>{word}</b>" if word.isalpha() and chance.random() < 0.05 else word
            for word in html.escape(one, quote=False).split(" ")
        ]
        blocks.append(
            f'<div class="text">\n{textwrap.fill(" ".join(words), 90, break_on_hyphens=False)}\n</div>'
        )
    return Variant("<!-- story -->\n" + "\n".join(blocks))


def straight(text: str) -> str:
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


# A pair of marks that lean on what they enclose; what a typist set askew stays as it is.
_PAIR = re.compile(
    r"""(?<![^\s(\[—–-])["“](?=[^\s"“”])([^"“”«»„\n]*)(?<=[^\s"“”(])["”](?![^\s.,;:!?)\]—–-])"""
)


def curly(text: str) -> str:
    """As a word processor sets them."""
    text = _PAIR.sub(r"“\1”", text)
    text = re.sub(
        r"(?<![\w.,!?…;:)\]'\"’”])'(?=\w)", lambda m: "’" if m.string[m.end()].isdigit() else "‘", text
    )
    return text.replace("'", "’")


@change("straight quotation marks")
def _straight(text: str, _: random.Random) -> Variant:
    return Variant(straight(text))


@change("typographic quotation marks")
def _curly(text: str, _: random.Random) -> Variant:
    return Variant(curly(text))


def _other_marks(text: str, opening: str, closing: str) -> Variant:
    return Variant(_PAIR.sub(lambda pair: opening + pair[1] + closing, text))


@change("angle quotation marks")
def _angle(text: str, _: random.Random) -> Variant:
    return _other_marks(text, "«", "»")


@change("low quotation marks")
def _low(text: str, _: random.Random) -> Variant:
    return _other_marks(text, "„", "“")


@change("doubled single quotation marks")
def _doubled(text: str, _: random.Random) -> Variant:
    return _other_marks(text, "``", "''")


@change("full-width quotation marks")
def _full_width(text: str, _: random.Random) -> Variant:
    return Variant(straight(text).replace('"', "＂"))


def _above(text: str, words: str) -> Variant:
    return Variant(words + text.lstrip(), ((0, len(words)),))


def _filed(text: str, words: str) -> Variant:
    """A dateline goes before the first sentence, behind headlines in capitals."""
    own = paragraphs(text)
    place = next((place for place, one in enumerate(own) if re.search(r"[a-z]\W*$", one)), 0)
    before = "".join(one + "\n\n" for one in own[:place])
    return Variant(before + words + "\n\n".join(own[place:]), ((len(before), len(before) + len(words)),))


def _between(text: str, chance: random.Random, words: str) -> Variant:
    """Some words as a paragraph of their own, between two of the text; behind it if it has only one."""
    own = paragraphs(text)
    place = chance.randrange(1, len(own)) if len(own) > 1 else 1
    before = "\n\n".join(own[:place]) + "\n\n"
    after = "\n\n" + "\n\n".join(own[place:])
    return Variant(before + words + after, ((len(before), len(before) + len(words)),))


@change("dateline")
def _dateline(text: str, _: random.Random) -> Variant:
    return _filed(text, "TALLINN — ")


@change("dateline with day and agency")
def _full_dateline(text: str, _: random.Random) -> Variant:
    return _filed(text, "TALLINN, Estonia, Oct 25 (Northern Wire) - ")


@change("byline")
def _byline(text: str, _: random.Random) -> Variant:
    return _above(text, "By Ingrid Qvarnström\n\n")


@change("byline, day of update, dateline")
def _wire_head(text: str, _: random.Random) -> Variant:
    return _above(
        text,
        "By Ingrid Qvarnström and Teodor Vasić\nUpdated 4:10 PM, October 25, 2022\nTALLINN (Northern Wire) -- ",
    )


@change("headline")
def _headline(text: str, _: random.Random) -> Variant:
    return _above(text, "Harbour cranes stand still for a third week\n\n")


@change("photo caption")
def _caption(text: str, chance: random.Random) -> Variant:
    return _between(
        text, chance, "FILE PHOTO: Cranes stand idle in the harbour of Tallinn. Northern Wire/Jaan Ilves"
    )


@change("photo credit")
def _credit(text: str, chance: random.Random) -> Variant:
    return _between(text, chance, "Photo: Jaan Ilves / Getty Images")


@change("advertisement")
def _advertisement(text: str, chance: random.Random) -> Variant:
    return _between(text, chance, "ADVERTISEMENT")


@change("link to another story")
def _read_more(text: str, chance: random.Random) -> Variant:
    return _between(text, chance, "Read more: Harbour strike enters its third week")


@change("newsletter")
def _newsletter(text: str, chance: random.Random) -> Variant:
    return _between(text, chance, "Sign up to our morning newsletter for stories like this one.")


@change("correction")
def _correction(text: str, _: random.Random) -> Variant:
    words = "\n\nCorrection: An earlier version of this article misspelled the name of the harbour."
    body = text.rstrip()
    return Variant(body + words, ((len(body), len(body) + len(words)),))


@change("end of the story")
def _ending(text: str, _: random.Random) -> Variant:
    words = "\n\n(Reporting by Ingrid Qvarnström; editing by Teodor Vasić)\n\n* * *"
    body = text.rstrip()
    return Variant(body + words, ((len(body), len(body) + len(words)),))
