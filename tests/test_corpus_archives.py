"""Web archives: the crawled address is who a page is; whatever a record claims, the others are read."""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dedup.corpus import Options, read_corpus
from dedup.corpus.framing import records
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SENTENCE = "The ferry left at noon with nobody on board, and it came back at one with the mayor."
PARAGRAPHS = "".join(f"<p>{SENTENCE} This was on day {day}.</p>" for day in range(6))
STORY = f"<html><head><title>Ferry</title></head><body><article>{PARAGRAPHS}</article></body></html>"


def read(path: Path) -> tuple[list[Document], list[Reject]]:
    rejects: list[Reject] = []
    return list(read_corpus(path, rejects.append, now=NOW, options=Options(processes=1))), rejects


def record(
    number: int,
    block: bytes,
    kind: str = "response",
    length: object = None,
    type: str = "application/http; msgtype=response",
) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://www.tide.com/{number}\r\n"
        f"WARC-Date: 2024-05-06T13:40:43Z\r\nContent-Type: {type}\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def http(
    body: bytes = STORY.encode(), status: str = "200 OK", type: str = "text/html; charset=utf-8", **more: str
) -> bytes:
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in {"Content_Type": type, **more}.items())
    return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode() + body


def text(number: int, story: str = f"Ferry\n{SENTENCE}", **more: Any) -> bytes:
    return record(number, story.encode(), kind="conversion", type="text/plain", **more)


def numbers(documents: list[Document]) -> list[int]:
    return [int(document.id.rpartition("/")[2]) for document in documents]


# warcio leaves its temporary files open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_crawl_is_read(packed: bool, tmp_path: Path) -> None:
    warcio = pytest.importorskip("warcio.warcwriter")
    from warcio.statusandheaders import StatusAndHeaders

    out = BytesIO()
    writer = warcio.WARCWriter(out, gzip=packed)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    for number in (1, 2):
        writer.write_record(
            writer.create_warc_record(
                f"https://www.tide.com/{number}",
                "response",
                payload=BytesIO(STORY.encode()),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2024-05-06T13:40:43Z"},
            )
        )
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(out.getvalue())
    documents, rejects = read(path)
    assert not rejects
    assert numbers(documents) == [1, 2]
    first = documents[0]
    assert (first.id, first.url, first.outlet, first.title) == (
        first.url,
        "https://www.tide.com/1",
        "tide.com",
        "Ferry",
    )
    assert (first.crawled, first.text.count(SENTENCE)) == ("2024-05-06T13:40:43+00:00", 6)


def test_a_text_of_a_crawl_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.wet").write_bytes(text(1) + text(2))
    documents, rejects = read(tmp_path / "a.wet")
    assert not rejects
    assert [(d.id, d.title, d.text, d.outlet, d.crawled) for d in documents] == [
        (f"https://www.tide.com/{n}", "Ferry", SENTENCE, "tide.com", "2024-05-06T13:40:43+00:00") for n in (1, 2)
    ]


def test_an_old_archive_is_read(tmp_path: Path) -> None:
    block = http()
    head = b"filedesc://a.arc 0.0.0.0 20240506134043 text/plain 10\n1 0 Tidea\n\n"
    line = f"http://www.tide.com/1 127.0.0.1 20240506134043 text/html {len(block)}\n".encode()
    (tmp_path / "a.arc").write_bytes(head + line + block + b"\n" + line.replace(b"com/1", b"com/2") + block + b"\n")
    documents, rejects = read(tmp_path / "a.arc")
    assert not rejects
    assert numbers(documents) == [1, 2]
    assert documents[0].crawled == "2024-05-06T13:40:43+00:00"


GZIPPED = gzip.compress(STORY.encode())


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


PACKED: dict[str, tuple[bytes, Mapping[str, str]]] = {
    "gzip": (GZIPPED, {"Content_Encoding": "gzip"}),
    "zlib": (zlib.compress(STORY.encode()), {"Content_Encoding": "deflate"}),
    "deflate": (zlib.compress(STORY.encode(), wbits=-15), {"Content_Encoding": "deflate"}),
    "said and not done": (STORY.encode(), {"Content_Encoding": "gzip", "Transfer_Encoding": "chunked"}),
    "said to be brotli": (STORY.encode(), {"Content_Encoding": "br"}),
    "chunks": (chunked(STORY.encode()[:5], STORY.encode()[5:]), {"Transfer_Encoding": "chunked"}),
    "chunks of gzip": (chunked(GZIPPED), {"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}),
}


@pytest.mark.parametrize(("body", "headers"), PACKED.values(), ids=PACKED.keys())
def test_a_packed_page_is_unpacked(body: bytes, headers: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(record(1, http(body, **headers)) + text(2))
    documents, rejects = read(tmp_path / "a.warc")
    assert not rejects
    assert numbers(documents) == [1, 2]
    assert documents[0].text.count(SENTENCE) == 6


def test_a_page_packed_with_brotli_is_unpacked(tmp_path: Path) -> None:
    pytest.importorskip("fastwarc")
    brotli = pytest.importorskip("brotli")
    (tmp_path / "a.warc").write_bytes(record(1, http(brotli.compress(STORY.encode()), Content_Encoding="br")))
    (document,), _ = read(tmp_path / "a.warc")
    assert document.text.count(SENTENCE) == 6


# What stands between two good records, and the reason that is given for it.
FAULTS: dict[str, tuple[bytes, str]] = {
    "length that is no word": (text(2, length="many"), "its Content-Length is no number"),
    "negative length": (text(2, length=-5), "its Content-Length is no number"),
    "short length": (text(2, length=20), "its Content-Length of 20 is wrong"),
    "long length": (text(2, length=99_999), "its Content-Length of 99,999 is wrong"),
    "over 5 MB": (text(2, "x" * 5_200_000), "holds 5,200,000 bytes, more than the 5,000,000 allowed"),
    "bomb": (
        record(2, http(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")),
        "holds more than the 5,000,000 bytes allowed",
    ),
    "damaged brotli": (record(2, http(b"\xff" * 99, Content_Encoding="br")), "is packed with brotli"),
    "unknown packing": (record(2, http(Content_Encoding="zpaq")), "is packed as 'zpaq', which is not read"),
    "no response": (record(2, b"nothing"), "holds no response of a server"),
    "no record": (b"What is this?\r\nNothing.\r\n", "no record starts here"),
    "no text": (text(2, " "), "no text"),
}


@pytest.mark.parametrize(("fault", "problem"), FAULTS.values(), ids=FAULTS.keys())
def test_a_bad_record_costs_itself_alone(fault: bytes, problem: str, tmp_path: Path) -> None:
    first = text(1)
    (tmp_path / "a.wet").write_bytes(first + fault + text(3))
    documents, (reject,) = read(tmp_path / "a.wet")
    assert numbers(documents) == [1, 3]
    assert reject.problem.startswith(f"record 2: {problem}")
    assert f"at byte {len(first):,}" in reject.problem


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_all_before_a_cut_is_read_and_the_cut_is_named(packed: bool, tmp_path: Path) -> None:
    parts = [text(n) for n in (1, 2, 3)]
    data = b"".join(map(gzip.compress, parts) if packed else parts)
    (tmp_path / "a.wet.gz").write_bytes(data[:-60])
    documents, rejects = read(tmp_path / "a.wet.gz")
    assert numbers(documents) == [1, 2]
    assert "cut off" in rejects[-1].problem


def test_what_holds_no_page_is_passed_over_and_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    passed = [
        record(2, b"GET / HTTP/1.1\r\n\r\n", "request"),
        record(3, b"", "revisit"),
        record(4, http(status="404 Not Found")),
        record(5, http(b"GIF89a", type="image/gif")),
    ]
    (tmp_path / "a.warc").write_bytes(text(1) + b"".join(passed))
    caplog.set_level(logging.INFO)
    documents, rejects = read(tmp_path / "a.warc")
    assert (numbers(documents), rejects) == ([1], [])
    told = "1 not HTML, 1 request, 1 revisit, 1 status 404"
    assert [message.partition(": ")[2] for message in caplog.messages] == [f"passed over {told}"]
    (tmp_path / "b.warc").write_bytes(b"".join(passed))
    assert [reject.problem for reject in read(tmp_path / "b.warc")[1]] == [f"holds no page; its records: {told}"]


def test_a_file_that_is_no_archive_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(b"<html>")
    with pytest.raises(CorpusError, match="is no web archive"):
        read(tmp_path / "a.warc")


def test_a_record_without_end_takes_no_memory() -> None:
    block = b"x" * 6_000_000
    found = list(records(BytesIO(text(1, length=10**14)[:-4] + block)))
    assert [record.problem is not None for record in found] == [True]
    assert not found[0].block
