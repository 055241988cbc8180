"""``python -m bench [NAME …]``: the measurements, each compared within one run."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from bench import apis, build, chaos, extraction, indexes, kill_points, matching, salesforce
from leadhouse.config import Settings, load_settings
from tests.python.postgres_server import fresh_database, postgres_server


def _seeds(context: click.Context, parameter: click.Parameter, text: str | None) -> range:
    if text is None:
        return chaos.SEEDS
    first, _, last = text.rpartition("-")
    if not last.isdecimal() or not (first or "1").isdecimal() or int(last) < int(first or 1):
        raise click.BadParameter(f"'{text}' is neither a number nor a range like 101-200")
    return range(int(first or 1), int(last) + 1)


@click.command()
@click.argument(
    "names",
    nargs=-1,
    type=click.Choice(["extraction", "apis", "build", "indexes", "salesforce", "matching", "kills", "chaos"]),
)
@click.option(
    "--kill-points", "count", type=int, help="So many kill points, spread over the run, instead of all."
)
@click.option(
    "--seeds",
    callback=_seeds,
    metavar="N | M-N",
    help="Seeds of chaos: 1 to N, or M to N, instead of 1 to 200.",
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "postgres"]),
    help="Chaos on this engine only, not on both; matching on Postgres beside DuckDB, not on DuckDB beside its peers.",
)
@click.option("--scale", type=click.Choice([*matching.SIZES]), default="usual", help="How much to match.")
@click.option("--leads", type=int, help="So many leads to match, or to analyse.")
@click.option("--facilities", type=int, help="So many facilities to match.")
def main(
    names: tuple[str, ...],
    count: int | None,
    seeds: range,
    engine: str | None,
    scale: str,
    leads: int | None,
    facilities: int | None,
) -> None:
    """Run measurements, all if none is named; they take 10 GB of disk.

    Killing at every point takes hours, and so does chaos, which can be run in parts (--engine, --seeds); matching takes
    half an hour, the others twenty minutes. Matching needs the generator in shared/tools/matching beside the project,
    and is left out where that is not.
    """
    if "matching" in names and not matching.TOOLS:
        raise click.ClickException(
            "nothing to match: the generator, shared/tools/matching, does not lie beside the project"
        )
    size = matching.SIZES[scale]
    size = replace(size, leads=leads or size.leads, facilities=facilities or size.facilities)
    with tempfile.TemporaryDirectory(prefix="leadhouse-bench-") as name, postgres_server() as server:
        folder = Path(name)

        def on_duckdb(part: str) -> Settings:
            return load_settings({"LEADHOUSE_HOME": str(folder / part / "duckdb")})

        def on_postgres(part: str, action: Callable[[Settings], None]) -> None:
            with fresh_database(server) as database:
                home = folder / part / "postgres"
                home.mkdir(parents=True)
                action(
                    replace(
                        load_settings({"LEADHOUSE_HOME": str(home), "LEADHOUSE_TARGET": "postgres"}),
                        postgres=database,
                    )
                )

        @contextmanager
        def new_database(home: Path) -> Iterator[Settings]:
            with fresh_database(server) as database:
                settings = load_settings({"LEADHOUSE_HOME": str(home), "LEADHOUSE_TARGET": "postgres"})
                yield replace(settings, postgres=database)

        @contextmanager
        def new_file(home: Path) -> Iterator[Settings]:
            yield load_settings({"LEADHOUSE_HOME": str(home)})

        print(f"{os.cpu_count()} processors")
        if not names or "extraction" in names:
            exports = folder / "extraction" / "files"
            on_postgres(
                "extraction", lambda postgres: extraction.run(on_duckdb("extraction"), postgres, exports)
            )
        if not names or "apis" in names:
            apis.run(on_duckdb("apis"))
        if not names or "build" in names:
            build.run(on_duckdb("build"), folder / "build" / "files")
        if not names or "indexes" in names:
            on_postgres("indexes", lambda postgres: indexes.run(postgres, folder / "indexes" / "files"))
        if not names or "salesforce" in names:
            salesforce.run(on_duckdb("salesforce"), leads or salesforce.LEADS)
        if matching.TOOLS and (not names or "matching" in names):
            files = folder / "matching"
            if engine == "postgres":
                on_postgres(
                    "matching",
                    lambda postgres: matching.compare_engines(on_duckdb("matching"), postgres, files, size),
                )
            else:
                matching.run(on_duckdb, files, size)
        if not names or "kills" in names:
            kills = folder / "kills"
            on_postgres("kills", lambda postgres: kill_points.run(on_duckdb("kills"), postgres, kills, count))
        if not names or "chaos" in names:
            makers = {"duckdb": new_file, "postgres": new_database}
            chaos.run({name: makers[name] for name in makers if engine in (name, None)}, seeds)


main()
