"""Lines as agencies write them, and lines that only look so, in the languages of the list: who is credited."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dedup.credits import find_credits

HERE = Path(__file__).parent
# the lines that the rules were not made for, and the forms that they were made from
LINES, FORMS = HERE / "agency_lines.tsv", HERE / "agency_forms.tsv"
MOST_WRONG = 0.01
LEAST_FOUND = 0.92
LEAST_LINES = 200
LEAST_LANGUAGES = 20

BODY = (
    "The council of the harbour town voted on Tuesday to keep the old lighthouse open through the winter months.\n" * 20
)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def credited(line: str, place: str) -> set[str]:
    text = {"head": f"{line}\n{BODY}", "tail": f"{BODY}\n{line}", "byline": BODY, "prose": f"{BODY}{line}\n{BODY}"}
    found = find_credits(text[place], byline=line if place == "byline" else None)
    return {credit.agency or f"?{credit.name}" for credit in found}


def test_there_are_lines_of_many_languages() -> None:
    lines = rows(LINES)
    assert len(lines) >= LEAST_LINES
    assert len({row["language"] for row in lines}) >= LEAST_LANGUAGES


@pytest.mark.parametrize("path", [LINES, FORMS], ids=lambda path: path.stem)
def test_agencies_are_credited_for_their_lines(path: Path) -> None:
    right = wrong = missed = 0
    told = []
    for row in rows(path):
        wanted, found = set(row["expected"].split(",")) - {"-"}, credited(row["line"], row["place"])
        right, wrong, missed = right + len(found & wanted), wrong + len(found - wanted), missed + len(wanted - found)
        if found != wanted:
            told.append(f"{row['language']} {row['place']}: {sorted(found)} for {sorted(wanted)}: {row['line']}")
    report = "\n".join(told)
    assert wrong <= MOST_WRONG * (right + wrong), report
    assert right >= LEAST_FOUND * (right + missed), report
