"""The project's commands as a user runs them: subprocesses in the project's folder, on the test's own warehouse."""

import atexit
import contextlib
import io
import os
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest

from leadhouse.cli import main
from leadhouse.config import Engine, Settings
from leadhouse.warehouse import connect
from tests.python.parsed_dbt import MANIFEST, TIMEOUT_SECONDS, call_dbt

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sysconfig.get_path("scripts"))

Result = subprocess.CompletedProcess[str]

_manifests: dict[Engine, Path] = {}


def environment(settings: Settings) -> dict[str, str]:
    """All variables for a command on this warehouse; the caller's own settings do not shine through.

    dbt keeps its ``target/`` and ``logs/`` under the warehouse's home, so that tests do not get in each other's way.
    """
    ours = ("PG", "LEADHOUSE_", "DBT_", "SALESFORCE_", "PIPEDRIVE_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    server = settings.postgres
    own = {
        "LEADHOUSE_HOME": str(settings.home),
        "LEADHOUSE_TARGET": settings.target,
        "LEADHOUSE_LOCK_SECONDS": str(settings.lock_seconds),
        "LEADHOUSE_PII_KEY": settings.pii_key or "",
        "PGHOST": server.host,
        "PGPORT": str(server.port),
        "PGUSER": server.user,
        "PGPASSWORD": server.password,
        "PGDATABASE": server.dbname,
        "DBT_TARGET_PATH": str(settings.home / "target"),
        "DBT_LOG_PATH": str(settings.home / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "COLUMNS": "120",
    }
    return inherited | own | api_variables(settings)


def api_variables(settings: Settings) -> dict[str, str]:
    """The variables that say how to reach the APIs; empty ones too, so that no secrets file shines through."""
    salesforce, pipedrive, http = settings.salesforce, settings.pipedrive, settings.http
    values = {
        "SALESFORCE_URL": salesforce.url,
        "SALESFORCE_CLIENT_ID": salesforce.client_id,
        "SALESFORCE_CLIENT_SECRET": salesforce.client_secret,
        "SALESFORCE_PRIVATE_KEY_FILE": salesforce.private_key_file,
        "SALESFORCE_USERNAME": salesforce.username,
        "SALESFORCE_PASSWORD": salesforce.password,
        "SALESFORCE_SECURITY_TOKEN": salesforce.security_token,
        "SALESFORCE_API_VERSION": salesforce.api_version,
        "SALESFORCE_EXTRA_FIELDS": ",".join(salesforce.extra_fields),
        "SALESFORCE_QUOTA_SHARE": salesforce.quota_share,
        "SALESFORCE_LAG_SECONDS": salesforce.lag_seconds,
        "PIPEDRIVE_URL": pipedrive.url,
        "PIPEDRIVE_API_TOKEN": pipedrive.api_token,
        "PIPEDRIVE_BUDGET_SHARE": pipedrive.budget_share,
        "LEADHOUSE_CA_FILE": http.ca_file,
        "LEADHOUSE_TIMEOUT_SECONDS": http.timeout_seconds,
        "LEADHOUSE_RETRY_SECONDS": http.retry_seconds,
    }
    return {name: "" if value is None else str(value) for name, value in values.items()}


def run_leadhouse(settings: Settings, *arguments: object, status: int | None = 0, **variables: str) -> Result:
    """Run the command line; see `run`."""
    return run(settings, SCRIPTS / "leadhouse", *arguments, status=status, **variables)


def call_leadhouse(settings: Settings, *arguments: object, status: int = 0, **variables: str) -> Result:
    """Run the command line in this process: the same as `run_leadhouse` without the seconds that its imports take."""
    parts = [str(part) for part in arguments]
    output, errors = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, environment(settings) | variables, clear=True),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        pytest.raises(SystemExit) as exit_request,
    ):
        main(parts)
    code = exit_request.value.code
    assert isinstance(code, int)
    result = Result(["leadhouse", *parts], code, output.getvalue(), errors.getvalue())
    return _checked(result, status)


def run_dbt(
    settings: Settings, *arguments: object, status: int = 0, parse: bool = False, **variables: str
) -> Result:
    """Run dbt itself; see `run`.

    Args:
        settings: the warehouse it works on.
        arguments: dbt's arguments.
        status: the exit status that it must have.
        parse: whether it is about another project, about parsing, or has variables that parsing depends on.
        variables: further environment variables.
    """
    parts = ["--no-use-colors", *(str(part) for part in arguments)]
    manifest = None if parse else _manifest(settings)
    outcome = call_dbt(parts, ROOT, environment(settings) | variables, manifest)
    return _checked(Result(["dbt", *parts], *outcome), status)


def _manifest(settings: Settings) -> Path:
    """The parsed project for this warehouse's engine; the first call parses it."""
    if settings.target not in _manifests:
        folder = Path(tempfile.mkdtemp(prefix="leadhouse-parsed-"))
        atexit.register(shutil.rmtree, folder)
        run_dbt(settings, "parse", "--target-path", folder, parse=True)
        _manifests[settings.target] = folder / MANIFEST
    return _manifests[settings.target]


def fails_after(settings: Settings, claim: str, corruption: str) -> bool:
    """Whether a singular test, which finds nothing in this built warehouse, finds something after this; undone then."""
    (path,) = (settings.home / "target/compiled/leadhouse/tests").rglob(f"{claim}.sql")
    sql = path.read_text()
    with connect(settings) as connection:
        connection.execute("begin")
        try:
            assert connection.execute(sql) == []
            for statement in corruption.split(";"):
                connection.execute(statement)
            return connection.execute(sql) != []
        finally:
            connection.execute("rollback")


def run(settings: Settings, *command: object, status: int | None = 0, **variables: str) -> Result:
    """Run a command and check its exit status.

    Args:
        settings: the warehouse it works on.
        command: the program and its arguments.
        status: the exit status that it must have; ``None`` for any.
        variables: further environment variables.
    """
    result = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment(settings) | variables,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    return _checked(result, status)


def _checked(result: Result, status: int | None) -> Result:
    said = f"{' '.join(result.args)}\nexit status {result.returncode}\n{result.stdout}\n{result.stderr}"
    assert status is None or result.returncode == status, said
    return result
