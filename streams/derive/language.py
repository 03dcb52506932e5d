"""Load what every derivation needs: the spaCy pipeline, the gazetteer, the attribution model, the producer block.

The only place that loads them.
"""

import warnings
from pathlib import Path

import spacy
from spacy.language import Language as Pipeline

from readout.streams.derive.producer_block import (
    attribution_weights,
    contact_weights,
    load_producer,
    pipeline_folder,
)
from readout.streams.processors.derivation import Language
from readout.streams.settings import Settings
from readout.streams.text.contact_log.contact_model import ContactModel
from readout.streams.text.contact_log.contacts import Extractor
from readout.streams.text.gazetteer import Gazetteer
from readout.streams.text.parser.annotate import prepare
from readout.streams.text.parser.shortcuts import take_shortcuts
from readout.streams.text.statements.attributions import AttributionModel

# The rules read tags and trees; lemmas are our own, and nothing reads morphology.
UNUSED_COMPONENTS = ("attribute_ruler", "lemmatizer", "senter")

_GAZETTEER = Path(__file__).parents[1] / "text" / "gazetteer.json"


def load_language(settings: Settings) -> Language:
    """Load the language resources that the settings name.

    Raises:
        ConfigurationError: the pipeline is not installed.
    """
    weights = attribution_weights(settings)
    pipeline, is_fast = _load_pipeline(settings.language_model)
    return Language(
        pipeline=pipeline,
        gazetteer=Gazetteer.from_json(_GAZETTEER.read_bytes()),
        attribution_model=AttributionModel.from_bytes(weights) if weights else None,
        contact_extractor=Extractor(ContactModel.from_bytes(contact_weights()), settings.contact_threshold),
        producer=load_producer(settings),
        is_fast=is_fast,
    )


def _load_pipeline(name: str) -> tuple[Pipeline, bool]:
    """The pipeline, and whether its fast paths are taken."""
    folder = pipeline_folder(name)
    with warnings.catch_warnings():
        # W095: a 3.7 pipeline under spaCy 3.8; both are pinned and tested together.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        pipeline = spacy.load(folder, exclude=UNUSED_COMPONENTS)
    return pipeline, take_shortcuts(prepare(pipeline))
