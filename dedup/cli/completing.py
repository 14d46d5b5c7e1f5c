"""``completion``: what a shell needs to complete commands, options and files."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class, shell_complete

# The variable through which the shell asks, as click names it.
COMPLETING = "_DEDUP_COMPLETE"


def complete(command: click.Command, asked: str) -> int:
    """Answer a shell that asks what could stand next; the exit code."""
    return shell_complete(command, {}, "dedup", COMPLETING, asked)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes a shell complete commands and options.

    \b
    dedup completion bash >> ~/.bashrc
    dedup completion zsh >> ~/.zshrc
    dedup completion fish > ~/.config/fish/completions/dedup.fish
    """
    from dedup.cli import dedup

    known = get_completion_class(shell)
    if known is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(known(dedup, {}, "dedup", COMPLETING).source())
