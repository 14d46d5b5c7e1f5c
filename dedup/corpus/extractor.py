"""The process that looks into pages, one after the other, until nobody asks any more or one breaks it."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict
from math import ceil
from typing import BinaryIO

from dedup.corpus.articles import article_of, load
from dedup.corpus.cleaning import Refused
from dedup.corpus.files import Extractor
from dedup.corpus.waiting import MAX_MEMORY_BYTES, OUT_OF_MEMORY, READY, Page

# Beyond the time of a page after which a process ends by itself, should nobody be left to end it.
GRACE_SECONDS = 10


def serve(extractor: Extractor) -> None:
    """Answers pages from standard input on standard output, a line of JSON each."""
    # What a library prints is no answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _bound_memory()
    try:
        load(extractor)
    except Refused as refusal:
        _say(answers, str(refusal).encode("utf-8", "replace"))
        return
    _say(answers, READY)
    pages = sys.stdin.buffer
    while line := pages.readline():
        told = json.loads(line)
        _bound_time(told["seconds"] + GRACE_SECONDS)
        _say(answers, _answer(Page.unpacked(line, pages.read(told["bytes"])), extractor))
        _bound_time(0)


def _answer(page: Page, extractor: Extractor) -> bytes:
    try:
        return json.dumps(asdict(article_of(page, extractor))).encode()
    except Refused as refusal:
        return json.dumps({"problem": str(refusal)}).encode()
    except MemoryError:
        # What is left of the parser's state is not to be relied on.
        os._exit(OUT_OF_MEMORY)


def _say(answers: BinaryIO, line: bytes) -> None:
    answers.write(line + b"\n")
    answers.flush()


def _bound_time(seconds: float) -> None:
    """No time at all for 0; where the system has no alarm, who asks is the only one to end it."""
    if hasattr(signal, "alarm"):
        signal.alarm(ceil(seconds))


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    if most == resource.RLIM_INFINITY or most > MAX_MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, most))
