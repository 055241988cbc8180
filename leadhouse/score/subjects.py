"""What is scored, and what each column of the observations is: declared where the models are described.

In ``_scoring__models.yml`` every column of an observation has either a ``role`` or, as a feature, the place it is
``known_from``. A column without is refused: who adds a feature has to say how it can be known before the outcome is.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from leadhouse.config import PROJECT
from leadhouse.errors import LeadhouseError

DECLARATIONS = PROJECT / "models" / "intermediate" / "scoring" / "_scoring__models.yml"

KNOWN_FROM = {
    "creation": "what the record was created with, and when",
    "version": "a version of the record that had been landed by then",
    "history": "dated changes of a status or stage before the moment",
    "activities": "tasks, events and other interactions entered before the moment",
    "deals": "deals created before the moment, and closed by then or not",
}
"""Where a feature can come from, such that it was known at the moment of the observation."""

ROLES = ("record", "moment", "now", "followed", "outcome")


class LeakError(LeadhouseError):
    """A feature tells, or may tell, what was only known later."""


@dataclass(frozen=True)
class Subject:
    """What is scored.

    Args:
        name: ``leads`` or ``customers``.
        table: its observations, in schema ``intermediate``.
        event: what happened to some of them, for people.
        aim: the same, as what is hoped for.
    """

    name: str
    table: str
    event: str
    aim: str


SUBJECTS = {
    "leads": Subject("leads", "int_lead_conversion_observations", "were converted", "to be converted"),
    "customers": Subject("customers", "int_customer_win_observations", "won a deal", "to win a deal"),
}


@dataclass(frozen=True)
class Columns:
    """The columns of an observation.

    Args:
        record: the record's id.
        moment: when it was observed.
        now: whether that is the time of the build.
        followed: days from the moment of which is known what happened.
        outcome: days to the outcome, null without.
        features: all others, with the place that each is known from.
    """

    record: str
    moment: str
    now: str
    followed: str
    outcome: str
    features: dict[str, str]


def declared_columns(subject: Subject, declarations: Path = DECLARATIONS) -> Columns:
    """The columns of a subject's observations, as they are declared.

    Args:
        subject: what is scored.
        declarations: the YAML file that describes the models.

    Raises:
        LeakError: a column is not declared, or known from a place that cannot be trusted.
    """
    models = yaml.safe_load(declarations.read_text(encoding="utf-8"))["models"]
    (columns,) = (model["columns"] for model in models if model["name"] == subject.table)
    roles: dict[str, str] = {}
    features: dict[str, str] = {}
    for column in columns:
        name, meta = column["name"], column.get("config", {}).get("meta", {})
        if meta.get("role") in ROLES and "known_from" not in meta:
            roles[meta["role"]] = name
        elif "role" not in meta and meta.get("known_from") in KNOWN_FROM:
            features[name] = meta["known_from"]
        else:
            raise LeakError(_undeclared(subject, name, meta))
    if missing := [role for role in ROLES if role not in roles]:
        raise LeakError(f"{declarations.name}: no column of {subject.table} has the role '{missing[0]}'")
    return Columns(**roles, features=features)


def _undeclared(subject: Subject, column: str, meta: dict[str, Any]) -> str:
    known_from = ", ".join(KNOWN_FROM)
    said = f"is declared as {meta}" if meta else "is not declared"
    return (
        f"{subject.table}.{column} {said}; a feature needs meta 'known_from' with one of {known_from}"
        f" in {DECLARATIONS.name}: nobody may learn from what was known only later"
    )
