"""dbt, run in this process and always on this project."""

import json
from pathlib import Path
from typing import Any

from leadhouse.config import PROJECT, Settings, export
from leadhouse.errors import LeadhouseError


def run(settings: Settings, command: str, *arguments: str, fingerprint: str = "") -> None:
    """Run a dbt command; its output goes to the terminal.

    Raises:
        LeadhouseError: it did not succeed.
    """
    result = _invoke(settings, [command, *arguments], fingerprint)
    if result.success:
        return
    if result.exception is not None:
        raise LeadhouseError(f"dbt {command}: {str(result.exception).strip().splitlines()[0]}")
    failed = [
        node.node.name
        for node in result.result or []
        if str(node.status) in ("error", "fail", "runtime error")
    ]
    shown = ", ".join(failed[:5]) + (f" and {len(failed) - 5} more" if len(failed) > 5 else "")
    nodes = f"{len(failed)} of {len(result.result or [])} nodes failed ({shown})"
    raise LeadhouseError(f"dbt {command}: {nodes}; see {settings.logs / 'dbt.log'}")


def downstream_models(settings: Settings, schema: str, table: str) -> list[str]:
    """Names of the models that read a raw table, directly or through others; none where dbt cannot be asked."""
    if not packages_folder().is_dir():
        return []
    arguments = [
        "--quiet",
        "ls",
        "--resource-type",
        "model",
        "--output",
        "name",
        "--select",
        f"source:{schema}.{table}+",
    ]
    result = _invoke(settings, arguments, "")
    return [str(name) for name in result.result or []] if result.success else []


def models_that_call(settings: Settings, macro: str) -> list[str]:
    """Names of the models that call a macro of this project, directly or through others, in the last run's manifest."""
    path = settings.dbt_target / "manifest.json"
    if not path.exists():
        return []
    manifest: dict[str, Any] = json.loads(path.read_text())
    wanted = f"macro.leadhouse.{macro}"
    macros = {name: set(entry["depends_on"]["macros"]) for name, entry in manifest["macros"].items()}
    calling = {wanted}
    while more := {name for name, called in macros.items() if called & calling} - calling:
        calling |= more
    nodes = manifest["nodes"].values()
    return sorted(
        node["name"]
        for node in nodes
        if node["resource_type"] == "model" and set(node["depends_on"]["macros"]) & calling
    )


def packages_folder() -> Path:
    """Where the dbt packages are installed."""
    return PROJECT / "dbt_packages"


def _invoke(settings: Settings, arguments: list[str], fingerprint: str) -> Any:
    if not packages_folder().is_dir():
        raise LeadhouseError(f"{packages_folder()}: the dbt packages are not installed; run 'make setup'")
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - dbt takes seconds to import

    export(settings, fingerprint)
    return dbtRunner().invoke([*arguments, "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)])
