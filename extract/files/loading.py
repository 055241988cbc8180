"""Loading with dlt: every file into a table of schema ``raw_incoming``, rows that cannot be read into one beside."""

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import dlt
import pyarrow as pa

from extract.files import ledger, reader
from extract.files.delivery import INCOMING, REJECTED, AcceptedFile, Delivery
from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.warehouse import OPERATIONS, Connection

ORIGIN_COLUMNS = {"_period": "text", "_file_id": "text", "_row_number": "bigint"}
"""What of the raw tables' meta columns a file's rows have; see ``extract.tables.META_COLUMNS``."""

MEMORY_LIMIT = "384MB"
"""What DuckDB may use while it loads; it spills to disk beyond."""

REJECTS_PER_BATCH = 1_000

Progress = Callable[[int], None]


def load_incoming(
    settings: Settings, connection: Connection, deliveries: list[Delivery], progress: Progress
) -> str:
    """Load the files of all deliveries.

    dlt's own state is only good for this load: it lies in the scratch folder, and its tables go with the schema.

    Returns:
        dlt's load id.

    Raises:
        LeadhouseError: the load failed.
    """
    work = settings.scratch / "dlt"
    shutil.rmtree(work, ignore_errors=True)
    dlt.config["runtime.log_level"] = "CRITICAL"
    logging.getLogger("dlt").setLevel(logging.CRITICAL)
    pipeline = dlt.pipeline(
        "files",
        pipelines_dir=str(work),
        destination=_destination(settings, connection),
        dataset_name=INCOMING,
    )
    pipeline.config.restore_from_destination = False
    try:
        info = pipeline.run(
            list(_resources(deliveries, progress)),
            loader_file_format="parquet" if settings.target == "duckdb" else "csv",
        )
        info.raise_on_failed_jobs()
    except Exception as error:
        cause: BaseException = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        raise LeadhouseError(
            f"the load failed, nothing was landed: {str(cause).strip().splitlines()[0]}"
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return str(info.loads_ids[0])


def _resources(deliveries: list[Delivery], progress: Progress) -> Iterator[Any]:
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
    return dlt.resource(
        read, name=file.incoming_table, columns=_hints(types, nullable=False), write_disposition="append"
    )


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

    return dlt.resource(
        read,
        name=REJECTED,
        columns=_hints(OPERATIONS["rejected_rows"], nullable=True),
        write_disposition="append",
    )


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


def _hints(types: dict[str, str], *, nullable: bool) -> dict[str, Any]:
    return {
        name: {"name": name, "data_type": kind, "nullable": nullable, "timezone": False}
        for name, kind in types.items()
    }


def _destination(settings: Settings, connection: Connection) -> Any:
    if settings.target == "duckdb":
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        return dlt.destinations.duckdb(connection.raw, naming_convention="sql_ci_v1")
    server = settings.postgres
    credentials = {
        "host": server.host,
        "port": server.port,
        "username": server.user,
        "password": server.password,
        "database": server.dbname,
    }
    return dlt.destinations.postgres(credentials, naming_convention="sql_ci_v1")
