"""Which column of a file is which column of its table."""

import pytest

from extract import SOURCES
from extract.files.headers import recognise, resolve
from extract.files.reader import RefusedFile
from extract.tables import Table, optional, required

TABLE = Table("crm", "leads", (required("id", "lead_id"), required("last_modified_date"), optional("phone")))


@pytest.mark.parametrize(
    "cells",
    [
        ["id", "last_modified_date", "phone"],
        ["ID", "LAST_MODIFIED_DATE", "Phone"],
        ["Id", "LastModifiedDate", "Phone"],
        [" id ", "Last Modified Date", "phone\t"],
        ["id", "last-modified-date", "phone"],
        ["Lead ID", "lastModifiedDate", "PHONE"],
    ],
)
def test_case_spacing_and_aliases_do_not_matter(cells: list[str]) -> None:
    header = resolve(TABLE, cells)
    assert header.columns == ("id", "last_modified_date", "phone")
    assert not header.new
    assert not header.missing
    assert not header.is_reordered


def test_reordered_and_missing_optional_columns_are_found_by_name() -> None:
    header = resolve(TABLE, ["last_modified_date", "id"])
    assert header.columns == ("last_modified_date", "id")
    assert header.is_reordered
    assert header.missing == ("phone",)


def test_exact_name_wins_over_an_alias() -> None:
    header = resolve(TABLE, ["lead_id", "id", "last_modified_date"])
    assert header.columns == ("lead_id", "id", "last_modified_date")
    assert header.new == {"lead_id": "lead_id"}


def test_salesforce_names_that_differ_by_an_underscore_stay_apart() -> None:
    header = resolve(TABLE, ["Id", "LastModifiedDate", "Lead_Score__c", "LeadScore__c"])
    assert header.columns[2:] == ("lead_score__c", "leadscore__c")


def test_new_columns_get_names_that_every_engine_takes() -> None:
    cells = [
        "id",
        "last_modified_date",
        "Annual Revenue ($)",
        "2nd Phone",
        "",
        "Größe",
        "電話",
        "x" * 80,
        "_period",
        "phone!",
    ]
    header = resolve(TABLE, cells)
    names = header.columns[2:]
    assert names[:4] == ("annual_revenue", "column_2nd_phone", "column_5", "groe")
    assert names[4] == "column_7"
    assert len(names[5]) <= 63
    assert names[6] == "period"
    assert names[7] == "phone"
    assert len(set(header.columns)) == len(cells)


def test_new_columns_that_would_share_a_name_are_told_apart() -> None:
    header = resolve(TABLE, ["id", "last_modified_date", "size ($)", "size (%)"])
    assert len(set(header.columns)) == 4


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["id", "phone"], "required column 'last_modified_date' of leads missing"),
        (["phone"], "required columns 'id', 'last_modified_date' of leads missing"),
        (["id;last_modified_date;phone"], "not to be separated by commas"),
        (["id", "ID", "last_modified_date"], "duplicate header: two cells"),
        (["id", "last_modified_date", "extra", "Extra"], "duplicate header: a cell"),
        (["id", "lastModifiedDate", "LastModified Date"], "duplicate header"),
    ],
)
def test_header_that_cannot_be_resolved_is_refused(cells: list[str], reason: str) -> None:
    with pytest.raises(RefusedFile, match=reason):
        resolve(TABLE, cells)


def test_names_that_every_postgres_table_has_are_not_taken() -> None:
    header = resolve(TABLE, ["id", "last_modified_date", "xmin", "CTID"])
    assert header.columns[2:] == ("column_xmin", "column_ctid")


def test_header_of_too_many_columns_is_refused() -> None:
    with pytest.raises(RefusedFile, match="has 2,002 columns; 1,000 are the most"):
        resolve(TABLE, ["id", "last_modified_date", *(f"c{number}" for number in range(2_000))])


def test_reason_holds_nothing_from_inside_the_file() -> None:
    with pytest.raises(RefusedFile) as refused:
        resolve(TABLE, ["Mary Wollstonecraft", "mary@example.com"])
    assert "Mary" not in str(refused.value)
    assert "Mary Wollstonecraft" in refused.value.detail


def test_fingerprint_sees_new_columns_and_order_but_not_case() -> None:
    one = resolve(TABLE, ["id", "last_modified_date"]).fingerprint
    assert one == resolve(TABLE, ["ID", "Last Modified Date"]).fingerprint
    assert one != resolve(TABLE, ["last_modified_date", "id"]).fingerprint
    assert one != resolve(TABLE, ["id", "last_modified_date", "phone"]).fingerprint


@pytest.mark.parametrize("table", SOURCES["facilities"], ids=lambda table: table.name)
def test_state_is_recognised_by_its_header(table: Table) -> None:
    cells = [column.name.replace("_", " ").title() for column in table.columns if column.required]
    assert recognise(SOURCES["facilities"], cells) == table


def test_header_of_no_state_is_refused_with_what_is_missing() -> None:
    with pytest.raises(RefusedFile, match="of no known file"):
        recognise(SOURCES["facilities"], ["x", "y"])
    with pytest.raises(RefusedFile, match="'operation' of texas missing"):
        recognise(SOURCES["facilities"], ["Operation Name", "Address", "City", "Status", "Infant", "Toddler"])


def test_declared_names_are_distinct_however_they_are_written() -> None:
    for tables in SOURCES.values():
        for table in tables:
            names = [
                name.replace("_", "") for column in table.columns for name in {column.name, *column.aliases}
            ]
            assert len(names) == len(set(names)), table.name
