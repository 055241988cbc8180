"""The org's records in SQLite: every version that was ever current, as the texts that Bulk API 2.0 serves.

A version never changes once it is stored, so that an answer in many parts needs only the versions' numbers to stay what
it was. Of each record only the newest version has a state other than ``SUPERSEDED``.
"""

import json
import sqlite3
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock, RLock, get_ident
from typing import Any

import numpy as np

from leadhouse.simulator.crm.org import Change, SObject
from leadhouse.simulator.crm.salesforce.values import (
    HISTORY_TYPES,
    datetime_text,
    raw_name,
    storing,
    to_normal,
)

SUPERSEDED, LIVE, IN_BIN, PURGED = range(4)
"""States of a version: no longer the newest; to be read; deleted; gone for all but getDeleted."""

_STATES = {"create": LIVE, "update": LIVE, "undelete": LIVE, "delete": IN_BIN, "purge": PURGED}
_BATCH = 5000
_MAPPED_BYTES = 2**34
_COLUMNS_PER_FORMAT = 100
"""SQLite takes 127 arguments to a function."""


@dataclass(frozen=True)
class Record:
    """A record as it is now.

    Args:
        version: the number of its newest version.
        state: ``LIVE``, ``IN_BIN`` or ``PURGED``.
        texts: stored texts by field.
    """

    version: int
    state: int
    texts: dict[str, str]


class Store:
    """Records of all objects; safe for many threads. A scratch file, worth nothing once the store is closed.

    Args:
        objects: what there is.
        folder: where its own folder is to lie; with the system's other temporary files where none is named.

    Attributes:
        folder: its own; others may put scratch files there too.
    """

    def __init__(self, objects: Iterable[SObject], folder: Path | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="leadhouse-org-", dir=folder)
        self.folder = Path(self._temporary.name)
        self._tables = {sobject.name: _Table(sobject) for sobject in objects}
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = Lock()
        self._write_lock = RLock()
        self._depth = 0
        self._owner: int | None = None
        self._writer = self._connect()
        for table in self._tables.values():
            self._writer.executescript(table.definition)

    def close(self) -> None:
        """Remove the folder."""
        with self._write_lock, self._idle_lock:
            for connection in (self._writer, *self._idle):
                connection.close()
            self._idle.clear()
            self._temporary.cleanup()

    # What happens in the org

    def load(self, object_name: str, records: Iterable[Mapping[str, Any]]) -> int:
        """Store the records that there are from the beginning; returns how many.

        Args:
            object_name: such as ``Lead``.
            records: Python's values by field; each record has its ``Id``.
        """
        table = self._tables[object_name]
        with self.transaction():
            before = self._writer.total_changes
            self._writer.executemany(table.insert, map(table.first_row, records))
            return self._writer.total_changes - before

    def apply(self, changes: Iterable[Change]) -> int:
        """Let changes happen, in order; returns how many."""
        count = 0
        with self.transaction():
            for change in changes:
                count += 1
                texts = self._tables[change.object_name].texts(change.fields)
                self.write(change.object_name, change.record_id, texts, change.kind, change.at)
        return count

    def write(
        self,
        object_name: str,
        record_id: str,
        texts: Mapping[str, str],
        kind: str,
        at: datetime,
    ) -> None:
        """Let one record change.

        Args:
            object_name: such as ``Lead``.
            record_id: 18 characters.
            texts: stored texts of the fields that change.
            kind: ``create``, ``update``, ``delete``, ``undelete`` or ``purge``.
            at: the time that it bears.
        """
        table = self._tables[object_name]
        with self.transaction():
            before = self._writer.execute(table.newest, [record_id]).fetchone()
            row = table.next_row(before, {"Id": record_id, **texts}, kind, at)
            self._writer.execute(table.insert, row)
            if before:
                update = f'update "{object_name}" set _state = {SUPERSEDED} where _version = ?'
                self._writer.execute(update, before[:1])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen, or, where an error leaves the block, none. Transactions can lie in each other."""
        with self._write_lock:
            name, self._owner = f"level_{self._depth}", get_ident()
            self._writer.execute(f"savepoint {name}")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._writer.execute(f"rollback to {name}")
                raise
            finally:
                self._depth -= 1
                self._owner = get_ident() if self._depth else None
                self._writer.execute(f"release {name}")

    # Reading

    def versions(
        self,
        object_name: str,
        *,
        where: str = "1",
        parameters: Sequence[Any] = (),
        order: str = "",
        limit: int | None = None,
        offset: int = 0,
        most: int = LIVE,
    ) -> "array[int]":
        """Numbers of the newest versions that meet a condition.

        Args:
            object_name: such as ``Lead``.
            where: in SQL.
            parameters: its values.
            order: SQL's criteria.
            limit: at most so many.
            offset: leave out the first.
            most: ``LIVE`` for live records only, ``IN_BIN`` for those in the bin too, ``PURGED`` for all.
        """
        sql = (
            f'select _version from "{object_name}" where _state > 0 and _state <= {most} and {where} '
            f"order by {order + ', ' if order else ''}_version limit ? offset ?"
        )
        with self._reading() as connection:
            cursor = connection.execute(sql, [*parameters, -1 if limit is None else limit, offset])
            return array("q", (version for (version,) in cursor))

    def count(
        self, object_name: str, where: str = "1", parameters: Sequence[Any] = (), most: int = LIVE
    ) -> int:
        """How many newest versions meet a condition; see ``versions``."""
        sql = f'select count(*) from "{object_name}" where _state > 0 and _state <= {most} and {where}'
        with self._reading() as connection:
            return int(connection.execute(sql, parameters).fetchone()[0])

    def rows(self, object_name: str, versions: Iterable[int], names: Sequence[str]) -> list[tuple[str, ...]]:
        """Stored texts of some versions' fields, in the order of the versions."""
        return self._look_up(object_name, versions, _quoted(names))

    def csv_lines(
        self, object_name: str, versions: "array[int]", names: Sequence[str], delimiter: str
    ) -> Iterator[list[str]]:
        """Lines of CSV without their ends, every cell in quotes, in the versions' order; some thousand at once."""
        line = f" || '{delimiter}' || ".join(
            _csv_expression(names[start : start + _COLUMNS_PER_FORMAT], delimiter)
            for start in range(0, len(names), _COLUMNS_PER_FORMAT)
        )
        for start in range(0, len(versions), _BATCH):
            found = self._look_up(object_name, versions[start : start + _BATCH], line)
            yield [text for (text,) in found]

    def _look_up(self, object_name: str, versions: Iterable[int], expressions: str) -> list[Any]:
        wanted = "(select value as _wanted from json_each(?))"
        sql = f'select {expressions} from {wanted} cross join "{object_name}" on _version = _wanted'
        with self._reading() as connection:
            return connection.execute(sql, [json.dumps(list(versions))]).fetchall()

    def find(self, object_name: str, field: str, text: str) -> list[Record]:
        """The records, deleted ones too, that have this stored text in a field."""
        table = self._tables[object_name]
        sql = (
            f'select _version, _state, {table.column_list} from "{object_name}" '
            f'where "{field}" = ? and _state > 0 order by _version'
        )
        with self._reading() as connection:
            found = connection.execute(sql, [text]).fetchall()
        return [Record(row[0], row[1], dict(zip(table.names, row[2:], strict=True))) for row in found]

    def changed(
        self, object_name: str, start: datetime, end: datetime, *, deleted: bool
    ) -> list[tuple[str, str]]:
        """Id and time of the records last changed, or deleted, from ``start`` to before ``end``, oldest first."""
        sql = (
            f'select Id, _changed_at from "{object_name}" where _state > 0 and _state {">" if deleted else "="} {LIVE} '
            "and _changed_at >= ? and _changed_at < ? order by _changed_at, _version"
        )
        with self._reading() as connection:
            return connection.execute(sql, [datetime_text(start), datetime_text(end)]).fetchall()

    def smallest_id(self, object_name: str) -> str | None:
        """The first id in order; ``None`` where there are no records."""
        with self._reading() as connection:
            found: str | None = connection.execute(f'select min(Id) from "{object_name}"').fetchone()[0]
        return found

    # For tests: what is true, and what clients were given

    def truth(self, object_name: str) -> Iterator[dict[str, str | None]]:
        """Each record's newest version, deleted ones too, in the raw tables' normal form."""
        return self._normal_forms(object_name, "_state > 0")

    def served(self, object_name: str) -> dict[tuple[str, ...], dict[str, str | None]]:
        """Every version that was part of an answer that arrived, in the raw tables' normal form.

        Returns:
            By id and ``system_modstamp``, or by the id alone where the object has no such field.
        """
        table = self._tables[object_name]
        key = [name for name in ("id", "system_modstamp") if name in table.raw_names]
        versions = table.served.numbers()
        return {
            tuple(row[name] or "" for name in key): row
            for start in range(0, len(versions), _BATCH)
            for row in self._normal_forms(
                object_name, f"_version in ({', '.join(map(str, versions[start : start + _BATCH]))})"
            )
        }

    def mark_served(self, object_name: str, versions: "array[int]") -> None:
        """Note that an answer with these versions arrived."""
        self._tables[object_name].served.mark(versions)

    def _normal_forms(self, object_name: str, where: str) -> Iterator[dict[str, str | None]]:
        table = self._tables[object_name]
        sql = f'select {table.column_list} from "{object_name}" where {where} order by _version'
        with self._reading() as connection:
            cursor = connection.execute(sql)
            while rows := cursor.fetchmany(_BATCH):
                yield from map(table.normalised, rows)

    # Connections: one writes, any number read what is committed; who writes reads what it wrote

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if self._owner == get_ident():
            yield self._writer
            return
        with self._idle_lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect_reader()
        try:
            yield connection
        finally:
            with self._idle_lock:
                self._idle.append(connection)

    def _connect_reader(self) -> sqlite3.Connection:
        """With the first reader writes go to a log of their own, so that nobody waits; filling is faster without."""
        connection = self._connect()
        connection.execute("pragma journal_mode = wal")
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.folder / "records.sqlite", isolation_level=None, check_same_thread=False, timeout=60
        )
        connection.execute("pragma synchronous = off")
        connection.execute(f"pragma mmap_size = {_MAPPED_BYTES}")
        return connection


class _Table:
    """One object's SQL, and its rows; compound fields are made of their parts and not stored."""

    def __init__(self, sobject: SObject) -> None:
        fields = [field for field in sobject.fields if field.type != "address"]
        self.name = sobject.name
        self.names = tuple(field.name for field in fields)
        self._converters = {field.name: storing(field.type) for field in fields}
        self.raw_names = tuple(raw_name(field.name) for field in fields)
        self._normal = tuple(to_normal(field.type) for field in fields)
        self._of_any_type = [raw_name(field.name) for field in fields if field.type == "anyType"]
        self.column_list = _quoted(self.names)
        self.served = _Marks()
        self._stamp = "SystemModstamp" if "SystemModstamp" in self.names else "CreatedDate"
        self._external_ids = [field.name for field in fields if field.is_external_id]

    @property
    def definition(self) -> str:
        """The table and its indexes."""
        columns = ", ".join(f"\"{name}\" text not null default ''" for name in self.names)
        table = f'"{self.name}"'
        indexes = {
            "by_id": "(Id) where _state > 0",
            "by_stamp": f'("{self._stamp}") where _state > 0',
            "deleted": f"(_changed_at) where _state > {LIVE}",
            **{f"by_{name}": f'("{name}") where _state > 0' for name in self._external_ids},
        }
        return (
            f"create table {table} (_version integer primary key, _state integer, _changed_at text, {columns});"
            + "".join(
                f'create index "{self.name}_{name}" on {table} {what};' for name, what in indexes.items()
            )
        )

    @property
    def insert(self) -> str:
        """Stores a row without its version."""
        marks = ", ".join("?" * (len(self.names) + 2))
        return f'insert into "{self.name}" (_state, _changed_at, {self.column_list}) values ({marks})'

    @property
    def newest(self) -> str:
        """Finds a record's newest version."""
        return (
            f'select _version, _changed_at, {self.column_list} from "{self.name}" where Id = ? and _state > 0'
        )

    def first_row(self, record: Mapping[str, Any]) -> list[Any]:
        """A record's first version."""
        texts = self.texts(record)
        state = IN_BIN if texts.get("IsDeleted") == "true" else LIVE
        return [state, texts[self._stamp], *(texts.get(name, "") for name in self.names)]

    def texts(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Stored texts of a record's values."""
        return {
            name: "" if (value := values[name]) is None else convert(value)
            for name, convert in self._converters.items()
            if name in values
        }

    def normalised(self, row: Sequence[str]) -> dict[str, str | None]:
        """The normal form of a row's texts; in a history ``DataType`` tells the type of the old and new value."""
        shown = {
            name: convert(text) for name, convert, text in zip(self.raw_names, self._normal, row, strict=True)
        }
        for name in self._of_any_type:
            convert = to_normal(HISTORY_TYPES.get(shown["data_type"] or "", "string"))
            shown[name] = convert(shown[name] or "")
        return shown

    def next_row(
        self, before: tuple[Any, ...] | None, texts: Mapping[str, str], kind: str, at: datetime
    ) -> list[Any]:
        """A record's next version, given its newest one so far."""
        old = dict(zip(self.names, before[2:], strict=True)) if before else dict.fromkeys(self.names, "")
        new, stamp = {**old, **texts}, datetime_text(at)
        if kind == "purge" and before and old.get("IsDeleted") == "true":
            return [_STATES[kind], before[1], *old.values()]  # the time remains that of its deletion
        if "SystemModstamp" in old:
            new["SystemModstamp"] = texts.get("SystemModstamp", stamp)
        if "IsDeleted" in old:
            new["IsDeleted"] = "true" if kind in ("delete", "purge") else "false"
        return [_STATES[kind], stamp, *(new[name] for name in self.names)]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _csv_expression(names: Sequence[str], delimiter: str) -> str:
    """SQL that writes a row's fields, each in quotes; ``%w`` doubles the quotes inside."""
    cells = delimiter.join(['"%w"'] * len(names))
    return f"printf('{cells}', {_quoted(names)})"


class _Marks:
    """A set of version numbers, a byte each."""

    def __init__(self) -> None:
        self._marked = np.zeros(1024, dtype=np.bool_)
        self._lock = Lock()

    def mark(self, versions: "array[int]") -> None:
        numbers = np.frombuffer(versions, dtype=np.int64)
        if not numbers.size:
            return
        with self._lock:
            missing = int(numbers.max()) + 1 - self._marked.size
            if missing > 0:
                room = np.zeros(max(missing, self._marked.size), dtype=np.bool_)
                self._marked = np.concatenate([self._marked, room])
            self._marked[numbers] = True

    def numbers(self) -> list[int]:
        with self._lock:
            return [int(number) for number in np.flatnonzero(self._marked)]
