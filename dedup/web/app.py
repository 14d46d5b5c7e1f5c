"""The application: an address to a page, its exhibit as HTML or JSON."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlencode

from dedup.drawing import render
from dedup.index import Index
from dedup.model import DedupError, StoreError, UnknownDocument
from dedup.web.guard import Guard
from dedup.web.pages import PAGES, Page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """What is shown where there is no page."""

    title: str
    problem: str


def app_of(db: str, hosts: Iterable[str]) -> ASGIApp:
    """The pages of a store, to be asked for under one of these names of the host. Raises ``DedupError`` where
    Starlette is not installed."""
    try:
        from starlette.applications import Starlette
        from starlette.routing import Route
    except ImportError as error:
        raise DedupError("the pages need Starlette: pip install 'newswire-dedup[web]'") from error
    opened = _Opened(db)

    def shown(request: Request) -> Response:
        return _answer(request, opened)

    return Guard(Starlette(routes=[Route("/static/{name:path}", _static), Route("/{rest:path}", shown)]), hosts)


class _Opened(threading.local):
    """The store, opened for looking by each thread that asks: SQLite's connections stay with theirs."""

    def __init__(self, db: str) -> None:
        self._db = db
        self._index: Index | None = None

    @property
    def index(self) -> Index:
        """This thread's own."""
        if self._index is None:
            self._index = Index(self._db, read_only=True, workers=1)
        return self._index


def _answer(request: Request, opened: _Opened) -> Response:
    name, *parts = [unquote(part) for part in request.scope["raw_path"].decode("ascii").lstrip("/").split("/")]
    page = PAGES.get(name)
    if page is None or len(parts) != page.parts:
        return _drawn(request, name, "problem.html", Problem("No such page", "There is nothing at this address."), 404)
    return _found(request, name, lambda: _exhibit(page, opened.index, parts, request.query_params), page.template)


def _exhibit(page: Page, index: Index, parts: list[str], query: Mapping[str, str]) -> object:
    """All that a page shows is read at one moment, whatever is written meanwhile."""
    with index.snapshot():
        return page.show(index, parts, query)


def _found(request: Request, name: str, show: Callable[[], object], template: str) -> Response:
    try:
        return _drawn(request, name, template, show(), 200)
    except UnknownDocument as error:
        return _drawn(request, name, "problem.html", Problem("Not in this store", str(error)), 404)
    except StoreError as error:
        return _drawn(request, name, "problem.html", Problem("The store cannot be read", str(error)), 503)
    except DedupError as error:
        return _drawn(request, name, "problem.html", Problem("That cannot be shown", str(error)), 400)


def _drawn(request: Request, name: str, template: str, exhibit: object, status: int) -> Response:
    from starlette.responses import HTMLResponse, Response

    if request.query_params.get("format") == "json":
        body = json.dumps(dataclasses.asdict(exhibit), ensure_ascii=False, indent=1)  # type: ignore[call-overload]
        return Response(body + "\n", status, media_type="application/json")
    query = {**request.query_params, "format": "json"}
    twin = f"{request.url.path}?{urlencode(query)}" if request.method == "GET" and status == 200 else ""
    return HTMLResponse(render(template, page=exhibit, here=name, twin=twin), status)


def _static(request: Request) -> Response:
    """A file of ours by its name: one of those that there are, never a path."""
    from starlette.responses import PlainTextResponse, Response

    name = request.path_params["name"]
    if name not in _STATIC:
        return PlainTextResponse("There is no such file.\n", 404)
    data = files("dedup.drawing").joinpath("static", *name.split("/")).read_bytes()
    return Response(data, media_type=_TYPES[PurePosixPath(name).suffix])


_STATIC = frozenset(
    {
        "style.css",
        "icon.svg",
        "network.js",
        "vendor/graphology-0.26.0.min.js",
        "vendor/graphology-library-0.8.0.min.js",
        "vendor/sigma-3.0.3.min.js",
    }
)
