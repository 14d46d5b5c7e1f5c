"""What the commands share: reading what was asked for, showing what came out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dedup.model import KINDS, Added, Change, CorpusError, DedupError, Document, FileRead, Kind, Publisher, Reject

if TYPE_CHECKING:
    from dedup.corpus import Options
    from dedup.index import Index

# Exit codes.
FOUND, NOTHING_FOUND, ERROR = 0, 1, 2
# Rejects named one by one on the screen; all are counted.
REJECTS_SHOWN = 20
# Of a text that is shown in a line.
SHOWN_CHARS = 90


def show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Say which version this is, and leave."""
    from importlib.metadata import PackageNotFoundError, version

    if wanted and not context.resilient_parsing:
        try:
            click.echo(f"dedup {version('newswire-dedup')}")
        except PackageNotFoundError:
            click.echo("dedup, from a checkout that is not installed")
        context.exit()


def is_file(path: str) -> bool:
    """Whether there is such a file; a name too long for one is none."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def source(
    path: str,
    on_reject: Callable[[Reject], None],
    *,
    alone: bool = True,
    options: Options | None = None,
    on_file: Callable[[FileRead], None] | None = None,
    watch: Callable[[Mapping[str, object]], None] | None = None,
) -> Iterator[Document]:
    """The documents of a path, or of JSON Lines on standard input.

    A file that cannot be read at all is an error where it is ``alone``; among others it is a reject.
    """
    from dedup.corpus import read_corpus, read_stream

    if path == "-":
        found = read_stream(sys.stdin.buffer, on_reject=on_reject, options=options, watch=watch)
    else:
        found = read_corpus(path, on_reject, options=options, on_file=on_file, watch=watch)
    return found if alone or Path(path).is_dir() else _refusing(found, on_reject)


def _refusing(found: Iterator[Document], on_reject: Callable[[Reject], None]) -> Iterator[Document]:
    try:
        yield from found
    except CorpusError as error:
        on_reject(Reject(error.path, error.line, error.problem))


def page(opened: Index, page: str) -> Document | str:
    """What is asked about: a stored id or URL first, then a file, then pasted text."""
    from dedup.corpus import page_from_text, page_id, read_page
    from dedup.model import UnknownDocument

    if page == "-":
        if sys.stdin.isatty():
            click.echo("Paste the text, then press Ctrl-D.", err=True)
        return page_from_text(sys.stdin.buffer.read().decode("utf-8", "replace"))
    for name in (page, page_id(page)):
        with suppress(UnknownDocument):
            return opened.get(name).id
    if is_file(page):
        return read_page(page)
    raise UnknownDocument(f"{page}: is neither an id or URL in the store nor a file")


def reading(db: str) -> Index:
    """The store, opened for looking only."""
    from dedup.index import Index

    require_file(db)
    return Index(db, read_only=True)


def require_file(db: str) -> None:
    """Refuse a store that is not there: only ``index`` makes one."""
    if not is_file(db):
        raise DedupError(f"{db}: there is no such store; run 'dedup index' first, or name another with --db")


def kinds(told: str) -> list[Kind] | None:
    """The kinds of link that were named; ``None`` for all."""
    if told == "all":
        return None
    chosen = [kind for kind in KINDS if kind in told.split(",")]
    unknown = set(told.split(",")) - set(KINDS)
    if unknown:
        raise click.UsageError(f"unknown kind of link: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}, all")
    return chosen


def require_new(files: Iterable[str], *, force: bool) -> None:
    """Refuse to write over a file that is there, unless with ``force``; what is no file, as a pipe, can be written."""
    for file in files:
        if file != "-" and is_file(file) and not force:
            raise DedupError(f"{file}: is there already; name another file, or write over it with --force")


def write(output: str, write: Callable[[Any], None]) -> None:
    """Write to a file, whole or not at all, or to standard output."""
    from dedup.export import atomic_file

    if output == "-":
        write(sys.stdout)
        return
    with atomic_file(output) as out:
        write(out)


def show(rows: Sequence[Mapping[str, object]], form: str, columns: Sequence[str] | None = None) -> None:
    """Rows on standard output; ``columns`` are those of the table for people."""
    from dedup.export import write_rows

    write_rows(rows, form, sys.stdout, columns if form == "table" else None)  # type: ignore[arg-type]


def show_json(value: object) -> None:
    """One value on standard output."""
    import json

    click.echo(json.dumps(_rounded(value), ensure_ascii=False, indent=2))


def _rounded(value: object) -> object:
    """Floats as every other format shows them."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def show_standings(lines: Iterable[str]) -> None:
    """How copies stand to their sources, below the table that lists them."""
    for number, line in enumerate(lines):
        click.echo(line if number else f"\n{line}")


def show_others(asked: str, others: Iterable[Any]) -> None:
    """The passages that a page shares beside its story."""
    told = [{"kind": o.kind, "copy": o.copy, "original": o.original or "-", "words": o.matched_words} for o in others]
    if told:
        click.echo(f"\nOther passages that {asked} shares:")
        show(told, "table")


def publisher_row(row: Publisher, form: str) -> dict[str, object]:
    """A publisher as a row for programs; in a cell only the changes that there are."""
    told = asdict(row)
    if form == "csv" and row.changes is not None:
        told["changes"] = [f"{name} {count}" for name, count in asdict(row.changes).items() if count]
    return told


def change_row(change: Change) -> dict[str, object]:
    """A change as a row."""
    told = {name: getattr(change, name) for name in ("kind", "action", "form", "was", "now")}
    return {**told, "source_start": change.source.start, "copy_start": change.copy.start}


def show_document(document: Document) -> None:
    """What a document was understood as, a line for each thing told."""
    from dedup.views import clean

    for field in fields(document):
        value = getattr(document, field.name)
        if value and field.name != "origin":
            text = clean(value)
            click.echo(f"  {field.name:<10} {text if len(text) <= SHOWN_CHARS else f'{text[: SHOWN_CHARS - 1]}…'}")
    click.echo()


def show_rejects(rejects: Sequence[Reject]) -> None:
    """The first rejects, each with file and line, and how many more there are."""
    for reject in rejects[:REJECTS_SHOWN]:
        click.echo(f"rejected {reject}", err=True)
    if len(rejects) > REJECTS_SHOWN:
        click.echo(f"... and {len(rejects) - REJECTS_SHOWN} more rejected", err=True)


def summary(added: Added, passed_over: int, rejected: int, counts: Mapping[str, int | str], seconds: float) -> str:
    """What an ``index`` run did, in a line; documents of files that were passed over have not changed."""
    return (
        f"{added.new} new, {added.updated} updated, {added.unchanged + passed_over} unchanged, {rejected} rejected; "
        f"{counts['stories']} stories, {counts['links']} links; {seconds:.1f} seconds"
    )
