"""Pages: where a text's title ends and what it says about itself; what an HTML page claims and is not believed."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedup.corpus import read_corpus
from dedup.corpus.cleaning import Refused
from dedup.corpus.files import Place
from dedup.corpus.pages import page_of
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BODY = "The ferry left at noon with nobody on board, and it came back at one with the mayor."
HAN = "渡轮中午空船出发，一点钟载着镇长回来，他前一天起就在岛上等着。"
PARAGRAPH = BODY + " He had been waiting on the island since the day before. " + BODY


def read(folder: Path, name: str, data: bytes) -> tuple[list[Document], list[Reject]]:
    (folder / name).write_bytes(data)
    rejects: list[Reject] = []
    return list(read_corpus(folder / name, rejects.append, now=NOW)), rejects


TITLES: dict[str, tuple[str, str | None, str | None, str]] = {
    "title and blank line": (f"Ferry sails\n\n{BODY}", "Ferry sails", None, BODY),
    "title without blank line": (f"Ferry sails\n{BODY}", "Ferry sails", None, BODY),
    "site and headline": (f"Daily Tide|Ferry sails\n\n{BODY}", "Ferry sails", "Daily Tide", BODY),
    "site and headline, spaced": (
        f"Daily Tide | Ferry sails at last\n{BODY}",
        "Ferry sails at last",
        "Daily Tide",
        BODY,
    ),
    "headline and site": (f"Ferry sails at last | Tide\n{BODY}", "Ferry sails at last | Tide", None, BODY),
    "three parts": (f"Tide|Ferry|Sails\n\n{BODY}", "Ferry|Sails", "Tide", BODY),
    "site that is a host": (f"www.tide.com|Ferry sails\n\n{BODY}", "Ferry sails", "tide.com", BODY),
    "long first part": (f"{'Ferry ' * 15}|sails\n\n{BODY}", f"{'Ferry ' * 15}|sails", None, BODY),
    "nothing before the bar": (f"|Ferry sails\n\n{BODY}", "|Ferry sails", None, BODY),
    "short sentence above a blank line": (f"A ferry sails.\n\n{BODY}", "A ferry sails.", None, BODY),
    "sentence without blank line": (f"A ferry sails.\n{BODY}", None, None, f"A ferry sails.\n{BODY}"),
    "paragraph above a blank line": (f"{PARAGRAPH}\n\n{BODY}", None, None, f"{PARAGRAPH}\n\n{BODY}"),
    "dateline": (f"OSLO (XP) — A ferry\n\n{BODY}", None, None, f"OSLO (XP) — A ferry\n\n{BODY}"),
    "one line": (BODY, None, None, BODY),
    "one line and its end": (BODY + "\n", None, None, BODY + "\n"),
    "blank lines first, indent kept": (f"\n \nFerry sails\r\n \r\n  {BODY}\n", "Ferry sails", None, f"  {BODY}\n"),
    "very long line": (f"{'ferry ' * 40}\n\n{BODY}", None, None, f"{'ferry ' * 40}\n\n{BODY}"),
    "wide bar": (f"朝日潮报｜渡轮今晨启航\n{HAN}", "渡轮今晨启航", "朝日潮报", HAN),
    "wide bar, headline first": (f"渡轮今晨启航无人登船｜潮报\n{HAN}", "渡轮今晨启航无人登船｜潮报", None, HAN),
    "Chinese sentence": (f"渡轮中午空船出发。\n{HAN}", None, None, f"渡轮中午空船出发。\n{HAN}"),
    "Chinese paragraph": (f"{HAN * 3}\n\n{HAN}", None, None, f"{HAN * 3}\n\n{HAN}"),
    "Chinese line, long": (f"{'渡轮' * 51}\n{HAN}", None, None, f"{'渡轮' * 51}\n{HAN}"),
    "Hindi sentence": (f"नौका चली।\n{BODY}", None, None, f"नौका चली।\n{BODY}"),
    "Urdu sentence": (f"کشتی چلی۔\n{BODY}", None, None, f"کشتی چلی۔\n{BODY}"),
    "spaces inside": (f"  Ferry \t sails\n\n{BODY}", "Ferry sails", None, BODY),
}


@pytest.mark.parametrize(("text", "title", "outlet", "body"), TITLES.values(), ids=TITLES.keys())
def test_the_title_line_is_told_from_the_text(text: str, title: str | None, outlet: str | None, body: str) -> None:
    page = page_of(text, Place("a.txt"), NOW)
    assert (page.title and " ".join(page.title.split()), page.outlet, page.text) == (
        title and " ".join(title.split()),
        outlet,
        body,
    )


METADATA: dict[str, tuple[str, str | None, str | None]] = {
    "glued": ("2025-05-06 13:40:43source:Ann Aldercategory:Sea", "2025-05-06T13:40:43", "Ann Alder"),
    "spaced": ("2025-05-06 13:40 Author: Ann Alder Category: Sea", "2025-05-06T13:40", "Ann Alder"),
    "author before source": ("2025-05-06source:Tideauthor:Ann Alder", "2025-05-06", "Ann Alder"),
    "date alone": ("2025-05-06", "2025-05-06", None),
    "with a zone": ("2025-05-06T13:40:43+02:00", "2025-05-06T11:40:43+00:00", None),
    "category alone": ("2025-05-06 category:Sea", "2025-05-06", None),
    "no date at all": ("2025-13-40source:Ann Alder", None, "Ann Alder"),
    "prose": ("2025-05-06 was the day the ferry sailed", None, None),
}


@pytest.mark.parametrize(("line", "published", "byline"), METADATA.values(), ids=METADATA.keys())
def test_a_line_of_metadata_is_read_and_stays(line: str, published: str | None, byline: str | None) -> None:
    page = page_of(f"Tide|Ferry sails\n\n{line}\n\n{BODY}", Place("a.txt"), NOW)
    assert (page.published, page.byline) == (published, byline)
    assert page.text == f"{line}\n\n{BODY}"


def test_a_date_far_below_is_part_of_the_story() -> None:
    assert page_of("Ferry sails\n\n" + f"{BODY}\n" * 9 + "2025-05-06", Place("a.txt"), NOW).published is None


@pytest.mark.parametrize("text", ["Ferry sails\n\n", "Tide|Ferry sails\n \n \n"])
def test_a_page_that_is_only_a_title_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="no text below the title"):
        page_of(text, Place("a.txt"), NOW)


ENCODINGS = {
    "UTF-8": "Café “Tide”".encode(),
    "UTF-8 with a mark": "Café “Tide”".encode("utf-8-sig"),
    "UTF-16": "Café “Tide”".encode("utf-16"),
    "UTF-32": "Café “Tide”".encode("utf-32"),
    "windows-1252": "Café “Tide”".encode("cp1252"),
    "one stray byte": "Café ".encode() + b"\x93" + "Tide”".encode(),
    "NUL inside": b"Caf\xc3\xa9 \xe2\x80\x9cTi\x00de\xe2\x80\x9d",
}


@pytest.mark.parametrize("data", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_a_text_is_decoded(data: bytes, tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, "a.txt", data)
    assert [d.text for d in documents] == ["Café “Tide”"]
    assert not rejects


BINARY = {
    "NUL and no UTF-8": b"caf\xe9 \x00 tide",
    "UTF-16 without a mark": "A ferry sails".encode("utf-16-le"),
    "half a UTF-16": b"\xff\xfeA",
    "image": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
    "over 5 MB": b"word " * 1_000_001,
}


@pytest.mark.parametrize("data", BINARY.values(), ids=BINARY.keys())
def test_what_is_no_text_is_rejected(data: bytes, tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, "a.txt", data)
    assert (documents, len(rejects)) == ([], 1)


# ---------------------------------------------------------------------------------------------------------------
# HTML.

needs_trafilatura = pytest.mark.usefixtures("trafilatura")


@pytest.fixture
def trafilatura() -> object:
    return pytest.importorskip("trafilatura", exc_type=ImportError)


def page(head: str = "", before: str = "") -> str:
    paragraphs = "".join(f"<p>{BODY} This was on day {n}, says the café “Tide”.</p>" for n in range(1, 8))
    return (
        f'{before}<html lang="en-GB"><head><title>Ferry sails</title>{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>Ferry sails</h1>{paragraphs}</article><footer>All rights</footer></body></html>"
    )


HEAD = (
    '<meta property="og:site_name" content="Mirror Tide"><link rel="canonical" href="https://wire.com/ferry">'
    '<meta property="article:published_time" content="2024-05-06T13:40:43+02:00">'
    '<meta name="author" content="Ann Alder">'
)


@needs_trafilatura
def test_a_page_keeps_its_own_identity_and_tells_what_it_claims(tmp_path: Path) -> None:
    (document,), rejects = read(tmp_path, "a.html", page(HEAD).encode())
    assert not rejects
    assert document.id == document.origin == (tmp_path / "a.html").as_posix()
    assert (document.url, document.canonical) == (None, "https://wire.com/ferry")
    assert (document.outlet, document.site_name) == ("Mirror Tide", "Mirror Tide")
    assert (document.title, document.language) == ("Ferry sails", "en-GB")
    assert (document.published, document.byline) == ("2024-05-06T11:40:43+00:00", "Ann Alder")
    assert document.text.count(BODY) == 7
    assert "All rights" not in document.text


@needs_trafilatura
def test_a_claimed_address_names_no_outlet(tmp_path: Path) -> None:
    (document,), _ = read(tmp_path, "a.html", page('<link rel="canonical" href="https://www.wire.com/ferry">').encode())
    assert (document.outlet, document.site_name, document.published) == (None, None, None)
    assert document.canonical == "https://www.wire.com/ferry"


SAVED = {
    "browser": "<!-- saved from url=(0029)https://news.mirror.com/ferry -->\n",
    "SingleFile": "<!--\n Page saved with SingleFile \n url: https://news.mirror.com/ferry \n-->",
}


@needs_trafilatura
@pytest.mark.parametrize("before", SAVED.values(), ids=SAVED.keys())
def test_a_saved_page_knows_where_it_was_saved_from(before: str, tmp_path: Path) -> None:
    (document,), _ = read(tmp_path, "a.htm", page(HEAD, before).encode())
    assert document.id == document.url == "https://news.mirror.com/ferry"
    assert (document.outlet, document.site_name) == ("mirror.com", "Mirror Tide")


PAGE_ENCODINGS = {
    "UTF-8": ("", "utf-8"),
    "declared": ('<meta charset="windows-1252">', "cp1252"),
    "declared as Latin-1": ('<meta http-equiv="content-type" content="text/html; charset=ISO-8859-1">', "cp1252"),
    "declared wrongly": ('<meta charset="utf-8">', "cp1252"),
    "declared as nonsense": ('<meta charset="punycode">', "utf-8"),
    "undeclared": ("", "cp1252"),
    "by its mark": ("", "utf-16"),
}


@needs_trafilatura
@pytest.mark.parametrize(("head", "encoding"), PAGE_ENCODINGS.values(), ids=PAGE_ENCODINGS.keys())
def test_a_page_is_decoded(head: str, encoding: str, tmp_path: Path) -> None:
    (document,), _ = read(tmp_path, "a.xhtml", page(head).encode(encoding))
    assert "says the café “Tide”" in document.text


# What pages declare, what they are written in, and a word that only the latter has.
LARGER_ENCODINGS = [
    ("gb2312", "gbk", "朱镕基"),
    ("big5", "big5hkscs", "咗"),
    ("shift_jis", "cp932", "①髙"),
    ("x-sjis", "cp932", "港"),
    ("euc-kr", "cp949", "똠"),
    ("iso-8859-9", "cp1254", "“ığ”"),
    ("tis-620", "cp874", "“กัน”"),
    ("windows-874", "cp874", "กัน"),
]


@needs_trafilatura
@pytest.mark.parametrize(("declared", "encoding", "word"), LARGER_ENCODINGS)
def test_a_page_is_decoded_as_browsers_do(declared: str, encoding: str, word: str, tmp_path: Path) -> None:
    markup = page(f'<meta charset="{declared}">').replace("café", word)
    (document,), _ = read(tmp_path, "a.html", markup.encode(encoding))
    assert f"says the {word} “Tide”" in document.text


HOSTILE = {
    "no article": ("<html><body></body></html>", "no text: no article was found on the page"),
    "over 5 MB": ("x" * 5_000_001, "holds more than the 5,000,000 bytes allowed: one page is never that long"),
}


@needs_trafilatura
@pytest.mark.parametrize(("markup", "problem"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_page_is_rejected_with_the_reason(markup: str, problem: str, tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, "a.html", markup.encode())
    assert not documents
    assert [reject.problem for reject in rejects] == [problem]


@needs_trafilatura
def test_bytes_that_are_no_page_do_not_end_the_run(tmp_path: Path) -> None:
    documents, rejects = read(tmp_path, "a.html", bytes(range(256)) * 40)
    assert len(documents) + len(rejects) == 1


def test_without_trafilatura_the_command_to_install_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(CorpusError, match=r"needs trafilatura: pip install 'newswire-dedup\[html\]'"):
        read(tmp_path, "b.html", page().encode())
    (tmp_path / "a.txt").write_text(BODY)
    rejects: list[Reject] = []
    assert len(list(read_corpus(tmp_path, rejects.append, now=NOW))) == 1
    assert [Path(reject.path).name for reject in rejects] == ["b.html"]
