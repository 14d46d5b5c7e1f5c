"""``index`` on what people do with it: again and again, stopped, watched, tried; and what it refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from dedup.cli import run

ROOT = Path(__file__).parents[1]


def text_of(number: int, more: str = "") -> str:
    return " ".join(f"word{number}x{place}" for place in range(60)) + f" {more}"


def write(path: Path, *numbers: int, more: str = "") -> Path:
    lines = [json.dumps({"id": f"p{number}", "text": text_of(number, more)}) for number in numbers]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEDUP_DB", str(tmp_path / "store.db"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def said(place: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def say(*arguments: str) -> tuple[int, str, str]:
        assert Path.cwd() == place
        code = run(arguments)
        return code, *capsys.readouterr()

    return say


Said = Callable[..., tuple[int, str, str]]


def counts(err: str) -> str:
    return err.splitlines()[-1].partition(";")[0]


def refused(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said("rejects", "-f", "jsonl")[1].splitlines()]


# what was read before


def test_a_file_that_has_not_changed_is_passed_over(said: Said, place: Path) -> None:
    write(place / "a.jsonl", 1, 2)
    said("index", "a.jsonl")
    # Were it opened, this would be told: the size and the time of change are those that it had.
    stamp = os.stat("a.jsonl")
    data = Path("a.jsonl").read_bytes()
    Path("a.jsonl").write_bytes(b"x" * len(data))
    os.utime("a.jsonl", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert counts(said("index", "a.jsonl")[2]) == "0 new, 0 updated, 2 unchanged, 0 rejected"
    assert counts(said("index", "--again", "a.jsonl")[2]).startswith("0 new, 0 updated, 0 unchanged, 1")


def test_a_file_that_changed_is_read_again(said: Said, place: Path) -> None:
    write(place / "a.jsonl", 1, 2)
    write(place / "b.jsonl", 3)
    said("index", ".")
    write(place / "a.jsonl", 1, 2, more="later")
    assert counts(said("index", ".")[2]) == "0 new, 2 updated, 1 unchanged, 0 rejected"


def test_a_removed_document_comes_back_with_its_file(said: Said, place: Path) -> None:
    write(place / "a.jsonl", 1, 2)
    said("index", "a.jsonl")
    said("remove", "p1")
    assert counts(said("index", "a.jsonl")[2]) == "1 new, 0 updated, 1 unchanged, 0 rejected"


def test_of_files_that_share_an_id_the_last_counts_whenever_they_are_read(said: Said, place: Path) -> None:
    write(place / "a.jsonl", 1, more="first")
    write(place / "b.jsonl", 1, more="second")
    said("index", "a.jsonl")
    said("index", "b.jsonl")
    assert counts(said("index", "a.jsonl")[2]) == "0 new, 1 updated, 0 unchanged, 0 rejected"
    assert counts(said("index", "b.jsonl")[2]) == "0 new, 1 updated, 0 unchanged, 0 rejected"
    assert counts(said("index", "a.jsonl", "b.jsonl")[2]).startswith("0 new, 0 updated")


# what is refused


def test_what_was_refused_is_listed_with_file_and_line(said: Said, place: Path) -> None:
    (place / "a.jsonl").write_text('{"id": "short", "text": "two words"}\n{"id": 1\n', encoding="utf-8")
    write(place / "b.jsonl", 3)
    code, _, err = said("index", "a.jsonl", "b.jsonl")
    assert (code, counts(err)) == (0, "1 new, 0 updated, 0 unchanged, 2 rejected")
    told = refused(said)
    assert [(one["file"], one["line"]) for one in told] == [("a.jsonl", 1), ("a.jsonl", 2)]
    assert "too short" in told[0]["problem"]
    assert "not JSON" in told[1]["problem"]


def test_what_was_mended_is_listed_no_more(said: Said, place: Path) -> None:
    (place / "a.jsonl").write_text("{\n", encoding="utf-8")
    (place / "b.jsonl").write_text("[\n", encoding="utf-8")
    said("index", "a.jsonl", "b.jsonl")
    write(place / "a.jsonl", 1)
    said("index", "a.jsonl")
    assert [one["file"] for one in refused(said)] == ["b.jsonl"]


def test_nothing_is_listed_where_nothing_was_refused(said: Said, place: Path) -> None:
    said("index", str(write(place / "a.jsonl", 1)))
    assert said("rejects", "-f", "jsonl") == (0, "", "")


@pytest.mark.parametrize("line", ['{"id": "short", "text": "two words"}', "{"], ids=["too short", "not JSON"])
def test_strict_ends_at_the_first_that_is_refused(said: Said, place: Path, line: str) -> None:
    (place / "a.jsonl").write_text(f"{line}\n", encoding="utf-8")
    code, out, err = said("index", "--strict", "a.jsonl")
    assert (code, out) == (2, "")
    assert "a.jsonl:1" in err


def test_strict_is_content_where_nothing_is_refused(said: Said, place: Path) -> None:
    assert said("index", "--strict", str(write(place / "a.jsonl", 1)))[0] == 0


# a trial


def test_a_dry_run_makes_no_store(said: Said, place: Path) -> None:
    write(place / "a.jsonl", 1, 2)
    code, _, err = said("index", "--dry-run", "a.jsonl")
    assert (code, counts(err)) == (0, "2 new, 0 updated, 0 unchanged, 0 rejected")
    assert not (place / "store.db").exists()


def test_a_dry_run_says_what_would_change_and_changes_nothing(said: Said, place: Path) -> None:
    write(place / "a.jsonl", 1, 2)
    said("index", "a.jsonl")
    before = said("export", "-f", "jsonl", "--kinds", "all"), said("info", "-f", "json")
    write(place / "a.jsonl", 2, 3)
    (place / "b.jsonl").write_text('{"text": "two words"}\n' + json.dumps({"id": "p1", "text": text_of(9)}) + "\n")
    code, _, err = said("index", "--dry-run", "a.jsonl", "b.jsonl")
    assert (code, counts(err)) == (0, "1 new, 1 updated, 1 unchanged, 1 rejected")
    assert (said("export", "-f", "jsonl", "--kinds", "all"), said("info", "-f", "json")) == before
    assert said("index", "--dry-run", "--strict", "b.jsonl")[0] == 2


# a run that is stopped


def started(*arguments: str, stderr: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dedup", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def stored(said: Said) -> int:
    code, out, _ = said("info", "-f", "jsonl")
    return int(json.loads(out)["documents"]) if code == 0 else 0


def test_ctrl_c_keeps_what_was_read_and_says_how_to_go_on(said: Said, place: Path) -> None:
    lines = write(place / "a.jsonl", *range(20)).read_text(encoding="utf-8").splitlines(keepends=True)
    child = started("index", "-")
    assert child.stdin is not None
    assert child.stderr is not None
    child.stdin.write("".join(lines[:10]))
    child.stdin.flush()
    until((place / "store.db").exists)
    time.sleep(0.5)  # it waits for more
    child.send_signal(signal.SIGINT)
    assert "Stopping after this batch" in child.stderr.readline() + child.stderr.readline()
    _, err = child.communicate(lines[10])
    assert (child.returncode, err.splitlines()[-1]) == (
        130,
        "Stopped: 10 documents are kept; run the same again to go on.",
    )
    assert stored(said) == 10
    assert counts(said("index", "a.jsonl")[2]) == "10 new, 0 updated, 10 unchanged, 0 rejected"
    assert json.loads(said("info", "-f", "jsonl")[1])["pending"] == 0


def test_what_arrives_in_a_watched_folder_is_indexed(said: Said, place: Path) -> None:
    (place / "inbox").mkdir()
    write(place / "inbox" / "a.jsonl", 1)
    with (place / "told").open("w") as told:
        child = started("index", "--watch", "--every", "0.1", "inbox", stderr=told)
        try:
            until(lambda: summaries(place / "told") == ["1 new"])
            write(place / "b.part", 2, 3)
            (place / "b.part").rename(place / "inbox" / "b.jsonl")
            until(lambda: summaries(place / "told") == ["1 new", "2 new"])
        finally:
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=30)
    assert child.returncode == 130
    assert stored(said) == 3


def summaries(told: Path) -> list[str]:
    return [line.partition(",")[0] for line in told.read_text(encoding="utf-8").splitlines() if " new," in line]


@pytest.mark.parametrize("arguments", [("--watch", "-"), ("--watch", "--dry-run", "inbox")], ids=" ".join)
def test_what_cannot_be_watched_is_an_error(said: Said, arguments: tuple[str, ...]) -> None:
    code, out, err = said("index", *arguments)
    assert (code, out) == (2, "")
    assert "--watch" in err


def test_what_was_refused_of_standard_input_is_listed_until_it_comes_again(place: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    good = write(place / "a.jsonl", 1).read_text(encoding="utf-8")
    for lines, listed in (("{\n", "<stdin>"), (good, "")):
        subprocess.run([sys.executable, "-m", "dedup", "index", "-q", "-"], input=lines, text=True, env=env, check=True)
        told = subprocess.run(
            [sys.executable, "-m", "dedup", "rejects", "-f", "jsonl"],
            env=env,
            text=True,
            capture_output=True,
            check=True,
        )
        assert (listed in told.stdout, bool(told.stdout)) == (True, bool(listed))


# how records are understood


def records(path: Path) -> Path:
    rows = [{"id": f"p{n}", "artikel": text_of(n), "kopf": "Ein Titel", "text": "a teaser"} for n in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_it_is_said_once_which_fields_were_taken(said: Said, place: Path) -> None:
    records(place / "a.jsonl")
    records(place / "b.jsonl")
    _, _, err = said("index", "--map", "text=artikel", ".")
    assert [line for line in err.splitlines() if line.startswith("Fields: ")] == [
        "Fields: id from id, text from artikel; passed over: kopf, text."
    ]
    assert "Fields" not in said("index", "-q", "--again", ".")[2]


def test_fields_that_are_named_are_taken(said: Said, place: Path) -> None:
    records(place / "a.jsonl")
    assert counts(said("index", "a.jsonl")[2]) == "0 new, 0 updated, 0 unchanged, 3 rejected"
    # Named otherwise, the same file is another.
    told = said("index", "--map", "text=artikel", "--map", "title=kopf", "a.jsonl")
    assert counts(told[2]) == "3 new, 0 updated, 0 unchanged, 0 rejected"
    assert said("who", "p1")[0] == 1


def test_the_first_records_are_shown_as_they_are_understood_and_nothing_is_kept(said: Said, place: Path) -> None:
    records(place / "a.jsonl")
    code, out, err = said("index", "--show-mapping", "--map", "text=artikel", "--map", "title=kopf", "a.jsonl")
    assert (code, err) == (0, "")
    assert out.startswith("a.jsonl: id from id, text from artikel, title from kopf; passed over: text\n")
    assert [line for line in out.splitlines() if "title" in line][1:] == ["  title      Ein Titel"] * 3
    assert not (place / "store.db").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--map", "text"), "--map text"),
        (("--map", "=artikel"), "--map =artikel"),
        (("--map", "body_of_it=artikel"), "body_of_it"),
        (("--map", "text=nowhere"), "nowhere"),
        (("--show-mapping", "-"), "--show-mapping"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_a_mapping_that_cannot_be_is_an_error(said: Said, place: Path, arguments: tuple[str, ...], says: str) -> None:
    records(place / "a.jsonl")
    code, out, err = said("index", *arguments, "a.jsonl")
    assert (code, out) == (2, "")
    assert says in err.splitlines()[-1]


# pages of the web


def page(path: Path, number: int) -> Path:
    paragraphs = "".join(f"<p>{text_of(number + place)}.</p>" for place in range(3))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<html><body><article><h1>A title</h1>{paragraphs}</article></body></html>", encoding="utf-8")
    return path


def test_saved_pages_are_known_by_their_address_and_read_once(said: Said, place: Path) -> None:
    pytest.importorskip("trafilatura", reason="reading HTML needs an extra")
    page(place / "saved" / "daily.com" / "news" / "a.html", 1)
    assert counts(said("index", "saved")[2]) == "1 new, 0 updated, 0 unchanged, 0 rejected"
    assert said("who", "http://daily.com/news/a.html?utm_source=x")[0] == 1
    assert counts(said("index", "saved")[2]) == "0 new, 0 updated, 1 unchanged, 0 rejected"
    # Another extractor finds another text: the file is read again.
    pytest.importorskip("resiliparse", reason="it is in an extra of its own")
    assert counts(said("index", "--extractor", "resiliparse", "saved")[2]).startswith("0 new, 1 updated")


def test_what_of_an_archive_is_no_page_is_noted(said: Said, place: Path) -> None:
    pytest.importorskip("trafilatura", reason="reading HTML needs an extra")
    html = page(place / "a.html", 1).read_bytes()

    def record(kind: str, type: str, body: bytes) -> bytes:
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://daily.com/a\r\nWARC-Date: 2024-05-06T07:08:09Z"
        )
        return f"{head}\r\nContent-Type: {type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n"

    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + html
    (place / "crawl.warc").write_bytes(
        record("request", "application/http; msgtype=request", b"GET /a HTTP/1.1\r\nHost: daily.com\r\n\r\n")
        + record("response", "application/http; msgtype=response", answer)
    )
    code, _, err = said("index", "crawl.warc")
    assert (code, counts(err)) == (0, "1 new, 0 updated, 0 unchanged, 0 rejected")
    assert "crawl.warc: passed over 1 request" in err
    assert "passed over" not in said("index", "-q", "--again", "crawl.warc")[2]


def test_ctrl_c_while_pages_are_compared_keeps_them(said: Said, place: Path) -> None:
    """All is read long before it is compared."""
    write(place / "a.jsonl", *range(3000))
    with (place / "told").open("w") as told:
        child = started("index", "--workers", "1", "a.jsonl", stderr=told)
        until(lambda: "Fields" in (place / "told").read_text(encoding="utf-8"))
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=60)
    assert child.returncode == 130
    assert stored(said) > 0
    assert said("index", "a.jsonl")[0] == 0
    assert stored(said) == 3000
