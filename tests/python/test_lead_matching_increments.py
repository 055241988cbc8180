"""Lead matching takes up only what has changed; after any number of changes it knows what a full run would know."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from leadhouse.config import Settings
from leadhouse.warehouse import connect
from tests.python.running import call_leadhouse, run_dbt

STEPS = 2
MATCHING = ("+int_lead_match_links", "+int_lead_match_reasons", "+int_lead_organizations")
RESULTS = {
    "int_lead_match_candidates": "left_lead_key, right_lead_key",
    "int_lead_match_pairs": "left_lead_key, right_lead_key, name_level, phone_level, total_millibits",
    "int_lead_match_links": "left_lead_key, right_lead_key, match_level, match_rule, confidence, explanation",
    "int_lead_organizations": "lead_key, site_key, organization_key",
}

Row = dict[str, str]


def test_increments_come_to_what_a_full_run_comes_to(
    settings: Settings, demo_files: Path, tmp_path: Path
) -> None:
    leads = read(demo_files / "salesforce" / "salesforce_leads.csv")
    land(settings, "facilities", demo_files / "facilities")
    land(settings, "salesforce", write(tmp_path / "0", leads))
    run_dbt(settings, "seed")
    run_dbt(settings, "run", "--select", *MATCHING)
    first = batches(settings)
    for step in range(1, STEPS + 1):
        leads = list(changed(leads, random.Random(step), step))
        land(settings, "salesforce", write(tmp_path / str(step), leads))
        run_dbt(settings, "run", "--select", *MATCHING)
    assert max(batches(settings)) == max(first) + STEPS
    assert min(batches(settings)) == min(first), "everything was compared anew"
    grown = results(settings)
    run_dbt(settings, "run", "--full-refresh", "--select", *MATCHING)
    assert grown == results(settings)


def changed(leads: list[Row], draws: random.Random, step: int) -> Iterator[Row]:
    """Some leads changed, deleted, gone and new."""
    unlucky = draws.sample(range(len(leads)), 8)
    for number, lead in enumerate(leads):
        match unlucky.index(number) if number in unlucky else None:
            case 0 | 1:
                continue
            case 2 | 3:
                yield lead | {"is_deleted": "TRUE"}
            case 4 | 5:
                yield lead | {
                    "phone": draws.choice(leads)["phone"],
                    "company": draws.choice(leads)["company"],
                }
            case 6 | 7:
                yield lead
                yield lead | {"id": f"{lead['id']}-{step}", "email": ""}
            case _:
                yield lead


def batches(settings: Settings) -> set[int]:
    """The runs in which the states that are known came about."""
    with connect(settings) as connection:
        return {batch for (batch,) in connection.execute("select batch from private.lead_match_states")}


def results(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """All that matching has found out."""
    with connect(settings) as connection:
        return {
            table: sorted(connection.execute(f"select {columns} from intermediate.{table}"), key=str)
            for table, columns in RESULTS.items()
        }


def read(file: Path) -> list[Row]:
    """The rows of a CSV file."""
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def write(folder: Path, leads: list[Row]) -> Path:
    """A folder with an export of these leads."""
    folder.mkdir()
    with (folder / "salesforce_leads.csv").open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, list(leads[0]))
        writer.writeheader()
        writer.writerows(leads)
    return folder


def land(settings: Settings, source: str, folder: Path) -> None:
    """Land a folder as the delivery of the month."""
    call_leadhouse(settings, "extract", source, "--files", folder, "--period", "2026-10")
