"""Bulk 2.0: queries that Salesforce answers in its own time, with pages that can be had again for some days.

The job's id, the locator of its next page and the pages that have come lie in a folder, so that a run that was killed
goes on where it was. What comes is checked against the number of rows that the head promises.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa
from pyarrow import csv

from extract.api.salesforce.client import Client
from extract.api.salesforce.errors import one_line
from extract.api.salesforce.values import normalised
from extract.api.session import ApiError

PAGE_ROWS = 50_000
BLOCK_BYTES = 16 * 2**20
"""More than a row can have: Arrow finds no end of one that is longer than a block."""

FIRST_POLL_SECONDS = 0.2
POLL_GROWTH = 1.25
"""So that waiting takes at most a quarter longer than the job."""

LONGEST_POLL_SECONDS = 20.0
LONGEST_WAIT_SECONDS = 6 * 3600.0
"""How long a run waits for a job at most: meanwhile no other can."""

ATTEMPTS = 5
"""How often a page that came short is asked for."""

NEW_JOBS = 3
"""How many jobs are started for one query, if Salesforce forgets them."""

STATE = "job.json"
EXPIRED = {
    "ENTITY_IS_DELETED",
    "INVALID_LOCATOR",
    "INVALID_QUERY_LOCATOR",
    "INVALIDJOB",
    "INVALIDJOBSTATE",
    "InvalidJob",
    "InvalidJobState",
    "InvalidLocator",
    "NOT_FOUND",
}
"""What Salesforce says of a job or locator that it does not have any more."""

NOT_OURS = "INSUFFICIENT_ACCESS"
"""How its codes begin for the job of another user."""


class Expired(ApiError):
    """The job, where it was, or a page that had come cannot be had any more; it must begin anew."""

    def __init__(self, job: str) -> None:
        super().__init__(
            f"Bulk job {job}: Salesforce does not have it any more, or not for this user; run it again",
            "EXPIRED",
        )


class Download:
    """A job and what has come of it.

    Args:
        folder: where it is kept; nothing else lies there.
        state: ``job`` (the id), ``organisation``, ``version`` of the API, ``soql``, ``purpose``, ``rows`` of each
            page that is here, ``locators`` of those that follow them and ``is_complete``.
    """

    def __init__(self, folder: Path, state: dict[str, Any]) -> None:
        self.folder, self.state = folder, state

    @classmethod
    def found(cls, folder: Path) -> "Download | None":
        """What an earlier run has left in a folder."""
        try:
            state = dict(json.loads((folder / STATE).read_text()))
        except (OSError, ValueError):
            return None
        return cls(folder, state) if "rows" in state else None

    @classmethod
    def begin(cls, client: Client, folder: Path, soql: str, purpose: Mapping[str, Any]) -> "Download":
        """Start a job, in place of whatever lies in the folder.

        Args:
            client: the organisation.
            folder: where its pages are to be kept.
            soql: the query.
            purpose: what it is for; kept with it.
        """
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        state: dict[str, Any] = {"job": client.start_job(soql), "organisation": client.organisation}
        state |= {"version": client.version, "soql": soql, "purpose": dict(purpose)}
        state |= {"rows": [], "locators": [], "is_complete": False}
        download = cls(folder, state)
        download._save()
        return download

    @property
    def purpose(self) -> dict[str, Any]:
        """What it is for, as given to `begin`."""
        return dict(self.state["purpose"])

    def is_for(self, client: Client, soql: str, purpose: Mapping[str, Any]) -> bool:
        """Whether it is just this query for just this purpose, of this organisation.

        Another version of the API does not get at it.
        """
        wanted = {
            "organisation": client.organisation,
            "version": client.version,
            "soql": soql,
            "purpose": purpose,
        }
        return all(self.state.get(name) == value for name, value in wanted.items())

    def tables(self, client: Client, types: Mapping[str, str]) -> Iterator[pa.Table]:
        """The results as rows of the raw table: first the pages that are here, then the others as they come.

        Args:
            client: the organisation.
            types: the fields of the query, in its order, with their types.

        Raises:
            ApiError: the job failed, or a page cannot be had.
            Expired: there is no such job or page any more, there or here.
        """
        if not self.state["is_complete"]:
            self._wait(client)
        for number in range(len(self.state["rows"])):
            yield normalised(self._kept(number, list(types)), types)
        # The next page comes while the last one is landed.
        with ThreadPoolExecutor(1) as ahead:
            coming = None if self.state["is_complete"] else ahead.submit(self._fetch, client, list(types))
            while coming:
                page = coming.result()
                coming = None if self.state["is_complete"] else ahead.submit(self._fetch, client, list(types))
                yield normalised(page, types)

    def remove(self) -> None:
        """Throw it away: it has landed, or is of no use."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self, client: Client) -> None:
        # What lands the rows takes seconds to import; meanwhile Salesforce works.
        Thread(target=import_module, args=("extract.loading",), daemon=True).start()
        seconds, end = FIRST_POLL_SECONDS, time.monotonic() + LONGEST_WAIT_SECONDS
        while True:
            with self._expiring():
                job = client.job(self.state["job"])
            if job["state"] == "JobComplete":
                return
            if job["state"] in ("Failed", "Aborted"):
                self.remove()
                reason = one_line(job.get("errorMessage") or f"it was {job['state'].lower()} in Salesforce")
                code = re.search(r"\b[A-Z]+_[A-Z_]+\b", reason)
                raise ApiError(f"Bulk job {self.state['job']}: {reason}", code[0] if code else "BULK_FAILED")
            if time.monotonic() >= end:
                raise ApiError(
                    f"Bulk job {self.state['job']}: Salesforce has not finished it in {LONGEST_WAIT_SECONDS / 3600:g}"
                    " hours; run it again to go on waiting, or abort the job in Salesforce to have a new one",
                    "BULK_UNFINISHED",
                )
            time.sleep(seconds)
            seconds = min(seconds * POLL_GROWTH, LONGEST_POLL_SECONDS)

    def _fetch(self, client: Client, names: Sequence[str]) -> pa.Table:
        """Get the next page, keep it, and note that it is here."""
        rows, locators = self.state["rows"], self.state["locators"]
        for _ in range(ATTEMPTS):
            with self._expiring():
                begin = locators[-1] if locators else None
                response = client.job_results(self.state["job"], begin, PAGE_ROWS)
            promised = response.headers.get("Sforce-NumberOfRecords", "")
            locator = response.headers.get("Sforce-Locator", "")
            try:
                page = parse(response.content, names)
            except pa.ArrowException:
                continue
            # Without a locator, even "null", nobody can know whether there are more pages.
            if locator and (not promised.isdecimal() or page.num_rows == int(promised)):
                break
        else:
            raise ApiError(
                f"Bulk job {self.state['job']}: a page came short {ATTEMPTS} times; run it again later",
                "TRUNCATED",
            )
        if locator in locators:
            self.remove()
            raise ApiError(
                f"Bulk job {self.state['job']}: Salesforce gives the same page again and again; run it again",
                "REPEATED_PAGE",
            )
        _write(self._page(len(rows)), response.content)
        rows.append(page.num_rows)
        if locator == "null":
            self.state["is_complete"] = True
        else:
            locators.append(locator)
        self._save()
        return page

    def _kept(self, number: int, names: Sequence[str]) -> pa.Table:
        """A page that is here, unless somebody has removed it, or the disk has lost some of it."""
        try:
            page = parse(self._page(number).read_bytes(), names)
        except (OSError, pa.ArrowException):
            raise Expired(self.state["job"]) from None
        if page.num_rows != self.state["rows"][number]:
            raise Expired(self.state["job"])
        return page

    @contextmanager
    def _expiring(self) -> Iterator[None]:
        """Tell a job or locator that is not to be had any more from other errors."""
        try:
            yield
        except ApiError as error:
            if error.error_class in EXPIRED or error.error_class.startswith(NOT_OURS):
                raise Expired(self.state["job"]) from error
            raise

    def _page(self, number: int) -> Path:
        return self.folder / f"{number:05d}.csv"

    def _save(self) -> None:
        _write(self.folder / STATE, json.dumps(self.state).encode())


def parse(content: bytes, names: Sequence[str]) -> pa.Table:
    """A page of results as a table of text, named as in the API; empty cells are null.

    Raises:
        pyarrow.ArrowException: it is not whole.
    """
    if content.count(b'"') % 2:  # Arrow takes what there is of a last cell that was cut
        raise pa.ArrowInvalid("it ends within a cell")
    if b"\0" in content:  # Postgres does not take it
        content = content.replace(b"\0", "␀".encode())
    if not content.strip():
        return pa.table([pa.array([], pa.string()) for _ in names], list(names))
    return csv.read_csv(
        pa.BufferReader(content),
        read_options=csv.ReadOptions(block_size=BLOCK_BYTES),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            include_columns=list(names),
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, whatever happens meanwhile."""
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def read_by_bulk(
    client: Client,
    folder: Path,
    soql: str,
    types: Mapping[str, str],
    purpose: Mapping[str, Any],
    use: Callable[[Iterator[pa.Table]], None],
) -> None:
    """Have all records of a query, going on with what an earlier run has left in the folder of just this query.

    Args:
        client: the organisation.
        folder: where pages are kept until they have been used.
        soql: the query.
        types: its fields, in its order, with their types.
        purpose: what it is for, as JSON takes it.
        use: is given the rows; called again where the job must begin anew.

    Raises:
        ApiError: the job failed, or was forgotten each time.
    """
    for attempt in range(NEW_JOBS):
        download = Download.found(folder)
        if download is None or not download.is_for(client, soql, purpose):
            download = Download.begin(client, folder, soql, purpose)
        try:
            use(download.tables(client, types))
        except Expired:
            download.remove()
            if attempt == NEW_JOBS - 1:
                raise
        else:
            download.remove()
            return
