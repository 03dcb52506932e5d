"""Parse article bodies with a spaCy pipeline that the caller has loaded.

Reads:  article bodies
Writes: spaCy documents with sentences, tags, dependencies and names; `doc.text` is the body, code point for
        code point, so that every offset of a token is an offset of the article.

Absent on purpose: which pipeline, and where its weights lie. The shell loads it and calls `prepare` once.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import compile_infix_regex
from spacy.vocab import Vocab

from readout.streams.text.parser.bounds import BOUNDED, bounded_pieces, bounded_words
from readout.streams.text.parser.casing import Rank, ordinary_case
from readout.streams.text.parser.parsing import parsed
from readout.streams.text.parser.passages import Passages

PARAGRAPHS = "readout_paragraphs"
RESTORED = "readout_published_text"
_LONGEST_BODY = 100_000_000
_BODY = "readout_body"
_ANNOTATION: list[int | str] = ["TAG", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "SENT_START"]

# "Col. Dave Butler, the Joint Staff spokesperson, said." lost its sentence after "Col".
_RANKS = (
    "Col.",
    "Lt.",
    "Maj.",
    "Capt.",
    "Cmdr.",
    "Brig.",
    "Sgt.",
    "Cpl.",
    "Adm.",
    "Gen.",
    "Sen.",
    "Rep.",
    "Gov.",
)
# "The U.S.-led coalition" and "the U.N.-backed government" hide a name in a longer token.
_ABBREVIATION_HYPHEN = r"(?<=[A-Z]\.)-(?=[A-Za-z])"


def prepare(nlp: Language) -> Language:
    """Add paragraphs, the tokens of news and the reading of capitals to a loaded pipeline; returns the same one.

    Calling it again changes nothing.
    """
    if PARAGRAPHS in nlp.pipe_names:
        return nlp
    nlp.max_length = _LONGEST_BODY
    tokenizer: Any = nlp.tokenizer  # spaCy types it as any callable
    for rank in _RANKS:
        tokenizer.add_special_case(rank, [{"ORTH": rank}])
    infixes = [*(nlp.Defaults.infixes or ()), _ABBREVIATION_HYPHEN]
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    nlp.tokenizer = _CaseReader(tokenizer, nlp.vocab)
    nlp.add_pipe(PARAGRAPHS, before="parser" if "parser" in nlp.pipe_names else None)
    if "parser" in nlp.pipe_names:
        nlp.add_pipe(BOUNDED, after="parser")
    nlp.add_pipe(RESTORED, last=True)
    return nlp


class Parsed(NamedTuple):
    """A body that was parsed in passages.

    Attributes:
        whole: all of it.
        article: the headings and what stands below them; the same document if there is nothing behind.
        behind: the parts behind the article, if there are any.
    """

    whole: Doc
    article: Doc
    behind: Doc | None


def annotate(nlp: Language, bodies: Sequence[str]) -> Iterator[Doc]:
    """The documents of the bodies, in their order; no text raises.

    The neighbours of an article in a batch never decide how it is parsed (`parsing`). A body of a book's length is
    parsed in pieces (`bounds`).
    """
    return (parsed.whole for parsed in annotate_passages(nlp, [Passages((), body, ()) for body in bodies]))


def annotate_passages(nlp: Language, bodies: Sequence[Passages]) -> Iterator[Parsed]:
    """The same of bodies in passages, each of which is parsed apart."""
    pieces = [(list(_above(nlp, body)), list(_behind(nlp, body))) for body in bodies]
    docs = parsed(nlp, [piece for of_body in pieces for piece in chain(*of_body)])
    for above, behind in pieces:
        article = _joined(list(islice(docs, len(above))))
        beside = _joined(list(islice(docs, len(behind)))) if behind else None
        yield Parsed(article if beside is None else _joined([article, beside]), article, beside)


def _joined(pieces: list[Doc]) -> Doc:
    if len(pieces) == 1:
        return pieces[0]
    join: Any = Doc.from_docs  # its stub does not know `exclude`
    joined: Doc = join(pieces, ensure_whitespace=False, exclude=["tensor", "user_data"])
    return joined


def _above(nlp: Language, body: Passages) -> Iterator[Doc]:
    """The words of the article and its headings, which are told by the words of what stands below them."""
    for place, heading in enumerate(body.above):
        yield from _pieces(nlp, heading, "".join((*body.above[place + 1 :], body.article)))
    yield from _pieces(nlp, body.article)


def _behind(nlp: Language, body: Passages) -> Iterator[Doc]:
    for part in body.behind:
        yield from _pieces(nlp, part)


def _pieces(nlp: Language, body: str, below: str = "") -> list[Doc]:
    """The words of a body, in documents that fit in memory; each keeps its own part of the published body."""
    tokenizer: Any = nlp.tokenizer  # spaCy types it as any callable
    doc = tokenizer(body, below)
    pieces = bounded_pieces(doc)
    if len(pieces) > 1 and _BODY in doc.user_data:
        start = 0
        for piece in pieces:
            end = start + len(piece.text)
            piece.user_data[_BODY] = body[start:end]
            start = end
    return pieces


def spelling_rank(nlp: Language) -> Rank | None:
    """How frequent each spelling of a word is in a prepared pipeline's lexicon; None if it has none."""
    tokenizer: Any = nlp.tokenizer  # spaCy types it as any callable
    return tokenizer.rank if isinstance(tokenizer, _CaseReader) and tokenizer.has_lexicon else None


@Language.component(PARAGRAPHS)
def start_sentences_at_paragraphs(doc: Doc) -> Doc:
    """Force a sentence start after white space with a line break; the white space itself starts none.

    A line that goes on in lower case, such as "the phone" after "spoke over", was only wrapped.
    """
    is_space: Any = doc.to_array("IS_SPACE")
    for place in np.flatnonzero(is_space[:-1]).tolist():
        space, after = doc[place], doc[place + 1]
        if "\n" in space.text:
            space.is_sent_start = place == 0
            after.is_sent_start = not after.is_lower and not after.is_space
    return doc


@Language.component(RESTORED)
def restore_published_text(doc: Doc) -> Doc:
    """Give a document that was parsed in another case the words of its body back."""
    body = doc.user_data.pop(_BODY, None)
    if body is None:
        return doc
    layout: Any = doc.to_array(
        ["IDX", "LENGTH", "SPACY"]
    )  # spaCy's stubs disagree with each other on its type
    starts, lengths, spaces = layout.T.tolist()
    words = [body[start : start + length] for start, length in zip(starts, lengths, strict=True)]
    published = Doc(doc.vocab, words=words, spaces=list(map(bool, spaces)))
    annotation: Any = doc.to_array(_ANNOTATION)
    return published.from_array(_ANNOTATION, annotation)


class _CaseReader:
    """A tokenizer that lets the parser see capitals in ordinary case, and keeps the body beside."""

    def __init__(self, tokenizer: Callable[[str], Doc], vocab: Vocab) -> None:
        self._tokenizer = tokenizer
        # The vectors list the words of the training text by frequency.
        keys = np.fromiter(vocab.vectors.key2row, dtype=np.uint64)
        self._order = np.argsort(keys)
        self._keys = keys[self._order]
        self._strings = vocab.strings

    @property
    def has_lexicon(self) -> bool:
        """Does the pipeline list the words of its training text?"""
        return len(self._keys) > 0

    def __call__(self, body: str, below: str = "") -> Doc:
        text = ordinary_case(body, self.rank, below)
        doc = bounded_words(self._tokenizer, text)
        if text != body:
            doc.user_data[_BODY] = body
        return doc

    def rank(self, spelling: str) -> int | None:
        """The place of a spelling in the order of frequency; None if the lexicon lacks it."""
        key = np.uint64(self._strings[spelling])
        place = int(np.searchsorted(self._keys, key))
        found = place < len(self._keys) and self._keys[place] == key
        return int(self._order[place]) if found else None
