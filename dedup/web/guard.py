"""What a request must be, and what every answer says: a page of this machine for this machine alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Of what is sent to us: a pasted page, or a file.
MAX_BODY_BYTES = 2_000_000
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode("ascii")),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """Refuses other hosts' names (403), what another site's page sends (403), and bodies that are too long (413)."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app, self._hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is allowed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if (refused := self._refused(scope["method"], scope["headers"])) is not None:
            await _say(refused, send)
            return
        body = await _body(receive)
        if body is None:
            await _say(_TOO_LONG, send)
            return
        unread = [body]

        async def read() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            return await receive()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        await self._app(scope, read, told)

    def _refused(self, method: str, raw: Iterable[tuple[bytes, bytes]]) -> tuple[int, str] | None:
        headers = {name: value.decode("latin-1") for name, value in raw}
        host = headers.get(b"host", "")
        # of two that are named, the application may believe the other
        if host.lower() not in self._hosts or sum(name == b"host" for name, _ in raw) != 1:
            return 403, "this name is not one of this machine's own"
        if method not in ("GET", "HEAD", "POST"):
            return 405, "only GET and POST are understood"
        if method == "POST" and not self._is_own(host, headers):
            return 403, "the form was sent by another site's page"
        length = headers.get(b"content-length", "0")
        return None if length.isdigit() and int(length) <= MAX_BODY_BYTES else _TOO_LONG

    def _is_own(self, host: str, headers: dict[bytes, str]) -> bool:
        """Whether a form was sent from one of our pages; programs that are no browser say nothing of where from.

        Our pages tell nobody where a request came from, so that a browser calls their origin "null": then only what it
        says of the site counts.
        """
        site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
        if site is not None and site != "same-origin":
            return False
        return origin in (None, f"http://{host.lower()}") or (origin == "null" and site == "same-origin")


_TOO_LONG = (413, f"that is too long: {MAX_BODY_BYTES:,} bytes are read at most")


async def _body(receive: Receive) -> bytes | None:
    """All that is sent; ``None`` where it is more than is read, whatever was said of its length."""
    parts, taken, more = [], 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        taken += len(parts[-1])
        if taken > MAX_BODY_BYTES:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


async def _say(refused: tuple[int, str], send: Send) -> None:
    status, why = refused
    body = f"{why}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
