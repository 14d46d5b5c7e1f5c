"""Links against the truth: what was found of what should be, and what was found that should not.

A *label* says of two documents what they are to each other. Only links of documents that labels name as copies are
judged: of all others the truth is not known. Pairs of one story hang together, so intervals come from drawing whole
stories (``resampling``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from dedup.model import DEFAULT_KINDS, Link
from dedup.resampling import Floats, clusters, harmonic, median, ratio
from dedup.truth import Evaluation, Group, Label, Measured, Mistake, Wrong

# A copy and its original, or two pages of which nobody knows who copied, in the order of their ids.
Pair: TypeAlias = tuple[str, str | None]
RATIOS = ("precision", "recall", "top-1", "teaser confusion", "direction accuracy", "direction abstention")
# Words of the original, as a journalist would part flashes, briefs, stories and long reads.
WORDS = (0, 60, 150, 400, 1000)


@dataclass(frozen=True, slots=True)
class _Trial:
    """One thing that could be right or wrong."""

    measure: str
    story: int
    right: bool
    kind: str
    words: str


def evaluate(labels: Sequence[Label], links: Iterable[Link], words: Mapping[str, int]) -> Evaluation:
    """Compare links with labels. ``words`` has the body words of every document named in either.

    - *precision*: of the links full, partial or version whose copy is labelled, those that labels tell, a quote taken
      for a copy among them, and those between other documents that ran one story by the labels; *recall*: of the
      labelled copies, those linked so (of pairs without a direction, those that are in one story, too); *f1*: their
      harmonic mean.
    - *top-1*: of the copies and quotes labelled with a direction, those whose first link names an original of theirs.
    - *teaser confusion*: of the labelled teasers, those linked as full or partial.
    - *direction accuracy*: of the labelled copies that were linked with a direction, those with the right one;
      *direction abstention*: of all that were linked, those without one.
    - *coverage error*: the median difference of found and true coverage, where labels tell it.
    - *b-cubed* and *adjusted rand index*: how documents are gathered to stories.
    No labels give measures of ``None``.
    """
    return _Judging(labels, links, words).evaluation()


class _Judging:
    def __init__(self, labels: Sequence[Label], links: Iterable[Link], words: Mapping[str, int]) -> None:
        self.words = words
        self.label = {_key(label.copy, label.original): label for label in sorted(labels, key=_saying)}
        self.labels = labels = tuple(self.label.values())
        whole = [label for label in labels if not label.alone]
        self.copies = {label.copy for label in whole} | {
            label.original for label in whole if not label.directed and label.original is not None
        }
        self.absent = {label.copy for label in labels if label.original is None}
        self.links = sorted(links, key=_telling)
        self.told = self._told()
        self.firsts = self._firsts()
        self.stories_of: defaultdict[str, set[str]] = defaultdict(set)
        self.runs: defaultdict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            for id in (link.copy, link.original, link.story) if link.runs_story else ():
                self.stories_of[id or link.story].add(link.story)
            for id in (link.copy, link.original) if link.runs_story else ():
                self.runs[id or link.copy].append(link)
        self.story, self.unsure = _true_stories(labels)
        self.ran: defaultdict[str, set[str | int]] = defaultdict(set)
        for label in labels:
            if label.has_story:
                for id in (label.copy, label.original or label.copy):
                    self.ran[id].add(label.story or self.story[label.original or label.copy])
        self.stories = max(self.story.values(), default=-1) + 1
        self.mistakes: list[Mistake] = []

    def _told(self) -> dict[Pair, Link]:
        """Links by pair; of an absent original also by the page that stands for it, where no label knows of it."""
        return {self._pair(link): link for link in self.links}  # the last tells most

    def _pair(self, link: Link) -> Pair:
        if link.original is None and link.copy not in self.absent and link.story != link.copy:
            return _key(link.copy, link.story)
        return _key(link.copy, link.original)

    def evaluation(self) -> Evaluation:
        """All measures and all mistakes."""
        trials = [*self._links_judged(), *self._labels_judged(), *self._firsts_judged()]
        kinds = [kind for kind in dict.fromkeys(trial.kind for trial in trials) if kind]
        groups = [("kind", kind) for kind in sorted(kinds)] + [("words", _bucket(least)) for least in WORDS]
        told = tuple(
            Group(by, name, _measures([t for t in trials if getattr(t, by) == name], self.stories))  # type: ignore[arg-type]
            for by, name in groups
        )
        measures = {**_measures(trials, self.stories), **self._coverage(), **self._clusters()}
        return Evaluation(measures, tuple(g for g in told if any(m.of for m in g.measures.values())), self._sorted())

    # what is right

    def _links_judged(self) -> Iterable[_Trial]:
        """Precision."""
        for pair, link in sorted(self.told.items(), key=lambda item: (item[0][0], item[0][1] or "")):
            if link.kind not in DEFAULT_KINDS or not (pair in self.label or self._is_judged(link)):
                continue
            label = self.label.get(pair)
            right = label.has_story if label is not None else self._ran_together(pair)
            copy = link.copy if link.copy in self.copies else link.original or link.copy
            if not right:
                teaser = label is not None and label.kind == "teaser"
                self._note("a teaser" if teaser else "no copy", copy, pair, link, label)
            yield self._trial("precision", copy, pair, right, link.kind)

    def _is_judged(self, link: Link) -> bool:
        if link.original is None and link.story == link.copy and link.copy not in self.absent:
            return False  # that its original is not here says nothing of any two documents
        ends = {link.copy} if link.direction == "decided" else {link.copy, link.original}
        return not self.copies.isdisjoint(ends)

    def _labels_judged(self) -> Iterable[_Trial]:
        """Recall, teaser confusion, direction."""
        for pair, label in self.label.items():
            link = self.told.get(pair)
            copied = (link is not None and link.kind in DEFAULT_KINDS) or (not label.directed and self._together(label))
            kind = label.kind or "related"
            if label.kind == "teaser":
                yield self._trial("teaser confusion", label.copy, pair, copied, kind)
            elif label.is_copy:
                if not copied:
                    self._note("missed", label.copy, pair, link, label)
                yield self._trial("recall", label.copy, pair, copied, kind)
                if link is not None and copied and label.directed and label.original is not None:
                    yield from self._direction(pair, link, label)

    def _together(self, label: Label) -> bool:
        """Whether two pages are told to have run one story; of a copy of an absent original, whether it and another."""
        if label.original is not None:
            return not self.stories_of[label.copy].isdisjoint(self.stories_of[label.original])
        return any(self._ran_together((link.copy, link.original)) for link in self.runs[label.copy])

    def _ran_together(self, pair: Pair) -> bool:
        """Whether two documents ran one story by the labels: siblings, say, or a copy and what its source was from."""
        return pair[1] is not None and not self.ran[pair[0]].isdisjoint(self.ran[pair[1]])

    def _direction(self, pair: Pair, link: Link, label: Label) -> Iterable[_Trial]:
        kind = label.kind or "related"
        abstained = link.direction == "unknown"
        yield self._trial("direction abstention", label.copy, pair, abstained, kind)
        if not abstained:
            if link.copy != label.copy:
                self._note("the other way", label.copy, pair, link, label)
            yield self._trial("direction accuracy", label.copy, pair, link.copy == label.copy, kind)

    def _firsts_judged(self) -> Iterable[_Trial]:
        """Top-1: the first link of each labelled copy."""
        labels: defaultdict[str, list[Label]] = defaultdict(list)
        for label in self.labels:
            if label.directed and label.has_story:
                labels[label.copy].append(label)
        for copy, own in labels.items():
            link = self.firsts.get(copy)
            pair = _key(copy, own[0].original)
            right = link is not None and any(self._names(link, label) for label in own)
            if link is not None and not right:
                self._note("another original", copy, pair, link, own[0])
            elif link is None and not own[0].is_copy:
                self._note("missed", copy, pair, None, own[0])
            yield self._trial("top-1", copy, pair, right, own[0].kind or "related")

    def _firsts(self) -> dict[str, Link]:
        """Of each document the link that tells most of it, teasers aside; one without direction is of both its ends."""
        firsts: dict[str, Link] = {}
        for link in self.links:
            if link.kind == "teaser":
                continue
            firsts[link.copy] = link
            if link.direction == "unknown" and link.original is not None:
                firsts[link.original] = link
        return firsts

    def _names(self, link: Link, label: Label) -> bool:
        if label.original is None and not label.directed:
            return self._ran_together((link.copy, link.original))
        return self._pair(link) == _key(label.copy, label.original)

    # measures

    def _coverage(self) -> dict[str, Measured]:
        found = [
            (abs(self.told[pair].coverage - label.coverage), self.story[label.copy])
            for pair, label in self.label.items()
            if label.coverage is not None and label.is_copy and pair in self.told
        ]
        if all(label.coverage is None for label in self.labels):
            return {}
        values = np.array([error for error, _ in found], dtype=np.float64)
        return {"coverage error": median(values, np.array([s for _, s in found], dtype=np.int64), self.stories)}

    def _clusters(self) -> dict[str, Measured]:
        """Agreement of stories, over the documents whose true story is known."""
        firsts, known = self.firsts, sorted(self.story.keys() - self.unsure)
        own = {link.story: link.story for link in self.links if link.runs_story}
        told = [firsts[id].story if id in firsts and firsts[id].runs_story else own.get(id, f"\0{id}") for id in known]
        names = {name: at for at, name in enumerate(sorted(set(told)))}
        true = np.array([self.story[id] for id in known], dtype=np.int64)
        return clusters(true, np.array([names[name] for name in told], dtype=np.int64))

    def _trial(self, measure: str, copy: str, pair: Pair, right: bool, kind: str) -> _Trial:
        original = pair[1] if pair[0] == copy else pair[0]
        words = self.words.get(original if original is not None else copy, 0)
        return _Trial(measure, self.story[copy], right, kind, _bucket(words))

    def _note(self, wrong: Wrong, copy: str, pair: Pair, told: Link | None, label: Label | None) -> None:
        original = pair[1] if pair[0] == copy else pair[0]
        self.mistakes.append(Mistake(wrong, copy, original, told, label))

    def _sorted(self) -> tuple[Mistake, ...]:
        return tuple(sorted(self.mistakes, key=lambda m: (m.wrong, m.copy, m.original or "")))


def _key(copy: str, original: str | None) -> Pair:
    """A pair in one order, whoever copied."""
    return (copy, original) if original is None or copy < original else (original, copy)


def _saying(label: Label) -> tuple[str, str, str, str, bool, float]:
    """Sorts labels, so that nothing hangs on where they stood; of two that contradict each other the last counts."""
    coverage = -1.0 if label.coverage is None else label.coverage
    return label.copy, label.original or "", label.kind or "", label.story or "", label.directed, coverage


def _telling(link: Link) -> tuple[object, ...]:
    """Sorts links by how much they tell of a copy, the most last."""
    named = (link.original or "", link.copy, link.story, link.kind, link.direction)
    return link.kind in DEFAULT_KINDS, link.share, link.coverage, *named


def _bucket(words: int) -> str:
    """The group of lengths that so many words are in."""
    at = int(np.searchsorted(WORDS, words, side="right"))
    return f"{WORDS[at - 1]}+" if at == len(WORDS) else f"{WORDS[at - 1]}-{WORDS[at] - 1}"


def _measures(trials: Sequence[_Trial], stories: int) -> dict[str, Measured]:
    """Every ratio, and F1 behind the two that it is made of."""
    counted = {name: _by_story([trial for trial in trials if trial.measure == name], stories) for name in RATIOS}
    measures = {name: ratio(*both) for name, both in counted.items()}
    first = {name: measures.pop(name) for name in ("precision", "recall")}
    return {**first, "f1": harmonic(counted["precision"], counted["recall"]), **measures}


def _by_story(trials: Sequence[_Trial], stories: int) -> tuple[Floats, Floats]:
    """How many trials of each story were right, and how many there were."""
    story = np.array([trial.story for trial in trials], dtype=np.int64)
    right = np.array([trial.right for trial in trials], dtype=np.float64)
    of = np.bincount(story, minlength=stories).astype(np.float64)
    return np.bincount(story, weights=right, minlength=stories).astype(np.float64), of


def _true_stories(labels: Iterable[Label]) -> tuple[dict[str, int], set[str]]:
    """The story of each document that labels name, as a number, and the documents of which it is not known.

    A page of several stories is in none of them more than in the others. Copies of an absent original are in the story
    that is named with them; where none is, it is not known which of them belong together.
    """
    head: dict[str, str] = {}
    unsure: set[str] = set()
    placed: set[str] = set()

    def find(id: str) -> str:
        while head.setdefault(id, id) != id:
            head[id] = id = head[head[id]]
        return id

    for label in labels:
        ends = [end for end in (label.copy, label.original) if end is not None]
        heads = [find(end) for end in ends]
        if not label.is_copy:
            continue
        if label.directed and label.copy in placed:
            unsure.add(label.copy)
            continue
        placed.add(label.copy)
        if label.story is not None:
            heads.append(find(f"\0{label.story}"))
        elif label.original is None:
            unsure.add(label.copy)
        for one in heads:
            head[one] = min(heads)
    numbers: dict[str, int] = {}
    story = {id: numbers.setdefault(find(id), len(numbers)) for id in sorted(head)}
    return {id: number for id, number in story.items() if not id.startswith("\0")}, unsure
