"""Reading for people: SQL in, a pandas table out, the same on both engines and never in the way of a run.

A reader of DuckDB's warehouse would lock out whoever writes, so it is read on a copy. On Postgres a reader holds
nothing from one query to the next, and cannot write.
"""

import shutil
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.lock import run_lock
from leadhouse.publish import PUBLISHED
from leadhouse.warehouse import open_postgres


class Reader:
    """A warehouse, or what is published of it, to be asked in SQL.

    Args:
        connection: a connection of the engine's own client.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def query(self, sql: str) -> pd.DataFrame:
        """Ask one question; in the answer days and times are ``datetime64``, decimals are floats."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(sql)
            names = [column[0] for column in cursor.description]
            frame = pd.DataFrame.from_records(cursor.fetchall(), columns=names, coerce_float=True)
        for name in names:
            values = frame[name].dropna()
            if len(values) and isinstance(values.iloc[0], date):
                frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
        return frame

    def close(self) -> None:
        """End reading."""
        self._connection.close()


def open_warehouse(settings: Settings) -> Reader:
    """Open everything: raw tables, every layer, personal data in clear.

    On DuckDB it is a copy of the file as it is now, deleted as soon as it is open: however the reader ends, nothing of
    it stays.

    Raises:
        LeadhouseError: there is no warehouse, or somebody is writing to it.
    """
    if settings.target == "postgres":
        return _open_postgres(settings)
    original = _existing(settings.warehouse_file)
    with tempfile.TemporaryDirectory(prefix="reading-", dir=settings.home) as folder:
        with run_lock(settings, "reading"), closing(_open_duckdb(original)):
            for file in (original, original.with_name(original.name + ".wal")):
                if file.exists():
                    shutil.copy(file, folder)
        return Reader(_open_duckdb(Path(folder) / original.name))


def open_published(settings: Settings) -> Reader:
    """Open what is published, in schema ``published``: the marts of the last build whose tests passed.

    Raises:
        LeadhouseError: nothing has been published.
    """
    if settings.target == "duckdb":
        return Reader(_open_duckdb(_existing(settings.marts_file)))
    reader = _open_postgres(settings)
    if reader.query(f"select 1 from information_schema.schemata where schema_name = '{PUBLISHED}'").empty:
        raise LeadhouseError(f"schema {PUBLISHED}: nothing has been published; run 'leadhouse build'")
    return reader


def _existing(file: Path) -> Path:
    if not file.exists():
        raise LeadhouseError(f"{file}: there is nothing to read yet; run 'leadhouse build'")
    return file


def _open_duckdb(file: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(file), read_only=True)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise LeadhouseError(f"{file}: cannot be read now ({reason})") from error


def _open_postgres(settings: Settings) -> Reader:
    connection = open_postgres(settings)
    connection.set_session(readonly=True, autocommit=True)
    return Reader(connection)
