"""What newsrooms, pages and mail programs put around the words of an article: lists to choose from.

Each entry is one way of many that the same kind of part is written; `settings` sets the words themselves otherwise.
"""

import html
import random
import re
import textwrap
from collections.abc import Iterator

from tests.layout.changes import Variant, paragraphs, wrapped

DATELINES = (
    "(Reuters) - ",
    "(CNN)",
    "CNN — ",
    "KYIV, Ukraine — ",
    "LONDON/PARIS, June 5 (Reuters) - ",
    "TALLINN, Oct. 25, 2022 /PRNewswire/ -- ",
    "MOSCOW, October 25. /TASS/. ",
    "TALLINN, Tue Oct 25 (Reuters) - ",
    "Tallinn, Oct. 25 (CNA) ",
    "Tallinn, 25 October 2022 (WAM) – ",
    "TALLINN | ",
    "Tallinn - ",
    "SAN JOSÉ, Costa Rica (AP) — ",
    "ABOARD AIR FORCE ONE (AP) — ",
)
HEADS = (
    "By Signe Aaltonen and Rolf Brandvik",
    "By SIGNE AALTONEN\nThe Associated Press",
    "By: Signe Aaltonen",
    "Analysis by Signe Aaltonen",
    "Signe Aaltonen @signea",
    "Guardian staff and agencies",
    "Tue 25 Oct 2022 09.30 BST",
    "October 25, 2022 / 9:30 AM / CBS News",
    "Published: 09:30, 25 October 2022 | Updated: 10:15, 25 October 2022",
    "Harbour Cranes Stand Still for a Third Week",
    "UPDATE 1-Harbour cranes stand still for a third week\n\nBy Signe Aaltonen",
)
BETWEEN = (
    "Cranes stand idle in the harbour of Tallinn. Photograph: Peeter Kask/Getty Images",
    "Cranes stand idle in the harbour of Tallinn. | Photo Credit: AP",
    "FILE - Cranes stand idle in the harbour of Tallinn, Oct. 1, 2022. (AP Photo/Peeter Kask, File)",
    "Image caption Cranes stand idle in the harbour of Tallinn",
    "Photo by Peeter Kask",
    "Getty Images",
    "Advertisement · Scroll to continue",
    "READ ALSO: Harbour strike enters its third week",
    "Share on Facebook",
    "Listen · 4 min",
    "What comes next for the harbour",
)
BEHIND = (
    "Reporting by Signe Aaltonen in Tallinn and Rolf Brandvik in Oslo, writing by Ulla Kivi",
    "Signe Aaltonen reported from Tallinn. Rolf Brandvik contributed reporting from Oslo.",
    "This article was amended on 25 October 2022 to correct the name of the harbour.",
    "(Corrects spelling of harbour in paragraph 2)",
    "© 2022 The Associated Press. All rights reserved.",
    "— AFP",
    "-30-",
)


def surrounded(text: str) -> Iterator[tuple[str, Variant]]:
    """The text with each of the entries, by the entry."""
    body, own = text.strip(), paragraphs(text)
    for words in DATELINES:
        yield words, Variant(words + body, ((0, len(words)),))
    for words in HEADS:
        yield words, Variant(f"{words}\n\n{body}", ((0, len(words)),))
    for words in BETWEEN:
        above = "\n\n".join(own[:2]) + "\n\n"
        below = "\n\n" + "\n\n".join(own[2:])
        yield words, Variant(above + words + below, ((len(above), len(above) + len(words)),))
    for words in BEHIND:
        yield words, Variant(f"{body}\n\n{words}", ((len(body), len(body) + 2 + len(words)),))


def settings(text: str) -> Iterator[tuple[str, Variant]]:
    """The text set in other ways, by their names."""
    own = paragraphs(text)
    for width in (35, 45, 55, 76, 90, 120):
        yield f"wrap at {width}", Variant(wrapped(text, width))
    yield "wrapped mail", Variant(textwrap.indent(wrapped(text, 72), "> ", lambda _: True))
    yield "wrapped, set in at the left", Variant(textwrap.indent(wrapped(text, 72), "     "))
    yield "wrapped, CR alone", Variant(wrapped(text, 66, end="\r"))
    yield "wrapped, line separators", Variant(wrapped(text, 66, end="\u2028"))
    yield "form feeds", Variant("\n\x0c\n".join(own))
    yield "tabs in front", Variant("\n".join("\t" + one for one in own))
    yield "list", Variant("\n".join("• " + one for one in own))
    yield "list of dashes", Variant("\n".join("- " + one for one in own))
    yield "entities twice", Variant(_encoded(text))
    yield "no-break spaces as entities", Variant(_strewn(text, " ", "&nbsp;"))
    yield "joiners", Variant(re.sub(r"(?<=[a-z]{3})(?=[a-z]{3})", "\u200d", text))
    yield "breaks of HTML", Variant("<br><br>".join(html.escape(one, quote=False) for one in own))
    yield "character data of XML", Variant("<![CDATA[" + "".join(f"<p>{one}</p>" for one in own) + "]]>")
    yield "bold of Markdown", Variant(re.sub(r"\b([A-Z][a-z]{5,})\b", r"**\1**", text))
    yield "UTF-8 read as Windows-1252", Variant("".join(map(_misread, text)))
    yield "non-breaking hyphens", Variant(re.sub(r"(?<=\w)-(?=\w)", "\u2011", text))
    yield "acute accents as apostrophes", Variant(re.sub(r"(?<=\w)’(?=\w)", "´", text))
    for marks in ("«\xa0|\xa0»", "»|«", "„|”", "”|”", "「|」", "‘‘|’’", "❝|❞", "‹|›"):
        opening, closing = marks.split("|")
        yield opening + closing, Variant(re.sub("“([^“”\n]*)”", rf"{opening}\1{closing}", text))


def _encoded(text: str) -> str:
    return "".join(
        letter if letter.isascii() and letter not in "'\"&" else f"&amp;#{ord(letter)};" for letter in text
    )


def _strewn(text: str, old: str, new: str) -> str:
    chance = random.Random(15)
    return "".join(new if letter == old and chance.random() < 0.15 else letter for letter in text)


def _misread(letter: str) -> str:
    return letter.encode().decode("cp1252") if letter in "‘’“–—…" else letter
