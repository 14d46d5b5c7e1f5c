"""Files as they come: cut, torn, packed, endless, or in another encoding than they say."""

import gzip
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.corpus import read_corpus
from dedup.corpus.files import ARCHIVES, MAX_LINE_BYTES
from dedup.corpus.tables import MAX_ROW_LINES
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def rows(count: int) -> bytes:
    """Rows that gzip cannot make small."""
    texts = ((n, hashlib.sha256(b"%d" % n).hexdigest().encode()) for n in range(1, count + 1))
    return b"".join(b'{"id": "r%d", "text": "Story %s."}\n' % pair for pair in texts)


def read(folder: Path, name: str, data: bytes) -> tuple[list[Document], list[Reject]]:
    (folder / name).write_bytes(data)
    rejects: list[Reject] = []
    return list(read_corpus(folder / name, rejects.append, now=NOW)), rejects


def told(rejects: list[Reject]) -> list[tuple[int | None, str]]:
    return [(reject.line, reject.problem) for reject in rejects]


BAD_LINES = {
    "not JSON": (b"{oops", "is not JSON: Expecting property name enclosed in double quotes at character 2"),
    "a mark": (
        b'\xef\xbb\xbf{"text": "x"}',
        "is not JSON: Unexpected UTF-8 BOM (decode using utf-8-sig) at character 1",
    ),
    "not UTF-8": (b'{"text": "caf\xe9"}', "is not UTF-8 at byte 14"),
    "a list": (b"[1]", "is a list, not an object with a text"),
    "deep": (b"[" * 100_000, "is nested too deeply"),
    "a number of 5,000 digits": (b'{"text": "x", "n": ' + b"1" * 5000 + b"}", "holds a number with too many digits"),
    "no text": (b'{"title": "x"}', "no text: its fields are title"),
    "endless": (b"x" * (MAX_LINE_BYTES + 70_000), "line of 5,070,000 bytes is longer than the 5,000,000 allowed"),
}


@pytest.mark.parametrize(("line", "problem"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_named_and_the_others_are_read(line: bytes, problem: str, tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, "a.jsonl", rows(1) + line + b"\n" + rows(2))
    assert [d.origin and d.origin.rpartition(":")[2] for d in documents] == ["1", "3", "4"]
    assert told(rejects) == [(2, problem)]


def test_the_longest_line_allowed_is_read(tmp_path: Path) -> None:
    frame = b'{"text": "x", "note": "%s"}'
    line = frame % (b"y" * (MAX_LINE_BYTES - len(frame) + 2))
    assert len(line) == MAX_LINE_BYTES
    documents, rejects = read(tmp_path, "a.jsonl", line + b"\n" + line)
    assert (len(documents), rejects) == (2, [])


def test_odd_values_are_read_as_what_they_can_be(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"text": "one\xe2\x80\xa8two \\ud800", "title": NaN, "id": "a", "id": "b"}\r\n\r\n'
    documents, rejects = read(tmp_path, "a.ndjson", data)
    assert [(d.id, d.text, d.title) for d in documents] == [("b", "one\u2028two \ufffd", None)]
    assert not rejects


PACKED = gzip.compress(rows(2000))
GZIPS = {
    "whole": (PACKED, 2000, None),
    "two members": (gzip.compress(rows(2)) + gzip.compress(rows(3)), 5, None),
    "not packed at all": (rows(3), 3, None),
    "garbage behind": (PACKED + b"garbage", 2000, "followed by something else"),
    "garbage behind a line without end": (gzip.compress(rows(3)[:-1]) + b"garbage", 3, "followed by something else"),
}


@pytest.mark.parametrize(("data", "count", "problem"), GZIPS.values(), ids=GZIPS.keys())
def test_gzip_is_told_by_its_first_bytes(data: bytes, count: int, problem: str | None, tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, "a.jsonl.gz", data)
    assert len(documents) == count
    assert len(rejects) == (problem is not None)
    assert all(problem in reject.problem and reject.line == count + 1 for reject in rejects if problem)


@pytest.mark.parametrize("damage", ["cut off", "damaged"])
def test_rows_before_a_break_in_gzip_are_kept(damage: str, tmp_path: Path) -> None:
    half = len(PACKED) // 2
    data = PACKED[:half] + (b"\xff" * 50 + PACKED[half + 50 :] if damage == "damaged" else b"")
    documents, rejects = read(tmp_path, "a.jsonl.gz", data)
    last = rejects[-1]
    assert 100 < len(documents) < 2000
    assert f"the gzip data is {damage}" in last.problem
    assert last.line is not None
    assert [d.id for d in documents[:100]] == [f"r{n}" for n in range(1, 101)]
    assert damage == "damaged" or (last.line, len(rejects)) == (len(documents) + 1, 1)


SHAPES = {
    "array": (b'[{"text": "a"}, {"text": "b"}]', ["#1", "#2"]),
    "one object": (b'{"text": "a"}\n', [""]),
    "one object on lines": (b'{\n"text": "a"\n}', [""]),
    "object around an array": (b'{"status": "ok", "articles": [{"text": "a"}]}', ["#1"]),
    "two objects around an array": (b'{"response": {"n": 1, "results": [{"fields": {"body": "a"}}]}}', ["#1"]),
    "JSON Lines": (b'{"text": "a"}\n{"text": "b"}\n', ["#1", "#2"]),
    "byte order mark": (b'\xef\xbb\xbf[{"text": "a"}]', ["#1"]),
    "UTF-16": ('[{"text": "a"}]'.encode("utf-16"), ["#1"]),
}


@pytest.mark.parametrize(("data", "ids"), SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_json_file_is_an_array_an_object_or_lines(data: bytes, ids: list[str], suffix: str, tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, f"a.json{suffix}", gzip.compress(data) if suffix else data)
    name = (tmp_path / f"a.json{suffix}").as_posix()
    assert [d.id for d in documents] == [name + end for end in ids]
    assert not rejects


def test_an_object_of_records_gives_them_by_their_keys(tmp_path: Path) -> None:
    documents, _ = read(tmp_path, "a.json", b'{"k1": {"text": "a"}, "k2": {"text": "b", "id": "own"}}')
    assert [d.id for d in documents] == ["k1", "own"]


def test_a_json_lines_file_that_is_an_array_is_read_as_one(tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, "a.jsonl", b'[\n{"text": "a"},\n{"text": "b"}\n]\n')
    assert (len(documents), rejects) == (2, [])


def test_a_bad_record_of_an_array_is_named_by_its_number(tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, "a.json", b'[{"text": "a"}, {"text": 5}, null, {"text": "d"}]')
    assert [d.id[-2:] for d in documents] == ["#1", "#4"]
    assert told(rejects) == [
        (None, "record 2: text is a number, not a text"),
        (None, "record 3: is null, not an object with a text"),
    ]


def test_a_json_file_too_large_for_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.corpus.lines.MAX_JSON_BYTES", 20)
    _, rejects = read(tmp_path, "a.json", b'[{"text": "a somewhat longer one"}]')
    assert told(rejects) == [(None, "holds more than the 20 bytes allowed: convert it to JSON Lines")]


TABLES = {
    "comma": b'id,title,text\n07,"One, two",Body of it\n',
    "semicolon": b"id;title;text\r\n07;One, two;Body of it\r\n",
    "tab": b"id\ttitle\ttext\n07\tOne, two\tBody of it\n",
    "bar": b"id|title|text\n07|One, two|Body of it\n",
    "byte order mark": b'\xef\xbb\xbf"id","title","text"\n"07","One, two","Body of it"\n',
    "UTF-16": 'id,title,text\n07,"One, two",Body of it\n'.encode("utf-16"),
    "old line ends": b'id,title,text\r07,"One, two",Body of it\r',
    "no last line end": b'id,title,text\n07,"One, two",Body of it',
    "blank lines": b'id,title,text\n\n07,"One, two",Body of it\n\n\n',
    "doubled and blank names": b'id,title,title,,text,text\n07,"One, two",x,y,,Body of it\n',
    "packed": gzip.compress(b'id,title,text\n07,"One, two",Body of it\n'),
}


@pytest.mark.parametrize("data", TABLES.values(), ids=TABLES.keys())
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_table_is_read_whatever_its_dialect(data: bytes, name: str, tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, name, data)
    assert [(d.id, d.title, d.text) for d in documents] == [("07", "One, two", "Body of it")]
    assert not rejects


def test_the_lines_of_a_table_are_those_of_the_file(tmp_path: Path) -> None:
    data = b'text,n\n"One\ntwo\nthree",1\n\nfour,2,extra\nfive,3\n'
    documents, rejects = read(tmp_path, "a.csv", data)
    assert [(d.text, d.origin and d.origin[-2:]) for d in documents] == [("One\ntwo\nthree", ":2"), ("five", ":7")]
    assert told(rejects) == [(6, "has 3 fields where the header has 2")]


def test_a_torn_quote_costs_one_row(tmp_path: Path) -> None:
    data = b'id,text\n1,one\n2,"torn\n3,three\n4,"four"\n5,five\n'
    documents, rejects = read(tmp_path, "a.csv", data)
    assert [d.id for d in documents] == ["1", "3", "4", "5"]
    assert [line for line, _ in told(rejects)] == [3]


def test_a_quote_open_at_the_end_is_named_where_it_opens(tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, "a.csv", b'id,text\n1,one\n2,"torn\n3,three\n')
    assert [d.id for d in documents] == ["1", "3"]
    assert told(rejects) == [
        (3, "a quote that opens here is never closed: from the next line on the file was read anew")
    ]


def test_a_quote_that_swallows_a_file_is_given_up(tmp_path: Path) -> None:
    count = 3 * MAX_ROW_LINES
    data = b'id,text\n0,"torn\n' + b"".join(b"%d,text %d\n" % (n, n) for n in range(1, count + 1))
    documents, rejects = read(tmp_path, "a.csv", data)
    assert [d.id for d in documents] == [str(n) for n in range(1, count + 1)]
    assert told(rejects) == [(2, "a quote that opens here is not closed within 10,000 lines")]
    assert documents[-1].origin == f"{tmp_path.as_posix()}/a.csv:{count + 2}"


def test_a_long_field_and_stray_bytes_are_read(tmp_path: Path) -> None:
    data = b'id,text\n1,"' + b"word " * 100_000 + b'"\n2,caf\xe9 na\xc3\xafve \x93x\x94\n'
    documents, rejects = read(tmp_path, "a.csv", data)
    assert [len(documents[0].text), documents[1].text] == [500_000, "café naïve “x”"]
    assert not rejects


def test_a_table_without_a_text_names_its_columns(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no column holds a text: its columns are stories_id, title, media_name"):
        read(tmp_path, "a.csv", b"stories_id,title,media_name\n1,x,y\n")


def test_a_cut_table_keeps_its_whole_rows(tmp_path: Path) -> None:
    packed = gzip.compress(b"id,text\n" + b"".join(b"%d,story %d\n" % (n, n * n) for n in range(5000)))
    documents, rejects = read(tmp_path, "a.csv.gz", packed[: len(packed) // 2])
    assert all(d.text == f"story {int(d.id) ** 2}" for d in documents)
    assert 100 < len(documents) < 5000
    assert [reject.line for reject in rejects] == [len(documents) + 2]


LINES = st.one_of(
    st.binary(max_size=30),
    st.dictionaries(st.sampled_from(["text", "id", "date", "x"]), st.text(max_size=5) | st.integers()).map(
        lambda record: json.dumps(record).encode()
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.lists(LINES, max_size=6).map(b"\n".join))
def test_every_line_of_any_bytes_is_a_document_or_a_reject(tmp_path: Path, data: bytes) -> None:
    unmarked = data.removeprefix(b"\xef\xbb\xbf")
    lines = {n for n, line in enumerate(unmarked.split(b"\n"), start=1) if line.strip()}
    try:
        documents, rejects = read(tmp_path, "a.jsonl", data)
    except CorpusError:
        utf_16_or_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
        assert data.startswith((*utf_16_or_32, *ARCHIVES)) or unmarked.lstrip().startswith(b"[")
        return
    if unmarked.lstrip()[:1] != b"[" and data[:2] != b"\x1f\x8b":
        read_lines = [int((d.origin or "").rpartition(":")[2]) for d in documents] + [r.line for r in rejects if r.line]
        assert sorted(read_lines) == sorted(lines)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["a.csv", "a.tsv", "a.json", "a.txt", "a.jsonl.gz", "a.dat"]), st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_our_words(tmp_path: Path, name: str, data: bytes) -> None:
    header = b"id,text\n" if name.endswith("v") else b""
    try:
        documents, rejects = read(tmp_path, name, header + data)
    except CorpusError:
        return
    assert documents or rejects
