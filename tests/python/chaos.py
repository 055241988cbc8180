"""Extraction under everything at once: faults, late and deleted records, and a kill -9 somewhere.

A seed decides all of it. After each chaotic run a clean one follows at the same moment; then the raw tables must hold
the newest version of every record exactly as the CRM has it, and every version that the CRM ever gave out, once.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from extract.api import state
from extract.api.pipedrive.resources import RESOURCES, Resource
from extract.pipedrive import TABLES as PIPEDRIVE
from extract.salesforce import OBJECTS, SObject, column_name
from extract.salesforce import TABLES as SALESFORCE
from extract.tables import Table
from leadhouse.config import Http, Settings
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import PIPEDRIVE_FAULTS, SALESFORCE_FAULTS, SERVER_FAULTS, Faults
from leadhouse.simulator.crm.org import Org
from leadhouse.simulator.crm.pipedrive import PipedriveSite
from leadhouse.simulator.crm.pipedrive.store import normal
from leadhouse.simulator.crm.salesforce import SalesforceSite
from leadhouse.simulator.crm.salesforce.sign_in import Credentials
from leadhouse.simulator.crm.salesforce.store import PURGED
from leadhouse.simulator.crm.server import Server, Site
from leadhouse.simulator.draws import Draws
from leadhouse.warehouse import connect, quote, table_columns
from tests.python.killing import Zygote

START = datetime(2026, 11, 1, tzinfo=UTC)
ROUNDS = 2
"""Chaotic runs per seed, each followed by a clean one: the first load, and what has changed since."""

FAULT_RATE = 0.1
FAULTS_AT_ONCE = 5
TIMEOUT_SECONDS = 1
SLOW_SECONDS = 1.1
"""A slow answer comes too late."""

TABLES_PER_CRM = 2
MOST_EVENTS = 15_000
"""About as many function calls as a run makes that lands something: a kill drawn up to it may fall anywhere."""

QUIET_SECONDS = 180
DAY_HOURS = 25
"""After it fields that were hidden have been looked for again."""

WEEK_HOURS = 170
"""After it everything that is looked at only once a week has been."""

CONSTANTS = {
    "extract.api.session.FIRST_WAIT_SECONDS": 0.02,
    "extract.api.salesforce.bulk.FIRST_POLL_SECONDS": 0.02,
    "extract.api.salesforce.bulk.PAGE_ROWS": 15,
    "extract.api.salesforce.windows.LARGE": 25,
    "extract.api.salesforce.deleted.LARGE": 25,
    "extract.api.pipedrive.changes.DEALS_PER_LANDING": 4,
    "extract.api.pipedrive.reading.PAGES_PER_LANDING": 1,
}
"""Small, so that small CRMs have several pages, windows for Bulk 2.0 and landings, and that nobody waits for long."""

KILLED = -9
ENDS = {0: "done", 1: "failed", 75: "quota", KILLED: "killed"}

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Knowledge:
    """What the extraction must have found out.

    Args:
        deletions: those that no list tells.
        values: those of every field.
    """

    deletions: bool
    values: bool


class Crms:
    """Both CRMs, small, on one server.

    Args:
        seed: what they hold, and how it changes.
        folder: for their files.
        credentials: who may sign in to Salesforce.
    """

    def __init__(self, seed: int, folder: Path, credentials: Credentials | None = None) -> None:
        self.clock = Clock(START, frozen=True)
        self.faults = Faults(slow_seconds=SLOW_SECONDS)
        org = Org(
            seed,
            START,
            changes_per_hour=0.5,
            leads=40,
            accounts=8,
            contacts=20,
            opportunities=12,
            cases=15,
            tasks=30,
            events=15,
            users=5,
            products=5,
            campaigns=2,
            campaign_members=15,
        )
        self.salesforce = SalesforceSite(self.clock, self.faults, org, credentials=credentials)
        self.pipedrive = PipedriveSite(
            self.clock,
            self.faults,
            folder / "pipedrive",
            seed,
            deals=6,
            activities=20,
            users=4,
            burst=1_000,
            acts_per_hour=0.3,
        )

    @contextmanager
    def served(self, settings: Settings) -> Iterator[Settings]:
        """Serve them; what is yielded says how to reach them."""
        sites: dict[str, Site] = {
            "/services": self.salesforce,
            "/id": self.salesforce,
            "/api": self.pipedrive,
            "/v1": self.pipedrive,
        }
        try:
            with Server(sites, self.clock, self.faults) as server:
                yield self.way_to(settings, server)
        finally:
            self.salesforce.close()
            self.pipedrive.close()

    def way_to(self, settings: Settings, server: Server) -> Settings:
        """The settings with which a warehouse reaches them at a server."""
        credentials = self.salesforce.credentials
        return replace(
            settings,
            salesforce=replace(
                settings.salesforce,
                url=server.url,
                client_id=credentials.client_id,
                client_secret=credentials.client_secret,
                lag_seconds=0,
            ),
            pipedrive=replace(settings.pipedrive, url=server.url, api_token=self.pipedrive.api_token),
            http=Http(server.ca_file, timeout_seconds=TIMEOUT_SECONDS, retry_seconds=20),
        )

    def let_pass(self, hours: float) -> None:
        """Let time pass, and happen what happens; at last a few minutes in which nothing does at Pipedrive.

        Its newest changes are left to the next run on purpose; here they should have been read.
        """
        self.clock.advance(hours * 3600)
        self.salesforce.catch_up()
        self.pipedrive.catch_up()
        self.clock.advance(QUIET_SECONDS)
        self.salesforce.catch_up()


def survive(seed: int, settings: Settings, runner: Zygote, folder: Path) -> Counter[str]:
    """One seed's chaos on an empty warehouse.

    Returns:
        How the chaotic runs ended, and which faults struck how often.

    Raises:
        AssertionError: something was lost, is there twice or is wrong.
    """
    draws = Draws(seed, "chaos")
    happened: Counter[str] = Counter()
    crms = Crms(seed, folder)
    tables = choose_tables(draws)
    commands = {
        source: ["extract", source, *(f"--table={table.name}" for table in tables if table.source == source)]
        for source in ("salesforce", "pipedrive")
    }
    with crms.served(settings) as reachable:
        hours, was_hidden = 0.0, False
        for _ in range(ROUNDS):
            crms.let_pass(hours)
            names = draws.sample([*SERVER_FAULTS, *SALESFORCE_FAULTS, *PIPEDRIVE_FAULTS], FAULTS_AT_ONCE)
            crms.faults.switch(names, seed, FAULT_RATE)
            killed = draws.pick(sorted(commands))
            for source, command in commands.items():
                kill_after = 1 + draws.below(MOST_EVENTS) if source == killed else None
                status = runner.run(command, reachable, kill_after=kill_after, constants=CONSTANTS)
                happened[ENDS[status]] += 1
                while kill_after and status != KILLED:  # it has ended before; so it must be earlier
                    kill_after = 1 + kill_after // 3
                    status = runner.run(command, reachable, kill_after=kill_after, constants=CONSTANTS)
                    happened[ENDS[status]] += 1
            happened.update(crms.faults.struck)
            crms.faults.off()
            run_clean(runner, reachable, commands)
            # A field that was hidden is looked for again within a day, and its values are filled in then.
            was_hidden = "hidden_field" in names or (was_hidden and hours < DAY_HOURS)
            compare(
                crms,
                settings,
                tables,
                knows_deletions=hours >= WEEK_HOURS,
                knows_values=not was_hidden,
            )
            hours = (
                WEEK_HOURS
                if draws.chance(0.5)
                else draws.below(1 + draws.below(WEEK_HOURS)) + draws.below(60) / 60
            )
    return happened


def choose_tables(draws: Draws) -> list[Table]:
    """Some of each CRM's tables: time goes with their number. Changes of deals need the deals."""
    deals = [table for table in PIPEDRIVE if table.name in ("deals", "deal_changes")]
    others = [table for table in PIPEDRIVE if table not in deals]
    chosen = deals if draws.chance(0.5) else draws.sample(others, TABLES_PER_CRM)
    return [*draws.sample(SALESFORCE, TABLES_PER_CRM), *chosen]


def run_clean(runner: Zygote, settings: Settings, commands: Mapping[str, list[str]]) -> None:
    """Read both CRMs without hindrance."""
    for source, command in commands.items():
        assert runner.run(command, settings, constants=CONSTANTS) == 0, f"the clean run of {source} failed"


def compare(
    crms: Crms,
    settings: Settings,
    tables: Sequence[Table],
    *,
    knows_deletions: bool = False,
    knows_values: bool = True,
) -> None:
    """Compare the raw tables with the CRMs.

    Args:
        crms: the CRMs.
        settings: the warehouse.
        tables: the ones that are read.
        knows_deletions: whether deletions that no list tells must have been found out.
        knows_values: whether every field could be seen.
    """
    knows = Knowledge(knows_deletions, knows_values)
    for sobject in OBJECTS:
        if sobject.table in tables:
            compare_object(crms.salesforce, sobject, settings, knows)
    for resource in RESOURCES:
        for table in tables:
            if (table.source, table.name) == ("pipedrive", resource.table):
                compare_list(crms.pipedrive, resource, table, settings, knows)
    if any(table.name == "deal_changes" for table in tables):
        compare_changes(crms.pipedrive, settings)


def compare_object(site: SalesforceSite, sobject: SObject, settings: Settings, knows: Knowledge) -> None:
    """Compare an object of Salesforce; a record that left the recycle bin cannot be shown any more."""
    key = tuple(map(column_name, sobject.key))
    purged = site.store.versions(sobject.name, where=f"_state = {PURGED}", most=PURGED)
    gone = {record_id for (record_id,) in site.store.rows(sobject.name, purged, ["Id"])}
    truth = [row for row in site.store.truth(sobject.name) if row["id"] not in gone]
    served = site.store.served(sobject.name).values()
    compare_table(settings, sobject.table, key, key[-1], truth, served, gone, knows)


def compare_list(
    site: PipedriveSite, resource: Resource, table: Table, settings: Settings, knows: Knowledge
) -> None:
    """Compare a list of Pipedrive; nothing but deals can be shown when it is deleted."""
    columns = custom_columns(settings, table)
    rows = [expanded(row, columns) for row in site.store.truth(resource.table)]
    served = [expanded(row, columns) for row in site.store.served(resource.table)]
    deleted = {str(row[resource.id_column]) for row in rows if row.get("is_deleted") == "true"}
    gone = set() if resource.table == "deals" else deleted
    truth = [row for row in rows if row[resource.id_column] not in gone]
    compare_table(settings, table, resource.key, resource.time_column, truth, served, gone, knows)


def compare_table(
    settings: Settings,
    table: Table,
    key: tuple[str, ...],
    time: str,
    truth: Iterable[Row],
    served: Iterable[Row],
    gone: set[str],
    knows: Knowledge,
) -> None:
    """Compare one raw table with the CRM.

    Args:
        settings: the warehouse.
        table: the raw table.
        key: its versions' key; the first column is that of ids.
        time: the column of a version's time.
        truth: the newest version of every record that the CRM can still show.
        served: every version that it ever gave out.
        gone: ids of records that it cannot show any more; of these the last version that it gave out counts, deleted.
        knows: what the extraction must have found out.
    """
    rows = raw_rows(settings, table)
    versions = Counter(tuple(row.get(part) for part in key) for row in rows)
    assert max(versions.values(), default=1) == 1, f"{table.name}: a version is there twice"
    lost = {tuple(row.get(part) for part in key) for row in served} - set(versions)
    assert not lost, (
        f"{table.name}: {len(lost)} versions that were given out are not there, such as {min(lost, key=str)}"
    )
    newest, id_column = newest_by_id(rows, key[0], time), key[0]
    last_served = {
        id_: {**row, "is_deleted": "true"}
        for id_, row in newest_by_id(served, id_column, time).items()
        if id_ in gone
    }
    expected = {str(row[id_column]): row for row in truth} | last_served
    missing, unknown = expected.keys() - newest.keys(), newest.keys() - expected.keys() - gone
    assert not missing and not unknown, f"{table.name}: missing {missing}, unknown {unknown}"
    for id_, row in expected.items():
        compared = newest[id_].keys() & row.keys()
        if id_ in gone:
            # It was deleted later than that, and perhaps nobody can know yet.
            compared -= {time} if knows.deletions else {time, "is_deleted"}
        differences = {
            column: (row[column], newest[id_][column])
            for column in compared
            if not is_same(row[column], newest[id_][column])
        }
        assert not (differences and knows.values), f"{table.name} {id_}: {differences}"


def compare_changes(site: PipedriveSite, settings: Settings) -> None:
    """Compare the log of deal changes, which has no versions; the changes of a deleted deal may be out of reach."""
    columns = ("deal_id", "change_time", "changed_field_key", "old_value", "new_value")
    table = next(table for table in PIPEDRIVE if table.name == "deal_changes")

    def counted(rows: Iterable[Row]) -> Counter[tuple[str | None, ...]]:
        return Counter(tuple(row[column] for column in columns) for row in rows)

    store = site.store
    deleted = {row["id"] for row in store.truth("deals") if row["is_deleted"] == "true"}
    landed, truth = counted(raw_rows(settings, table)), counted(store.truth("deal_changes"))
    assert not landed - truth, f"deal_changes: never happened: {min(landed - truth, key=str)}"
    lost = {change for change in truth - landed if change[0] not in deleted}
    lost |= set(counted(store.served("deal_changes")) - landed)
    assert not lost, f"deal_changes: {len(lost)} are not there, such as {min(lost, key=str)}"


def custom_columns(settings: Settings, table: Table) -> dict[str, str]:
    """Which custom field of Pipedrive is which column, as the extraction has noted it."""
    with connect(settings) as connection:
        committed = state.read_cursor(connection, table)
    return dict(committed[1].get("columns", {})) if committed else {}


def expanded(row: Row, columns: Mapping[str, str]) -> Row:
    """A row with its custom fields in columns of their own."""
    values = json.loads(row.get("custom_fields") or "{}")
    return {**row, **{columns[key]: normal(value) for key, value in values.items() if key in columns}}


def newest_by_id(rows: Iterable[Row], id_column: str, time: str) -> dict[str, Row]:
    """The newest of each record's versions."""
    return {str(row[id_column]): row for row in sorted(rows, key=lambda row: row.get(time) or "")}


def is_same(given: str | None, landed: str | None) -> bool:
    """Whether two cells hold the same; how a number is written is not part of it: ``39.90`` is ``39.9``."""
    if given == landed or given is None or landed is None or "." not in given + landed:
        return given == landed
    try:
        return Decimal(given) == Decimal(landed)
    except ArithmeticError:
        return False


def raw_rows(settings: Settings, table: Table) -> list[Row]:
    """All rows of a raw table, without the meta columns."""
    with connect(settings) as connection:
        columns = [
            name for name in table_columns(connection, table.schema, table.name) if not name.startswith("_")
        ]
        rows = connection.execute(
            f"select {', '.join(map(quote, columns))} from {table.schema}.{quote(table.name)}"
        )
    return [dict(zip(columns, row, strict=True)) for row in rows]
