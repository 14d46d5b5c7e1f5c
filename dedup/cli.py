"""The command line: parse, call, show, exit code. The only room that knows click, and the only one with a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dedup.model import DEFAULT_KINDS, KINDS, Added, DedupError, Document, Kind, Reject

if TYPE_CHECKING:
    from dedup.index import Index

FOUND, NOTHING_FOUND, ERROR = 0, 1, 2
# Rejects named one by one on the screen; all are counted.
REJECTS_SHOWN = 20
Command = TypeVar("Command", bound=Callable[..., Any])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0 done, 1 nothing found, 2 an error in one sentence."""
    if os.environ.get("NO_COLOR"):
        os.environ["FORCE_COLOR"] = ""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """The exit code of a command line. A reader that closes the pipe early ends us quietly, as it means to."""
    try:
        # dedup.main would turn a closed pipe into exit code 1, which means "nothing found" here
        with dedup.make_context("dedup", list(arguments)) as context:
            code = dedup.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else FOUND
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code if error.exit_code != 1 else ERROR
    except DedupError as error:
        click.echo(f"Error: {error}", err=True)
        return ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; what was committed is kept, run the same again to go on.", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND


def _db(command: Command) -> Command:
    return click.option(
        "--db", default="dedup.db", envvar="DEDUP_DB", show_default=True, show_envvar=True, help="The store.",
        metavar="FILE",
    )(command)  # fmt: skip


def _format(command: Command) -> Command:
    choice = click.Choice(["table", "json", "jsonl", "csv"])
    return click.option(
        "-f", "--format", "form", type=choice, default="table", show_default=True, help="How to show it."
    )(command)


def _quiet(command: Command) -> Command:
    return click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and errors.")(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda *told: _show_version(*told),
    help="Show the version.",
)
def dedup() -> None:
    """Find out who copied a news story from whom.

    \b
    dedup index pages/          index a folder of pages into dedup.db
    dedup who pages/a.txt       who else published this page?
    dedup compare A B           what do two pages share, and what was changed?
    dedup export -f gexf -o graph.gexf
    """


@dedup.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--workers", type=click.IntRange(min=1), help="Processes that prepare pages.  [default: one a core]")
@_db
@_quiet
def index(paths: tuple[str, ...], workers: int | None, db: str, quiet: bool) -> None:
    """Add or update documents.

    PATH is a file or a folder (.txt, .html, .jsonl, .json, .csv, .tsv, .gz of these), or - for JSON Lines on standard
    input. The same again changes nothing; another text under the same id replaces it.

    \b
    dedup index sample_corpus/pages
    zcat crawl.jsonl.gz | dedup index -
    """
    from dedup.index import Index

    rejects: list[Reject] = []
    started = monotonic()
    sources = [_source(path, rejects.append) for path in paths]
    with Index(db, workers=workers) as opened, _Progress(paths, quiet) as progress:
        added = opened.add(progress.watch(document for source in sources for document in source), progress.count)
        counts = opened.info()
    rejects += added.rejects
    _show_rejects(rejects)
    if not quiet:
        click.echo(_summary(added, len(rejects), counts, monotonic() - started), err=True)


@dedup.command()
@click.argument("page", metavar="PAGE")
@_db
@_format
def who(page: str, db: str, form: str) -> int:
    """Who else published this page?

    PAGE is the id or URL of a stored document, a file, or - for text pasted on standard input. What is asked about is
    not added. Leaves with 0 if somebody else published it, 1 if nobody is known to have.

    \b
    dedup who sample_corpus/pages/mirror-01.txt
    pbpaste | dedup who -
    """
    from dedup import views

    with _reading(db) as opened:
        answer = opened.who(_page(opened, page))
    if form == "table":
        for line in views.answer_lines(answer):
            click.echo(line)
        if answer.found:
            _show([views.publisher_row(row) for row in answer.publishers], form)
            _show_others(answer.asked, answer.others)
    elif form == "json":
        _show_json(asdict(answer))
    else:
        _show([asdict(row) for row in answer.publishers], form)
    return FOUND if answer.found else NOTHING_FOUND


@dedup.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--width", type=click.IntRange(min=60), help="Columns to use.  [default: the terminal's]")
@_db
@_format
def compare(a: str, b: str, width: int | None, db: str, form: str) -> int:
    """Show the passages that two pages share, side by side, and what was changed.

    A and B are ids or URLs of stored documents, or files; with two files no store is needed. Leaves with 0 if they
    share a passage, 1 if not.

    \b
    dedup compare ngw-1001 sample_corpus/pages/mirror-01.txt
    """
    from shutil import get_terminal_size

    from dedup import views
    from dedup.index import compare as compare_texts

    one, two = _documents(db, (a, b))
    match = compare_texts(one.text, two.text)
    if match is None:
        click.echo(f"{a} and {b} share no passage.", err=True)
        return NOTHING_FOUND
    if form == "table":
        for line in views.comparison_lines(one, two, match, width or get_terminal_size((100, 24)).columns):
            click.echo(line)
    elif form == "json":
        _show_json(asdict(match))
    else:
        rows = ({"change": weight, **_edit_row(edit)} for weight, edit in views.changes(match.edits))
        _show(list(rows), form)
    return FOUND


@dedup.command()
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="How many; 0 for all.")
@_db
@_format
def stories(limit: int, db: str, form: str) -> None:
    """List stories by their number of copies.

    \b
    dedup stories --limit 5
    """
    with _reading(db) as opened:
        found = opened.stories(limit or None)
        more = int(opened.info()["stories"]) - len(found)
    _show(
        [asdict(story) for story in found],
        form,
        ["copies", "outlets", "agency", "first_published", "original", "title"],
    )
    if more > 0:
        click.echo(f"{more} more; --limit 0 shows all.", err=True)


@dedup.command()
@_db
@_format
def outlets(db: str, form: str) -> None:
    """List who copies whom, how much and how fast.

    \b
    dedup outlets -f csv
    """
    with _reading(db) as opened:
        _show([asdict(pair) for pair in opened.outlets()], form)


@dedup.command()
@click.option(
    "-f", "--format", "form", required=True,
    type=click.Choice(["graphml", "gexf", "json", "csv", "dot", "jsonl"]), help="The format of the file.",
)  # fmt: skip
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to write; csv to a FILE writes two.")
@click.option("--level", type=click.Choice(["documents", "outlets"]), default="documents", show_default=True)
@click.option("--kinds", default=",".join(DEFAULT_KINDS), show_default=True, help="Kinds of link, or all.")
@click.option("--direction", type=click.Choice(["copied", "flow"]), default="copied", show_default=True,
              help="copied: edges run copy -> original; flow: the other way.")  # fmt: skip
@_db
def export(form: str, output: str, level: str, kinds: str, direction: str, db: str) -> None:
    """Write the graph of who copied whom.

    graphml, gexf (Gephi), json (node-link, D3), dot, and csv, which to a FILE.csv writes FILE.nodes.csv and
    FILE.edges.csv for Gephi; jsonl writes one link a line.

    \b
    dedup export -f gexf -o graph.gexf
    dedup export -f csv --level outlets -o outlets.csv
    """
    from dedup import export as writing

    chosen = _kinds(kinds)
    with _reading(db) as opened:
        if form == "jsonl":
            if level != "documents":
                raise click.UsageError("jsonl writes links between documents; choose another format for outlets")
            links = list(opened.links(chosen))
            _write(output, lambda out: writing.write_links(links, out))
            return
        graph = opened.graph(level, chosen, flow=direction == "flow")
    if form == "csv" and output != "-":
        base = output.removesuffix(".csv")
        with writing.atomic_file(f"{base}.nodes.csv") as nodes, writing.atomic_file(f"{base}.edges.csv") as edges:
            writing.write_gephi_csv(graph, nodes, edges)
    else:
        _write(output, lambda out: writing.write_graph(graph, form, out))


@dedup.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_db
@_quiet
def remove(ids: tuple[str, ...], db: str, quiet: bool) -> None:
    """Take documents out, with all that hung on them.

    \b
    dedup remove ngw-1001
    """
    from dedup.index import Index

    _require_file(db)
    with Index(db) as opened:
        opened.remove(ids)
    if not quiet:
        click.echo(f"{len(ids)} removed.", err=True)


@dedup.command()
@_db
@_format
def info(db: str, form: str) -> None:
    """Show counts and settings.

    \b
    dedup info -f json
    """
    with _reading(db) as opened:
        told = opened.info()
    if form == "table":
        _show([{"what": name, "value": value} for name, value in told.items()], form)
    else:
        _show([told], form)


@dedup.command()
@click.option("--sample", type=click.IntRange(min=1), default=200, show_default=True, help="Documents to make anew.")
@_db
def check(sample: int, db: str) -> int:
    """Check the store's integrity: SQLite's own checks, then signatures and matches of a sample made anew.

    \b
    dedup check --sample 1000
    """
    with _reading(db) as opened:
        problems = opened.check(sample)
        counts = opened.info()
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"Error: {db}: {len(problems)} problems; index again into a new file.", err=True)
        return ERROR
    click.echo(f"{db}: sound ({counts['documents']} documents, {counts['links']} links).")
    return FOUND


# tools


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    from importlib.metadata import PackageNotFoundError, version

    if wanted and not context.resilient_parsing:
        try:
            click.echo(f"dedup {version('newswire-dedup')}")
        except PackageNotFoundError:
            click.echo("dedup, from a checkout that is not installed")
        context.exit()


def _is_file(path: str) -> bool:
    """Whether there is such a file; a name too long for one is none."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


class _Progress:
    """A bar on a terminal with a rate and an end in sight; nothing elsewhere. The end is reckoned from file sizes."""

    def __init__(self, paths: Iterable[str], quiet: bool) -> None:
        self._total = sum(_size(path) for path in paths)
        self._show = not quiet and sys.stderr.isatty()
        self._started = monotonic()
        self._read = self._read_bytes = self._done = 0

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._show:
            click.echo("\r\x1b[K", nl=False, err=True)

    def watch(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            self._read += 1
            self._read_bytes += len(document.text)
            yield document

    def count(self, documents: int) -> None:
        self._done += documents
        if not self._show:
            return
        rate = self._done / max(1e-9, monotonic() - self._started)
        part = min(1.0, self._read_bytes * self._done / max(1, self._read) / self._total) if self._total else None
        click.echo(f"\r\x1b[K{_bar(part)}{self._done} pages, {rate:.0f}/s", nl=False, err=True)


def _bar(part: float | None) -> str:
    return "" if part is None else f"[{'#' * round(30 * part):<30}] {100 * part:3.0f}%  "


def _size(path: str) -> int:
    """Bytes of text to expect, a gzip file counted three times; 0 where nobody can tell."""
    if path == "-":
        return 0
    files = [Path(path)] if Path(path).is_file() else [p for p in Path(path).rglob("*") if p.is_file()]
    return sum(file.stat().st_size * (3 if file.suffix == ".gz" else 1) for file in files)


def _source(path: str, on_reject: Callable[[Reject], None]) -> Iterator[Document]:
    from dedup.corpus import read_corpus, read_stream

    return read_stream(sys.stdin.buffer, on_reject=on_reject) if path == "-" else read_corpus(path, on_reject)


def _page(opened: Index, page: str) -> Document | str:
    """What is asked about: a stored id or URL first, then a file, then pasted text."""
    from dedup.corpus import page_from_text, read_page
    from dedup.model import UnknownDocument

    if page == "-":
        if sys.stdin.isatty():
            click.echo("Paste the text, then press Ctrl-D.", err=True)
        return page_from_text(sys.stdin.buffer.read().decode("utf-8", "replace"))
    try:
        return opened.get(page).id
    except UnknownDocument:
        if _is_file(page):
            return read_page(page)
        raise UnknownDocument(f"{page}: is neither an id or URL in the store nor a file") from None


def _documents(db: str, pages: Sequence[str]) -> list[Document]:
    """Stored documents or files; the store is opened only if one of them is not a file."""
    from dedup.corpus import read_page

    if all(_is_file(page) for page in pages):
        return [read_page(page) for page in pages]
    with _reading(db) as opened:
        found = [_page(opened, page) for page in pages]
        return [opened.get(page) if isinstance(page, str) else page for page in found]


def _reading(db: str) -> Index:
    from dedup.index import Index

    _require_file(db)
    return Index(db, read_only=True)


def _require_file(db: str) -> None:
    if not _is_file(db):
        raise DedupError(f"{db}: there is no such store; run 'dedup index' first, or name another with --db")


def _kinds(told: str) -> list[Kind] | None:
    if told == "all":
        return None
    chosen = [kind for kind in KINDS if kind in told.split(",")]
    unknown = set(told.split(",")) - set(KINDS)
    if unknown:
        raise click.UsageError(f"unknown kind of link: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}, all")
    return chosen


def _write(output: str, write: Callable[[Any], None]) -> None:
    from dedup.export import atomic_file

    if output == "-":
        write(sys.stdout)
        return
    with atomic_file(output) as out:
        write(out)


def _show(rows: Sequence[Mapping[str, object]], form: str, columns: Sequence[str] | None = None) -> None:
    from dedup.export import write_rows

    write_rows(rows, form, sys.stdout, columns if form == "table" else None)  # type: ignore[arg-type]


def _show_json(value: object) -> None:
    import json

    click.echo(json.dumps(_rounded(value), ensure_ascii=False, indent=2))


def _rounded(value: object) -> object:
    """Floats as every other format shows them."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def _show_others(asked: str, others: Iterable[Any]) -> None:
    told = [{"kind": o.kind, "copy": o.copy, "original": o.original or "-", "words": o.matched_words} for o in others]
    if told:
        click.echo(f"\nOther passages that {asked} shares:")
        _show(told, "table")


def _edit_row(edit: Any) -> dict[str, object]:
    return {"kind": edit.kind, "a": edit.a_text, "b": edit.b_text, "a_start": edit.a.start, "b_start": edit.b.start}


def _show_rejects(rejects: Sequence[Reject]) -> None:
    for reject in rejects[:REJECTS_SHOWN]:
        click.echo(f"rejected {reject}", err=True)
    if len(rejects) > REJECTS_SHOWN:
        click.echo(f"... and {len(rejects) - REJECTS_SHOWN} more rejected", err=True)


def _summary(added: Added, rejected: int, counts: Mapping[str, int | str], seconds: float) -> str:
    return (
        f"{added.new} new, {added.updated} updated, {added.unchanged} unchanged, {rejected} rejected; "
        f"{counts['stories']} stories, {counts['links']} links; {seconds:.1f} seconds"
    )
