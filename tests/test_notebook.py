"""Values in a notebook: well-formed, every text escaped, long tables cut and counted."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from dedup import compare
from dedup.model import Match, Passage, Span, Story

STORY = Story("ferry", "ferry", "ferry", "A ferry sank", None, 1200, 3, "2024-05-06")
# What XML cannot hold is not what is tried here.
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=40)


def cells(html: str) -> list[str]:
    return ["".join(one.itertext()) for one in ElementTree.fromstring(html).iter("td")]


def test_a_story() -> None:
    assert cells(STORY._repr_html_()) == ["ferry", "2024-05-06", "1,200", "3"]
    absent = replace(STORY, original=None, agency="Reuters", first_published=None)
    assert cells(absent._repr_html_())[:2] == ["Reuters, absent", "-"]
    assert cells(replace(STORY, original=None)._repr_html_())[0] == "unknown"


@given(TEXT, TEXT)
def test_every_text_is_escaped(title: str, id: str) -> None:
    html = replace(STORY, title=title, original=id or "x")._repr_html_()
    page = ElementTree.fromstring(html)
    assert page.findtext("caption") == (title or STORY.id)
    assert cells(html)[0] == (id or "x")


def test_a_script_stays_text() -> None:
    html = replace(STORY, title="<script>evil()</script>")._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_match_tells_how_much_is_shared_and_where() -> None:
    text = " ".join(f"word{n}" for n in range(60))
    match = compare(text, f"Other words before. {text}")
    assert match is not None
    assert cells(match._repr_html_()) == ["60", f"0 to {len(text)}", f"20 to {len(text) + 20}"]
    assert "100% of the first text and 95% of the second are shared: 60 words" in match._repr_html_()


def test_a_long_table_is_cut_and_counted() -> None:
    one = Passage(Span(0, 9), Span(0, 9), 2, Span(0, 2), Span(0, 2))
    told = cells(Match((one,) * 25, 1.0, 1.0, 50, 2)._repr_html_())
    assert (len(told), told[-1]) == (20 * 3 + 1, "and 5 more")
