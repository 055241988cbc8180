"""The bundled subset of the dbt packages gives what the packages from the hub give.

The same small project is built on each, and each has to give the results written down here. The real packages take
part where they are: in the folder that DBT_PACKAGES_REAL names, in dbt_packages_real/, or installed in dbt_packages/.
"""

import datetime
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from leadhouse.config import Engine
from leadhouse.warehouse import Rows, connect, table_columns
from tests.python.running import ROOT, run_dbt

NAMES = ("dbt_utils", "dbt_expectations", "dbt_date")

FACTS = (
    (1, "a", 10, 5),
    (2, "b", 20, 20),
    (3, None, None, 1),
    (4, "a", 30, 50),
    (5, "c", -1, None),
    (5, "c", -1, None),
    (None, None, None, None),
    (None, None, None, None),
)

MODELS = {
    "facts": "select * from (values\n"
    + ",\n".join(str(row).replace("None", "null") for row in FACTS)
    + "\n) as facts (id, code, amount, bound)",
    "fewer": "select * from {{ ref('facts') }} where id <> 4",
    "nothing": "select * from {{ ref('facts') }} where id = 6",
    "lookup": "select * from (values ('a', true), ('b', false), (null, true)) as lookup (code, is_active)",
    "keys": """
        select {{ dbt_utils.generate_surrogate_key(['id', 'code', 'id = 1']) }} as surrogate_key
        from {{ ref('facts') }}
    """,
    "days": """{{ dbt_utils.date_spine('day', "cast('2024-02-27' as date)", "cast('2024-03-02' as date)") }}""",
    "months": """{{ dbt_utils.date_spine('month', "cast('2023-11-01' as date)", "cast('2024-02-15' as date)") }}""",
    "starred": """
        select {{ dbt_utils.star(
            ref('facts'), relation_alias='facts', except=['BOUND'], prefix='a_', suffix='_z', rename={'ID': 'own_id'}
        ) }}
        from {{ ref('facts') }} as facts
        where id = 1
    """,
    "starred_plainly": """
        select
            {{ dbt_utils.star(ref('facts')) }},
            {{ dbt_utils.star(ref('facts'), prefix='x', quote_identifiers=false, except=['id']) }}
        from {{ ref('facts') }}
        where id = 1
    """,
    "united": """
        {{ dbt_utils.union_relations(
            [ref('facts'), ref('lookup')], exclude=['BOUND'], where="code = 'a'", column_override={'id': 'text'}
        ) }}
    """,
    "united_plainly": """
        {{ dbt_utils.union_relations([ref('lookup'), ref('facts')], include=['Code'], source_column_name=none) }}
    """,
    "grouped": """
        select code, id = 1 as is_first, count(*) as row_count
        from {{ ref('facts') }}
        {{ dbt_utils.group_by(2) }}
    """,
    "listed": """
        {%- set frequent = dbt_utils.get_column_values(
            ref('facts'), 'code', order_by='count(*) desc, code', where='code is not null', max_records=2
        ) -%}
        {%- set smallest = dbt_utils.get_column_values(ref('facts'), 'amount', order_by='amount') -%}
        {%- set none_there = dbt_utils.get_column_values(ref('nothing'), 'code') -%}
        select
            '{{ frequent | join(',') }}' as frequent,
            {{ smallest | first }} as smallest,
            {{ none_there is none }} as is_none_there
    """,
}


@dataclass(frozen=True)
class Check:
    """A generic test and how many failures it must find, on both engines or on (DuckDB, Postgres)."""

    test: str
    failures: int | tuple[int, int]
    arguments: dict[str, Any]
    model: str
    column: str | None

    def expected(self, engine: Engine) -> int:
        if isinstance(self.failures, int):
            return self.failures
        return self.failures[engine == "postgres"]


def utils(
    test: str, failures: int, model: str = "facts", column: str | None = None, **arguments: Any
) -> Check:
    return Check(f"dbt_utils.{test}", failures, arguments, model, column)


def expect(
    test: str,
    failures: int | tuple[int, int],
    model: str = "facts",
    column: str | None = None,
    **arguments: Any,
) -> Check:
    return Check(f"dbt_expectations.expect_{test}", failures, arguments, model, column)


FEWER = "ref('fewer')"
CODED = "code is not null"
CHECKS = (
    utils("unique_combination_of_columns", 2, combination_of_columns=["id", "code"]),
    utils("unique_combination_of_columns", 2, combination_of_columns=["id", "code"], quote_columns=True),
    utils("unique_combination_of_columns", 3, combination_of_columns=["code"]),
    utils("unique_combination_of_columns", 0, "lookup", combination_of_columns=["code"]),
    utils("expression_is_true", 1, expression="amount >= bound"),
    utils("expression_is_true", 1, expression="amount >= bound or false"),
    utils("expression_is_true", 2, column="amount", expression=">= 0"),
    utils("expression_is_true", 0, expression="amount > -5"),
    utils("accepted_range", 2, column="amount", min_value=0),
    utils("accepted_range", 3, column="amount", min_value=10, inclusive=False),
    utils("accepted_range", 1, column="amount", max_value=20),
    utils("accepted_range", 3, column="amount", min_value=10, max_value=20),
    utils("accepted_range", 2, column="amount", min_value="bound", max_value="bound * 2 - 1"),
    utils("accepted_range", 0, column="amount", min_value=-1, max_value=30),
    utils("accepted_range", 0, column="amount"),
    utils("relationships_where", 2, column="code", to="ref('lookup')", field="code"),
    utils("relationships_where", 3, column="code", to="ref('lookup')", field="code", to_condition="is_active"),
    utils("relationships_where", 0, column="code", to="ref('lookup')", field="code", from_condition="id < 5"),
    utils("equal_rowcount", 3, compare_model=FEWER),
    utils("equal_rowcount", 1, compare_model=FEWER, group_by_columns=["code"]),
    utils("equal_rowcount", 1, compare_model="ref('lookup')", group_by_columns=["code"]),
    utils("equal_rowcount", 0, compare_model="ref('facts')"),
    utils("equal_rowcount", 0, compare_model="ref('nothing')"),
    utils("cardinality_equality", 4, column="code", to=FEWER, field="code"),
    utils("cardinality_equality", 10, column="id", to=FEWER, field="amount"),
    utils("cardinality_equality", 0, column="code", to="ref('facts')", field="code"),
    utils("not_null_proportion", 0, column="amount", at_least=0.6),
    utils("not_null_proportion", 1, column="amount", at_least=0.7),
    utils("not_null_proportion", 1, column="amount", at_least=0.5, at_most=0.6),
    utils("not_null_proportion", 1, column="amount", at_least=1, group_by_columns=["code"]),
    utils("not_null_proportion", 0, "nothing", column="amount", at_least=0.5),
    expect("column_values_to_be_between", 2, column="amount", min_value=0),
    expect("column_values_to_be_between", 3, column="amount", min_value=10, strictly=True),
    expect("column_values_to_be_between", 1, column="amount", max_value=20),
    expect("column_values_to_be_between", 0, column="amount", min_value=-1, max_value=30),
    expect("column_values_to_be_between", 0, column="amount", min_value=0, row_condition="code <> 'c'"),
    expect("column_values_to_match_regex", 2, column="code", regex="^[ab]$", row_condition=CODED),
    expect("column_values_to_match_regex", 0, column="code", regex="^[a-c]$", row_condition=CODED),
    expect("column_values_to_match_regex", 5, column="code", regex="^[A-C]$", row_condition=CODED),
    expect("column_values_to_match_regex", 0, column="code", regex="^([A-C])()$", row_condition=CODED, flags="i"),
    expect("column_values_to_match_regex", (0, 3), column="code", regex="^[a-c]$"),
    expect("column_values_to_be_in_set", 3, column="code", value_set=["a", "b", "c"]),
    expect("column_values_to_be_in_set", 0, column="code", value_set=["a", "b", "c"], row_condition=CODED),
    expect("column_values_to_be_in_set", 3, column="code", value_set=["a"], row_condition=CODED),
    expect("column_values_to_be_in_set", 4, column="id", value_set=[1, 2, 3, 4], quote_values=False),
    expect("table_row_count_to_be_between", 0, min_value=8, max_value=8),
    expect("table_row_count_to_be_between", 1, min_value=9),
    expect("table_row_count_to_be_between", 1, max_value=8, strictly=True),
    expect("table_row_count_to_be_between", 1, min_value=2, group_by=["code"]),
    expect("table_row_count_to_be_between", 0, min_value=2, max_value=2, row_condition="code = 'a'"),
    expect("table_row_count_to_be_between", 1, "nothing", min_value=1),
    expect("table_row_count_to_equal_other_table", 1, compare_model=FEWER),
    expect("table_row_count_to_equal_other_table", 0, compare_model="ref('facts')"),
    expect("table_row_count_to_equal_other_table", 1, compare_model="ref('nothing')"),
    expect("table_row_count_to_equal_other_table", 3, compare_model=FEWER, group_by=["code"]),
    expect("table_row_count_to_equal_other_table", 0, compare_model=FEWER, row_condition="code = 'b'"),
    expect("table_row_count_to_equal_other_table", 3, "fewer", compare_model="ref('lookup')", row_condition=CODED,
           group_by=["code", "id"], compare_group_by=["code", "1"]),
    expect("table_row_count_to_equal_other_table", 0, compare_model="ref('facts')", factor=2,
           row_condition="code = 'a'", compare_row_condition="code = 'b'"),
    expect("column_values_to_be_unique", 1, column="id"),
    expect("column_values_to_be_unique", 0, column="id", row_condition="id < 5"),
    expect("column_values_to_be_unique", 0, "lookup", column="code"),
    expect("compound_columns_to_be_unique", 1, column_list=["id", "code"]),
    expect("compound_columns_to_be_unique", 1, column_list=["id", "code"], quote_columns=True),
    expect("compound_columns_to_be_unique", 1, column_list=["code", "bound"]),
    expect("compound_columns_to_be_unique", 0, column_list=["code", "bound"], ignore_row_if="any_value_is_missing"),
    expect("compound_columns_to_be_unique", 0, column_list=["code", "bound"], row_condition="bound > 0"),
    expect("column_values_to_not_be_null", 3, column="amount"),
    expect("column_values_to_not_be_null", 1, column="amount", row_condition="id is not null"),
    expect("column_values_to_not_be_null", 0, "lookup", column="is_active"),
    expect("column_value_lengths_to_equal", 5, column="code", value=2),
    expect("column_value_lengths_to_equal", 0, column="code", value=1),
    expect("column_value_lengths_to_equal", 2, column="code", value=2, row_condition="id = 5"),
    expect("column_pair_values_A_to_be_greater_than_B", 2, column_A="amount", column_B="bound"),
    expect("column_pair_values_A_to_be_greater_than_B", 1, column_A="amount", column_B="bound", or_equal=True),
    expect("column_pair_values_A_to_be_greater_than_B", 0, column_A="amount", column_B="bound", row_condition="id = 1"),
)  # fmt: skip


@dataclass(frozen=True)
class Build:
    """What a build gave: the failures of each check, and the columns and rows of each model."""

    engine: Engine
    failures: dict[str, int]
    columns: dict[str, list[str]]
    rows: dict[str, Rows]


def real_packages() -> Path | None:
    """The packages from the hub, where they are on this machine; they keep their macros in subfolders."""
    named = os.environ.get("DBT_PACKAGES_REAL")
    folders = [Path(named)] if named else [ROOT / "dbt_packages_real", ROOT / "dbt_packages"]
    return next((folder for folder in folders if (folder / "dbt_utils/macros/generic_tests").is_dir()), None)


ORIGINS = {"bundled": ROOT / "packages"}
if (found := real_packages()) is not None:
    ORIGINS["hub"] = found


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return cast(Engine, request.param)


@pytest.fixture(scope="module", params=list(ORIGINS))
def build(
    request: pytest.FixtureRequest,
    engine: Engine,
    new_warehouse: Callable[[Engine], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Build:
    project = tmp_path_factory.mktemp("project")
    write_project(project, ORIGINS[request.param])
    settings = new_warehouse(engine)
    run_dbt(settings, "build", "--project-dir", project, "--profiles-dir", ROOT, parse=True)
    results = json.loads((settings.home / "target" / "run_results.json").read_text())["results"]
    with connect(settings) as connection:
        schema = "main" if engine == "duckdb" else "public"
        return Build(
            engine=engine,
            failures={
                result["unique_id"].split(".")[2]: result["failures"]
                for result in results
                if result["unique_id"].startswith("test.")
            },
            columns={model: table_columns(connection, schema, model) for model in MODELS},
            rows={model: connection.execute(f"select * from {schema}.{model}") for model in MODELS},
        )


def write_project(folder: Path, packages: Path) -> None:
    for name in NAMES:
        shutil.copytree(packages / name, folder / "dbt_packages" / name)
    settings = {
        "name": "package_check",
        "profile": "leadhouse",
        "models": {"+materialized": "table"},
        "data_tests": {"+severity": "warn"},
        "flags": {"send_anonymous_usage_stats": False},
    }
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    (folder / "models").mkdir()
    for name, sql in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(sql)
    documented: dict[str, dict[str, Any]] = {
        name: {"name": name, "columns": [], "data_tests": []} for name in MODELS
    }
    for number, check in enumerate(CHECKS):
        test = {check.test: {"name": f"check_{number}", "arguments": check.arguments}}
        if check.column is None:
            documented[check.model]["data_tests"].append(test)
        else:
            documented[check.model]["columns"].append({"name": check.column, "data_tests": [test]})
    for model in documented.values():
        model["columns"] = merged(model["columns"])
    (folder / "models" / "_models.yml").write_text(yaml.safe_dump({"models": list(documented.values())}))


def merged(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tests: dict[str, list[Any]] = {}
    for column in columns:
        tests.setdefault(column["name"], []).extend(column["data_tests"])
    return [{"name": name, "data_tests": own} for name, own in tests.items()]


def test_generic_tests_find_what_they_must(build: Build) -> None:
    expected = {f"check_{number}": check.expected(build.engine) for number, check in enumerate(CHECKS)}
    wrong = {
        str(CHECKS[int(name.removeprefix("check_"))]): build.failures.get(name)
        for name, failures in expected.items()
        if build.failures.get(name) != failures
    }
    assert not wrong
    assert len(build.failures) == len(CHECKS)


def test_surrogate_keys_are_the_same_to_the_byte(build: Build) -> None:
    def text(value: object) -> str:
        return "_dbt_utils_surrogate_key_null_" if value is None else str(value).lower()

    parts = [(row[0], row[1], None if row[0] is None else row[0] == 1) for row in FACTS]
    keys = [hashlib.md5("-".join(map(text, row)).encode()).hexdigest() for row in parts]
    assert sorted(key for (key,) in build.rows["keys"]) == sorted(keys)


def test_a_date_spine_ends_before_its_end(build: Build) -> None:
    def dates(model: str) -> list[datetime.date]:
        return sorted(
            day.date() if isinstance(day, datetime.datetime) else day for (day,) in build.rows[model]
        )

    day = datetime.date(2024, 2, 27)
    assert dates("days") == [day + datetime.timedelta(days=days) for days in range(4)]
    assert dates("months") == [
        datetime.date(2023, 11, 1),
        datetime.date(2023, 12, 1),
        datetime.date(2024, 1, 1),
    ]
    assert (build.columns["days"], build.columns["months"]) == (["date_day"], ["date_month"])


def test_star_names_the_columns(build: Build) -> None:
    assert build.columns["starred"] == ["own_id", "a_code_z", "a_amount_z"]
    assert build.rows["starred"] == [(1, "a", 10)]
    plain = ["id", "code", "amount", "bound", "xcode", "xamount", "xbound"]
    assert build.columns["starred_plainly"] == plain


def test_union_relations_has_the_columns_of_all(build: Build) -> None:
    assert build.columns["united"] == ["_dbt_source_relation", "id", "code", "amount", "is_active"]
    rows = sorted((relation.split(".")[-1].strip('"'), *row) for relation, *row in build.rows["united"])
    assert rows == [
        ("facts", "1", "a", 10, None),
        ("facts", "4", "a", 30, None),
        ("lookup", None, "a", None, True),
    ]
    assert build.columns["united_plainly"] == ["code"]
    assert len(build.rows["united_plainly"]) == len(FACTS) + 3


def test_group_by_counts_columns(build: Build) -> None:
    expected = {
        ("a", True, 1),
        ("a", False, 1),
        ("b", False, 1),
        ("c", False, 2),
        (None, False, 1),
        (None, None, 2),
    }
    assert set(build.rows["grouped"]) == expected
    assert len(build.rows["grouped"]) == len(expected)


def test_column_values_are_listed(build: Build) -> None:
    assert build.rows["listed"] == [("a,c", -1, True)]
