"""Parse article bodies with a spaCy pipeline that the caller has loaded.

Reads:  article bodies
Writes: spaCy documents with sentences, tags, dependencies and names; `doc.text` is the body, code point for
        code point, so that every offset of a token is an offset of the article.

Absent on purpose: which pipeline, and where its weights lie. The shell loads it and calls `prepare` once.
"""

from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.symbols import ORTH
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex

PARAGRAPHS = "readout_paragraphs"
_LONGEST_BODY = 100_000_000

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
    """Add paragraph boundaries and the tokens of news to a loaded pipeline; the same pipeline is returned.

    Calling it again changes nothing.
    """
    if PARAGRAPHS in nlp.pipe_names:
        return nlp
    nlp.max_length = _LONGEST_BODY
    nlp.add_pipe(PARAGRAPHS, before="parser" if "parser" in nlp.pipe_names else None)
    if isinstance(nlp.tokenizer, Tokenizer):
        for rank in _RANKS:
            nlp.tokenizer.add_special_case(rank, [{ORTH: rank}])
        infixes = [*(nlp.Defaults.infixes or ()), _ABBREVIATION_HYPHEN]
        nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    return nlp


def annotate(nlp: Language, bodies: Sequence[str]) -> Iterator[Doc]:
    """The documents of the bodies, in their order.

    One body is computed at a time: the last bits of a matrix product depend on how many rows it has, and the
    neighbours of an article in a batch must not decide how it is parsed.
    """
    yield from nlp.pipe(bodies, batch_size=1)


@Language.component(PARAGRAPHS)
def start_sentences_at_paragraphs(doc: Doc) -> Doc:
    """Force a sentence start after white space with a line break; the white space itself starts none.

    A line that goes on in lower case was only wrapped: "spoke over\\nthe phone".
    """
    for space, after in zip(doc[:-1], doc[1:], strict=True):
        if space.is_space and "\n" in space.text:
            space.is_sent_start = space.i == 0
            after.is_sent_start = not after.is_lower and not after.is_space
    return doc
