"""Case files in a real browser, opened from disk without a network: quiet, readable by everyone, whole on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import ARTEFACTS, AXE, browser, visit

pytest.importorskip("jinja2", reason="case files need the extra 'web'")

from dedup.cli import run
from dedup.corpus import read_corpus
from dedup.index import Index
from dedup.model import Document

SAMPLE = Path(__file__).parents[1] / "sample_corpus" / "pages"
EVIL = "</script><script>window.evil = 1</script>\"><img src=x onerror='window.evil = 2'>"
CASES = {"story": ["mp-2003"], "outlet": ["Daily Quorum"], "pair": ["mp-2003", "ngw-1001"], "evil": ["evil-1"]}
WIDTHS = {"wide": 1280, "narrow": 360}
SERIOUS = """async () => (await axe.run()).violations
    .filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => [one.id, one.nodes[0].html])"""


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "sample.db"
    wire = next(page for page in read_corpus(SAMPLE / "wire_northgate.jsonl") if page.id == "ngw-1002")
    evil = [Document(f"evil-{n}", f"{EVIL} {wire.text}", f"javascript:{EVIL}", EVIL, f"Evil {EVIL}") for n in (1, 2)]
    with Index(path, workers=1) as made:
        made.add([*read_corpus(SAMPLE), *evil])
    return path


@pytest.mark.parametrize("case", CASES)
def test_a_case_file_opens_from_disk_without_a_network(db: Path, tmp_path: Path, case: str) -> None:
    out = tmp_path / f"{case}.html"
    assert run(["report", *CASES[case], "-o", str(out), "--db", str(db), "--date", "2024-08-01"]) == 0
    with browser() as opened:
        for width, pixels in WIDTHS.items():
            for scheme in ("light", "dark"):
                context = opened.new_context(
                    viewport={"width": pixels, "height": 900}, color_scheme=scheme, offline=True
                )
                told = visit(context, out.as_uri())
                told.require_quiet()
                assert told.page.evaluate("window.evil") is None
                assert told.page.evaluate("document.documentElement.scrollWidth") <= pixels
                ARTEFACTS.mkdir(exist_ok=True)
                told.page.screenshot(path=ARTEFACTS / f"case-{case}-{width}-{scheme}.png", full_page=True)
                if AXE.exists():
                    # its policy lets in no script, ours neither: the driver's own world is not bound by it
                    told.page.evaluate(AXE.read_text(encoding="utf-8"))
                    assert told.page.evaluate(SERIOUS) == []
                context.close()
        page = opened.new_context(offline=True).new_page()
        page.goto(out.as_uri())
        printed = page.pdf(path=ARTEFACTS / f"case-{case}.pdf", format="A4", print_background=True)
        assert printed.startswith(b"%PDF")
