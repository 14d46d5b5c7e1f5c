"""Bad input on the command line: one sentence that says where, a count, and the good record beside it is indexed."""

from __future__ import annotations

import gzip
import io
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from dedup.cli import run
from dedup.index import Index
from dedup.model import Settings

GOOD = (
    "The keeper of the old lighthouse counted nine boats before the fog came in, and eight of them after it had gone."
)
SHORT = "Nine boats left and eight came home again."
BEFORE, AFTER = (json.dumps({"id": id, "text": GOOD}).encode() + b"\n" for id in ("before", "after"))
BESIDE = "pages/good.txt"


def record(**fields: object) -> bytes:
    return json.dumps({"id": "odd", "text": GOOD, **fields}).encode() + b"\n"


class Case(NamedTuple):
    """A file, the sentences said of it, and the ids that are indexed from it."""

    name: str
    data: bytes | Callable[[], bytes]
    says: tuple[str, ...]
    ids: tuple[str, ...] = ()


LINES = ("before", "after")
CASES = {
    "an empty file": Case("a.txt", b"", ("pages/a.txt: is empty",)),
    "an empty table": Case("a.csv", b"", ("pages/a.csv: is empty",)),
    "blank lines alone": Case("a.jsonl", b"\n \n", ("pages/a.jsonl: holds no record",)),
    "no bytes in a .gz": Case("a.jsonl.gz", b"", ("pages/a.jsonl.gz: is empty: not a gzip file",)),
    "a gzip cut off": Case(
        "a.jsonl.gz", lambda: gzip.compress(BEFORE * 99 + record())[:-20],
        (r"pages/a.jsonl.gz:\d+: the gzip data is cut off here: all before this line was read",), ("before",),
    ),
    "a gzip cut off in its head": Case("a.txt.gz", gzip.compress(BEFORE)[:5], ("pages/a.txt.gz: the gzip data is",)),
    "a .gz that is none": Case("a.jsonl.gz", BEFORE, (), ("before",)),
    "bytes that are not UTF-8": Case(
        "a.jsonl", BEFORE + b'{"text": "caf\xe9"}\n' + AFTER, ("pages/a.jsonl:2: is not UTF-8 at byte 14",), LINES
    ),
    "a page that is not UTF-8": Case("a.txt", GOOD.encode() + b" caf\xe9", (), ("pages/a.txt",)),
    "a page that is no text": Case("a.txt", b"\x00\xff\x00\xd8" * 40, ("pages/a.txt: is not a text",)),
    "a NUL in a page": Case("a.txt", GOOD.encode() + b" \x00 and more", (), ("pages/a.txt",)),
    "a NUL in a record": Case("a.jsonl", record(text=f"{GOOD}\x00", title="a\x00b", url="\x00"), (), ("odd",)),
    "half a letter": Case("a.jsonl", record(text=f"{GOOD} \ud83d", title="\ud800", outlet="\udfff"), (), ("odd",)),
    "half a letter in the id": Case("a.jsonl", record(id="odd\ud800"), (), ("odd\ufffd",)),
    "a line that is not JSON": Case("a.jsonl", BEFORE + b"<p>\n" + AFTER, ("pages/a.jsonl:2: is not JSON: ",), LINES),
    "half a record": Case("a.jsonl", BEFORE + record()[:30] + b"\n" + AFTER, ("pages/a.jsonl:2: is not JSON",), LINES),
    "values that are no record": Case(
        "a.jsonl", BEFORE + b"[1]\n7\n" + AFTER, ("pages/a.jsonl:2: ", "pages/a.jsonl:3: "), LINES
    ),
    "a record without a text": Case(
        "a.jsonl", BEFORE + b'{"title": "Fog"}\n' + AFTER, ("pages/a.jsonl:2: .*no text",), LINES
    ),
    "a text that is none": Case("a.jsonl", BEFORE + record(text=None) + AFTER, ("pages/a.jsonl:2: .*no text",), LINES),
    "a text of three words": Case(
        "a.jsonl", BEFORE + record(text="Fog came in.") + AFTER,
        ("pages/a.jsonl:2: too short: 3 words, at least 5 are needed",), LINES,
    ),
    "a page of three words": Case("a.txt", b"Fog came in.", ("pages/a.txt: too short: 3 words",)),
    "one line of 20 MB": Case(
        "a.jsonl", lambda: BEFORE + record(text="fog " * 5_000_000) + AFTER,
        (r"pages/a.jsonl:2: line of 20,000,0\d\d bytes is longer than the 5,000,000 allowed",), LINES,
    ),
    "one page of 20 MB": Case("a.txt", lambda: b"fog " * 5_000_000, ("pages/a.txt: holds more than the 5,000,000",)),
    "a quote that is not closed": Case(
        "a.csv", f'id,text\nbefore,{SHORT}\nodd,"{GOOD}\nafter,{SHORT}\n'.encode(),
        ("pages/a.csv:3: a quote that opens here is never closed",), LINES,
    ),
    "a table without a text": Case("a.csv", b"id,colour\n1,red\n", ("pages/a.csv: no column holds a text",)),
    "an archive in disguise": Case("a.txt", b"PK\x03\x04" + b"x" * 99, ("pages/a.txt: is a zip archive",)),
    "brackets without end": Case("a.jsonl", BEFORE + b"[" * 99_999 + b"\n" + AFTER, ("pages/a.jsonl:2: ",), LINES),
}  # fmt: skip


class Shell:
    """Runs commands in an empty folder that holds ``pages`` with one good page."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys, self._patch = capsys, patch

    def __call__(self, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = run(arguments)
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err
        # How records are understood is told of good ones, too.
        return code, out, "".join(line for line in err.splitlines(keepends=True) if not line.startswith("Fields: "))

    def fails(self, *arguments: str) -> str:
        """The one sentence of a run that ends in an error."""
        code, out, err = self(*arguments)
        assert (code, out) == (2, "")
        (line,) = err.splitlines()
        assert line.startswith("Error: ")
        return line.removeprefix("Error: ")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEDUP_DB", raising=False)
    Path("pages").mkdir()
    Path(BESIDE).write_text(GOOD)
    return Shell(capsys, monkeypatch)


def indexed(store: str = "dedup.db") -> set[str]:
    connection = sqlite3.connect(store)
    try:
        return {row[0] for row in connection.execute("select id from documents")}
    finally:
        connection.close()


def counted(err: str) -> int:
    found = re.search(r"^\d+ new, \d+ updated, \d+ unchanged, (\d+) rejected; ", err, re.MULTILINE)
    assert found
    return int(found[1])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bad_input_is_named_and_counted_and_what_is_beside_it_is_indexed(shell: Shell, case: Case) -> None:
    Path("pages", case.name).write_bytes(case.data if isinstance(case.data, bytes) else case.data())
    code, out, err = shell("index", "pages")
    *said, summary = err.splitlines()
    assert (code, out, counted(summary)) == (0, "", len(case.says))
    for line, sentence in zip(said, case.says, strict=True):
        assert re.match(f"rejected {sentence}", line)
    assert indexed() == {BESIDE, *case.ids}
    assert shell("check")[0] == 0


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_bad_file_named_among_others_does_not_keep_them_out(shell: Shell, case: Case) -> None:
    Path("pages", case.name).write_bytes(case.data if isinstance(case.data, bytes) else case.data())
    Path("pages/last.txt").write_text(GOOD)
    code, out, err = shell("index", BESIDE, f"pages/{case.name}", "pages/last.txt")
    assert code in (0, 2)
    assert out == ""
    for sentence in case.says:
        assert re.search(f"^(Error:|rejected) {sentence}", err, re.MULTILINE)
    assert indexed() == {BESIDE, *case.ids, "pages/last.txt"}


def test_records_piped_in_are_named_by_their_line(shell: Shell) -> None:
    code, out, err = shell("index", "-", stdin=BEFORE + b"fog\n" + record(text="Fog came in.") + AFTER)
    assert (code, out, counted(err)) == (0, "", 2)
    lines = sorted(err.splitlines()[:2])
    assert lines[0].startswith("rejected <stdin>:2: is not JSON")
    assert lines[1].startswith("rejected <stdin>:3: too short")
    assert indexed() == {"before", "after"}


def test_only_the_first_of_many_rejects_are_named_but_all_are_counted(shell: Shell) -> None:
    _, _, err = shell("index", "-", stdin=b"fog\n" * 50 + AFTER)
    assert counted(err) == 50
    assert len(err.splitlines()) < 30
    assert "... and 30 more rejected" in err


MISSING = {
    "a path": ("no-such-page.txt", "no-such-page.txt: there is no such file or folder"),
    "a folder of nothing known": ("empty", "empty: holds no file of a known format"),
    "a link to nothing": ("pages/loose.txt", "pages/loose.txt: is neither a file nor a folder"),
    "an archive": ("crawl.zip", "crawl.zip: is an archive: unpack it first"),
}


@pytest.mark.parametrize(("path", "says"), MISSING.values(), ids=MISSING)
def test_a_path_that_cannot_be_read_is_an_error(shell: Shell, path: str, says: str) -> None:
    Path("empty").mkdir()
    Path("pages/loose.txt").symlink_to("gone.txt")
    Path("crawl.zip").write_bytes(b"PK\x03\x04")
    assert shell.fails("index", path).startswith(says)
    assert shell.fails("index", BESIDE, path).startswith(says)
    assert shell("index", BESIDE)[0] == 0
    assert indexed() == {BESIDE}


# stores


def foreign_store() -> None:
    connection = sqlite3.connect("other.db")
    connection.execute("create table recipes (name)")
    connection.commit()
    connection.close()


STORES = {
    "not ours": ("other.db", "other.db: is a database, but not one of dedup's"),
    "no database": (BESIDE, f"{BESIDE}: is not a SQLite database"),
    "a folder": ("pages", "pages: "),
    "under a file": (f"{BESIDE}/x.db", f"{BESIDE}/x.db: cannot be written"),
    "in no folder": ("nowhere/x.db", "nowhere/x.db: cannot be written"),
    "of other settings": ("seeded.db", "seeded.db: was made with other settings (seed is 2 there and 1 here)"),
}


@pytest.mark.parametrize(("store", "says"), STORES.values(), ids=STORES)
def test_a_store_that_cannot_be_used_is_left_as_it_is(shell: Shell, store: str, says: str) -> None:
    foreign_store()
    Index("seeded.db", Settings(seed=2)).close()
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file() and path.suffix != ".lock"}
    assert shell.fails("index", BESIDE, "--db", store).startswith(says)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("command", ["who x", "compare x y", "stories", "outlets", "info", "check", "export -f dot"])
def test_no_command_reads_what_is_not_ours(shell: Shell, command: str) -> None:
    foreign_store()
    for store, says in (("other.db", "not one of dedup's"), (BESIDE, "is not a SQLite database")):
        assert says in shell.fails(*command.split(), "--db", store)


def test_two_that_write_at_once_are_told_apart(shell: Shell) -> None:
    first = subprocess.Popen([sys.executable, "-m", "dedup", "index", "-", "-q"], stdin=subprocess.PIPE,
                             cwd=Path.cwd(), env={"PYTHONPATH": str(Path(__file__).parents[1])})  # fmt: skip
    with first:
        lock = Path("dedup.db.lock")
        while first.poll() is None and not (lock.exists() and lock.read_text()):
            time.sleep(0.01)
        busy = shell.fails("index", BESIDE)
        assert busy.startswith(f"dedup.db: another dedup (process {first.pid}) is writing to it")
        assert first.stdin is not None
        first.stdin.write(BEFORE)
    assert first.returncode == 0
    assert shell("index", BESIDE, "-q") == (0, "", "")
    assert indexed() == {"before", BESIDE}
