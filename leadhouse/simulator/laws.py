"""What is true of the invented sales, written down once: what analyses of them should find.

- A lead is a Markov chain: where it goes next depends on its status alone, and so does how long it stays there.
- From ``Qualified``, and from there only, it may be converted. That is where what is known of a lead comes in: the odds
  are those of ``conversion_chance``; whoever is not converted goes on by the weights of the chain.
- An opportunity is a Markov chain over the stages.
- A customer may leave in any month; how likely depends on the year before, by ``leaving_chance``.

So the transitions out of every status but ``Qualified`` should be found as they stand here, within the sampling error.
Of all that left ``Qualified``, the share that was converted should be the mean of their chances, which the truth files
tell lead by lead; the others divide as they stand here. No score can tell later conversions better than the true chance
does, whose AUC is about 0.72 seen from a lead's first day, since even the likeliest may never get to ``Qualified``.
"""

import math
from collections.abc import Mapping

LEAD_MOVES: Mapping[str, Mapping[str, int]] = {
    "New": {"Assigned": 8, "Contacted": 2},
    "Assigned": {"Working": 6, "Contacted": 3, "Unqualified": 1},
    "Working": {"Connected": 5, "Recycled": 3, "Unqualified": 2},
    "Contacted": {"Connected": 4, "Nurturing": 3, "Qualified": 2, "Unqualified": 1},
    "Connected": {"Qualified": 5, "Nurturing": 3, "Unqualified": 2},
    "Nurturing": {"Re-engagement": 5, "Recycled": 3, "Qualified": 2},
    "Re-engagement": {"Qualified": 5, "Recycled": 3, "Unqualified": 2},
    "Recycled": {"Re-engagement": 6, "Assigned": 4},
    "Qualified": {"Proposal Sent": 6, "On Hold": 2, "Unqualified": 1},
    "Proposal Sent": {"Negotiation": 6, "Closed Lost": 3},
    "Negotiation": {"Closed Won": 6, "Closed Lost": 4},
    "On Hold": {"Re-engagement": 5, "Disqualified": 2},
}
"""Where a lead goes from each status, with weights; it stays for ever in a status that is not named."""
QUALIFIED, CONVERTED = "Qualified", "Converted"
DWELL_DAYS = {
    "New": 4,
    "Assigned": 12,
    "Working": 60,
    "Contacted": 15,
    "Connected": 25,
    "Nurturing": 60,
    "Re-engagement": 12,
    "Recycled": 75,
    "Qualified": 26,
    "Proposal Sent": 20,
    "Negotiation": 25,
    "On Hold": 40,
}
"""How long a lead stays in each status on average; the times are spread exponentially."""
EARLY_DAYS = 14
"""So many days from its creation make a lead's early activity. A lead is ``Qualified`` for so long at least, part of
its average: the early activity always lies before a conversion."""

INDUSTRIES = {
    "Education": 0.1,
    "Healthcare": 0.6,
    "Not For Profit": -0.6,
    "Recreation": -0.8,
    "Consulting": 0.4,
    "Technology": 1.0,
    "Finance": 0.8,
    "Other": -0.3,
    "": -0.5,
}
"""What a lead's industry adds to the logarithm of the odds of its conversion."""
SOURCES = {
    "TAM": -0.6,
    "Web": 0.8,
    "Marketing Research": 0.0,
    "Proactive Trial": 1.6,
    "List Purchase": -1.4,
    "": -0.4,
}
"""The same for where it came from."""
PER_LOG_EMPLOYEES, PER_VISIT, PER_CALL, PER_MEETING = 0.5, 0.03, 0.4, 0.9
"""The same for each factor of e in its size, each visit of the website, each early call or mail, and each meeting."""
USUAL_EMPLOYEES = 10
"""As many as a lead of unknown size is taken to have."""
CONVERSION_BASE = -1.4

OPPORTUNITY_STAGES = {
    "Prospecting": (10, "Pipeline", "Pipeline"),
    "Qualification": (10, "Pipeline", "Pipeline"),
    "Needs Analysis": (20, "Pipeline", "Pipeline"),
    "Value Proposition": (50, "Pipeline", "Pipeline"),
    "Id. Decision Makers": (60, "Pipeline", "Pipeline"),
    "Perception Analysis": (70, "BestCase", "Best Case"),
    "Proposal/Price Quote": (75, "BestCase", "Best Case"),
    "Negotiation/Review": (90, "Forecast", "Commit"),
    "Closed Won": (100, "Closed", "Closed"),
    "Closed Lost": (0, "Omitted", "Omitted"),
}
"""Of each stage: probability in percent, forecast category and its name."""
FIRST_STAGES = {"Prospecting": 7, "Qualification": 3}
STAGE_MOVES: Mapping[str, Mapping[str, int]] = {
    "Prospecting": {"Qualification": 8, "Closed Lost": 1},
    "Qualification": {"Needs Analysis": 6, "Value Proposition": 2, "Closed Lost": 2},
    "Needs Analysis": {
        "Value Proposition": 4,
        "Proposal/Price Quote": 4,
        "Qualification": 1,
        "Closed Lost": 2,
    },
    "Value Proposition": {"Id. Decision Makers": 3, "Proposal/Price Quote": 4, "Closed Lost": 2},
    "Id. Decision Makers": {"Perception Analysis": 3, "Proposal/Price Quote": 4, "Closed Lost": 1},
    "Perception Analysis": {"Proposal/Price Quote": 5, "Needs Analysis": 1, "Closed Lost": 1},
    "Proposal/Price Quote": {"Negotiation/Review": 5, "Closed Won": 2, "Closed Lost": 2},
    "Negotiation/Review": {"Closed Won": 6, "Proposal/Price Quote": 1, "Closed Lost": 2},
}
"""Where an opportunity goes from each stage; it stays for ever in one that is not named."""
STAGE_DWELL_DAYS = 18
"""How long it stays in each on average."""

SIGNAL_DAYS = 365
"""How far back a customer's cases and ratings count."""
MOST_SILENT_DAYS = 90
"""Longer silence says no more."""
USUAL_SATISFACTION = 3
"""Of 5: what a customer who rated nothing is taken to feel."""
LEAVING_BASE = -8.2
PER_CASE, PER_URGENT_CASE, PER_POINT_LOST, PER_SILENT_MONTH = 0.12, 0.5, 1.2, 0.8
"""What each adds to the logarithm of the odds that a customer leaves in the next month."""


def conversion_chance(
    industry: str, source: str, employees: int | None, visits: int | None, calls: int, meetings: int
) -> float:
    """How likely a lead that leaves ``Qualified`` leaves it as converted.

    Args:
        industry: as in ``INDUSTRIES``.
        source: as in ``SOURCES``.
        employees: None where nobody knows.
        visits: of the website; None where nobody counted.
        calls: calls and mails within the first ``EARLY_DAYS``.
        meetings: meetings within the same days.
    """
    return _chance(
        CONVERSION_BASE
        + INDUSTRIES[industry]
        + SOURCES[source]
        + PER_LOG_EMPLOYEES * math.log((1 + (employees or USUAL_EMPLOYEES)) / (1 + USUAL_EMPLOYEES))
        + PER_VISIT * (visits or 0)
        + PER_CALL * calls
        + PER_MEETING * meetings
    )


def ever_converted(status: str, chance: float) -> float:
    """How likely a lead is ever converted, from any status on.

    Args:
        status: where it stands.
        chance: how likely it is converted whenever it leaves ``Qualified``.
    """
    from_qualified = chance / (1 - (1 - chance) * _REACHES[QUALIFIED])
    return from_qualified if status == QUALIFIED else _REACHES.get(status, 0.0) * from_qualified


def leaving_chance(cases: int, urgent_cases: int, satisfaction: float | None, silent_days: int) -> float:
    """How likely a customer leaves in the next month.

    Args:
        cases: opened within ``SIGNAL_DAYS``.
        urgent_cases: those of them with priority High or Critical.
        satisfaction: mean of the ratings of these cases, 1 to 5; None where there is none.
        silent_days: since the last call, mail or meeting.
    """
    felt = USUAL_SATISFACTION if satisfaction is None else satisfaction
    return _chance(
        LEAVING_BASE
        + PER_CASE * cases
        + PER_URGENT_CASE * urgent_cases
        + PER_POINT_LOST * (5 - felt)
        + PER_SILENT_MONTH * min(silent_days, MOST_SILENT_DAYS) / 30
    )


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _reaches_qualified() -> dict[str, float]:
    """How likely a lead gets to ``Qualified`` from each status; from there: gets back unless it is converted."""
    reaches = dict.fromkeys(LEAD_MOVES, 0.0)
    for _ in range(500):
        reaches = {
            status: sum(
                weight * (1.0 if following == QUALIFIED else reaches.get(following, 0.0))
                for following, weight in moves.items()
            )
            / sum(moves.values())
            for status, moves in LEAD_MOVES.items()
        }
    return reaches


_REACHES = _reaches_qualified()
