"""Secrets never appear in what a command says, in its logs, in the warehouse or in the state."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from leadhouse.config import Settings, load_settings
from leadhouse.simulator.crm.salesforce.sign_in import Credentials
from leadhouse.simulator.crm.server import Request, Response, Server, Site
from leadhouse.warehouse import connect, quote
from tests.python.chaos import Crms
from tests.python.running import Result, run_leadhouse

CLIENT_SECRET, PASSWORD, TOKEN = (f"{part}-that-nobody-may-see" for part in ("app", "user", "behind"))
FAULTS = ["truncated", "truncated_silently", "server_error", "session_expired", "rate_limit", "reset"]


class Overheard:
    """A site that notes the credentials which its callers send."""

    def __init__(self, site: Site, noted: set[str]) -> None:
        self._site, self._noted = site, noted

    def answer(self, request: Request) -> Response:
        for name in ("Authorization", "x-api-token"):
            if value := request.headers[name]:
                self._noted.add(value.split()[-1])
        return self._site.answer(request)


@contextmanager
def overheard(settings: Settings, folder: Path) -> Iterator[tuple[Crms, Settings, set[str]]]:
    """The CRMs, how to reach them, and the secrets that have been sent so far."""
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = folder.parent / "key.pem"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    credentials = Credentials(
        "the-app", CLIENT_SECRET, "integration@example.com", PASSWORD, TOKEN, public.decode()
    )
    crms = Crms(1, folder, credentials)
    body = "".join(private.read_text().splitlines()[1:-1])
    noted = {
        CLIENT_SECRET,
        PASSWORD,
        TOKEN,
        crms.pipedrive.api_token,
        body[:40],
        private.read_text().splitlines()[1],
    }
    salesforce, pipedrive = Overheard(crms.salesforce, noted), Overheard(crms.pipedrive, noted)
    sites: dict[str, Site] = {"/services": salesforce, "/id": salesforce, "/api": pipedrive, "/v1": pipedrive}
    with Server(sites, crms.clock, crms.faults) as server:
        yield crms, crms.way_to(settings, server), noted


def said(result: Result) -> str:
    return result.stdout + result.stderr


def kept(settings: Settings) -> Iterator[tuple[str, str]]:
    """Everything that is left behind: files, byte by byte, and the cells of every table."""
    for path in settings.home.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes().decode("latin-1")
    with connect(settings) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema not in ('pg_catalog', 'information_schema')"
        )
        for schema, table in tables:
            rows = connection.execute(f"select * from {quote(schema)}.{quote(table)}")
            yield f"{schema}.{table}", repr(rows)


def test_no_secret_is_ever_left_behind(settings: Settings, tmp_path: Path) -> None:
    with overheard(settings, tmp_path / "crms") as (crms, reached, secrets):
        salesforce = reached.salesforce
        by_password = replace(
            salesforce,
            client_secret=None,
            username="integration@example.com",
            password=PASSWORD,
            security_token=TOKEN,
        )
        by_key = replace(
            by_password, password=None, security_token=None, private_key_file=tmp_path / "key.pem"
        )
        wrong_secret = replace(salesforce, client_secret="wrong" + CLIENT_SECRET)
        wrong_password = replace(by_password, password="wrong" + PASSWORD)
        outputs = [
            said(
                run_leadhouse(
                    replace(reached, salesforce=way), "extract", "salesforce", *options, status=status
                )
            )
            for way, options, status in (
                (salesforce, ("--check",), 0),
                (salesforce, ("--table", "user", "--debug"), 0),
                (by_password, ("--table", "user", "--debug"), 0),
                (by_key, ("--table", "user", "--debug"), 0),
                (wrong_secret, ("--debug",), 1),
                (wrong_password, ("--debug",), 1),
            )
        ]
        right = crms.pipedrive.api_token
        wrong_token = replace(reached, pipedrive=replace(reached.pipedrive, api_token="0" * 8 + right[8:]))
        outputs.append(said(run_leadhouse(wrong_token, "extract", "pipedrive", "--debug", status=1)))
        secrets.add(right[8:])
        crms.faults.switch(FAULTS, seed=1, rate=0.3)
        impatient = replace(reached, http=replace(reached.http, retry_seconds=2))
        for source in ("salesforce", "pipedrive"):
            command = ("extract", source, "--debug")
            outputs.append(said(run_leadhouse(impatient, *command, status=None)))
        outputs.append(said(run_leadhouse(reached, "status")))
    assert len(secrets) > 8, "too few access tokens were sent"
    for secret in secrets:
        assert not any(secret in output for output in outputs), secret
        for place, content in kept(settings):
            assert secret not in content, f"{secret} is in {place}"


def test_a_broken_secrets_file_is_not_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from leadhouse import config
    from leadhouse.errors import LeadhouseError

    file = tmp_path / "secrets.toml"
    file.write_text(f'[sources.salesforce]\nclient_secret = "{CLIENT_SECRET}\n')
    monkeypatch.setattr(config, "SECRETS_FILES", (file,))
    with pytest.raises(LeadhouseError, match=re.escape(str(file))) as error:
        load_settings({})
    assert CLIENT_SECRET not in str(error.value)
    assert error.value.__cause__ is None


def test_settings_may_stand_in_the_secrets_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from leadhouse import config

    file = tmp_path / "secrets.toml"
    file.write_text(
        '[sources.salesforce]\nclient_id = "from the file"\nclient_secret = "x"\nlag_seconds = 7\n'
        f'[sources.pipedrive]\napi_token = "{TOKEN}"\nurl = "https://example.pipedrive.com"\n'
    )
    monkeypatch.setattr(config, "SECRETS_FILES", (tmp_path / "none.toml", file))
    settings = load_settings({"SALESFORCE_CLIENT_ID": "from the environment", "SALESFORCE_CLIENT_SECRET": ""})
    assert settings.salesforce.client_id == "from the environment"
    assert settings.salesforce.client_secret is None, "an empty variable is one that says: none"
    assert settings.salesforce.lag_seconds == 7
    assert settings.pipedrive.api_token == TOKEN
    assert TOKEN not in repr(settings)
