"""CSV exports of Salesforce leads and of the states' licence files, written from a few fields per row."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from leadhouse.config import Settings
from tests.python.running import run_leadhouse

ROOT = Path(__file__).resolve().parents[2]
REAL = next((path for folder in ROOT.parents if (path := folder / "shared" / "data").is_dir()), None)
"""The extracts that companies gave out, which are not part of the repository; None where they do not lie beside it."""

HEADERS = {
    "salesforce": """
        id,is_deleted,last_name,first_name,title,company,street,city,state,postal_code,country,phone,mobile_phone,email,
        website,lead_source,status,is_converted,created_date,last_modified_date,system_modstamp
    """,
    "nevada": """
        Name,Credential Type,Credential Number,Status,Expiration Date,Disciplinary Action,Address,State,County,Phone,
        First Issue Date,Primary Contact Name,Primary Contact Role
    """,
    "oklahoma": """
        Type License,Company,Accepts Subsidy,Year Round,Daytime Hours,Star Level,Mon,Tues,Wed,Thurs,Friday,Saturday,
        Sunday,Primary Caregiver,Phone,Email,Address1,Address2,City,State,Zip,Subsidy Contract Number,Total Cap,
        Ages Accepted 1,AA2,AA3,AA4,License Monitoring Since,School Year Only,Evening Hours
    """,
    "texas": """
        Operation,Agency Number,Operation Name,Address,City,State,Zip,County,Phone,Type,Status,Issue Date,Capacity,
        Email Address,Facility ID,Monitoring Frequency,Infant,Toddler,Preschool,School
    """,
}
FILE_NAMES = {"salesforce": "salesforce/salesforce_leads.csv"} | {
    state: f"facilities/{state}.csv" for state in ("nevada", "oklahoma", "texas")
}

SOURCES = ("pipedrive", "salesforce", "facilities")

Row = Mapping[str, str]


def write(folder: Path, files: Mapping[str, Iterable[Row]]) -> Path:
    """Write files below a folder: ``salesforce/…`` and ``facilities/…``; a field that a row does not name is empty."""
    for name, rows in files.items():
        path = folder / FILE_NAMES[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            header = [column.strip() for column in HEADERS[name].split(",")]
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def land(settings: Settings, folder: Path, period: str, sources: tuple[str, ...] = SOURCES) -> None:
    """Land what lies in the folders ``pipedrive``, ``salesforce`` and ``facilities`` as deliveries for a period."""
    for source in sources:
        if (folder / source).is_dir():
            run_leadhouse(settings, "extract", source, "--files", folder / source, "--period", period)
