"""Pipedrive: users, deals with their log of changes, activities; by the array, so that millions take seconds.

Deals come in batches: the first holds the deals of the two years up to the end of the first month, each later one
those of its month. A month's file is the log up to the month's end, so a deal's later changes appear in later files,
and deals that are still under way are open.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadhouse.simulator import people
from leadhouse.simulator.draws import ArrayDraws, Draws, Integers, Scatter
from leadhouse.simulator.months import add_months, any_time, epoch_seconds, last_day

DEAL_CHANGES_HEADER = ("deal_id", "change_time", "changed_field_key", "new_value")
ACTIVITY_HEADER = ("activity_id", "type", "assigned_to_user", "deal_id", "done", "due_to")
USERS_HEADER = ("id", "name", "email", "modified")
ACTIVITY_TYPES_HEADER = ("id", "name", "active", "type")
STAGES_HEADER = ("stage_id", "stage_name")
FIELDS_HEADER = ("ID", "FIELD_KEY", "NAME", "FIELD_VALUE_OPTIONS")

ACTIVITY_TYPES = (
    ("1", "Sales Call 1", "Yes", "meeting"),
    ("2", "Sales Call 2", "Yes", "sc_2"),
    ("3", "Follow Up Call", "No", "follow_up"),
    ("4", "After Close Call", "Yes", "after_close_call"),
)
STAGES = (
    "Lead Generation",
    "Qualified Lead",
    "Needs Assessment",
    "Proposal/Quote Preparation",
    "Negotiation",
    "Closing",
    "Implementation/Onboarding",
    "Follow-up/Customer Success",
    "Renewal/Expansion",
)
LOST_REASONS = (
    "Customer Not Ready",
    "Pricing Issues",
    "Unreachable Customer",
    "Product Mismatch",
    "Duplicate Entry",
)

HISTORY_MONTHS = 24
"""Months of the first batch; each later month adds the same number of deals and activities as one of these."""
LIVES_PER_REUSED_DEAL = 400
ACTIVITIES_PER_REUSED_ID = 400
DEALS_PER_CHUNK = 100_000
ACTIVITIES_PER_CHUNK = 500_000
FIRST_ID = 100_000
SMALLEST_SPREAD = 899_999

FIRST_OWNERS = (5, 740, 245, 10)
"""Weights of none, one, two or three owners before the first stage."""
LATER_OWNER_PER_MILLE = 40
STAGES_BEFORE_LATER_OWNER = 3
MOST_STAGE_EVENTS = 12
NEXT_STAGE = (
    (0, 980, 20, 0, 0, 0, 0, 0, 0, 0),
    (3, 2, 738, 165, 55, 18, 10, 6, 2, 1),
    (26, 4, 0, 656, 183, 65, 34, 17, 10, 5),
    (68, 2, 6, 0, 533, 215, 97, 41, 24, 14),
    (155, 3, 2, 5, 0, 436, 202, 112, 54, 31),
    (298, 2, 2, 3, 6, 0, 352, 193, 88, 56),
    (456, 2, 1, 2, 3, 6, 0, 272, 174, 84),
    (604, 1, 1, 2, 2, 3, 6, 0, 260, 121),
    (828, 1, 1, 1, 1, 2, 3, 6, 0, 157),
    (985, 5, 1, 1, 1, 1, 1, 2, 3, 0),
)
"""Row: the stage that a deal is in, 0 before the first; column: the next one, 0 for none.

In thousandths. Ahead it goes as in the real extract, back rarely."""
LOST_PER_MILLE = 850
"""Of the deals that have reached their last stage; the others stay open."""
LONGEST_STEP_DAYS = 30
SAME_TIME_PER_MILLE = 5

TYPE_FORMS = ("meeting", "sc_2", "follow_up", "after_close_call", "Meeting", "SC_2", "SC-2")
TYPE_WEIGHTS = (250, 245, 247, 250, 3, 3, 2)
FIRST_DUE_DAY = np.array((15, 40, 20, 80, 15, 40, 40), dtype=np.int64)
"""How long after its deal began an activity of each type is due at the earliest, in days."""
DUE_SPREAD_DAYS = 60
DONE_PER_MILLE = 600
UNKNOWN_DEAL_PER_MILLE = 150
FOREIGN_USER_PER_MILLE = 200
"""Activities done by somebody else than the deal's first owner."""

NEVER_A_DEAL = 4
"""Numbers from this multiple of the deals on never become deals: even after 60 months there are not 4 times as many."""

KEYS = ("add_time", "user_id", "stage_id", "lost_reason")
ADD_TIME, USER_ID, STAGE_ID, LOST_REASON = range(4)
SLOT_KEYS = np.array(
    [ADD_TIME]
    + [USER_ID] * 3
    + [STAGE_ID] * STAGES_BEFORE_LATER_OWNER
    + [USER_ID]
    + [STAGE_ID] * (MOST_STAGE_EVENTS - STAGES_BEFORE_LATER_OWNER)
    + [LOST_REASON]
)

DAY = 86400


@dataclass(frozen=True)
class Batch:
    """The deals that begin in one stretch of time.

    Args:
        place: 0 for the first batch.
        first: how many deals came before it.
        count: deals.
        start: seconds since 1970.
        end: seconds since 1970, exclusive.
    """

    place: int
    first: int
    count: int
    start: int
    end: int


@dataclass(frozen=True)
class Lives:
    """The beginnings of deals, in the order of the file. One deal in some hundreds has two lives under one id.

    Args:
        deal_ids: ids.
        added: when the life began, seconds since 1970.
        owners: the first owner's user id.
    """

    deal_ids: Integers
    added: Integers
    owners: Integers


class Pipedrive:
    """The whole CRM.

    Args:
        deals: different deals in the first month's file.
        activities: rows of the first month's activity file.
        users: sales people.
        seed: the simulation's seed.
        first_month: first day of the first month.
    """

    def __init__(self, deals: int, activities: int, users: int, seed: int, first_month: date) -> None:
        self._deals, self._activities, self._users = deals, activities, users
        self._seed, self._first_month = seed, first_month
        self._deal_numbers = Scatter(seed, max(SMALLEST_SPREAD, 8 * deals), "deals")
        self._activity_numbers = Scatter(seed, max(SMALLEST_SPREAD, 8 * activities), "activities")
        self._lives: dict[int, Lives] = {}

    def users(self) -> list[tuple[str, ...]]:
        """Rows of the users' file; the same in every month."""
        draws = Draws(self._seed, "users")
        rows: list[tuple[str, ...]] = []
        for number in range(1, self._users + 1):
            user = people.person(draws)
            modified = any_time(
                draws, add_months(self._first_month, -10), last_day(add_months(self._first_month, -1))
            )
            rows.append(
                (
                    str(number),
                    people.display_name(draws, user),
                    people.work_email(draws, user),
                    f"{modified}.{draws.between(1, 999_999):06d}",
                )
            )
        return rows

    def deal_changes(self, month: date) -> Iterator[pa.Table]:
        """The log up to the end of the month: each life's changes together, in order of time."""
        end = epoch_seconds(add_months(month, 1))
        for batch in self._batches(self._deals, month):
            lives = self._lives_of(batch)
            for first in range(0, len(lives.deal_ids), DEALS_PER_CHUNK):
                chunk = slice(first, first + DEALS_PER_CHUNK)
                draws = ArrayDraws(self._seed, "deal changes", batch.place, first)
                yield _changes(
                    draws,
                    Lives(lives.deal_ids[chunk], lives.added[chunk], lives.owners[chunk]),
                    self._users,
                    end,
                )

    def activities(self, month: date) -> Iterator[pa.Table]:
        """The activities known at the end of the month; those that are due later are not done."""
        end = epoch_seconds(add_months(month, 1))
        for batch in self._batches(self._activities, month):
            lives = self._all_lives(add_months(self._first_month, batch.place))
            for first in range(0, batch.count, ACTIVITIES_PER_CHUNK):
                count = min(ACTIVITIES_PER_CHUNK, batch.count - first)
                draws = ArrayDraws(self._seed, "activities", batch.place, first)
                yield self._activity_chunk(draws, lives, batch, batch.first + first, count, end)

    def _batches(self, count: int, month: date) -> list[Batch]:
        start = add_months(self._first_month, 1 - HISTORY_MONTHS)
        batches = [Batch(0, 0, count, epoch_seconds(start), epoch_seconds(add_months(self._first_month, 1)))]
        while (begins := add_months(self._first_month, len(batches))) <= month:
            first = batches[-1].first + batches[-1].count
            batches.append(
                Batch(
                    len(batches),
                    first,
                    count // HISTORY_MONTHS,
                    epoch_seconds(begins),
                    epoch_seconds(add_months(begins, 1)),
                )
            )
        return batches

    def _lives_of(self, batch: Batch) -> Lives:
        if batch.place not in self._lives:
            self._lives[batch.place] = self._begin(batch)
        return self._lives[batch.place]

    def _all_lives(self, month: date) -> Lives:
        lives = [self._lives_of(batch) for batch in self._batches(self._deals, month)]
        return Lives(
            np.concatenate([part.deal_ids for part in lives]),
            np.concatenate([part.added for part in lives]),
            np.concatenate([part.owners for part in lives]),
        )

    def _begin(self, batch: Batch) -> Lives:
        """Begin deals in the order of their numbers; strew in second lives, each soon after its first, to overlap."""
        draws = ArrayDraws(self._seed, "deals", batch.place)
        deals = np.arange(batch.count, dtype=np.int64)
        added = batch.start + draws.below(batch.count, batch.end - batch.start)
        reused = max(batch.count // LIVES_PER_REUSED_DEAL, min(1, batch.count))
        again = draws.below(reused, batch.count)
        second_added = np.minimum(
            added[again] + (1 + draws.below(reused, 60)) * DAY + draws.below(reused, DAY), batch.end - 1
        )
        places = draws.below(reused, batch.count + 1)
        deals = np.insert(deals, places, again)
        return Lives(
            FIRST_ID + self._deal_numbers.numbers(batch.first + deals),
            np.insert(added, places, second_added),
            1 + draws.below(len(deals), self._users),
        )

    def _activity_chunk(
        self, draws: ArrayDraws, lives: Lives, batch: Batch, first: int, count: int, end: int
    ) -> pa.Table:
        numbers = np.arange(first, first + count, dtype=np.int64)
        reused = numbers % ACTIVITIES_PER_REUSED_ID == ACTIVITIES_PER_REUSED_ID // 2
        reused[-1:] |= first == 0  # so that a small file has one too
        numbers = np.where(reused, numbers // 2, numbers)
        kind = draws.weighted(count, TYPE_WEIGHTS)
        life = draws.below(count, len(lives.deal_ids))
        begun = np.maximum(lives.added[life], batch.start)
        due = (
            begun
            + (FIRST_DUE_DAY[kind] + draws.below(count, DUE_SPREAD_DAYS)) * DAY
            + draws.below(count, DAY)
        )
        unknown = FIRST_ID + self._deal_numbers.numbers(NEVER_A_DEAL * self._deals + numbers % self._deals)
        deal_ids = np.where(draws.chance(count, UNKNOWN_DEAL_PER_MILLE), unknown, lives.deal_ids[life])
        others = 1 + draws.below(count, self._users)
        users = np.where(draws.chance(count, FOREIGN_USER_PER_MILLE), others, lives.owners[life])
        done = draws.chance(count, DONE_PER_MILLE) & (due < end)
        return pa.table(
            [
                pa.array(FIRST_ID + self._activity_numbers.numbers(numbers)),
                pa.array(TYPE_FORMS).take(pa.array(kind)),
                pa.array(users),
                pa.array(deal_ids),
                pa.array(["False", "True"]).take(pa.array(done.astype(np.int64))),
                _with_t(_time_text(due)),
            ],
            names=list(ACTIVITY_HEADER),
        )


def stage_rows() -> list[tuple[str, ...]]:
    """Rows of the stages' file, which spells one stage in its own way."""
    return [
        (str(number), name.replace("Qualified Lead", "Qualified lead"))
        for number, name in enumerate(STAGES, start=1)
    ]


def field_rows() -> list[tuple[str, ...]]:
    """Rows of the fields' file."""
    return [
        ("13", "add_time", "Deal created", ""),
        ("3", "user_id", "Owner", ""),
        ("10", "stage_id", "Stage", _options(STAGES)),
        ("23", "lost_reason", "Lost reason", _options(LOST_REASONS)),
    ]


def _options(labels: tuple[str, ...]) -> str:
    options = [{"id": str(number), "label": label} for number, label in enumerate(labels, start=1)]
    return "[" + ",".join(json.dumps(option) for option in options) + "]"


def _changes(draws: ArrayDraws, lives: Lives, users: int, end: int) -> pa.Table:
    """All changes of some lives before ``end``.

    A life is one row of the arrays, with a slot for each change that may happen: the beginning, owners, the first
    stages, a later owner, the other stages, the loss. Shape of the arrays: (lives, slots).
    """
    count = len(lives.deal_ids)
    stages = _stage_paths(draws, count)
    early, late = stages[:, :STAGES_BEFORE_LATER_OWNER], stages[:, STAGES_BEFORE_LATER_OWNER:]
    owners = _grid(1 + draws.below(count * 3, users), count)
    owners[:, 0] = lives.owners
    has_owner = np.arange(3) < draws.weighted(count, FIRST_OWNERS)[:, np.newaxis]
    later_owner = _grid(1 + draws.below(count, users), count)
    has_later_owner = _grid(draws.chance(count, LATER_OWNER_PER_MILLE), count) & (late[:, :1] > 0)
    reason = _grid(1 + draws.below(count, len(LOST_REASONS)), count)
    is_lost = _grid(draws.chance(count, LOST_PER_MILLE), count)
    always = np.ones((count, 1), dtype=np.bool_)

    values = np.hstack([np.zeros((count, 1), dtype=np.int64), owners, early, later_owner, late, reason])
    happens = np.hstack([always, has_owner, early > 0, has_later_owner, late > 0, is_lost])
    steps = _grid(1 + draws.below(values.size, LONGEST_STEP_DAYS), count)
    steps[_grid(draws.chance(values.size, SAME_TIME_PER_MILLE), count) | ~happens] = 0
    steps[:, 0] = 0
    times = lives.added[:, np.newaxis] + np.cumsum(steps, axis=1) * DAY
    happens &= times < end

    keys = np.broadcast_to(SLOT_KEYS, values.shape)[happens]
    time_text = _time_text(times[happens])
    return pa.table(
        [
            pa.array(np.broadcast_to(lives.deal_ids[:, np.newaxis], values.shape)[happens]),
            time_text,
            pa.array(KEYS).take(pa.array(keys)),
            pc.if_else(
                pa.array(keys == ADD_TIME), _with_t(time_text), pa.array(values[happens]).cast(pa.string())
            ),
        ],
        names=list(DEAL_CHANGES_HEADER),
    )


def _stage_paths(draws: ArrayDraws, count: int) -> Integers:
    """The stages that deals go through in turn, 0 after the last. Shape: (deals, ``MOST_STAGE_EVENTS``)."""
    limits = np.cumsum(np.array(NEXT_STAGE, dtype=np.int64), axis=1)
    paths = np.zeros((count, MOST_STAGE_EVENTS), dtype=np.int64)
    stage = np.zeros(count, dtype=np.int64)
    under_way = np.ones(count, dtype=np.bool_)
    for place in range(MOST_STAGE_EVENTS):
        chosen = (draws.below(count, 1000)[:, np.newaxis] >= limits[stage]).sum(axis=1)
        under_way &= chosen > 0
        stage = np.where(under_way, chosen, 0)
        paths[:, place] = stage
    return paths


def _grid(values: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
    return values.reshape(rows, -1) if rows else values.reshape(0, 1)


def _time_text(seconds: Integers) -> pa.Array:
    return pa.array(seconds.astype("datetime64[s]")).cast(pa.string())


def _with_t(time_text: pa.Array) -> pa.Array:
    return pc.utf8_replace_slice(time_text, 10, 11, "T")
