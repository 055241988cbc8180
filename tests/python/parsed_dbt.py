"""dbt without the many seconds that it takes to start and to parse the project: tests do both once.

A server process imports dbt, and each call is a fork of it: a process of its own, as a user's is. The first call on an
engine parses the project; the others take its manifest, where only the name of the database is the warehouse's own.
"""

import multiprocessing
import os
import tempfile
from functools import cache
from itertools import chain
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 900
MANIFEST = "partial_parse.msgpack"


def call_dbt(
    arguments: list[str], folder: Path, variables: dict[str, str], manifest: Path | None
) -> tuple[int, str, str]:
    """Run dbt.

    Args:
        arguments: those of the command line.
        folder: where it runs.
        variables: its whole environment.
        manifest: the project as an earlier call has parsed it (`MANIFEST` in its target folder); ``None``: parse it.

    Returns:
        Exit status, standard output and standard error.

    Raises:
        TimeoutError: it took more seconds than it may.
    """
    with tempfile.TemporaryDirectory() as said:
        streams = Path(said, "output"), Path(said, "errors")
        process = _server().Process(target=_run, args=(arguments, folder, variables, manifest, streams))
        process.start()
        process.join(TIMEOUT_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"dbt {' '.join(arguments)}: not done after {TIMEOUT_SECONDS} seconds")
        output, errors = (stream.read_text() for stream in streams)
        return process.exitcode, output, errors


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["dbt.cli.main", "dbt.adapters.duckdb", "dbt.adapters.postgres"])
    return context


def _run(
    arguments: list[str],
    folder: Path,
    variables: dict[str, str],
    manifest: Path | None,
    streams: tuple[Path, Path],
) -> None:
    for descriptor, stream in enumerate(streams, start=1):
        os.dup2(os.open(stream, os.O_WRONLY | os.O_CREAT), descriptor)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import cli

    from leadhouse.dbt_process import collect_seldom

    collect_seldom()
    known = {"manifest": _parsed(manifest)} if manifest else {}
    try:
        cli.main(arguments, prog_name="dbt", obj=known)
    finally:
        # a fork ends without what a process does at its end: the file would not be whole without its log
        DuckDBConnectionManager.close_all_connections()


def _parsed(path: Path) -> Any:
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(path.read_bytes())
    if os.environ["LEADHOUSE_TARGET"] == "postgres":
        _move(manifest, os.environ["PGDATABASE"])
    manifest.build_flat_graph()
    return manifest


def _move(manifest: Any, database: str) -> None:
    for node in chain(manifest.nodes.values(), manifest.sources.values()):
        if node.relation_name:
            node.relation_name = node.relation_name.replace(f'"{node.database}"', f'"{database}"')
        node.database = database
