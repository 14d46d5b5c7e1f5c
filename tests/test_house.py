"""The house holds: which room may import which, one room a package, nothing heavy at the door, docstrings, sizes."""

from __future__ import annotations

import ast
import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = {path.relative_to(ROOT / "dedup").as_posix(): path for path in sorted((ROOT / "dedup").rglob("*.py"))}

# What each room may import of ours, besides its own package.
MAY_IMPORT = {
    "model": set[str](),
    "addresses": set[str](),
    "dating": {"model"},
    "text": {"model"},
    "credits": {"model"},
    "changes": {"model", "credits"},
    "windows": {"model", "arrays"},
    "sketch": {"model", "arrays", "windows"},
    "arrays": set[str](),
    "seeds": {"model", "arrays"},
    "runs": {"model", "arrays"},
    "chains": {"model", "arrays", "seeds"},
    "bags": {"arrays", "seeds", "chains"},
    "heal": {"model", "arrays", "seeds"},
    "align": {"model", "arrays", "seeds", "chains", "bags", "heal", "runs"},
    "sources": {"model"},
    "bylines": set[str](),
    "mentions": {"model", "sources"},
    "learning": {"model", "sources"},
    "seen": {"model", "sources"},
    "evidence": {"model", "sources", "bylines", "addresses", "dating", "seen"},
    "verdict": {"model", "sources", "evidence", "seen"},
    "facts": {"model", "sources", "seen"},
    "boilerplate": {"model", "facts"},
    "reach": {"model", "facts"},
    "memory": {"facts"},
    "series": {"facts"},
    "measure": {"model", "sources", "facts", "boilerplate", "memory", "reach", "series"},
    "inheritance": {"facts", "measure"},
    "cover": set[str](),
    "judgements": {"model", "truth"},
    "rulings": {"model", "verdict", "facts", "measure", "judgements"},
    "circles": {"facts", "measure", "rulings"},
    "pairs": {"seen", "verdict", "sources", "facts", "boilerplate", "measure", "memory", "inheritance", "rulings"},
    "scene": {"model", "facts", "boilerplate", "circles", "cover", "measure", "inheritance", "pairs", "rulings"},
    "teasers": {"model", "facts", "measure", "scene", "telling"},
    "telling": {"model", "facts", "measure", "scene", "verdict"},
    "attribute": {"model", "facts", "pairs", "rulings", "scene", "telling"},
    "truth": {"model"},
    "resampling": {"truth"},
    "evaluation": {"model", "truth", "resampling"},
    "corpus": {"model", "truth", "addresses", "judgements"},
    "export": {"model"},
    "views": {"model", "truth", "dating"},
    "standings": {"model", "views"},
    "store": {"model", "arrays"},
    "index": {
        "seen",
        "model",
        "arrays",
        "text",
        "credits",
        "changes",
        "sketch",
        "align",
        "runs",
        "facts",
        "boilerplate",
        "reach",
        "measure",
        "teasers",
        "sources",
        "bylines",
        "mentions",
        "learning",
        "attribute",
        "pairs",
        "judgements",
        "rulings",
        "store",
        "truth",
        "evaluation",
    },
    "exhibits": {"model", "index", "views"},
    "drawing": {"model", "views"},
    "web": {"model", "index", "corpus", "exhibits", "drawing"},
    "report": {"model", "index", "exhibits", "drawing"},
    "spark": {"model", "arrays", "index", "corpus", "store", "measure", "boilerplate"},
    "cli": {
        "spark",
        "model",
        "index",
        "corpus",
        "export",
        "judgements",
        "views",
        "standings",
        "truth",
        "web",
        "report",
    },
    "__init__": {"model", "index", "corpus"},
    "__main__": {"cli"},
}

# The one room of each package, or those of a package that both reads and writes a format; numpy, the common tongue of
# arrays, is in none.
OWNERS = {
    "datasketch": {"sketch"},
    "rapidfuzz": {"align"},
    "sqlite_utils": {"store"},
    "sqlite3": {"store", "corpus"},
    "click": {"cli"},
    "trafilatura": {"corpus"},
    "pyarrow": {"corpus", "export", "spark"},
    "pyspark": {"spark"},
    "py4j": {"spark"},
    "backports": {"corpus"},
    "compression": {"corpus"},
    "resiliparse": {"corpus"},
    "fastwarc": {"corpus"},
    "publicsuffixlist": {"corpus"},
    "dateutil": {"corpus"},
    "jinja2": {"drawing"},
    "markupsafe": {"drawing"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "python_multipart": {"web"},
}

HEAVY = (
    "datasketch", "scipy", "numpy", "rapidfuzz", "trafilatura", "pyarrow", "resiliparse", "fastwarc",
    "jinja2", "starlette", "uvicorn", "pyspark", "pandas",
)  # fmt: skip

# All that stands at the top level of a checkout.
TOP = {
    ".ci", ".gitignore", "LICENSE", "Makefile", "README.md", "benchmarks", "dedup", "pyproject.toml", "sample_corpus",
    "tests",
}  # fmt: skip

MOST_LINES = 300
# Files over it, with their size as the ceiling: they may shrink, not grow.
LONGER: dict[str, tuple[int, str]] = {}

DOOR = importlib.import_module("dedup")
PROMISED = {"Index", "compare", "read_corpus", "DedupError", "Settings", "Document"}


@cache
def tree(file: str) -> ast.Module:
    return ast.parse(FILES[file].read_text(encoding="utf-8"))


def room(module: str) -> str:
    """The room of a module: ``dedup.store.rows`` is in ``store``, ``dedup`` itself is the door ``__init__``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def room_of(file: str) -> str:
    return file.split("/")[0].removesuffix(".py")


def imported(file: str) -> Iterator[str]:
    """Every module a file imports, wherever the import stands; ``from dedup import x`` is ``dedup.x``."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "dedup":
            yield from (f"dedup.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def undocumented(body: list[ast.stmt], inside: str = "") -> Iterator[str]:
    """The public functions and classes that have no docstring, and the methods of those that others rely on."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            yield inside + node.name
        if isinstance(node, ast.ClassDef) and node.name in DOOR.__all__:
            yield from undocumented(node.body, f"{inside}{node.name}.")


def loaded_by(module: str) -> set[str]:
    """The modules a fresh interpreter holds once it has imported ``module``."""
    program = f"import {module}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def at_the_command_line() -> set[str]:
    return loaded_by("dedup.cli")


def test_nothing_else_stands_at_the_top() -> None:
    if shutil.which("git") is None:
        pytest.skip("there is no git here")
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a checkout that git can list")
    assert {line.split("/")[0] for line in listing.stdout.splitlines()} == TOP


@pytest.mark.parametrize("file", FILES)
def test_a_room_imports_only_the_rooms_it_may(file: str) -> None:
    here = room_of(file)
    ours = {room(module) for module in imported(file) if module.split(".")[0] == "dedup"}
    assert ours - {here} <= MAY_IMPORT[here]


def test_every_room_of_the_table_exists() -> None:
    assert MAY_IMPORT.keys() == {room_of(file) for file in FILES}


@pytest.mark.parametrize("file", FILES)
def test_imports_name_the_whole_path(file: str) -> None:
    assert [module for module in imported(file) if module.startswith(".")] == []


@pytest.mark.parametrize("package", OWNERS)
def test_a_package_has_one_room(package: str) -> None:
    used_in = {room_of(file) for file in FILES for module in imported(file) if module.split(".")[0] == package}
    assert used_in == OWNERS[package]


def test_no_other_package_is_used() -> None:
    used = {module.split(".")[0] for file in FILES for module in imported(file)}
    assert used - sys.stdlib_module_names - OWNERS.keys() - {"dedup", "numpy"} == set()


@pytest.mark.parametrize("file", [file for file in FILES if room_of(file) != "cli"])
def test_only_the_command_line_prints(file: str) -> None:
    called = [node.func for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    assert [name.lineno for name in called if isinstance(name, ast.Name) and name.id == "print"] == []


@pytest.mark.parametrize("package", HEAVY)
def test_the_command_line_starts_without(package: str, at_the_command_line: set[str]) -> None:
    assert package not in at_the_command_line


def test_the_package_itself_loads_no_room() -> None:
    assert {module for module in loaded_by("dedup") if module.startswith("dedup.")} == set()


@pytest.mark.parametrize("file", FILES)
def test_what_is_public_has_a_docstring(file: str) -> None:
    assert ast.get_docstring(tree(file)) is not None
    assert list(undocumented(tree(file).body)) == []


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_short_or_excused(file: str) -> None:
    most, _reason = LONGER.get(file, (MOST_LINES, ""))
    assert len(FILES[file].read_text(encoding="utf-8").splitlines()) <= most


@pytest.mark.parametrize("file", LONGER)
def test_an_excuse_is_still_needed(file: str) -> None:
    assert len(FILES[file].read_text(encoding="utf-8").splitlines()) > MOST_LINES


def test_the_door_names_what_others_rely_on() -> None:
    assert set(DOOR.__all__) >= PROMISED
    assert len(set(DOOR.__all__)) == len(DOOR.__all__)


@pytest.mark.parametrize("name", DOOR.__all__)
def test_a_public_name_can_be_imported_from_the_door(name: str) -> None:
    assert getattr(DOOR, name).__name__ == name


def test_the_door_tells_types_of_all_its_names() -> None:
    froms = [node for node in ast.walk(tree("__init__.py")) if isinstance(node, ast.ImportFrom)]
    told = {alias.name for node in froms if room(node.module or "") in MAY_IMPORT["__init__"] for alias in node.names}
    assert told == set(DOOR.__all__)


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = DOOR.nothing
