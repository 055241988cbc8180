"""Settings: the one place that reads the environment."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from leadhouse.errors import LeadhouseError

Engine = Literal["duckdb", "postgres"]

# dlt starts its telemetry at the first look at its own configuration, before a setting made in code could stop it.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

PROJECT = Path(__file__).parent.parent
"""The checkout: where ``dbt_project.yml`` lies."""

SECRETS_FILES = (PROJECT / ".dlt" / "secrets.toml", Path.home() / ".dlt" / "secrets.toml")
"""Where dlt keeps secrets."""

SALESFORCE_API_VERSION = "66.0"
"""Spring '26: every organisation has had it for months, and Salesforce supports a version for three years at least."""


@dataclass(frozen=True)
class Postgres:
    """Where the Postgres warehouse is: libpq's own variables, with the defaults of ``profiles.yml``."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    dbname: str


@dataclass(frozen=True)
class Salesforce:
    """How to sign in to Salesforce, and how far to go there. What is not set is ``None``.

    Args:
        url: where to sign in: ``https://login.salesforce.com``, ``https://test.salesforce.com`` or one's My Domain
            (``SALESFORCE_URL``).
        client_id: of the connected app (``SALESFORCE_CLIENT_ID``).
        client_secret: for the client credentials flow (``SALESFORCE_CLIENT_SECRET``).
        private_key_file: PEM file for the JWT bearer flow (``SALESFORCE_PRIVATE_KEY_FILE``).
        username: for JWT bearer and password sign-in (``SALESFORCE_USERNAME``).
        password: ``SALESFORCE_PASSWORD``.
        security_token: ``SALESFORCE_SECURITY_TOKEN``.
        api_version: such as ``66.0`` (``SALESFORCE_API_VERSION``).
        extra_fields: fields to land beside the declared ones, as ``Lead.Region__c`` (``SALESFORCE_EXTRA_FIELDS``).
        gone_fields: fields that are known to be gone, so that nobody is warned any more (``SALESFORCE_GONE_FIELDS``).
        quota_share: share of the org's daily calls, 0 to 1, at which a run stops (``SALESFORCE_QUOTA_SHARE``).
        lag_seconds: how far a window's end stays behind the server's clock (``SALESFORCE_LAG_SECONDS``).
    """

    url: str
    client_id: str | None
    client_secret: str | None = field(repr=False)
    private_key_file: Path | None
    username: str | None
    password: str | None = field(repr=False)
    security_token: str | None = field(repr=False)
    api_version: str
    extra_fields: tuple[str, ...]
    gone_fields: tuple[str, ...]
    quota_share: float
    lag_seconds: int


@dataclass(frozen=True)
class Pipedrive:
    """How to reach Pipedrive, and how far to go there. What is not set is ``None``.

    Args:
        url: ``https://COMPANY.pipedrive.com`` (``PIPEDRIVE_URL``).
        api_token: ``PIPEDRIVE_API_TOKEN``.
        budget_share: share of the day's tokens, 0 to 1, at which a run stops (``PIPEDRIVE_BUDGET_SHARE``).
    """

    url: str | None
    api_token: str | None = field(repr=False)
    budget_share: float


@dataclass(frozen=True)
class Http:
    """How to call any API.

    Args:
        ca_file: a certificate authority to trust in place of the usual ones (``LEADHOUSE_CA_FILE``).
        timeout_seconds: of one call (``LEADHOUSE_TIMEOUT_SECONDS``).
        retry_seconds: how long one call is retried at most (``LEADHOUSE_RETRY_SECONDS``).
    """

    ca_file: Path | None
    timeout_seconds: int
    retry_seconds: int


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
        duckdb_memory: how much memory DuckDB may take while dbt runs (``LEADHOUSE_DUCKDB_MEMORY``); ``None`` for what
            ``profiles.yml`` says.
        salesforce: how to reach Salesforce (``SALESFORCE_…``).
        pipedrive: how to reach Pipedrive (``PIPEDRIVE_…``).
        http: how to call them.
    """

    home: Path
    target: Engine
    postgres: Postgres
    pii_key: str | None = field(repr=False)
    archive_days: int | None
    lock_seconds: int
    reader_role: str | None
    duckdb_memory: str | None
    salesforce: Salesforce
    pipedrive: Pipedrive
    http: Http

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
    def downloads(self) -> Path:
        """Downloads from APIs that are not complete; the next run goes on with them."""
        return self.home / "downloads"

    @property
    def models(self) -> Path:
        """What ``leadhouse score`` has trained: a folder per run."""
        return self.home / "models"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.home / "logs"

    @property
    def dbt_target(self) -> Path:
        """What dbt writes when ``leadhouse`` runs it: manifest, run results, compiled SQL."""
        return self.home / "target"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from environment variables; those of the APIs may stand in dlt's ``secrets.toml`` instead.

    Raises:
        LeadhouseError: a variable holds a value that makes no sense.
    """
    environ = _secrets_file(SECRETS_FILES) | dict(environ)
    target = environ.get("LEADHOUSE_TARGET") or "duckdb"
    if target not in ("duckdb", "postgres"):
        raise LeadhouseError(f"LEADHOUSE_TARGET is '{target}'; it must be 'duckdb' or 'postgres'")
    home = Path(environ.get("LEADHOUSE_HOME") or PROJECT / ".leadhouse").absolute()
    if set("'%") & set(str(home)):
        raise LeadhouseError(
            f"LEADHOUSE_HOME is {home}; its path must be without quotes and per cent signs, which dlt cannot handle"
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
        duckdb_memory=_memory(environ, "LEADHOUSE_DUCKDB_MEMORY"),
        salesforce=_salesforce(environ),
        pipedrive=_pipedrive(environ),
        http=Http(
            ca_file=_path(environ, "LEADHOUSE_CA_FILE"),
            timeout_seconds=_whole_number(environ, "LEADHOUSE_TIMEOUT_SECONDS") or 120,
            retry_seconds=_whole_number(environ, "LEADHOUSE_RETRY_SECONDS", 300) or 0,
        ),
    )


def variables_for_dbt(settings: Settings, fingerprint: str) -> dict[str, str]:
    """The environment variables by which ``profiles.yml`` and dbt itself are told the settings.

    Args:
        settings: as ``load_settings`` gave them.
        fingerprint: what ``operations.builds`` is to note of this run.
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
        "LEADHOUSE_DUCKDB_MEMORY": settings.duckdb_memory or "",
        "DBT_TARGET_PATH": str(settings.dbt_target),
        "DBT_LOG_PATH": str(settings.logs),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def _salesforce(environ: Mapping[str, str]) -> Salesforce:
    version = environ.get("SALESFORCE_API_VERSION") or SALESFORCE_API_VERSION
    if not re.fullmatch(r"[1-9][0-9]\.0", version):
        raise LeadhouseError(
            f"SALESFORCE_API_VERSION is '{version}'; it must look like {SALESFORCE_API_VERSION}"
        )
    lag_seconds = _whole_number(environ, "SALESFORCE_LAG_SECONDS")
    return Salesforce(
        url=_url(environ, "SALESFORCE_URL") or "https://login.salesforce.com",
        client_id=environ.get("SALESFORCE_CLIENT_ID") or None,
        client_secret=environ.get("SALESFORCE_CLIENT_SECRET") or None,
        private_key_file=_path(environ, "SALESFORCE_PRIVATE_KEY_FILE"),
        username=environ.get("SALESFORCE_USERNAME") or None,
        password=environ.get("SALESFORCE_PASSWORD") or None,
        security_token=environ.get("SALESFORCE_SECURITY_TOKEN") or None,
        api_version=version,
        extra_fields=_field_names(environ, "SALESFORCE_EXTRA_FIELDS"),
        gone_fields=_field_names(environ, "SALESFORCE_GONE_FIELDS"),
        quota_share=_share(environ, "SALESFORCE_QUOTA_SHARE", 0.8),
        lag_seconds=120 if lag_seconds is None else lag_seconds,
    )


def _field_names(environ: Mapping[str, str], variable: str) -> tuple[str, ...]:
    names = tuple((environ.get(variable) or "").replace(",", " ").split())
    for name in names:
        if not re.fullmatch(r"[A-Za-z]\w*\.[A-Za-z]\w*", name, re.ASCII):
            raise LeadhouseError(
                f"{variable} names '{name}'; it must be a list of fields like Lead.Region__c"
            )
    return names


def _pipedrive(environ: Mapping[str, str]) -> Pipedrive:
    return Pipedrive(
        url=_url(environ, "PIPEDRIVE_URL"),
        api_token=environ.get("PIPEDRIVE_API_TOKEN") or None,
        budget_share=_share(environ, "PIPEDRIVE_BUDGET_SHARE", 0.8),
    )


def _secrets_file(paths: Sequence[Path]) -> dict[str, str]:
    """The ``[sources.…]`` tables of the first of these files that exists, under the names of the variables."""
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        return {}
    try:
        sources = tomllib.loads(path.read_text(encoding="utf-8")).get("sources", {})
        return {
            f"{source}_{name}".upper(): str(value)
            for source in ("salesforce", "pipedrive")
            for name, value in sources.get(source, {}).items()
        }
    except (OSError, ValueError, AttributeError):
        # A parser's message could quote the line, and with it a secret.
        raise LeadhouseError(
            f'{path}: cannot be read as dlt\'s secrets file; it needs lines like client_id = "…"'
            " under [sources.salesforce] or [sources.pipedrive]"
        ) from None


def _url(environ: Mapping[str, str], name: str) -> str | None:
    text = (environ.get(name) or "").strip().rstrip("/")
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query or parts.username:
        raise LeadhouseError(f"{name} must be an address like https://host and no more")
    return text


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    text = environ.get(name) or ""
    if text and not Path(text).is_file():
        raise LeadhouseError(f"{name} is '{text}'; there is no such file")
    return Path(text) if text else None


def _share(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name) or str(default)
    if not re.fullmatch(r"[01]|[01]?\.[0-9]+", text, re.ASCII) or not 0 < float(text) <= 1:
        raise LeadhouseError(f"{name} is '{text}'; it must be a share above 0 and up to 1, like {default}")
    return float(text)


def _memory(environ: Mapping[str, str], name: str) -> str | None:
    text = environ.get(name) or None
    if text and not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?([KMGT]i?B|%)", text):
        raise LeadhouseError(f"{name} is '{text}'; it must look like 5GB, 512MB or 50%")
    return text


def _whole_number(environ: Mapping[str, str], name: str, default: int | None = None) -> int | None:
    text = environ.get(name) or ""
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise LeadhouseError(f"{name} is '{text}'; it must be a whole number")
    return int(text)
