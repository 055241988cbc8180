"""Leads become sites and organisations: made-up ones with every trap that was met, and the real extracts."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from leadhouse.config import Engine, Settings
from leadhouse.warehouse import connect
from tests.python.lead_files import REAL, Row, land, write
from tests.python.running import fails_after, run_dbt

NewWarehouse = Callable[[Engine], Settings]
Groups = set[frozenset[str]]

ENGINES: tuple[Engine, ...] = ("duckdb", "postgres")
MATCHING = "path:models/intermediate/lead_matching"
CLAIMS = "path:tests/intermediate/lead_matching"
BUILD = (
    "build",
    "--indirect-selection",
    "empty",
    "--exclude",
    "match_overrides",
    "--exclude-resource-type",
    "unit_test",
)


def lead(number: str, company: str, where: str = "", phone: str = "", **fields: str) -> Row:
    """A Salesforce lead; where: street, city, state and postal code."""
    street, city, state, postal_code = where.split(", ") if where else ("", "", "", "")
    address = {"street": street, "city": city, "state": state, "postal_code": postal_code}
    return {"id": number, "company": company, "phone": phone, "status": "New"} | address | fields


def texas(number: str, name: str, where: str, phone: str = "") -> Row:
    """A Texas operation."""
    street, city, state, postal_code = where.split(", ")
    address = {"Address": street, "City": city, "State": state, "Zip": postal_code}
    kind = {"Type": "Licensed Center - Child Care Program", "Status": "Full Permit"}
    return {"Operation": number, "Operation Name": name, "Phone": phone} | address | kind


def nevada(number: str, name: str, address: str, phone: str = "") -> Row:
    """A Nevada credential."""
    return {
        "Credential Number": number,
        "Name": name,
        "Credential Type": "CENTER",
        "Status": "Active",
        "Address": address,
        "Phone": phone,
    }


def oklahoma(number: str, company: str, where: str, phone: str = "") -> Row:
    """An Oklahoma licence."""
    street, city, state, postal_code = where.split(", ")
    address = {"Address1": street, "City": city, "State": state, "Zip": postal_code}
    return {"Type License": f"CHILD CARE CENTER - {number}", "Company": company, "Phone": phone} | address


ELSEWHERE = [
    ("Kettle Corner Nursery", "11 Elm St, Albany, NY, 12201"),
    ("Quiet Harbor Academy", "22 Oak Ave, Bovey, MN, 55709"),
    ("Lantern House", "33 Pine Rd, Wylie, TX, 75098"),
    ("Thistle and Fern", "44 Ash Ln, Kiowa, CO, 80117"),
    ("Copper Kettle Kids", "55 Birch Ct, Hobart, IN, 46342"),
    ("Moonbeam Daycare", "66 Cedar Dr, Glendale, AZ, 85301"),
    ("Saltwater Preschool", "77 Maple St, Columbia, SC, 29201"),
    ("Juniper Tots", "88 Walnut Ave, Orlando, FL, 32801"),
]
COUNTERS = [
    lead(
        f"counter{number}",
        name,
        where,
        f"702-555-01{number:02}",
        mobile_phone=f"702-555-01{number + 3:02}",
        email="test1@example.com",
    )
    for number, (name, where) in enumerate(ELSEWHERE)
]
"""As in the real extract: all have one e-mail address, and phones that count up to other leads' mobile phones."""

FILES = {
    "salesforce": [
        *COUNTERS,
        # a lead of a facility, the same twice, once converted, and once deleted
        lead("robin", "Robin's Nest Pre-School", "5 Wren St, Dallas, TX, 75201", "214-555-0150", last_name="Roe"),
        lead("robin again", "Robins Nest Preschool LLC", "5 Wren Street, Dallas, TX, 75201", "214-555-0150"),
        lead("robin converted", "Robins Nest Preschool", "", "214-555-0150", state="TX", is_converted="TRUE"),
        lead(
            "robin deleted",
            "Robin's Nest Pre-School",
            "5 Wren St, Dallas, TX, 75201",
            "214-555-0150",
            is_deleted="TRUE",
        ),
        # it has moved, and no other site is at its old address
        lead("moved", "Wandering Lamb Daycare", "900 Old Mill Rd, Austin, TX, 78701", "512-555-0151"),
        # of a chain with one phone: the address tells which
        lead("chain", "Sunny Gym - Oak", "20 Oak Rd, Las Vegas, NV, 89101", "702-555-0152"),
        # sisters whose names differ by a number
        lead("first", "Bar Z Ponderosa", "1 Ranch Rd, Waco, TX, 76701", "254-555-0153"),
        lead("second", "Bar Z Ponderosa II", "2 Farm Rd, Waco, TX, 76701", "254-555-0153"),
        # a lead that nobody else has anything in common with; and what people have decided
        lead("lone", "Zephyr Cottage", "7 Gale St, Tulsa, OK, 74101", "918-555-0154"),
        lead("alike", "Twin Pines Academy", "8 Pine St, Tulsa, OK, 74101", "918-555-0155"),
        lead("alike too", "Twin Pines Academy", "8 Pine St, Tulsa, OK, 74101", "918-555-0155"),
        lead("renamed", "Brand New Name", "", "", state="OK"),
        # one without address that resembles two at different places goes with the one that it resembles most
        lead("giraffe", "Wobbly Giraffe Nursery", "3 Fern St, Salem, OR, 97301", "503-555-0160"),
        lead("giraffe far", "Wobbly Giraffe Nursery", "40 Moss Ave, Salem, OR, 97304", "503-555-0161"),
        lead("giraffe somewhere", "Wobbly Giraffe Nursery", "", "503-555-0160", state="OR"),
    ],
    "texas": [
        texas("1", "Robin's Nest Preschool", "5 Wren St, Dallas, TX, 75201", "214-555-0150"),
        # the same operator listed twice at one place; another operator at the same place
        texas("2", "Acorn Learning Center", "6 Hill Rd, Houston, TX, 77001", "713-555-0156"),
        texas("3", "ACORN LEARNING CENTER LLC", "6 Hill Road, Houston, TX, 77001", "713-555-0156"),
        texas("4", "Grace Parish After School", "6 Hill Rd, Houston, TX, 77001", "713-555-0157"),
        texas("5", "Wandering Lamb Daycare", "12 New Mill Rd, Austin, TX, 78702", "512-555-0151"),
        texas("6", "A Bar Q Ranch", "1 Ranch Rd, Lubbock, TX, 79401", "806-555-0158"),
    ],
    "nevada": [
        nevada("1-24", "SUNNY GYM - ELM", "10 ELM ST LAS VEGAS, NV 89101", "702-555-0152"),
        nevada("2-24", "SUNNY GYM -OAK", "20 OAK RD LAS VEGAS, NV 89101", "702-555-0152"),
        nevada("3-24", "SUNNY GYM- PINE", "30 PINE AVE LAS VEGAS, NV 89101", "702-555-0152"),
    ],
    "oklahoma": [
        # one operator, two sites
        oklahoma("K1", "SPLASHY POND LEARNING SPACE, LLC", "1000 N Juniper Pl, Tulsa, OK, 74011", "918-555-0159"),
        oklahoma("K2", "DOE, SYL DBA SPLASHY POND LEARNING SPACE, LLC", "14 Oak Ave, Tulsa, OK, 74106", "918-555-0159"),
    ],
}  # fmt: skip
DECISIONS = [("alike", "alike too", "not same"), ("lone", "renamed", "same")]

SITES = [
    {"robin", "robin again", "robin converted", "1"},
    {"2", "3"},
    {"moved", "5"},
    {"chain", "2-24"},
    {"lone", "renamed"},
    {"giraffe", "giraffe somewhere"},
]
ORGANIZATIONS = [
    {"1-24", "2-24", "chain", "3-24"},
    {"K1", "K2"},
    {"first", "second"},
    {"alike", "alike too"},
    {"giraffe", "giraffe far", "giraffe somewhere"},
]


def build(settings: Settings, *selected: str) -> dict[str, int]:
    """Build and test what leads up to lead matching; how many rows each claim found, by its name."""
    run_dbt(settings, *BUILD, "--select", *(selected or (f"+{MATCHING}", CLAIMS)))
    results = json.loads((settings.home / "target/run_results.json").read_text())["results"]
    return {
        result["unique_id"].split(".")[2]: result["failures"]
        for result in results
        if result["failures"] is not None
    }


def decide(settings: Settings) -> None:
    run_dbt(settings, "seed", "--select", "match_overrides")
    with connect(settings) as connection:
        for left, right, decision in DECISIONS:
            connection.execute(
                "insert into reference.match_overrides values"
                " ('salesforce', ?, 'salesforce', ?, ?, 'a test', 'to see what it does', date '2024-06-01')",
                [left, right, decision],
            )


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, new_warehouse: NewWarehouse) -> dict[Engine, Settings]:
    """The made-up leads, with decisions about some, on both engines."""
    folder = write(tmp_path_factory.mktemp("lead_matching"), FILES)
    warehouses = {engine: new_warehouse(engine) for engine in ENGINES}
    for settings in warehouses.values():
        land(settings, folder, "2024-06")
        decide(settings)
        found = build(settings)
        assert len(found) > 8
        assert {name: count for name, count in found.items() if count} == {}
    return warehouses


@pytest.fixture(params=ENGINES)
def built(request: pytest.FixtureRequest, both: dict[Engine, Settings]) -> Settings:
    return both[request.param]


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with connect(settings) as connection:
        return connection.execute(sql)


def groups(settings: Settings, key: str, name: str = "source_lead_id") -> Groups:
    """What has a site or an organisation together."""
    members: dict[str, set[str]] = defaultdict(set)
    for value, member in rows(
        settings,
        f"select {key}, {name} from intermediate.int_lead_organizations"
        " inner join intermediate.int_leads_unioned using (lead_key)",
    ):
        members[value].add(member)
    return {frozenset(group) for group in members.values() if len(group) > 1}


def test_records_of_one_site_are_found_and_no_others(built: Settings) -> None:
    assert groups(built, "site_key") == {frozenset(site) for site in SITES}


def test_sites_of_one_organization_are_found_and_no_others(built: Settings) -> None:
    several_sites = groups(built, "organization_key") - groups(built, "site_key")
    assert several_sites == {frozenset(organization) for organization in ORGANIZATIONS}


def test_a_deleted_lead_is_compared_with_none(built: Settings) -> None:
    [(lead_key,)] = rows(
        built, "select lead_key from intermediate.int_leads_unioned where source_lead_id = 'robin deleted'"
    )
    for table in ("int_lead_match_pairs", "int_lead_match_links"):
        sql = f"select * from intermediate.{table} where '{lead_key}' in (left_lead_key, right_lead_key)"
        assert rows(built, sql) == []


def test_every_record_of_a_site_says_why(built: Settings) -> None:
    reasons = rows(
        built,
        "select source_lead_id, match_rule, match_confidence, match_explanation"
        " from intermediate.int_lead_match_reasons inner join intermediate.int_leads_unioned using (lead_key)",
    )
    assert {name for name, *_ in reasons} == set().union(*SITES)
    for name, rule, confidence, explanation in reasons:
        assert rule == ("override" if name in ("lone", "renamed") else "score"), name
        assert confidence > 0.6, (name, explanation)
        assert explanation.endswith(".")


def test_the_engines_agree(both: dict[Engine, Settings]) -> None:
    assert_alike(both["duckdb"], both["postgres"])


def test_the_engines_agree_on_the_demo(demo: Settings, demo_files: Any, new_warehouse: NewWarehouse) -> None:
    settings = new_warehouse("postgres")
    land(settings, demo_files, "2026-10", ("salesforce", "facilities"))
    run_dbt(settings, "seed")
    run_dbt(settings, "run", "--select", f"+{MATCHING}")
    assert_alike(demo, settings)


def assert_alike(one: Settings, other: Settings) -> None:
    tables = "select table_name from information_schema.tables where table_schema = 'intermediate' order by 1"
    names = [name for (name,) in rows(one, tables) if name.startswith("int_lead_match_")]
    assert len(names) > 20
    for name in ["int_lead_sites", "int_lead_organizations", *names]:
        everything = f"select * from intermediate.{name}"
        found = [sorted(map(repr, rows(settings, everything))) for settings in (one, other)]
        assert found[0] == found[1], name


@pytest.mark.parametrize("source", ["salesforce", "texas"])
def test_a_source_alone_matches_too(settings: Settings, tmp_path: Any, source: str) -> None:
    land(settings, write(tmp_path, {source: FILES[source]}), "2024-06")
    run_dbt(settings, "seed", "--select", "match_overrides")
    found = build(settings)
    assert {name: count for name, count in found.items() if count} == {}
    expected = {
        "salesforce": [
            {"robin", "robin again", "robin converted"},
            {"alike", "alike too"},
            {"giraffe", "giraffe somewhere"},
        ],
        "texas": [{"2", "3"}],
    }
    assert groups(settings, "site_key") == {frozenset(site) for site in expected[source]}


CORRUPTIONS = {
    "a_site_is_called_after_one_of_its_records": "update intermediate.int_lead_sites set site_key = 'nobody'",
    "deleted_leads_are_alone": "update intermediate.int_lead_organizations set organization_key = 'all'",
    "every_candidate_is_compared_once": """
        delete from intermediate.int_lead_match_pairs
        where left_lead_key = (select min(left_lead_key) from intermediate.int_lead_match_pairs)
    """,
    "every_decision_about_two_leads_holds": "update intermediate.int_lead_sites set site_key = lead_key",
    "every_decision_is_about_two_known_leads": (
        "delete from intermediate.int_leads_unioned where source_lead_id = 'renamed'"
    ),
    "every_key_pairs_leads_or_is_counted_as_cut": (
        "delete from intermediate.int_lead_match_cut_keys where rule = 'house'"
    ),
    "every_lead_has_one_site_and_one_organization": """
        delete from intermediate.int_lead_sites
        where lead_key = (select min(lead_key) from intermediate.int_lead_sites)
    """,
    "groups_of_leads_have_converged": (
        "update intermediate.int_lead_match_facility_groups set facility_group_key = lead_key"
    ),
    "no_site_joins_two_facilities_unless_decided": """
        update intermediate.int_lead_sites set site_key = 'one' where lead_key in (
            select lead_key from intermediate.int_leads_unioned where source_system = 'texas'
        )
    """,
    "no_two_decisions_contradict_each_other": """
        insert into intermediate.int_lead_match_decisions (left_lead_key, right_lead_key, is_same, is_as_given)
        select left_lead_key, right_lead_key, false, is_as_given
        from intermediate.int_lead_match_decisions where is_same
    """,
    "the_bits_of_a_pair_add_up_to_its_score": (
        "update intermediate.int_lead_match_pairs set total_millibits = total_millibits + 1"
    ),
}


@pytest.mark.parametrize("claim", CORRUPTIONS)
def test_a_claim_fails_where_it_is_not_true(built: Settings, claim: str) -> None:
    assert fails_after(built, claim, CORRUPTIONS[claim])


@pytest.fixture(scope="module")
def real(new_warehouse: NewWarehouse) -> Iterator[Settings]:
    """The real extracts, matched."""
    if REAL is None:
        pytest.skip("the real extracts do not lie beside the repository")
    settings = new_warehouse("duckdb")
    land(settings, REAL, "2024-06", ("salesforce", "facilities"))
    run_dbt(settings, "seed", "--select", "match_overrides")
    build(settings)
    yield settings


def test_in_the_real_extracts_no_two_records_are_one_site(real: Settings) -> None:
    assert groups(real, "site_key") == set()


def test_in_the_real_extracts_chains_are_organizations(real: Settings) -> None:
    together = groups(real, "organization_key")
    names = groups(real, "organization_key", "business_name")
    assert {frozenset(name.split()[0] for name in group) for group in names} == {
        frozenset({first}) for first in ("LA", "SUNRISE", "CHILDREN'S", "A", "MERRYHILL", "EOS", "PRIMROSE")
    }
    assert frozenset({"K830056761", "K820056097"}) in together  # Muddy Puddles: one operator, two sites
    assert frozenset({"3496-22", "3497-22"}) in together  # Primrose: one phone
    assert frozenset({"1474-23", "1988-22", "2290-22", "2724-22"}) in together  # EOS Fitness: one phone
