"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def db(command: Command) -> Command:
    """``--db``."""
    return click.option(
        "--db", default="dedup.db", envvar="DEDUP_DB", show_default=True, show_envvar=True, help="The store.",
        metavar="FILE",
    )(command)  # fmt: skip


def format(command: Command) -> Command:
    """``--format``."""
    choice = click.Choice(["table", "json", "jsonl", "csv"])
    return click.option(
        "-f", "--format", "form", type=choice, default="table", show_default=True, help="How to show it."
    )(command)


def quiet(command: Command) -> Command:
    """``--quiet``."""
    return click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and errors.")(command)


def force(command: Command) -> Command:
    """``--force``."""
    return click.option("--force", is_flag=True, help="Write over files that are there.")(command)
