"""The pages in a real browser: a server of them, and what a page may not do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

ROOT = Path(__file__).parents[1]
ARTEFACTS = ROOT / ".artefacts"
AXE = Path(os.environ.get("DEDUP_AXE", ARTEFACTS / "package" / "axe.min.js"))
# Without the last four the browser itself asks for hosts of its maker's.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_NOTE_VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


@contextmanager
def served(db: Path, *options: str) -> Iterator[str]:
    """The address of the pages of a store, while they are shown."""
    command = [sys.executable, "-m", "dedup", "serve", "--db", str(db), "--port", "0", *options]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    if server.stderr is None:
        raise RuntimeError("the server says nothing")
    try:
        yield next(word for word in server.stderr.readline().split() if word.startswith("http://")).rstrip("/")
    finally:
        server.terminate()
        server.communicate()


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser without a window; skips the test where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the pages are not opened: there is no Playwright")
    chromium = os.environ.get("DEDUP_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        pytest.skip("the pages are not opened: there is no chromium (DEDUP_CHROMIUM names one)")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


@dataclass
class Visit:
    """A page that was opened, and all that it did and may not do."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def require_quiet(self) -> None:
        """No error, no violation of the policy, no request beyond this machine."""
        violations = self.page.evaluate("window.violations || []")
        if self.faults or violations:
            raise AssertionError(f"{self.page.url}: {self.faults} {violations}")


def _is_fault(said: ConsoleMessage) -> bool:
    # a screenshot of a drawing makes the driver say that it had to wait
    return said.type in ("error", "warning") and "GPU stall due to ReadPixels" not in said.text


def visit(context: BrowserContext, url: str) -> Visit:
    """Open a page; what it asks of other machines is refused and noted."""
    page = context.new_page()
    told = Visit(page)
    page.on("console", lambda said: told.faults.append(said.text) if _is_fault(said) else None)
    page.on("pageerror", lambda error: told.faults.append(str(error)))
    page.add_init_script(_NOTE_VIOLATIONS)

    def passed(route: Route) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", None):
            route.continue_()
        else:
            told.faults.append(f"asks for {route.request.url}")
            route.abort()

    page.route("**/*", passed)
    page.goto(url, wait_until="load")
    return told
