"""Opening the file: pragmas, the writer's lock, migrations, settings, and SQLite's errors told in our words."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from sqlite_utils import Database

from dedup.model import Settings, SettingsMismatch, StoreBusy, StoreError
from dedup.store import schema

BUSY_SECONDS = 10
_CACHE_KIB = 64 * 1024
# Half of a document is what a page leaves free: of 10,000 made pages of 2.7 kB the table takes 1.26 times the text on
# pages of 16 kB, 1.18 of 32 and 1.15 of 64, the most that SQLite has. To ask and to add takes as long on each.
_PAGE_BYTES = 64 * 1024
# A commit that also copies the log into the file waits for the disk, so only one that finds a log of 1 GB does: else
# see ``StoreFile.checkpoint``. A log that was longer is cut to this when it begins anew.
_LOG_BYTES = 1 << 30


def open_database(path: str, writing: bool) -> Database:
    """Connect: for writing in WAL mode; for reading read-only, so that looking never changes a file."""
    if Path(path).is_dir():
        raise StoreError(f"{path}: is a folder, not a database; name a file with --db")
    if not writing and path != ":memory:" and not Path(path).exists():
        raise StoreError(f"{path}: there is no such database; run 'dedup index' first, or name it with --db")
    with told(path):
        conn = _connect(path, writing)
        conn.execute("pragma foreign_keys = on")
        conn.execute("pragma trusted_schema = off")
        conn.execute(f"pragma cache_size = -{_CACHE_KIB}")
        conn.execute("pragma temp_store = memory")
        if writing:
            conn.execute("pragma synchronous = normal")
            conn.execute(f"pragma page_size = {_PAGE_BYTES}")  # of a file that is yet to be laid out
            page_bytes = conn.execute("pragma page_size").fetchone()[0]
            conn.execute(f"pragma wal_autocheckpoint = {_LOG_BYTES // page_bytes}")
            conn.execute(f"pragma journal_size_limit = {_LOG_BYTES}")
    return Database(conn, execute_plugins=False)


def checkpoint(path: str) -> None:
    """Copy what was committed from the write-ahead log into the file, as far as nobody is reading what was before."""
    with told(path), contextlib.closing(_connect(path, writing=True)) as conn:
        conn.execute("pragma synchronous = normal")
        conn.execute("pragma wal_checkpoint(passive)")


def _connect(path: str, writing: bool) -> sqlite3.Connection:
    if writing or path == ":memory:":
        return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    # WAL needs a file beside the store; where none can be made, nobody can be writing either.
    beside = Path(path).absolute().parent
    mode = "mode=ro" if os.access(beside, os.W_OK) else "immutable=1"
    return sqlite3.connect(
        f"{Path(path).absolute().as_uri()}?{mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )


def create(db: Database, settings: Settings) -> None:
    """Lay out an empty file: schema, settings and marks in one transaction, so that no half-made store remains."""
    db.conn.execute("pragma journal_mode = wal")
    db.conn.execute("begin immediate")
    with db.atomic():
        schema.migrations.apply(db)
        db.table("settings").insert_all({"name": name, "value": value} for name, value in settings.as_dict().items())
        db.conn.execute(f"pragma application_id = {schema.APPLICATION_ID}")
        db.conn.execute(f"pragma user_version = {schema.newest()}")
    db.conn.execute("commit")


def require_ours(db: Database, path: str, writing: bool) -> None:
    """Refuse a file that is not ours or is newer than we are; bring an older one up to date when writing."""
    if db.conn.execute("pragma application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise StoreError(f"{path}: is a database, but not one of dedup's; name another with --db")
    version = db.conn.execute("pragma user_version").fetchone()[0]
    if version > schema.newest():
        raise StoreError(
            f"{path}: was made by a newer dedup (schema {version}, this one knows {schema.newest()}); update dedup"
        )
    if version < schema.newest():
        if not writing:
            raise StoreError(
                f"{path}: has an older schema ({version}); run 'dedup index' on it once to bring it up to date"
            )
        # A table that is laid out anew is dropped, which else drops all that refers to it.
        db.conn.execute("pragma foreign_keys = off")
        schema.migrations.apply(db)
        db.conn.execute("pragma foreign_keys = on")
        db.conn.execute(f"pragma user_version = {schema.newest()}")


def require_settings(db: Database, path: str, settings: Settings | None) -> Settings:
    """The store's settings; raises ``SettingsMismatch`` where others are asked for."""
    stored = {row["name"]: row["value"] for row in db["settings"].rows}
    wanted = (settings or Settings()).as_dict()
    if settings is None and stored.keys() == wanted.keys():
        return Settings(**{k: v if k == "scheme" else int(v) for k, v in stored.items()})  # type: ignore[arg-type]
    differing = [k for k in sorted(stored.keys() | wanted.keys()) if stored.get(k) != wanted.get(k)]
    if differing:
        each = ", ".join(
            f"{k} is {stored.get(k, 'absent')} there and {wanted.get(k, 'absent')} here" for k in differing
        )
        raise SettingsMismatch(f"{path}: was made with other settings ({each}); index into a new file, or use its own")
    return settings or Settings()


def take_lock(path: str) -> IO[str]:
    """Hold ``PATH.lock`` for as long as this process writes; the system lets go of it even when we are killed."""
    try:
        lock = open(f"{path}.lock", "a+", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}); choose another place with --db") from None
    try:
        _lock_file(lock)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise StoreBusy(f"{path}: another dedup (process {holder}) is writing to it; wait until it has ended") from None
    if not _is_current(lock):
        lock.close()
        return take_lock(path)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _is_current(lock: IO[str]) -> bool:
    """Whether the file that we hold is still the one of that name: who had it before us may just have taken it away."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), os.stat(lock.name))
    except FileNotFoundError:
        return False


def _lock_file(lock: IO[str]) -> None:
    if os.name == "nt":  # pragma: no cover
        import msvcrt

        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def told(path: str) -> Iterator[None]:
    """Turn SQLite's errors into ours, each with the file and what to do."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            raise StoreBusy(f"{path}: another process holds it for writing; wait until it has ended") from error
        raise StoreError(f"{path}: {_MENDS.get(text, text)}") from error


_MENDS: Mapping[str, str] = {
    "file is not a database": "is not a SQLite database; name another with --db",
    "unable to open database file": "cannot be opened; check that the folder exists and that you may write there",
    "attempt to write a readonly database": "cannot be written; choose another place with --db",
    "database or disk is full": "the disk is full; what was committed is safe, free some room and run the same again",
    "database disk image is malformed": "is damaged; run 'dedup check' and index again into a new file",
}
