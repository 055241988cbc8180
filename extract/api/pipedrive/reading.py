"""Reading one raw table: what has changed since the last time, and now and then all of it.

Its cursor holds, by end point, up to when that was read (``until``), when all was last listed (``listed_at``), the
columns of custom fields (``columns``), and for a table that is read whole a hash of what was there (``fingerprint``).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from extract.api.landing import Target
from extract.api.pipedrive.client import Client, Item
from extract.api.pipedrive.records import CustomColumns, Record, batches, flatten
from extract.api.pipedrive.resources import V1, EndPoint, Reading, Resource
from extract.api.pipedrive.values import parsed, v1_time, v2_time
from extract.api.session import ApiError, QuotaReached

LAG = timedelta(minutes=2)
"""What is younger may still be on its way into the API's lists."""

OVERLAP = timedelta(minutes=10)
"""How much of the last window is read again."""

LIST_EVERY = timedelta(days=7)
"""How often all is listed, to find what was deleted without a trace."""

CLOCK_TOLERANCE = timedelta(hours=1)

PAGES_PER_LANDING = 20
"""A first load that is killed loses no more than so many pages."""

MANY_GONE, MANY_GONE_SHARE = 10, 0.1
"""If more records vanish at once, and a larger share of the table, that is worth a look."""

MOST_GONE_SHARE = 0.5
"""If more of the records are gone at once, it is the user's rights that are: nothing is marked as deleted."""

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
        self._reached: dict[str, str] = {}
        """Up to when each list was read this time, by end point."""

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
        high = self._client.now() - LAG
        records = [
            record
            for end_point in self._resource.end_points
            for page in self._client.pages(end_point)
            for record in self._records(page)
        ]
        records = [record for record in records if self._is_settled(record, high)]
        # With the ids: what has just changed is left out, and may be deleted before its turn.
        fingerprint = hashlib.sha256(json.dumps([records, sorted(self._listed)]).encode()).hexdigest()
        is_new = fingerprint != self._cursor.get("fingerprint")
        window = (None, high)
        self._land(records if is_new else [], window)
        if is_new:
            self._land_gone_and_returned(
                lambda ids: (record for record in records if self._id(record) in ids),
                {"fingerprint": fingerprint},
            )

    def _distrust_the_future(self, now: datetime) -> None:
        """Read all again if, by the server's clock, more has been read than there can be: a clock once was wrong."""
        moments = [*self._cursor["until"].values(), self._cursor.get("listed_at")]
        if any(moment and parsed(moment) > now + CLOCK_TOLERANCE for moment in moments):
            self._target.warn(
                f"{self._resource.table}: read up to a time which by Pipedrive's clock is yet to come; all of it is"
                " read again"
            )
            self._cursor |= {"until": {}, "listed_at": v2_time(now)}

    def _read_changes(self) -> None:
        started = self._client.now()
        self._distrust_the_future(started)
        if self._is_first:
            # What a first load lists it has landed: if it is interrupted, the windows go on where it was.
            self._cursor["listed_at"] = v2_time(started)
        self._read_lists(self._cursor["until"])
        if parsed(self._cursor["listed_at"]) <= started - LIST_EVERY:
            self._list_all()

    def _read_lists(self, reached: Mapping[str, str]) -> None:
        """Read every list from where it was reached, with some overlap."""
        for end_point in self._resource.end_points:
            until = reached.get(end_point.path)
            self._read_list(end_point, parsed(until) - OVERLAP if until else None)

    def _list_all(self) -> None:
        """List all, to find what was deleted without a trace.

        What has changed was read before, since this may cost more than is left of the day's budget; and it leaves half
        of our share to the other tables. How far it came is kept in a file: the lists are sorted by time, and the next
        run goes on.
        """
        file = self._target.workspace / "listing.json"
        purpose = [self._target.account, self._cursor["listed_at"]]
        listing = json.loads(file.read_text()) if file.exists() else {}
        if listing.get("purpose") != purpose:
            listing = {
                "purpose": purpose,
                "started": v2_time(self._client.now()),
                "listed": {},
                "reached": {},
            }
        self._listed = listing["listed"] | self._listed
        self._reached = listing["reached"]
        try:
            with self._client.allowance.lowered():
                self._read_lists(dict(self._reached))
                self._land_gone_and_returned(self._ask_for, {"listed_at": listing["started"]})
        except ApiError as error:
            part = file.with_suffix(".part")
            part.write_text(json.dumps(listing | {"listed": self._listed, "reached": self._reached}))
            part.replace(file)
            self._target.warn(
                f"{self._resource.table}: all are listed once a week to find what was deleted, and that was not"
                f" finished; the next run goes on with it ({len(self._listed):,} are listed so far)"
            )
            if not isinstance(error, QuotaReached):
                raise
            self._client.allowance.wait()  # raises it again, unless enough is left for the tables to come
        else:
            file.unlink(missing_ok=True)

    def _read_list(self, end_point: EndPoint, low: datetime | None) -> None:
        """Read what has changed in a list from a time on, or all of it, and land it part by part."""
        high = self._client.now() - LAG
        waiting: list[Record] = []

        def land_part() -> None:
            times = [time for record in waiting if (time := record.get(self._resource.time_column))]
            if times and self._resource.reading is Reading.UPDATED_SINCE:
                self._reach(end_point, parsed(max(times)))
            self._land(waiting, (low, high))
            waiting.clear()

        try:
            for number, records in enumerate(self._changed(end_point, low, high), start=1):
                waiting += records
                if number % PAGES_PER_LANDING == 0:
                    land_part()
        except ApiError:
            if waiting:
                land_part()
            raise
        self._reach(end_point, high)
        self._land(waiting, (low, high))

    def _changed(self, end_point: EndPoint, low: datetime | None, high: datetime) -> Iterator[list[Record]]:
        """Page by page what has changed in a list, the oldest change first if the API can tell since when."""
        if self._resource.reading is Reading.UPDATED_SINCE:
            window = {"updated_until": v2_time(high)} | ({"updated_since": v2_time(low)} if low else {})
            pages = self._client.pages(
                end_point, window | {"sort_by": "update_time", "sort_direction": "asc"}
            )
            yield from map(self._records, pages)
            return
        for page in self._client.pages(end_point, {"sort_by": "update_time", "sort_direction": "desc"}):
            records = self._records(page)
            recent = [record for record in records if low is None or self._is_since(record, low)]
            yield [record for record in recent if self._is_settled(record, high)]
            if len(recent) < len(records):
                return

    def _is_since(self, record: Record, low: datetime) -> bool:
        time = self._time(record)
        return time is None or time >= low

    def _is_settled(self, record: Record, high: datetime) -> bool:
        """Whether it cannot change again at the time that it has."""
        time = self._time(record)
        return time is None or time <= high

    def _time(self, record: Record) -> datetime | None:
        try:
            return parsed(record.get(self._resource.time_column) or "")
        except ValueError:
            return None

    def _reach(self, end_point: EndPoint, until: datetime) -> None:
        """Note that a list was read up to a time; listing all of it again takes nothing back."""
        path, time = end_point.path, v2_time(until)
        self._reached[path] = time
        before: dict[str, str] = self._cursor["until"]
        self._cursor["until"] = before | {path: max(time, before.get(path, ""))}

    def _land(self, records: Sequence[Record], window: tuple[datetime | None, datetime]) -> None:
        self._cursor["columns"] = self._custom.columns
        self._target.land(
            batches(records, self._resource.key),
            self._resource.key,
            self._cursor,
            method=METHOD,
            window=window,
        )

    def _land_gone_and_returned(
        self, find: Callable[[set[str]], Iterable[Record]], compared: Mapping[str, str]
    ) -> None:
        """Compare what was listed with what the raw table holds: deleted is what it alone knows, unless it is most.

        A record that was taken for deleted and is listed after all has been hidden from us for a time; it is landed
        as a new version.

        Args:
            find: gives the records of some ids, as far as there are such.
            compared: what the cursor says of a comparison that is done.
        """
        resource, target = self._resource, self._target
        alive = set(target.missing_from((), resource.id_column, resource.time_column))
        missing = alive - self._listed.keys()
        returned = {id_ for id_, is_live in self._listed.items() if is_live} - alive
        # A record may have changed, or passed from one list to another, while they were read.
        found = list(find(missing | returned))
        gone = missing - {self._id(record) for record in found}
        if len(gone) > MOST_GONE_SHARE * len(alive):
            target.warn(
                f"{len(gone):,} of {len(alive):,} {resource.table} are not listed any more; that looks like lost"
                " rights, not like deletions: nothing is marked as deleted. Check what the token's user may see"
            )
            gone = set()
        elif len(gone) > max(MANY_GONE, MANY_GONE_SHARE * len(alive)):
            target.warn(
                f"{len(gone):,} of {len(alive):,} {resource.table} are not listed any more and taken for deleted;"
                " look whether the token's user may still see them"
            )
        now = self._client.now()
        settled = [record for record in found if self._is_settled(record, now - LAG)]
        time = v1_time(now) if resource.end_points[0].path.startswith(V1) else v2_time(now)
        back: Record = {resource.time_column: time}
        self._land(
            [
                record | back
                if self._id(record) in returned and record.get("is_deleted") != "true"
                else record
                for record in settled
            ],
            (None, now),
        )
        # Committed with the deletions, not before: it would hide them from the next run.
        self._cursor |= compared
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
        """A page's rows; what has no id cannot be one."""
        records = []
        for item in page:
            record = self._flat(item)
            if self._id(record):
                records.append(record)
                self._listed[self._id(record)] = record.get("is_deleted") != "true"
            else:
                self._target.reject(json.dumps(item, ensure_ascii=False), f"no {self._resource.id_column}")
        self._target.progress(len(page))
        return records

    def _flat(self, item: Item) -> Record:
        return flatten(item, self._resource, self._custom)

    def _id(self, record: Record) -> str:
        return record.get(self._resource.id_column) or ""

    def _field_names(self) -> dict[str, str]:
        definitions = self._resource.definitions
        return {item["key"]: item["name"] for item in self._client.items(definitions)} if definitions else {}
