"""Killing a run at any function of ours or of dlt's, and comparing what a repeated run leaves with one clean run.

A process that has imported everything waits for orders and forks for each run (imports take seconds, a run takes one).
The fork counts the calls and returns of functions as it goes and sends itself SIGKILL at a chosen one: no clean-up of
any kind happens. What is counted are the places, each with how often it had been passed, so that the same order names
the same moment in every run.
"""

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from leadhouse.config import Settings
from leadhouse.warehouse import connect, table_columns
from tests.python.running import ROOT, environment

WATCHED = (
    "/leadhouse/",
    "/extract/",
    "/dlt/load/",
    "/dlt/pipeline/",
    "/dlt/extract/storage",
    "/dlt/destinations/",
    "/dlt/common/storages/",
)
PASSES = 2
"""A place is a kill point at its first passes only: loops over rows would make the same point a thousand times."""

IMPORTED = (
    "dlt.common.libs.pyarrow",
    "dlt.destinations.impl.filesystem.filesystem",
    "dlt.destinations.impl.postgres.postgres",
    "dlt.sources.helpers.rest_client",
    "extract.api.pipedrive",
    "extract.api.salesforce",
    "extract.loading",
    "pandas",  # by Arrow, with its first array
)
"""What takes long to import, and a run imports only when it comes to need it."""

Place = list[Any]
Trace = Callable[[FrameType, str, Any], Any]
"""A trace function: unlike a profiler, it is called for the functions that it asks for only."""


class Zygote:
    """The waiting process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def run(
        self,
        arguments: list[str],
        settings: Settings,
        kill_at: Place | None = None,
        places: Path | None = None,
        kill_after: int | None = None,
        constants: Mapping[str, float] | None = None,
    ) -> int:
        """Run a command in a fork.

        Args:
            arguments: those of the command line, or ``["publish"]`` for the publishing alone.
            settings: the warehouse.
            kill_at: a place as ``places`` lists it; the run ends there.
            places: a file that is to list the places that the run passes, in their order.
            kill_after: the run ends when it has called and returned from so many functions.
            constants: other values for constants of modules, as ``{"extract.module.NAME": 7}``.

        Returns:
            The exit status, or minus the signal that ended it.
        """
        order = {
            "arguments": arguments,
            "environment": environment(settings),
            "kill_at": kill_at,
            "kill_after": kill_after,
            "constants": dict(constants or {}),
            "places": str(places) if places else None,
        }
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def zygote() -> Iterator[Zygote]:
    """Start the waiting process, and end it."""
    command = [sys.executable, "-m", "tests.python.killing"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Zygote(process)
        process.kill()


@contextmanager
def snapshot(settings: Settings) -> Iterator[Callable[[], None]]:
    """Keep the warehouse as it is now; what is yielded brings it back to that."""
    kept = settings.home.with_name(f"{settings.home.name}_snapshot")
    shutil.copytree(settings.home, kept)
    database = settings.postgres.dbname
    if settings.target == "postgres":
        _maintain(settings, f"create database {database}_snapshot template {database}")

    def restore() -> None:
        shutil.rmtree(settings.home)
        shutil.copytree(kept, settings.home)
        if settings.target == "postgres":
            _maintain(settings, f"drop database {database} with (force)")
            _maintain(settings, f"create database {database} template {database}_snapshot")

    yield restore
    shutil.rmtree(kept)
    if settings.target == "postgres":
        _maintain(settings, f"drop database {database}_snapshot")


def _maintain(settings: Settings, sql: str) -> None:
    maintenance = replace(settings, postgres=replace(settings.postgres, dbname="postgres"))
    with connect(maintenance) as connection:
        connection.execute(sql)


def state(settings: Settings) -> dict[str, Any]:
    """All that a run leaves behind, but for times and the ids of loads and runs."""
    passing = {"recorded_at", "load_id", "run_id", "started_at", "finished_at", "duration_seconds"}
    found: dict[str, Any] = {}
    with connect(settings) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema not in ('pg_catalog', 'information_schema', 'private') order by 1, 2"
        )
        for schema, table in tables:
            columns = ", ".join(
                f'"{name}"' for name in table_columns(connection, schema, table) if name not in passing
            )
            # Beside what landed, a repeated run notes what it has found to be landed or refused already.
            where = "where outcome = 'landed'" if (schema, table) == ("operations", "runs") else ""
            found[f"{schema}.{table}"] = sorted(
                map(repr, connection.execute(f'select {columns} from {schema}."{table}" {where}'))
            )
    if settings.marts_file.exists():
        found["marts.duckdb"] = published(settings)
    found["archive"] = sorted(file.name for file in settings.archive.glob("*.csv"))
    found["scratch"] = settings.scratch.exists()
    return found


def published(settings: Settings) -> list[str]:
    """The rows of the only table of the published copy in the kill tests."""
    if settings.target == "duckdb":
        import duckdb

        with duckdb.connect(str(settings.marts_file), read_only=True) as copy:
            return sorted(map(repr, copy.execute("select * from published.report").fetchall()))
    with connect(settings) as connection:
        return sorted(map(repr, connection.execute("select * from published.report")))


def _serve() -> None:
    """Take orders from standard input until it ends."""
    for name in IMPORTED:
        import_module(name)
    gc.freeze()  # else each fork copies what its garbage collection looks at

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _obey(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _obey(order: dict[str, Any]) -> None:
    """Run one command in this fork, watched, and end the process."""
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    os.environ.clear()
    os.environ.update(order["environment"])
    for name, value in order["constants"].items():
        module, _, constant = name.rpartition(".")
        setattr(import_module(module), constant, value)
    passed: Counter[str] = Counter()
    events = 0
    kill_at = tuple(order["kill_at"]) if order["kill_at"] else None
    log = open(order["places"], "w") if order["places"] else None  # noqa: SIM115, PTH123

    watched: dict[CodeType, bool] = {}

    def watch(frame: FrameType, event: str, argument: Any) -> Trace | None:
        code = frame.f_code
        if code not in watched:
            watched[code] = any(part in code.co_filename for part in WATCHED)
        if not watched[code]:
            return None
        frame.f_trace_lines = False
        if event in {"call", "return"}:
            count(frame, event)
        return watch

    def count(frame: FrameType, event: str) -> None:
        nonlocal events
        events += 1
        if events == order["kill_after"]:
            os.kill(os.getpid(), signal.SIGKILL)
        if not log and not kill_at:
            return
        place = f"{event} {_name(frame)}"
        passed[place] += 1
        if passed[place] > PASSES:
            return
        if log:
            print(json.dumps([place, passed[place]]), file=log, flush=True)
        if (place, passed[place]) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    if log or kill_at or order["kill_after"]:
        threading.settrace(watch)
        sys.settrace(watch)
    status = 70
    try:
        _run(order["arguments"])
        status = 0
    except SystemExit as request:
        status = int(request.code or 0)
    finally:
        sys.settrace(None)
        os._exit(status)


def _run(arguments: list[str]) -> None:
    from leadhouse import dbt
    from leadhouse.cli import main
    from leadhouse.config import load_settings
    from leadhouse.publish import publish

    # Naming the models that a new column touches starts dbt, which takes seconds and changes nothing.
    dbt.downstream_models = lambda *_: []
    if arguments == ["publish"]:
        publish(load_settings())
    else:
        main(arguments)


def _name(frame: FrameType) -> str:
    """Module and function; for a statement its text too, so that every statement is a place of its own."""
    code = frame.f_code
    name = f"{Path(code.co_filename).stem}.{code.co_qualname}"
    sql = frame.f_locals.get("sql") or frame.f_locals.get("query")
    return f"{name} {sql[:80]}" if isinstance(sql, str) else name


if __name__ == "__main__":
    _serve()
