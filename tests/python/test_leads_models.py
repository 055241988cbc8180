"""Leads from files to dimensions: two months of made-up deliveries, and the real extracts where they lie at hand."""

import datetime
import json
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from leadhouse.config import Engine, Settings
from leadhouse.warehouse import connect
from tests.python.lead_files import REAL, land, write
from tests.python.running import fails_after, run_dbt

NewWarehouse = Callable[[Engine], Settings]
FoundRows = dict[str, int]
Built = dict[Engine, tuple[Settings, FoundRows]]

ENGINES: tuple[Engine, ...] = ("duckdb", "postgres")
AS_OF = "2024-06-15 12:00:00"
LEAD_NODES = (
    "+path:models/marts/leads",
    "+path:models/private",
    "+path:models/intermediate/lead_matching",
    "path:tests/staging/salesforce",
    "path:tests/staging/facilities",
    "path:tests/intermediate/leads",
    "path:tests/marts/leads",
    "every_golden_attribute_has_its_authority",
    "weights_of_a_score_add_up_to_100",
)
FAMILY, CENTER = "CHILD CARE FAMILY - K82000000", "CHILD CARE CENTER - K83000000"

# One site, three times in Salesforce and licensed, and another of its owner: 11 is converted, 12 is deleted.
BRIGHT_STARS = {
    "company": "Bright Stars Academy",
    "street": "10 Maple Ave",
    "city": "Dallas",
    "state": "TX",
    "postal_code": "75202",
    "phone": "214-555-0110",
    "email": "office@brightstars.example",
    "status": "Working",
    "lead_source": "Web",
    "last_modified_date": "2024-06-03 6:00:00",
}
BRIGHT_STARS_LICENCE = {
    "Operation Name": "BRIGHT STARS ACADEMY",
    "City": "DALLAS",
    "State": "TX",
    "County": "DALLAS",
    "Phone": "2145550110",
    "Email Address": "office@brightstars.example",
    "Type": "Licensed Center - Child Care Program",
    "Status": "Full Permit",
}
RENEWED = {
    "Name": "RENEWED KIDS",
    "Credential Type": "CENTER",
    "Status": "Active",
    "Address": "5 ELM ST RENO, NV 89501",
    "County": "WASHOE",
}

MAY = {
    "salesforce": [
        {
            "id": "1",
            "company": "Sunny Days",
            "first_name": "Ann",
            "last_name": "Lee",
            "phone": "702-555-0123",
            "state": "NV",
            "city": "Las Vegas",
            "postal_code": "89101",
            "status": "New",
            "lead_source": "Web",
            "last_modified_date": "2024-05-01 6:00:00",
        },
        {
            "id": "2",
            "company": "Left Behind",
            "status": "Working",
            "last_modified_date": "2024-05-02 6:00:00",
        },
        {
            "id": "3",
            "company": "Same Again",
            "state": "Texas",
            "status": "Working",
            "last_modified_date": "2024-05-03 6:00:00",
        },
    ],
    "nevada": [
        {
            "Name": "STAYS",
            "Credential Number": "1-24",
            "Credential Type": "CENTER",
            "Status": "Active",
            "Expiration Date": "5/31/24",
            "Address": "1 ELM ST LAS VEGAS, NV 89101",
            "County": "CLARK",
            "Phone": "702-555-0101",
            "Primary Contact Name": "JO ROE",
        },
        {
            "Name": "VANISHES",
            "Credential Number": "2-24",
            "Credential Type": "CENTER",
            "Status": "Active",
            "Address": "2 ELM ST ELKO, NV 89801",
            "County": "ELKO",
        },
        RENEWED | {"Credential Number": "5-23"},
    ],
    "oklahoma": [
        {
            "Type License": FAMILY + "1",
            "Company": "DOE, JANE DBA TINY TOTS",
            "Primary Caregiver": "Jane Doe\n \n Primary Caregiver",
            "Address1": "3 OAK AVE",
            "City": "TULSA",
            "State": "OK",
            "Zip": "74101",
            "Total Cap": "7",
            "Ages Accepted 1": "INFANTS",
        },
    ],
    "texas": [
        {
            "Operation": "100",
            "Operation Name": "Corrected Later",
            "Address": "4 PINE RD",
            "City": "DALLAS",
            "State": "TX",
            "Zip": "75201",
            "County": "DALLAS",
            "Type": "Licensed Center - Child Care Program",
            "Status": "Full Permit",
            "Capacity": "40",
        },
    ],
}
# The first delivery for June is wrong; it is corrected by a second one.
JUNE_AT_FIRST = {"nevada": MAY["nevada"], "oklahoma": [], "texas": []}
JUNE = {
    "salesforce": [
        MAY["salesforce"][0]
        | {"status": "Qualified", "last_modified_date": "2024-06-01 6:00:00", "phone": "1234567890"},
        MAY["salesforce"][2],
        {
            "id": "4",
            "company": "Comes",
            "state": "Atlantis",
            "country": "Utopia",
            "postal_code": "?",
            "status": "Abducted",
            "lead_source": "Carrier Pigeon",
            "created_date": "soon",
            "last_modified_date": "2024-06-02 6:00:00",
            "email": "no e-mail",
            "mobile_phone": "0123456789",
            "is_deleted": "TRUE",
        },
        {"id": "", "company": "Nobody", "status": "New", "last_modified_date": "2024-06-02 6:00:00"},
        BRIGHT_STARS | {"id": "10", "created_date": "2024-03-01 6:00:00", "mobile_phone": "214-555-0111"},
        BRIGHT_STARS
        | {
            "id": "11",
            "created_date": "2024-04-01 6:00:00",
            "is_converted": "TRUE",
            "last_modified_date": "2024-06-01 6:00:00",
        },
        BRIGHT_STARS | {"id": "12", "created_date": "2024-02-01 6:00:00", "is_deleted": "TRUE"},
    ],
    "nevada": [
        MAY["nevada"][0] | {"Expiration Date": "5/31/25", "Phone": "702-555-0199"},
        {
            "Name": "COMES",
            "Credential Number": "3-24",
            "Credential Type": "CASTLE",
            "Status": "Haunted",
            "Address": "3 RD ATLANTIS, NV 89001",
        },
        {
            "Name": "TWICE",
            "Credential Number": "4-24",
            "Credential Type": "GROUP CARE",
            "Status": "Active",
            "Address": "4 RENO, NV 89501",
        },
        {
            "Name": "TWICE, CORRECTED",
            "Credential Number": "4-24",
            "Credential Type": "GROUP CARE",
            "Status": "Active",
            "Address": "5 RENO, NV 89501",
        },
        RENEWED | {"Credential Number": "5-24"},
    ],
    "oklahoma": [
        MAY["oklahoma"][0] | {"Total Cap": "twelve"},
        {"Type License": CENTER + "2", "Company": "JUST A COMPANY", "City": "TULSA", "State": "OK"},
    ],
    "texas": [
        MAY["texas"][0] | {"Operation Name": "Corrected", "Capacity": "45"},
        {"Operation": "", "Operation Name": "No Number", "Status": ""},
        BRIGHT_STARS_LICENCE
        | {"Operation": "200", "Address": "10 MAPLE AVE", "Zip": "75202", "Capacity": "80"},
        BRIGHT_STARS_LICENCE
        | {"Operation": "201", "Address": "77 CEDAR RD", "Zip": "75220", "Capacity": "60"},
    ],
}


def build(settings: Settings) -> FoundRows:
    """Build and test everything about leads with a fixed time and key; how many rows each test found, by its name."""
    with connect(settings) as connection:
        connection.execute("update private.pii_key set pii_key = 'the same on both engines'")
    run_dbt(
        settings,
        "build",
        "--select",
        *LEAD_NODES,
        "--exclude-resource-type",
        "unit_test",
        "--vars",
        json.dumps({"as_of": AS_OF}),
    )
    results = json.loads((settings.home / "target/run_results.json").read_text())["results"]
    return {
        result["unique_id"].split(".")[2]: result["failures"]
        for result in results
        if result["failures"] is not None
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, new_warehouse: NewWarehouse) -> Built:
    """Two months of made-up deliveries, June's corrected, built on both engines."""
    files = tmp_path_factory.mktemp("lead_files")
    deliveries = [("2024-05", MAY, "may"), ("2024-06", JUNE_AT_FIRST, "wrong"), ("2024-06", JUNE, "june")]
    built = {}
    for engine in ENGINES:
        settings = new_warehouse(engine)
        for period, content, name in deliveries:
            land(settings, write(files / name, content), period)
        built[engine] = (settings, build(settings))
    return built


@pytest.fixture(params=ENGINES)
def built(request: pytest.FixtureRequest, both: Built) -> Settings:
    return both[request.param][0]


@pytest.fixture(scope="module")
def both_real(new_warehouse: NewWarehouse) -> Built:
    """The real extracts, built on both engines."""
    if REAL is None:
        pytest.skip("the real extracts do not lie beside the repository")
    built = {}
    for engine in ENGINES:
        settings = new_warehouse(engine)
        land(settings, REAL, "2024-06", ("salesforce", "facilities"))
        built[engine] = (settings, build(settings))
    return built


@pytest.fixture(params=ENGINES)
def real(request: pytest.FixtureRequest, both_real: Built) -> Settings:
    return both_real[request.param][0]


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with connect(settings) as connection:
        return connection.execute(sql)


def test_facilities_after_a_second_month(built: Settings) -> None:
    facilities = rows(
        built,
        """
        select source_system, license_number, business_name, capacity, expiry_date,
            first_listed_period, last_listed_period, is_listed, is_license_current
        from marts.dim_facility order by 1, 2
        """,
    )
    assert facilities == [
        ("nevada", "1-24", "STAYS", None, datetime.date(2025, 5, 31), "2024-05", "2024-06", True, True),
        ("nevada", "2-24", "VANISHES", None, None, "2024-05", "2024-05", False, True),
        ("nevada", "3-24", "COMES", None, None, "2024-06", "2024-06", True, False),
        ("nevada", "4-24", "TWICE, CORRECTED", None, None, "2024-06", "2024-06", True, True),
        ("nevada", "5-23", "RENEWED KIDS", None, None, "2024-05", "2024-05", False, True),
        ("nevada", "5-24", "RENEWED KIDS", None, None, "2024-06", "2024-06", True, True),
        ("oklahoma", "K820000001", "TINY TOTS", None, None, "2024-05", "2024-06", True, True),
        ("oklahoma", "K830000002", "JUST A COMPANY", None, None, "2024-06", "2024-06", True, True),
        ("texas", "100", "Corrected", 45, None, "2024-05", "2024-06", True, True),
        ("texas", "200", "BRIGHT STARS ACADEMY", 80, None, "2024-06", "2024-06", True, True),
        ("texas", "201", "BRIGHT STARS ACADEMY", 60, None, "2024-06", "2024-06", True, True),
    ]


def test_salesforce_after_a_second_month(built: Settings) -> None:
    versions = """
        select lead_id, lead_status, period, is_newest_version
        from staging.stg_salesforce__lead_versions where lead_id < '10' or lead_id > '12' order by 1, last_modified_at
    """
    assert rows(built, versions) == [
        ("1", "New", "2024-05", False),
        ("1", "Qualified", "2024-06", True),
        ("2", "Working", "2024-05", False),
        ("3", "Working", "2024-06", True),
        ("4", "Abducted", "2024-06", True),
    ]
    leads = """
        select source_lead_id, status_group, channel_group, state_name, is_deleted
        from intermediate.int_leads_unioned
        inner join marts.dim_lead_status using (lead_status_key)
        inner join marts.dim_lead_source using (lead_source_key)
        inner join marts.dim_geography using (geography_key)
        where source_system = 'salesforce' and source_lead_id not in ('10', '11', '12') order by 1
    """
    assert rows(built, leads) == [
        ("1", "qualified", "Inbound", "Nevada", False),
        ("3", "contacted", "Unknown", "Texas", False),
        ("4", "other", "Other", "Unknown", True),
    ]


def test_contact_details_are_those_of_the_newest_version(built: Settings) -> None:
    details = rows(
        built,
        """
        select source_system, source_lead_id, person_name, phone from private.contact_details
        where (person_name is not null or phone is not null) and coalesce(phone, '') not like '214%' order by 1, 2
        """,
    )
    assert details == [
        ("nevada", "1-24", "JO ROE", "7025550199"),
        ("oklahoma", "K820000001", "Jane Doe", None),
        ("salesforce", "1", "Ann Lee", None),
    ]


def test_duplicates_net_new_leads_and_their_organizations(built: Settings) -> None:
    leads = """
        select leads.source_lead_id, survivors.source_lead_id, leads.is_net_new, leads.match_rule is not null
        from marts.fct_leads as leads
        left join marts.fct_leads as survivors on leads.duplicate_of_lead_key = survivors.lead_key
        order by leads.source_system, leads.source_lead_id
    """
    assert rows(built, leads) == [
        ("1-24", None, True, False),
        ("2-24", None, False, False),
        ("3-24", None, True, False),
        ("4-24", None, True, False),
        ("5-23", "5-24", False, True),
        ("5-24", None, True, True),
        ("K820000001", None, True, False),
        ("K830000002", None, True, False),
        ("1", None, False, False),
        ("10", "11", False, True),
        ("11", None, False, True),
        ("12", None, False, False),
        ("3", None, False, False),
        ("4", None, False, False),
        ("100", None, True, False),
        ("200", "11", False, True),
        ("201", None, True, False),
    ]
    organizations = """
        select organization_name, site_count, licensed_site_count, salesforce_site_count, net_new_site_count,
            converted_site_count, licensed_capacity
        from marts.dim_organization where site_count <> 1
    """
    assert sorted(rows(built, organizations)) == [
        ("BRIGHT STARS ACADEMY", 2, 2, 1, 1, 1, 140),
        ("Bright Stars Academy", 0, 0, 0, 0, 0, None),
        ("Comes", 0, 0, 0, 0, 0, None),
    ]
    matches = """
        select left_source_lead_id, right_source_lead_id, match_level from marts.fct_lead_matches
        where match_level = 'site' order by 1, 2
    """
    assert [pair for *pair, _ in rows(built, matches)] == [
        ["10", "11"],
        ["10", "200"],
        ["11", "200"],
        ["5-23", "5-24"],
    ]


def test_the_golden_record_of_a_site(built: Settings) -> None:
    golden = """
        select business_name, business_name_from, street, address_from, phone_from, mobile_phone_masked,
            mobile_phone_from, license_number, license_from, capacity, lead_status, lead_status_from,
            record_count, is_in_salesforce, is_net_new, is_listed, is_converted
        from marts.dim_lead where record_count = 3
    """
    assert rows(built, golden) == [
        ("BRIGHT STARS ACADEMY", "texas", "10 MAPLE AVE", "texas", "salesforce", "2*******", "salesforce",
         "200", "texas", 80, "Working", "salesforce", 3, True, False, True, True),
    ]  # fmt: skip


def test_the_business_views(built: Settings) -> None:
    territories = """
        select state_code, county, licensed_sites, sites_in_salesforce, net_new_sites, licensed_capacity
        from marts.rep_territory_management order by 1, 2
    """
    assert [row for row in rows(built, territories) if row[0] == "TX"] == [("TX", "Dallas", 3, 1, 2, 185)]
    campaigns = """
        select month, lead_source_name, lead_count, deleted_count, duplicate_count, converted_count, conversion_rate
        from marts.rep_campaign_analysis where lead_source_name = 'Web' and month is not null order by 1
    """
    month = datetime.date
    assert rows(built, campaigns) == [
        (month(2024, 2, 1), "Web", 1, 1, 0, 0, None),
        (month(2024, 3, 1), "Web", 1, 0, 1, 0, 0.0),
        (month(2024, 4, 1), "Web", 1, 0, 0, 1, 1.0),
    ]
    first = """
        select business_name, street, priority, priority_score, is_net_new
        from marts.rep_lead_prioritization where priority_rank = 1
    """
    assert rows(built, first) == [("BRIGHT STARS ACADEMY", "77 CEDAR RD", "Critical", Decimal("84.0"), True)]


def test_known_bad_data_is_counted(both: Built) -> None:
    for _, found in both.values():
        assert {name: count for name, count in found.items() if count} == {
            "every_phone_is_possible": 2,
            "every_email_is_possible": 1,
            "every_state_is_known": 1,
            "every_country_is_known_and_that_of_the_state": 1,
            "every_salesforce_postal_code_is_possible": 1,
            "every_salesforce_value_fits_its_type": 1,
            "every_oklahoma_value_fits_its_type": 1,
            "every_nevada_address_ends_in_a_known_city": 1,
            "every_licence_is_listed_once_per_month": 1,
            "every_licence_type_is_known": 1,
            "every_licence_status_is_known": 1,
            "every_record_has_an_id": 2,
            "every_lead_status_is_known": 1,
            "every_lead_source_is_known": 1,
        }


CORRUPTIONS = {
    "no_salesforce_version_is_lost": "delete from staging.stg_salesforce__lead_versions where lead_id = '2'",
    "every_row_of_a_licence_file_is_a_listing": (
        "delete from intermediate.int_facilities_listings where license_number = '100'"
    ),
    "every_landed_licence_is_a_lead": (
        "delete from intermediate.int_leads_unioned where source_lead_id = '2-24'"
    ),
    "every_salesforce_lead_is_a_lead": (
        "delete from intermediate.int_leads_unioned where source_lead_id = '3'"
    ),
    "a_facility_is_listed_if_the_latest_file_has_it": (
        "update intermediate.int_facilities_standardized set is_listed = true"
    ),
    "street_and_city_make_up_the_nevada_address": (
        "update intermediate.int_facilities_nevada_addresses set street = '1 ELM'"
    ),
    "every_lead_has_its_contact_details": (
        "update private.contact_details set phone = '7025550101' where source_lead_id = '1-24'"
    ),
    "every_lead_has_a_geography": "delete from marts.dim_geography where city = 'Tulsa'",
    "every_state_has_its_country_region_and_division": (
        "update marts.dim_geography set region = null where state_code = 'TX'"
    ),
    "every_landed_facility_is_in_the_dimension": (
        "delete from marts.dim_facility where license_number = '100'"
    ),
    "the_calendar_has_no_gaps": "delete from marts.dim_date where date_day = date '2024-02-29'",
    "every_date_is_in_the_calendar": "delete from marts.dim_date where date_day = date '2025-05-31'",
    "no_lead_is_both_duplicate_and_net_new": (
        "update marts.fct_leads set is_net_new = true where source_lead_id = '200'"
    ),
    "no_salesforce_lead_is_net_new": (
        "update marts.fct_leads set is_net_new = true where source_lead_id = '1'"
    ),
    "no_vanished_facility_is_net_new": (
        "update marts.fct_leads set is_net_new = true where source_lead_id = '2-24'"
    ),
    "every_listed_external_lead_is_duplicate_or_net_new": (
        "update marts.fct_leads set is_net_new = false where source_lead_id = '201'"
    ),
    "every_duplicate_names_its_survivor_and_why": (
        "update marts.fct_leads set match_explanation = '' where source_lead_id = '200'"
    ),
    "deleted_leads_neither_match_nor_survive": (
        "update marts.dim_lead set survivor_lead_key = site.lead_key "
        "from marts.fct_leads as site where dim_lead.site_key = site.site_key and site.is_deleted"
    ),
    "every_lead_is_a_row_of_fct_leads": "delete from marts.fct_leads where source_lead_id = '201'",
    "every_site_has_one_survivor": (
        "update marts.fct_leads set is_duplicate = false where source_lead_id = '10'"
    ),
    "no_record_of_a_site_goes_before_its_survivor": (
        "update marts.fct_leads set is_converted = false where source_lead_id = '11'"
    ),
    "every_licensed_site_is_in_salesforce_or_net_new": (
        "update marts.dim_lead set is_net_new = false where license_number = '201'"
    ),
    "a_site_is_of_one_organization": (
        "update marts.fct_leads set organization_key = '' where source_lead_id = '10'"
    ),
    "a_licence_and_its_renewal_are_one_site": (
        "update marts.fct_leads set site_key = '' where source_lead_id = '5-23'"
    ),
    "any_two_records_of_a_small_site_are_a_match": (
        "delete from marts.fct_lead_matches where left_source_lead_id = '10' and right_source_lead_id = '200'"
    ),
    "a_match_is_within_its_site_or_organization": (
        "update marts.fct_leads set site_key = '' where source_lead_id = '10'"
    ),
    "a_golden_attribute_is_that_of_a_record_of_its_source": (
        "update marts.dim_lead set city = 'Dallas' where license_number = '200'"
    ),
    "no_source_of_more_authority_has_a_golden_attribute": (
        "update marts.dim_lead set address_from = 'salesforce' where license_number = '200'"
    ),
    "the_bits_of_a_match_add_up_to_its_total": (
        "update marts.fct_lead_matches set name_bits = name_bits + 1 where match_level = 'site'"
    ),
    "territories_add_up_to_the_licensed_sites": (
        "update marts.rep_territory_management set net_new_sites = net_new_sites + 1 where state_code = 'TX'"
    ),
    "owners_of_a_county_add_up_to_it": (
        "update marts.rep_territory_management set county_net_new_sites = 9 where state_code = 'TX'"
    ),
    "campaigns_add_up_to_the_leads": (
        "delete from marts.rep_campaign_analysis where lead_source_name = 'Web'"
    ),
    "organizations_add_up_to_the_sites": (
        "update marts.dim_organization set site_count = 3 where site_count = 2"
    ),
    "every_open_site_has_its_place_in_the_list": (
        "delete from marts.rep_lead_prioritization where priority_rank = 1"
    ),
    "completeness_is_the_weight_of_what_is_known": (
        "update intermediate.int_lead_completeness set has_city = not has_city"
    ),
    "every_golden_attribute_has_its_authority": (
        "delete from reference.attribute_authority where attribute = 'owner'"
    ),
    "weights_of_a_score_add_up_to_100": "update reference.completeness_weights set weight = weight + 1",
    "every_nevada_value_fits_its_type": "update raw_facilities.nevada set expiration_date = '31.5.24'",
    "every_texas_value_fits_its_type": "update raw_facilities.texas set infant = 'perhaps'",
}


@pytest.mark.parametrize("claim", CORRUPTIONS)
def test_a_claim_fails_where_it_is_not_true(built: Settings, claim: str) -> None:
    assert fails_after(built, claim, CORRUPTIONS[claim])


def test_the_calendar_is_that_of_python(built: Settings) -> None:
    days = rows(
        built,
        """
        select date_day, date_key, year_number, quarter_number, month, month_number, month_name, day_of_month,
            iso_year, iso_week, iso_weekday, weekday_name, is_weekend
        from marts.dim_date order by 1
        """,
    )
    assert days[0][0] == datetime.date(2024, 1, 1)
    assert days[-1][0] == datetime.date(2025, 12, 31)
    for day, *parts in days:
        assert parts == [
            int(f"{day:%Y%m%d}"), day.year, (day.month + 2) // 3,
            day.replace(day=1), day.month, MONTHS[day.month - 1], day.day,
            *day.isocalendar(), WEEKDAYS[day.weekday()], day.weekday() >= 5,
        ]  # fmt: skip


MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def test_the_engines_agree(both: Built) -> None:
    assert_alike(both["duckdb"][0], both["postgres"][0])


def test_the_engines_agree_on_the_real_extracts(both_real: Built) -> None:
    assert_alike(both_real["duckdb"][0], both_real["postgres"][0])


def assert_alike(one: Settings, other: Settings) -> None:
    """Every table and view from staging to marts has the same rows on both; all values are exact ones."""
    relations = list(built_relations(one))
    assert relations == list(built_relations(other))
    assert len(relations) > 20
    for relation in relations:
        everything = f"select {', '.join(columns(one, relation))} from {relation}"
        assert counted(rows(one, everything)) == counted(rows(other, everything)), relation


def columns(settings: Settings, relation: str) -> list[str]:
    """Its columns, but for those that tell one warehouse's deliveries from another's."""
    schema, _, table = relation.partition(".")
    named = (
        "select column_name from information_schema.columns"
        f" where table_schema = '{schema}' and table_name = '{table}' order by ordinal_position"
    )
    return [f'"{name}"' for (name,) in rows(settings, named) if name not in ("delivery_id", "run_id")]


def counted(found: list[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """How often each row is there; a list in it becomes a tuple, which can be counted."""
    return Counter(
        tuple(tuple(value) if isinstance(value, list) else value for value in row) for row in found
    )


def built_relations(settings: Settings) -> Iterator[str]:
    named = "select table_schema, table_name from information_schema.tables order by 1, 2"
    for schema, table in rows(settings, named):
        if schema in ("staging", "intermediate", "marts", "reference") or table == "contact_details":
            yield f"{schema}.{table}"


FACILITIES = "marts.dim_facility inner join marts.dim_geography using (geography_key)"


def test_real_nevada(real: Settings) -> None:
    addresses = (
        "select street_and_city, street, upper(city) from intermediate.int_facilities_nevada_addresses"
    )
    for whole, street, city in rows(real, addresses):
        assert f"{street} {city}" == whole
    cities = f"select city, count(*) from {FACILITIES} where source_system = 'nevada' group by 1"
    assert dict(rows(real, cities)) == {
        "Las Vegas": 52, "Henderson": 7, "North Las Vegas": 4, "Boulder City": 3,
        "Mesquite": 1, "Spring Creek": 1, "Carson City": 1, "Laughlin": 1,
    }  # fmt: skip
    columns = "business_name, street, postal_code, issue_date, expiry_date, facility_type, is_license_current"
    assert facility(real, "1106-22", columns) == (
        "SUNSHINE ACADEMY PRE-SCHOOL", "150 N. WILLOW ST", "89027", datetime.date(2013, 12, 1),
        datetime.date(2023, 11, 30), "center", False,
    )  # fmt: skip
    assert facility(real, "2907-23", "business_name, street, city, license_type, is_provisional") == (
        "MY LITTLE ANGEL'S HOME DAYCARE LLC", "6044 RIVER BELLE ST", "North Las Vegas", "FAMILY CARE", True,
    )  # fmt: skip
    assert facility(real, "1250-23", "street, city") == ("7625 S. RAINBOW BLVD., STE 104-106", "Las Vegas")
    assert facility(real, "3192-22", "street, city, is_license_current") == (
        "9859 W. DEER SPRINGS",
        "Las Vegas",
        False,
    )
    assert facility(real, "2919-23", "is_license_current") == (True,)


def test_real_oklahoma(real: Settings) -> None:
    ages = """
        select serves_infants, serves_toddlers, serves_preschool, serves_school_age, count(*)
        from marts.dim_facility where source_system = 'oklahoma' group by 1, 2, 3, 4
    """
    assert {tuple(flags): count for *flags, count in rows(real, ages)} == {
        (True, True, True, True): 19,
        (True, True, True, False): 4,
        (False, True, True, False): 2,
        (False, True, True, True): 1,
        (False, False, True, True): 1,
        (False, False, False, True): 1,
    }
    totals = """
        select count(*), count(dba_name), sum(capacity), sum(case when accepts_subsidy then 1 else 0 end),
            sum(case when is_license_current then 1 else 0 end)
        from marts.dim_facility where source_system = 'oklahoma'
    """
    assert rows(real, totals) == [(28, 10, 453, 17, 28)]
    names = "business_name, legal_name, dba_name, street, city, capacity"
    assert facility(real, "K830056761", names) == (
        "MUDDY PUDDLES LEARNING SPACE, LLC", "MUDDY PUDDLES LEARNING SPACE, LLC", None,
        "1000 N JUNIPER PLACE", "Broken Arrow", 71,
    )  # fmt: skip
    assert facility(real, "K820056097", names) == (
        "MUDDY PUDDLES LEARNING SPACE, LLC", "CLIFTON, SYMIRA", "MUDDY PUDDLES LEARNING SPACE, LLC",
        "1410 N. CHEYENNE AVE.", "Tulsa", 12,
    )  # fmt: skip
    assert facility(real, "K820054579", "dba_name, star_level, issue_date, license_type, facility_type") == (
        "WIGGLES AND GIGGLES ,LLC", 2, datetime.date(2021, 3, 9), "CHILD CARE FAMILY", "family_home",
    )  # fmt: skip
    caregiver = "select person_name from private.contact_details where source_lead_id = 'K820051589'"
    assert rows(real, caregiver) == [("Earnestine Khalid",)]


def test_real_texas(real: Settings) -> None:
    totals = """
        select count(*), sum(capacity), min(issue_date), max(issue_date)
        from marts.dim_facility where source_system = 'texas'
    """
    assert rows(real, totals) == [(29, 2520, datetime.date(1994, 9, 16), datetime.date(2023, 4, 27))]
    columns = "business_name, issue_date, capacity, county, postal_code, is_license_current"
    assert facility(real, "1239246", columns) == (
        'K" Street Learning Center LLC"', datetime.date(2011, 10, 13), 82, "Bexar", "78069", True,
    )  # fmt: skip
    assert facility(real, "1781337", "capacity, serves_infants, serves_school_age, is_license_current") == (
        None,
        False,
        False,
        False,
    )
    assert facility(real, "1643902", "serves_infants, serves_school_age") == (True, False)


def test_real_salesforce(real: Settings, both_real: Built) -> None:
    _, found = both_real[real.target]
    assert {name: count for name, count in found.items() if count} == {"every_phone_is_possible": 78}
    places = """
        select source_lead_id, country_name, region, places.state_code, places.city, places.postal_code
        from intermediate.int_leads_unioned inner join marts.dim_geography as places using (geography_key)
        where source_system = 'salesforce' and source_lead_id in ('1', '8', '11', '13', '24', '26')
        order by cast(source_lead_id as integer)
    """
    assert rows(real, places) == [
        ("1", "United States", "Northeast", "NY", None, None),
        ("8", "United States", "Midwest", "IN", "Hobart", "46342"),
        ("11", "Canada", "Western Canada", "BC", None, None),
        ("13", "Canada", "Eastern Canada", "NL", "Happy Valley Goose Bay", "A2N 2Z6"),
        ("24", "Canada", "Western Canada", "AB", "Lloydminster", "T9V 1M9"),
        ("26", "Unknown", "Unknown", None, "Unknown", None),
    ]
    groups = """
        select status_group, count(*)
        from intermediate.int_leads_unioned inner join marts.dim_lead_status using (lead_status_key)
        where source_system = 'salesforce' group by 1
    """
    assert dict(rows(real, groups)) == {"new": 9, "contacted": 25, "nurturing": 4, "unqualified": 1}
    sources = """
        select lead_source_name, count(*)
        from intermediate.int_leads_unioned inner join marts.dim_lead_source using (lead_source_key)
        where source_system = 'salesforce' group by 1
    """
    assert dict(rows(real, sources)) == {
        "TAM": 25, "Web": 8, "Proactive Trial": 2, "Marketing Research": 2, "List Purchase": 1, "Unknown": 1,
    }  # fmt: skip
    deleted = "select source_lead_id, business_name from intermediate.int_leads_unioned where is_deleted"
    assert rows(real, deleted) == [("8", "Prime Coat")]


def facility(settings: Settings, license_number: str, columns: str) -> tuple[Any, ...]:
    (row,) = rows(
        settings,
        f"select {columns} from {FACILITIES} where license_number = '{license_number}'",
    )
    return row
