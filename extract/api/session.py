"""Calls to an API: time-outs, retries, sign-in and counting in one place, under whatever client makes the calls.

Both clients used here (simple-salesforce and dlt's REST client) take a ``requests`` session. What they do not do is
done in the session's ``send``: nothing of it depends on how a client builds its requests.
"""

import random
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
import tenacity

from leadhouse.config import Http
from leadhouse.errors import LeadhouseError

QUOTA_EXIT_CODE = 75
"""BSD's ``EX_TEMPFAIL``: try again later."""

CONNECT_SECONDS = 20
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60
SILENT_SECONDS = 10
"""A call that has been retried for longer says so."""

SIGN_INS_PER_CALL = 2

Judge = Callable[[requests.Response], None]
"""Looks at an answer: returns where it is fine, else raises `Retry`, `SignInAgain` or an `ApiError`."""


@dataclass
class Usage:
    """What a run has used so far.

    Args:
        calls: requests sent, repeated ones too.
        tokens: what the API charged for them, where it counts tokens.
    """

    calls: int = 0
    tokens: int = 0


class ApiError(LeadhouseError):
    """A call that cannot be made good by repeating it.

    Args:
        message: one line for the user, without secrets.
        error_class: the API's own name of the error, or one of ours, for ``operations.runs``.
        exit_code: the process's exit status.
    """

    def __init__(self, message: str, error_class: str, exit_code: int = 1) -> None:
        super().__init__(message, exit_code)
        self.error_class = error_class


class QuotaReached(ApiError):
    """The allowance of calls or tokens is used up as far as we may: the run ends, and can go on later.

    Args:
        message: one line that says when to go on.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, "QUOTA", QUOTA_EXIT_CODE)


class Retry(Exception):
    """The call may succeed if it is repeated.

    Args:
        reason: what happened, in a few words and without secrets.
        error_class: as in `ApiError`.
        after_seconds: how long the API wants us to wait.
        at_end: what to raise when retrying has lasted too long; if not given, an `ApiError` with the reason.
    """

    def __init__(
        self,
        reason: str,
        error_class: str,
        after_seconds: float | None = None,
        at_end: ApiError | None = None,
    ) -> None:
        super().__init__(reason)
        self.error_class = error_class
        self.after_seconds = after_seconds
        self.at_end = at_end


class SignInAgain(Exception):
    """The access token is not valid any more."""


class Session(requests.Session):
    """A session with one API.

    Args:
        name: the API's name in messages.
        http: time-outs, retries, certificates.
        judge: looks at every answer.
        sign_in: gives an access token; it is kept in memory, and asked for anew when the API refuses it. Without it
            requests go as the client made them.
        pace: called before every request; may sleep.
        usage: the counters to use; new ones if not given.

    Attributes:
        secrets: what no message may show, though an API says it.

    Calls raise `ApiError` and nothing else. An answer to ``stream=True`` is judged by its head; reading its body is
    the caller's business.
    """

    def __init__(
        self,
        name: str,
        http: Http,
        judge: Judge,
        sign_in: Callable[[], str] | None = None,
        pace: Callable[[], None] | None = None,
        usage: Usage | None = None,
    ) -> None:
        super().__init__()
        self.name = name
        self.usage = usage or Usage()
        self.secrets: set[str] = set()
        self.server_time: datetime | None = None
        self._http = http
        self._judge = judge
        self._sign_in = sign_in
        self._pace = pace
        self._token: str | None = None
        # A .netrc entry of the host would replace our Authorization header.
        self.auth = _leave_alone

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """As in the base class, but this machine needs no proxy, and a certificate authority of ours counts."""
        self.trust_env = not _is_loopback(str(url))
        settings = super().merge_environment_settings(url, proxies, stream, verify, cert)
        if self._http.ca_file:
            settings["verify"] = str(self._http.ca_file)
        return settings

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request until its answer is fine.

        Raises:
            ApiError: there is no such answer, or not in time.
        """
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = (CONNECT_SECONDS, self._http.timeout_seconds)
        # The access token must not follow a redirect to another host.
        kwargs["allow_redirects"] = False
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Retry),
            stop=tenacity.stop_before_delay(self._http.retry_seconds),
            wait=_wait,
            before_sleep=self._tell,
            reraise=True,
        )
        try:
            return retrying(self._send_signed_in, request, **kwargs)
        except ApiError as error:
            error.args = (self._without_secrets(str(error)),)
            raise
        except Retry as last:
            raise last.at_end or ApiError(
                f"{self.name} at {_host(request)}: {last}, again and again for up to {self._http.retry_seconds} s;"
                " what was landed stays, run it again later",
                last.error_class,
            ) from None

    def _send_signed_in(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        for _ in range(SIGN_INS_PER_CALL):
            if self._sign_in:
                self._token = self._token or self._sign_in()
                request.headers["Authorization"] = f"Bearer {self._token}"
            try:
                return self._send_once(request, **kwargs)
            except SignInAgain:
                self._token = None
        raise ApiError(
            f"{self.name} at {_host(request)}: signing in succeeds, but the calls after it are refused;"
            " check that the user may use the API",
            "INVALID_SESSION_ID",
        )

    def _send_once(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if self._pace:
            self._pace()
        self.usage.calls += 1
        try:
            response = super().send(request, **kwargs)
        except requests.exceptions.RequestException as error:
            raise self._judge_failure(request, error) from None
        self._note_time(response)
        try:
            if response.is_redirect:
                raise ApiError(
                    f"{self.name} at {_host(request)}: answers with a redirect to"
                    f" {urlsplit(response.headers['location']).netloc}; set the address to where the API really is",
                    "REDIRECT",
                )
            self._judge(response)
        except BaseException:
            response.close()
            raise
        return response

    def _judge_failure(self, request: requests.PreparedRequest, error: Exception) -> Exception:
        """What to make of a call without an answer. The library's own texts could hold secrets: none is passed on."""
        causes = list(_causes(error))
        where = f"{self.name} at {_host(request)}"
        if any("CERTIFICATE_VERIFY_FAILED" in str(cause) for cause in causes):
            return ApiError(
                f"{where}: its certificate cannot be verified; name the certificate authority with LEADHOUSE_CA_FILE",
                "CERTIFICATE",
            )
        if any(isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME for cause in causes):
            return ApiError(f"{where}: there is no such host; check the address", "UNKNOWN_HOST")
        if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema)):
            return ApiError(f"{where}: the address is not valid", "INVALID_URL")
        if isinstance(error, requests.exceptions.Timeout):
            return Retry("no answer in time", "TIMEOUT")
        reason = next(
            (cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), ""
        )
        return Retry(
            f"the connection failed ({reason})" if reason else "the connection broke off", "CONNECTION"
        )

    def _without_secrets(self, text: str) -> str:
        for secret in sorted(self.secrets | {self._token or ""} - {""}, key=len, reverse=True):
            text = text.replace(secret, "…")
        return text

    def _note_time(self, response: requests.Response) -> None:
        with suppress(KeyError, ValueError):
            self.server_time = parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)

    def _tell(self, state: tenacity.RetryCallState) -> None:
        waited = time.monotonic() - state.start_time
        if state.next_action and waited + state.next_action.sleep > SILENT_SECONDS and state.outcome:
            print(
                f"{self.name}: {state.outcome.exception()}; trying again in {state.next_action.sleep:.0f} s",
                file=sys.stderr,
                flush=True,
            )


def _wait(state: tenacity.RetryCallState) -> float:
    """Seconds until the next attempt: as long as the API says, else twice as long each time, with jitter."""
    error = state.outcome.exception() if state.outcome else None
    jitter = random.uniform(0.5, 1.0)  # noqa: S311 - nothing secret about it
    if isinstance(error, Retry) and error.after_seconds is not None:
        return error.after_seconds + jitter * FIRST_WAIT_SECONDS
    return min(FIRST_WAIT_SECONDS * 2.0 ** (state.attempt_number - 1), LONGEST_WAIT_SECONDS) * jitter


def _leave_alone(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and all that it was made of, whichever way the libraries have wrapped it."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        parts = (*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__)
        waiting += [part for part in parts if isinstance(part, BaseException)]


def _host(request: requests.PreparedRequest) -> str:
    return urlsplit(request.url or "").netloc


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
