"""Loading with dlt: rows into tables of schema ``raw_incoming``, from which a transaction of ours takes them.

dlt's own state is only good for one load: it lies in the scratch folder, and its tables go with the schema. So there is
nothing of it that a killed run could leave behind in disorder. On DuckDB dlt writes Parquet files into that folder, and
the tables are views of them: that way a row is written into the warehouse once, by the transaction.
"""

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import dlt

from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.warehouse import INCOMING, Connection, quote

MEMORY_LIMIT = "384MB"
"""What DuckDB may use while it loads; it spills to disk beyond."""


def incoming(name: str, types: dict[str, str], read: Callable[[], Iterator[Any]], *, nullable: bool) -> Any:
    """What is to be loaded into one table of ``raw_incoming``.

    Args:
        name: the table.
        types: its columns with their types; batches may bring further ones.
        read: gives the rows: Arrow tables or lists of dicts.
        nullable: whether cells may be null. Where they may, empty text becomes null too on Postgres.
    """
    columns: Any = {
        column: {"name": column, "data_type": kind, "nullable": nullable, "timezone": False}
        for column, kind in types.items()
    }
    return dlt.resource(read, name=name, columns=columns, write_disposition="append")


def load_incoming(settings: Settings, connection: Connection, resources: Iterable[Any]) -> str:
    """Load what `incoming` describes.

    Returns:
        dlt's load id.

    Raises:
        LeadhouseError: the load failed.
        KeyboardInterrupt: it was interrupted.
    """
    work, files = settings.scratch / "dlt", settings.scratch / "incoming"
    for folder in (work, files):
        shutil.rmtree(folder, ignore_errors=True)
    dlt.config["runtime.log_level"] = "CRITICAL"
    # dlt would take an interrupt for a wish, and now and then forget it.
    dlt.config["runtime.intercept_signals"] = False
    logging.getLogger("dlt").setLevel(logging.CRITICAL)
    pipeline = dlt.pipeline(
        "incoming",
        pipelines_dir=str(work),
        destination=_destination(settings, files),
        dataset_name=INCOMING,
    )
    pipeline.config.restore_from_destination = False
    try:
        info = pipeline.run(
            list(resources),
            loader_file_format="parquet" if settings.target == "duckdb" else "csv",
        )
        info.raise_on_failed_jobs()
        if settings.target == "duckdb":
            _show(connection, files, pipeline.default_schema)
    except Exception as error:
        raise _as_ours(error) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return str(info.loads_ids[0])


def _as_ours(error: Exception) -> BaseException:
    """What dlt has wrapped several times: an error of ours or an interrupt as it is, any other as one line."""
    cause: BaseException = error
    while not isinstance(cause, LeadhouseError | KeyboardInterrupt) and cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, LeadhouseError | KeyboardInterrupt):
        return cause
    reason = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
    return LeadhouseError(f"the load failed, nothing was landed: {reason}")


def _show(connection: Connection, files: Path, schema: Any) -> None:
    """Make views of the files that dlt has written."""
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    connection.execute(f"create schema if not exists {INCOMING}")
    for name in schema.data_table_names():
        found = sorted((files / INCOMING / name).glob("*.parquet"))
        paths = ", ".join(f"'{path}'" for path in found)
        connection.execute(
            f"create view {INCOMING}.{quote(name)} as select * from read_parquet([{paths}], union_by_name = true)"
        )


def _destination(settings: Settings, files: Path) -> Any:
    if settings.target == "duckdb":
        return dlt.destinations.filesystem(
            files.as_uri(), layout="{table_name}/{load_id}.{file_id}.{ext}", naming_convention="sql_ci_v1"
        )
    server = settings.postgres
    credentials = {
        "host": server.host,
        "port": server.port,
        "username": server.user,
        "password": server.password,
        "database": server.dbname,
    }
    return dlt.destinations.postgres(credentials, naming_convention="sql_ci_v1")
