"""Exhibits as HTML: templates, styles and small drawings. The only room that knows Jinja.

Scraped text is hostile: every value is escaped, and an address becomes a link only if it is one of the web.
"""

from __future__ import annotations

from dedup.drawing.rendering import address, render, require, style

__all__ = ("address", "render", "require", "style")
