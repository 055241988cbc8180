"""No person's name, e-mail or phone leaves the raw tables and schema ``private``: everything else is searched for them.

What is searched for comes from the files that were landed. A name is found in either order; names that public records
contain (a business called after its owner) are allowed in the columns that hold just those records.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pytest

from leadhouse.config import Engine, Settings
from leadhouse.publish import publish
from leadhouse.simulator.plan import Plan
from leadhouse.simulator.plan import write as simulate
from leadhouse.warehouse import Connection, connect, quote, table_columns
from tests.python.lead_files import REAL, land
from tests.python.running import run_dbt

PERSON_COLUMNS = ("Primary Contact Name", "Primary Caregiver")
PHONE_COLUMNS = ("phone", "mobile_phone", "Phone")
EMAIL_COLUMNS = ("email", "Email", "Email Address")
PUBLIC_COLUMNS = (
    "Name",
    "Company",
    "Operation Name",
    "company",
    "Address",
    "Address1",
    "Address2",
    "street",
    "billing_street",
    "City",
    "city",
    "billing_city",
)
PUBLIC_RECORD = {
    "business_name",
    "organization_name",
    "legal_name",
    "dba_name",
    "company",
    "account_name",
    "customer_name",
    "opportunity_name",
    "street",
    "street_and_city",
    "city",
}
"""Columns of the warehouse that hold business names and addresses."""

IN_PARTS = {
    "intermediate.int_lead_match_names": {"name", "alternate_name", "compact_name", "compact_alternate_name"},
    "intermediate.int_lead_match_name_words": {"word"},
    "intermediate.int_lead_match_word_bits": {"word"},
    "intermediate.int_lead_match_word_lists": {"words"},
    "intermediate.int_lead_match_brands": {"brand"},
    "intermediate.int_lead_match_addresses": {"street_name"},
}
"""Where lead matching takes them apart; such a column may hold the first name that a business is called after."""

PLANTED = "Wilhelmina Featherstonehaugh, wilhelmina@featherstonehaugh.example, +1 702-555-0187"
"""A name, an e-mail address and a phone number for the raw columns that the files do not fill."""

NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
"""What dbt's own tests leave behind is SQL of the same models."""

Words = tuple[str, ...]
Leak = tuple[str, str]


@dataclass
class Secrets:
    """What must not be found.

    Args:
        names: full names of at least two words.
        public_names: those that business names or addresses contain.
        parts: first and last names, that no other text consists of.
        emails: in lower case.
        phones: digits, as many as were written.
    """

    names: set[Words] = field(default_factory=set)
    public_names: set[Words] = field(default_factory=set)
    parts: set[Words] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)


def words(text: str) -> Words:
    """Lower case, without accents; an apostrophe belongs to its word."""
    plain = unicodedata.normalize("NFKD", text.replace("í", "'")).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z0-9']+", plain))


def secrets_of(folder: Path) -> Secrets:
    secrets = Secrets()
    public: set[str] = set()
    for path in sorted(folder.rglob("*.csv")):
        if path.parent.name not in ("pipedrive", "salesforce", "facilities"):
            continue
        with path.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                secrets.emails |= {text.strip().lower() for text in cells(row, EMAIL_COLUMNS) if "@" in text}
                secrets.phones |= {re.sub(r"\D", "", text) for text in cells(row, PHONE_COLUMNS)}
                people = [text.strip().splitlines()[0] for text in cells(row, PERSON_COLUMNS)]
                if path.stem == "users":
                    people.append(row["name"])
                if path.parent.name == "salesforce" and "last_name" in row:
                    people.append(f"{row['first_name']} {row['last_name']}")
                    secrets.parts |= {words(text) for text in (row["first_name"], row["last_name"])}
                for name in map(words, people):
                    secrets.names |= {name, (name[-1], *name[:-1])} if len(name) > 1 else set()
                public |= set(cells(row, PUBLIC_COLUMNS))
    person, email, phone = PLANTED.split(", ")
    secrets.names |= {words(person), words(person)[::-1]}
    secrets.emails.add(email)
    secrets.phones = {phone for phone in secrets.phones if len(phone) >= 10} | {
        re.sub(r"\D", "", phone)[-10:]
    }
    secrets.parts.discard(())
    for text in public:
        secrets.public_names |= set(names_in(words(text), by_first_word(secrets.names)))
    return secrets


def cells(row: dict[str, str], columns: Iterable[str]) -> Iterator[str]:
    return (row[column] for column in columns if (row.get(column) or "").strip())


def by_first_word(names: Iterable[Words]) -> dict[str, list[Words]]:
    index: dict[str, list[Words]] = {}
    for name in names:
        index.setdefault(name[0], []).append(name)
    return index


def names_in(text: Words, index: dict[str, list[Words]]) -> Iterator[Words]:
    for place, word in enumerate(text):
        yield from (name for name in index.get(word, ()) if text[place : place + len(name)] == name)


class Search:
    """Finds secrets in texts."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self.names = by_first_word(secrets.names)

    def leaks(self, text: str, place: str, *, is_public: bool = False) -> Iterator[Leak]:
        for name in names_in(words(text), self.names):
            if not is_public or name not in self.secrets.public_names:
                yield place, " ".join(name)
        for email in re.findall(r"[^\s<>()\"',;:|\\]+@[^\s<>()\"',;:|\\]+", text.lower()):
            if email.strip(".") in self.secrets.emails:
                yield place, email
        for number in re.findall(r"\d(?:[ ().+-]{0,2}\d){9,}", text):
            digits = re.sub(r"\D", "", number)
            if digits in self.secrets.phones or digits[-10:] in self.secrets.phones:
                yield place, number


def in_warehouse(settings: Settings, search: Search) -> set[Leak]:
    with connect(settings) as connection:
        found = set(in_tables(connection, search))
    if settings.target == "duckdb":
        with duckdb.connect(str(settings.marts_file), read_only=True) as raw:
            found |= set(in_tables(Connection("duckdb", raw), search))
    return found


def in_tables(connection: Connection, search: Search) -> Iterator[Leak]:
    vocabulary = {words(text) for _, _, text in texts(connection, ["reference"])}
    parts = search.secrets.parts - vocabulary
    for relation, column, text in texts(connection, searched_schemas(connection)):
        is_public = column in PUBLIC_RECORD | IN_PARTS.get(relation, set())
        yield from search.leaks(text, f"{relation}.{column}", is_public=is_public)
        if not is_public and column not in ("month_name", "county", "state_name") and words(text) in parts:
            yield f"{relation}.{column}", text


def searched_schemas(connection: Connection) -> list[str]:
    rows = connection.execute("select distinct table_schema from information_schema.tables order by 1")
    left_out = ("private", "information_schema", "pg_catalog")
    return [schema for (schema,) in rows if not schema.startswith("raw_") and schema not in left_out]


def texts(connection: Connection, schemas: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Relation, column and every different value in it."""
    relations = connection.execute(
        "select table_schema, table_name from information_schema.tables order by 1, 2"
    )
    for schema, table in relations:
        if schema in schemas:
            columns = table_columns(connection, schema, table)
            rows = connection.execute(f"select * from {schema}.{quote(table)}")
            for column, values in zip(columns, zip(*rows, strict=True), strict=False):
                for value in {str(value) for value in values if value is not None}:
                    yield f"{schema}.{table}", column, value


def in_files(settings: Settings, search: Search) -> set[Leak]:
    """What dbt and the command left behind: compiled SQL, manifests, logs."""
    paths = [
        path for name in ("target", "logs") for path in (settings.home / name).rglob("*") if path.is_file()
    ]
    assert any(path.suffix == ".log" for path in paths)
    assert any(path.suffix == ".sql" for path in paths)
    found: set[Leak] = set()
    for path in paths:
        for line in path.read_text(encoding="utf-8", errors="ignore").splitlines():
            found |= set(search.leaks(line, str(path.relative_to(settings.home))))
    return found


def personal_columns(settings: Settings) -> dict[str, list[str]]:
    """The raw columns that hold personal data by their descriptions, by table."""
    sources = json.loads((settings.home / "target/manifest.json").read_text())["sources"].values()
    return {
        f"{source['schema']}.{quote(source['name'])}": columns
        for source in sources
        if source["schema"].startswith("raw_")
        and (
            columns := [
                name for name, column in source["columns"].items() if is_personal(column["description"])
            ]
        )
    }


def is_personal(description: str) -> bool:
    """Whether a column is described as one of personal data."""
    return "in clear" in description or "personal data" in description


def plant(connection: Connection, columns: dict[str, list[str]]) -> None:
    """Fill the columns that the files do not, as an API would."""
    for table, names in columns.items():
        if not connection.execute(f"select 1 from {table} limit 1"):
            connection.execute(f"insert into {table} (_row_number) values (1)")
        for name in map(quote, names):
            if not connection.execute(f"select 1 from {table} where {name} <> '' limit 1"):
                connection.execute(f"update {table} set {name} = ?", [PLANTED])


@pytest.fixture(scope="module", params=["synthetic", "real"])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of all sources."""
    if request.param == "real":
        if REAL is None:
            pytest.skip("the real extracts do not lie beside the repository")
        return REAL
    folder = tmp_path_factory.mktemp("files") / "synthetic"
    plan = Plan(
        seed=1, start=date(2026, 10, 1), months=1, deals=40, activities=80, users=30, leads=60, facilities=60
    )
    list(simulate(plan, folder))
    return folder


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def built(
    request: pytest.FixtureRequest, sample: Path, new_warehouse: Callable[[Engine], Settings]
) -> Settings:
    """The sample landed, built and published."""
    settings = new_warehouse(request.param)
    land(settings, sample, "2026-10")
    run_dbt(settings, "parse", parse=True)
    with connect(settings) as connection:
        plant(connection, personal_columns(settings))
    run_dbt(settings, "build", *NO_TESTS)
    publish(settings)
    return settings


@pytest.fixture(scope="module")
def search(sample: Path) -> Search:
    secrets = secrets_of(sample)
    assert len(secrets.names) > 50
    assert len(secrets.emails) > 20
    assert len(secrets.phones) > 50
    return Search(secrets)


def test_columns_that_only_an_api_fills_hold_personal_data_too(built: Settings) -> None:
    columns = personal_columns(built)
    assert {"name", "emails", "phones"} <= set(columns['raw_pipedrive."persons"'])
    assert {"last_name", "email", "mobile_phone"} <= set(columns['raw_salesforce."contact"'])
    assert {"old_value", "new_value"} <= set(columns['raw_salesforce."lead_history"'])
    with connect(built) as connection:
        for table, names in columns.items():
            for name in map(quote, names):
                assert connection.execute(f"select 1 from {table} where {name} <> '' limit 1"), (table, name)
        assert connection.execute("select distinct mobile_phone from raw_salesforce.contact") == [(PLANTED,)]


def test_no_table_or_view_shows_personal_data(built: Settings, search: Search) -> None:
    assert in_warehouse(built, search) == set()


def test_no_file_of_dbt_shows_personal_data(built: Settings, search: Search) -> None:
    assert in_files(built, search) == set()


def test_a_planted_leak_is_found_in_tables_views_and_published_copies(
    built: Settings, search: Search
) -> None:
    name = next(name for name in sorted(search.secrets.names - search.secrets.public_names))
    planted = {
        "name": " ".join(name).title(),
        "contact": f"ask for {name[-1].upper()}, {' '.join(name[:-1])}",
        "email": f"<{min(search.secrets.emails).upper()}>",
        "phone": "+1 ({}) {}-{} x2".format(*re.findall(r"^(...)(...)(....)", max(search.secrets.phones))[0]),
    }
    columns = ", ".join(f"'{text}' as {column}" for column, text in planted.items())
    with connect(built) as connection:
        connection.execute(f"create table marts.planted as select {columns}")
        connection.execute("create view staging.planted as select * from marts.planted")
    publish(built)
    try:
        places = {place for place, _ in in_warehouse(built, search)}
        schemas = ("marts", "staging", "published")
        assert places == {f"{schema}.planted.{column}" for schema in schemas for column in planted}
    finally:
        with connect(built) as connection:
            connection.execute("drop view staging.planted")
            connection.execute("drop table marts.planted")
        publish(built)


def test_a_planted_leak_is_found_in_files(built: Settings, search: Search) -> None:
    log = built.home / "logs" / "planted.log"
    log.write_text(f"select 1\n-- {max(search.secrets.phones)}\n-- {min(search.secrets.emails)}\n")
    try:
        assert {place for place, _ in in_files(built, search)} == {"logs/planted.log"}
        assert len(in_files(built, search)) == 2
    finally:
        log.unlink()


def test_a_first_name_alone_is_found(built: Settings, search: Search) -> None:
    with connect(built) as connection:
        known = {words(text) for _, _, text in texts(connection, ["reference"])}
        part = min(search.secrets.parts - known)
        connection.execute(f"create table marts.planted as select '{' '.join(part).upper()}' as first_name")
        try:
            assert {place for place, _ in in_tables(connection, search)} == {"marts.planted.first_name"}
        finally:
            connection.execute("drop table marts.planted")


def test_with_another_key_no_hash_stays_the_same(built: Settings) -> None:
    before = hashes(built)
    with connect(built) as connection:
        connection.execute("update private.pii_key set pii_key = 'another key'")
    run_dbt(built, "run")
    publish(built)
    after = hashes(built)
    assert len(before) == len(after) > 50
    assert before.isdisjoint(after)


def hashes(settings: Settings) -> set[str]:
    """All SHA-256 sums outside the ledger, whose sums are those of files."""
    with connect(settings) as connection:
        schemas = [schema for schema in searched_schemas(connection) if schema != "operations"]
        found = texts(connection, schemas)
        return {text for _, _, text in found if re.fullmatch("[0-9a-f]{64}", text)}
