"""Every page of the sample corpus in a real browser: quiet, inert, readable by everyone, with and without scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from browsing import ARTEFACTS, AXE, browser, served, visit

pytest.importorskip("starlette", reason="the pages need the extra 'web'")

from dedup.corpus import read_corpus
from dedup.index import Index
from dedup.model import Document
from dedup.web.pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

SAMPLE = Path(__file__).parents[1] / "sample_corpus" / "pages"
EVIL = "<script>window.evil = 1</script>\"><img src=x onerror='window.evil = 2'>"
# What stands for the parts of each page's address.
WIRE, MIRROR = "ngw-1001", "sample_corpus/pages/mirror-01.txt"
PARTS = {
    "": (),
    "about": (),
    "compare": (WIRE, MIRROR),
    "links": ("Daily Quorum", "Northgate Wire"),
    "network": (),
    "outlet": ("Daily Quorum",),
    "outlets": (),
    "story": (WIRE,),
    "who": (MIRROR,),
}
FOR_SCRIPTS = {"compare": ".walk", "network": ".network"}
WIDTHS = {"wide": 1280, "narrow": 360}


def address(page: str, *parts: str) -> str:
    return "/" + "/".join([page, *(quote(part, safe="") for part in parts)])


def evil_pages() -> list[Document]:
    """A story with its mirror, both of which have a script in everything that is shown."""
    wire = next(document for document in read_corpus(SAMPLE / "wire_northgate.jsonl") if document.id == "ngw-1002")
    facts: dict[str, str | None] = {"title": EVIL, "byline": EVIL, "published": None}
    data = "data:text/html,<script>evil = 4</script>"
    return [
        Document(f"evil{EVIL}", f"{EVIL} {wire.text}", url="javascript:window.evil = 3", outlet=f"Evil{EVIL}", **facts),
        Document("evil-2", f"{wire.text}\n\n{EVIL}", url=data, outlet="Twin", **facts),
    ]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "sample.db"
    folder = SAMPLE.parents[1]
    with Index(path, workers=1) as index, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        index.add([*read_corpus("sample_corpus/pages"), *evil_pages()])
    return path


@pytest.fixture(scope="module")
def site(store: Path) -> Iterator[str]:
    with served(store) as url:
        yield url


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def contexts(opened: Browser) -> Iterator[Any]:
    with ExitStack() as stack:

        def make(**told: Any) -> BrowserContext:
            context = opened.new_context(**told)
            stack.callback(context.close)
            return context

        yield make


def test_every_page_is_opened_here() -> None:
    assert PARTS.keys() == PAGES.keys()
    assert {name: len(parts) for name, parts in PARTS.items()} == {name: page.parts for name, page in PAGES.items()}


@pytest.mark.parametrize("name", PARTS)
def test_a_page_is_quiet_and_whole_at_any_width(name: str, site: str, contexts: Any) -> None:
    for called, width in WIDTHS.items():
        for scheme in ("light", "dark"):
            context = contexts(viewport={"width": width, "height": 900}, color_scheme=scheme)
            told = visit(context, site + address(name, *PARTS[name]))
            told.require_quiet()
            page = told.page
            assert page.title()
            assert page.locator("h1").count() == page.locator("main").count() == 1
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width
            ARTEFACTS.mkdir(exist_ok=True)
            page.screenshot(path=ARTEFACTS / f"{name or 'front'}-{called}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("name", PARTS)
def test_a_page_says_the_same_without_scripts(name: str, site: str, contexts: Any) -> None:
    url = site + address(name, *PARTS[name])
    bare = visit(contexts(java_script_enabled=False), url).page
    plain = bare.locator("main").inner_text()
    for said in bare.locator("noscript").all_inner_texts():
        plain = plain.replace(said, "")
    scripted = visit(contexts(), url).page
    if name in FOR_SCRIPTS:  # what is there for the script alone
        scripted.evaluate("name => { document.querySelector(name).hidden = true }", FOR_SCRIPTS[name])
    assert scripted.locator("main").inner_text().split() == plain.split()


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_serious_fault_for_those_who_see_or_hear_otherwise(
    name: str, scheme: str, site: str, contexts: Any
) -> None:
    if not AXE.is_file():
        pytest.skip(f"axe-core is not at {AXE} (DEDUP_AXE names it)")
    told = visit(contexts(color_scheme=scheme, bypass_csp=True), site + address(name, *PARTS[name]))
    told.page.add_script_tag(path=AXE)
    found = told.page.evaluate("axe.run()")
    faults = [
        (fault["id"], node["html"], node["failureSummary"])
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
    assert faults == []
    assert found["passes"]


@pytest.mark.parametrize("name", PARTS)
def test_a_page_can_be_printed(name: str, site: str, contexts: Any) -> None:
    page = visit(contexts(), site + address(name, *PARTS[name])).page
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_scripts_in_pages_are_text(site: str, store: Path, contexts: Any) -> None:
    with Index(store, read_only=True) as index:
        link = next(link for link in index.links() if link.copy.startswith("evil") and link.original)
        story, (one, two) = link.story, (link.copy, str(link.original))
    addresses = [
        "/", address("story", story), address("who", one), address("who", two), address("compare", one, two),
        address("compare", f"evil{EVIL}", "evil-2"), address("outlet", f"Evil{EVIL}"), "/outlets", address("who", EVIL),
        f"/outlets?like={quote(EVIL)}", f"{address('story', story)}?outlet={quote(EVIL)}", address(EVIL),
    ]  # fmt: skip
    context, silent = contexts(), []
    for path in addresses:
        told = visit(context, site + path)
        told.faults = [fault for fault in told.faults if "404" not in fault]
        told.require_quiet()
        assert told.page.evaluate("window.evil") is None
        assert told.page.locator("img, iframe, object, embed").count() == 0
        links = told.page.eval_on_selector_all("a", "all => all.map(one => [one.getAttribute('href'), one.rel])")
        for href, rel in links:
            assert href.startswith(("/", "#", "http://", "https://"))
            assert not href.startswith("http") or {"noopener", "noreferrer", "nofollow"} <= set(rel.split())
        if "window.evil = 1" not in told.page.content():
            silent.append(path)
    # the front page may have no room for the story, and what is at no address is not repeated
    assert set(silent) <= {"/", address(EVIL)}


def test_a_pasted_mirror_is_found(site: str, contexts: Any) -> None:
    told = visit(contexts(), site)
    told.page.fill("#text", (SAMPLE / "mirror-01.txt").read_text(encoding="utf-8"))
    told.page.click("button")
    told.page.wait_for_selector("table.runs")
    told.require_quiet()
    assert "Northgate Wire" in told.page.inner_text(".lead")
    asked = told.page.locator("tr.asked")
    assert asked.count() == 1
    assert "Daily Quorum ×4" in asked.inner_text()


def test_the_comparison_marks_the_name_and_walks_by_key(site: str, contexts: Any) -> None:
    told = visit(contexts(), site + address("compare", WIRE, MIRROR))
    assert told.page.locator(".texts mark.named").all_inner_texts() == ["Daily Quorum"] * 4
    said = told.page.locator("#told")
    told.page.keyboard.press("n")
    assert said.inner_text() == "1 of 4: named, Daily Quorum"
    assert told.page.evaluate("document.activeElement.className") == "named"
    for key, place in (("n", 2), ("n", 3), ("p", 2), ("p", 1), ("p", 4), ("n", 1)):
        told.page.keyboard.press(key)
        assert said.inner_text().startswith(f"{place} of 4")
    told.page.click("#next")
    assert said.inner_text().startswith("2 of 4")
    told.require_quiet()


def test_the_twin_has_what_the_page_has(site: str, contexts: Any) -> None:
    told = visit(contexts(), site + address("story", WIRE))
    told.page.click("text=This page as JSON")
    twin = json.loads(told.page.inner_text("body"))
    assert twin["story"]["id"] == WIRE
    assert twin["pages"] == 3
