"""``/sobjects/<name>/deleted`` and ``/updated``: which records were deleted or changed in a span of time."""

from datetime import datetime, timedelta

from leadhouse.simulator.crm.org.org import LONGEST_DELAY
from leadhouse.simulator.crm.salesforce.context import Call, Context
from leadhouse.simulator.crm.salesforce.describe import is_replicateable
from leadhouse.simulator.crm.salesforce.errors import SalesforceError
from leadhouse.simulator.crm.salesforce.values import datetime_text, parse_datetime
from leadhouse.simulator.crm.server import Response

_MINUTE = timedelta(minutes=1)


def changed(context: Context, call: Call, object_name: str, *, deleted: bool) -> Response:
    """The answer; its ``latestDateCovered`` lies before all that may still come to light.

    Raises:
        SalesforceError: ``INVALID_REPLICATION_DATE``, or the object cannot be replicated.
    """
    call.allow("GET")
    sobject = context.sobject(object_name)
    if not is_replicateable(sobject):
        raise SalesforceError(
            "INVALID_TYPE_FOR_OPERATION", f"object type {sobject.name} is not replicateable"
        )
    start, end = _moment(call, "start"), _moment(call, "end")
    earliest = call.now - timedelta(days=context.limits.deleted_days)
    if end - start < _MINUTE:
        raise _refusal("endDate must be at least one minute greater than startDate")
    if start < earliest - _MINUTE:
        raise _refusal(f"startDate cannot be more than {context.limits.deleted_days} days ago")
    covered = min(end, (call.now - LONGEST_DELAY).replace(second=0, microsecond=0))
    found = context.store.changed(sobject.name, start, end, deleted=deleted)
    answer: dict[str, object] = {"latestDateCovered": _text(covered)}
    if deleted:
        answer["earliestDateAvailable"] = _text(earliest)
        answer["deletedRecords"] = [{"id": key, "deletedDate": time[:-1] + "+0000"} for key, time in found]
    else:
        answer["ids"] = [key for key, _ in found]
    return Response.json(answer)


def _moment(call: Call, name: str) -> datetime:
    """A parameter's time to the minute: Salesforce ignores the seconds."""
    text = call.request.parameter(name) or ""
    moment = parse_datetime(text.replace(" ", "+"))
    if moment is None:
        raise SalesforceError("MISSING_ARGUMENT", f"{name} is required, as a dateTime with its zone")
    return moment.replace(second=0, microsecond=0)


def _text(moment: datetime) -> str:
    return datetime_text(moment)[:-1] + "+0000"


def _refusal(message: str) -> SalesforceError:
    return SalesforceError("INVALID_REPLICATION_DATE", message)
