"""Token tables: what the columns say of a document is what its tokens say one by one."""

import pytest
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from readout.streams.text.lemmas import lemma
from readout.streams.text.parser.annotate import annotate
from readout.streams.text.quotes import quotations
from readout.streams.text.statements.hashed_network import Hashes, Integers
from readout.streams.text.statements.token_table import TokenTable, token_table

BODIES = [
    "“We met,” Anna Berg said  in Oslo. “It was long.”\n\nNo one, the 'old' ministry said, had left it.",
    "\n\n Berg: No.\n ",
    "said",
]
# Of "A hearing is set on it today" the second half hangs on "hearing", and the branches cross.
CROSSING = [1, 2, 2, 2, 1, 4, 3]
STRAIGHT = [1, 2, 2, 2, 3, 4, 3]


@pytest.mark.parametrize("body", BODIES)
def test_a_table_says_what_the_tokens_say(body: str, pipeline: Language) -> None:
    (doc,) = annotate(pipeline, [body])
    table = token_table(doc, quotations(body))
    words = [token for token in doc if not token.is_space]
    assert table.index.tolist() == [token.i for token in words]
    assert [body[slice(*span)] for span in zip(table.start, table.end, strict=True)] == [
        token.text for token in words
    ]
    strings = doc.vocab.strings
    assert named(strings, table.lower) == [token.lower_ for token in words]
    assert named(strings, table.lemma) == [lemma(token.lower_, token.tag_) for token in words]
    assert (table.sentence[-1] - table.sentence[0] + 1) == sum(bool(token.is_sent_start) for token in words)
    for rows, tokens in (
        (table.left, [next(one for one in token.subtree if not one.is_space) for token in words]),
        (table.head, [token if token.head.is_space else token.head for token in words]),
    ):
        assert table.index[rows].tolist() == [token.i for token in tokens]


@pytest.mark.parametrize("heads", [CROSSING, STRAIGHT])
def test_edges_are_those_of_the_tree(heads: list[int]) -> None:
    words = "A hearing is set on it today".split()
    doc = Doc(Vocab(), words=words, heads=heads, deps=["dep"] * len(words))
    table: TokenTable = token_table(doc, ())
    assert table.left.tolist() == [token.left_edge.i for token in doc]
    assert table.right.tolist() == [token.right_edge.i for token in doc]


def test_a_body_without_words_has_an_empty_table(pipeline: Language) -> None:
    for body in ("", "\n\n"):
        (doc,) = annotate(pipeline, [body])
        assert len(token_table(doc, ())) == 0


def named(strings: object, column: Hashes | Integers) -> list[str]:
    return [strings[number] for number in column.tolist()]  # type: ignore[index]  # a store of strings
