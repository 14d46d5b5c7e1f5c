"""What is sent to the pages: pasted pages, files and judgements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("starlette", reason="the pages need the extra 'web'")
pytest.importorskip("httpx2", reason="asking the pages needs httpx2")

from starlette.testclient import TestClient

from dedup.corpus import read_corpus
from dedup.index import Index
from dedup.web import app_of

SAMPLE = Path(__file__).parents[1] / "sample_corpus" / "pages"
HOST = "127.0.0.1:8377"


@pytest.fixture
def db(tmp_path: Path) -> str:
    path = tmp_path / "sample.db"
    wanted = ("wire_northgate.jsonl", "mirror-01.txt", "mirror-02.txt")
    with Index(path, workers=1) as index:
        index.add(document for name in wanted for document in read_corpus(SAMPLE / name))
    return str(path)


@pytest.fixture
def client(db: str) -> Iterator[TestClient]:
    with TestClient(app_of(db, [HOST]), base_url=f"http://{HOST}", follow_redirects=False) as client:
        yield client


@pytest.fixture
def judging(db: str) -> Iterator[TestClient]:
    app = app_of(db, [HOST], judging=True)
    with TestClient(app, base_url=f"http://{HOST}", follow_redirects=False) as client:
        yield client


def told(client: TestClient, text: str = "", file: tuple[str, bytes] | None = None) -> dict[str, object]:
    answer = client.post("/who?format=json", data={"text": text}, files={"file": file or ("", b"")})
    return {"status": answer.status_code, **json.loads(answer.text)}


def test_a_pasted_mirror_is_found_and_not_kept(client: TestClient, db: str) -> None:
    before = hashlib.sha256(Path(db).read_bytes()).digest()
    answer = told(client, (SAMPLE / "mirror-01.txt").read_text(encoding="utf-8"))
    assert (answer["status"], answer["stored"], answer["pages"]) == (200, False, 4)
    assert hashlib.sha256(Path(db).read_bytes()).digest() == before


@pytest.mark.parametrize(
    "name", ["mirror-01.txt", "../../mirror-01.TXT", "C:\\x\\mirror.txt", "x.exe", "\u202ex", "a" * 300]
)
def test_a_file_is_read_whatever_it_is_called(client: TestClient, name: str) -> None:
    answer = told(client, file=(name, (SAMPLE / "mirror-01.txt").read_bytes()))
    assert (answer["status"], answer["pages"]) == (200, 4)


def test_an_html_file_is_read_as_html(client: TestClient) -> None:
    answer = told(client, file=("mirror.html", (SAMPLE / "mirror-13.html").read_bytes()))
    assert answer["status"] == 200
    assert answer["story"] is not None


@pytest.mark.parametrize("text", ["ngw-1001", "  ngw-1001\n", "mirror-01"])
def test_an_id_leads_to_its_page(client: TestClient, db: str, text: str) -> None:
    if text == "mirror-01":
        with Index(db, read_only=True) as index:
            text = next(link.copy for link in index.links() if link.copy.endswith("mirror-01.txt"))
    answer = client.post("/who", data={"text": text})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/who/{quote(text.strip(), safe='')}")


REFUSED = {
    "nothing": ("", 400, "nothing was pasted"),
    "white space": (" \n\t ", 400, "nothing was pasted"),
    "an address that is not stored": ("https://elsewhere.example/story", 404, "pages are not fetched"),
    "an address inside": ("http://169.254.169.254/latest", 404, "pages are not fetched"),
}


@pytest.mark.parametrize(("text", "status", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_answered_is_told(client: TestClient, text: str, status: int, why: str) -> None:
    answer = told(client, text)
    assert answer["status"] == status
    assert why in str(answer["problem"])


def test_a_text_that_nobody_published_is_no_error(client: TestClient) -> None:
    answer = told(client, "A line about nothing that anybody has ever put into print, I should say. " * 4)
    assert (answer["status"], answer["story"]) == (200, None)


def test_a_hostile_page_is_shown_as_text(client: TestClient) -> None:
    text = (SAMPLE / "mirror-01.txt").read_text(encoding="utf-8")
    hostile = 'Evil<script>alert(1)</script>|"><img src=x onerror=alert(2)>\n' + text.split("\n", 1)[1]
    shown = client.post("/who", data={"text": hostile}).text
    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(2)&gt;" in shown


# Judgements.


def pair(db: str) -> tuple[str, str]:
    with Index(db, read_only=True) as index:
        link = next(link for link in index.links() if link.copy.endswith("mirror-01.txt"))
        return link.copy, str(link.original)


def test_nothing_is_written_unless_it_was_allowed(client: TestClient, db: str) -> None:
    copy, original = pair(db)
    answer = client.post("/judge", data={"copy": copy, "original": original, "verdict": "unrelated"})
    assert answer.status_code == 403
    assert "--allow-judgements" in answer.text
    with Index(db, read_only=True) as index:
        assert index.judgements() == []


def test_a_judgement_is_kept_and_leads_back(judging: TestClient, db: str) -> None:
    copy, original = pair(db)
    sent = {"copy": copy, "original": original, "verdict": "unrelated", "note": " seen <b>both</b> "}
    answer = judging.post("/judge", data=sent)
    want = f"/compare/{quote(original, safe='')}/{quote(copy, safe='')}"
    assert (answer.status_code, answer.headers["location"]) == (303, want)
    with Index(db, read_only=True) as index:
        [kept] = index.judgements()
        assert (kept.copy, kept.original, kept.verdict, kept.note) == (copy, original, "unrelated", "seen <b>both</b>")
        assert copy not in [link.copy for link in index.links()]


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, 400), ({"verdict": "stolen"}, 400), ({"verdict": "copy", "copy": "a", "original": "b"}, 404)],
)
def test_what_is_no_judgement_is_refused(judging: TestClient, db: str, sent: dict[str, str], status: int) -> None:
    assert judging.post("/judge", data=sent).status_code == status
    with Index(db, read_only=True) as index:
        assert index.judgements() == []


def test_a_store_that_somebody_writes_says_so(judging: TestClient, db: str) -> None:
    copy, original = pair(db)
    with Index(db, workers=1):
        answer = judging.post("/judge", data={"copy": copy, "original": original, "verdict": "copy"})
    assert answer.status_code == 503
    assert "writ" in answer.text
