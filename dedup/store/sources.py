"""Which files were read and how, so that what has not changed is passed over; and the records that were refused."""

from __future__ import annotations

from collections.abc import Iterable

from dedup.model import FileRead, Reject
from dedup.store.file import StoreFile

# A file that shares ids with others is read each time: what counts is who comes last.
_CONTESTED = "contested"


class SourceTables(StoreFile):
    """The tables ``sources`` and ``rejects``."""

    def files_read(self) -> dict[str, FileRead]:
        """The files that were read to their end, by name."""
        query = "select name, bytes, modified_ns, how, documents from sources where how <> ? order by name"
        return {row[0]: FileRead(*row) for row in self._rows(query, (_CONTESTED,))}

    def put_files_read(self, files: Iterable[FileRead]) -> None:
        """Note files that were read to their end, but contested ones."""
        rows = sorted((f.name, f.bytes, f.modified_ns, f.how, f.documents) for f in files)
        self._many(
            "insert into sources (name, bytes, modified_ns, how, documents) values (?, ?, ?, ?, ?)"
            " on conflict do update set bytes = excluded.bytes, modified_ns = excluded.modified_ns, how = excluded.how,"
            f" documents = excluded.documents where how <> '{_CONTESTED}'",
            rows,
        )

    def contest(self, names: Iterable[str]) -> None:
        """Note that files share ids, so that they are always read."""
        query = "insert or replace into sources (name, bytes, modified_ns, how, documents) values (?, 0, 0, ?, 0)"
        self._many(query, ((name, _CONTESTED) for name in sorted(names)))

    def forget_files(self, names: Iterable[str]) -> None:
        """Have files read again when they come again."""
        self._many("delete from sources where name = ?", ((name,) for name in sorted(names)))

    def origins(self, numbers: Iterable[int]) -> dict[int, str | None]:
        """Where each of the documents that the store holds was read."""
        return dict(self._where_in("select number, origin from documents where number in", list(numbers)))

    def rejects(self) -> list[Reject]:
        """The records that were refused when their file was read last, by file and line."""
        query = "select path, line, problem from rejects order by path, line, problem"
        return [Reject(*row) for row in self._rows(query)]

    def replace_rejects(self, paths: Iterable[str], rejects: Iterable[Reject]) -> None:
        """Put these in the place of all that were refused of files before."""
        self._many("delete from rejects where path = ?", ((path,) for path in sorted(paths)))
        rows = ((reject.path, reject.line, reject.problem) for reject in rejects)
        self._insert("insert into rejects", ("path", "line", "problem"), rows)
