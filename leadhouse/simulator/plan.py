"""What to simulate and where each file goes."""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from leadhouse.errors import LeadhouseError
from leadhouse.simulator import laws, pipedrive, register, salesforce_rows
from leadhouse.simulator.files import Form, Row, write_batches, write_rows, write_side_by_side
from leadhouse.simulator.leads import Leads
from leadhouse.simulator.months import add_months, period
from leadhouse.simulator.pipedrive import Pipedrive
from leadhouse.simulator.register import Register
from leadhouse.simulator.salesforce import Salesforce

MARKER = "simulation.json"
"""Says with which options a folder was written, and that a later simulation may replace it."""
PERIOD = re.compile(r"[0-9]{4}-[0-9]{2}")
FOLDERS = ("pipedrive", "salesforce", "facilities", "truth")
PLAIN, ENDED, WINDOWS = Form(), Form(ends_with_line_end=True), Form(line_end="\r\n")

FACILITY_EVENTS_HEADER = ("period", "state", "licence", "event", "old_value", "new_value")
LEAD_FACILITIES_HEADER = ("lead_id", "state", "licence", "duplicate_of")
LEAD_STATUSES_HEADER = ("from_status", "to_status", "weight", "mean_days")


@dataclass(frozen=True)
class Plan:
    """What to simulate. The numbers are those of the first month; later months add to them.

    Args:
        seed: everything follows from it.
        start: first day of the first month.
        months: deliveries.
        deals: different deals.
        activities: rows.
        users: sales people.
        leads: Salesforce leads; so that there are accounts, opportunities and all that belongs to them.
        facilities: licensed sites in all three states.
    """

    seed: int
    start: date
    months: int
    deals: int
    activities: int
    users: int
    leads: int
    facilities: int

    def deliveries(self, out: Path) -> list[tuple[date, Path]]:
        """Each month and the folder of its files: ``out`` itself for a single one, else ``out/YYYY-MM``."""
        months = [add_months(self.start, place) for place in range(self.months)]
        return [(month, out if self.months == 1 else out / period(month)) for month in months]


@dataclass(frozen=True)
class Written:
    """A file, the number of its rows so far, and whether these are all."""

    path: Path
    rows: int
    is_complete: bool = True


def write(plan: Plan, out: Path) -> Iterator[Written]:
    """Write all files, and say after each (after each part of a big one) how far it is.

    Raises:
        LeadhouseError: the folder holds something else, or cannot be written.
    """
    try:
        _clear(out)
        (out / MARKER).write_text(json.dumps(asdict(plan), default=str, indent=2) + "\n", encoding="utf-8")
        yield from _write_files(plan, out)
    except OSError as error:
        raise LeadhouseError(
            f"{error.filename or out}: cannot be written ({error.strerror}); free some space or choose another folder"
        ) from error


def _clear(out: Path) -> None:
    """Make the folder, or remove what an earlier simulation wrote there."""
    out.mkdir(parents=True, exist_ok=True)
    present = sorted(path.name for path in out.iterdir())
    ours = [name for name in present if name == MARKER or name in FOLDERS or PERIOD.fullmatch(name)]
    if present and (MARKER not in present or ours != present):
        other = next((name for name in present if name not in ours), present[0])
        raise LeadhouseError(f"{out}: holds other content ({other}); name a new or an empty folder")
    for name in ours:
        if name != MARKER:
            shutil.rmtree(out / name)


def _write_files(plan: Plan, out: Path) -> Iterator[Written]:
    crm = Pipedrive(plan.deals, plan.activities, plan.users, plan.seed, plan.start)
    registers = [
        Register(state, size, plan.seed, plan.start)
        for state, size in register.sizes(plan.facilities).items()
    ]
    leads = Leads(plan.leads, [site for state in registers for site in state.sites], plan.seed, plan.start)
    org = Salesforce(leads, plan.seed, plan.start, plan.users)
    facility_events: list[Row] = []
    for month, folder in plan.deliveries(out):
        if month > plan.start:
            facility_events += [
                (period(month), *astuple(event)) for state in registers for event in state.advance(month)
            ]
            leads.advance(month)
        yield from _write_pipedrive(crm, month, folder / "pipedrive")
        is_last = month == add_months(plan.start, plan.months - 1)
        yield from _write_salesforce(org, month, folder / "salesforce", out / "truth" if is_last else None)
        for state in registers:
            yield _rows(folder / "facilities" / f"{state.state}.csv", state.header, state.rows(), PLAIN)
    yield _rows(out / "truth" / "facility_events.csv", FACILITY_EVENTS_HEADER, facility_events, ENDED)
    yield _rows(out / "truth" / "lead_facilities.csv", LEAD_FACILITIES_HEADER, leads.truth(), ENDED)
    yield _rows(out / "truth" / "lead_statuses.csv", LEAD_STATUSES_HEADER, _status_rows(), ENDED)


def _write_pipedrive(crm: Pipedrive, month: date, folder: Path) -> Iterator[Written]:
    yield from _batches(folder / "deal_changes.csv", pipedrive.DEAL_CHANGES_HEADER, crm.deal_changes(month))
    yield from _batches(folder / "activity.csv", pipedrive.ACTIVITY_HEADER, crm.activities(month))
    yield _rows(
        folder / "activity_types.csv", pipedrive.ACTIVITY_TYPES_HEADER, pipedrive.ACTIVITY_TYPES, PLAIN
    )
    yield _rows(folder / "stages.csv", pipedrive.STAGES_HEADER, pipedrive.stage_rows(), PLAIN)
    yield _rows(folder / "users.csv", pipedrive.USERS_HEADER, crm.users(), ENDED)
    yield _rows(folder / "fields.csv", pipedrive.FIELDS_HEADER, pipedrive.field_rows(), WINDOWS)


def _write_salesforce(org: Salesforce, month: date, folder: Path, truth: Path | None) -> Iterator[Written]:
    """Write a month's files and, where it has a folder, the truth as of then."""
    paths = {name: folder / f"{name}.csv" for name in salesforce_rows.TABLES}
    if truth:
        paths |= {name: truth / f"{name}.csv" for name in salesforce_rows.TRUTH}
    columns = salesforce_rows.TABLES | salesforce_rows.TRUTH
    headers = {path: columns[name] for name, path in paths.items()}
    entries = ((paths[name], row) for name, row in org.entries(month) if name in paths)
    for path, rows, is_complete in write_side_by_side(headers, entries, PLAIN):
        yield Written(path, rows, is_complete)


def _status_rows() -> list[Row]:
    """The chain of the leads' statuses, as it is for those that are not converted."""
    return [
        (status, following, str(weight), str(laws.DWELL_DAYS[status]))
        for status, moves in laws.LEAD_MOVES.items()
        for following, weight in moves.items()
    ]


def _rows(path: Path, header: Row, rows: Sequence[Row], form: Form) -> Written:
    return Written(path, write_rows(path, header, rows, form))


def _batches(path: Path, header: Row, batches: Iterable[pa.Table]) -> Iterator[Written]:
    rows = 0
    for rows in write_batches(path, header, batches):
        yield Written(path, rows, is_complete=False)
    yield Written(path, rows)
