"""What is installed lives below one name, beside a project that has packages `schemas` and `streams` of its own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN_CODE = """
from schemas import OWN_SCHEMA
from streams import OWN_STREAM

from readout import ContactLogged, Extent, Filter, Received, Settings, derive, read, subscribe, subscribe_records
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import Event
from readout.testing import MemoryLog, example


async def names(settings: Settings) -> list[str]:
    found: list[str] = []
    async for contact in subscribe(ContactLogged, settings=settings):
        found += [one.name for one in contact.participants]
    async for received in subscribe_records(["entities"], settings=settings):
        show(received)
    return found


def show(received: Received[Event]) -> None:
    print(received.record.offset, isinstance(received.event, EntityMentioned))


def days(name: str) -> list[str | None]:
    found = read(ContactLogged, where=Filter(person=name), extent=Extent(partitions=(0,)), fold=True)
    print(found.to_df(), found[0].mode, [one.place for one in found[1:]])
    return [one.occurred_on.date for one in derive("They met.").contacts]


def test_days(readout_log: MemoryLog) -> None:
    readout_log.append(example(ContactLogged, mode="visit"))
    assert days("Milley") == []


print(OWN_SCHEMA, OWN_STREAM, ContactLogged.topic)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def project(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with packages of the same names, and the wheel's content in `installed`."""
    root = tmp_path_factory.mktemp("project")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(root / "installed")
    for name, own in (("schemas", "OWN_SCHEMA"), ("streams", "OWN_STREAM")):
        (root / name).mkdir()
        (root / name / "__init__.py").write_text(f'{own} = "ours"\n', "utf-8")
        (root / name / "py.typed").touch()
    (root / "own_code.py").write_text(OWN_CODE, "utf-8")
    return root


def run(project: Path, *command: str) -> str:
    paths = os.pathsep.join([str(project), str(project / "installed")])
    done = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env={**os.environ, "PYTHONPATH": paths, "MYPYPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_has_one_package_with_its_types_and_the_seed(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"readout"}
    assert {"readout/__init__.py", "readout/py.typed", "readout/streams/cli.py"} <= set(names)
    assert any(name.startswith("readout/seeds/") for name in names)
    assert any(name.startswith("readout/schemas/json/") for name in names)


def test_it_runs_beside_packages_of_the_same_names(project: Path) -> None:
    assert run(project, "own_code.py").split() == ["ours", "ours", "contact-log"]


def test_the_editable_install_shows_one_name_only() -> None:
    code = (
        "import importlib.util as u; "
        "print([name for name in ('schemas', 'streams', 'training', 'readout') if u.find_spec(name)])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=ROOT.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['readout']"


def test_mypy_is_content_with_code_that_uses_it(project: Path) -> None:
    run(project, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", "own_code.py")


def test_pyright_is_content_with_code_that_uses_it(project: Path) -> None:
    settings = '{"typeCheckingMode": "strict", "extraPaths": ["installed"], "include": ["own_code.py"]}'
    (project / "pyrightconfig.json").write_text(settings, "utf-8")
    run(project, "-m", "pyright", "--pythonpath", sys.executable)


def test_every_public_name_is_there() -> None:
    import readout  # noqa: PLC0415 - it is what is tested

    for name in readout.__all__:
        assert getattr(readout, name).__name__ == name
    assert set(readout.__all__) <= set(dir(readout))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = readout.no_such_name
