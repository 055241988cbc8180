"""What happens in the company as time passes.

Every minute has draws of its own and every act too, so that two hours passed at once, or one after the other, or in
steps of a second, end in the same data.
"""

from collections.abc import Callable
from typing import Any

from leadhouse.simulator import people
from leadhouse.simulator.crm.pipedrive import company as things
from leadhouse.simulator.crm.pipedrive import deals as sales
from leadhouse.simulator.crm.pipedrive.changelog import Actor, Item, began, change
from leadhouse.simulator.crm.pipedrive.company import (
    DAY,
    FIRST_PARTNER_STAGE,
    PARTNER_STAGES,
    PARTNERS,
    SALES,
    Company,
)
from leadhouse.simulator.crm.pipedrive.fields import Record
from leadhouse.simulator.crm.pipedrive.store import Store, time_of
from leadhouse.simulator.crm.pipedrive.times import v1, v2
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.pipedrive import ACTIVITY_TYPES, LOST_REASONS, STAGES

LATE_SHARE = 0.15
MOST_SECONDS_LATE = 300
MOST_DEALS_AT_ONCE = 8
SHARES = 1_000_000
OPEN = "is_deleted = 0 and is_archived = 0 and status = 'open'"
CLOSED = "is_deleted = 0 and is_archived = 0 and status in ('won', 'lost')"
PRESENT = "is_deleted = 0 and is_archived = 0"
PUT_AWAY = "is_deleted = 0 and is_archived = 1"
BULK = ("api", "bulk-actions-api")
AUTOMATION = ("api", "automation")


class Acts:
    """Whatever people in the company do.

    Args:
        company: where.
        store: what they change.
        per_hour: how many acts on average.
    """

    def __init__(self, company: Company, store: Store, per_hour: float) -> None:
        self._company, self._store, self._per_hour = company, store, per_hour
        self._kinds: dict[Callable[[Draws, int], int], int] = {
            self._add_deal: 80,
            self._move_deal: 230,
            self._hand_over_deal: 40,
            self._edit_deal: 130,
            self._lose_deal: 60,
            self._win_deal: 40,
            self._reopen_deal: 15,
            self._delete_deal: 25,
            self._put_deal_away: 30,
            self._take_deal_back: 12,
            self._move_deal_to_and_fro: 30,
            self._hand_over_many_deals: 12,
            self._add_activity: 130,
            self._finish_activity: 90,
            self._put_activity_off: 50,
            self._delete_activity: 25,
            self._add_person: 30,
            self._edit_person: 40,
            self._delete_person: 10,
            self._add_organization: 15,
            self._edit_organization: 30,
            self._delete_organization: 6,
            self._edit_product: 12,
            self._add_product: 5,
            self._delete_product: 3,
            self._edit_user: 8,
            self._edit_stage: 4,
            self._edit_pipeline: 2,
            self._edit_activity_type: 2,
            self._add_option: 4,
        }

    def between(self, after: int, until: int) -> int:
        """Let everything happen that happens in some seconds.

        Args:
            after: seconds since 1970, exclusive.
            until: seconds since 1970, inclusive.

        Returns:
            How many records changed.
        """
        return sum(self._minute(minute, after, until) for minute in range(after // 60, until // 60 + 1))

    def _minute(self, minute: int, after: int, until: int) -> int:
        draws = Draws(self._company.seed, "crm", "minute", minute)
        whole, rest = divmod(self._per_hour / 60, 1)
        seconds = sorted(minute * 60 + draws.below(60) for _ in range(int(whole) + draws.chance(rest)))
        changed = 0
        for place, second in enumerate(seconds):
            if after < second <= until:
                self._store.publish(second)
                own = Draws(self._company.seed, "crm", "act", minute, place)
                changed += own.weighted(self._kinds)(own, second)
        return changed

    def _change_deal(
        self,
        draws: Draws,
        second: int,
        condition: str,
        values: Callable[[Record], dict[str, Any]],
    ) -> int:
        deal = self._any("deals", draws, second, condition)
        if deal is None:
            return 0
        actor = Actor(deal["owner_id"] if draws.chance(0.8) else self._user(draws))
        self._write("deals", deal, change(deal, values(deal), v2(second), actor), draws, second)
        return 1

    def _add_deal(self, draws: Draws, second: int) -> int:
        number, owner = self._store.next_id("deals"), self._user(draws)
        stage = 1 if draws.chance(0.9) else 2
        deal = sales.new_deal(self._company, draws, number, v2(second), owner, stage)
        self._write("deals", deal, [began(deal, Actor(owner))], draws, second)
        return 1

    def _move_deal(self, draws: Draws, second: int) -> int:
        return self._change_deal(draws, second, OPEN, lambda deal: self._next_stage(draws, deal))

    def _next_stage(self, draws: Draws, deal: Record) -> dict[str, Any]:
        stage = deal["stage_id"]
        if stage >= FIRST_PARTNER_STAGE:
            return {"stage_id": min(stage + 1, FIRST_PARTNER_STAGE + len(PARTNER_STAGES) - 1)}
        if draws.chance(0.04):
            return {"pipeline_id": PARTNERS, "stage_id": FIRST_PARTNER_STAGE}
        if stage == len(STAGES) or draws.chance(0.05):
            return {"stage_id": max(1, stage - 1), "pipeline_id": SALES}
        return {"stage_id": min(len(STAGES), stage + draws.pick((1, 1, 1, 2)))}

    def _hand_over_deal(self, draws: Draws, second: int) -> int:
        return self._change_deal(draws, second, PRESENT, lambda deal: {"owner_id": self._user(draws)})

    def _edit_deal(self, draws: Draws, second: int) -> int:
        return self._change_deal(
            draws, second, PRESENT, lambda deal: sales.other_values(self._company, draws)
        )

    def _lose_deal(self, draws: Draws, second: int) -> int:
        return self._change_deal(
            draws, second, OPEN, lambda deal: sales.lost(v2(second), draws.pick(LOST_REASONS))
        )

    def _win_deal(self, draws: Draws, second: int) -> int:
        return self._change_deal(draws, second, OPEN, lambda deal: sales.won(v2(second)))

    def _reopen_deal(self, draws: Draws, second: int) -> int:
        return self._change_deal(draws, second, CLOSED, lambda deal: sales.reopened())

    def _delete_deal(self, draws: Draws, second: int) -> int:
        return self._change_deal(draws, second, "is_deleted = 0", lambda deal: {"status": "deleted"})

    def _put_deal_away(self, draws: Draws, second: int) -> int:
        return self._change_deal(draws, second, CLOSED, lambda deal: sales.archived(v2(second)))

    def _take_deal_back(self, draws: Draws, second: int) -> int:
        back = {"is_archived": False, "archive_time": None}
        return self._change_deal(draws, second, PUT_AWAY, lambda deal: back)

    def _move_deal_to_and_fro(self, draws: Draws, second: int) -> int:
        """Write the same change twice in one second, as an automation that fights another does."""
        deal = self._any("deals", draws, second, OPEN)
        if deal is None:
            return 0
        here = {"stage_id": deal["stage_id"], "pipeline_id": deal["pipeline_id"]}
        there = {"stage_id": 1 if here["stage_id"] != 1 else 2, "pipeline_id": SALES}
        actor = Actor(deal["owner_id"], *AUTOMATION)
        items = [item for place in (there, here, there) for item in change(deal, place, v2(second), actor)]
        self._write("deals", deal, items, draws, second)
        return 1

    def _hand_over_many_deals(self, draws: Draws, second: int) -> int:
        heir, actor = self._user(draws), Actor(self._user(draws), *BULK, is_bulk=True)
        changed = 0
        for _ in range(draws.between(2, MOST_DEALS_AT_ONCE)):
            deal = self._any("deals", draws, second, PRESENT)
            if deal is not None and deal["owner_id"] != heir:
                items = change(deal, {"owner_id": heir}, v2(second), actor)
                self._write("deals", deal, items, draws, second)
                changed += 1
        return changed

    def _add_activity(self, draws: Draws, second: int) -> int:
        number = self._store.some("deals", _share(draws), OPEN) if draws.chance(0.9) else None
        record = sales.activity(
            number=self._store.next_id("activities"),
            kind=draws.pick(ACTIVITY_TYPES)[3],
            owner=self._user(draws),
            deal=self._store.latest("deals", number) if number else None,
            added=v2(second),
            due=v2(second + draws.below(30 * DAY) - DAY),
            is_timed=draws.chance(0.9),
        )
        self._write("activities", record, [], draws, second)
        return 1

    def _finish_activity(self, draws: Draws, second: int) -> int:
        done = {"done": True, "marked_as_done_time": v2(second)}
        return self._change("activities", draws, second, lambda record: done if not record["done"] else {})

    def _put_activity_off(self, draws: Draws, second: int) -> int:
        due = v2(second + draws.below(14 * DAY))
        later = {"due_date": due[:10], "due_time": due[11:19] if draws.chance(0.9) else None}
        return self._change("activities", draws, second, lambda record: later)

    def _delete_activity(self, draws: Draws, second: int) -> int:
        return self._change("activities", draws, second, lambda record: {"is_deleted": True})

    def _add_person(self, draws: Draws, second: int) -> int:
        record = things.person(self._company, self._store.next_id("persons"), second)
        self._write("persons", record, [], draws, second)
        return 1

    def _edit_person(self, draws: Draws, second: int) -> int:
        return self._change("persons", draws, second, lambda record: self._person_news(draws, record))

    def _person_news(self, draws: Draws, record: Record) -> dict[str, Any]:
        somebody = people.Person(record["first_name"], draws.pick(people.LAST_NAMES))
        if draws.chance(0.3):
            return {"last_name": somebody.last, "name": somebody.full}
        if draws.chance(0.5):
            return {"phones": things.contact([people.phone(draws, "702 775 405 512")])}
        return {"emails": things.contact([people.work_email(draws, somebody)])}

    def _delete_person(self, draws: Draws, second: int) -> int:
        return self._change("persons", draws, second, lambda record: {"is_deleted": True})

    def _add_organization(self, draws: Draws, second: int) -> int:
        record = things.organization(self._company, self._store.next_id("organizations"), second)
        self._write("organizations", record, [], draws, second)
        return 1

    def _edit_organization(self, draws: Draws, second: int) -> int:
        news: dict[str, Any] = {"employee_count": draws.between(1, 220)}
        if draws.chance(0.4):
            news = {"address": things.address(draws)}
        return self._change("organizations", draws, second, lambda record: news)

    def _delete_organization(self, draws: Draws, second: int) -> int:
        return self._change("organizations", draws, second, lambda record: {"is_deleted": True})

    def _edit_product(self, draws: Draws, second: int) -> int:
        price = draws.between(30, 2000)
        return self._change(
            "products", draws, second, lambda record: {"prices": [record["prices"][0] | {"price": price}]}
        )

    def _add_product(self, draws: Draws, second: int) -> int:
        record = things.product(self._company, self._store.next_id("products"), second)
        self._write("products", record, [], draws, second)
        return 1

    def _delete_product(self, draws: Draws, second: int) -> int:
        return self._change("products", draws, second, lambda record: {"is_deleted": True})

    def _edit_user(self, draws: Draws, second: int) -> int:
        news: dict[str, Any] = {"phone": people.phone(draws, "702 775")}
        if draws.chance(0.2):
            news = {"active_flag": False}
        return self._change("users", draws, second, lambda record: {} if record["is_you"] else news)

    def _edit_stage(self, draws: Draws, second: int) -> int:
        days = {"is_deal_rot_enabled": True, "days_to_rotten": draws.between(5, 90)}
        return self._change("stages", draws, second, lambda record: days)

    def _edit_pipeline(self, draws: Draws, second: int) -> int:
        return self._change(
            "pipelines",
            draws,
            second,
            lambda record: {"is_deal_probability_enabled": not record["is_deal_probability_enabled"]},
        )

    def _edit_activity_type(self, draws: Draws, second: int) -> int:
        color = {"color": f"{draws.below(16**6):06X}"}
        return self._change("activityTypes", draws, second, lambda record: color)

    def _add_option(self, draws: Draws, second: int) -> int:
        def with_option(record: Record) -> dict[str, Any]:
            if not record.get("edit_flag") or not record["options"]:
                return {}
            option = {"id": record["options"][-1]["id"] + 1, "label": f"Option {len(record['options']) + 1}"}
            return {"options": [*record["options"], option], "last_updated_by_user_id": 1}

        return self._change("dealFields", draws, second, with_option)

    def _change(
        self, kind: str, draws: Draws, second: int, values: Callable[[Record], dict[str, Any]]
    ) -> int:
        record = self._any(kind, draws, second, "is_deleted = 0")
        if record is None or not (new := values(record)):
            return 0
        stamp = "modified" if "modified" in record else "update_time"
        form = v2 if record[stamp][10] == "T" else lambda at: v1(v2(at))
        self._write(kind, record | new | {stamp: form(second)}, [], draws, second)
        return 1

    def _any(self, kind: str, draws: Draws, second: int, condition: str) -> Record | None:
        """A record that has not changed in this second yet: a version is told by its second alone."""
        number = self._store.some(kind, _share(draws), condition)
        record = self._store.latest(kind, number) if number else None
        if record is None or record.get("is_deleted") or record["id"] is None:
            return None
        return record if v1(time_of(record)) < v1(v2(second)) else None

    def _user(self, draws: Draws) -> int:
        return 1 + draws.below(self._company.users)

    def _write(self, kind: str, record: Record, items: list[Item], draws: Draws, second: int) -> None:
        late = draws.between(1, MOST_SECONDS_LATE) if draws.chance(LATE_SHARE) else 0
        self._store.write(kind, record, items, second + late)


def _share(draws: Draws) -> float:
    return draws.below(SHARES) / SHARES
