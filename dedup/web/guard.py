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
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if (refused := self._refused(scope["method"], headers)) is not None:
            await _say(refused, send)
            return
        taken, over = 0, False

        async def counted() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY_BYTES:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        await self._app(scope, counted, told)

    def _refused(self, method: str, headers: dict[bytes, str]) -> tuple[int, str] | None:
        host = headers.get(b"host", "")
        if host.lower() not in self._hosts:
            return 403, "this name is not one of this machine's own"
        if method not in ("GET", "HEAD", "POST"):
            return 405, "only GET and POST are understood"
        if method == "POST" and not self._is_own(host, headers):
            return 403, "the form was sent by another site's page"
        length = headers.get(b"content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return 413, f"that is too long: {MAX_BODY_BYTES:,} bytes are read at most"
        return None

    def _is_own(self, host: str, headers: dict[bytes, str]) -> bool:
        """Whether a form was sent from one of our pages; programs that are no browser say nothing of where from."""
        site = headers.get(b"sec-fetch-site", "same-origin")
        origin = headers.get(b"origin", f"http://{host}")
        return site in ("same-origin", "none") and origin.lower() == f"http://{host.lower()}"


async def _say(refused: tuple[int, str], send: Send) -> None:
    status, why = refused
    body = f"{why}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
