"""What Salesforce's answers mean: which of its errors are worth another try, and which are the user's to mend."""

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import ExpatError

import requests
from simple_salesforce.util import getUniqueElementValueFromXmlString

from extract.api.session import ApiError, QuotaReached, Retry, SignInAgain

PASSING_STATUSES = {429, 500, 502, 503, 504}
PASSING_CODES = {"SERVER_UNAVAILABLE", "UNABLE_TO_LOCK_ROW"}
SESSION_CODES = {"INVALID_SESSION_ID", "InvalidSessionId"}
CALL_LIMIT = "REQUEST_LIMIT_EXCEEDED"
"""Too many calls at once, which passes, or too many in a day, which does not: only its lasting tells."""
JOB_LIMITS = {"ExceededQuota", "EXCEEDED_MAX_JOBS"}
"""Too many Bulk jobs in a day."""

QUERY_TIMEOUT = "QUERY_TIMEOUT"
"""A query took too long: of fewer records it may not."""

NO_CONTENT = 204

ADVICE = {
    "API_CURRENTLY_DISABLED": "the API is switched off for this organisation",
    "API_DISABLED_FOR_ORG": "this organisation's edition has no API, or the user lacks the permission 'API Enabled'",
    "FeatureNotEnabled": "Bulk API 2.0 is not enabled for this organisation",
    "INSUFFICIENT_ACCESS": "the user may not read it; give the user read access in Salesforce",
    "INVALID_TYPE": "there is no such object, or the user may not see it; give the user read access in Salesforce",
    "UNSUPPORTED_API_VERSION": "Salesforce does not know this version of its API; check SALESFORCE_API_VERSION",
}
"""What to do about an error, by its code; for others Salesforce's own words must do."""


def judge(response: requests.Response) -> None:
    """Judge an answer of the API, as ``Session`` wants it."""
    check_whole(response)
    if response.status_code < 300:
        return
    code, message = error_of(response)
    if code in SESSION_CODES:
        raise SignInAgain
    if code == CALL_LIMIT or code in JOB_LIMITS:
        quota = QuotaReached(
            f"Salesforce accepts no more calls ({one_line(message) or code}); what was landed stays, run it again in"
            " an hour: calls count for 24 hours"
        )
        raise quota if code in JOB_LIMITS else Retry(f"too many calls ({code})", code, at_end=quota)
    error_class = code or f"HTTP_{response.status_code}"
    if code in PASSING_CODES or (response.status_code in PASSING_STATUSES and code not in ADVICE):
        raise Retry(f"error {error_class}", error_class, _seconds_to_wait(response))
    reason = ADVICE.get(code) or one_line(message) or "Salesforce does not say why"
    raise ApiError(f"{reason} ({error_class})", error_class)


def check_whole(response: requests.Response) -> None:
    """A body that was cut off on the way without a word in its head is no JSON or XML any more.

    Raises:
        Retry: it is not whole.
    """
    if response.status_code == NO_CONTENT:
        return
    kind = response.headers.get("Content-Type", "")
    try:
        if "json" in kind:
            json.loads(response.content)
        elif "xml" in kind:
            getUniqueElementValueFromXmlString(response.content, "sessionId")
        elif response.status_code < 300 and "csv" not in kind:
            raise Retry("the answer is no API's", "BAD_ANSWER")
    except (ValueError, ExpatError):
        raise Retry("the answer was cut off", "TRUNCATED") from None


def error_of(response: requests.Response) -> tuple[str, str]:
    """Code and message of an error, in whichever of its forms Salesforce has put it; empty where it says nothing."""
    text = response.text
    if text.lstrip().startswith("<"):
        return _fault(text)
    try:
        content = response.json()
    except ValueError:
        return "", ""
    first: Any = content[0] if isinstance(content, list) and content else content
    if not isinstance(first, Mapping):
        return "", ""
    code = str(first.get("errorCode") or first.get("exceptionCode") or first.get("error") or "")
    message = first.get("message") or first.get("exceptionMessage") or first.get("error_description") or code
    return (code if re.fullmatch(r"\w+", code) else ""), str(message)


def about(sobject: str, error: ApiError) -> ApiError:
    """The same error, its message with the object that it is about."""
    if not isinstance(error, QuotaReached):
        error.args = (f"Salesforce's {sobject}: {error}",)
    return error


def one_line(text: str, most: int = 300) -> str:
    """A message as one line of reasonable length."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"


def _fault(xml: str) -> tuple[str, str]:
    """Code and message of a SOAP fault; both empty for a gateway's page in HTML."""
    try:
        code = getUniqueElementValueFromXmlString(xml, "sf:exceptionCode")
        message = getUniqueElementValueFromXmlString(xml, "sf:exceptionMessage")
    except ExpatError:
        return "", ""
    return code or "", message or ""


def _seconds_to_wait(response: requests.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return float(text) if re.fullmatch("[0-9]{1,4}", text) else None
