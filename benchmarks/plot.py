"""What peers found against how fast they were, as a picture: ``peers.py``'s table as SVG.

    python benchmarks/peers.py FOLDER --envs ENVS > TABLE; python benchmarks/plot.py TABLE [-o benchmarks/peers.svg]

Pages a second on a scale of powers of ten, recall from 0 to 1; best is the upper right corner. Raises ``SystemExit``
for a file without such a table.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from html import escape
from math import ceil, floor, log10
from pathlib import Path
from typing import NamedTuple

WIDTH, HEIGHT, PAD = 560, 320, 52


class Point(NamedTuple):
    """A peer: its name, its pages a second, and which part of the copies it found."""

    name: str
    rate: float
    recall: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=Path("benchmarks/peers.svg"))
    asked = parser.parse_args()
    points = read_table(asked.table.read_text(encoding="utf-8").splitlines())
    if not points:
        raise SystemExit(f"{asked.table}: holds no table of peers.py")
    asked.out.write_text(diagram(points), encoding="utf-8")


def read_table(lines: Iterable[str]) -> list[Point]:
    """The peers of a table: below its head, a name and nine figures each."""
    points, head = list[Point](), list[str]()
    for line in lines:
        name, *cells = line.split() or [""]
        if "pages/s" in line:
            head = ["seconds", "pages/s", "times", "processor", "memory", "disk", "pairs", "precision", "recall"]
        elif head and len(cells) == len(head):
            told = dict(zip(head, cells, strict=True))
            points.append(Point(name, float(told["pages/s"]), float(told["recall"])))
    return points


def diagram(points: list[Point]) -> str:
    """Each peer as a named point."""
    least = floor(min(log10(point.rate) for point in points))
    most = ceil(max(log10(point.rate) for point in points))

    def place(rate: float, recall: float) -> tuple[float, float]:
        return PAD + WIDTH * (log10(rate) - least) / max(1, most - least), PAD + HEIGHT * (1 - recall)

    parts = [f'<rect x="{PAD}" y="{PAD}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>']
    for power in range(least, most + 1):
        x, _ = place(10**power, 0)
        parts.append(f'<text x="{x:.0f}" y="{PAD + HEIGHT + 18}" text-anchor="middle">{10**power:,}</text>')
    for tenth in range(0, 11, 2):
        _, y = place(10**least, tenth / 10)
        parts.append(f'<text x="{PAD - 8}" y="{y + 4:.0f}" text-anchor="end">{tenth / 10:.1f}</text>')
    for at, point in enumerate(sorted(points, key=lambda point: point.rate)):
        x, y = place(point.rate, point.recall)
        ours = point.name == "ours"
        fill = "#b3261e" if ours else "#1b5e8c"
        below = 18 if at % 2 or ours else -10
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{fill}"/>')
        parts.append(f'<text x="{x:.1f}" y="{y + below:.1f}" text-anchor="middle">{escape(point.name)}</text>')
    parts.append(f'<text x="{PAD + WIDTH / 2}" y="{PAD + HEIGHT + 40}" text-anchor="middle">pages a second</text>')
    parts.append(f'<text x="{PAD}" y="{PAD - 14}">recall: copies that hang together with their original</text>')
    width, height = WIDTH + 2 * PAD, HEIGHT + 2 * PAD
    font = 'font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {font}>'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="#fff"/>', *parts, "</svg>", ""])


if __name__ == "__main__":
    main()
