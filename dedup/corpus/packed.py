"""Packed bytes: gzip, bzip2, xz and zstd, told by their first bytes, unpacked as far as they are whole."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeAlias

from dedup.corpus.cleaning import words

CHUNK_BYTES = 1 << 16
# What a file's first bytes must show at least to tell how it is packed.
MAGIC_BYTES = 10
PACKED_SUFFIXES = words(".gz .bz2 .xz .zst .zstd")
# To unpack what ``xz -9`` packed takes 65 MB, what ``zstd --ultra -22`` packed 128 MB; a file may ask for gigabytes.
MOST_XZ_BYTES, MOST_ZSTD_WINDOW_LOG = 256 << 20, 27
# gzip cannot reach 1,033 to 1, and no dump of texts comes near; the others can pack a terabyte into megabytes.
MAX_RATIO, RATIO_FROM_BYTES = 1033, 1 << 30


class _Decompressor(Protocol):
    """What the decompressors of bzip2, xz and zstd have in common."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


# Makes a decompressor for each stream of a file, and tells what it raises for bytes that are damaged.
Codec: TypeAlias = tuple[Callable[[], _Decompressor], type[Exception]]


def _bzip2() -> Codec:
    import bz2

    return bz2.BZ2Decompressor, OSError


def _xz() -> Codec:
    import lzma

    return (lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_XZ_BYTES)), lzma.LZMAError


def _zstd() -> Codec:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        from backports import zstd
    options = {zstd.DecompressionParameter.window_log_max: MOST_ZSTD_WINDOW_LOG}
    return (lambda: zstd.ZstdDecompressor(options=options)), zstd.ZstdError


class Packing(NamedTuple):
    """A way to pack: its name, what packed bytes begin with, and the codec; gzip's own reader needs none."""

    name: str
    magic: re.Pattern[bytes]
    codec: Callable[[], Codec] | None = None

    @property
    def advice(self) -> str:
        """What to do where the codec is not there."""
        missing = "pip install 'newswire-dedup[zstd]'" if self.name == "zstd" else "this Python was built without it"
        return f"is packed with {self.name}, which cannot be read here: {missing}"


PACKINGS = (
    Packing("gzip", re.compile(rb"\x1f\x8b")),
    Packing("bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)"), _bzip2),
    Packing("xz", re.compile(rb"\xfd7zXZ\x00"), _xz),
    # A file may begin with frames to be skipped.
    Packing("zstd", re.compile(rb"(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)"), _zstd),
)


def packing_of(head: bytes) -> Packing | None:
    """How the bytes that begin so are packed; ``None`` for bytes that are not."""
    return next((packing for packing in PACKINGS if packing.magic.match(head)), None)


class Unpacked(io.BufferedReader):
    """Bytes that end where packed ones break, so that all before the break is read.

    After the end, ``problem`` says what broke, and ``cut`` whether the last line may lack its end. Raises
    ``ImportError`` where there is no codec.
    """

    def __init__(self, file: io.BufferedReader, packing: Packing | None) -> None:
        if packing is None:
            self._plain = _Plain(file)
        elif packing.codec is None:
            self._plain = _Gunzip(file)
        else:
            self._plain = _Decoded(file, packing, packing.codec())
        super().__init__(self._plain, CHUNK_BYTES)

    @property
    def problem(self) -> str | None:
        return self._plain.problem

    @property
    def cut(self) -> bool:
        return self._plain.cut


class _Plain(io.RawIOBase):
    """Bytes as they are, and what the packed ones have in common."""

    name = ""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self.problem: str | None = None
        self.cut = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = b"" if self.problem else self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        return self._file.read1(size)

    def _ends(self, how: str, cut: bool = False) -> bytes:
        self.problem, self.cut = f"the {self.name} data is {how}", cut
        return b""

    def _is_cut_off(self) -> bytes:
        return self._ends("cut off here: all before this line was read", cut=True)

    def _is_damaged(self) -> bytes:
        return self._ends("damaged near here: some lines before the break and all after it are lost", cut=True)

    def _is_followed(self) -> bytes:
        return self._ends("followed by something else; all before this line was read")


class _Gunzip(_Plain):
    name = "gzip"

    def __init__(self, file: io.BufferedReader) -> None:
        super().__init__(file)
        self._inner = gzip.GzipFile(fileobj=file)

    def _read(self, size: int) -> bytes:
        try:
            return self._inner.read1(size)
        except EOFError:
            return self._is_cut_off()
        except zlib.error:
            return self._is_damaged()
        except gzip.BadGzipFile as error:
            if "not a gzipped" in str(error).lower():
                return self._is_followed()
            return self._ends("damaged: its checksum differs; all before this line was read")


class _Decoded(_Plain):
    """The streams of a packed file, one after another; the libraries' own readers say nothing of what follows them."""

    def __init__(self, file: io.BufferedReader, packing: Packing, codec: Codec) -> None:
        super().__init__(file)
        self.name = packing.name
        self._magic = packing.magic
        self._new, self._error = codec
        self._stream = self._new()
        self._taken = self._given = 0

    def _read(self, size: int) -> bytes:
        data = b""
        while not data and not self.problem:
            if self._stream.eof:
                packed = self._next_stream()
            else:
                packed = self._file.read1(CHUNK_BYTES) if self._stream.needs_input else b""
            if self._stream.eof or self.problem:
                break
            if self._stream.needs_input and not packed:
                return self._is_cut_off()
            data = self._unpack(packed, size)
        return data

    def _unpack(self, packed: bytes, size: int) -> bytes:
        try:
            data = self._stream.decompress(packed, size)
        except self._error as error:
            if "memory" in str(error).lower():
                return self._ends("packed so that to unpack it takes more memory than is allowed")
            return self._is_damaged()
        self._taken += len(packed)
        self._given += len(data)
        if self._given > max(RATIO_FROM_BYTES, MAX_RATIO * self._taken):
            return self._ends(f"more than {MAX_RATIO:,} times as long when unpacked: not read from here on", cut=True)
        return data

    def _next_stream(self) -> bytes:
        """The first bytes of the stream behind the one that has ended, which is then the one to read, if there is one.

        xz lets NULs stand between streams.
        """
        between = b"\x00" if self.name == "xz" else b""
        packed = self._stream.unused_data.lstrip(between)
        while len(packed) < MAGIC_BYTES and (more := self._file.read1(CHUNK_BYTES)):
            packed = (packed + more).lstrip(between)
        if packed and not self._magic.match(packed):
            return self._is_followed()
        if packed:
            self._stream = self._new()
        return packed
