"""Archives that somebody made to mislead or to exhaust whoever reads them."""

import os
from collections.abc import Callable
from pathlib import Path

import orjson
import zstandard

from readout.schemas.envelope import canonical_json

Change = Callable[[dict[str, object]], None]
MEGABYTE = 1 << 20


def change_index(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Write the index anew, with whatever `change` does to it."""
    index = orjson.loads((folder / "index.json").read_bytes())
    change(index)
    (folder / "index.json").write_bytes(orjson.dumps(index))


def segment(folder: Path) -> Path:
    """A segment of entities."""
    return min((folder / "entities" / "0").glob("*.zst"))


def _replaced(folder: Path) -> Path:
    segment(folder).unlink(missing_ok=True)
    return folder / "entities" / "0" / f"{0:020d}.zst"


def link_to_a_device(folder: Path) -> None:
    _replaced(folder).symlink_to("/dev/zero")


def link_outside(folder: Path) -> None:
    outside = folder.parent / "outside.zst"
    outside.write_bytes(segment(folder).read_bytes())
    _replaced(folder).symlink_to(outside)


def link_of_a_folder(folder: Path) -> None:
    (folder / "entities" / "0").rename(folder.parent / "moved")
    (folder / "entities" / "0").symlink_to(folder.parent / "moved")


def pipe(folder: Path) -> None:
    os.mkfifo(_replaced(folder))


def folder_for_a_file(folder: Path) -> None:
    _replaced(folder).mkdir()


def bomb(folder: Path) -> None:
    """Kilobytes that unpack to four gigabytes, and say so."""
    _pack(_replaced(folder), 4096, declared=4096 * MEGABYTE)


def quiet_bomb(folder: Path) -> None:
    """The same, and it says that it holds nothing."""
    _pack(_replaced(folder), 4096, declared=0)


def bomb_of_nulls(folder: Path) -> None:
    """The largest segment that is read, of one record whose headers are all null."""
    _pack(_replaced(folder), 32, declared=32 * MEGABYTE, fill=b"\xff")


def wide_window(folder: Path) -> None:
    """A frame that asks for two gigabytes to unpack in."""
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=31, enable_ldm=True)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    _replaced(folder).write_bytes(compressor.compress(b"x") + compressor.flush())


def _pack(path: Path, megabytes: int, *, declared: int, fill: bytes = b"\0") -> None:
    header = {
        "format": "readout segment 1",
        "topic": "entities",
        "partition": 0,
        "first": 0,
        "next": 1 << 40,
        "records": 1 << 40,
        "bytes": declared,
        "sha256": "0" * 64,
    }
    compressor = zstandard.ZstdCompressor(level=3).compressobj()
    chunk = fill * MEGABYTE
    with path.open("wb") as file:
        file.write(compressor.compress(canonical_json(header) + b"\n"))
        for _ in range(megabytes):
            file.write(compressor.compress(chunk))
        file.write(compressor.flush())


def huge_segment(folder: Path) -> None:
    """A terabyte without a byte on the disk."""
    with _replaced(folder).open("wb") as file:
        file.truncate(1 << 40)


SEGMENTS: list[Callable[[Path], None]] = [
    link_to_a_device,
    link_outside,
    link_of_a_folder,
    pipe,
    folder_for_a_file,
    bomb,
    quiet_bomb,
    bomb_of_nulls,
    wide_window,
    huge_segment,
]


def index_link(folder: Path) -> None:
    (folder / "index.json").unlink()
    (folder / "index.json").symlink_to("/dev/zero")


def index_pipe(folder: Path) -> None:
    (folder / "index.json").unlink()
    os.mkfifo(folder / "index.json")


def index_of_160_megabytes(folder: Path) -> None:
    entry = orjson.loads((folder / "index.json").read_bytes())["segments"][0]
    change_index(folder, lambda index: index.update(segments=[entry] * 700_000))


def index_of_spaces(folder: Path) -> None:
    with (folder / "index.json").open("ab") as file:
        file.write(b" " * 160 * MEGABYTE)


def index_of_brackets(folder: Path) -> None:
    (folder / "index.json").write_bytes(b'{"segments":[' + b"[]," * (5 * MEGABYTE) + b"[]]}")


def index_of_depth(folder: Path) -> None:
    (folder / "index.json").write_bytes(b"[" * MEGABYTE)


def a_billion_partitions(folder: Path) -> None:
    change_index(folder, lambda index: index.update(partitions=10**9))


def a_digit_too_many(folder: Path) -> None:
    text = (folder / "index.json").read_bytes()
    (folder / "index.json").write_bytes(text.replace(b'"partitions": 2', b'"partitions": ' + b"9" * 10_000))


def names_that_leave(folder: Path) -> None:
    change_index(folder, lambda index: index["segments"][0].update(file="../../../../etc/passwd"))  # type: ignore[index]


def absolute_name(folder: Path) -> None:
    change_index(folder, lambda index: index["segments"][0].update(file="/etc/passwd"))  # type: ignore[index]


def schema_that_leaves(folder: Path) -> None:
    change_index(folder, lambda index: index["schemas"][0].update(file="schemas/../../../x"))  # type: ignore[index]


def name_with_an_escape(folder: Path) -> None:
    change_index(folder, lambda index: index["segments"][0].update(file="\x1b]52;c;aGk=\x07"))  # type: ignore[index]


INDEXES: list[Callable[[Path], None]] = [
    index_link,
    index_pipe,
    index_of_160_megabytes,
    index_of_spaces,
    index_of_brackets,
    index_of_depth,
    a_billion_partitions,
    a_digit_too_many,
    names_that_leave,
    absolute_name,
    schema_that_leaves,
    name_with_an_escape,
]
