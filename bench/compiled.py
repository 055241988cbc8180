"""What a dbt build runs, run straight through the DuckDB client: ``python -m bench.compiled MANIFEST WAREHOUSE``."""

import json
import sys
import time
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

THREADS = 2


def run_compiled(manifest: Path, warehouse: Path) -> float:
    """Create every model, read for every snapshot and run every data test of a manifest; return the seconds."""
    content: dict[str, Any] = json.loads(manifest.read_text())
    nodes = {name: node for name, node in content["nodes"].items() if node.get("compiled_code")}
    order = TopologicalSorter(
        {name: set(node["depends_on"]["nodes"]) & nodes.keys() for name, node in nodes.items()}
    )
    with duckdb.connect(str(warehouse), config={"threads": THREADS}) as connection:
        start = time.perf_counter()
        for name in order.static_order():
            node = nodes[name]
            sql = node["compiled_code"]
            if node["resource_type"] == "model":
                kind = "view" if node["config"]["materialized"] == "view" else "table"
                connection.execute(f"create or replace {kind} {node['relation_name']} as {sql}")
            elif node["resource_type"] == "snapshot":
                connection.execute(f"create or replace temp table snapshot_taken as {sql}")
            elif node["resource_type"] == "test":
                connection.execute(f"select count(*) from ({sql})").fetchall()
        return time.perf_counter() - start


def run_script(script: Path, warehouse: Path) -> float:
    """Run a script of statements; return the seconds."""
    with duckdb.connect(str(warehouse), config={"threads": THREADS}) as connection:
        start = time.perf_counter()
        connection.execute(script.read_text())
        return time.perf_counter() - start


if __name__ == "__main__":
    file, database = map(Path, sys.argv[1:])
    print(run_script(file, database) if file.suffix == ".sql" else run_compiled(file, database))
