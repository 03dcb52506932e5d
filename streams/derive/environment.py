"""The environment that derivation runs in: what may change the parser's numbers although the code is the same.

Reads:  the versions of the libraries, the kind of processor and what numpy uses of it
It travels beside a manifest (header `ce_environment`) and never in a value. An audit that derives other bytes than
were recorded compares it with its own, before anybody speaks of forgery.
"""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np

_LIBRARIES = ("spacy", "thinc", "numpy", "blis", "orjson", "pydantic")


def environment_facts() -> dict[str, str]:
    """Names and versions of what derivation runs on, in a fixed order."""
    facts = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    facts |= {name: _version(name) for name in _LIBRARIES}
    return facts | {"simd": ",".join(_vector_extensions())}


@cache
def environment_text() -> str:
    """The facts in one line, for the header."""
    return "; ".join(f"{name} {fact}" for name, fact in environment_facts().items())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _vector_extensions() -> list[str]:
    # Kernels are chosen by processor when numpy is loaded; other kernels may round differently.
    found = np.show_config(mode="dicts")
    return [str(name) for name in (found or {}).get("SIMD Extensions", {}).get("found", [])]
