"""The producer block that every derived record carries: which code, models and configuration derive.

The only place that computes it. It names each model by digest, and the build by the digest of every file that
decides output bytes, so that an auditor knows what to derive again with. No model is loaded for it.
"""

from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import orjson

from readout import schemas
from readout.schemas.event import Model, Producer
from readout.schemas.ids import sha256_hex
from readout.streams.errors import ConfigurationError
from readout.streams.settings import Settings

DISTRIBUTION = "readout-streams"

_STREAMS = Path(__file__).parents[1]
_SCHEMAS = Path(schemas.__file__).parent
_ATTRIBUTION_WEIGHTS = _STREAMS / "text" / "statements" / "models" / "attribution.weights"
_DECIDE_OUTPUT = (_SCHEMAS, _STREAMS / "text", _STREAMS / "processors")


def load_producer(settings: Settings) -> Producer:
    """The producer block of the settings.

    Raises:
        ConfigurationError: the pipeline is not installed.
    """
    return Producer(
        package=DISTRIBUTION,
        version=version(DISTRIBUTION),
        build=build_digest(),
        models=(_describe(pipeline_folder(settings.language_model)), *_attribution_block(settings)),
        configuration=settings.derivation_digest(),
    )


def build_digest() -> str:
    """Digest of the files that decide output bytes, by relative path and content."""
    files = (
        (f"{root.name}/{path.relative_to(root).as_posix()}", path)
        for root in _DECIDE_OUTPUT
        for path in root.rglob("*")
        if path.is_file() and path.suffix in {".py", ".json", ".weights"} and "json" not in path.parts
    )
    return _digest(files)


def attribution_weights(settings: Settings) -> bytes | None:
    """The weights of the attribution model; None if the settings ask for rules alone."""
    return None if settings.attribution == "rules" else _ATTRIBUTION_WEIGHTS.read_bytes()


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
    return (Model(name="attribution", version=version(DISTRIBUTION), sha256=sha256_hex(weights)),)


def _describe(folder: Path) -> Model:
    meta = orjson.loads((folder / "meta.json").read_bytes())
    files = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    return Model(name=f"{meta['lang']}_{meta['name']}", version=meta["version"], sha256=_digest(files))


def _digest(files: Iterable[tuple[str, Path]]) -> str:
    lines = (f"{sha256_hex(path.read_bytes())}  {name}\n" for name, path in sorted(files))
    return sha256_hex("".join(lines).encode())
