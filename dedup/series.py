"""Series: reports that come again and again in the same sentences (markets, weather, scores) are no copies."""

from __future__ import annotations

import re

from dedup.facts import Facts, Mask, Shared, count

# A report that keeps another's sentences but not its figures is the next one of a series (markets, weather, scores),
# not a copy: with this many figures, less than this part of those that a copy would have kept, as much as this lost
# in a word, and this part of what is shared changed. ap1989's 137 versions told with .6 kept and .25 changed were
# read: these values take 10, all of them hourly market reports, auction results and sale notices, where .24 to .48 of
# the figures are changed and .036 a word or more are lost; of the others one, a series that loses .027, has over .2
# changed. Of Reuters' 2,460 links they take 8: six are the next month's or fortnight's report. Of outlets2018's they
# take none, with .025 lost one that is right. Of made mirrors with a fifth of the words replaced, figures among them,
# .982 are found instead of .990.
FIGURES, FIGURES_KEPT, FIGURES_LOST, FIGURES_CHANGED = 6, 0.75, 0.03, 0.23

_FIGURE, _DIGIT = re.compile(r"[^\W_]*[0-9][^\W_]*"), re.compile("[0-9]")


def lost_figures(fact: Facts, body_words: int, spanned: Mask, match: Shared) -> str:
    """How many figures of a body were not taken over as its words were, where that tells a series; else empty.

    A match spans ``spanned`` of the document, of which ``body_words`` lie in its body. Boilerplate counts here, it has
    figures, too.
    """
    figures = fact.numbers & fact.body
    due = count(figures) * body_words / max(1, fact.body_words)
    if due < FIGURES:
        return ""
    # A figure is changed where another stands for it; what one side has beside (dates of a page, say) tells nothing.
    changed = sum(min(_figures(e.a_text), _figures(e.b_text)) for e in match.edits if e.a_text and e.b_text)
    kept = count(figures & spanned) - changed
    lost = kept < FIGURES_KEPT * due and due - kept >= FIGURES_LOST * body_words
    # What was left out with its paragraphs is not lost.
    left_out = kept > 0 and changed <= FIGURES_CHANGED * (changed + kept)
    return f"{max(0, kept)} of {round(due)}" if lost and not left_out else ""


def _figures(text: str) -> int:
    """How many words with a digit a text has; most edits have no digit, and are then not searched for words."""
    return len(_FIGURE.findall(text)) if _DIGIT.search(text) else 0
