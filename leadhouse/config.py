"""Settings: the one place that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from leadhouse.errors import LeadhouseError

Engine = Literal["duckdb", "postgres"]

# dlt starts its telemetry at the first look at its own configuration, before a setting made in code could stop it.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

PROJECT = Path(__file__).parent.parent
"""The checkout: where ``dbt_project.yml`` lies."""


@dataclass(frozen=True)
class Postgres:
    """Where the Postgres warehouse is: libpq's own variables, with the defaults of ``profiles.yml``."""

    host: str
    port: int
    user: str
    password: str
    dbname: str


@dataclass(frozen=True)
class Settings:
    """Everything a run can be told from outside.

    Args:
        home: folder that holds all state (``LEADHOUSE_HOME``).
        target: the engine (``LEADHOUSE_TARGET``).
        postgres: the server, used where ``target`` is ``postgres`` (``PG…``).
        pii_key: secret for keyed hashes, taken over once into an empty warehouse (``LEADHOUSE_PII_KEY``).
        archive_days: days that accepted files stay in the archive; ``None`` keeps them (``LEADHOUSE_ARCHIVE_DAYS``).
        lock_seconds: how long to wait for another run (``LEADHOUSE_LOCK_SECONDS``).
        reader_role: Postgres role that may read what is published (``LEADHOUSE_READER_ROLE``).
    """

    home: Path
    target: Engine
    postgres: Postgres
    pii_key: str | None
    archive_days: int | None
    lock_seconds: int
    reader_role: str | None

    @property
    def warehouse_file(self) -> Path:
        """The DuckDB warehouse."""
        return self.home / "warehouse.duckdb"

    @property
    def marts_file(self) -> Path:
        """The published copy on DuckDB, which BI tools read."""
        return self.home / "marts.duckdb"

    @property
    def archive(self) -> Path:
        """Accepted files, each under the hash of its bytes."""
        return self.home / "archive"

    @property
    def scratch(self) -> Path:
        """Working files of the run under way; worth nothing once it has ended."""
        return self.home / "scratch"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.home / "logs"

    @property
    def dbt_target(self) -> Path:
        """What dbt writes when ``leadhouse`` runs it: manifest, run results, compiled SQL."""
        return self.home / "target"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from environment variables.

    Raises:
        LeadhouseError: a variable holds a value that makes no sense.
    """
    target = environ.get("LEADHOUSE_TARGET") or "duckdb"
    if target not in ("duckdb", "postgres"):
        raise LeadhouseError(f"LEADHOUSE_TARGET is '{target}'; it must be 'duckdb' or 'postgres'")
    home = Path(environ.get("LEADHOUSE_HOME") or PROJECT / ".leadhouse").absolute()
    if "'" in str(home):
        raise LeadhouseError(
            f"LEADHOUSE_HOME is {home}; its path must be without quotes, which dlt cannot handle"
        )
    return Settings(
        home=home,
        target=cast(Engine, target),
        postgres=Postgres(
            host=environ.get("PGHOST") or "localhost",
            port=_whole_number(environ, "PGPORT") or 5432,
            user=environ.get("PGUSER") or "leadhouse",
            password=environ.get("PGPASSWORD", ""),
            dbname=environ.get("PGDATABASE") or "leadhouse",
        ),
        pii_key=environ.get("LEADHOUSE_PII_KEY") or None,
        archive_days=_whole_number(environ, "LEADHOUSE_ARCHIVE_DAYS"),
        lock_seconds=_whole_number(environ, "LEADHOUSE_LOCK_SECONDS", 60) or 0,
        reader_role=environ.get("LEADHOUSE_READER_ROLE") or None,
    )


def variables_for_dbt(settings: Settings, fingerprint: str) -> dict[str, str]:
    """The environment variables by which ``profiles.yml`` and dbt itself are told the settings.

    Args:
        settings: as ``load_settings`` gave them.
        fingerprint: what ``operations.runs`` is to note of this run.
    """
    server = settings.postgres
    return {
        "LEADHOUSE_HOME": str(settings.home),
        "LEADHOUSE_TARGET": settings.target,
        "LEADHOUSE_BUILD_FINGERPRINT": fingerprint,
        "PGHOST": server.host,
        "PGPORT": str(server.port),
        "PGUSER": server.user,
        "PGPASSWORD": server.password,
        "PGDATABASE": server.dbname,
        "LEADHOUSE_READER_ROLE": settings.reader_role or "",
        "DBT_TARGET_PATH": str(settings.dbt_target),
        "DBT_LOG_PATH": str(settings.logs),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def _whole_number(environ: Mapping[str, str], name: str, default: int | None = None) -> int | None:
    text = environ.get(name) or ""
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise LeadhouseError(f"{name} is '{text}'; it must be a whole number")
    return int(text)
