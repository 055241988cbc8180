"""Pipedrive over its own API."""

from collections.abc import Sequence
from functools import partial

from extract.api.extraction import Job
from extract.api.landing import Target
from extract.api.pipedrive import changes
from extract.api.pipedrive.client import Client, Item
from extract.api.pipedrive.reading import Reader
from extract.api.pipedrive.resources import CHANGELOG, ME, RESOURCES, EndPoint, Resource
from extract.api.session import ApiError, QuotaReached
from extract.pipedrive import TABLES
from leadhouse.config import Settings


def connect(settings: Settings) -> "Pipedrive":
    """Sign in.

    Raises:
        LeadhouseError: a setting is missing, or the token is refused.
    """
    client = Client(settings)
    return Pipedrive(client, client.one(ME))


class Pipedrive:
    """A company's Pipedrive, as `Api` wants it.

    Args:
        client: makes the calls.
        me: the user whose token it is.
    """

    source = "pipedrive"

    def __init__(self, client: Client, me: Item) -> None:
        self._client, self._me = client, me
        self.usage = client.usage
        self.account = str(me.get("company_domain") or client.host)

    def jobs(self) -> list[Job]:
        """How each table is read, the changelogs last: they cost the most."""
        tables = {table.name: table for table in TABLES}
        return [
            *(Job(tables[resource.table], partial(_read, self._client, resource)) for resource in RESOURCES),
            Job(tables[changes.TABLE], partial(changes.read_changes, self._client)),
        ]

    def check(self) -> list[str]:
        """Who one is, what is left of the day's budget, and which lists may be read; costs one page of each."""
        me, allowance = self._me, self._client.allowance
        is_admin = any(access.get("admin") for access in me.get("access") or ())
        lines = [
            f"Pipedrive: {me.get('company_name')} ({self.account}), as user {me.get('id')}, "
            + ("an administrator" if is_admin else "no administrator: what other users hide is not read")
        ]
        deals: list[Item] = []
        for resource in RESOURCES:
            lines.append(
                self._verdict(resource.table, resource.end_points, deals if resource.table == "deals" else [])
            )
        changelogs = [changes.changelog_of(str(deal["id"])) for deal in deals[:1]]
        lines.append(self._verdict(changes.TABLE, changelogs, []))
        if allowance.day_limit and allowance.day_remaining is not None:
            lines.append(
                f"today's tokens: {allowance.day_remaining:,.0f} of {allowance.day_limit:,.0f} are left;"
                f" a deal's changelog costs {CHANGELOG.cost}"
            )
        if allowance.burst_limit:
            lines.append(f"calls: at most {allowance.burst_limit:,.0f} in two seconds")
        return lines

    def _verdict(self, table: str, end_points: Sequence[EndPoint], seen: list[Item]) -> str:
        """Whether a table's lists can be read; what their first pages show is added to what was seen."""
        try:
            for end_point in end_points:
                seen += next(self._client.pages(end_point))
        except QuotaReached:
            raise
        except ApiError as error:
            return f"{table}: cannot be read: {error}"
        return f"{table}: may be read"


def _read(client: Client, resource: Resource, target: Target) -> None:
    Reader(client, resource, target).read()
