"""Reading one object: what has changed since the last run, and now and then what no window can show."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extract.api.landing import Target
from extract.api.salesforce import describe
from extract.api.salesforce.bulk import Download, read_by_bulk
from extract.api.salesforce.client import Client
from extract.api.salesforce.deleted import land_deletions
from extract.api.salesforce.errors import QUERY_TIMEOUT, about
from extract.api.salesforce.progress import Progress
from extract.api.salesforce.soql import select, within
from extract.api.salesforce.values import parse_time, time_text
from extract.api.salesforce.windows import Window, next_window, read_by_query
from extract.api.session import ApiError
from extract.salesforce import SObject, column_name

CLOCK_TOLERANCE = timedelta(hours=1)

UNSEEN = {"NOT_FOUND", "INVALID_TYPE"}


def read(client: Client, sobject: SObject, target: Target) -> None:
    """Land what is new in an object.

    Raises:
        ApiError: it cannot be read; names the object.
    """
    try:
        reader = Reader(client, sobject, target)
        if reader.describe_if_due():
            reader.read_windows()
            reader.progress = land_deletions(client, sobject, target, reader.progress)
    except ApiError as error:
        raise about(sobject.name, error) from None


class Reader:
    """The windows of one object in one run.

    Args:
        client: the organisation.
        sobject: the object.
        target: its raw table.

    Attributes:
        progress: how far it has been read; ahead of what is committed only in what ``describe()`` has said.
    """

    def __init__(self, client: Client, sobject: SObject, target: Target) -> None:
        self.client, self.sobject, self.target = client, sobject, target
        self.progress = Progress.from_cursor(target.cursor)
        self._downloads = target.workspace / "window"
        self._has_described = False

    def describe_if_due(self) -> bool:
        """Learn which fields there are; false if for this user there is nothing to be read in this object."""
        if describe.is_due(self.progress, self.client, self.sobject) and not self._describe():
            return False
        describe.warn(self.progress, self.client, self.sobject, self.target)
        return True

    def read_windows(self) -> None:
        """Land the window that a killed run was downloading, then what has changed since."""
        self._distrust_the_future()
        if unfinished := self._unfinished():
            self._read(unfinished)
        lag = timedelta(seconds=self.client.settings.lag_seconds)
        if window := next_window(self.progress, self.client.now - lag):
            self._read(window)

    def _distrust_the_future(self) -> None:
        """Read all again if, by the server's clock, more has been read than there can be: a clock once was wrong."""
        read_to = self.progress.read_to
        if read_to and read_to > self.client.now + CLOCK_TOLERANCE:
            self.target.warn(
                f"{self.sobject.name} was read up to {read_to:%Y-%m-%d %H:%M} UTC, which by Salesforce's clock is"
                " yet to come; all of it is read again"
            )
            self.progress = self.progress.change(read_to=None)

    def _describe(self) -> bool:
        self._has_described = True
        try:
            self.progress = describe.describe(self.progress, self.client, self.sobject)
        except ApiError as error:
            if error.error_class not in UNSEEN or self.progress.read_to:
                raise
            self.target.warn(
                f"{self.sobject.name} is left out: the organisation does not have it, or the user may not see it"
            )
            return False
        return True

    def _unfinished(self) -> Window | None:
        """The window of a download that a killed run has left, if it still follows what has landed."""
        download = Download.found(self._downloads)
        if download is None:
            return None
        low, high = download.purpose["low"], download.purpose["high"]
        window = Window(parse_time(low) if low else None, parse_time(high))
        if download.is_for(self.client, self._soql(window), self._purpose(window)):
            return window
        download.remove()
        return None

    def _read(self, window: Window) -> None:
        """Land a window, in parts where it is too much for Salesforce."""
        parts = [window]
        while parts:
            part = parts.pop(0)
            try:
                self._read_part(part)
            except ApiError as error:
                halves = part.halves() if error.error_class == QUERY_TIMEOUT else None
                if halves:
                    parts = [*halves, *parts]
                elif error.error_class == "INVALID_FIELD" and not self._has_described:
                    self._describe()
                    describe.warn(self.progress, self.client, self.sobject, self.target)
                    parts = [part, *parts]
                else:
                    raise

    def _read_part(self, part: Window) -> None:
        soql, purpose, types = self._soql(part), self._purpose(part), self.progress.types
        download = Download.found(self._downloads)
        is_resumed = download is not None and download.is_for(self.client, soql, purpose)
        if part.low and not is_resumed:
            tables = read_by_query(self.client, soql, types)
            if tables is not None:
                self._land(tables, part, "query")
                return
        land = partial(self._land, part=part, method="bulk")
        read_by_bulk(self.client, self._downloads, soql, types, purpose, land)

    def _land(self, tables: Iterable[pa.Table], part: Window, method: str) -> None:
        before = self.progress
        read_to = max(part.high, before.read_to or part.high)
        after = before.change(
            read_to=read_to,
            deleted_to=before.deleted_to or part.high,
            listed_at=before.listed_at or part.high,
        )
        # A part that was cut before anything was to be read again does not begin where that begins.
        begins = part.low is None or (before.reread_from is not None and part.low <= before.reread_from)
        if before.must_reread and begins:
            # What is read again ends where new records begin.
            goes_on = part.high < read_to
            after = after.change(
                must_reread=goes_on,
                reread_from=part.high if goes_on else None,
                fresh=before.fresh if goes_on else (),
            )
        self.target.land(
            self._counted(tables),
            tuple(map(column_name, self.sobject.key)),
            after.cursor,
            method=method,
            window=(part.low, part.high),
            fill=tuple(map(column_name, before.fresh)),
        )
        self.progress = after

    def _counted(self, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        for table in tables:
            self.target.progress(table.num_rows)
            yield self._with_keys(table)

    def _with_keys(self, table: pa.Table) -> pa.Table:
        """The rows that can be rows; the others are put aside."""
        lacks = pa.array([False] * table.num_rows, pa.bool_())
        for name in self.sobject.key:
            lacks = pc.or_(lacks, pc.is_null(table[column_name(name)]))
        if not pc.any(lacks).as_py():
            return table
        for row in table.filter(lacks).to_pylist():
            shown = {name: value for name, value in row.items() if value is not None}
            self.target.reject(json.dumps(shown, ensure_ascii=False), f"no {' or '.join(self.sobject.key)}")
        return table.filter(pc.invert(lacks))

    def _soql(self, window: Window) -> str:
        conditions = within(self.sobject.cursor, window.low, window.high)
        return select(self.sobject.name, self.progress.types, conditions)

    def _purpose(self, window: Window) -> dict[str, Any]:
        """What a download of a window is good for: this progress, and no other."""
        return {
            "low": time_text(window.low) if window.low else None,
            "high": time_text(window.high),
            "read_to": time_text(self.progress.read_to) if self.progress.read_to else None,
            "must_reread": self.progress.must_reread,
        }
