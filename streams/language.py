"""Load what every derivation needs: the spaCy pipeline, the gazetteer, the attribution model, the producer.

The only place that reads these files. The producer block names each of them by digest, and the build by the
digest of every file that decides output bytes, so that an auditor knows what to derive again with.
"""

import warnings
from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import orjson
import spacy
from spacy.language import Language as Pipeline
from thinc.api import NumpyOps, set_current_ops

import schemas
from schemas.event import Model, Producer
from schemas.ids import sha256_hex
from streams.errors import ConfigurationError
from streams.processors.derivation import Language
from streams.settings import Settings
from streams.text.annotate import prepare
from streams.text.gazetteer import Gazetteer
from streams.text.shortcuts import take_shortcuts
from streams.text.statements.attributions import AttributionModel

DISTRIBUTION = "readout-streams"
# The rules read tags and trees; lemmas are our own, and nothing reads morphology.
UNUSED_COMPONENTS = ("attribute_ruler", "lemmatizer", "senter")

_STREAMS = Path(__file__).parent
_SCHEMAS = Path(schemas.__file__).parent
_DATA = _STREAMS / "text"
_DECIDE_OUTPUT = (_SCHEMAS, _STREAMS / "text", _STREAMS / "processors")


def load_language(settings: Settings) -> Language:
    """Load the language resources that the settings name.

    Raises:
        ConfigurationError: the pipeline is not installed.
    """
    pipeline, model = _load_pipeline(settings.language_model)
    weights = _attribution_weights(settings)
    return Language(
        pipeline=pipeline,
        gazetteer=Gazetteer.from_json((_DATA / "gazetteer.json").read_bytes()),
        attribution_model=AttributionModel.from_bytes(weights) if weights else None,
        producer=_producer(settings, model, weights),
    )


def load_producer(settings: Settings) -> Producer:
    """The producer block alone, without loading any model.

    Raises:
        ConfigurationError: the pipeline is not installed.
    """
    folder = pipeline_folder(settings.language_model)
    return _producer(settings, _describe(folder), _attribution_weights(settings))


def build_digest() -> str:
    """Digest of the files that decide output bytes, by relative path and content."""
    files = (
        (f"{root.name}/{path.relative_to(root).as_posix()}", path)
        for root in _DECIDE_OUTPUT
        for path in root.rglob("*")
        if path.is_file() and path.suffix in {".py", ".json", ".weights"} and "json" not in path.parts
    )
    return _digest(files)


def _producer(settings: Settings, model: Model, weights: bytes | None) -> Producer:
    return Producer(
        package=DISTRIBUTION,
        version=version(DISTRIBUTION),
        build=build_digest(),
        models=(model, *_attribution_block(weights)),
        configuration=settings.derivation_digest(),
    )


def _attribution_weights(settings: Settings) -> bytes | None:
    if settings.attribution == "rules":
        return None
    return (_DATA / "statements" / "models" / "attribution.weights").read_bytes()


def _attribution_block(weights: bytes | None) -> tuple[Model, ...]:
    if weights is None:
        return ()
    return (Model(name="attribution", version=version(DISTRIBUTION), sha256=sha256_hex(weights)),)


def _load_pipeline(name: str) -> tuple[Pipeline, Model]:
    folder = pipeline_folder(name)
    # numpy's OpenBLAS multiplies faster than the generic kernels that blis falls back to on many processors.
    set_current_ops(NumpyOps(use_blis=False))
    with warnings.catch_warnings():
        # W095: a 3.7 pipeline under spaCy 3.8; both are pinned and tested together.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        pipeline = spacy.load(folder, exclude=UNUSED_COMPONENTS)
    take_shortcuts(prepare(pipeline))
    return pipeline, _describe(folder)


def pipeline_folder(name: str) -> Path:
    """Where an installed pipeline package keeps its model.

    Raises:
        ConfigurationError: it is not installed, or holds no pipeline.
    """
    package = find_spec(name)
    if package is None or not package.submodule_search_locations:
        raise ConfigurationError(
            f"language model {name!r} is not installed: install it, or set READOUT_LANGUAGE_MODEL"
        )
    folders = sorted(Path(package.submodule_search_locations[0]).glob("*/config.cfg"))
    if not folders:
        raise ConfigurationError(f"{name!r} is no spaCy pipeline package: set READOUT_LANGUAGE_MODEL")
    return folders[0].parent


def _describe(folder: Path) -> Model:
    meta = orjson.loads((folder / "meta.json").read_bytes())
    files = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    return Model(name=f"{meta['lang']}_{meta['name']}", version=meta["version"], sha256=_digest(files))


def _digest(files: Iterable[tuple[str, Path]]) -> str:
    lines = (f"{sha256_hex(path.read_bytes())}  {name}\n" for name, path in sorted(files))
    return sha256_hex("".join(lines).encode())
