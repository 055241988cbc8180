"""What dlt loads of a delivery: every file into a table of its own, rows that cannot be read into one beside."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import dlt
import pyarrow as pa

from extract.files import ledger, reader
from extract.files.delivery import REJECTED, AcceptedFile, Delivery
from extract.loading import incoming
from leadhouse.warehouse import OPERATIONS

ORIGIN_COLUMNS = {"_period": "text", "_file_id": "text", "_row_number": "bigint"}
"""What of the raw tables' meta columns a file's rows have; see ``extract.tables.META_COLUMNS``."""

REJECTS_PER_BATCH = 1_000

Progress = Callable[[int], None]


def resources(deliveries: list[Delivery], progress: Progress) -> Iterator[Any]:
    """The files of all deliveries, and their rejected rows."""
    for delivery in deliveries:
        place = 0
        for file in delivery.files:
            yield _rows(file, place, progress)
            place += file.entry.rows_landed
    rejecting = [file for delivery in deliveries for file in delivery.files if file.entry.rows_rejected]
    if rejecting:
        yield _rejects(rejecting)


def _rows(file: AcceptedFile, place: int, progress: Progress) -> Any:
    """A dlt resource with a file's rows as Arrow tables; ``place`` counts the delivery's rows before them."""

    def read() -> Iterator[pa.Table]:
        last = place
        for batch in reader.batches(file.copy, file.header.columns, file.is_clean):
            yield _with_origin(batch, file.entry, last)
            last += batch.num_rows
            progress(batch.num_rows)
        if last == place:
            yield dlt.mark.materialize_table_schema()

    # No cell of a CSV file is null. Where dlt's columns are nullable, its copy into Postgres makes empty text null.
    types = dict.fromkeys(file.header.columns, "text") | ORIGIN_COLUMNS
    return incoming(file.incoming_table, types, read, nullable=False)


def _rejects(files: list[AcceptedFile]) -> Any:
    """A dlt resource with the rows that cannot be read."""
    now = datetime.now(UTC).replace(tzinfo=None)

    def read() -> Iterator[list[dict[str, Any]]]:
        for file in files:
            origin = {
                name: getattr(file.entry, name)
                for name in ("file_id", "source_name", "table_name", "period", "file_path")
            }
            batch: list[dict[str, Any]] = []
            for reject in reader.rejects(file.copy):
                batch.append(
                    origin
                    | {
                        "line_number": reject.line,
                        "raw_text": reject.text,
                        "reason": reject.reason,
                        "recorded_at": now,
                    }
                )
                if len(batch) >= REJECTS_PER_BATCH:
                    yield batch
                    batch = []
            yield batch

    return incoming(REJECTED, OPERATIONS["rejected_rows"], read, nullable=True)


def _with_origin(batch: pa.Table, entry: ledger.Entry, place: int) -> pa.Table:
    count = batch.num_rows
    origin = (
        pa.repeat(pa.scalar(entry.period), count),
        pa.repeat(pa.scalar(entry.file_id), count),
        pa.array(range(place + 1, place + count + 1), pa.int64()),
    )
    for name, values in zip(ORIGIN_COLUMNS, origin, strict=True):
        batch = batch.append_column(name, values)
    return batch
