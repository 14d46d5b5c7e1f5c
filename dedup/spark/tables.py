"""What a run leaves behind: its tables by name; known without any engine."""

from __future__ import annotations

# What ``dedup import`` reads to know what it reads.
ABOUT = "about.json"
# The tables of a run, each with what its rows are in the order of.
TABLES = {
    "documents": ("number",), "matches": ("a", "b"), "boilerplate": ("document",), "tallies": ("document",),
    "stands": ("document",), "links": ("copy", "original", "story"), "stories": ("id",),
    "postings": ("key", "document"), "outlets": ("name",), "rejects": ("path", "line"),
}  # fmt: skip
