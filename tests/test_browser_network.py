"""The network in a real browser: it draws, answers, asks nobody else, and stays readable without a drawing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from test_exhibits_network import fill

from dedup.exhibits.network import network
from dedup.index import Index

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
for needed in ("starlette", "uvicorn", "jinja2"):
    pytest.importorskip(needed, reason=f"{needed} is not installed: pip install 'newswire-dedup[web]'")
CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("there is no chromium here", allow_module_level=True)

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# Where on the screen an outlet is, or the middle of an arrow between two.
PLACE = """what => {
    const box = document.getElementById('graph').getBoundingClientRect();
    const at = document.getElementById('network').where(what);
    return [box.x + at.x, box.y + at.y];
}"""


class Looked:
    """A page of the browser, and all that went wrong on it."""

    def __init__(self, page: Any) -> None:
        self.page, self.wrong, self.asked = page, list[str](), list[str]()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def _heard(self, message: Any) -> None:
        # what the software renderer of a machine without a screen says of itself is no fault of the page
        if message.type in ("error", "warning") and "GL Driver Message" not in message.text:
            self.wrong.append(message.text)

    def elsewhere(self) -> list[str]:
        """Requests that left this machine."""
        return [url for url in self.asked if urlsplit(url).hostname not in ("127.0.0.1", None)]

    def click(self, what: str) -> None:
        """Click an outlet of the drawing."""
        self.page.evaluate("document.getElementById('network').scrollIntoView()")
        self.page.mouse.click(*self.page.evaluate(PLACE, what))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("network") / "made.db"
    fill(path, 3)
    return path


@pytest.fixture(scope="module")
def site(store: Path) -> Iterator[str]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asked = [sys.executable, "-m", "dedup", "serve", "--db", str(store), "--port", str(port)]
    with subprocess.Popen(asked, stderr=subprocess.DEVNULL) as serving:
        try:
            _await(port, serving)
            yield f"http://127.0.0.1:{port}"
        finally:
            serving.terminate()


def _await(port: int, serving: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with closing(socket.socket()) as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        if serving.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail("the pages are not served")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def looked(chromium: Any) -> Iterator[Looked]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    # a violation of the policy is told on the console, too, but not by each browser
    context.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.error('violates ' + event.violatedDirective))"
    )
    yield Looked(context.new_page())
    context.close()


def drawn(looked: Looked, url: str) -> dict[str, str]:
    """Open the network and wait until it is drawn; what the drawing tells of itself."""
    looked.page.goto(url, wait_until="load")
    looked.page.wait_for_selector("#graph[data-ms][data-drawn]", timeout=20_000)
    told: dict[str, str] = looked.page.evaluate("({...document.getElementById('graph').dataset})")
    return told


def test_it_draws_in_two_seconds_and_asks_nobody_else(looked: Looked, site: str, store: Path) -> None:
    told = drawn(looked, f"{site}/network")
    with Index(store, read_only=True) as index:
        shown = network(index, {})
    tied = {name for edge in shown.edges for name in (edge.copier, edge.source)}
    assert (int(told["drawn"]), int(told["pairs"])) == (len(tied), len(shown.edges))
    assert int(told["ms"]) <= 2000
    assert looked.wrong == []
    assert looked.elsewhere() == []
    assert any("sigma" in url for url in looked.asked)


def test_something_is_on_the_canvas(looked: Looked, site: str) -> None:
    drawn(looked, f"{site}/network")
    image = looked.page.locator("#graph").screenshot()
    empty = looked.page.evaluate(
        "() => { for (const one of document.querySelectorAll('#graph canvas')) one.remove(); }"
    )
    assert empty is None
    assert looked.page.locator("#graph").screenshot() != image


def test_a_click_on_an_outlet_tells_of_it(looked: Looked, site: str, store: Path) -> None:
    drawn(looked, f"{site}/network")
    looked.click("a.example")
    looked.page.wait_for_selector("#graph[data-chosen=outlet]")
    assert "An outlet with" in looked.page.inner_text("#panel")
    assert looked.page.locator("#panel h3 a").get_attribute("href") == "/outlet/a.example"
    with Index(store, read_only=True) as index:
        most = max(
            (edge for edge in network(index, {}).edges if edge.copier == "a.example"), key=lambda edge: edge.copies
        )
    strongest = looked.page.locator("#panel li a").first
    assert strongest.get_attribute("href").startswith("/links/a.example/")
    assert strongest.inner_text().startswith(str(most.copies))
    looked.page.wait_for_timeout(600)  # two clicks at once draw nearer
    box = looked.page.locator("#graph").bounding_box()
    looked.page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)
    looked.page.wait_for_selector("#graph[data-chosen='']")
    assert looked.wrong == []


def test_a_click_on_an_arrow_lists_its_links(looked: Looked, site: str, store: Path) -> None:
    with Index(store, read_only=True) as index:
        edges = network(index, {}).edges
    drawn(looked, f"{site}/network?least={edges[0].copies}")
    assert looked.page.evaluate("document.getElementById('graph').dataset.pairs") == str(
        sum(edge.copies >= edges[0].copies for edge in edges)
    )
    edge = looked.page.evaluate(
        "([one, two]) => document.getElementById('network').between(one, two)", [edges[0].copier, edges[0].source]
    )
    looked.click(edge)
    looked.page.wait_for_selector("#graph[data-chosen=pair]")
    looked.page.wait_for_selector("#panel li a")
    assert f"{edges[0].copier} from {edges[0].source}" in looked.page.inner_text("#panel h3")
    all_of_them = looked.page.locator("#panel p a").get_attribute("href")
    assert all_of_them.startswith("/links/")
    looked.page.goto(site + all_of_them)
    assert f"{edges[0].copies} copies" in looked.page.inner_text("main")
    assert looked.wrong == []


def test_sliders_and_the_agency_work_at_once(looked: Looked, site: str, store: Path) -> None:
    drawn(looked, f"{site}/network")
    before = len(looked.asked)
    with Index(store, read_only=True) as index:
        whole, reuters = network(index, {}), network(index, {"agency": "Reuters"})
    pairs = "document.getElementById('graph').dataset.pairs"
    looked.page.select_option("#agency", "Reuters")
    assert looked.page.evaluate(pairs) == str(len(reuters.edges))
    looked.page.select_option("#agency", "")
    looked.page.locator("#threshold").fill("3")
    assert looked.page.evaluate(pairs) == str(sum(edge.copies >= 3 for edge in whole.edges))
    looked.page.locator("#threshold").fill("1")
    looked.page.locator("#to").fill("0")
    first = [edge for edge in whole.edges if any(part.month == whole.months[0] for part in edge.parts)]
    assert looked.page.evaluate(pairs) == str(len(first))
    assert looked.page.inner_text("#to-told") == whole.months[0]
    assert looked.asked[before:] == []
    assert looked.wrong == []


def test_the_same_network_is_drawn_the_same(looked: Looked, site: str) -> None:
    places = []
    for _ in range(2):
        drawn(looked, f"{site}/network")
        places.append(looked.page.evaluate("document.getElementById('network').where('a.example')"))
    assert places[0] == places[1]


def test_hostile_names_are_text(looked: Looked, site: str) -> None:
    drawn(looked, f"{site}/network")
    hostile = "c/<script>alert(1)</script>"
    looked.click(hostile)
    looked.page.wait_for_selector("#graph[data-chosen=outlet]")
    assert hostile in looked.page.inner_text("#panel h3")
    assert looked.page.locator("#panel h3 a").get_attribute("href") == f"/outlet/{quote(hostile, safe='()')}"
    assert looked.page.locator("main script").count() == 0
    assert looked.wrong == []


def test_without_webgl_it_says_so_and_the_tables_stay(chromium: Any, site: str) -> None:
    context = chromium.new_context()
    context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    looked = Looked(context.new_page())
    looked.page.goto(f"{site}/network", wait_until="load")
    assert "has no WebGL" in looked.page.inner_text("#network")
    assert looked.page.locator("table.pairs tbody tr").count() > 0
    assert looked.wrong == []
    context.close()


def test_without_javascript_it_is_a_form_and_tables(chromium: Any, site: str, store: Path) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{site}/network")
    assert not page.locator("#network").is_visible()
    page.select_option("#agency", "Reuters")
    page.fill("#least", "2")
    page.click("button:has-text('Show')")
    page.click("th a:has-text('whole')")
    with Index(store, read_only=True) as index:
        shown = network(index, {"agency": "Reuters", "least": "2", "order": "full"})
    rows = page.locator("table.pairs tbody tr td:first-child").all_inner_texts()
    assert [edge.copier for edge in shown.edges] == rows
    assert page.get_attribute("th:has-text('whole')", "aria-sort") == "descending"
    context.close()


def test_it_fits_a_narrow_screen(chromium: Any, site: str) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    looked = Looked(context.new_page())
    drawn(looked, f"{site}/network")
    assert looked.page.evaluate("document.documentElement.scrollWidth") == 360
    assert looked.wrong == []
    context.close()
