"""One ``leadhouse extract SOURCE`` over an API from start to end: table by table, each landed for itself."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from extract import runs
from extract.api.landing import Target
from extract.api.session import ApiError, QuotaReached, Usage
from extract.tables import Table
from leadhouse.config import Settings
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

    run: runs.Run
    new_columns: tuple[str, ...]
    warnings: tuple[str, ...]
    error: ApiError | None


class Progress:
    """Is told how far a run has come; this one does nothing."""

    def reading(self, table: Table) -> None:
        """A table's turn has come."""

    def rows(self, count: int) -> None:
        """So many of its rows have come."""


def extract_api(
    settings: Settings, api: Api, names: Sequence[str], replace: bool, progress: Progress
) -> list[TableReport]:
    """Read tables and land what is new; call it with the run lock held and the warehouse prepared.

    A table that fails is left as it is, and the others go on. Where the quota is reached the run ends.

    Args:
        settings: where.
        api: the CRM.
        names: the tables; none for all.
        replace: what the tables hold is replaced.
        progress: is told how far it is.

    Returns:
        A report per table that had its turn.
    """
    with connect(settings) as connection:
        clear_incoming(connection)
    run_id = runs.new_run_id()
    reports: list[TableReport] = []
    try:
        for job in api.jobs():
            if names and job.table.name not in names:
                continue
            progress.reading(job.table)
            target = Target(settings, job.table, api.account, run_id, api.usage, replace, progress.rows)
            error = _run(job, target)
            target.finish(error)
            reports.append(TableReport(target.run, tuple(target.new_columns), tuple(target.warnings), error))
            if isinstance(error, QuotaReached):
                break
        return reports
    finally:
        shutil.rmtree(settings.scratch, ignore_errors=True)


def _run(job: Job, target: Target) -> ApiError | None:
    try:
        target.open()
        job.run(target)
    except ApiError as error:
        return error
    return None
