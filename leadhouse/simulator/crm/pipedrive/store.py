"""The company's data in one SQLite file: what answers show now, what is on its way there, and what they have shown."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadhouse.simulator.crm.pipedrive.changelog import Item
from leadhouse.simulator.crm.pipedrive.fields import Record

FILE = "pipedrive.sqlite"
SCHEMA = """
create table facts (name text primary key, value text) without rowid;
create table records (
    kind text, id integer, update_time text, status text, is_archived integer, is_deleted integer, body text
);
create table changes (
    number integer primary key, deal_id integer, field_key text, old_value text, new_value text, actor_user_id integer,
    time text, change_source text, change_source_user_agent text, is_bulk_update_flag integer,
    is_served integer default 0
);
create table arrivals (
    number integer primary key, visible_at integer, kind text, id integer, body text, items text
);
create table served (
    kind text, id integer, update_time text, body text, primary key (kind, id, update_time)
) without rowid;
"""
INDEXES = """
create unique index if not exists records_by_id on records (kind, id);
create index if not exists records_by_time on records (kind, update_time, id);
create index if not exists records_by_state on records (kind, is_deleted, status, is_archived, id);
create index if not exists changes_by_deal on changes (deal_id);
create index if not exists arrivals_by_time on arrivals (visible_at);
create index if not exists arrivals_by_record on arrivals (kind, id);
"""
ITEM_COLUMNS = ", ".join(Item._fields)
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
NEVER = 2**62


@dataclass(frozen=True)
class Raw:
    """Where a kind of record lands.

    Args:
        kind: as the API's path names it.
        renamed: key of the answer → raw column, where the two differ.
    """

    kind: str
    renamed: Mapping[str, str]


RAW = {
    "deals": Raw("deals", {}),
    "activity": Raw("activities", {"id": "activity_id", "owner_id": "assigned_to_user"}),
    "persons": Raw("persons", {}),
    "organizations": Raw("organizations", {}),
    "products": Raw("products", {}),
    "pipelines": Raw("pipelines", {}),
    "stages": Raw("stages", {"id": "stage_id", "name": "stage_name"}),
    "users": Raw("users", {}),
    "activity_types": Raw("activityTypes", {"key_string": "type", "active_flag": "active"}),
    "fields": Raw("dealFields", {"key": "field_key", "options": "field_value_options"}),
}
"""By raw table; besides them there is ``deal_changes``."""
BEGINNINGS = {"user_id": "owner_id", "stage_id": "stage_id"}
"""Key of the changelog → the deal's: what a deal begins with is no line of its changelog, but is a raw row."""


class Store:
    """The file. One caller at a time: the site's lock sees to that.

    Args:
        folder: where the file lies; made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = off")
        if not self._connection.execute("select count(*) from sqlite_master").fetchone()[0]:
            self._connection.executescript(SCHEMA)
        self._next_arrival = self._first_arrival()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def fact(self, name: str) -> str | None:
        """What was noted under a name."""
        row = self._connection.execute("select value from facts where name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def note(self, name: str, value: object) -> None:
        """Note something under a name."""
        self._connection.execute("insert or replace into facts values (?, ?)", (name, str(value)))

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Put in what the company begins with, instead of whatever an attempt before may have left."""
        self._connection.execute("begin")
        self._connection.execute("delete from records")
        self._connection.execute("delete from changes")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")
        self._connection.executescript(INDEXES)

    def add(self, kind: str, records: Iterable[Record]) -> None:
        """Put in records that are visible at once."""
        self._connection.executemany(
            "insert or replace into records values (?, ?, ?, ?, ?, ?, ?)",
            (_row(kind, record) for record in records),
        )

    def add_items(self, items: Iterable[tuple[int, Item]]) -> None:
        """Put in lines of changelogs, each with its deal's id; the oldest of a deal first."""
        self._connection.executemany(
            f"insert into changes (deal_id, {ITEM_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((number, *item) for number, item in items),
        )

    def write(self, kind: str, record: Record, items: Iterable[Item], visible_at: int) -> None:
        """Change or add a record; answers show it from a second on.

        A record's changes become visible in their order: none before one that was made earlier.
        """
        earlier = self._connection.execute(
            "select max(visible_at) from arrivals where kind = ? and id = ?", (kind, record["id"])
        ).fetchone()[0]
        visible_at = max(visible_at, earlier or 0)
        self._connection.execute(
            "insert into arrivals (visible_at, kind, id, body, items) values (?, ?, ?, ?, ?)",
            (visible_at, kind, record["id"], _dump(record), _dump(list(items))),
        )
        self._next_arrival = min(self._next_arrival, visible_at)

    def publish(self, second: int) -> None:
        """Let answers show everything that is visible from this second on."""
        if second < self._next_arrival:
            return
        due = self._connection.execute(
            "select kind, body, items, id from arrivals where visible_at <= ? order by number", (second,)
        ).fetchall()
        self._connection.execute("begin")
        for kind, body, items, number in due:
            self.add(kind, (json.loads(body),))
            self.add_items((number, Item(*item)) for item in json.loads(items))
        self._connection.execute("delete from arrivals where visible_at <= ?", (second,))
        self._connection.execute("commit")
        self._next_arrival = self._first_arrival()

    def latest(self, kind: str, number: int) -> Record | None:
        """A record as it was last written, visible or not."""
        row = self._connection.execute(
            "select body from arrivals where kind = ? and id = ? order by number desc limit 1", (kind, number)
        ).fetchone()
        body = row[0] if row else self.body(kind, number)
        return json.loads(body) if body else None

    def body(self, kind: str, number: int) -> str | None:
        """A record as answers show it: JSON text."""
        row = self._connection.execute(
            "select body from records where kind = ? and id = ?", (kind, number)
        ).fetchone()
        return str(row[0]) if row else None

    def bodies(self, kind: str) -> list[str]:
        """All records of a kind as answers show them, in the order of their ids; a field's second half after it."""
        rows = self._connection.execute(
            "select body from records where kind = ? order by abs(id), id desc", (kind,)
        )
        return [body for (body,) in rows]

    def next_id(self, kind: str) -> int:
        """An id that nobody has."""
        most = "select max(id) from {} where kind = ?"
        taken = [self.rows(most.format(table), (kind,))[0][0] for table in ("records", "arrivals")]
        return 1 + max(number or 0 for number in taken)

    def some(self, kind: str, share: float, condition: str = "is_deleted = 0") -> int | None:
        """The id of a visible record.

        Args:
            kind: of the record.
            share: 0 to 1: how far along those that fit.
            condition: SQL over ``is_deleted``, ``status`` and ``is_archived``.
        """
        # Named, because SQLite would rather go through the ids, and read every body on its way.
        fitting = f"from records indexed by records_by_state where kind = ? and {condition}"
        count = self._connection.execute(f"select count(*) {fitting}", (kind,)).fetchone()[0]
        row = self._connection.execute(
            f"select id {fitting} order by is_deleted, status, is_archived, id limit 1 offset ?",
            (kind, int(share * count)),
        ).fetchone()
        return row and int(row[0])

    def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """The answer to a query of ``records`` or ``changes``."""
        return self._connection.execute(sql, tuple(parameters)).fetchall()

    def mark_served(self, kind: str, bodies: Iterable[str]) -> None:
        """Remember that a client has seen these records as they are."""
        self._connection.execute("begin")
        self._connection.executemany(
            "insert or ignore into served values (?, ?, ?, ?)",
            (
                (kind, _number(record), time_of(record), body)
                for body in bodies
                for record in (json.loads(body),)
            ),
        )
        self._connection.execute("commit")

    def mark_items_served(self, numbers: Iterable[int]) -> None:
        """Remember that a client has seen these lines of a changelog."""
        self._connection.execute("begin")
        self._connection.executemany(
            "update changes set is_served = 1 where number = ?", ((number,) for number in numbers)
        )
        self._connection.execute("commit")

    def truth(self, table: str) -> Iterator[dict[str, str | None]]:
        """The newest visible version of every record, deleted ones too, as raw rows in normal form.

        ``deal_changes``: every line of every changelog, and the first owner and stage of every deal.
        """
        if table == "deal_changes":
            return self._change_rows(only_served=False)
        return (_raw_row(table, body) for body in self.bodies(RAW[table].kind))

    def served(self, table: str) -> Iterator[dict[str, str | None]]:
        """Every version that an answer contained which reached its client whole, as raw rows in normal form."""
        if table == "deal_changes":
            return self._change_rows(only_served=True)
        rows = self._connection.execute("select body from served where kind = ?", (RAW[table].kind,))
        return (_raw_row(table, body) for (body,) in rows)

    def _change_rows(self, *, only_served: bool) -> Iterator[dict[str, str | None]]:
        added: dict[int, str] = {}
        first_values: dict[int, dict[str, str | None]] = {}
        rows = self._connection.execute(
            f"select deal_id, is_served, {ITEM_COLUMNS} from changes order by number"
        )
        for deal_id, is_served, *values in rows:
            item = Item(*values)
            if item.field_key in BEGINNINGS:
                first_values.setdefault(deal_id, {}).setdefault(item.field_key, item.old_value)
            if only_served and not is_served:
                continue
            if item.field_key == "add_time":
                added[deal_id] = item.time
            yield _change_row(deal_id, item)
        for deal_id, time in added.items():
            deal = json.loads(self.body("deals", deal_id) or "{}")
            present = {key: str(deal[name]) for key, name in BEGINNINGS.items()}
            for key, value in (present | first_values.get(deal_id, {})).items():
                yield _change_row(deal_id, Item(key, None, value, None, time, None))

    def _first_arrival(self) -> int:
        first = self._connection.execute("select min(visible_at) from arrivals").fetchone()[0]
        return NEVER if first is None else int(first)


def normal(value: Any) -> str | None:
    """A value of an answer as raw tables hold it: text, or ``None`` for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return _dump(value)
    return str(value)


def time_of(record: Record) -> str:
    """When a record last changed, as the record itself writes it; empty where it does not say."""
    return str(record.get("update_time") or record.get("modified") or "")


def _number(record: Record) -> int:
    # A field's second half has no id of its own.
    return int(record["id"] or -record["parent_id"])


def _row(kind: str, record: Record) -> tuple[Any, ...]:
    return (
        kind,
        _number(record),
        time_of(record),
        record.get("status"),
        record.get("is_archived", False),
        record.get("is_deleted", False),
        _dump(record),
    )


def _dump(value: Any) -> str:
    return ENCODER.encode(value)


def _raw_row(table: str, body: str) -> dict[str, str | None]:
    record = json.loads(body)
    row = {RAW[table].renamed.get(key, key): normal(value) for key, value in record.items()}
    if table == "activity":
        row["due_to"] = "T".join(part for part in (row["due_date"], row["due_time"]) if part)
    return row


def _change_row(deal_id: int, item: Item) -> dict[str, str | None]:
    return {
        "deal_id": str(deal_id),
        "change_time": item.time,
        "changed_field_key": item.field_key,
        "new_value": normal(item.new_value),
        "old_value": normal(item.old_value),
        "actor_user_id": normal(item.actor_user_id),
        "change_source": item.change_source,
    }
