"""A file for what is remembered between processes, and may be forgotten at any time.

It may be missing, locked, broken or somebody else's, and only time is lost.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

LOCKED_SECONDS = 0.5
"""How long another process is waited for."""
HELD_SECONDS = 600.0
"""How long one waits for another that does the same."""

_APPLICATION_ID = 0x61727466

_T = TypeVar("_T")


@dataclass(frozen=True)
class CacheFile:
    """A SQLite database in the user's cache folder. Any number of processes may use it at once.

    Args:
        path: The file; it and its folder are made when they are needed.
        version: To be raised when a row, or what it holds, comes to mean something else. Files
            of another version are made anew.
        tables: Columns by the name of the table; the first is the primary key.
    """

    path: Path
    version: int
    tables: Mapping[str, tuple[str, ...]]

    def attempt(self, work: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """Do something with the database; None where it cannot be done.

        Args:
            work: Begins and commits its own transactions.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=LOCKED_SECONDS, isolation_level=None)
            with contextlib.closing(connection) as database:
                self._prepare(database)
                return work(database)
        except (OSError, sqlite3.OperationalError):
            return None  # locked, read-only, a full disk: the next time may be better
        except sqlite3.DatabaseError:
            self.discard()
            return None

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Let no two processes do something at once; whoever comes second waits.

        After `HELD_SECONDS`, or where there are no locks, it is done all the same.
        """
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError, sqlite3.Error):
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                lock = sqlite3.connect(
                    self.path.with_suffix(".lock"), timeout=HELD_SECONDS, isolation_level=None
                )
                stack.enter_context(contextlib.closing(lock))
                lock.execute("BEGIN EXCLUSIVE")
            yield

    def discard(self) -> None:
        """Remove the file; whatever uses it at the moment goes on with what it has."""
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                self.path.with_name(self.path.name + ending).unlink()

    def _prepare(self, database: sqlite3.Connection) -> None:
        """Make the tables of a new database.

        Raises:
            sqlite3.DatabaseError: If it is another's, or of another version.
        """
        database.execute("PRAGMA synchronous = NORMAL")
        wanted = {"application_id": _APPLICATION_ID, "user_version": self.version}
        found = {name: database.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
        if found == wanted and all(self._has(database, table) for table in self.tables):
            return
        if any(found.values()) or database.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise sqlite3.DatabaseError("not a cache of this version")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("BEGIN IMMEDIATE")
        for table, columns in self.tables.items():
            names = ", ".join(columns)
            database.execute(
                f"CREATE TABLE IF NOT EXISTS {table} ({names}, PRIMARY KEY ({columns[0]}))"
            )
        for name, value in wanted.items():
            database.execute(f"PRAGMA {name} = {value}")
        database.execute("COMMIT")

    def _has(self, database: sqlite3.Connection, table: str) -> bool:
        found = database.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
        return found == [(name,) for name in self.tables[table]]
