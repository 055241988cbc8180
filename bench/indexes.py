"""What the indexes of the published tables on Postgres are worth: the documented look-ups with and without them."""

import statistics
import time
from pathlib import Path

from bench.measure import leadhouse, simulate
from leadhouse.config import Settings
from leadhouse.warehouse import Connection, connect, prepare

CHANGES, ACTIVITIES = 1_000_000, 300_000
REPEATS = 20
QUERIES = {
    "deals of a sales rep": "select count(*), max(last_changed_at) from published.fct_deals where owner_id = 7",
    "a sales rep's months": "select * from published.rep_sales_rep_performance_monthly where sales_rep_id = 7",
}


def run(postgres: Settings, folder: Path) -> None:
    """Publish a million deal changes on Postgres and look things up."""
    prepare(postgres)
    simulate(postgres, folder, CHANGES, ACTIVITIES)
    leadhouse(postgres, "extract", "pipedrive", "--files", folder / "pipedrive")
    took = leadhouse(postgres, "build")
    print(f"build of {CHANGES:,} changes on postgres: {took.seconds:.1f} s")
    with connect(postgres) as connection:
        connection.execute("analyze")
        for name, query in QUERIES.items():
            indexed = _median_milliseconds(connection, query)
            connection.execute("set enable_indexscan = off")
            connection.execute("set enable_bitmapscan = off")
            connection.execute("set enable_indexonlyscan = off")
            scanned = _median_milliseconds(connection, query)
            connection.execute("reset all")
            print(
                f"{name}: {indexed:.2f} ms with the index, {scanned / indexed:.1f} times that without",
                flush=True,
            )


def _median_milliseconds(connection: Connection, query: str) -> float:
    durations = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        connection.execute(query)
        durations.append(time.perf_counter() - start)
    return 1_000 * statistics.median(durations)
