"""The build digest: one number for all code and tables that can change a derived byte.

Reads:  the source of the modules that derive, and of what they import of the pure core; the tables beside them
Writes: nothing

A module counts as what it does: its syntax tree without docstrings, comments and layout, in which every import of
ours stands for the digest of the module that it leads to. So a comment, a docstring, a line break or a file in
another place changes nothing, and a rule that is taken from elsewhere does. Names count: renaming a function
changes the digest, which is the harmless side to err on. What none of these modules imports (training, pages of
the contract) has no part in it.

Only the standard library is used, so that every Python that may run us gives the same number.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

# Derivation, sealing, and what loads the pipeline and says which of its components run.
ROOTS = ("streams.processors.derivation", "streams.processors.sealing", "streams.derive.language")
_CORE = ("schemas", "streams.text", "streams.processors")
_TABLES = "streams/text"
_NO_TABLE = frozenset({".py", ".pyc", ".md", ".typed"})
# Where it stands, whether it is read or written, and how it was spelt: nothing that runs.
_SILENT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def build_digest(package: Path, roots: Iterable[str] = ROOTS, table: str | None = None) -> str:
    """The digest of the package `readout` that lies in a folder, in hexadecimal.

    Args:
        package: the folder.
        roots: the modules that decide the output, by dotted name below the package.
        table: the name of the only table that does; None for all.
    """
    modules = _Modules(package)
    tables = [path for path in _tables(package) if table in (None, path.name)]
    lines = [f"module {modules.digest(root)}" for root in roots]
    lines += [f"table {path.name} {_sha256(path.read_bytes())}" for path in tables]
    return _sha256("\n".join(lines).encode())


def _tables(package: Path) -> Iterable[Path]:
    files = (
        path for path in (package / _TABLES).rglob("*") if path.is_file() and path.suffix not in _NO_TABLE
    )
    return sorted(files, key=lambda path: path.name)


class _Modules:
    """Digests of modules by dotted name below the package; each is read once."""

    def __init__(self, package: Path) -> None:
        self._package = package
        self._digests: dict[str, str] = {}

    def digest(self, name: str) -> str:
        """The digest of a module and of all that it imports of the core."""
        if name not in self._digests:
            # For a module that imports itself by way of others.
            self._digests[name] = "itself"
            self._digests[name] = self._read(name)
        return self._digests[name]

    def _read(self, name: str) -> str:
        tree = ast.parse(self._file(name).read_bytes())
        imports = sorted({line for node in ast.walk(tree) for line in self._imported(node)})
        return _sha256("\n".join([*imports, *_shape(tree)]).encode())

    def _imported(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (f"import {one.name} as {one.asname or one.name}" for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                yield from self._imported_name(node.module or "", one.name, one.asname or one.name)

    def _imported_name(self, module: str, name: str, own_name: str) -> Iterator[str]:
        if not module.startswith("readout."):
            yield f"from {module} import {name} as {own_name}"
            return
        target = module.removeprefix("readout.")
        inner = f"{target}.{name}"
        if self._file(inner).is_file() and _is_core(inner):
            yield f"module {self.digest(inner)} as {own_name}"
        elif _is_core(target):
            yield f"from {self.digest(target)} import {name} as {own_name}"

    def _file(self, name: str) -> Path:
        place = self._package.joinpath(*name.split("."))
        return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _is_core(name: str) -> bool:
    return any(name == folder or name.startswith(f"{folder}.") for folder in _CORE)


def _shape(tree: ast.AST) -> list[str]:
    """The tree as lines, equal under every version of Python: what is empty or silent is left out."""
    lines: list[str] = []
    _write_shape(tree, lines)
    return lines


def _write_shape(node: ast.AST, lines: list[str]) -> None:
    # Lines are added to one list: a generator in a generator would hand each of them up through the whole tree.
    if isinstance(node, ast.Import | ast.ImportFrom):
        return
    lines.append(f"({type(node).__name__}")
    for field, value in ast.iter_fields(_undocumented(node)):
        if field not in _SILENT and value is not None and value != []:
            lines.append(f".{field}")
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, ast.AST):
                    _write_shape(one, lines)
                else:
                    lines.append(f"{type(one).__name__} {one!r}")
    lines.append(")")


def _undocumented(node: ast.AST) -> ast.AST:
    if isinstance(node, _Documented) and ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:]
    return node


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
