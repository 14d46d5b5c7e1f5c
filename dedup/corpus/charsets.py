"""Bytes of web pages become text, as browsers do it."""

from __future__ import annotations

import codecs
import re

from dedup.corpus.files import ELSE_WINDOWS_1252, bom_encoding


def decode_page(data: bytes, served: str | None = None) -> str:
    """By the byte order mark, else what its server said, else what the first 2 KB declare, if it holds.

    Else, and where that is UTF-8, it is UTF-8, its bad bytes windows-1252. Never fails.
    """
    declared = re.search(rb"(?:charset|encoding)\s?=\s?[\"']?\s?([A-Za-z0-9_.:-]{2,40})", data[:2048])
    marked = bom_encoding(data)
    name = marked or (served or (declared[1].decode("ascii") if declared else "utf-8")).strip("\"' ").lower()
    if marked or _PAGE_ENCODINGS.match(name):
        try:
            return data.decode(_as_browsers_do(name))
        except (LookupError, UnicodeError):
            pass
    return data.decode("utf-8", ELSE_WINDOWS_1252)


# What a page may declare: UTF-16 that is read as ASCII is none, and Python has codecs of quadratic time (punycode).
_PAGE_ENCODINGS = re.compile(
    r"iso-?8859|latin|windows-|cp|koi8|shift|sjis|x-sjis|euc|iso-2022|gb|big5|mac|tis|(us-)?ascii"
)


# Encodings that pages declare, and the larger ones that every browser reads them in.
_LARGER = {
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}


def _as_browsers_do(encoding: str) -> str:
    return _LARGER.get(encoding) or _LARGER.get(codecs.lookup(encoding).name, encoding)
