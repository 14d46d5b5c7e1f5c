"""Running the pages on this machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from dedup.index import Index
from dedup.model import DedupError
from dedup.web.app import app_of

LOOPBACK = "127.0.0.1"


def serve(db: str, port: int, on_ready: Callable[[str], None], *, judging: bool = False) -> None:
    """Shows the pages of a store on loopback until it is stopped; ``on_ready`` is told the address. Port 0 takes any.
    With ``judging`` what is said of two pages is kept; else nothing is ever written.

    Raises ``DedupError`` where the port is taken, or where what it needs is not installed.
    """
    import socket

    try:
        import uvicorn
    except ImportError as error:
        raise DedupError("the pages need uvicorn: pip install 'newswire-dedup[web]'") from error
    Index(db, read_only=True, workers=1).close()  # what is no store is told at once
    # asyncio sends small parts at once only where the protocol is named: else each answer waits 40 ms for the client.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((LOOPBACK, port))
        except OSError as error:
            raise DedupError(f"port {port} cannot be used: {error.strerror}; name another with --port") from error
        taken.listen()  # who is told the address may ask at once
        port = taken.getsockname()[1]
        app = app_of(db, [f"{name}:{port}" for name in (LOOPBACK, "localhost")], judging=judging)
        config = uvicorn.Config(app, log_level="warning", server_header=False, lifespan="off")
        with suppress(KeyboardInterrupt):
            on_ready(f"http://{LOOPBACK}:{port}/")
            uvicorn.Server(config).run(sockets=[taken])
