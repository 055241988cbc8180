"""Copies of files: one of our own to read from, and the archive of those that were accepted."""

import hashlib
import shutil
import time
from pathlib import Path

from leadhouse.errors import LeadhouseError

BLOCK = 4 * 2**20
DAY_SECONDS = 86_400


def copy_and_hash(path: Path, copy: Path) -> str:
    """Copy a file and return the SHA-256 of its bytes.

    What is hashed is what is read later, even if the original changes meanwhile.

    Raises:
        LeadhouseError: the file cannot be read, or the copy not written.
    """
    if not path.is_file():
        raise LeadhouseError(f"{path}: this is no regular file")
    digest = hashlib.sha256()
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with path.open("rb") as source, copy.open("wb") as target:
            while block := source.read(BLOCK):
                digest.update(block)
                target.write(block)
    except OSError as error:
        raise LeadhouseError(f"{error.filename or copy}: {error.strerror}") from error
    return digest.hexdigest()


def archive(copy: Path, folder: Path, byte_hash: str) -> None:
    """Keep an accepted file as ``<folder>/<byte_hash>.csv``."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = folder / f"{byte_hash}.csv"
    if kept.exists():
        kept.touch()
        return
    unfinished = kept.with_suffix(".part")
    shutil.copyfile(copy, unfinished)
    unfinished.replace(kept)


def expire(folder: Path, days: int | None) -> int:
    """Delete archived files that were last delivered more than ``days`` ago; return how many went."""
    if days is None or not folder.is_dir():
        return 0
    oldest = time.time() - days * DAY_SECONDS
    expired = [file for file in folder.iterdir() if file.stat().st_mtime < oldest]
    for file in expired:
        file.unlink(missing_ok=True)
    return len(expired)
