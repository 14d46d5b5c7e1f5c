"""Measure passages against PAN 2013."""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
import zlib
from collections import defaultdict
from pathlib import Path

import numpy as np

from dedup.align import align
from dedup.model import Tokens

Region = tuple[int, int]
Case = tuple[Region, Region]


def tokenise(text: str) -> Tokens:
    spans = [m.span() for m in re.finditer(r"\w+", text)]
    ids = np.array([zlib.crc32(text[s:e].casefold().encode()) for s, e in spans], dtype=np.uint32)
    at = np.array(spans, dtype=np.int32).reshape(-1, 2)
    return Tokens(text, ids, at[:, 0].copy(), at[:, 1].copy())
