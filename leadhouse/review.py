"""``leadhouse review``: the pairs of leads that a person should look at, because the score is least sure of them."""

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click
import yaml
from rich.console import Console
from rich.text import Text

from leadhouse.config import PROJECT, Settings, load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.matches import (
    Evidence,
    Lead,
    against_it,
    evidence_columns,
    evidence_of,
    for_it,
    leads_by_key,
    matched_warehouse,
    shown_confidence,
)
from leadhouse.warehouse import Connection
from leadhouse.wording import counted

DECISION_COLUMNS = (
    "left_source_system",
    "left_source_lead_id",
    "right_source_system",
    "right_source_lead_id",
    "decision",
    "decided_by",
    "reason",
    "decided_on",
)
"""The columns of the seed ``match_overrides``."""

OTHER_COLUMNS = (
    "left_name",
    "left_address",
    "right_name",
    "right_address",
    "confidence",
    "explanation",
)
"""What a person needs to decide."""

SEED = "seeds/lead_matching/match_overrides.csv"

WORTH_A_LOOK_BITS = 4
"""So far from a threshold the odds are 16 to 1 that the decision is right: no person does better for the effort."""

CLOSE_SECOND = 0.2
"""A facility that is as likely as this is told beside a likelier one."""

FORMULA_SIGNS = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula, wherever a name came from."""

UNCERTAIN = """
with

decisions as (
    select left_lead_key, right_lead_key, is_same from intermediate.int_lead_match_decisions
),

settled as (
    select distinct decisions.left_lead_key as lead_key
    from decisions
    inner join intermediate.int_lead_match_facility_groups as facilities
        on decisions.right_lead_key = facilities.lead_key
    where decisions.is_same
),

weighed as (
    select
        pairs.left_lead_key,
        pairs.right_lead_key,
        case when pairs.is_left_licensed then pairs.right_lead_key else pairs.left_lead_key end as lead_key,
        case when pairs.is_left_licensed then pairs.left_lead_key else pairs.right_lead_key end as facility_lead_key,
        pairs.total_millibits,
        power(cast(2 as double precision), least(pairs.total_millibits, 30000) / cast(1000 as double precision)) as odds
    from intermediate.int_lead_match_pairs as pairs
    where pairs.is_left_licensed <> pairs.is_right_licensed
),

of_facility as (
    select
        weighed.*,
        row_number() over (
            partition by weighed.lead_key, facilities.facility_group_key
            order by
                weighed.total_millibits desc,
                case when facilities.is_listed then 0 else 1 end,
                weighed.facility_lead_key
        ) as facility_rank
    from weighed
    inner join intermediate.int_lead_match_facility_groups as facilities
        on weighed.facility_lead_key = facilities.lead_key
    left join decisions
        on weighed.lead_key = decisions.left_lead_key and weighed.facility_lead_key = decisions.right_lead_key
    where coalesce(decisions.is_same, true)
),

beside_rivals as (
    select
        *,
        sum(odds) over (partition by lead_key) as all_odds,
        row_number() over (partition by lead_key order by odds desc, facility_lead_key) as choice_rank
    from of_facility
    where facility_rank = 1
),

best_two as (
    select
        lead_key,
        max(case when choice_rank = 1 then odds end) as best_odds,
        max(case when choice_rank = 2 then odds end) as second_odds
    from beside_rivals
    where choice_rank <= 2
    group by lead_key
),

choices as (
    select
        beside_rivals.left_lead_key,
        beside_rivals.right_lead_key,
        odds / (all_odds + {no_facility}) as confidence,
        ln(odds / (greatest(all_odds - odds, 0) + {no_facility})) / ln(2) - {choice_bits} as bits_above,
        case when choice_rank = 1 then second_odds else best_odds end / (all_odds + {no_facility}) as rival
    from beside_rivals
    inner join best_two on beside_rivals.lead_key = best_two.lead_key
    where beside_rivals.lead_key not in (select lead_key from settled)
),

between_alike as (
    select
        pairs.left_lead_key,
        pairs.right_lead_key,
        power(
            cast(2 as double precision),
            {worth_of_a_bit} * pairs.total_millibits / cast(1000 as double precision) - {bits_against}
            + case
                when pairs.address_level in ('same', 'nearly same') then {bits_of_an_address}
                when pairs.address_level in ('different', 'same street') then -{bits_of_an_address}
                else 0
            end
        ) as odds,
        {worth_of_a_bit} * (
            pairs.total_millibits / cast(1000 as double precision)
            - case
                when pairs.is_left_licensed then {facility_bits}
                when pairs.address_level in ('different', 'same street') then {moved_bits}
                else {duplicate_bits}
            end
        ) as bits_above
    from intermediate.int_lead_match_pairs as pairs
    left join intermediate.int_lead_match_choices as left_choice on pairs.left_lead_key = left_choice.lead_key
    left join intermediate.int_lead_match_choices as right_choice on pairs.right_lead_key = right_choice.lead_key
    where
        pairs.is_left_licensed = pairs.is_right_licensed
        and abs(pairs.total_millibits) < 30000
        and (
            not pairs.is_left_licensed and (left_choice.lead_key is null or right_choice.lead_key is null)
            or pairs.is_left_licensed
            and pairs.address_level in ('same', 'nearly same')
            and pairs.name_level in ('same', 'nearly same', 'within')
            and pairs.number_level <> 'different'
        )
),

scored as (
    select * from choices
    union all
    select left_lead_key, right_lead_key, odds / (odds + 1), bits_above, null from between_alike
)

select
    scored.left_lead_key,
    scored.right_lead_key,
    left_lead.site_key = right_lead.site_key,
    scored.confidence,
    scored.rival,
    {evidence}
from scored
inner join intermediate.int_lead_match_pairs as pairs
    on scored.left_lead_key = pairs.left_lead_key and scored.right_lead_key = pairs.right_lead_key
inner join marts.fct_leads as left_lead on scored.left_lead_key = left_lead.lead_key
inner join marts.fct_leads as right_lead on scored.right_lead_key = right_lead.lead_key
left join decisions
    on scored.left_lead_key = decisions.left_lead_key and scored.right_lead_key = decisions.right_lead_key
where
    decisions.left_lead_key is null
    and abs(scored.bits_above) <= {worth_a_look}
    -- below its threshold and yet of one site: other records have decided that
    and (scored.bits_above >= -0.01 or left_lead.site_key <> right_lead.site_key)
order by round(cast(abs(scored.bits_above) as numeric), 3), scored.left_lead_key, scored.right_lead_key
limit {most}
"""


@dataclass(frozen=True)
class Thresholds:
    """The vars of ``dbt_project.yml`` at which decisions turn.

    Args:
        duplicate_bits: from so many on two leads are duplicates.
        moved_bits: from so many on they are in spite of two addresses.
        facility_bits: from so many on two licences are one site.
        facility_confidence: what the link of a lead with a facility must reach.
        no_facility: the odds that a lead is of no licensed facility.
        worth_of_a_bit: what a bit counts for in the confidence of a pair that is alike: two leads or two licences.
        bits_against: what is taken off there.
        bits_of_an_address: what is added there where the addresses agree, and taken off where they differ.
    """

    duplicate_bits: float
    moved_bits: float
    facility_bits: float
    facility_confidence: float
    no_facility: float
    worth_of_a_bit: float
    bits_against: float
    bits_of_an_address: float


@dataclass(frozen=True)
class Uncertain:
    """A pair that a person should look at.

    Args:
        left: the one lead; that of Salesforce where the other is a licence.
        right: the other lead.
        is_linked: they are of one site as it stands.
        confidence: how likely that would be, 0 to 1.
        rival: how likely another facility is for the same lead; ``None`` without one.
        evidence: what each attribute says.
    """

    left: Lead
    right: Lead
    is_linked: bool
    confidence: Decimal
    rival: Decimal | None
    evidence: tuple[Evidence, ...]

    @property
    def explanation(self) -> str:
        """One sentence without personal data."""
        parts = ["One site as it stands" if self.is_linked else "Two sites as it stands"]
        if reasons := for_it(self.evidence):
            parts.append(f"for one: {reasons}")
        if reasons := against_it(self.evidence):
            parts.append(f"against it: {reasons}")
        if self.rival is not None and self.rival >= CLOSE_SECOND:
            parts.append(f"another facility has {shown_confidence(self.rival)}")
        return "; ".join(parts) + "."

    @property
    def row(self) -> tuple[str, ...]:
        """The values of `DECISION_COLUMNS`, what a person decides left empty, and of `OTHER_COLUMNS`."""
        told = (self.left.name, self.left.address, self.right.name, self.right.address)
        return (
            self.left.source_system,
            self.left.source_lead_id,
            self.right.source_system,
            self.right.source_lead_id,
            *("",) * 4,
            *map(_harmless, told),
            f"{self.confidence:.4f}",
            self.explanation,
        )


@click.command()
@click.option("--most", type=click.IntRange(min=1), default=50, show_default=True, help="How many pairs.")
@click.option(
    "--csv",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write them to this new file, with the columns of the seed match_overrides first.",
)
def review(most: int, file: Path | None) -> None:
    """Show the pairs of leads that are most worth a human look.

    They are those whose score is nearest to the threshold that decides whether they are one site, the least certain
    first. Fill in decision ('same' or 'not same'), decided_by, reason and decided_on, and paste the first eight
    columns into seeds/lead_matching/match_overrides.csv: from the next build on they win over the score.
    """
    if file and file.exists():
        raise LeadhouseError(f"{file} is there already, perhaps with decisions in it; name another file")
    found = uncertain_pairs(load_settings(), most)
    if file:
        _write(file, found)
        click.echo(
            f"{file}: {counted(len(found), 'pair')}; fill in decision ('same' or 'not same'), decided_by, reason and"
            f" decided_on, and paste the first {len(DECISION_COLUMNS)} columns into {SEED}"
        )
        return
    console = Console(highlight=False)
    for line in _lines(found):
        console.print(line, soft_wrap=True)


def uncertain_pairs(settings: Settings, most: int) -> list[Uncertain]:
    """The pairs that are nearest to a threshold and not decided by a person, the least certain first.

    Args:
        settings: where the warehouse is.
        most: how many.

    Raises:
        LeadhouseError: the warehouse cannot tell.
    """
    thresholds = read_thresholds(PROJECT / "dbt_project.yml")
    with matched_warehouse(settings) as connection:
        return _read(connection, thresholds, most)


def read_thresholds(project_file: Path) -> Thresholds:
    """The vars of a project at which decisions turn."""
    settings = yaml.safe_load(project_file.read_text())["vars"]
    return Thresholds(
        duplicate_bits=float(settings["match_min_duplicate_bits"]),
        moved_bits=float(settings["match_min_moved_bits"]),
        facility_bits=float(settings["match_min_facility_bits"]),
        facility_confidence=float(settings["match_min_facility_confidence"]),
        no_facility=float(settings["match_odds_of_no_facility"]),
        worth_of_a_bit=float(settings["match_worth_of_a_pair_bit"]),
        bits_against=float(settings["match_bits_against_a_pair"]),
        bits_of_an_address=float(settings["match_bits_of_a_pair_address"]),
    )


def _read(connection: Connection, thresholds: Thresholds, most: int) -> list[Uncertain]:
    least = min(max(thresholds.facility_confidence, 0.0001), 0.9999)
    rows = connection.execute(
        UNCERTAIN.format(
            duplicate_bits=thresholds.duplicate_bits,
            moved_bits=thresholds.moved_bits,
            facility_bits=thresholds.facility_bits,
            choice_bits=math.log2(least / (1 - least)),
            no_facility=max(thresholds.no_facility, 1e-9),
            worth_of_a_bit=thresholds.worth_of_a_bit,
            bits_against=thresholds.bits_against,
            bits_of_an_address=thresholds.bits_of_an_address,
            worth_a_look=WORTH_A_LOOK_BITS,
            evidence=evidence_columns("pairs", "millibits"),
            most=int(most),
        )
    )
    leads = leads_by_key(connection, (key for row in rows for key in row[:2]))
    found = []
    for left_key, right_key, is_linked, confidence, rival, *values in rows:
        left, right = sorted((leads[left_key], leads[right_key]), key=_side)
        evidence = evidence_of(values, is_thousandths=True)
        shown_rival = None if rival is None else Decimal(rival)
        found.append(Uncertain(left, right, is_linked, Decimal(confidence), shown_rival, evidence))
    return found


def _side(lead: Lead) -> tuple[bool, str, str]:
    """A lead of Salesforce stands left of a licence."""
    return lead.source_system != "salesforce", lead.source_system, lead.source_lead_id


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _write(file: Path, found: Sequence[Uncertain]) -> None:
    try:
        with file.open("x", newline="", encoding="utf-8") as opened:
            writer = csv.writer(opened, lineterminator="\n")
            writer.writerow((*DECISION_COLUMNS, *OTHER_COLUMNS))
            writer.writerows(pair.row for pair in found)
    except OSError as error:
        raise LeadhouseError(f"{file} cannot be written: {error.strerror}") from error


def _lines(found: Sequence[Uncertain]) -> Iterator[Text]:
    if not found:
        yield Text("nothing is uncertain: no score is near the threshold that decides it")
        return
    width = max(len(lead.id) for pair in found for lead in (pair.left, pair.right))
    for pair in found:
        for lead in (pair.left, pair.right):
            yield Text(f"{lead.id:<{width}}  {lead.name}; {lead.address or 'no address'}")
        yield Text(f"{shown_confidence(pair.confidence)}: {pair.explanation}", style="dim")
        yield Text()
    yield Text(f"{counted(len(found), 'pair')}; with --csv FILE they can be decided: leadhouse review --help")
