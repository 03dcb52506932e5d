"""Make a loaded pipeline faster without changing what it says.

Reads:  a prepared pipeline, and a text on which it has to say the same before and after
Writes: the pipeline, with numpy's products, words embedded once, names decoded in one product, and the parser's
        steps through several documents taken together

Absent on purpose: anything that decides by measured time. Two workers on one machine must never differ.
"""

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from thinc.api import NumpyOps

from readout.streams.text.parser.entity_decoding import DECODER, can_decode
from readout.streams.text.parser.layers import multiply_with, replace_layers, restore_layers
from readout.streams.text.parser.parsing import can_step_together, step_alone, step_together
from readout.streams.text.parser.window_encoding import encoding
from readout.streams.text.parser.word_embedding import embedding

_EMBEDDING = "readout_embed_words_once"
_ENCODING = "readout_encode_windows"
_SAID: list[int | str] = ["ORTH", "TAG", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "SENT_START"]
_TEXT = (
    "GENEVA - On Monday, Oct. 24, Foreign Minister Anna Weber spoke by phone with Lt. Gen. Ivan Petrov of the "
    "Northern Union about $3 million in grain exports from Odesa, officials said.\n\n"
    "“We don't want this to go on,” she told the World Bank. Mr. Petrov, who isn't expected in New York City "
    "before next week, didn't comment; according to the ministry, prices rose 12.5 percent in France and Japan."
)


def take_shortcuts(nlp: Language) -> bool:
    """Take all shortcuts, or none if a sample text comes out differently with them; tells which."""
    before = _said(nlp)
    # numpy's OpenBLAS multiplies faster than the kernels that blis has for many processors.
    multiply_with(nlp, NumpyOps(use_blis=False))
    replace_layers(nlp, _EMBEDDING, embedding)
    replace_layers(nlp, _ENCODING, encoding)
    if can_decode(nlp):
        nlp.add_pipe(DECODER, after="ner")
        nlp.disable_pipe("ner")
    if can_step_together(nlp):
        step_together(nlp)
    if np.array_equal(before, _said(nlp)):
        return True
    leave_shortcuts(nlp)
    return False


def leave_shortcuts(nlp: Language) -> None:
    """Let the pipeline work as spaCy has it."""
    multiply_with(nlp, NumpyOps(use_blis=True))
    restore_layers(nlp, _EMBEDDING)
    restore_layers(nlp, _ENCODING)
    step_alone(nlp)
    if DECODER in nlp.pipe_names:
        nlp.remove_pipe(DECODER)
        nlp.enable_pipe("ner")


def _said(nlp: Language) -> npt.NDArray[np.uint64]:
    return np.asarray(nlp(_TEXT).to_array(_SAID))
