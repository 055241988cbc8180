"""Reading one raw table: what has changed since the last time, and now and then all of it.

Its cursor holds, by end point, up to when that was read (``until``), when all was last listed (``listed_at``), the
columns of custom fields (``columns``), and for a table that is read whole a hash of what was there (``fingerprint``).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from extract.api.landing import Target
from extract.api.pipedrive.client import Client, Item
from extract.api.pipedrive.records import CustomColumns, Record, batches, flatten
from extract.api.pipedrive.resources import V1, EndPoint, Reading, Resource
from extract.api.pipedrive.values import parsed, v1_time, v2_time

LAG = timedelta(minutes=2)
"""What is younger may still be on its way into the API's lists."""

OVERLAP = timedelta(minutes=10)
"""How much of the last window is read again."""

LIST_EVERY = timedelta(days=7)
"""How often all is listed, to find what was deleted without a trace."""

PAGES_PER_LANDING = 20
"""A first load that is killed loses no more than so many pages."""

IDS_PER_CALL = 100
METHOD = "api"


class Reader:
    """Reads one raw table.

    Args:
        client: where from.
        resource: what.
        target: where to.
    """

    def __init__(self, client: Client, resource: Resource, target: Target) -> None:
        self._client, self._resource, self._target = client, resource, target
        self._cursor: dict[str, Any] = {"until": {}, **target.cursor}
        self._is_first = not target.cursor
        self._custom = CustomColumns(
            self._cursor.get("columns", {}),
            (column.name for column in target.table.columns),
            self._field_names,
        )
        self._listed: dict[str, bool] = {}
        """Ids that were listed, and whether as not deleted."""

    def read(self) -> None:
        """Read and land what is new.

        Raises:
            ApiError: it cannot be read; what was landed before stays.
        """
        if self._resource.reading is Reading.WHOLE:
            self._read_whole()
        else:
            self._read_changes()

    def _read_whole(self) -> None:
        records = [
            record
            for end_point in self._resource.end_points
            for page in self._client.pages(end_point)
            for record in self._records(page)
        ]
        fingerprint = hashlib.sha256(json.dumps(records).encode()).hexdigest()
        is_new = fingerprint != self._cursor.get("fingerprint")
        window = (None, self._client.now())
        # The fingerprint is not committed before the deletions are: it would hide them from the next run.
        self._land(records if is_new else [], window)
        if is_new:
            self._cursor["fingerprint"] = fingerprint
            self._land_gone_and_returned(
                lambda ids: (record for record in records if self._id(record) in ids)
            )

    def _read_changes(self) -> None:
        is_all = self._is_first or parsed(self._cursor["listed_at"]) <= self._client.now() - LIST_EVERY
        started = v2_time(self._client.now())
        if self._is_first:
            # What a first load lists it has landed: if it is interrupted, the windows go on where it was.
            self._cursor["listed_at"] = started
        for end_point in self._resource.end_points:
            until = self._cursor["until"].get(end_point.path)
            self._read_list(end_point, None if is_all or until is None else parsed(until) - OVERLAP)
        if is_all and not self._is_first:
            self._cursor["listed_at"] = started
            self._land_gone_and_returned(self._ask_for)

    def _read_list(self, end_point: EndPoint, low: datetime | None) -> None:
        """Read a list from a time on, or all of it, and land it part by part."""
        is_ascending = self._resource.reading is Reading.UPDATED_SINCE
        parameters = {"sort_by": "update_time", "sort_direction": "asc" if is_ascending else "desc"}
        if is_ascending and low:
            parameters["updated_since"] = v2_time(low)
        waiting: list[Record] = []
        end = self._client.now() - LAG
        for number, page in enumerate(self._client.pages(end_point, parameters), start=1):
            if number == 1:
                end = self._client.now() - LAG
            records = self._records(page)
            times = [time for record in records if (time := record.get(self._resource.time_column))]
            is_enough = not is_ascending and bool(low and times and parsed(min(times)) < low)
            waiting += [record for record in records if not is_enough or self._is_since(record, low)]
            if number % PAGES_PER_LANDING == 0:
                if is_ascending and times:
                    self._reach(end_point, min(end, parsed(max(times))))
                self._land(waiting, (low, end))
                waiting = []
            if is_enough:
                break
        self._reach(end_point, end)
        self._land(waiting, (low, end))

    def _is_since(self, record: Record, low: datetime | None) -> bool:
        time = record.get(self._resource.time_column)
        return low is None or time is None or parsed(time) >= low

    def _reach(self, end_point: EndPoint, until: datetime) -> None:
        """Note that a list was read up to a time; listing all of it again takes nothing back."""
        reached: dict[str, str] = self._cursor["until"]
        self._cursor["until"] = reached | {
            end_point.path: max(v2_time(until), reached.get(end_point.path, ""))
        }

    def _land(self, records: Sequence[Record], window: tuple[datetime | None, datetime]) -> None:
        self._cursor["columns"] = self._custom.columns
        self._target.land(
            batches(records, self._resource.key),
            self._resource.key,
            self._cursor,
            method=METHOD,
            window=window,
        )

    def _land_gone_and_returned(self, find: Callable[[set[str]], Iterable[Record]]) -> None:
        """Compare what was listed with what the raw table holds: deleted is what it alone knows.

        A record that was taken for deleted and is listed after all has been hidden from us for a time; it is landed
        as a new version.

        Args:
            find: gives the records of some ids, as far as there are such.
        """
        resource, target = self._resource, self._target
        alive = set(target.missing_from((), resource.id_column, resource.time_column))
        missing = alive - self._listed.keys()
        returned = {id_ for id_, is_live in self._listed.items() if is_live} - alive
        now = self._client.now()
        time = v1_time(now) if resource.end_points[0].path.startswith(V1) else v2_time(now)
        # A record may have passed from one list to another while they were read.
        found = list(find(missing | returned))
        gone = missing - {self._id(record) for record in found}
        back = [record | {resource.time_column: time} for record in found if self._id(record) in returned]
        self._land([*(record for record in found if self._id(record) in missing), *back], (None, now))
        target.land_deleted(
            [(id_, time) for id_ in sorted(gone)],
            self._cursor,
            method=METHOD,
            id_column=resource.id_column,
            time_column=resource.time_column,
        )

    def _ask_for(self, ids: set[str]) -> Iterator[Record]:
        wanted = sorted(ids)
        for start in range(0, len(wanted), IDS_PER_CALL):
            some = {"ids": ",".join(wanted[start : start + IDS_PER_CALL])}
            for end_point in self._resource.end_points:
                yield from (self._flat(item) for item in self._client.items(end_point, some))

    def _records(self, page: Sequence[Item]) -> list[Record]:
        records = [self._flat(item) for item in page]
        self._listed |= {self._id(record): record.get("is_deleted") != "true" for record in records}
        self._target.progress(len(records))
        return records

    def _flat(self, item: Item) -> Record:
        return flatten(item, self._resource, self._custom)

    def _id(self, record: Record) -> str:
        return record.get(self._resource.id_column) or ""

    def _field_names(self) -> dict[str, str]:
        definitions = self._resource.definitions
        return {item["key"]: item["name"] for item in self._client.items(definitions)} if definitions else {}
