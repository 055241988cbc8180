"""How fast files land, and in how much memory: a clean ``deal_changes.csv``, hashing and ledger included."""

from pathlib import Path

from bench.measure import MIB, leadhouse, rows_of, simulate
from leadhouse.config import Settings
from leadhouse.warehouse import prepare

SIZES = (1_000_000, 10_000_000)


def run(duckdb: Settings, postgres: Settings, folder: Path) -> None:
    """Land one and ten million deal changes in each engine."""
    for size in SIZES:
        simulate(duckdb, folder, changes=size, activities=0)
        exports = folder / "pipedrive"
        for other in set(exports.glob("*.csv")) - {exports / "deal_changes.csv"}:
            other.unlink()
        rows = rows_of(exports)
        for settings in (duckdb, postgres):
            prepare(settings)
            took = leadhouse(settings, "extract", "pipedrive", "--files", exports, "--replace")
            print(
                f"extract {rows:>11,} rows into {settings.target:8}: {took.seconds:6.1f} s,"
                f" {rows / took.seconds:>8,.0f} rows/s, {took.peak_bytes / MIB:5,.0f} MiB",
                flush=True,
            )
