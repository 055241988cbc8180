"""Running a command and seeing what it took."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leadhouse.config import Settings
from tests.python.running import ROOT, SCRIPTS, environment

MIB = 2**20


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Args:
        seconds: by the clock.
        peak_bytes: resident memory of its largest process at its peak.
        started_at: when it was started, in seconds since 1970.
    """

    seconds: float
    peak_bytes: int
    started_at: float


def measure(settings: Settings, command: Sequence[object]) -> Measured:
    """Run a command on a warehouse; its output goes to the log folder.

    Raises:
        RuntimeError: it failed.
    """
    settings.logs.mkdir(parents=True, exist_ok=True)
    output = settings.logs / "bench.log"
    with output.open("a") as log:
        started_at, start = time.time(), time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, env=environment(settings), stdout=log, stderr=log
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        # the file goes with the folder of the run
        said = "\n".join(output.read_text(errors="replace").splitlines()[-40:])
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{said}")
    return Measured(seconds, usage.ru_maxrss * 1024, started_at)


def leadhouse(settings: Settings, *arguments: object) -> Measured:
    """Run and measure the command line."""
    return measure(settings, [SCRIPTS / "leadhouse", *arguments])


def simulate(settings: Settings, folder: Path, changes: int, activities: int) -> Measured:
    """Write a month of files with about so many deal changes."""
    deals = round(changes / 7.1)
    return leadhouse(settings, "simulate", "files", folder, "--deals", deals, "--activities", activities)


def rows_of(folder: Path) -> int:
    """Lines of all CSV files of a folder, but for the headers."""
    return sum(_lines(path) - 1 for path in folder.glob("*.csv"))


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(MIB), b""))
