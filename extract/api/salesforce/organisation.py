"""An organisation that one has signed in to, as the extraction wants it."""

from functools import partial

from extract.api.extraction import Job
from extract.api.salesforce import describe
from extract.api.salesforce.client import Client
from extract.api.salesforce.reading import UNSEEN, read
from extract.api.session import ApiError
from extract.salesforce import OBJECTS, SObject
from leadhouse.config import Settings


def connect(settings: Settings) -> "Organisation":
    """Sign in.

    Raises:
        LeadhouseError: the settings are not enough, or Salesforce refuses them.
    """
    return Organisation(Client(settings))


class Organisation:
    """One organisation.

    Args:
        client: signed in to it.
    """

    source = "salesforce"

    def __init__(self, client: Client) -> None:
        self.client = client
        self.account = client.organisation
        self.usage = client.usage

    def jobs(self) -> list[Job]:
        """Every object, in the order of the settings table."""
        return [Job(sobject.table, partial(read, self.client, sobject)) for sobject in OBJECTS]

    def check(self) -> list[str]:
        """Who one is, and of each object what may be read and what is missing."""
        lines = [
            f"signed in to organisation {self.account} {self.client.sign_in.method},"
            f" API version {self.client.version}"
        ]
        lines += [self._check(sobject) for sobject in OBJECTS]
        if self.client.calls_used:
            used, allowed = self.client.calls_used
            lines.append(
                f"{used:,} of {allowed:,} calls of 24 hours are used; a run stops at"
                f" {int(allowed * self.client.settings.quota_share):,}"
            )
        return lines

    def _check(self, sobject: SObject) -> str:
        try:
            description = self.client.describe(sobject.name)
        except ApiError as error:
            if error.error_class not in UNSEEN:
                raise
            return f"{sobject.name}: the organisation does not have it, or the user may not see it"
        wanted = describe.wanted_fields(self.client, sobject)
        readable = describe.readable(wanted, description)
        found = {name.lower() for name in readable}
        missing = [name for name in wanted if name.lower() not in found]
        text = f"{sobject.name}: {len(readable)} fields may be read"
        return text + (f"; not there, or not to be seen: {', '.join(missing)}" if missing else "")
