"""One run at a time: a lock on the state folder, and on Postgres one on the database too."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import filelock

from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.warehouse import POLL_SECONDS, Connection, connect

ADVISORY_LOCK = 7_163_102_501
"""Our number among the database's advisory locks."""


LOCK, HOLDER = "leadhouse.lock", "leadhouse.lock.holder"
"""The file that is locked, and the one that says by whom."""


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


@contextmanager
def run_lock(settings: Settings, command: str, tell: Callable[[str], None] = _tell) -> Iterator[None]:
    """Hold the warehouse for one run; wait up to ``settings.lock_seconds`` for another to end.

    Args:
        settings: where the state is.
        command: what this run is, told to those who wait for it.
        tell: is given one line when there is somebody to wait for.

    Raises:
        LeadhouseError: the other run has not ended in time; the message says which it is.
    """
    _make_home(settings)
    deadline = time.monotonic() + settings.lock_seconds
    lock = filelock.FileLock(settings.home / LOCK, timeout=0)
    holder = settings.home / HOLDER

    def take_file() -> str | None:
        try:
            lock.acquire()
        except filelock.Timeout:
            return _describe(holder)
        return None

    _wait(take_file, deadline, settings, tell)
    try:
        started = datetime.now(UTC).isoformat(timespec="seconds")
        holder.write_text(json.dumps({"command": command, "pid": os.getpid(), "since": started}))
        if settings.target == "postgres":
            with _database_lock(settings, deadline, tell):
                yield
        else:
            yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def running(settings: Settings) -> str | None:
    """The run that holds the warehouse at this moment, in words; ``None`` if there is none.

    Raises:
        LeadhouseError: the database cannot be reached.
    """
    try:
        if (settings.home / LOCK).exists():
            with filelock.FileLock(settings.home / LOCK, timeout=0):
                pass
    except filelock.Timeout:
        return _describe(settings.home / HOLDER)
    if settings.target == "duckdb":
        return None
    with connect(settings) as connection:
        return _database_holder(connection)


@contextmanager
def _database_lock(settings: Settings, deadline: float, tell: Callable[[str], None]) -> Iterator[None]:
    with connect(settings) as connection:

        def take_database() -> str | None:
            [(taken,)] = connection.execute("select pg_try_advisory_lock(?)", [ADVISORY_LOCK])
            return None if taken else _database_holder(connection) or "another run"

        _wait(take_database, deadline, settings, tell)
        yield


def _database_holder(connection: Connection) -> str | None:
    rows = connection.execute(
        "select coalesce(host(client_addr), 'this machine'), activity.pid"
        " from pg_locks join pg_stat_activity as activity using (pid)"
        " where locktype = 'advisory' and granted and (classid::bigint << 32) + objid::bigint = ?",
        [ADVISORY_LOCK],
    )
    return f"a run from {rows[0][0]} (database process {rows[0][1]})" if rows else None


def _wait(
    take: Callable[[], str | None], deadline: float, settings: Settings, tell: Callable[[str], None]
) -> None:
    told = False
    while holder := take():
        if time.monotonic() >= deadline:
            raise LeadhouseError(
                f"{settings.home}: the warehouse is held by {holder}; run again when it has ended,"
                " or wait longer with LEADHOUSE_LOCK_SECONDS"
            )
        if not told:
            tell(f"waiting for {holder}, {settings.lock_seconds} s at most")
            told = True
        time.sleep(POLL_SECONDS)


def _describe(file: Path) -> str:
    try:
        holder = json.loads(file.read_text())
        return f"'{holder['command']}' (process {holder['pid']}, since {holder['since']})"
    except (OSError, ValueError, KeyError):
        return "another run"


def _make_home(settings: Settings) -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (settings.home / LOCK).touch()
    except OSError as error:
        raise LeadhouseError(
            f"{settings.home}: cannot be used for state ({error.strerror}); set LEADHOUSE_HOME"
        ) from error
