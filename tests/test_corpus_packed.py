"""Packed files: told by their first bytes, read up to where they break, and never more than memory allows."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import sys
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedup.corpus import packed, read_corpus
from dedup.corpus.packed import PACKINGS, Unpacked, packing_of
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def zstd(data: bytes) -> bytes:
    """With a checksum, as the program of that name writes it."""
    if sys.version_info >= (3, 14):
        from compression import zstd as codec
    else:
        from backports import zstd as codec
    done: bytes = codec.compress(data, options={codec.CompressionParameter.checksum_flag: 1})
    return done


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": (".gz", gzip.compress),
    "bzip2": (".bz2", bz2.compress),
    "xz": (".xz", lzma.compress),
    "zstd": (".zst", zstd),
}
PACKER = pytest.mark.parametrize(("suffix", "pack"), PACKERS.values(), ids=PACKERS)


def rows(count: int) -> bytes:
    """Rows that cannot be made small."""
    texts = ((n, hashlib.sha256(b"%d" % n).hexdigest().encode()) for n in range(1, count + 1))
    return b"".join(b'{"id": "r%d", "text": "Story %s."}\n' % pair for pair in texts)


def read(path: Path, data: bytes) -> tuple[list[Document], list[Reject]]:
    path.write_bytes(data)
    rejects: list[Reject] = []
    return list(read_corpus(path, rejects.append, now=NOW)), rejects


@PACKER
@pytest.mark.parametrize("suffix_told", [True, False], ids=["by its suffix", "by another"])
def test_packed_lines_are_read_whatever_the_suffix(
    suffix: str, pack: Callable[[bytes], bytes], suffix_told: bool, tmp_path: Path
) -> None:
    documents, rejects = read(tmp_path / f"x.jsonl{suffix if suffix_told else ''}", pack(rows(3)))
    assert [d.id for d in documents] == ["r1", "r2", "r3"]
    assert not rejects


FORMATS = {
    ".csv": b'id,text\nr1,"One, two and three."\n',
    ".tsv": b"id\ttext\nr1\tOne, two and three.\n",
    ".json": b'[{"id": "r1", "text": "One, two and three."}]',
    ".txt": b"A title\n\nOne, two and three.",
}


@PACKER
@pytest.mark.parametrize(("inner", "data"), FORMATS.items(), ids=FORMATS)
def test_the_format_is_that_of_the_suffix_before(
    suffix: str, pack: Callable[[bytes], bytes], inner: str, data: bytes, tmp_path: Path
) -> None:
    documents, rejects = read(tmp_path / f"X{inner}{suffix}".upper(), pack(data))
    assert [d.text for d in documents] == ["One, two and three."]
    assert not rejects


@PACKER
def test_streams_one_after_another_are_all_read(suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    documents, rejects = read(tmp_path / f"x.jsonl{suffix}", pack(rows(2)) + pack(b"") + pack(rows(3)))
    assert (len(documents), rejects) == (5, [])


@PACKER
def test_what_follows_is_named_and_what_stands_before_is_read(
    suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    documents, rejects = read(tmp_path / f"x.jsonl{suffix}", pack(rows(2000)) + b"garbage")
    assert len(documents) == 2000
    assert [reject.line for reject in rejects] == [2001]
    assert "data is followed by something else" in rejects[0].problem


@PACKER
@pytest.mark.parametrize("damage", ["cut off", "damaged"])
def test_rows_before_a_break_are_read(suffix: str, pack: Callable[[bytes], bytes], damage: str, tmp_path: Path) -> None:
    # bzip2 packs in blocks of 900 kB, of which one must be whole.
    data = pack(rows(30_000))
    half = 2 * len(data) // 3
    torn = data[:half] + (b"\xff" * 50 + data[half + 50 :] if damage == "damaged" else b"")
    documents, rejects = read(tmp_path / f"x.jsonl{suffix}", torn)
    assert [d.id for d in documents[:100]] == [f"r{n}" for n in range(1, 101)]
    assert len(documents) < 30_000 or damage == "damaged"
    assert f"data is {damage}" in rejects[-1].problem


@PACKER
def test_a_torn_page_is_an_error_of_its_path(suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"x\.txt\.\w+: the \w+ data is cut off$"):
        read(tmp_path / f"x.txt{suffix}", pack(b"A page that ends too soon. " * 9)[:-9])


def test_nothing_between_streams_of_xz_is_needed_but_allowed(tmp_path: Path) -> None:
    data = lzma.compress(rows(1)) + bytes(8) + lzma.compress(rows(1)) + bytes(4)
    assert [len(found) for found in read(tmp_path / "x.jsonl.xz", data)] == [2, 0]


def test_frames_of_zstd_that_are_to_be_skipped_are(tmp_path: Path) -> None:
    skipped = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
    data = skipped + zstd(rows(1)) + skipped
    assert [len(found) for found in read(tmp_path / "x.jsonl.zst", data)] == [1, 0]


@PACKER
def test_a_line_without_end_takes_no_more_memory_than_a_line_may(
    suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    documents, rejects = read(tmp_path / f"x.jsonl{suffix}", pack(rows(1) + b"0" * 50_000_000 + b"\n" + rows(1)))
    assert len(documents) == 2
    assert [r.problem for r in rejects] == ["line of 50,000,000 bytes is longer than the 5,000,000 allowed"]


def test_a_bomb_is_left_where_no_dump_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "RATIO_FROM_BYTES", 1 << 20)
    data = lzma.compress(bytes(40_000_000))
    stream = Unpacked(io.BufferedReader(io.BytesIO(data)), packing_of(data))
    size = sum(len(part) for part in iter(lambda: stream.read(1 << 16), b""))
    assert (stream.problem or "").startswith("the xz data is more than 1,033 times as long when unpacked")
    assert size < 40_000_000


def test_what_asks_for_too_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST_XZ_BYTES", 1 << 20)
    _, rejects = read(tmp_path / "x.jsonl.xz", lzma.compress(rows(3), preset=9))
    assert "takes more memory than is allowed" in rejects[0].problem


def test_a_codec_that_is_missing_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zstd(rows(1))
    for module in ("backports", "backports.zstd", "compression", "compression.zstd"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(CorpusError, match=r"packed with zstd, .* pip install 'newswire-dedup\[zstd\]'"):
        read(tmp_path / "x.jsonl", data)


def tar() -> bytes:
    packed_files = io.BytesIO()
    with tarfile.open(fileobj=packed_files, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO(b""))
    return packed_files.getvalue()


ARCHIVES = {
    "zip": ("a.zip", b"PK\x03\x04", "is an archive"),
    "tar packed with zstd": ("a.tar.zst", b"", "is an archive"),
    "tar in short": ("a.tbz2", b"", "is an archive"),
    "tar in disguise": ("a.jsonl", tar(), "is a tar archive"),
    "packed tar in disguise": ("a.jsonl.xz", lzma.compress(tar()), "is a tar archive"),
    "packed zip in disguise": ("a.csv.gz", gzip.compress(b"PK\x03\x04" + b"x" * 99), "is a zip archive"),
    "7z": ("a.txt", b"7z\xbc\xaf\x27\x1c", "is a 7z archive"),
    "rar": ("a.txt", b"Rar!\x1a\x07\x00", "is a rar archive"),
}


@pytest.mark.parametrize(("name", "data", "problem"), ARCHIVES.values(), ids=ARCHIVES)
def test_an_archive_is_to_be_unpacked_first(name: str, data: bytes, problem: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=f"{problem}.*: unpack it first"):
        read(tmp_path / name, data)


@PACKER
def test_an_empty_file_says_what_it_is_not(suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    name = packing_of(pack(b""))
    assert name is not None
    assert [r.problem for r in read(tmp_path / f"x.jsonl{suffix}", b"")[1]] == [f"is empty: not a {name.name} file"]
    assert [r.problem for r in read(tmp_path / f"x.jsonl{suffix}", pack(b""))[1]] == ["holds no record"]


def test_bytes_that_only_begin_alike_are_not_packed() -> None:
    assert [packing_of(head) for head in (b"", b"BZh9 is a name", b"\xfd7zXY\x00", b'{"text')] == [None] * 4
    assert len({packing.name for packing in PACKINGS}) == len(PACKERS)
