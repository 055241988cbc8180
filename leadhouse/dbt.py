"""dbt, always run on this project, as a process of its own that leaves no connection behind."""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from leadhouse.config import PROJECT, Settings, variables_for_dbt
from leadhouse.errors import LeadhouseError

FAILED = {"error", "fail", "runtime error"}
COMMAND = (sys.executable, "-m", "leadhouse.dbt_process")
PR_SET_PDEATHSIG = 1


def run(settings: Settings, command: str, *arguments: str, fingerprint: str = "") -> str:
    """Run a dbt command; its warnings and errors go to the terminal, everything it says to its log.

    Args:
        settings: the warehouse.
        command: ``build``, for instance.
        arguments: the command's arguments.
        fingerprint: what ``operations.builds`` is to note of this run.

    Returns:
        One line on what was done.

    Raises:
        LeadhouseError: it did not succeed.
    """
    log = settings.logs / "dbt.log"
    results = settings.dbt_target / "run_results.json"
    results.unlink(missing_ok=True)
    process = _start(settings, ["--log-level", "warn", command, *arguments], fingerprint)
    if not results.exists():
        raise LeadhouseError(f"dbt {command} failed before it ran anything; see above and {log}")
    nodes = json.loads(results.read_text())["results"]
    if process.returncode == 0:
        return _summary(nodes)
    failed = [node["unique_id"].split(".")[2] for node in nodes if node["status"] in FAILED]
    shown = ", ".join(failed[:5]) + (f" and {len(failed) - 5} more" if len(failed) > 5 else "")
    raise LeadhouseError(
        f"dbt {command}: {len(failed)} of {len(nodes)} nodes failed ({shown}); see above and {log}"
    )


def ran_everything(settings: Settings) -> bool:
    """Whether the last run covered every model, seed, snapshot and data test of the project."""
    results = json.loads((settings.dbt_target / "run_results.json").read_text())["results"]
    manifest = json.loads((settings.dbt_target / "manifest.json").read_text())
    kinds = {"model", "seed", "snapshot", "test"}
    expected = {name for name, node in manifest["nodes"].items() if node["resource_type"] in kinds}
    return expected <= {node["unique_id"] for node in results}


def _summary(nodes: list[dict[str, Any]]) -> str:
    """``58 models and 10 seeds built, 280 tests passed, 3 warned``."""
    statuses = Counter(node["status"] for node in nodes)
    kinds = Counter(node["unique_id"].split(".")[0] for node in nodes if node["status"] == "success")
    kinds.pop("operation", None)
    built = " and ".join(f"{count} {kind}s" for kind, count in sorted(kinds.items()))
    tested = f"{statuses['pass']} tests passed" + (f", {statuses['warn']} warned" if statuses["warn"] else "")
    return f"{built} built, {tested}" if built else tested


def downstream_models(settings: Settings, schema: str, table: str) -> list[str]:
    """Names of the models that read a raw table, directly or through others; none where dbt cannot be asked."""
    children = _children(settings)
    reached, found = [f"source.leadhouse.{schema}.{table}"], set[str]()
    while reached:
        new = set(children.get(reached.pop(), ())) - found
        found |= new
        reached += new
    return sorted(name.removeprefix("model.leadhouse.") for name in found if name.startswith("model."))


@cache
def _children(settings: Settings) -> dict[str, list[str]]:
    """What reads each node directly, in the project as it is now; dbt takes seconds to say so."""
    if not packages_folder().is_dir() or _start(settings, ["--quiet", "parse"], "", capture=True).returncode:
        return {}
    children: dict[str, list[str]] = json.loads((settings.dbt_target / "manifest.json").read_text())[
        "child_map"
    ]
    return children


def models_that_call(settings: Settings, macro: str) -> list[str]:
    """Names of the models that call a macro of this project, directly or through others, in the last run's manifest."""
    path = settings.dbt_target / "manifest.json"
    if not path.exists():
        return []
    manifest: dict[str, Any] = json.loads(path.read_text())
    macros = {name: set(entry["depends_on"]["macros"]) for name, entry in manifest["macros"].items()}
    calling = {f"macro.leadhouse.{macro}"}
    while more := {name for name, called in macros.items() if called & calling} - calling:
        calling |= more
    models = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return sorted(model["name"] for model in models if set(model["depends_on"]["macros"]) & calling)


def packages_folder() -> Path:
    """Where the dbt packages are installed."""
    return PROJECT / "dbt_packages"


def _start(settings: Settings, arguments: list[str], fingerprint: str, *, capture: bool = False) -> Any:
    if not packages_folder().is_dir():
        raise LeadhouseError(f"{packages_folder()}: the dbt packages are not installed; run 'make setup'")
    colours = [] if sys.stdout.isatty() else ["--no-use-colors"]
    return subprocess.run(
        [*COMMAND, *colours, *arguments],
        cwd=PROJECT,
        env=os.environ | variables_for_dbt(settings, fingerprint),
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.PIPE if capture else None,
        text=True,
        check=False,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


def _die_with_parent() -> None:
    """Ask Linux to end this process when the one that started it is killed: nobody would wait for what it builds."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
