"""What leads are matched with elsewhere: ``python -m bench.matching_peers PEER TASK FOLDER OUT``, a process of its own.

Both peers start from the generator's files, cleaned by ``matching_records.sql``. Splink's configuration follows its
documentation; its thresholds were chosen on other seeds than those that are reported.
"""

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import duckdb
import splink.comparison_level_library as level
import splink.comparison_library as comparison
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule

from tests.python.running import ROOT

SEEDS = ROOT / "seeds" / "leads"
LINK_FROM = 0.5
DUPLICATE_FROM = 0.995

SAME_PHONE = ("l.phone = r.phone", "l.phone = r.mobile", "l.mobile = r.phone", "l.mobile = r.mobile")
BLOCKS = (
    *map(CustomRule, SAME_PHONE),
    block_on("email"),
    block_on("domain", "state"),
    block_on("street_number", "street_name"),
    block_on("name", "state"),
    block_on("substr(name, 1, 6)", "postal_code"),
    block_on("substr(name, 1, 8)", "city"),
    block_on("substr(street, 1, 8)", "postal_code"),
)
CERTAIN = (
    block_on("phone", "name"),
    block_on("email", "name"),
    block_on("street_number", "street_name", "name"),
)
TRAINED_ON = (
    block_on("phone", "postal_code"),
    block_on("street_number", "street_name"),
    block_on("email", "city"),
    block_on("name", "postal_code"),
)


def read(folder: Path) -> duckdb.DuckDBPyConnection:
    """Clean the files of a folder into the table ``records``."""
    connection = duckdb.connect()
    with (SEEDS / "nevada_cities.csv").open(newline="", encoding="utf-8") as file:
        cities = sorted({row["spelling"] for row in csv.DictReader(file)}, key=len, reverse=True)
    variables = {"folder": folder, "cities": "|".join(cities), "states": SEEDS / "states.csv"}
    for name, value in variables.items():
        connection.execute(f"set variable {name} = ?", [str(value)])
    connection.execute((ROOT / "bench" / "matching_records.sql").read_text())
    connection.execute("create view leads as select * from records where source = 'salesforce'")
    connection.execute("create view facilities as select * from records where source <> 'salesforce'")
    return connection


def splink_links(folder: Path, out: Path) -> None:
    """The best facility of each lead."""
    connection = read(folder)
    api = DuckDBAPI(connection)
    inputs = [
        api.register(name, table_name=f"its_{name}", dataset_display_name=name)
        for name in ("leads", "facilities")
    ]
    linker = _trained(Linker(inputs, _settings("link_only")))
    predicted = linker.inference.predict(threshold_match_probability=LINK_FROM)
    _write(
        connection,
        f"""
        select
            split_part(unique_id_l, ' ', 2) as salesforce_id,
            split_part(unique_id_r, ' ', 1) as source,
            split_part(unique_id_r, ' ', 2) as source_key,
            match_probability as confidence
        from (
            select
                if(source_dataset_l = 'leads', unique_id_l, unique_id_r) as unique_id_l,
                if(source_dataset_l = 'leads', unique_id_r, unique_id_l) as unique_id_r,
                match_probability,
                match_weight
            from {predicted.physical_name}
        )
        qualify row_number() over (partition by unique_id_l order by match_weight desc, unique_id_r) = 1
        """,
        out / "links.csv",
    )


def splink_duplicates(folder: Path, out: Path) -> None:
    """Pairs of leads. Clusters of them would add what follows from two pairs, and do worse."""
    connection = read(folder)
    api = DuckDBAPI(connection)
    linker = _trained(Linker(api.register("leads", table_name="its_leads"), _settings("dedupe_only")))
    predicted = linker.inference.predict(threshold_match_probability=DUPLICATE_FROM)
    _write(
        connection,
        f"""
        select
            split_part(least(unique_id_l, unique_id_r), ' ', 2) as salesforce_id,
            'salesforce' as source,
            split_part(greatest(unique_id_l, unique_id_r), ' ', 2) as source_key,
            match_probability as confidence
        from {predicted.physical_name}
        """,
        out / "lead_pairs.csv",
    )


def naive_links(folder: Path, out: Path) -> None:
    """Leads and facilities with the same phone or e-mail."""
    connection = read(folder)
    joined = " union ".join(
        f"select l.key as salesforce_id, r.source, r.key as source_key from leads as l join facilities as r on {equal}"
        for equal in ("l.phone = r.phone", "l.mobile = r.phone", "l.email = r.email")
    )
    _write(connection, joined, out / "links.csv")


def naive_duplicates(folder: Path, out: Path) -> None:
    """Leads with the same phone or e-mail."""
    connection = read(folder)
    joined = " union ".join(
        "select least(l.key, r.key) as salesforce_id, 'salesforce' as source, greatest(l.key, r.key) as source_key"
        f" from leads as l join leads as r on {equal} where l.key <> r.key"
        for equal in (*SAME_PHONE, "l.email = r.email")
    )
    _write(connection, joined, out / "lead_pairs.csv")


def _settings(link_type: Literal["link_only", "dedupe_only"]) -> SettingsCreator:
    name = comparison.NameComparison("name", jaro_winkler_thresholds=[0.95, 0.88, 0.8, 0.7])
    phone = comparison.CustomComparison(
        output_column_name="phone",
        comparison_levels=[
            level.NullLevel("phone"),
            level.ExactMatchLevel("phone", term_frequency_adjustments=True),
            level.CustomLevel(
                "phone_l = mobile_r or mobile_l = phone_r or mobile_l = mobile_r", "one's mobile"
            ),
            level.DamerauLevenshteinLevel("phone", 1),
            level.ElseLevel(),
        ],
    )
    email = comparison.CustomComparison(
        output_column_name="email",
        comparison_levels=[
            level.CustomLevel(
                "(email_l is null or email_r is null) and (domain_l is null or domain_r is null)", "no e-mail"
            ).configure(is_null_level=True),
            level.ExactMatchLevel("email", term_frequency_adjustments=True),
            level.ExactMatchLevel("domain", term_frequency_adjustments=True),
            level.JaroWinklerLevel("email", 0.92),
            level.ElseLevel(),
        ],
    )
    street = comparison.CustomComparison(
        output_column_name="street",
        comparison_levels=[
            level.NullLevel("street"),
            level.ExactMatchLevel("street", term_frequency_adjustments=True),
            level.CustomLevel(
                "street_number_l = street_number_r and jaro_winkler_similarity(street_name_l, street_name_r) >= 0.85",
                "same number, like name",
            ),
            level.JaroWinklerLevel("street", 0.92),
            level.ElseLevel(),
        ],
    )
    place = comparison.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            level.CustomLevel(
                "(postal_code_l is null or postal_code_r is null) and (city_l is null or city_r is null)",
                "no place",
            ).configure(is_null_level=True),
            level.ExactMatchLevel("postal_code", term_frequency_adjustments=True),
            level.ExactMatchLevel("city", term_frequency_adjustments=True),
            level.CustomLevel("left(postal_code_l, 3) = left(postal_code_r, 3)", "same region"),
            level.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type=link_type,
        blocking_rules_to_generate_predictions=[*BLOCKS],
        comparisons=[
            name,
            phone,
            email,
            street,
            place,
            comparison.ExactMatch("state"),
            comparison.ExactMatch("last_name").configure(term_frequency_adjustments=True),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def _trained(linker: Linker) -> Linker:
    training = linker.training
    training.estimate_probability_two_random_records_match([*CERTAIN], recall=0.6)
    training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in TRAINED_ON:
        training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to '{path}' (header)")


PEERS: dict[tuple[str, str], Callable[[Path, Path], None]] = {
    ("splink", "links"): splink_links,
    ("splink", "duplicates"): splink_duplicates,
    ("naive", "links"): naive_links,
    ("naive", "duplicates"): naive_duplicates,
}

if __name__ == "__main__":
    peer, task, folder, out = sys.argv[1:]
    PEERS[peer, task](Path(folder), Path(out))
