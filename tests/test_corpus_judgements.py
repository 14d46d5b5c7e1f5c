"""Files of judgements: what is understood, what is refused, and where it stood."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path

import pytest

from dedup.corpus import read_judgements
from dedup.export import RowFormat, write_rows
from dedup.model import CorpusError, Judgement, Reject

NOW, NOON = "2026-11-24T08:00:00+00:00", "2026-11-22T12:00:00+00:00"
ONE = Judgement("farm", "wire", "copy", NOON, "I asked")


def read(path: Path, text: str | bytes) -> tuple[list[Judgement], list[Reject]]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    rejects: list[Reject] = []
    return list(read_judgements(path, rejects.append, NOW)), rejects


UNDERSTOOD = {
    "CSV": (f"copy,original,verdict,judged_at,note\nfarm,wire,copy,{NOON},I asked\n", ONE),
    "columns in another order": (f"note,Verdict,judged_at,ORIGINAL,copy\nI asked,Copy,{NOON},wire,farm\n", ONE),
    "JSON Lines": (
        f'{{"copy": "farm", "original": "wire", "verdict": "copy", "judged_at": "{NOON}", "note": "I asked"}}\n',
        ONE,
    ),
    "a time of another zone": (
        "copy,original,verdict,judged_at\nfarm,wire,unknown,2026-11-22T13:00:00+01:00\n",
        Judgement("farm", "wire", "unknown", NOON),
    ),
    "without a time": ("copy,original,verdict\nfarm,wire,unrelated\n", Judgement("farm", "wire", "unrelated", NOW)),
    "null in JSON": (
        '{"copy": "farm", "original": "wire", "verdict": "original", "judged_at": null, "note": null}',
        Judgement("farm", "wire", "original", NOW),
    ),
}


@pytest.mark.parametrize(("text", "judgement"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_a_row_is_understood(tmp_path: Path, text: str, judgement: Judgement) -> None:
    assert read(tmp_path / "j", text) == ([judgement], [])


REFUSED = {
    "no copy": ("copy,original,verdict\n,wire,copy\n", "has no copy"),
    "no original": ("copy,original,verdict\nfarm,,copy\n", "has no original"),
    "no verdict": ('{"copy": "a", "original": "b", "verdict": "copy"}\n{"copy": "a", "original": "b"}', "has no verd"),
    "an unknown verdict": ("copy,original,verdict\nfarm,wire,maybe\n", "has the verdict 'maybe'; it must be one of"),
    "one page": ("copy,original,verdict\nfarm,farm,copy\n", "farm: is one page, and two are judged"),
    "a time without a zone": (
        "copy,original,verdict,judged_at\nfarm,wire,copy,2026-11-22\n",
        "the time '2026-11-22' is none; it must be ISO 8601 with its zone",
    ),
    "too few fields": ("copy,original,verdict\nfarm,wire\n", "has 2 fields where the header has 3"),
    "no JSON": ('{"copy": "a", "original": "b", "verdict": "copy"}\n{"copy": \n', "is not JSON"),
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=REFUSED)
def test_a_row_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    good = text.splitlines()[0] if text.startswith("{") else "mill,wire,copy" + ",2026-11-22T12:00Z" * ("_at" in text)
    found, (reject,) = read(tmp_path / "j", f"{text.rstrip()}\n{good}\n")
    assert (reject.path, reject.line) == ((tmp_path / "j").as_posix(), 2)
    assert problem in reject.problem
    assert len(found) == 1 + text.startswith("{")


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no judgements: its columns must be copy, original, verdict"):
        read(tmp_path / "j", "copy,original\nfarm,wire\n")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no such file"):
        list(read_judgements(tmp_path / "j", print, NOW))


HOSTILE = (
    Judgement("farm", "wire", "copy", NOON, 'it said "copy", twice,\nand = once'),
    Judgement("=1+1", "-wire", "unrelated", NOON, "@all"),
    Judgement("größe-✓ 🐐", "https://wire.example/a?b=1#c", "unknown", NOON),
)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("judgements", [HOSTILE, ()], ids=["hostile ones", "none"])
def test_what_is_written_reads_back(tmp_path: Path, judgements: tuple[Judgement, ...], form: RowFormat) -> None:
    out = io.StringIO(newline="")
    write_rows([asdict(one) for one in judgements], form, out)
    assert read(tmp_path / "j", out.getvalue()) == (list(judgements), [])


def test_a_field_of_any_length_is_read(tmp_path: Path) -> None:
    """The parser has a limit of its own, which the size of a page's text is far above."""
    found, rejects = read(tmp_path / "j", f"copy,original,verdict,note\nfarm,wire,copy,{'x' * 200_000}\n")
    assert [len(one.note or "") for one in found] == [200_000]
    assert rejects == []


def test_a_quote_that_is_never_closed_costs_its_own_row_alone(tmp_path: Path) -> None:
    text = 'copy,original,verdict\n"farm,wire,copy\nmill,wire,copy\nfair,wire,copy\n'
    found, (told,) = read(tmp_path / "j", text)
    assert [one.copy for one in found] == ["mill", "fair"]
    assert told.line == 2
    assert "never closed" in told.problem


def test_what_is_no_text_is_no_id(tmp_path: Path) -> None:
    found, (told,) = read(tmp_path / "j", '{"copy": ["farm"], "original": "wire", "verdict": "copy"}')
    assert not found
    assert "has a copy that is no text" in told.problem
