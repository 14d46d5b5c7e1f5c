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

from dedup import exhibits
from dedup.drawing import address, render, require
from dedup.index import Index
from dedup.model import DedupError, StoreError, UnknownDocument
from dedup.web.asking import Sent, fields_of, judge, page_of, sent_by
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


def app_of(db: str, hosts: Iterable[str], *, judging: bool = False) -> ASGIApp:
    """The pages of a store, to be asked for under one of these names of the host; with ``judging`` what is said of two
    pages is kept, and else nothing is written. Raises ``DedupError`` where Starlette is not installed."""
    require()
    try:
        import python_multipart  # noqa: F401
        from starlette.applications import Starlette
        from starlette.concurrency import run_in_threadpool
        from starlette.routing import Route
    except ImportError as error:
        raise DedupError("the pages need Starlette: pip install 'newswire-dedup[web]'") from error
    opened = _Opened(db, judging)

    def shown(request: Request) -> Response:
        return _answer(request, opened)

    async def asked(request: Request) -> Response:
        sent = await sent_by(request)
        return await run_in_threadpool(_asked, request, opened, sent)

    async def judged(request: Request) -> Response:
        told = await fields_of(request)
        return await run_in_threadpool(_judged, request, opened, told)

    posts = [Route("/who", asked, methods=["POST"]), Route("/judge", judged, methods=["POST"])]
    return Guard(Starlette(routes=[*posts, Route("/static/{name:path}", _static), Route("/{rest:path}", shown)]), hosts)


class _Opened(threading.local):
    """The store, opened for looking by each thread that asks: SQLite's connections stay with theirs."""

    def __init__(self, db: str, judging: bool) -> None:
        self.db, self.judging = db, judging
        self._index: Index | None = None

    @property
    def index(self) -> Index:
        """This thread's own."""
        if self._index is None:
            self._index = Index(self.db, read_only=True, workers=1)
        return self._index


def _answer(request: Request, opened: _Opened) -> Response:
    name, *parts = [unquote(part) for part in request.scope["raw_path"].decode("ascii").lstrip("/").split("/")]
    page = PAGES.get(name)
    if page is None or len(parts) != page.parts:
        return _drawn(request, name, "problem.html", Problem("No such page", "There is nothing at this address."), 404)

    def show() -> Response:
        exhibit = _exhibit(page, opened.index, parts, request.query_params)
        return _drawn(request, name, page.template, exhibit, judging=opened.judging)

    return _told(request, name, show)


def _asked(request: Request, opened: _Opened, sent: Sent) -> Response:
    from starlette.responses import RedirectResponse

    def show() -> Response:
        page = page_of(opened.index, sent)
        if isinstance(page, str):
            return RedirectResponse(address("who", page), 303)
        with opened.index.snapshot():
            return _drawn(request, "who", "story.html", exhibits.who(opened.index, page))

    return _told(request, "who", show)


def _judged(request: Request, opened: _Opened, told: dict[str, str]) -> Response:
    from starlette.responses import RedirectResponse

    if not opened.judging:
        problem = Problem("Nothing is written", "To keep judgements, start the pages with --allow-judgements.")
        return _drawn(request, "judge", "problem.html", problem, 403)
    return _told(request, "judge", lambda: RedirectResponse(address("compare", *judge(opened.db, told)), 303))


def _exhibit(page: Page, index: Index, parts: list[str], query: Mapping[str, str]) -> object:
    """All that a page shows is read at one moment, whatever is written meanwhile."""
    with index.snapshot():
        return page.show(index, parts, query)


def _told(request: Request, name: str, show: Callable[[], Response]) -> Response:
    """A page, or in its place what is wrong, in one sentence."""
    try:
        return show()
    except UnknownDocument as error:
        return _drawn(request, name, "problem.html", Problem("Not in this store", str(error)), 404)
    except StoreError as error:
        return _drawn(request, name, "problem.html", Problem("The store cannot be read", str(error)), 503)
    except DedupError as error:
        return _drawn(request, name, "problem.html", Problem("That cannot be shown", str(error)), 400)


def _drawn(
    request: Request, name: str, template: str, exhibit: object, status: int = 200, *, judging: bool = False
) -> Response:
    from starlette.responses import HTMLResponse, Response

    if request.query_params.get("format") == "json":
        body = json.dumps(dataclasses.asdict(exhibit), ensure_ascii=False, indent=1)  # type: ignore[call-overload]
        return Response(body + "\n", status, media_type="application/json")
    query = {**request.query_params, "format": "json"}
    twin = f"{request.url.path}?{urlencode(query)}" if request.method != "POST" and status == 200 else ""
    return HTMLResponse(render(template, page=exhibit, here=name, twin=twin, judging=judging), status)


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
        "compare.js",
        "icon.svg",
        "network.js",
        "vendor/graphology-0.26.0.min.js",
        "vendor/graphology-library-0.8.0.min.js",
        "vendor/sigma-3.0.3.min.js",
    }
)
