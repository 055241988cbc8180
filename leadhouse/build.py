"""``leadhouse build``: dbt build of what has changed, then publishing.

A build notes in ``operations.builds`` what it was made from: a fingerprint of the project, one of what each source has
landed, and one of the last scoring. Where the last run passed and the project is the same, the next build runs only
what reads something that has changed, and what depends on the time of the run. Any argument for dbt asks for a full
build.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

import yaml

from leadhouse import dbt
from leadhouse.config import PROJECT, Settings
from leadhouse.errors import LeadhouseError
from leadhouse.publish import publish
from leadhouse.warehouse import Connection, connect, prepare

PROJECT_PARTS = (
    "models",
    "seeds",
    "macros",
    "tests",
    "snapshots",
    "packages",
    "dbt_project.yml",
    "profiles.yml",
    "packages.yml",
)
PROJECT_SUFFIXES = {".sql", ".yml", ".csv", ".md"}
ELSEWHERE = ("--target", "-t", "--target-path", "--profile", "--profiles-dir", "--project-dir")
"""Arguments that would build another warehouse than the one that is published."""

NOT_WHOLE = ("--empty", "--sample", "--defer")
"""Arguments with which every node may run, but not on all data."""

# Unit tests bring their own rows: they test the code, not the data, and belong to plain `dbt build` and CI.
DATA_ONLY = ("--exclude-resource-type", "unit_test")
AS_OF = "as_of"
PROBABILITIES = "source:operations.probabilities"

Tell = Callable[[str], None]


def build(settings: Settings, arguments: tuple[str, ...], tell: Tell) -> None:
    """Build, test and publish; call it with the run lock held.

    Args:
        settings: where.
        arguments: arguments for ``dbt build``.
        tell: is given lines about what is done.

    Raises:
        LeadhouseError: a model or a test failed; what people read is as it was.
    """
    if misplaced := [name for name in ELSEWHERE if _has(arguments, name)]:
        where = "LEADHOUSE_TARGET, LEADHOUSE_HOME and PG…"
        raise LeadhouseError(f"{misplaced[0]} cannot be used here; {where} say where to build")
    _check_variables(arguments)
    prepare(settings)
    tell(f"dbt build; its log is {settings.logs / 'dbt.log'}")
    with connect(settings) as connection:
        fingerprint = _fingerprint(connection, arguments)
        last = _last_passed(connection)
    noted = json.dumps(fingerprint)
    if arguments or last.get("project") != fingerprint["project"]:
        tell(dbt.run(settings, "build", *DATA_ONLY, *arguments, fingerprint=noted))
        if not dbt.ran_everything(settings) or any(_has(arguments, name) for name in NOT_WHOLE):
            tell(
                "not published: only a part was built and tested; 'leadhouse build' does the rest and publishes"
            )
            return
    elif stale := _stale(settings, last, fingerprint):
        tell(f"to be built again, as new or as dependent on the time of the run: {', '.join(stale)}")
        selection = ["--select", *(f"{name}+" for name in stale)]
        tell(dbt.run(settings, "build", *DATA_ONLY, *selection, fingerprint=noted))
    else:
        tell("nothing has changed since the last build")
    place, tables = publish(settings)
    tell(f"published {tables} tables: {place}")


def _has(arguments: tuple[str, ...], name: str) -> bool:
    """Whether an option is among the arguments, in any of the ways to write it."""
    glued = name if len(name) == 2 else f"{name}="
    return any(argument == name or argument.startswith(glued) for argument in arguments)


def _check_variables(arguments: tuple[str, ...]) -> None:
    """Read ``--vars`` as dbt will, which shows a traceback where a day is impossible."""
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        name, glue, text = argument.partition("=")
        if name != "--vars":
            continue
        text = text if glue else following
        try:
            variables = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise LeadhouseError(
                f"--vars cannot be read: {reason}; write it as in \"{{as_of: '2026-06-30'}}\""
            ) from error
        as_of = variables.get(AS_OF) if isinstance(variables, dict) else None
        try:
            if as_of:
                datetime.fromisoformat(str(as_of)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise LeadhouseError(
                f"as_of is '{as_of}'; write a day or a moment, as in 2026-06-30 or 2026-06-30T13:10:00+02:00"
            ) from error


def _fingerprint(connection: Connection, arguments: tuple[str, ...]) -> dict[str, str]:
    """What a build is made from: a hash for the project and its arguments, one per source.

    A source's hash stands for the files in force and for the last run that landed rows over an API; that of the
    probabilities, where there are any, for the run that gave them.
    """
    project = hashlib.sha256("\0".join(arguments).encode())
    for file in sorted(_project_files()):
        project.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    rows = connection.execute(
        "select source_name, file_id from operations.files where status = 'landed'"
        " union all select source_name, cast(max(finished_at) as varchar) from operations.runs"
        " where method <> 'files' and rows_landed > 0 group by source_name"
        " union all select distinct source_name, account from operations.cursors"
        " order by 1, 2"
    )
    sources: dict[str, str] = {}
    for source, landed in rows:
        name = f"source:raw_{source}"
        sources[name] = hashlib.sha256((sources.get(name, "") + landed).encode()).hexdigest()
    scorings = connection.execute(
        "select subject, max(run_id) from operations.probabilities group by subject order by subject"
    )
    if scorings:
        sources[PROBABILITIES] = hashlib.sha256(json.dumps(scorings).encode()).hexdigest()
    return {"project": project.hexdigest()} | sources


def _project_files() -> Iterator[Path]:
    for part in PROJECT_PARTS:
        path = PROJECT / part
        yield from (
            [path]
            if path.is_file()
            else (file for file in path.rglob("*") if file.suffix in PROJECT_SUFFIXES)
        )


def _last_passed(connection: Connection) -> dict[str, str]:
    """The fingerprint of the last run, empty where it failed, was killed or was not ours."""
    rows = connection.execute(
        "select fingerprint, finished_at is not null and nodes_failed = 0"
        " from operations.builds order by started_at desc limit 1"
    )
    if not rows:
        return {}
    [(fingerprint, has_passed)] = rows
    return dict(json.loads(fingerprint)) if has_passed and fingerprint else {}


def _stale(settings: Settings, last: dict[str, str], now: dict[str, str]) -> list[str]:
    """What has to be built again: sources with other files in force, and models that depend on the run's time."""
    sources = [name for name in sorted(last | now) if last.get(name) != now.get(name)]
    return sources + dbt.models_that_call(settings, AS_OF)
