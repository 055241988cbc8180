"""Reading over the APIs of the stand-ins: a million leads beside the plain client, idle runs, and 0.1 % changed."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from bench.measure import MIB, Measured, leadhouse, measure
from leadhouse.config import Settings, load_settings
from leadhouse.warehouse import connect
from tests.python.running import ROOT

LEADS = 1_000_000
CHANGES_PER_HOUR = LEADS // 1_000


def run(settings: Settings) -> None:
    """Measure the first load and two hourly runs of the leads."""
    with leads_org(settings.home) as variables:
        reached = load_settings({"LEADHOUSE_HOME": str(settings.home)} | variables)
        downloads = settings.home / "plain"
        downloads.mkdir(parents=True)
        plain = measure(reached, [sys.executable, "-m", "bench.plain_client", downloads])
        _print("the plain client's download", plain)
        first = leadhouse(reached, "extract", "salesforce", "--table", "lead")
        _print("extraction", first)
        print(f"  ratio {first.seconds / plain.seconds:.2f}; {_last_run(reached)}")
        idle = leadhouse(reached, "extract", "salesforce", "--table", "lead")
        _print("an hourly run with nothing changed", idle)
        print(f"  {_last_run(reached)}")
        _let_an_hour_pass(variables)
        hourly = leadhouse(reached, "extract", "salesforce", "--table", "lead")
        _print("an hourly run with 0.1 % changed", hourly)
        print(f"  {_last_run(reached)}", flush=True)


@contextmanager
def leads_org(folder: Path) -> Iterator[dict[str, str]]:
    """Serve an org with so many leads; what is yielded are the variables that lead there."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "org.json"
    command = [sys.executable, "-m", "bench.leads_org", str(LEADS), str(CHANGES_PER_HOUR), str(told)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            while not told.exists():
                if process.poll() is not None:
                    raise RuntimeError("the stand-in did not start")
                time.sleep(0.5)
            yield json.loads(told.read_text())
        finally:
            process.terminate()


def _let_an_hour_pass(variables: dict[str, str]) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            f"{variables['SALESFORCE_URL']}/simulator/clock",
            json={"advance": 3600},
            verify=variables["LEADHOUSE_CA_FILE"],
        )
        answer.raise_for_status()


def _last_run(settings: Settings) -> str:
    with connect(settings) as connection:
        [(method, calls, rows_read, rows_landed)] = connection.execute(
            "select method, calls, rows_read, rows_landed from operations.runs order by started_at desc limit 1"
        )
    return f"{method}, {calls} calls, {rows_read:,} rows read, {rows_landed:,} landed"


def _print(what: str, took: Measured) -> None:
    print(f"{what}: {took.seconds:.1f} s, {took.peak_bytes / MIB:,.0f} MiB", flush=True)
