"""Query jobs of Bulk API 2.0: a query's result is written to a file once, and served in parts."""

from array import array
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from leadhouse.simulator.crm.salesforce.context import Call
from leadhouse.simulator.crm.salesforce.errors import SalesforceError, not_found
from leadhouse.simulator.crm.salesforce.jobs import DELIMITERS, LINE_ENDINGS, Job, Jobs, locator, offset_of
from leadhouse.simulator.crm.salesforce.selection import Selection
from leadhouse.simulator.crm.salesforce.store import IN_BIN, LIVE
from leadhouse.simulator.crm.server import Response

PAGES_AT_ONCE = 5


@dataclass(kw_only=True)
class QueryJob(Job):
    """A query job.

    Args:
        selection: what is asked for.
        versions: of the result, in order.
        ends: where each record's line ends in the file, in bytes; the first is the end of the header.
    """

    selection: Selection
    versions: "array[int]" = field(default_factory=lambda: array("q"))
    ends: "array[int]" = field(default_factory=lambda: array("q", [0]))

    @property
    def file(self) -> Path:
        """Header and records."""
        return self.folder / f"{self.id}.csv"


class QueryJobs(Jobs[QueryJob]):
    """``/jobs/query``."""

    kind = "query"
    job_type = "V2Query"
    first_number = 1

    def make(self, call: Call, order: dict[str, Any], job: dict[str, Any]) -> QueryJob:
        """A job whose query can be answered.

        Raises:
            SalesforceError: it cannot, or the day's jobs are used up.
        """
        if self.created_count(call.now) >= self._context.limits.daily_bulk_queries:
            raise SalesforceError("EXCEEDED_MAX_JOBS", "the day's Bulk API 2.0 query jobs are used up")
        operation = order.get("operation")
        if operation not in ("query", "queryAll"):
            raise SalesforceError("INVALIDJOB", f"operation must be query or queryAll, not {operation}")
        selection = self._context.select(str(order.get("query", "")))
        if selection.is_count:
            raise SalesforceError("API_ERROR", "Aggregate queries are not supported in Bulk Query")
        if selection.offset:
            raise SalesforceError("API_ERROR", "OFFSET is not supported in Bulk Query")
        if any(field.type == "address" for field in selection.fields):
            message = "Selecting compound data not supported in Bulk Query"
            raise SalesforceError("FUNCTIONALITY_NOT_ENABLED", message)
        made = QueryJob(
            operation=operation,
            object_name=selection.sobject.name,
            state="UploadComplete",
            selection=selection,
            **job,
        )
        self.start(made)
        return made

    def details(self, job: QueryJob, call: Call) -> dict[str, Any]:
        """Nothing more."""
        return {}

    def work(self, job: QueryJob) -> None:
        """Write the result's file."""
        if self._context.faults.strikes("query_timeout"):
            raise SalesforceError("QUERY_TIMEOUT", "Your query request was running for too long.")
        selection, store = job.selection, self._context.store
        names = [field.name for field in selection.fields]
        delimiter, end = DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending]
        versions = store.versions(
            job.object_name,
            where=selection.where,
            parameters=selection.parameters,
            order=selection.order,
            limit=selection.limit,
            most=IN_BIN if job.operation == "queryAll" else LIVE,
        )
        header = (delimiter.join(f'"{name}"' for name in names) + end).encode()
        ends = array("q", [len(header)])
        with job.file.open("wb") as file:
            file.write(header)
            for lines in store.csv_lines(job.object_name, versions, names, delimiter):
                encoded = [f"{line}{end}".encode() for line in lines]
                ends.extend(accumulate(map(len, encoded), initial=ends.pop()))
                file.write(b"".join(encoded))
                if job.state == "Aborted":
                    return
        job.versions, job.ends, job.processed = versions, ends, len(versions)

    def part(self, call: Call, job: QueryJob, name: str) -> Response:
        """``results`` and ``resultPages``.

        Raises:
            SalesforceError: there is no such part, the job is not complete, or its result is gone.
        """
        call.allow("GET")
        if name not in ("results", "resultPages"):
            raise not_found()
        if job.state != "JobComplete":
            raise SalesforceError(
                "JOB_NOT_COMPLETE",
                "can only download query results of successfully completed bulk job with status: JOB_COMPLETE. "
                f"Current status: {job.state}",
                412,
            )
        if job.version != call.version:
            raise SalesforceError("API_ERROR", f"the job was made with version {job.version} of the API", 409)
        start = offset_of(call.request.parameter("locator"))
        if start and self._context.faults.strikes("locator_expired"):
            self._remove(job)
            raise not_found()
        if start > len(job.versions):
            raise SalesforceError("INVALID_LOCATOR", "invalid locator")
        usual = self._context.limits.bulk_page_rows
        if name == "resultPages":
            return self._pages(call, job, start, usual)
        return self._results(job, start, _rows(call.request.parameter("maxRecords"), usual))

    def _results(self, job: QueryJob, start: int, rows: int) -> Response:
        versions = job.versions[start : start + rows]
        end = start + len(versions)
        with job.file.open("rb") as file:
            header = file.read(job.ends[0])
            file.seek(job.ends[start])
            body = header + file.read(job.ends[end] - job.ends[start])
        store = self._context.store
        return Response(
            body=body,
            headers={
                "Sforce-NumberOfRecords": str(len(versions)),
                "Sforce-Locator": locator(end) if end < len(job.versions) else "null",
            },
            content_type="text/csv;charset=UTF-8",
            delivered=lambda: store.mark_served(job.object_name, versions),
        )

    def _pages(self, call: Call, job: QueryJob, start: int, rows: int) -> Response:
        path = f"{call.base}/jobs/query/{job.id}"
        starts = list(range(start, max(1, len(job.versions)), rows))
        pages = [
            {"resultLink": f"{path}/results?locator={locator(place)}"} for place in starts[:PAGES_AT_ONCE]
        ]
        rest = starts[PAGES_AT_ONCE:]
        following = f"{path}/resultPages?locator={locator(rest[0])}" if rest else None
        return Response.json({"resultPages": pages, "nextRecordsUrl": following, "done": not rest})


def _rows(text: str | None, usual: int) -> int:
    if text is None:
        return usual
    if not text.isdigit() or int(text) == 0:
        raise SalesforceError("INVALID_FIELD", f"maxRecords must be a positive number, not {text}")
    return int(text)
