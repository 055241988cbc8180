"""The matchers that ours is measured beside get cleaned leads; what nobody cleaned would flatter us."""

from pathlib import Path

import pytest

from bench.matching_peers import naive_duplicates, naive_links, read
from tests.python.lead_files import FILE_NAMES, write

GENERATED = {
    "salesforce": "salesforce_leads.csv",
    "nevada": "source1.csv",
    "oklahoma": "source2.csv",
    "texas": "source3.csv",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two leads of one site, and a facility of each state; the one in Nevada is the leads'."""
    lead = {"id": "L1", "company": "The Child's Garden & Co., L.L.C.", "phone": "+1 (702) 555-0101 ext. 4"}
    place = {
        "street": "150 North Willow Street, Suite 7",
        "city": "MESQUITE",
        "state": "nevada",
        "postal_code": "89027-1234",
    }
    again = {
        "id": "L2",
        "company": "Child Garden",
        "mobile_phone": "702.555.0101",
        "email": " Ann@Garden.EXAMPLE.com ",
    }
    nevada = {"Name": "CHILDS GARDEN", "Credential Number": "1-22", "Phone": "702-555-0101"}
    oklahoma = {
        "Type License": "CHILD CARE FAMILY - K820055232",
        "Company": "DOE, JANE DBA SUNNY",
        "Phone": "123-456-7890",
    }
    texas = {"Operation": "7", "Operation Name": "Café 2", "Email Address": "someone@gmail.com"}
    folder = write(
        tmp_path_factory.mktemp("generated"),
        {
            "salesforce": [lead | place, again],
            "nevada": [nevada | {"Address": "150 N. WILLOW ST # 7 MESQUITE, NV 89027"}],
            "oklahoma": [oklahoma | {"Primary Caregiver": "Jane Doe\n \n Primary Caregiver"}],
            "texas": [texas],
        },
    )
    for name, generated in GENERATED.items():
        (folder / FILE_NAMES[name]).rename(folder / generated)
    return folder


def test_records_are_cleaned(folder):
    columns = "key, name, phone, mobile, email, domain, last_name, street_number, street_name, city, state, postal_code"
    rows = read(folder).execute(f"select {columns} from records order by key").fetchall()
    willow = ("150", "n willow st", "mesquite", "NV", "89027")
    assert rows == [
        ("1-22", "childs garden", "7025550101", None, None, None, None, *willow),
        ("7", "cafe 2", None, None, "someone@gmail.com", None, None, None, None, None, None, None),
        ("K820055232", "sunny", None, None, None, None, "doe", None, None, None, None, None),
        ("L1", "childs garden", "7025550101", None, None, None, None, *willow),
        (
            "L2",
            "child garden",
            None,
            "7025550101",
            "ann@garden.example.com",
            "garden.example.com",
            *[None] * 6,
        ),
    ]


def test_naive_rule_links_whoever_shares_a_phone(folder, tmp_path: Path):
    naive_links(folder, tmp_path)
    naive_duplicates(folder, tmp_path)
    assert sorted((tmp_path / "links.csv").read_text().splitlines()) == [
        "L1,nevada,1-22",
        "L2,nevada,1-22",
        "salesforce_id,source,source_key",
    ]
    assert (tmp_path / "lead_pairs.csv").read_text().splitlines() == [
        "salesforce_id,source,source_key",
        "L1,salesforce,L2",
    ]
