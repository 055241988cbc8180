"""One ``leadhouse extract SOURCE`` over an API from start to end: table by table, each landed for itself."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from extract.api.landing import Target
from extract.api.session import ApiError, QuotaReached, Usage
from extract.runs import SIGN_IN, Run, new_run_id, record, utc_now
from extract.tables import Table
from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.warehouse import clear_incoming, connect


@dataclass(frozen=True)
class Job:
    """How one table is read.

    Args:
        table: the raw table.
        run: reads what is new and lands it; raises `ApiError`.
    """

    table: Table
    run: Callable[[Target], None]


class Api(Protocol):
    """A CRM that one has signed in to."""

    source: str
    """The source's name."""

    account: str
    """Whose data it is: the org's id, the company's domain."""

    usage: Usage
    """Calls and tokens so far."""

    def jobs(self) -> list[Job]:
        """How each table is read, in the order in which they run."""

    def check(self) -> list[str]:
        """Lines that tell a person who one is, what may be read and what is missing. Lands nothing."""


@dataclass(frozen=True)
class TableReport:
    """What became of one table.

    Args:
        run: as recorded in ``operations.runs``.
        new_columns: columns that the raw table got.
        warnings: what somebody should look at.
        error: why it failed or stopped.
    """

    run: Run
    new_columns: tuple[str, ...]
    warnings: tuple[str, ...]
    error: ApiError | None


def signed_in(settings: Settings, source: str, connect_api: Callable[[Settings], Api]) -> Api:
    """Sign in, and have it on record where that fails.

    Raises:
        LeadhouseError: the settings are not enough, or the CRM refuses them.
    """
    run = Run(run_id=new_run_id(), source_name=source, table_name=SIGN_IN, started_at=utc_now())
    try:
        return connect_api(settings)
    except LeadhouseError as error:
        run.method, run.outcome, run.finished_at = "api", "failed", utc_now()
        run.error_class = error.error_class if isinstance(error, ApiError) else "SETTINGS"
        with connect(settings) as connection, connection.transaction():
            record(connection, run)
        raise


def extract_api(
    settings: Settings,
    api: Api,
    names: Sequence[str] = (),
    replace: bool = False,
    progress: Callable[[str, int], None] = lambda name, rows: None,
) -> Iterator[TableReport]:
    """Read tables and land what is new; call it with the run lock held and the warehouse prepared.

    A table that fails is left as it is, and the others go on. Where the quota is reached the run ends.

    Args:
        settings: where.
        api: the CRM.
        names: the tables; none for all.
        replace: what the tables hold is replaced.
        progress: is told which table is being read, and how many of its rows have come.

    Yields:
        A report per table that had its turn.
    """
    with connect(settings) as connection:
        clear_incoming(connection)
    run_id = new_run_id()
    try:
        for job in api.jobs():
            if names and job.table.name not in names:
                continue
            tell = partial(progress, f"reading {job.table.name}")
            tell(0)
            target = Target(settings, job.table, api.account, run_id, api.usage, replace, tell)
            error = _run(job, target)
            target.finish(error)
            yield TableReport(target.run, tuple(target.new_columns), tuple(target.warnings), error)
            if isinstance(error, QuotaReached):
                return
    finally:
        shutil.rmtree(settings.scratch, ignore_errors=True)


def _run(job: Job, target: Target) -> ApiError | None:
    try:
        target.open()
        job.run(target)
    except ApiError as error:
        return error
    except LeadhouseError as error:  # the rows came, and could not be landed
        return ApiError(f"{job.table.schema}.{job.table.name}: {error}", "LOAD_FAILED", error.exit_code)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as cause:
        # An answer that nothing provides for, or a mistake of ours: the other tables have their turn all the same.
        unexpected = ApiError(
            f"{job.table.schema}.{job.table.name}: what came is not understood ({type(cause).__name__});"
            " what was landed stays; run it again with --debug for the details",
            "NOT_UNDERSTOOD",
            70,
        )
        unexpected.__cause__ = cause
        return unexpected
    return None
