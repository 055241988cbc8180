"""Fixtures: warehouses of the tests' own, on both engines."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import pytest

from leadhouse.config import Engine, Postgres, Settings, load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.publish import publish
from leadhouse.simulator.plan import Plan
from leadhouse.simulator.plan import write as simulate
from leadhouse.warehouse import prepare
from tests.python.lead_files import SOURCES
from tests.python.postgres_server import fresh_database, postgres_server
from tests.python.running import call_leadhouse, run_dbt


def pytest_configure() -> None:
    """A shell's background job ignores interrupts, and so would all that these tests start and interrupt."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A real Postgres server, one per test process; the tests that need it fail where there is none."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(postgres_server())
        except LeadhouseError as error:
            pytest.fail(str(error), pytrace=False)
        yield found


@pytest.fixture
def duckdb_settings(tmp_path: Path) -> Settings:
    """A prepared, empty DuckDB warehouse."""
    return _duckdb(tmp_path / "duckdb")


@pytest.fixture
def postgres_settings(tmp_path: Path, server: Postgres) -> Iterator[Settings]:
    """A prepared, empty Postgres warehouse: a database of its own."""
    with _postgres(tmp_path / "postgres", server) as settings:
        yield settings


@pytest.fixture(params=["duckdb", "postgres"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """A prepared, empty warehouse; the test runs once on each engine."""
    prepared: Settings = request.getfixturevalue(f"{request.param}_settings")
    return prepared


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder of made-up exports of all sources."""
    folder = tmp_path_factory.mktemp("demo") / "files"
    plan = Plan(
        seed=2,
        start=date(2026, 10, 1),
        months=1,
        deals=300,
        activities=600,
        users=25,
        leads=80,
        facilities=80,
    )
    list(simulate(plan, folder))
    return folder


@pytest.fixture(scope="session")
def demo(demo_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """They, landed, built without tests and published on DuckDB. It is shared: only to be read."""
    settings = _duckdb(tmp_path_factory.mktemp("demo_home"))
    for source in SOURCES:
        call_leadhouse(settings, "extract", source, "--files", demo_files / source, "--period", "2026-10")
    run_dbt(settings, "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    publish(settings)
    return settings


@pytest.fixture(scope="session")
def new_warehouse(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Engine], Settings]:
    """Make further warehouses, for fixtures of a wider scope than one test: ``new_warehouse("duckdb")``."""

    def create(engine: Engine) -> Settings:
        home = tmp_path_factory.mktemp(engine)
        if engine == "duckdb":
            return _duckdb(home)
        new_database: Callable[[Path], Settings] = request.getfixturevalue("new_database")
        return new_database(home)

    return create


@pytest.fixture(scope="session")
def new_database(server: Postgres) -> Iterator[Callable[[Path], Settings]]:
    """Make further databases; they are dropped before the server goes, which is only started where it is needed."""
    with ExitStack() as stack:
        yield lambda home: stack.enter_context(_postgres(home, server))


def _duckdb(home: Path) -> Settings:
    settings = load_settings({"LEADHOUSE_HOME": str(home)})
    prepare(settings)
    return settings


@contextmanager
def _postgres(home: Path, server: Postgres) -> Iterator[Settings]:
    home.mkdir(exist_ok=True)
    with fresh_database(server) as database:
        settings = load_settings(
            {
                "LEADHOUSE_HOME": str(home),
                "LEADHOUSE_TARGET": "postgres",
                "PGHOST": database.host,
                "PGPORT": str(database.port),
                "PGUSER": database.user,
                "PGPASSWORD": database.password,
                "PGDATABASE": database.dbname,
            }
        )
        prepare(settings)
        yield settings
