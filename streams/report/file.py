"""Write the pages of a log as one HTML file: everything inside, nothing fetched, and nothing but our script runs.

Reads:  the page's parts, which lie beside this module
Writes: the bytes of a file, piece by piece
Data stands in script elements that no browser runs, as JSON in which `<` is escaped: no text can end the element
that it stands in.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from readout.streams.report.kept import Json

_PAGE = Path(__file__).with_name("page")
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z-]+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)
MODULES = (
    "dom.js",
    "words.js",
    "routes.js",
    "proof.js",
    "rows.js",
    "store-file.js",
    "store-live.js",
    "filters.js",
    "chart.js",
    "badge.js",
    "export.js",
    "contacts.js",
    "network.js",
    "statements.js",
    "names.js",
    "difference.js",
    "evidence.js",
    "cards.js",
    "article.js",
    "across.js",
    "proofs.js",
    "overview.js",
    "main.js",
)
"""The modules of the page, each after those that it imports from."""


def html_file(lists: Json, documents: Iterable[Json]) -> Iterator[bytes]:
    """The file, in pieces."""
    script, style = page_script(), page_style()
    policy = (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; "
        f"base-uri 'none'; form-action 'none'"
    )
    yield page_html(policy, "file").replace("</head>", f"<style>{style}</style>\n</head>").encode()
    yield data_element("readout-lists", lists)
    for number, document in enumerate(documents):
        yield data_element(f"readout-article-{number}", document)
    yield f"<script>{script}</script>\n</body>\n</html>\n".encode()


def data_element(name: str, data: object) -> bytes:
    """JSON in an element that nothing inside can end."""
    return f'<script type="application/json" id="{name}">'.encode() + safe_json(data) + b"</script>\n"


def safe_json(data: object) -> bytes:
    """JSON that may stand in a script element: without `<`, `>` and `&`, which only texts can hold."""
    text = orjson.dumps(data)
    for sign, escape in ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026")):
        text = text.replace(sign, escape)
    return text


def page_html(policy: str, mode: str) -> str:
    """The page up to its data, with its content security policy."""
    page = (_PAGE / "page.html").read_text("utf-8")
    return page.replace("{policy}", policy).replace("{mode}", mode)


def page_script() -> str:
    """All modules as one script, each in a scope of its own, and nothing of it in the page's."""
    parts = [_scoped(name, (_PAGE / name).read_text("utf-8")) for name in MODULES]
    return '"use strict";\n(() => {\nconst modules = {};\n' + "".join(parts) + "})();\n"


def page_style() -> str:
    """The style sheet."""
    return (_PAGE / "page.css").read_text("utf-8")


def _scoped(name: str, module: str) -> str:
    """A module as a function that gives what it exports; it sees of others what it imports."""
    names = ", ".join(_EXPORT.findall(module))
    body = _EXPORT.sub(lambda found: found[0].removeprefix("export "), _IMPORT.sub(_taken, module))
    return f'modules["{name}"] = (() => {{\n{body}return {{ {names} }};\n}})();\n'


def _taken(found: re.Match[str]) -> str:
    return f'const {found[1]} = modules["{found[2]}"];'


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
