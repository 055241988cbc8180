"""A real Postgres for tests and measurements: the one that ``PG…`` variables name, else a throw-away cluster."""

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
from filelock import FileLock

from leadhouse.config import Postgres, load_settings
from leadhouse.errors import LeadhouseError

OLDEST_VERSION = 14
OWNER = "leadhouse"
START_SECONDS = 60
APT_LOCK = Path("/run/leadhouse-apt.lock")  # parallel test processes install it once

# The server must not outlive us, however we end: when our end of the pipe closes, it is stopped and its data removed.
# SIGQUIT is "immediate shutdown".
WATCHED = 'home=$0; "$@" & read -r _; kill -QUIT $!; wait $!; rm -rf "$home"'

SERVER_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "50",
    "jit": "off",
    # The data is worth nothing after the run, so nothing has to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "5min",
}

Identity = dict[str, Any]


@contextmanager
def postgres_server(environ: Mapping[str, str] = os.environ) -> Iterator[Postgres]:
    """Give a server on which databases may be created; a throw-away one is gone afterwards.

    Yields:
        Connection parameters; the database they name is for maintenance only, see `fresh_database`.

    Raises:
        LeadhouseError: there is no server, and none can be started; the message says what is missing.
    """
    if environ.get("PGHOST"):
        yield replace(load_settings(environ).postgres, dbname=environ.get("PGDATABASE") or "postgres")
        return
    binaries = find_binaries() or install_binaries()
    with throw_away_cluster(binaries) as server:
        yield server


@contextmanager
def fresh_database(server: Postgres) -> Iterator[Postgres]:
    """Create an empty database under a name of its own, and drop it afterwards; no other database is touched."""
    name = f"leadhouse_test_{secrets.token_hex(6)}"
    _maintain(server, f"create database {name} template template0 encoding 'UTF8'")
    try:
        yield replace(server, dbname=name)
    finally:
        _maintain(server, f"drop database if exists {name} with (force)")


def find_binaries() -> Path | None:
    """The folder of the newest usable server binaries on this machine, if there are any."""
    candidates = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    if found := shutil.which("postgres"):
        candidates.append(Path(found).resolve().parent)
    if pg_config := shutil.which("pg_config"):
        candidates.append(Path(_run(pg_config, "--bindir").stdout.strip()))
    usable = [(_version(folder), folder) for folder in candidates if _version(folder) >= OLDEST_VERSION]
    return max(usable)[1] if usable else None


def install_binaries() -> Path:
    """Install Debian's package where we may."""
    wanted = (
        f"the tests need Postgres {OLDEST_VERSION} or newer:"
        " set PGHOST, PGUSER and PGPASSWORD to a server, or install its binaries"
    )
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise LeadhouseError(f"{wanted} (on Debian and Ubuntu: apt-get install postgresql)")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with FileLock(APT_LOCK):
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "postgresql"]):
            result = _run("apt-get", "-qq", *command, env=environ)
        binaries = find_binaries()
    if binaries is None:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise LeadhouseError(f"{wanted}; 'apt-get install postgresql' gave none: {reason}")
    return binaries


@contextmanager
def throw_away_cluster(binaries: Path) -> Iterator[Postgres]:
    """Start a cluster on a free loopback port, with a password of its own; stop and delete it afterwards."""
    identity = _identity()
    # Directly under /tmp: any user reaches it, and the path of a Unix socket must be short.
    home = Path(tempfile.mkdtemp(prefix="leadhouse-postgres-", dir="/tmp"))
    try:
        password = secrets.token_urlsafe(24)
        password_file = home / "password"
        password_file.write_text(password)
        if identity:
            for path in (home, password_file):
                shutil.chown(path, identity["user"], identity["group"])
        _create_cluster(binaries, home, identity)
        with _running(binaries, home, identity, password) as server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _create_cluster(binaries: Path, home: Path, identity: Identity) -> None:
    result = _run(
        binaries / "initdb",
        f"--pgdata={home / 'data'}",
        f"--username={OWNER}",
        f"--pwfile={home / 'password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        cwd=home,
        env=_environment(),
        identity=identity,
    )
    if result.returncode:
        raise LeadhouseError(f"{binaries}/initdb failed: {' '.join(result.stderr.split())}")


@contextmanager
def _running(binaries: Path, home: Path, identity: Identity, password: str) -> Iterator[Postgres]:
    log = home / "log"
    port = _free_port()
    options = {**SERVER_OPTIONS, "port": str(port), "unix_socket_directories": str(home)}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with log.open("w") as output:
        process = subprocess.Popen(
            ["sh", "-c", WATCHED, home, binaries / "postgres", "-D", home / "data", *arguments],
            cwd=home,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the tests, which still need the server to clean up
            **identity,
        )
    try:
        server = Postgres("127.0.0.1", port, OWNER, password, "postgres")
        deadline = time.monotonic() + START_SECONDS
        while not _answers(server):
            if _gave_up(log) or time.monotonic() > deadline:
                raise LeadhouseError(f"{binaries}/postgres did not start: {_last_lines(log)}")
            time.sleep(0.05)
        yield server
    finally:
        process.communicate()


def _identity() -> Identity:
    """Who the server runs as, as arguments of `subprocess`: we ourselves, except that Postgres refuses root."""
    if os.geteuid() != 0:
        return {}
    for entry in sorted(pwd.getpwall(), key=lambda entry: entry.pw_name != "postgres"):
        if entry.pw_name in ("postgres", "nobody"):
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise LeadhouseError(
        "Postgres refuses to run as root, and there is no user 'postgres' or 'nobody': set PGHOST"
    )


def _environment() -> dict[str, str]:
    """Nothing of the caller's PG… variables and locale may reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(server: Postgres) -> bool:
    try:
        _maintain(server, "select 1")
    except psycopg2.OperationalError:
        return False
    return True


def _maintain(server: Postgres, sql: str) -> None:
    """Run one statement outside a transaction."""
    with closing(
        psycopg2.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            dbname=server.dbname,
        )
    ) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)


def _run(
    *command: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    identity: Identity | None = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, **(identity or {})
    )


def _gave_up(log: Path) -> bool:
    fatal = [line for line in log.read_text().splitlines() if "FATAL:" in line]
    return any("starting up" not in line for line in fatal)


def _last_lines(log: Path) -> str:
    return " / ".join(log.read_text().splitlines()[-3:])


def _version(binaries: Path) -> int:
    """Major version of the server in a folder; 0 where there is none."""
    server = binaries / "postgres"
    if not server.is_file() or not (binaries / "initdb").is_file():
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", _run(server, "--version").stdout)
    return int(found[1]) if found else 0
