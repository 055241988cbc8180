"""The stand-ins' server: TLS, keep-alive, the clock, every fault of the network, the control site."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Thread
from typing import Any

import pytest
import requests

from leadhouse.errors import LeadhouseError
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.control import ControlSite
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.server import Request, Response, Server, Site

START = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
BODY = b"0123456789" * 1000


class Echo:
    """Says what it was asked; counts the answers that arrived."""

    def __init__(self) -> None:
        self.delivered = 0

    def answer(self, request: Request) -> Response:
        if request.path.endswith("/big"):
            return Response(body=BODY, delivered=self._count)
        if request.path.endswith("/nothing"):
            return Response(204)
        if request.path.endswith("/failure"):
            raise RuntimeError("out of order")
        return Response.json(
            {
                "method": request.method,
                "path": request.path,
                "query": request.query,
                "token": request.headers["authorization"],
                "body": request.body.decode(),
            }
        )

    def _count(self) -> None:
        self.delivered += 1

    def catch_up(self) -> int:
        return 3

    def state(self) -> dict[str, object]:
        return {"delivered": self.delivered}


class Stage:
    """A server with an echo behind it, and a client that trusts it."""

    def __init__(self, server: Server, echo: Echo) -> None:
        self.server, self.echo, self.faults = server, echo, server.faults
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(server.ca_file)

    def get(self, path: str, encoding: str = "identity") -> requests.Response:
        return self.session.get(self.server.url + path, headers={"Accept-Encoding": encoding}, timeout=10)


@pytest.fixture
def stage() -> Iterator[Stage]:
    clock, faults, echo = Clock(START, frozen=True), Faults(), Echo()
    sites: dict[str, Site] = {"/services": echo, "/simulator": ControlSite(clock, faults, {"echo": echo})}
    with Server(sites, clock, faults) as server:
        yield Stage(server, echo)


def test_a_request_arrives_as_it_was_sent(stage: Stage):
    answer = stage.session.post(
        f"{stage.server.url}/services/a%20b?q=x%2By&q=&empty=",
        data="grün".encode(),
        headers={"Authorization": "Bearer t"},
        timeout=10,
    )
    assert answer.json() == {
        "method": "POST",
        "path": "/services/a b",
        "query": {"q": ["x+y", ""], "empty": [""]},
        "token": "Bearer t",
        "body": "grün",
    }


def test_a_body_in_chunks_is_put_together(stage: Stage):
    url = f"{stage.server.url}/services/x"
    answer = stage.session.put(url, data=iter([b"first,", b"second"]), timeout=10)
    assert answer.json()["body"] == "first,second"
    assert stage.session.put(url, data=b"again", timeout=10).json()["body"] == "again"


def test_one_connection_serves_many_requests(stage: Stage):
    for path in ("/services/big", "/services/nothing", "/services/x") * 3:
        stage.get(path)
    pools: Any = stage.session.get_adapter("https://").poolmanager.pools  # type: ignore[attr-defined]
    [pool] = map(pools.get, pools.keys())
    assert pool.num_connections == 1
    assert pool.num_requests == 9


def test_long_bodies_are_compressed_for_those_who_can_read_them(stage: Stage):
    compressed = stage.get("/services/big", "deflate, gzip")
    assert compressed.content == BODY
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert int(compressed.headers["Content-Length"]) < 1000
    plain = stage.get("/services/big")
    assert (plain.headers.get("Content-Encoding"), plain.headers["Content-Length"]) == (None, "10000")
    assert "Content-Encoding" not in stage.get("/services/x", "gzip").headers


def test_only_who_trusts_the_throw_away_authority_gets_in(stage: Stage):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{stage.server.url}/services/x", timeout=10)
    by_address = f"https://127.0.0.1:{stage.server.port}/services/x"
    assert stage.session.get(by_address, timeout=10).status_code == 200


def test_who_does_not_shake_hands_holds_up_nobody(stage: Stage):
    with closing(socket.create_connection(("127.0.0.1", stage.server.port))):
        assert stage.get("/services/x").status_code == 200


def test_the_date_is_the_clocks(stage: Stage):
    stage.server.clock.advance(90)
    assert parsedate_to_datetime(stage.get("/services/x").headers["Date"]) == START + timedelta(seconds=90)


def test_unknown_paths_and_broken_sites_have_answers(stage: Stage, capfd: pytest.CaptureFixture[str]):
    assert stage.get("/servicesx").status_code == 404
    assert stage.get("/services/failure").status_code == 500
    assert "out of order" in capfd.readouterr().err


def test_a_clock_goes_on_unless_it_is_frozen_and_never_back():
    frozen, running = Clock(START, frozen=True), Clock(START)
    time.sleep(0.01)
    assert frozen.now() == START
    assert START < running.now() < START + timedelta(seconds=5)
    assert running.now().microsecond % 1000 == 0
    with pytest.raises(ValueError, match="-1"):
        running.advance(-1)
    assert abs(Clock().now() - datetime.now(UTC)) < timedelta(seconds=1)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_fault_server_error(stage: Stage, status: int):
    stage.faults.switch(["server_error"], seed=1, rate=1)
    assert status in {stage.get("/services/big").status_code for _ in range(30)}
    assert stage.echo.delivered == 0


def test_fault_rate_limit(stage: Stage):
    stage.faults.switch(["rate_limit"], rate=1)
    answer = stage.get("/services/big")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] in ("0", "1")


def test_fault_slow(stage: Stage):
    stage.faults.slow_seconds = 0.3
    stage.faults.switch(["slow"], rate=1)
    began = time.monotonic()
    assert stage.get("/services/big").content == BODY
    assert time.monotonic() - began >= 0.3


def test_fault_reset(stage: Stage):
    stage.faults.switch(["reset"], seed=3, rate=1)
    heads = []
    for _ in range(20):
        head, body, ending = _raw_get(stage, "/services/big")
        assert len(body) < len(BODY)
        assert ending is ConnectionResetError
        heads.append(head)
    assert any(b"Content-Length: 10000" in head for head in heads), (
        "a reset may lose what was sent before it, not always"
    )
    with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        stage.get("/services/big")
    assert stage.echo.delivered == 0


def test_fault_truncated(stage: Stage):
    stage.faults.switch(["truncated"], seed=3, rate=1)
    head, body, ending = _raw_get(stage, "/services/big")
    assert b"Content-Length: 10000" in head
    assert len(body) < len(BODY)
    assert ending is None
    for encoding in ("identity", "gzip"):
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            stage.get("/services/big", encoding)


def test_fault_truncated_silently(stage: Stage):
    stage.faults.switch(["truncated_silently"], seed=3, rate=1)
    answer = stage.get("/services/big")
    assert answer.status_code == 200
    assert len(answer.content) < len(BODY)
    assert stage.echo.delivered == 0


def test_a_whole_answer_is_known_to_have_been_delivered(stage: Stage):
    assert stage.get("/services/big").content == BODY
    stage.get("/services/x")
    assert stage.echo.delivered == 1


def test_faults_follow_from_the_seed_and_not_from_each_other():
    def pattern(names: list[str], seed: int) -> list[bool]:
        faults = Faults(names, seed, rate=0.3)
        return [faults.strikes("slow") for _ in range(200) if not faults.strikes("reset") or True]

    assert pattern(["slow"], 1) == pattern(["slow", "reset"], 1) != pattern(["slow"], 2)
    assert 30 < sum(pattern(["slow"], 1)) < 90
    assert not any(pattern(["reset"], 1))


def test_an_unknown_fault_is_refused():
    with pytest.raises(LeadhouseError, match="no fault 'earthquake'; there are slow, reset"):
        Faults(["earthquake"])
    with pytest.raises(LeadhouseError, match="rate is 2"):
        Faults(["slow"], rate=2)


def test_a_person_turns_clock_and_faults(stage: Stage):
    url = f"{stage.server.url}/simulator"
    turned = stage.session.post(f"{url}/clock", json={"advance": 3600}, timeout=10).json()
    assert turned == {"time": "2026-10-01T13:00:00+00:00", "changes": {"echo": 3}}
    stage.session.post(f"{url}/faults", json={"names": ["server_error"], "rate": 1, "seed": 4}, timeout=10)
    assert stage.get("/services/x").status_code >= 502
    state = stage.get("/simulator").json()
    assert state["faults"] == {"names": ["server_error"], "seed": 4, "rate": 1, "struck": {"server_error": 1}}
    assert state["echo"] == {"delivered": 0}
    assert stage.session.delete(f"{url}/faults", timeout=10).json()["names"] == []
    assert stage.get("/services/x").status_code == 200


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("clock", "{}"),
        ("clock", '{"advance": -1}'),
        ("clock", "x"),
        ("faults", '{"names": ["x"]}'),
        ("x", "{}"),
    ],
)
def test_orders_that_make_no_sense_are_refused(stage: Stage, path: str, order: str):
    answer = stage.session.post(f"{stage.server.url}/simulator/{path}", data=order, timeout=10)
    assert answer.status_code in (400, 404)
    assert json.loads(answer.text)["error"]


def test_many_clients_at_once(stage: Stage):
    statuses: list[int] = []

    def client() -> None:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(stage.server.ca_file)
            for _ in range(10):
                statuses.append(session.get(f"{stage.server.url}/services/big", timeout=10).status_code)

    threads = [Thread(target=client) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 80
    assert stage.echo.delivered == 80


def _raw_get(stage: Stage, path: str) -> tuple[bytes, bytes, type[Exception] | None]:
    """Head, body, and the error by which the connection ended; Python's own TLS sockets take a reset for an end."""
    context = ssl.create_default_context(cafile=str(stage.server.ca_file))
    sealed, sealing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(sealed, sealing, server_hostname="localhost")
    received = b""
    with closing(socket.create_connection(("localhost", stage.server.port), timeout=10)) as plain:

        def exchange() -> bytes:
            plain.sendall(sealing.read())
            piece = plain.recv(65536)
            sealed.write(piece)
            return piece

        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                exchange()
        tls.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        ending: type[Exception] | None = None
        try:
            while exchange():
                with suppress(ssl.SSLWantReadError):
                    while piece := tls.read(65536):
                        received += piece
        except ConnectionResetError as error:
            ending = type(error)
    head, _, body = received.partition(b"\r\n\r\n")
    return head, body, ending
