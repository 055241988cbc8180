"""Ingest jobs of Bulk API 2.0: records in CSV, and for each of them what became of it."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leadhouse.simulator.crm.org import SObject
from leadhouse.simulator.crm.salesforce.context import Call, Context
from leadhouse.simulator.crm.salesforce.errors import SalesforceError, not_found
from leadhouse.simulator.crm.salesforce.jobs import DELIMITERS, LINE_ENDINGS, Job, Jobs
from leadhouse.simulator.crm.salesforce.records import Records
from leadhouse.simulator.crm.server import Response

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
NOTHING = "#N/A"
"""A cell that empties its field; an empty cell leaves it as it is."""

Row = dict[str, str]


@dataclass(kw_only=True)
class IngestJob(Job):
    """An ingest job.

    Args:
        sobject: whose records.
        external_id: the field that an upsert goes by.
        content: the CSV that was uploaded.
        successful: id, whether created, and the row.
        unsuccessful: id if known, error, and the row.
        unprocessed: rows.
    """

    sobject: SObject
    external_id: str | None
    content: bytes | None = None
    header: list[str] = field(default_factory=list)
    successful: list[tuple[str, bool, Row]] = field(default_factory=list)
    unsuccessful: list[tuple[str, str, Row]] = field(default_factory=list)
    unprocessed: list[Row] = field(default_factory=list)


class IngestJobs(Jobs[IngestJob]):
    """``/jobs/ingest``.

    Args:
        context: the org.
        records: writes them.
    """

    kind = "ingest"
    job_type = "V2Ingest"
    first_number = 62**5

    def __init__(self, context: Context, records: Records) -> None:
        super().__init__(context)
        self._records = records

    def make(self, call: Call, order: dict[str, Any], job: dict[str, Any]) -> IngestJob:
        """A job that waits for its CSV.

        Raises:
            SalesforceError: it makes no sense.
        """
        operation, name = order.get("operation"), str(order.get("object"))
        sobject = self._context.catalogue.find(name)
        if sobject is None:
            raise SalesforceError("INVALIDJOB", f"InvalidJob : Unable to find object: {name}")
        if operation not in OPERATIONS:
            raise SalesforceError("INVALIDJOB", f"InvalidJob : Invalid operation: {operation}")
        external_id = order.get("externalIdFieldName")
        if operation == "upsert":
            if not external_id:
                raise SalesforceError("INVALIDJOB", "InvalidJob : External ID was blank for upsert operation")
            self._records.key_field(sobject, external_id)
        return IngestJob(
            operation=operation,
            object_name=sobject.name,
            state="Open",
            sobject=sobject,
            external_id=external_id if operation == "upsert" else None,
            **job,
        )

    def details(self, job: IngestJob, call: Call) -> dict[str, Any]:
        """Where to upload, and how many records failed."""
        details: dict[str, Any] = {"numberRecordsFailed": job.failed} if job.finished else {}
        if job.external_id:
            details["externalIdFieldName"] = job.external_id
        if job.state == "Open":
            details["contentUrl"] = f"services/data/v{job.version}/jobs/ingest/{job.id}/batches"
        return details

    def part(self, call: Call, job: IngestJob, name: str) -> Response:
        """The upload, and the results.

        Raises:
            SalesforceError: there is no such part, or it is not its time.
        """
        if name == "batches":
            return self._upload(call, job)
        call.allow("GET")
        if name not in ("successfulResults", "failedResults", "unprocessedRecords", "unprocessedrecords"):
            raise not_found()
        if job.state not in ("JobComplete", "Failed", "Aborted"):
            raise SalesforceError("INVALIDJOBSTATE", f"Invalid job state: {job.state}")
        return Response(body=self._results(job, name), content_type="text/csv;charset=UTF-8")

    def turn(self, call: Call, job: IngestJob, state: str) -> None:
        """``UploadComplete`` lets the job begin; ``Aborted`` ends it."""
        if state != "UploadComplete":
            super().turn(call, job, state)
            return
        if job.state != "Open":
            raise SalesforceError("INVALIDJOBSTATE", f"Closing already {job.state} Job not allowed")
        job.state = "UploadComplete"
        self.start(job)

    def _upload(self, call: Call, job: IngestJob) -> Response:
        call.allow("PUT")
        if job.state != "Open" or job.content is not None:
            raise SalesforceError("INVALIDJOBSTATE", "the job takes one upload, while it is Open")
        job.content = call.request.body
        return Response(201)

    def work(self, job: IngestJob) -> None:
        """Write one record after the other."""
        rows = self._rows(job)
        now = self._context.clock.now()
        for place, row in enumerate(rows):
            if job.state == "Aborted":
                job.unprocessed = rows[place:]
                break
            key = next((row[name] for name in row if name.lower() == "id"), "")
            try:
                job.successful.append((*self._write(job, row, key, now), row))
            except SalesforceError as error:
                job.unsuccessful.append((key, _error_text(error), row))
            job.processed += 1
        job.failed = len(job.unsuccessful)

    def _rows(self, job: IngestJob) -> list[Row]:
        text = (job.content or b"").decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[job.delimiter])
        job.header = next(reader, [])
        known = {field.name.lower() for field in job.sobject.fields}
        if unknown := [name for name in job.header if name.lower() not in known]:
            raise SalesforceError("InvalidBatch", f"Field name not found : {unknown[0]}")
        rows = [cells for cells in reader if cells]
        if any(len(cells) != len(job.header) for cells in rows):
            raise SalesforceError("InvalidBatch", "the number of cells differs from the header's")
        return [dict(zip(job.header, cells, strict=True)) for cells in rows]

    def _write(self, job: IngestJob, row: Row, key: str, now: datetime) -> tuple[str, bool]:
        key_field = (job.external_id or "Id").lower()
        values = {
            name: None if cell == NOTHING else cell
            for name, cell in row.items()
            if cell and name.lower() not in (key_field, "id")
        }
        if job.operation == "insert":
            return self._records.create(job.sobject, values, now), True
        if job.operation == "upsert":
            wanted = next((cell for name, cell in row.items() if name.lower() == key_field), "")
            return self._records.upsert(job.sobject, key_field, wanted, values, now)
        if not key:
            raise SalesforceError("MISSING_ARGUMENT", "Id not specified", 400, ())
        if job.operation == "update":
            self._records.update(job.sobject, key, values, now)
            return self._records.live(job.sobject, key).texts["Id"], False
        return self._records.delete(job.sobject, key, now, for_good=job.operation == "hardDelete"), False

    def _results(self, job: IngestJob, name: str) -> bytes:
        if name == "successfulResults":
            first = ["sf__Id", "sf__Created"]
            rows: Iterable[list[str]] = (
                [key, "true" if created else "false", *row.values()] for key, created, row in job.successful
            )
        elif name == "failedResults":
            first = ["sf__Id", "sf__Error"]
            rows = ([key, error, *row.values()] for key, error, row in job.unsuccessful)
        else:
            first, rows = [], (list(row.values()) for row in job.unprocessed)
        text = io.StringIO(newline="")
        writer = csv.writer(
            text,
            quoting=csv.QUOTE_ALL,
            delimiter=DELIMITERS[job.delimiter],
            lineterminator=LINE_ENDINGS[job.line_ending],
        )
        writer.writerow([*first, *job.header])
        writer.writerows(rows)
        return text.getvalue().encode()


def _error_text(error: SalesforceError) -> str:
    return f"{error.code}:{error.message}:{' '.join(error.fields or ())} --"
