"""What notebooks read with."""

import duckdb
import pandas as pd
import psycopg2
import pytest

from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.reading import open_published, open_warehouse
from leadhouse.warehouse import connect


def test_answers_are_the_same_on_both_engines(settings: Settings) -> None:
    reader = open_warehouse(settings)
    answer = reader.query("""
        select date '2026-10-01' as month, 1 as deals, cast(2.50 as decimal(10, 2)) as amount, 'x' as name
        union all
        select null, null, null, null
        order by deals
    """)
    reader.close()
    expected = pd.DataFrame(
        {
            "month": pd.to_datetime(pd.Series(["2026-10-01", None])),
            "deals": [1.0, None],
            "amount": [2.5, None],
            "name": ["x", None],
        }
    )
    pd.testing.assert_frame_equal(answer, expected, check_dtype=False)
    assert pd.api.types.is_datetime64_dtype(answer["month"])
    assert answer["amount"].dtype == "float64"


def test_a_reader_is_in_nobodys_way_and_changes_nothing(settings: Settings) -> None:
    reader = open_warehouse(settings)
    assert reader.query("select count(*) as files from operations.files")["files"].item() == 0
    with connect(settings) as connection:
        connection.execute("insert into operations.files (file_id) values ('a')")
        connection.execute("alter table operations.files rename to files_elsewhere")
    with pytest.raises((duckdb.Error, psycopg2.Error), match="read-only"):
        reader.query("delete from private.pii_key")
    reader.close()
    assert list(settings.home.glob("reading-*")) == []


def test_where_nothing_is_published_one_line_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(LeadhouseError, match=r"^.*run 'leadhouse build'$"):
        open_published(settings)
