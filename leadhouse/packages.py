"""Install the dbt packages: from the hub, or where it cannot be reached the bundled subset of them in ``packages/``.

``python -m leadhouse.packages`` in the project's folder says in one line which; it is a part of ``make setup``.
"""

import hashlib
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import requests
import yaml
from dbt.clients.registry import DEFAULT_REGISTRY_BASE_URL as HUB_URL

from leadhouse.errors import LeadhouseError

PROBE_SECONDS = 4
INSTALL_SECONDS = 120

INSTALLER_PROJECT = """\
name: installer
flags:
  send_anonymous_usage_stats: false
"""


def install(root: Path) -> str:
    """Bring ``dbt_packages/`` to what ``packages.yml`` asks for.

    The folder is put together beside its place and moved there whole, so that it is never half installed by us. A
    complete one that someone else installed (``dbt deps``) is kept.

    Args:
        root: the project's folder.

    Returns:
        One line that says which packages are installed.

    Raises:
        LeadhouseError: neither the hub nor ``packages/`` has them.
    """
    target = root / "dbt_packages"
    stamp = target / ".installed"
    wanted = _fingerprint(root)
    names = _package_names(root)
    if stamp.is_file():
        if stamp.read_text().startswith(wanted):
            stamp.touch()
            return f"dbt packages: unchanged ({stamp.read_text().removeprefix(wanted).strip()})"
    elif _are_there(target, names) and all(any((target / name).rglob("*.sql")) for name in names):
        stamp.write_text(f"{wanted} installed by hand\n")
        return "dbt packages: those found in dbt_packages/ are complete and kept"

    staging = root / ".dbt_packages.new"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        origin = "from the hub"
        if not _fetch_from_hub(root, staging, names):
            origin = "the bundled subset"
            _copy_bundled(root, staging / "dbt_packages", names)
        (staging / "dbt_packages" / ".installed").write_text(f"{wanted} {origin}\n")
        _remove(target)
        (staging / "dbt_packages").rename(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    # dbt compares a lock file with what it finds; ours are exact versions and need none.
    (root / "package-lock.yml").unlink(missing_ok=True)
    if origin == "from the hub":
        return f"dbt packages: {', '.join(names)} from the hub"
    return f"dbt packages: the bundled subset of {', '.join(names)} ({HUB_URL} cannot be used from here)"


def _fetch_from_hub(root: Path, staging: Path, names: list[str]) -> bool:
    if not _hub_answers():
        return False
    shutil.copy(root / "packages.yml", staging)
    (staging / "dbt_project.yml").write_text(INSTALLER_PROJECT)
    dbt = Path(sysconfig.get_path("scripts")) / "dbt"
    try:
        result = subprocess.run(
            [dbt, "deps", "--no-send-anonymous-usage-stats"],
            cwd=staging,
            capture_output=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return result.returncode == 0 and _are_there(staging / "dbt_packages", names)


def _hub_answers() -> bool:
    """Ask first, in seconds: without the hub ``dbt deps`` tries for ten seconds and ends in a traceback."""
    try:
        return bool(requests.get(f"{HUB_URL}api/v1/index.json", timeout=PROBE_SECONDS).ok)
    except requests.RequestException:
        return False


def _copy_bundled(root: Path, target: Path, names: list[str]) -> None:
    shutil.rmtree(target, ignore_errors=True)
    bundled = root / "packages"
    if not _are_there(bundled, names):
        raise LeadhouseError(
            f"{HUB_URL} cannot be used from here, and {bundled} lacks some of {', '.join(names)}"
        )
    for name in names:
        shutil.copytree(bundled / name, target / name)


def _package_names(root: Path) -> list[str]:
    packages = yaml.safe_load((root / "packages.yml").read_text())["packages"]
    return [entry["package"].split("/")[1] for entry in packages]


def _are_there(folder: Path, names: list[str]) -> bool:
    return all((folder / name / "dbt_project.yml").is_file() for name in names)


def _fingerprint(root: Path) -> str:
    """Changes whenever the packages have to be installed again."""
    digest = hashlib.sha256((root / "packages.yml").read_bytes())
    for path in sorted(path for path in (root / "packages").rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


if __name__ == "__main__":
    try:
        print(install(Path.cwd()))
    except LeadhouseError as error:
        sys.exit(f"error: {error}")
