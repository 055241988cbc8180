"""``leadhouse status``, on both engines and in every state that a warehouse can be in."""

import io
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from extract.runs import Run, record, utc_now
from leadhouse import status
from leadhouse.config import Settings, load_settings
from leadhouse.lock import run_lock
from leadhouse.status import WIDE, ago, report
from leadhouse.warehouse import Connection, connect
from tests.python.running import ROOT, call_leadhouse, environment

NOW = datetime(2026, 3, 10, 12, 0)
ORG = "00D000000000001AAA"


def shown(settings: Settings, now: datetime = NOW, *, terminal: bool = False, width: int = 200) -> list[str]:
    """What a person reads, line by line, without blanks at the ends."""
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, force_terminal=terminal, color_system=None)
    for part in report(settings, now, is_wide=width >= WIDE):
        console.print(part)
    return [line.strip() for line in file.getvalue().splitlines()]


def ran(connection: Connection, table: str, hours: float, run_id: str = "1", **values: object) -> None:
    """Record a run over a table of Salesforce that ended so many hours before `NOW`."""
    ended = NOW - timedelta(hours=hours)
    run = Run(run_id=run_id, source_name="salesforce", table_name=table, started_at=ended, finished_at=ended)
    record(connection, replace(run, **values))  # type: ignore[arg-type] # the test's own columns


def feed(connection: Connection, source: str, tables: Sequence[str], account: str) -> None:
    """Let tables be fed over an API."""
    for table in tables:
        connection.execute(
            "insert into operations.cursors (source_name, table_name, account, cursor) values (?, ?, ?, '{}')",
            [source, table, account],
        )


def test_every_unit_of_time_is_told() -> None:
    told = {
        ago(NOW - timedelta(seconds=seconds), NOW)
        for seconds in (-5, 59, 60, 7_199, 7_200, 172_799, 172_800, 86_400 * 1_500)
    }
    assert told == {
        "just now",
        "1 min ago",
        "119 min ago",
        "2 h ago",
        "47 h ago",
        "2 days ago",
        "1,500 days ago",
    }


def test_before_anything_was_extracted(settings: Settings, tmp_path: Path) -> None:
    assert shown(settings) == [
        "",
        "crm_exports: nothing yet",
        "",
        "facilities: nothing yet",
        "",
        "pipedrive: nothing yet",
        "",
        "salesforce: nothing yet",
    ]
    elsewhere = load_settings({"LEADHOUSE_HOME": str(tmp_path / "nowhere")})
    assert "nothing has been extracted yet: there is no" in shown(elsewhere)[0]
    assert not elsewhere.home.exists()
    with connect(settings) as connection:
        connection.execute("drop table operations.cursors")
    assert shown(settings) == ["nothing has been extracted yet, at least not by this version of leadhouse"]


def test_what_an_api_brought_is_shown_table_by_table(settings: Settings) -> None:
    with connect(settings) as connection:
        feed(connection, "salesforce", ("lead", "case"), ORG)
        connection.execute(
            "insert into raw_salesforce.lead (id, system_modstamp) values"
            " ('1', '2026-03-10T09:00:00.000Z'), ('1', '2026-03-10T11:58:30.000Z')"
        )
        ran(connection, "lead", 30, method="bulk", calls=40, rows_landed=2, outcome="landed")
        ran(connection, "case", 30, method="bulk", calls=2)
        ran(connection, "lead", 5, "2", method="query", calls=3)
        ran(connection, "lead", 0.5, "3", method="query", calls=1)
        ran(connection, "case", 0.4, "3", calls=1, outcome="failed", error_class="INVALID_FIELD")
    lines = shown(settings)
    start = lines.index("salesforce")
    assert lines[start + 1].split() == ["table", "fed", "by", "last", "read", "(UTC)", "rows", "newest"]
    assert [line.split() for line in lines[start + 3 : start + 5]] == [
        ["lead", ORG, "2026-03-10", "11:30", "30", "min", "ago", "2", "2026-03-10", "11:58"],
        ["case", ORG, "2026-03-09", "06:00", "30", "h", "ago", "0"],
    ]
    assert lines[start + 5].startswith("nothing yet: lead_history, opportunity, ")
    assert lines[start + 6 :] == [
        "last run 24 min ago: 2 calls; last 24 hours: 5 calls in 2 runs",
        "! case: failed 24 min ago: INVALID_FIELD",
    ]


def test_what_is_pending_and_what_is_wrong_is_named(settings: Settings) -> None:
    with connect(settings) as connection:
        feed(connection, "salesforce", ("lead", "account"), ORG)
        ran(connection, "lead", 9, outcome="failed", error_class="TIMEOUT")
        ran(connection, "lead", 8, "2", method="bulk", warning="Lead.Industry cannot be seen any more")
        ran(connection, "account", 8, "2", calls=7, outcome="quota", error_class="QUOTA")
        feed(connection, "pipedrive", ("deals", "deal_changes"), "acme.pipedrive.com")
        for deal, updated, read in (
            ("1", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"),
            ("2", "2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z"),
            ("3", "2026-03-02T00:00:00Z", None),
        ):
            for version in ("2026-02-01T00:00:00Z", updated):
                connection.execute(
                    "insert into raw_pipedrive.deals (id, update_time) values (?, ?)", [deal, version]
                )
            if read:
                connection.execute(
                    "insert into operations.checkpoints values ('pipedrive', 'deal_changes', ?, ?)",
                    [deal, read],
                )
    folder = settings.downloads / "salesforce" / "account" / "window"
    folder.mkdir(parents=True)
    (folder / "00000.csv").write_bytes(b"x" * 3 * 2**20)
    attention = [line for line in shown(settings) if line.startswith("!")]
    assert attention == [
        "! deal_changes: the changelogs of 2 deals are still to be read",
        "! lead: Lead.Industry cannot be seen any more",
        "! account: stopped at the quota 8 h ago; the next run goes on from there",
        "! account: a download is not complete, 3.0 MiB so far; the next run goes on with it",
    ]
    assert "last run 8 h ago: 7 calls; last 24 hours: 7 calls in 2 runs" in shown(settings)


def test_files_are_shown_with_their_month(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "stages.csv").write_text("stage_id,stage_name\n1,Closing\n")
    (tmp_path / "users.csv").write_text("nothing\n1\n")
    (tmp_path / "strange.csv").write_text("nothing\n1\n")
    call_leadhouse(settings, "extract", "pipedrive", "--files", tmp_path, "--period", "2026-02", status=1)
    lines = shown(settings, utc_now())
    [stages] = [line.split() for line in lines if line.startswith("stages ")]
    assert (stages[0], stages[1], stages[-2], stages[-1]) == ("stages", "files", "1", "2026-02")
    assert "! users: files refused just now: UNREADABLE_FILE" in lines
    assert "! files of no table: files refused just now: UNREADABLE_FILE" in lines
    assert not any(line.startswith("last run") for line in lines), "files cost no calls"


def test_it_is_plain_text_in_a_log_and_a_table_on_a_terminal(settings: Settings) -> None:
    with connect(settings) as connection:
        feed(connection, "salesforce", ("lead",), ORG)
        ran(connection, "lead", 1, warning="W" * 300)
    result = call_leadhouse(settings, "status")
    assert "\x1b" not in result.stdout
    assert f"! lead: {'W' * 300}\n" in result.stdout
    assert "─" not in result.stdout
    assert "─" in "".join(shown(settings, terminal=True))


def test_while_a_run_holds_the_warehouse_it_says_so(settings: Settings) -> None:
    with run_lock(settings, "leadhouse extract salesforce"):
        lines = shown(settings)
    assert lines[0].startswith("'leadhouse extract salesforce' (process ")
    assert lines[0].endswith("is running; what it has not landed yet does not show")
    assert lines[-1] == "salesforce: nothing yet"
    assert "is running" not in shown(settings)[0]


@pytest.mark.parametrize("in_a_run", [True, False])
def test_a_file_that_another_process_has_open_is_one_line(
    duckdb_settings: Settings, monkeypatch: pytest.MonkeyPatch, in_a_run: bool
) -> None:
    monkeypatch.setattr(status, "WAIT_SECONDS", 0)
    hold = "run_lock(settings, 'leadhouse build')" if in_a_run else "nullcontext()"
    script = f"""
from contextlib import nullcontext
from leadhouse.config import load_settings
from leadhouse.lock import run_lock
from leadhouse.warehouse import connect
settings = load_settings()
with {hold}, connect(settings):
    print("open", flush=True)
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment(duckdb_settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stdin
        assert process.stdout.readline() == "open\n"
        result = call_leadhouse(duckdb_settings, "status")
        process.stdin.write("\n")
    holder = "'leadhouse build' (process" if in_a_run else "another process"
    assert f"is in use by {holder}" in result.stdout.splitlines()[-1]
    assert len(result.stdout.splitlines()) == (2 if in_a_run else 1)
    assert result.stderr == ""


def test_nothing_is_cut_off_on_a_narrow_terminal(settings: Settings) -> None:
    with connect(settings) as connection:
        feed(connection, "salesforce", ["opportunity_field_history"], ORG)
        ran(connection, "opportunity_field_history", 1, outcome="landed", method="query")
        connection.execute(
            "insert into raw_salesforce.opportunity_field_history (id, created_date)"
            " select cast(number as varchar), '2026-03-10T09:00:00.000Z'"
            " from generate_series(1, 12345) as numbers(number)"
        )
    [line] = [line for line in shown(settings, width=80) if line.startswith("opportunity_field_history")]
    assert line.split() == ["opportunity_field_history", "60", "min", "ago", "12,345", "2026-03-10", "09:00"]
