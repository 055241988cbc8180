"""What ``leadhouse build`` costs beside the SQL it runs, and beside the shortest SQL for the two Pipedrive reports."""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import MIB, leadhouse, simulate
from leadhouse.config import Settings
from leadhouse.warehouse import prepare
from tests.python.running import ROOT

SIZES = ((1_000_000, 300_000), (10_000_000, 3_000_000))


@dataclass(frozen=True)
class Build:
    """Seconds of a first build, of its parts, and of what it is compared with."""

    total: float
    nodes: float
    again: float
    compiled: float
    reference: float
    peak_bytes: int


def run(settings: Settings, folder: Path) -> None:
    """Build one and ten million deal changes on DuckDB."""
    builds = []
    for changes, activities in SIZES:
        shutil.rmtree(settings.home, ignore_errors=True)
        prepare(settings)
        simulate(settings, folder, changes, activities)
        leadhouse(settings, "extract", "pipedrive", "--files", folder / "pipedrive")
        build = _build(settings)
        builds.append(build)
        print(
            f"build of {changes:,} changes and {activities:,} activities\n"
            f"  {build.total:.1f} s, of which dbt's start and publishing {build.total - build.nodes:.1f} s;"
            f" {build.peak_bytes / MIB:,.0f} MiB\n"
            f"  models and tests: {build.nodes / build.compiled:.2f} times their SQL alone ({build.compiled:.1f} s)\n"
            f"  the build takes {build.total / build.reference:.1f} times the shortest SQL ({build.reference:.1f} s)\n"
            f"  a second build with nothing new takes {build.again / build.total:.0%} of it ({build.again:.1f} s)",
            flush=True,
        )
    small, large = builds
    print(
        f"models and tests: ten times the rows take {large.nodes / small.nodes:.1f} times as long", flush=True
    )


def _build(settings: Settings) -> Build:
    first = leadhouse(settings, "build")
    nodes = seconds_of_nodes(settings)
    compiled = seconds_of_compiled(settings)
    reference = _seconds_on_a_copy(settings, ROOT / "bench" / "reference.sql")
    again = leadhouse(settings, "build")
    return Build(first.seconds, nodes, again.seconds, compiled, reference, first.peak_bytes)


def seconds_of_nodes(settings: Settings) -> float:
    """From the first node's start to the last one's end in dbt's last run."""
    results = json.loads((settings.dbt_target / "run_results.json").read_text())["results"]
    timings = [timing for node in results for timing in node["timing"] if timing["name"] == "execute"]
    started = min(_moment(timing["started_at"]) for timing in timings)
    completed = max(_moment(timing["completed_at"]) for timing in timings)
    return (completed - started).total_seconds()


def seconds_of_compiled(settings: Settings) -> float:
    """What dbt's last run executed, executed again without dbt, on a copy of the warehouse."""
    return _seconds_on_a_copy(settings, settings.dbt_target / "manifest.json")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def _seconds_on_a_copy(settings: Settings, script: Path) -> float:
    with tempfile.TemporaryDirectory(dir=settings.home) as folder:
        warehouse = shutil.copy(settings.warehouse_file, folder)
        command = [sys.executable, "-m", "bench.compiled", str(script), warehouse]
        return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
