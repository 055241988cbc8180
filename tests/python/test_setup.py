"""Set-up: dbt packages with and without the hub, the Makefile's checks, and what the repository says about itself."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from leadhouse import packages
from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from tests.python.running import ROOT, SCRIPTS, run

WANTED = {"dbt_utils": "1.4.1", "dbt_date": "0.21.0"}
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that asks for two packages and brings a bundled subset of them."""
    wanted = [{"package": f"some_org/{name}", "version": version} for name, version in WANTED.items()]
    root = tmp_path / "project"
    root.mkdir()
    (root / "packages.yml").write_text(yaml.safe_dump({"packages": wanted}))
    for name in WANTED:
        _write_package(root / "packages" / name, name, "bundled")
    return root


@dataclass
class Hub:
    """A package hub on loopback: the answers of the real one to ``dbt deps``."""

    url: str = ""
    broken: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)

    def answer(self, path: str) -> bytes | None:
        self.requests.append(path)
        if path == "/api/v1/index.json":
            return json.dumps([f"some_org/{name}" for name in WANTED]).encode()
        kind, name = path.strip("/").removesuffix(".json").split("/")[-2:]
        if name in self.broken and kind == "tarballs":
            return None
        if kind == "tarballs":
            return _tarball(name)
        version = WANTED[name]
        about = {
            "id": f"some_org/{name}/{version}",
            "name": name,
            "version": version,
            "packages": [],
            "downloads": {"tarball": f"{self.url}tarballs/{name}", "format": "tgz", "sha1": "-"},
        }
        return json.dumps({"name": name, "namespace": "some_org", "versions": {version: about}}).encode()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = hub.answer(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hub.url = f"http://127.0.0.1:{server.server_port}/"
    _use_hub(monkeypatch, hub.url)
    yield hub
    server.shutdown()
    server.server_close()


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    _use_hub(monkeypatch, NOWHERE)


def test_packages_come_from_the_hub_and_only_once(project: Path, hub: Hub) -> None:
    said = packages.install(project)

    assert said == "dbt packages: dbt_utils, dbt_date from the hub"
    assert _origin(project) == {"dbt_utils": "hub", "dbt_date": "hub"}
    assert sorted(path.name for path in project.iterdir()) == ["dbt_packages", "packages", "packages.yml"]

    hub.requests.clear()
    assert packages.install(project) == "dbt packages: unchanged (from the hub)"
    assert hub.requests == []


def test_without_the_hub_the_bundled_subset_is_installed(project: Path, no_hub: None) -> None:
    said = packages.install(project)

    assert (
        said
        == f"dbt packages: the bundled subset of dbt_utils, dbt_date ({NOWHERE} cannot be used from here)"
    )
    assert _origin(project) == {"dbt_utils": "bundled", "dbt_date": "bundled"}


def test_a_hub_that_breaks_off_halfway_leaves_nothing_of_its_own(project: Path, hub: Hub) -> None:
    hub.broken = {"dbt_date"}

    said = packages.install(project)

    assert "/tarballs/dbt_date" in hub.requests
    assert said.startswith("dbt packages: the bundled subset")
    assert _origin(project) == {"dbt_utils": "bundled", "dbt_date": "bundled"}


@pytest.mark.parametrize("changed", ["packages.yml", "packages/dbt_utils/macros/origin.sql"])
def test_packages_are_installed_again_when_what_is_asked_for_changes(
    project: Path, no_hub: None, changed: str
) -> None:
    packages.install(project)
    with (project / changed).open("a") as file:
        file.write("\n")

    assert "the bundled subset" in packages.install(project)


def test_complete_packages_that_somebody_installed_are_kept(project: Path, no_hub: None) -> None:
    for name in WANTED:
        _write_package(project / "dbt_packages" / name, name, "by hand")

    assert packages.install(project) == "dbt packages: those found in dbt_packages/ are complete and kept"
    assert _origin(project) == {"dbt_utils": "by hand", "dbt_date": "by hand"}


@pytest.mark.parametrize("missing", ["dbt_date", "dbt_date/dbt_project.yml", "dbt_date/macros"])
def test_half_installed_packages_are_replaced(project: Path, no_hub: None, missing: str) -> None:
    for name in WANTED:
        _write_package(project / "dbt_packages" / name, name, "by hand")
    lost = project / "dbt_packages" / missing
    lost.unlink() if lost.is_file() else shutil.rmtree(lost)

    assert "the bundled subset" in packages.install(project)
    assert _origin(project) == {"dbt_utils": "bundled", "dbt_date": "bundled"}


def test_without_hub_and_subset_one_line_says_so(project: Path, no_hub: None) -> None:
    shutil.rmtree(project / "packages" / "dbt_date")

    with pytest.raises(
        LeadhouseError, match=r"^http.* cannot be used from here, and .*/packages lacks some of"
    ):
        packages.install(project)
    assert not (project / "dbt_packages").exists()


def test_the_bundled_subset_has_every_package() -> None:
    wanted = yaml.safe_load((ROOT / "packages.yml").read_text())["packages"]
    names = {entry["package"].split("/")[1] for entry in wanted}
    assert {path.name for path in (ROOT / "packages").iterdir() if path.is_dir()} == names
    assert all(re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", entry["version"]) for entry in wanted)


def test_set_up_says_in_one_line_that_there_is_no_python_with_pip(tmp_path: Path) -> None:
    result = _make(tmp_path, "BOOTSTRAP=no-such-python")
    assert result.returncode != 0
    assert result.stderr.splitlines()[0] == (
        "set-up needs Python with pip: on Debian and Ubuntu, apt-get install python3-pip"
    )


def test_set_up_says_in_one_line_that_no_python_suits(tmp_path: Path) -> None:
    uv = tmp_path / ".uv" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text("#!/bin/sh\nexit 2\n")
    uv.chmod(0o755)
    shutil.copy(ROOT / "requirements-uv.lock", tmp_path)
    (tmp_path / ".uv" / "installed").touch()

    result = _make(tmp_path)
    assert result.returncode != 0
    assert result.stderr.splitlines()[0] == (
        "set-up needs Python >=3.11,<3.14; none is installed and none could be fetched"
    )


def test_the_compose_file_publishes_nothing_beyond_this_machine_and_holds_no_secret() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"postgres", "leadhouse", "jupyter"}
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)
    secrets = {
        (name, variable): value
        for name, service in services.items()
        for variable, value in service["environment"].items()
        if re.search("PASSWORD|TOKEN", variable)
    }
    assert set(secrets) == {
        ("postgres", "POSTGRES_PASSWORD"),
        ("leadhouse", "PGPASSWORD"),
        ("jupyter", "PGPASSWORD"),
        ("jupyter", "JUPYTER_TOKEN"),
    }
    assert all(re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value) for value in secrets.values())
    assert services["leadhouse"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_docker_compose_accepts_the_file_with_the_example_settings_only(tmp_path: Path) -> None:
    def compose(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", "compose", *arguments],
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", str(tmp_path))},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    if not shutil.which("docker") or compose("version").returncode:
        pytest.skip("docker compose is not installed")
    file = ROOT / "docker-compose.yml"
    example = compose("--file", file, "--env-file", ROOT / ".env.example", "config", "--quiet")
    assert example.returncode == 0, example.stderr
    bare = compose("--file", file, "--env-file", os.devnull, "config", "--quiet")
    assert bare.returncode != 0
    assert "set it in .env" in bare.stderr


def test_one_version_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert yaml.safe_load((ROOT / "dbt_project.yml").read_text())["version"] == version
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1:2] in ([], [version])


def test_every_requirement_is_locked_with_a_hash() -> None:
    for name in ("requirements.lock", "requirements-uv.lock"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
        assert entries
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


SPYING_LEADHOUSE = """
import sys

def report(event, arguments):
    if event == "socket.getaddrinfo" or event == "socket.connect" and isinstance(arguments[1], tuple):
        print("NETWORK", arguments, file=sys.stderr)

sys.addaudithook(report)
from leadhouse.cli import main
main()
"""


def test_nothing_is_sent_anywhere(duckdb_settings: Settings, tmp_path: Path) -> None:
    def leadhouse(*arguments: object) -> str:
        asked_for = [
            "RUNTIME__DLTHUB_TELEMETRY=true",
            "DBT_SEND_ANONYMOUS_USAGE_STATS=true",
            "DO_NOT_TRACK=0",
        ]
        command = ["env", *asked_for, sys.executable, "-c", SPYING_LEADHOUSE]
        return run(duckdb_settings, *command, *arguments).stderr

    files = tmp_path / "files"
    leadhouse(
        "simulate", "files", files, "--deals", 10, "--activities", 10, "--leads", 10, "--facilities", 10
    )
    assert "NETWORK" not in leadhouse("extract", "pipedrive", "--files", files / "pipedrive")
    assert "NETWORK" not in leadhouse("build", "--select", "stg_pipedrive__stages")


def test_over_an_api_only_the_crm_is_spoken_to(duckdb_settings: Settings, tmp_path: Path) -> None:
    spied = (sys.executable, "-c", SPYING_LEADHOUSE, "extract", "salesforce", "--table", "user")
    sizes = ("--leads", 10, "--accounts", 5, "--facilities", 5, "--deals", 5, "--activities", 5)
    serving = ("simulate", "crm", tmp_path / "crm", *sizes, "--", *spied)
    told = run(duckdb_settings, SCRIPTS / "leadhouse", *serving).stderr
    spoken_to = {line for line in told.splitlines() if line.startswith("NETWORK")}
    assert spoken_to
    assert [
        line for line in spoken_to if not re.search(r"'(localhost|127\.0\.0\.1|::1)', [0-9]+", line)
    ] == []


def test_the_spy_would_see_a_connection(duckdb_settings: Settings) -> None:
    program = SPYING_LEADHOUSE.replace("main()", "__import__('socket').socket().connect(('127.0.0.1', 9))")
    assert "NETWORK" in run(duckdb_settings, sys.executable, "-c", program, status=1).stderr


SECRETS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "access token": r"\b(gh[pousr]_\w{36}|glpat-[\w-]{20}|xox[baprs]-[\w-]{10,}|AKIA[0-9A-Z]{16})\b",
    "assigned secret": r"""(?i)\b(password|passwd|secret|token|api_key)["']?\s*[:=]\s*["'][^"'{}$<>\s]{8,}["']""",
    "home folder": r"(?<![\w.])/(home/[a-z][\w-]*|root|Users/[A-Za-z][\w-]*)/",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_no_file_in_git_holds_a_secret_or_somebodys_folder(kind: str) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git repository")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    found = [
        f"{name}:{number}"
        for name in filter(None, listed.split("\0"))
        for number, line in enumerate((ROOT / name).read_text(errors="replace").splitlines(), 1)
        if re.search(SECRETS[kind], line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
        ("access token", "ghp_" + "a" * 36),
        ("assigned secret", "password" + ': "correct-horse"'),
        ("home folder", "see /home" + "/alice/notes"),
    ],
)
def test_a_planted_secret_would_be_found(kind: str, line: str) -> None:
    assert re.search(SECRETS[kind], line)


def _use_hub(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(packages, "HUB_URL", url)
    monkeypatch.setenv("DBT_PACKAGE_HUB_URL", url)
    monkeypatch.setattr(packages, "INSTALL_SECONDS", 60)


def _write_package(folder: Path, name: str, origin: str) -> None:
    (folder / "macros").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(f"name: {name}\nversion: 1.0.0\nconfig-version: 2\n")
    (folder / "macros" / "origin.sql").write_text(origin)


def _origin(project: Path) -> dict[str, str]:
    folders = [path for path in (project / "dbt_packages").iterdir() if path.is_dir()]
    return {path.name: (path / "macros" / "origin.sql").read_text().strip() for path in folders}


def _tarball(name: str) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for path, text in (
            ("dbt_project.yml", f"name: {name}\nversion: 1.0.0\nconfig-version: 2\n"),
            ("macros/origin.sql", "hub"),
        ):
            member = tarfile.TarInfo(f"{name}-1.0.0/{path}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return content.getvalue()


def _make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the project's set-up on a bare copy of what it starts from."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-uv.lock", "packages.yml"):
        if not (folder / name).exists():
            shutil.copy(ROOT / name, folder)
    return subprocess.run(
        ["make", "--directory", folder, "setup", *arguments], capture_output=True, text=True, check=False
    )
