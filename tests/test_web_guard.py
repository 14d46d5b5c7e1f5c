"""What a request to the pages must be, and what every answer says, down to the bytes on the wire."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from browsing import ROOT, served

pytest.importorskip("starlette", reason="the pages need the extra 'web'")

from dedup.corpus import read_corpus
from dedup.index import Index
from dedup.web.guard import HEADERS, MAX_BODY_BYTES

SAMPLE = ROOT / "sample_corpus" / "pages"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("guard") / "sample.db"
    with Index(path, workers=1) as index:
        index.add(read_corpus(SAMPLE))
    return path


@pytest.fixture(scope="module")
def site(store: Path) -> Iterator[str]:
    with served(store) as url:
        yield url


def raw(site: str, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """The answer to these very bytes."""
    place = urlsplit(site)
    with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=30) as line:
        with suppress(OSError):  # it answers before all is read
            line.sendall(sent)
        told = b""
        while part := line.recv(1 << 16):
            told += part
    head, _, body = told.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    return int(first.split()[1]), {k.lower(): v for k, _, v in (line.partition(": ") for line in rest)}, body


def ask(
    site: str, path: str = "/", method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    told = {"Host": urlsplit(site).netloc, "Connection": "close", **(headers or {})}
    if body and "Transfer-Encoding" not in told:
        told.setdefault("Content-Length", str(len(body)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
    return raw(site, f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body)


def require_headers(headers: Mapping[str, str]) -> None:
    for name, value in HEADERS:
        assert headers[name.decode()] == value.decode()


# Who may ask.

HOSTS = {
    "own": ("{own}", 200),
    "own by name": ("localhost:{port}", 200),
    "own in capitals": ("LOCALHOST:{port}", 200),
    "another's": ("evil.example", 403),
    "another's with our port": ("evil.example:{port}", 403),
    "one that begins like ours": ("127.0.0.1.evil.example:{port}", 403),
    "another port": ("127.0.0.1:1", 403),
    "without a port": ("127.0.0.1", 403),
    "IPv6": ("[::1]:{port}", 403),
    "nothing": ("", 400),
    "two": ("{own}\r\nHost: evil.example", 403),
}


@pytest.mark.parametrize(("host", "status"), HOSTS.values(), ids=HOSTS)
def test_hosts(site: str, host: str, status: int) -> None:
    place = urlsplit(site)
    answer = ask(site, headers={"Host": host.format(own=place.netloc, port=place.port)})
    assert answer[0] in (status, 400) if status != 200 else answer[0] == 200


FORMS: dict[str, tuple[dict[str, str], int]] = {
    "a program": ({}, 400),
    "our page": ({"Origin": "{site}", "Sec-Fetch-Site": "same-origin"}, 400),
    "our page, which tells nobody": ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 400),
    "another site": ({"Origin": "https://evil.example"}, 403),
    "another site, says the browser": ({"Origin": "{site}", "Sec-Fetch-Site": "cross-site"}, 403),
    "another port": ({"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"}, 403),
    "nobody": ({"Origin": "null"}, 403),
    "a page in a frame": ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
    "the address line": ({"Sec-Fetch-Site": "none"}, 403),
}


@pytest.mark.parametrize(("headers", "status"), FORMS.values(), ids=FORMS)
def test_forms(site: str, headers: dict[str, str], status: int) -> None:
    told = {name: value.format(site=site) for name, value in headers.items()}
    told["Content-Type"] = "application/x-www-form-urlencoded"
    assert ask(site, "/who", "POST", told, b"text=")[0] == status  # 400: nothing was pasted


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_other_methods(site: str, method: str) -> None:
    status, headers, _ = ask(site, "/", method)
    assert status == 405
    require_headers(headers)


@pytest.mark.parametrize("path", ["/about", "/static/style.css", "/story/x"])
def test_pages_take_no_forms(site: str, path: str) -> None:
    assert ask(site, path, "POST", body=b"x")[0] == 405


# What is too long.


def test_a_long_paste_is_refused_and_the_pages_live_on(site: str) -> None:
    for headers in ({}, {"Transfer-Encoding": "chunked"}):
        body = b"x" * 10_000_000
        if headers:
            body = b"".join(b"%x\r\n%s\r\n" % (1 << 16, b"x" * (1 << 16)) for _ in range(160)) + b"0\r\n\r\n"
        status, told, said = ask(site, "/who", "POST", headers, body)
        assert status == 413
        assert f"{MAX_BODY_BYTES:,} bytes".encode() in said
        require_headers(told)
        assert ask(site)[0] == 200


def test_a_length_that_is_no_number_is_refused(site: str) -> None:
    for length in ("-1", "1e9", "x"):
        assert ask(site, "/who", "POST", {"Content-Length": length})[0] in (400, 413)
    assert ask(site)[0] == 200


# What is at no address.

NOWHERE = (
    "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fetc%2fpasswd", "/static/",
    "/static/%00", "/static/style.css%00.js", "//etc/passwd", "/static//etc/passwd", "/%2e%2e/etc/passwd", "/who",
    "/who/", "/compare/a", "/compare/a/b/c", "/story/%ff%fe", "/story/%ZZ", "/story/%ed%a0%80", "/.git/config",
    "/outlet/' or 1=1 --".replace(" ", "%20"), '/story/"%20union%20select%201', "/who/" + "x" * 20_000, "/about/x",
    "/" + "/".join(["a"] * 5000),
)  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE, ids=lambda path: path[:40])
def test_what_is_at_no_address(site: str, path: str) -> None:
    status, headers, body = ask(site, path)
    assert status == 404
    assert b"root:" not in body
    require_headers(headers)


QUERIES = (
    "?order=name;drop+table+outlets", "?order=%00", "?x", "?like=%25'%22;--", "?like=" + "x" * 50_000, "?like=%ff",
)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:30])
def test_queries_are_no_sql(site: str, query: str) -> None:
    assert ask(site, f"/outlets{query}")[0] in (200, 400)
    assert ask(site, f"/story/ngw-1001{query.replace('like', 'outlet')}")[0] == 200
    assert b"Daily Quorum" in ask(site, "/outlets")[2]


def test_a_pasted_address_is_never_fetched(site: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.5)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/story"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, body = ask(site, "/who", "POST", form, f"text={quote(url)}".encode())
        assert status == 404
        assert b"pages are not fetched" in body
        assert ask(site, f"/who/{quote(url, safe='')}")[0] == 404
        with pytest.raises(TimeoutError):
            listening.accept()


# What every answer is.


@pytest.mark.parametrize(
    "path", ["/", "/about", "/outlets", "/story/ngw-1001", "/outlet/Daily%20Quorum", "/who/ngw-1001"]
)
def test_every_page_has_its_headers_its_twin_and_its_head(site: str, path: str) -> None:
    status, headers, body = ask(site, path)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    require_headers(headers)
    status, head, nothing = ask(site, path, "HEAD")
    assert (status, head["content-length"], nothing) == (200, str(len(body)), b"")
    status, headers, twin = ask(site, f"{path}?format=json")
    assert (status, headers["content-type"]) == (200, "application/json")
    require_headers(headers)
    assert isinstance(json.loads(twin), dict)


def test_looking_changes_nothing_and_twenty_at_once_see_the_same(site: str, store: Path) -> None:
    before = hashlib.sha256(store.read_bytes()).digest()
    paths = ["/", "/story/ngw-1001", "/outlets", "/outlet/Daily%20Quorum"] * 20
    alone = {path: ask(site, path)[2] for path in set(paths)}
    with ThreadPoolExecutor(20) as threads:
        for path, answer in zip(paths, threads.map(lambda path: ask(site, path), paths), strict=True):
            assert answer[2] == alone[path]
    assert hashlib.sha256(store.read_bytes()).digest() == before


def test_pages_are_whole_while_somebody_writes(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    pages = [*read_corpus(SAMPLE)]
    with Index(path, workers=1) as index:
        index.add(pages[:30])
        with served(path) as site:
            ended = threading.Event()

            def look() -> list[int]:
                seen = []
                while not ended.is_set():
                    for story in json.loads(ask(site, "/?format=json")[2])["largest"][:2]:
                        told = ask(site, f"/story/{quote(story['id'], safe='')}?format=json")
                        seen.append(told[0])
                return seen

            with ThreadPoolExecutor(2) as threads:
                looking = [threads.submit(look) for _ in range(2)]
                for document in pages[30:]:
                    index.add([document])
                ended.set()
                seen = {status for look in looking for status in look.result()}
    assert seen <= {200, 404}  # a story may be told anew under another id between two looks
    assert 200 in seen


def test_a_store_that_breaks_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Index(path, workers=1) as index:
        index.add(read_corpus(SAMPLE / "wire_northgate.jsonl"))
    with served(path) as site:
        path.write_bytes(b"no store at all")
        status, headers, body = ask(site, "/outlets")
        assert status == 503
        assert b"Traceback" not in body
        require_headers(headers)


# The command.


def test_only_loopback_is_bound(site: str) -> None:
    port = urlsplit(site).port
    told = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    bound = [row[1] for row in told if row[3] == "0A" and row[1].endswith(f":{port:04X}")]
    assert bound == [f"0100007F:{port:04X}"]


def run(*options: str, code: str = "from dedup.cli import main; main()") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)


def test_what_cannot_be_served_is_told_in_a_sentence(store: Path, tmp_path: Path, site: str) -> None:
    port = urlsplit(site).port
    for options, why in (
        (("--db", str(store), "--port", str(port)), f"port {port} cannot be used"),
        (("--db", str(tmp_path / "none.db")), "there is no such store"),
        (("--db", str(SAMPLE / "mirror-01.txt")), "mirror-01.txt"),
        (("--db", str(store), "--port", "99999"), "99999"),
    ):
        done = run(*options)
        assert (done.returncode, done.stdout) == (2, "")
        assert why in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["starlette", "uvicorn", "jinja2"])
def test_without_the_extra_the_command_names_it(store: Path, missing: str) -> None:
    done = run("--db", str(store), "--port", "0", code=f"import sys; sys.modules[{missing!r}] = None\n"
               "from dedup.cli import main; main()")  # fmt: skip
    assert done.returncode == 2
    assert "pip install 'newswire-dedup[web]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_it_quietly(store: Path) -> None:
    command = [sys.executable, "-m", "dedup", "serve", "--db", str(store), "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    if server.stderr is None:
        raise RuntimeError("the server says nothing")
    url = next(word for word in server.stderr.readline().split() if word.startswith("http://")).rstrip("/")
    assert ask(url)[0] == 200
    os.kill(server.pid, signal.SIGINT)
    _, said = server.communicate(timeout=30)
    assert (server.returncode, said) == (0, "")
