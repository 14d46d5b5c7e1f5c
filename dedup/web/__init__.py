"""The local pages: loopback only, the store opened for looking. The only room that knows Starlette and uvicorn."""

from __future__ import annotations

from dedup.web.app import app_of
from dedup.web.serving import serve

__all__ = ("app_of", "serve")
