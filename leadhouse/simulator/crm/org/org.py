"""The org: its first records, and what changes from then on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from leadhouse.simulator.crm.org.beginning import Beginning, Sizes
from leadhouse.simulator.crm.org.books import SECOND, Books, Change, Record
from leadhouse.simulator.crm.org.happenings import HAPPENINGS, Scene
from leadhouse.simulator.draws import Draws

HOUR = timedelta(hours=1)
LATE_SHARE = 0.12
LONGEST_DELAY = timedelta(minutes=7)
"""Of one transaction; one that waits for another to become visible is at most so late too."""
SAME_SECOND_SHARE = 0.15


class Org:
    """A Salesforce org whose every record follows from the seed.

    What happens is drawn hour by hour, counted from the start, each hour from what the one before left. So it does not
    matter in which portions it is asked for.

    Args:
        seed: everything follows from it.
        start: until when the first records came to be, and from when changes are told; aware, in whole seconds.
        changes_per_hour: how many things happen in an hour on average; each changes one record or several.
        **sizes: how many records of each kind the org begins with, as in ``Sizes``.
    """

    def __init__(self, seed: int, start: datetime, *, changes_per_hour: float = 20, **sizes: int) -> None:
        self.start = start.astimezone(UTC)
        if self.start.microsecond:
            raise ValueError(f"the org cannot start at {start}, which is not a whole second")
        self._seed = seed
        self._changes_per_hour = changes_per_hour
        self._sizes = replace(Sizes(), **sizes)
        self._hours = 0
        self._pending: list[Change] = []
        self._told = self.start
        self._begin()
        self._first = {name: list(table.values()) for name, table in self._books.tables.items()}

    def records(self, object_name: str) -> Iterator[Record]:
        """The records that the org begins with, whatever changed since, deleted ones too.

        Args:
            object_name: as in ``OBJECTS``.

        Yields:
            Values by field name, for all fields but compound addresses. Leads and their history are made on the way.
        """
        if object_name == "Lead":
            yield from self._beginning.leads.records()
        elif object_name == "LeadHistory":
            yield from self._beginning.leads.history()
        else:
            yield from (dict(record) for record in self._first[object_name])

    def changes(self, since: datetime, until: datetime) -> Iterator[Change]:
        """What becomes visible after ``since``, up to and with ``until``.

        A late change is told when it becomes visible, though its ``at`` lies further back. Of each record the changes
        come in the order of ``at``. Asking for an earlier time than before starts the org's life anew behind the
        scenes, which takes as long as the life lasted.

        Yields:
            Changes in the order in which they become visible.
        """
        if since < self._told:
            self._begin()
        while self.start + self._hours * HOUR < until:
            self._pending += self._hour(self._hours)
            self._hours += 1
        self._pending.sort(key=lambda change: change.visible_at)  # stable: the same moment keeps its order
        due = [change for change in self._pending if change.visible_at <= until]
        self._pending = self._pending[len(due) :]
        self._told = max(self._told, until)
        return (change for change in due if change.visible_at > since)

    def _begin(self) -> None:
        self._beginning = Beginning(self._sizes, self._seed, self.start)
        self._books: Books = self._beginning.run()
        self._hours = 0
        self._pending = []
        self._told = self.start

    def _hour(self, hour: int) -> list[Change]:
        """All changes of transactions that begin in one hour, in order."""
        draws = Draws(self._seed, "org", "hour", hour)
        whole, rest = divmod(self._changes_per_hour, 1)
        count = int(whole) + draws.chance(rest)
        changes: list[Change] = []
        seconds = 0
        self._books.forget_delays(self.start + hour * HOUR)
        for moment in sorted(draws.below(3600) for _ in range(count)):
            seconds = seconds if seconds and draws.chance(SAME_SECOND_SHARE) else 1 + moment
            at = self.start + hour * HOUR + SECOND * seconds
            delay = (
                SECOND * draws.between(5, LONGEST_DELAY // SECOND)
                if draws.chance(LATE_SHARE)
                else timedelta()
            )
            user = self._books.pick(draws, "User", lambda found: bool(found["IsActive"]))
            by = str(user["Id"]) if user else self._beginning.staff[0].id
            draws.weighted(HAPPENINGS)(Scene(self._books, draws, at, by))
            changes += self._books.commit(delay)
        return changes
