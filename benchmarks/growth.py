"""Measure how derivation's time grows with an article's length: `python -m benchmarks.growth --help`.

Every kind is made to a wanted length from 10 KB to 1 MB, and derived in a process of its own. What is shown is
the CPU time at each length and the fitted exponent: 1.0 means that twice the text takes twice the time.
"""

import argparse
import math
import multiprocessing
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import orjson

from benchmarks.articles import generated_articles
from benchmarks.machine import describe_machine
from readout.schemas.news import ArticlePublished

SIZES = (10_000, 31_600, 100_000, 316_000, 1_000_000)
MOST_EXPONENT = 1.1
_SECONDS = 600.0
_PLEASE = "The minister said on Tuesday that Anna Weber had met Omar Haddad in Oslo. "

Times = dict[int, float]
"""CPU seconds by characters of the body."""


def _repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def _joined(parts: Callable[[int], str]) -> Callable[[int], str]:
    """Numbered parts one after the other; each is different."""

    def make(size: int) -> str:
        made, length = [], 0
        for number in count():
            if length >= size:
                break
            made.append(parts(number))
            length += len(made[-1])
        return "".join(made)[:size]

    return make


def _name(number: int) -> str:
    """A name of two words that no other number has."""
    letters = "".join("abcdefghijklmnopqrst"[int(digit)] for digit in str(number))
    return f"Mar{letters[::-1]} Vol{letters}ik"


def _news(size: int) -> str:
    articles = generated_articles(size // 1500 + 2)
    return "\n\n".join(article.body for article in articles)[:size]


KINDS: Mapping[str, Callable[[int], str]] = {
    "news": _news,
    "round brackets": _repeated("("),
    "opening quotation marks": _repeated("“"),
    "straight quotation marks": _repeated('"'),
    "equals signs": _repeated("="),
    "emoji": _repeated("\N{GRINNING FACE}"),
    "full stops": _repeated("."),
    "dashes": _repeated("\N{EM DASH}"),
    "possessives": _repeated("'s"),
    "question marks": _repeated("?"),
    "mixed marks": _joined(lambda number: "([{“\"'=+*#%&/$"[number % 14] + "!?;:.,-_<>|~^"[number * 7 % 13]),
    "brothers": _repeated("Anna Weber met Bob Weber in Oslo on Tuesday. "),
    "paragraph marks": _repeated("He said:\n"),
    "one letter": _repeated("a"),
    "hyphens": _repeated("re-"),
    "line breaks": lambda size: "A line." + "\n" * size,
    "spaces": lambda size: "A line." + " " * size,
    "combining marks": _repeated("e\u0301"),
    "an address": lambda size: "https://example.org/" + "a/b?c=d&" * (size // 8),
    "capitals": _repeated(_PLEASE.upper()),
    "one sentence again": _repeated(_PLEASE),
    "short sentences": _repeated("A met B. "),
    "new names in short sentences": _joined(lambda number: f"{_name(number)} met {_name(number + 1)}. "),
    "a list of new names": _joined(lambda number: f"{_name(number)}, "),
    "names and names": _repeated("Anna Weber and Omar Haddad and "),
    "nested reports": _repeated("Anna said that Omar said that she told Ines that "),
    "nested clauses": _repeated("who met the man who saw the dog that "),
    "nested brackets": _repeated("(he said (she said "),
    "quotations": _repeated('"We agree," said Anna Weber. "It is time," Omar Haddad told her. '),
    "unclosed quotations": _repeated("“We agree, she said.\n\n"),
    "one quotation": lambda size: "“" + _repeated(_PLEASE)(size),
    "one straight quotation": lambda size: '"' + _repeated(_PLEASE)(size),
    "pronouns": _repeated("He told her that she had met him before they saw it. "),
    "titles": _repeated("President Minister Ambassador Weber "),
    "commas": _repeated(", "),
    "dates": _repeated("on 3 May 2021 and last Tuesday, "),
    "calls": _repeated("He called, spoke by phone and met. "),
    "one word in capitals": _repeated("The NATO "),
    "a headline": lambda size: "Only Half of the Ministers Will Fly to Oslo\n" + _news(size),
}
"""Kinds of input, each a function from a number of characters to a body of about as many."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a line for each kind, keep the figures; 1 if a kind grows faster than allowed."""
    asked = _parser().parse_args(arguments)
    found: dict[str, Times] = {}
    for kind in asked.kinds or KINDS:
        found[kind] = measure(kind, [size for size in SIZES if size <= asked.longest], asked.seconds)
        sys.stdout.write(_line(kind, found[kind]) + "\n")
        sys.stdout.flush()
    if asked.output:
        asked.output.write_bytes(orjson.dumps(_figures(found), option=orjson.OPT_INDENT_2) + b"\n")
    whole = all(
        len(times) == len([size for size in SIZES if size <= asked.longest]) for times in found.values()
    )
    return 0 if whole and all(exponent(times) <= MOST_EXPONENT for times in found.values()) else 1


def measure(kind: str, sizes: Sequence[int], seconds: float) -> Times:
    """CPU seconds for each size, the smallest first; without those that took more than so many seconds."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=_derive, args=(kind, list(sizes), there))
    child.start()
    there.close()
    times: Times = {}
    try:
        while len(times) < len(sizes) and here.poll(seconds):
            size, spent = here.recv()
            times[size] = spent
    except EOFError:
        pass
    child.kill()
    child.join()
    return times


def exponent(times: Mapping[int, float]) -> float:
    """The slope of the logarithms, by least squares; not a number for fewer than two sizes."""
    if len(times) < 2:
        return math.nan
    points = [(math.log(size), math.log(spent)) for size, spent in times.items()]
    mean_x, mean_y = (sum(column) / len(points) for column in zip(*points, strict=True))
    over = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return float(over / sum((x - mean_x) ** 2 for x, _ in points))


def _derive(kind: str, sizes: Sequence[int], answers: Connection) -> None:
    # Imported here: the process that waits has no use for a parser.
    from readout.streams.derive.language import load_language
    from readout.streams.processors.derivation import derive_batch
    from readout.streams.processors.records import Derivation
    from readout.streams.settings import Settings

    language = load_language(Settings())
    derive_batch([_article(_news(2000))], language)
    for size in sizes:
        article = _article(KINDS[kind](size))
        started = time.process_time()
        (derived,) = derive_batch([article], language)
        spent = time.process_time() - started
        if not isinstance(derived, Derivation):
            sys.stderr.write(f"{kind}, {size}: {derived.error}: {derived.message}\n")
            return
        answers.send((size, spent))


def _article(body: str) -> ArticlePublished:
    return ArticlePublished(
        article_id="growth", revision=1, status="usable", body=body, published_at="2022-05-03"
    )


def _line(kind: str, times: Times) -> str:
    spent = "  ".join(f"{size // 1000:>4} KB {seconds:8.2f} s" for size, seconds in times.items())
    return f"{kind:30} {exponent(times):5.2f}  {spent}"


def _figures(found: Mapping[str, Times]) -> dict[str, object]:
    return {
        "machine": describe_machine(),
        "kinds": {
            kind: {
                "exponent": round(exponent(times), 3),
                "cpu_seconds": {str(size): round(seconds, 3) for size, seconds in times.items()},
            }
            for kind, times in found.items()
        },
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, help="default: all")
    parser.add_argument("--longest", type=int, default=SIZES[-1], help="characters (default: 1000000)")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="give up on a size after so many")
    parser.add_argument("--output", type=Path, help="where the JSON goes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
