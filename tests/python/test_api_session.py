"""The session under both API clients, against a server on loopback that does what networks do."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import requests

from extract.api.session import ApiError, Retry, Session, SignInAgain
from leadhouse.config import Http
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.server import Request, Response, Server

SECRET = "-".join(["sesame", "opens"])


@dataclass
class Script:
    """A site that gives prepared answers in turn, the last one for ever."""

    answers: list[Response]
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(*answers: Response, faults: Faults | None = None) -> Iterator[tuple[Script, str, Http]]:
    """A script, the address that it is served at, and how to call it."""
    script = Script(list(answers))
    with Server({"/": script}, Clock(), faults or Faults()) as server:
        yield script, server.url, Http(server.ca_file, timeout_seconds=5, retry_seconds=30)


def judge(response: requests.Response) -> None:
    if response.status_code == 401:
        raise SignInAgain
    if response.status_code == 429:
        raise Retry("too many calls", "RATE_LIMIT", after_seconds=float(response.headers["Retry-After"]))
    if response.status_code >= 500:
        raise Retry("the service is unwell", "UNWELL")
    if response.status_code == 400:
        raise ApiError("the question makes no sense", "MALFORMED")


GOOD, UNWELL = Response.json({"good": True}), Response.json({}, status=503)


def test_an_answer_that_is_fine_comes_back_with_the_servers_time() -> None:
    with serving(GOOD) as (_, url, http):
        session = Session("Test", http, judge)
        assert session.get(url).json() == {"good": True}
    assert session.usage.calls == 1
    assert session.server_time is not None and session.server_time.utcoffset() is not None


def test_what_can_be_retried_is_retried_and_counted() -> None:
    with serving(UNWELL, UNWELL, GOOD) as (script, url, http):
        session = Session("Test", http, judge)
        assert session.get(url).status_code == 200
    assert session.usage.calls == len(script.requests) == 3


def test_a_body_is_sent_again_with_every_attempt() -> None:
    with serving(UNWELL, GOOD) as (script, url, http):
        Session("Test", http, judge).post(url, json={"a": 1})
    assert [request.body for request in script.requests] == [b'{"a": 1}'] * 2


def test_what_cannot_be_retried_ends_with_the_first_call() -> None:
    with (
        serving(Response.json({}, status=400)) as (script, url, http),
        pytest.raises(ApiError, match="makes no sense") as error,
    ):
        Session("Test", http, judge).get(url)
    assert len(script.requests) == 1
    assert error.value.error_class == "MALFORMED"


def test_a_wait_that_the_api_asks_for_is_kept() -> None:
    asked = Response.json({}, status=429, headers={"Retry-After": "1.5"})
    with serving(asked, GOOD) as (_, url, http):
        begun = time.monotonic()
        Session("Test", http, judge).get(url)
    assert time.monotonic() - begun >= 1.5


def test_retrying_has_a_ceiling_and_says_what_happened() -> None:
    with serving(UNWELL) as (script, url, http):
        begun = time.monotonic()
        with pytest.raises(ApiError, match="the service is unwell, again and again") as error:
            Session("Test", replace(http, retry_seconds=2), judge).get(url)
    assert time.monotonic() - begun < 4
    assert len(script.requests) > 1
    assert error.value.error_class == "UNWELL"


def test_a_wait_beyond_the_ceiling_is_not_begun() -> None:
    asked = Response.json({}, status=429, headers={"Retry-After": "3600"})
    with serving(asked) as (script, url, http):
        begun = time.monotonic()
        with pytest.raises(ApiError):
            Session("Test", http, judge).get(url)
    assert time.monotonic() - begun < 3
    assert len(script.requests) == 1


@pytest.mark.parametrize("fault", ["reset", "truncated", "server_error"])
def test_what_networks_do_is_retried(fault: str) -> None:
    faults = Faults([fault], seed=3, rate=0.3)
    with serving(GOOD, faults=faults) as (_, url, http):
        session = Session("Test", http, judge)
        assert all(session.get(url).json() == {"good": True} for _ in range(12))
    assert session.usage.calls == 12 + faults.struck[fault] > 12


def test_an_answer_that_does_not_come_in_time_is_asked_for_again() -> None:
    answers = iter([3.0, 0.0])

    class Slow:
        def answer(self, request: Request) -> Response:
            time.sleep(next(answers))
            return GOOD

    with Server({"/": Slow()}, Clock(), Faults()) as server:
        session = Session("Test", Http(server.ca_file, timeout_seconds=1, retry_seconds=10), judge)
        assert session.get(server.url).status_code == 200
    assert session.usage.calls == 2


def test_the_token_is_fetched_once_and_anew_when_it_is_refused() -> None:
    tokens = iter(["first", "second"])
    with serving(GOOD, GOOD, Response.json({}, status=401), GOOD) as (script, url, http):
        session = Session("Test", http, judge, sign_in=lambda: next(tokens))
        for _ in range(3):
            session.get(url)
    assert [request.headers["Authorization"] for request in script.requests] == [
        "Bearer first",
        "Bearer first",
        "Bearer first",
        "Bearer second",
    ]


def test_signing_in_in_vain_ends() -> None:
    with (
        serving(Response.json({}, status=401)) as (script, url, http),
        pytest.raises(ApiError, match="may use the API"),
    ):
        Session("Test", http, judge, sign_in=lambda: SECRET).get(url)
    assert len(script.requests) == 2


def test_the_token_does_not_follow_a_redirect() -> None:
    elsewhere = Response.json({}, status=302, headers={"Location": "https://elsewhere.example.com/"})
    with (
        serving(elsewhere) as (_, url, http),
        pytest.raises(ApiError, match=r"redirect to elsewhere\.example\.com"),
    ):
        Session("Test", http, judge, sign_in=lambda: SECRET).get(url)


def test_a_netrc_entry_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login somebody password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(GOOD) as (script, url, http):
        Session("Test", http, judge, sign_in=lambda: "ours").get(url)
    assert script.requests[0].headers["Authorization"] == "Bearer ours"


def test_a_proxy_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with serving(GOOD) as (_, url, http):
        assert Session("Test", http, judge).get(url).status_code == 200


def test_a_certificate_that_nobody_vouches_for_ends_at_once() -> None:
    with serving(GOOD) as (script, url, http):
        session = Session("Test", replace(http, ca_file=None), judge)
        with pytest.raises(ApiError, match="LEADHOUSE_CA_FILE"):
            session.get(url)
    assert script.requests == []


def test_an_unknown_host_ends_at_once() -> None:
    http = Http(None, timeout_seconds=5, retry_seconds=30)
    with pytest.raises(ApiError, match=r"nowhere\.invalid: there is no such host") as error:
        Session("Test", http, judge).get("https://nowhere.invalid/?api_token=" + SECRET)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("port", [9])
def test_errors_do_not_show_what_the_address_holds(port: int) -> None:
    http = Http(None, timeout_seconds=5, retry_seconds=0)
    with pytest.raises(ApiError, match="Connection refused") as error:
        Session("Test", http, judge).get(f"https://127.0.0.1:{port}/?api_token={SECRET}")
    assert SECRET not in str(error.value)
    assert error.value.__cause__ is None


def test_the_pace_is_kept_before_every_request() -> None:
    paced: list[int] = []
    count: Callable[[], None] = lambda: paced.append(1)  # noqa: E731
    with serving(UNWELL, GOOD) as (_, url, http):
        Session("Test", http, judge, pace=count).get(url)
    assert len(paced) == 2
