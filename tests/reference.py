"""The README's reference of commands: what each says of itself when it is asked for help.

python tests/reference.py    writes it anew into README.md
"""

from __future__ import annotations

from pathlib import Path

import click

from dedup.cli import dedup

README = Path(__file__).parents[1] / "README.md"
START, END = "<!-- reference: python tests/reference.py -->\n", "<!-- end of reference -->\n"


def reference() -> str:
    """What every command says of itself, by name."""
    with click.Context(dedup, info_name="dedup", **dedup.context_settings) as context:
        return "\n".join(_part(context, name) for name in dedup.list_commands(context))


def _part(parent: click.Context, name: str) -> str:
    command = dedup.get_command(parent, name)
    if command is None:
        raise LookupError(name)
    with click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100) as context:
        lines = command.get_help(context).splitlines()
    return "\n".join([f"### `dedup {name}`", "", "```text", *(line.rstrip() for line in lines), "```", ""])


def told(readme: str) -> str:
    """The reference that stands in the README."""
    return readme.partition(START)[2].partition(END)[0]


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    README.write_text(f"{before}{START}{reference()}{END}{rest.partition(END)[2]}", encoding="utf-8")
