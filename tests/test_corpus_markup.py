"""Feeds with whole stories and what trafilatura writes; XML that would grow or reach out is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedup.corpus import read_corpus
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST, SECOND = "The ferry left at noon with nobody on board.", "It came back at one with the mayor."
HTML = f"&lt;p&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{SECOND}&lt;/p&gt;"
BODY = f"{FIRST}\n\n{SECOND}"


def read(folder: Path, text: str, name: str = "a.xml") -> tuple[list[Document], list[Reject]]:
    (folder / name).write_text(text, encoding="utf-8")
    rejects: list[Reject] = []
    return list(read_corpus(folder / name, rejects.append, now=NOW)), rejects


RSS = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Daily Tide</title><language>en</language>
<item><title>Ferry sails</title><link>https://www.tide.com/1</link><dc:creator>Ann Alder</dc:creator>
<pubDate>Mon, 06 May 2024 13:40:43 GMT</pubDate><description>A ferry.</description>
<content:encoded>{HTML}</content:encoded></item>
<item><title>Ferry stays</title><link>https://www.tide.com/2</link><description>A ferry.</description></item>
<item><title>Ferry</title></item>
</channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Daily Tide</title>
<entry><id>tag:tide.com,2024:1</id><title>Ferry sails</title><link rel="self" href="https://www.tide.com/self"/>
<link href="https://www.tide.com/1"/><author><name>Ann Alder</name></author><published>2024-05-06T13:40:43Z</published>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{FIRST}</p><p>{SECOND}</p></div></content></entry>
</feed>"""

DOC = f"""<doc sitename="Daily Tide" title="Ferry sails" author="Ann Alder" date="2024-05-06T13:40:43Z" language="en"
source="https://www.tide.com/1"><main><p>{FIRST}</p><p>{SECOND}</p></main><comments><p>Nonsense.</p></comments></doc>"""

TEI = f"""<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader>
<fileDesc><titleStmt><title>Ferry sails</title></titleStmt>
<sourceDesc><biblFull><titleStmt><author>Ann Alder</author></titleStmt><publicationStmt>
<publisher>Daily Tide</publisher>
<ptr type="URL" target="https://www.tide.com/1"/><date>2024-05-06T13:40:43Z</date></publicationStmt></biblFull>
</sourceDesc>
</fileDesc></teiHeader><text><body><div type="entry"><p>{FIRST}</p><p>{SECOND}</p></div>
<div type="comments"><p>Nonsense.</p></div></body></text></TEI>"""

KINDS = {"rss": RSS, "atom": ATOM, "trafilatura": DOC, "TEI": TEI}


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS.keys())
def test_a_story_is_read_with_what_is_told_of_it(text: str, tmp_path: Path) -> None:
    documents, _ = read(tmp_path, text)
    (document,) = documents
    assert document.text == BODY
    if text in (DOC, TEI):  # What such a page calls its address may be that of its source.
        assert (document.id, document.url, document.outlet) == (document.origin, None, "Daily Tide")
        assert document.canonical == "https://www.tide.com/1"
    else:
        assert (document.id, document.url, document.outlet) == ("https://www.tide.com/1", document.id, "tide.com")
    assert (document.title, document.byline, document.site_name) == ("Ferry sails", "Ann Alder", "Daily Tide")
    assert document.published == "2024-05-06T13:40:43+00:00"
    assert document.language == ("en" if text != TEI else None)


@pytest.mark.parametrize("name", ["a.rss", "a.atom", "a.xml", "a.xml.gz"])
def test_a_suffix_does_not_tell_the_kind(name: str, tmp_path: Path) -> None:
    assert len(read(tmp_path, ATOM, name)[0]) == 1


def test_items_without_a_body_are_rejects(tmp_path: Path) -> None:
    assert [reject.problem for reject in read(tmp_path, RSS)[1]] == [
        "record 2: holds only a summary: the feed does not give whole stories",
        "record 3: holds no text: the feed does not give whole stories",
    ]


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
REFUSED = {
    "billion laughs": (f"{LAUGHS}<rss><channel><item>&b;</item></channel></rss>", "has a DOCTYPE"),
    "another file": ('<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hosts">]><rss>&a;</rss>', "has a DOCTYPE"),
    "a DOCTYPE of another place": ('<!DOCTYPE rss SYSTEM "http://e.com/x.dtd"><rss/>', "has a DOCTYPE"),
    "deep": ("<rss>" + "<a>" * 600_000, "is nested more than 500 deep"),
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=REFUSED.keys())
def test_what_grows_or_reaches_out_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    documents, (reject,) = read(tmp_path, text)
    assert not documents
    assert reject.problem.startswith(problem)


WRONG = {
    "unknown": ("<svg/>", r"is XML of an unknown kind \(<svg>\)"),
    "broken": ("<rss><channel>", "is not well-formed XML"),
    "no XML": ("What?", "is not well-formed XML"),
    "unknown encoding": ('<?xml version="1.0" encoding="x-tide"?><rss/>', "is not well-formed XML"),
}


@pytest.mark.parametrize(("text", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_feed_and_no_article_is_an_error(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=problem):
        read(tmp_path, text)
