"""Truth files: what is understood, what is refused, and where it stood."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from dedup.corpus import read_labels
from dedup.model import CorpusError, Reject
from dedup.truth import Label


def read(path: Path, text: str | bytes) -> tuple[list[Label], list[Reject]]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    rejects: list[Reject] = []
    return list(read_labels(path, rejects.append)), rejects


FIRST, SECOND = "{path}:1", "{path}:2"
ONE = Label("farm", "wire", "full", origin=SECOND)
UNDERSTOOD = {
    "copies as CSV": ("t.csv", "copy,original,kind\nfarm,wire,full\n", ONE),
    "as TSV": ("t.tsv", "copy\toriginal\tkind\nfarm\twire\tfull\n", ONE),
    "with a mark, capitals and spaces": ("t.csv", "\ufeffCopy , Original,KIND,note\nfarm , wire,Full,x\n", ONE),
    "quoted": ("t.csv", 'copy,original\n"a,b",wire\n', Label("a,b", "wire", origin=SECOND)),
    "an absent original": ("t.csv", "copy,original,story\nfarm,,s1\n", Label("farm", None, story="s1", origin=SECOND)),
    "without a direction": (
        "t.csv", "copy,original,direction\nfarm,wire,unknown\n", Label("farm", "wire", directed=False, origin=SECOND),
    ),
    "with coverage": (
        "t.csv", "copy,original,coverage\nfarm,wire,.25\n", Label("farm", "wire", coverage=0.25, origin=SECOND),
    ),
    "JSON Lines": ("t.jsonl", '\n{"copy": "farm", "original": "wire", "kind": "full"}\n', ONE),
    "null in JSON": ("t.jsonl", '{"copy": "farm", "original": null}\n', Label("farm", None, origin=FIRST)),
    "pairs": ("t.csv", "a,b,label\nfarm,mill,copy\n", Label("farm", "mill", directed=False, origin=SECOND)),
    "pairs that share nothing": (
        "t.csv", "a,b,label\nfarm,mill,0\n", Label("farm", "mill", "unrelated", directed=False, origin=SECOND),
    ),
    "pairs of a kind": (
        "t.jsonl", '{"a": "farm", "b": "mill", "label": "teaser"}',
        Label("farm", "mill", "teaser", directed=False, origin=FIRST),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "label"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_a_row_is_understood(tmp_path: Path, name: str, text: str, label: Label) -> None:
    path = tmp_path / name
    labels, rejects = read(path, text)
    assert rejects == []
    assert [str(one) for one in labels] == [str(label).replace("{path}", path.as_posix())]


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    labels, _ = read(tmp_path / "t.csv.gz", gzip.compress(b"copy,original\nfarm,wire\n"))
    assert [(label.copy, label.original) for label in labels] == [("farm", "wire")]


REFUSED = {
    "no copy": ("t.csv", "copy,original\n,wire\n", "has no copy"),
    "an unknown kind": (
        "t.csv",
        "copy,original,kind\nfarm,wire,half\n",
        "has the label 'half'; it must be one of full,",
    ),
    "an unknown label": ("t.csv", "a,b,label\nfarm,wire,perhaps\n", "has the label 'perhaps'"),
    "an unknown direction": (
        "t.csv",
        "copy,original,direction\na,b,up\n",
        "has the direction 'up'; it must be decided or",
    ),
    "a coverage above 1": (
        "t.csv",
        "copy,original,coverage\na,b,30\n",
        "has the coverage '30'; it must be a number from 0",
    ),
    "a coverage of words": ("t.csv", "copy,original,coverage\na,b,much\n", "has the coverage 'much'"),
    "too few fields": ("t.csv", "copy,original,kind\nfarm,wire\n", "has 2 fields where the header has 3"),
    "no JSON": ("t.jsonl", '{"copy": "a", "original": "b"}\n{"copy": \n', "is not JSON"),
    "no object": ("t.jsonl", '{"copy": "a", "original": "b"}\n3\n', "is no object"),
    "no pair": ("t.jsonl", '{"copy": "a", "original": "b"}\n{"x": 1}\n', "names no pair"),
}


@pytest.mark.parametrize(("name", "text", "problem"), REFUSED.values(), ids=REFUSED)
def test_a_row_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, name: str, text: str, problem: str) -> None:
    _, (reject,) = read(tmp_path / name, text)
    assert (reject.path, reject.line) == ((tmp_path / name).as_posix(), 2)
    assert problem in reject.problem


BROKEN = {
    "no such columns": ("t.csv", b"x,y\n1,2\n", "names no pairs: its columns must be copy, original or a, b, label"),
    "no row": ("t.csv", b"copy,original\n", "holds no row"),
    "nothing": ("t.csv", b"", "names no pairs"),
    "an archive": ("t.csv", b"PK\x03\x04....", "is a zip archive"),
}


@pytest.mark.parametrize(("name", "data", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_names_nothing_is_refused(tmp_path: Path, name: str, data: bytes, problem: str) -> None:
    with pytest.raises(CorpusError, match=problem):
        read(tmp_path / name, data)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no such file"):
        list(read_labels(tmp_path / "t.csv", print))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_of_labels_may_have_any_delimiter(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"copy{delimiter}original{delimiter}kind\nm{delimiter}o{delimiter}full\n")
    (label,) = read_labels(path, lambda reject: pytest.fail(str(reject)))
    assert (label.copy, label.original, label.kind) == ("m", "o", "full")
