"""Makes the folder of vendored libraries anew: what pages run in the browser, as its authors packed it.

    python tests/vendor.py [FOLDER]

Each archive is packed by ``npm pack``, from whatever registry npm is set to, or taken from a FOLDER that has them.
A library is one file of the browser, byte for byte as packed, with its licence beside it. ``VENDOR.json`` tells where
each came from, and sums that ``tests/test_drawing_vendor.py`` compares.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDORED = Path(__file__).parents[1] / "dedup/drawing/static/vendor"
TOLD = "VENDOR.json"


@dataclass(frozen=True, slots=True)
class Library:
    """A package of npm: which of its files runs in the browser, and which is its licence."""

    name: str
    version: str
    script: str
    licence: str = "LICENSE.txt"

    @property
    def stem(self) -> str:
        """What its archive and its files are named for."""
        return f"{self.name}-{self.version}"


LIBRARIES = (
    Library("graphology", "0.26.0", "dist/graphology.umd.min.js"),
    Library("graphology-library", "0.8.0", "dist/graphology-library.min.js"),
    Library("sigma", "3.0.3", "dist/sigma.min.js"),
)


def main() -> None:
    VENDORED.mkdir(parents=True, exist_ok=True)
    for old in VENDORED.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as place:
        packed = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(place)
        told = [_vendored(library, _archive(library, packed)) for library in LIBRARIES]
    text = json.dumps(told, indent=2, ensure_ascii=False)
    (VENDORED / TOLD).write_text(text + "\n", encoding="utf-8", newline="\n")


def _archive(library: Library, packed: Path) -> Path:
    archive = packed / f"{library.stem}.tgz"
    if not archive.exists():
        asked = f"{library.name}@{library.version}"
        subprocess.run(["npm", "pack", "--silent", asked], cwd=packed, check=True, stdout=subprocess.DEVNULL)
    return archive


def _vendored(library: Library, archive: Path) -> dict[str, str]:
    """Puts a library's two files into the folder; returns what is told of it."""
    script, licence = f"{library.stem}.min.js", f"{library.stem}.LICENSE.txt"
    with tarfile.open(archive) as packed:
        facts = json.loads(_member(packed, "package.json"))
        (VENDORED / script).write_bytes(_member(packed, library.script))
        (VENDORED / licence).write_bytes(_member(packed, library.licence))
    return {
        "npm": library.name,
        "version": facts["version"],
        "licence": facts["license"],
        "packed_as": library.script,
        "file": script,
        "sha256": sum_of(VENDORED / script),
        "licence_file": licence,
        "licence_sha256": sum_of(VENDORED / licence),
    }


def _member(packed: tarfile.TarFile, name: str) -> bytes:
    found = packed.extractfile(f"package/{name}")
    if found is None:
        raise ValueError(f"{name} is no file of {packed.name!r}")
    return found.read()


def sum_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
