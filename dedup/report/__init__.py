"""The evidence packet: one file that holds all it shows, to be mailed, printed and checked."""

from __future__ import annotations
