"""What a store was made with, what it holds, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

from dedup.index import Index
from dedup.model import Reject

# Rejects that are listed; all are counted.
REJECTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class About:
    """Counts of the tables, settings, what was refused when files were read last, and the versions of this program
    and of what it counts with, by name."""

    versions: dict[str, str]
    counts: dict[str, int]
    settings: dict[str, str]
    rejects: tuple[Reject, ...]
    refused: int


def about(index: Index) -> About:
    """What is told of a store as a whole."""
    counts = {name: int(value) for name, value in index.info().items() if not name.startswith("settings.")}
    rejects = index.rejects()
    return About(versions(), counts, index.settings.as_dict(), tuple(rejects[:REJECTS_SHOWN]), len(rejects))


def versions() -> dict[str, str]:
    """The versions of this program and of what may change its answers, by name; ``dedup`` comes first."""
    found = {name: _version_of(name) for name in ("datasketch", "numpy", "rapidfuzz")}
    return {"dedup": _version_of("newswire-dedup"), "Python": python_version(), **found}


def _version_of(package: str) -> str:
    """The version of a package; of a checkout that is not installed, that it is one."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
