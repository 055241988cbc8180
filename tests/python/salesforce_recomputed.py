"""The figures of the Salesforce marts once more, from the exports alone: by other means than SQL, for the tests."""

import csv
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, str]
Figures = dict[Any, dict[str, Any]]

QUOTA = 500_000_000
"""Of an org of this size, so that the open amount does not reach it."""

GROUPS = {
    "prospecting": "Prospecting",
    "qualification": "Qualification",
    "needs analysis": "Needs Analysis",
    "proposal/price quote": "Proposal",
    "negotiation/review": "Negotiation",
    "closed won": "Closed Won",
    "closed lost": "Closed Lost",
}
ENDS = ("Converted", "Unqualified", "Disqualified", "Closed Won", "Closed Lost")


@dataclass(frozen=True)
class Org:
    """A folder of exports, and what "now" is."""

    folder: Path
    as_of: datetime

    def rows(self, name: str) -> list[Row]:
        """Those of one file, each id once."""
        with (self.folder / "salesforce" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            rows = {
                row["id"]: {key: value.strip() for key, value in row.items()} for row in csv.DictReader(file)
            }
        return list(rows.values())

    def kept(self, name: str) -> list[Row]:
        """Those that are not deleted."""
        return [row for row in self.rows(name) if row["is_deleted"] == "False"]

    def days_since(self, day: str) -> int | None:
        """Days of the calendar."""
        return max((self.as_of.date() - date.fromisoformat(day[:10])).days, 0) if day else None


def number(text: str) -> float:
    """Nothing and less than nothing are 0."""
    return max(float(text), 0) if text else 0.0


def rounded(value: float, digits: int) -> float:
    """Half away from 0, of the fifteen digits that a float is good for."""
    return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def band(value: float, bands: Iterable[tuple[float, str]], other: str) -> str:
    """The name of the first band that the value reaches."""
    return next((name for least, name in bands if value >= least), other)


def lead_scores(org: Org) -> Figures:
    """By lead id."""
    weights = {"size": 0.2, "engagement": 0.25, "industry": 0.15, "budget": 0.2, "recency": 0.1, "email": 0.1}
    found: Figures = {}
    for row in org.kept("leads"):
        employees = number(row["number_of_employees"]) if row["number_of_employees"] else 1.0
        days = next(
            (
                value
                for value in (
                    number(row["days_since_last_activity_c"]) if row["days_since_last_activity_c"] else None,
                    org.days_since(row["last_activity_date"]),
                )
                if value is not None
            ),
            30,
        )
        parts = {
            "size": min(math.log(1 + employees) / math.log(10_001), 1),
            "engagement": 0.6 * min(number(row["website_visits_c"]) / 50, 1)
            + 0.4 * min(number(row["content_downloads_c"]) / 10, 1),
            "industry": 1.0
            if row["industry"].lower() in ("technology", "finance", "healthcare", "consulting")
            else 0.4,
            "budget": min(math.log(1 + number(row["annual_revenue"])) / math.log(1 + 1e8), 1),
            "recency": max(1 - days / 60, 0),
            "email": min(number(row["email_opens_c"]) / 30, 1),
        }
        score = rounded(100 * sum(weights[part] * value for part, value in parts.items()), 1)
        found[row["id"]] = {f"{part}_part": value for part, value in parts.items()} | {
            "lead_score": score,
            "priority": "Low"
            if score <= 30
            else band(score, ((80.01, "Critical"), (60.01, "High")), "Medium"),
        }
    ordered = sorted((row["lead_score"] for row in found.values()), reverse=True)
    places = {score: ordered.index(score) + 1 for score in set(ordered)}
    for figures in found.values():
        figures["score_rank"] = places[figures["lead_score"]]
    return found


def lead_metrics(org: Org, groups: dict[str, str]) -> Figures:
    """By hour; `groups` by status in lower case."""
    found: dict[datetime, Counter[str]] = defaultdict(Counter)
    for row in org.rows("leads"):
        hour = datetime.fromisoformat(row["last_modified_date"]).replace(minute=0, second=0)
        found[hour][f"{groups.get(row['status'].lower(), 'other')}_count"] += 1
        found[hour]["is_converted_count"] += row["is_converted"] == "True"
    names = [f"{group}_count" for group in (*sorted(set(groups.values())), "is_converted")]
    return {hour: {name: counted[name] for name in names} for hour, counted in found.items()}


def moves(org: Org) -> Iterator[tuple[str, str, str, float | None]]:
    """Lead, status left, status reached, days spent there."""
    created = {row["id"]: datetime.fromisoformat(row["created_date"]) for row in org.rows("leads")}
    status_now = {row["id"]: row["status"] for row in org.rows("leads")}
    of_lead: dict[str, list[tuple[datetime, bool, str, str, str]]] = defaultdict(list)
    for row in org.rows("lead_histories"):
        if row["field"] in ("Status", "leadConverted"):
            at = datetime.fromisoformat(row["created_date"])
            is_conversion = row["field"] == "leadConverted"
            of_lead[row["lead_id"]].append((at, is_conversion, row["id"], row["old_value"], row["new_value"]))
    for lead, changes in of_lead.items():
        changes.sort()
        before: tuple[datetime, str] | None = None
        for place, (at, is_the_conversion, _, told_old, told_new) in enumerate(changes):
            old, new = told_old, told_new
            if is_the_conversion:
                earlier = [change[4] for change in changes[:place] if not change[1] and change[4]]
                later = [change[3] for change in changes[place + 1 :] if not change[1] and change[3]]
                told = earlier[-1:] or later[:1]
                lone = all(change[1] for change in changes)
                old = told[0] if told else status_now.get(lead, "") if lone else ""
                new = "Converted"
            if not old or not new or old == new:
                continue
            since = created.get(lead) if before is None else before[0] if before[1] == old else None
            yield lead, old, new, (at - since).total_seconds() / 86_400 if since and since <= at else None
            before = (at, new)


def transition_probs(org: Org) -> Figures:
    """By both statuses."""
    counted = Counter((old, new) for _, old, new, _ in moves(org))
    totals = Counter(old for _, old, _, _ in moves(org))
    return {
        pair: {"count": count, "from_count": totals[pair[0]], "probability": count / totals[pair[0]]}
        for pair, count in counted.items()
    }


def outlook(org: Org) -> Figures:
    """By status: the fundamental matrix of the chain, solved at once."""
    shares = {pair: figures["probability"] for pair, figures in transition_probs(org).items()}
    statuses = sorted({status for pair in shares for status in pair})
    days = defaultdict(list)
    for _, old, _, spent in moves(org):
        if spent is not None:
            days[old].append(spent)
    found: Figures = {}
    reached = _absorbed(shares, statuses, lambda status: status in (*ENDS, "Qualified"))[0]
    ends, visits = _absorbed(shares, statuses, lambda status: status in ENDS)
    for status in statuses:
        an_end = sum(ends[status].get(end, 0) for end in ENDS)
        is_sure = an_end > 0.999999
        known = all(days[other] for other, times in visits[status].items() if times > 0)
        found[status] = {
            "chance_to_visit_qualified": reached[status].get("Qualified", 0),
            **{f"chance_{end.lower().replace(' ', '_')}": ends[status].get(end, 0) for end in ENDS},
            "chance_of_no_end": 1 - an_end,
            "expected_moves": sum(visits[status].values()) if is_sure else None,
            "expected_days": sum(
                times * sum(days[other]) / len(days[other])
                for other, times in visits[status].items()
                if times > 0
            )
            if is_sure and known
            else None,
        }
    return found


Chances = dict[str, dict[str, float]]


def _absorbed(
    shares: dict[tuple[str, str], float], statuses: list[str], is_stop: Callable[[str], bool]
) -> tuple[Chances, Chances]:
    """Where each status ends, and how often each one is left on the way."""
    left = [status for status in statuses if not is_stop(status) and any(old == status for old, _ in shares)]
    stay = [status for status in statuses if status not in left]
    inner = np.array([[shares.get((old, new), 0.0) for new in left] for old in left])
    outer = np.array([[shares.get((old, new), 0.0) for new in stay] for old in left])
    visits = np.linalg.inv(np.eye(len(left)) - inner)
    ends = visits @ outer
    chances: Chances = {status: {status: 1.0} for status in stay}
    times: Chances = {status: {} for status in stay}
    for row, status in enumerate(left):
        chances[status] = dict(zip(stay, ends[row], strict=True))
        times[status] = dict(zip(left, visits[row], strict=True))
    return chances, times


def days_in_stage(org: Org) -> dict[str, float]:
    """By opportunity, of all that are not deleted."""
    told = defaultdict(list)
    for row in org.rows("opportunity_histories"):
        told[row["opportunity_id"]].append(
            (datetime.fromisoformat(row["created_date"]), row["id"], row["stage_name"])
        )
    found: dict[str, float] = {}
    for row in org.kept("opportunities"):
        entered: list[tuple[datetime, str]] = []
        for at, _, stage in sorted(told[row["id"]]):
            if not entered or entered[-1][1] != stage:
                entered.append((at, stage))
        days: float = 30
        if row["days_in_stage_c"]:
            days = number(row["days_in_stage_c"])
        elif row["is_closed"] == "False" and entered:
            days = max((org.as_of.date() - entered[-1][0].date()).days, 0)
        elif row["is_closed"] == "True":
            for (at, stage), (until, _) in zip(entered[-2::-1], entered[:0:-1], strict=True):
                if not stage.startswith("Closed"):
                    days = (until.date() - at.date()).days
                    break
        found[row["id"]] = days
    return found


def pipeline_health(org: Org) -> dict[str, Any]:
    """The figures of the one day."""
    rows, days = org.kept("opportunities"), days_in_stage(org)
    stage = {row["id"]: GROUPS.get(row["stage_name"].lower(), "Other") for row in rows}
    opened = [row for row in rows if row["is_closed"] == "False"]
    closed = [row for row in rows if row["is_closed"] == "True"]
    amounts = [number(row["amount"]) for row in opened]
    stalled = [number(row["amount"]) for row in opened if days[row["id"]] > 30]
    won = sum(row["is_won"] == "True" for row in closed)
    parts = {
        "coverage_part": min(sum(amounts) / QUOTA, 1),
        "distribution_part": sum(
            stage[row["id"]] in ("Proposal", "Negotiation", "Closed Won") for row in rows
        )
        / len(rows),
        "win_rate_part": won / len(closed),
        "velocity_part": max(1 - sum(days.values()) / len(days) / 60, 0),
    }
    score = rounded(25 * sum(parts.values()), 1)
    by_forecast: Counter[str] = Counter()
    for row in opened:
        category = row["forecast_category_name"].lower().replace(" ", "_")
        known = ("pipeline", "best_case", "most_likely", "commit", "omitted", "closed")
        by_forecast[f"{category if category in known else 'other'}_amount"] += number(row["amount"])  # type: ignore[assignment]
    return parts | {
        "health_score": score,
        "rating": band(score, ((75, "Excellent"), (55, "Good"), (35, "Fair")), "Poor"),
        "open_amount": sum(amounts),
        "weighted_amount": sum(number(row["amount"]) * number(row["probability"]) / 100 for row in opened),
        "stalled_count": len(stalled),
        "stalled_amount": sum(stalled),
        "largest_open_amount": max(amounts),
        "early_open_count": sum(stage[row["id"]] in ("Prospecting", "Qualification") for row in opened),
        **by_forecast,
    }


def pipeline_funnel(org: Org) -> Figures:
    """By group of stages."""
    of_group = defaultdict(list)
    for row in org.kept("opportunities"):
        of_group[GROUPS.get(row["stage_name"].lower(), "Other")].append(row)
    return {
        group: {
            "opportunity_count": len(rows),
            "amount": sum(number(row["amount"]) for row in rows),
            "mean_amount": sum(number(row["amount"]) for row in rows) / len(rows),
            "weighted_amount": sum(number(row["amount"]) * number(row["probability"]) / 100 for row in rows),
        }
        for group, rows in of_group.items()
    }


def churn_risk(org: Org) -> Figures:
    """By account."""
    cases, won = defaultdict(list), Counter[str]()
    for row in org.kept("cases"):
        cases[row["account_id"]].append(row)
    for row in org.kept("opportunities"):
        if row["is_won"] == "True":
            won[row["account_id"]] += number(row["amount"])  # type: ignore[assignment]
    found: Figures = {}
    for row in org.kept("accounts"):
        own = cases[row["id"]]
        urgent = sum(case["priority"].lower() in ("high", "critical") for case in own)
        told = [float(case["customer_satisfaction_c"]) for case in own if case["customer_satisfaction_c"]]
        days = org.days_since(row["last_activity_date"])
        parts = {
            "cases": min(len(own) / 10, 1) / 2 + min(urgent / 3, 1) / 2,
            "engagement": 1 if days is None else min(days / 90, 1),
            "revenue": 0.2 if won[row["id"]] > 0 else 1,
            "satisfaction": 1 - ((sum(told) / len(told) if told else 3) - 1) / 4,
        }
        weights = {"cases": 0.3, "engagement": 0.25, "revenue": 0.25, "satisfaction": 0.2}
        risk = rounded(sum(weights[part] * value for part, value in parts.items()), 3)
        found[row["id"]] = {f"{part}_part": value for part, value in parts.items()} | {
            "churn_risk": risk,
            "risk_level": band(risk, ((0.7, "High"), (0.4, "Medium")), "Low"),
            "revenue_at_risk": won[row["id"]],
            "case_count": len(own),
            "urgent_case_count": urgent,
        }
    return found


CHANNEL_OF_SUBTYPE = {"call": "call", "email": "email", "listemail": "email"}
CHANNEL_OF_TYPE = {
    "call": "call",
    "phone": "call",
    "email": "email",
    "whatsapp": "whatsapp",
    "meeting": "meeting",
}
CHANNEL_OF_WORDS = (
    ("whatsapp", {"whatsapp"}),
    ("call", {"call", "called", "phone", "voicemail"}),
    ("email", {"email", "mail", "mailed"}),
    ("meeting", {"meeting", "met", "visit", "demo", "tour"}),
)
OUTCOMES = {"interested": "positive", "meeting scheduled": "positive", "not interested": "negative"}


@dataclass(frozen=True)
class Interaction:
    """What was talked with a customer."""

    customer: str
    channel: str
    outcome: str
    at: datetime


def _channel(subtype: str, kind: str, subject: str) -> str:
    words = set(re.findall("[a-z]+", subject.lower()))
    by_word = next((channel for channel, known in CHANNEL_OF_WORDS if words & known), "other")
    return CHANNEL_OF_SUBTYPE.get(subtype.lower()) or CHANNEL_OF_TYPE.get(kind.lower()) or by_word


def interactions(org: Org) -> Iterator[Interaction]:
    """Closed tasks and held events of accounts."""
    for row in org.kept("tasks"):
        if row["is_closed"] == "True" and row["account_id"]:
            outcome = OUTCOMES.get(row["call_disposition"].lower())
            known = row["call_disposition"] in ("No Answer", "Left Voicemail")
            if outcome is None:
                outcome = "negative" if row["status"] == "Deferred" and not known else "neutral"
            at = row["completed_date_time"] or row["activity_date"] or row["created_date"]
            channel = _channel(row["task_subtype"], row["type"], row["subject"])
            yield Interaction(row["account_id"], channel, outcome, datetime.fromisoformat(at))
    for row in org.kept("events"):
        if row["is_child"] == "False" and row["account_id"]:
            at = row["start_date_time"] or row["activity_date"]
            channel = _channel("", row["type"] or "Meeting", row["subject"])
            yield Interaction(row["account_id"], channel, "neutral", datetime.fromisoformat(at))


def customer_features(org: Org) -> Figures:
    """By account id."""
    talked, deals = defaultdict(list), defaultdict(list)
    for interaction in interactions(org):
        if interaction.at <= org.as_of:
            talked[interaction.customer].append(interaction)
    for row in org.kept("opportunities"):
        deals[row["account_id"]].append(row)
    found = {
        row["id"]: _features(org, row, talked[row["id"]], deals[row["id"]]) for row in org.kept("accounts")
    }
    most_revenue = max(row["total_revenue"] for row in found.values())
    most_talked = max(row["total_interactions"] for row in found.values())
    for figures in found.values():
        figures["lead_score"] = rounded(
            30 * figures["total_revenue"] / most_revenue
            + 20 * figures["total_interactions"] / most_talked
            + 2.5 * figures["engagement_score"]
            + 25 * (figures["win_rate"] or 0),
            2,
        )
        figures["lead_quality"] = band(
            figures["lead_score"], ((80, "hot"), (60, "warm"), (40, "cool")), "cold"
        )
    return found


def _features(org: Org, account: Row, talked: list[Interaction], deals: list[Row]) -> dict[str, Any]:
    channels = Counter(interaction.channel for interaction in talked)
    outcomes = Counter(interaction.outcome for interaction in talked)
    last = max((interaction.at.date() for interaction in talked), default=None)
    days = None if last is None else (org.as_of.date() - last).days
    won = [row for row in deals if row["is_closed"] == "True" and row["is_won"] == "True"]
    closed = sum(row["is_closed"] == "True" for row in deals)
    total = len(talked)
    engagement = 0.0
    if days is not None:
        share, calls = outcomes["positive"] / total, channels["call"] / total
        engagement = rounded(5 * share + 2 * calls + 3 * (1 if days < 7 else 0.5), 2)
    best = max(channels[name] for name in ("call", "whatsapp", "email"))
    preferred = (
        next(name for name in ("call", "whatsapp", "email") if channels[name] == best) if best else "email"
    )
    return {
        "customer_name": account["name"],
        "industry": account["industry"] or None,
        "total_interactions": total,
        "num_calls": channels["call"],
        "num_emails": channels["email"],
        "num_whatsapp": channels["whatsapp"],
        **{f"num_{name}_outcomes": outcomes[name] for name in ("positive", "negative", "neutral")},
        "engagement_score": engagement,
        "total_revenue": sum(number(row["amount"]) for row in won),
        "num_closed_won": len(won),
        "num_closed_lost": closed - len(won),
        "num_open_deals": len(deals) - closed,
        "conversion_rate": len(won) / closed if closed else None,
        "win_rate": len(won) / len(deals) if deals else None,
        "avg_deal_value": sum(number(row["amount"]) for row in deals) / len(deals) if deals else None,
        "preferred_channel": preferred,
        "days_since_last_interaction": days,
        "last_interaction_date": last,
    }


def channel_performance(org: Org) -> Figures:
    """By channel."""
    talked = [interaction for interaction in interactions(org) if interaction.at <= org.as_of]
    deals = defaultdict(list)
    for row in org.kept("opportunities"):
        deals[row["account_id"]].append(row)
    found: Figures = {}
    for channel in {interaction.channel for interaction in talked}:
        reached = {interaction.customer for interaction in talked if interaction.channel == channel}
        of_them = [row for customer in reached for row in deals[customer]]
        closed = [row for row in of_them if row["is_closed"] == "True"]
        found[channel] = {
            "interaction_count": sum(interaction.channel == channel for interaction in talked),
            "customer_count": len(reached),
            "conversion_rate": sum(row["is_won"] == "True" for row in closed) / len(closed),
            "mean_deal_value": sum(number(row["amount"]) for row in of_them) / len(of_them),
        }
    return found
