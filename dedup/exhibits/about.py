"""What a store was made with, what it holds, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from dedup.index import Index
from dedup.model import Reject

# Rejects that are listed; all are counted.
REJECTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class About:
    """Counts of the tables, settings, the version that shows them, and what was refused when files were read last."""

    version: str
    counts: dict[str, int]
    settings: dict[str, str]
    rejects: tuple[Reject, ...]
    refused: int


def about(index: Index) -> About:
    """What is told of a store as a whole."""
    counts = {name: int(value) for name, value in index.info().items() if not name.startswith("settings.")}
    rejects = index.rejects()
    return About(version_name(), counts, index.settings.as_dict(), tuple(rejects[:REJECTS_SHOWN]), len(rejects))


def version_name() -> str:
    """The version of this program; of a checkout that is not installed, that it is one."""
    try:
        return version("newswire-dedup")
    except PackageNotFoundError:
        return "a checkout that is not installed"
