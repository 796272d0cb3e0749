"""The cache of compiled networks: one folder for each fingerprint, created under a lock, complete or absent.

What lies in it is run. Therefore nobody else may write to it, unless a group shares one on purpose: with the
environment variable BNSIM_CACHE_SHARED set to 1, the group of the folder may. A cache that cannot be written to serves
what it holds. Machines can give each other what they have compiled (`exchanging`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import filelock
import platformdirs

from bnsim.documents import of_json
from bnsim.errors import InputError, MachineError

BINARY = "main"
MANIFEST = "manifest.json"
SHARED = "BNSIM_CACHE_SHARED"
_LOCK, _BUILDING = ".lock", "building-"


@dataclass(frozen=True)
class Entry:
    """A compiled network in a cache.

    Parameters
    ----------
    folder : Path
        Its folder.
    network : str
        Its populations and their sizes.
    n_bytes : int
        Size of its files.
    used : float
        When it was last looked up, in seconds since 1970.
    """

    folder: Path
    network: str
    n_bytes: int
    used: float


@dataclass(frozen=True)
class Compiled:
    """What a machine gives to another one.

    Parameters
    ----------
    manifest : dict
        The manifest, with the binary's checksum.
    binary : bytes
        The program.
    """

    manifest: dict[str, Any]
    binary: bytes


class Exchange(Protocol):
    """Where machines give each other what they have compiled.

    The name of an entry says everything that its binary depends on, the compiler and the processor too: machines that
    differ in these ask for different names.
    """

    def get(self, fingerprint: str) -> Compiled | None:
        """Return what another machine has compiled, if any has.

        Parameters
        ----------
        fingerprint : str
            Name of the entry.

        Returns
        -------
        Compiled or None
            What was put there.
        """

    def put(self, fingerprint: str, compiled: Compiled) -> None:
        """Give to others what this machine has compiled.

        Parameters
        ----------
        fingerprint : str
            Name of the entry.
        compiled : Compiled
            What was compiled.
        """


_EXCHANGE: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


@contextmanager
def exchanging(exchange: Exchange) -> Iterator[None]:
    """Take from an exchange what this cache lacks, and give to it what is compiled, inside the context.

    Parameters
    ----------
    exchange : Exchange
        Must be trusted as the cache is: what comes from it is run.
    """
    token = _EXCHANGE.set(exchange)
    try:
        yield
    finally:
        _EXCHANGE.reset(token)


def cache_folder(folder: str | Path | None = None) -> Path:
    """Return the folder of compiled networks, created where it does not exist.

    Parameters
    ----------
    folder : str or Path, optional
        The folder. Default: the environment variable BNSIM_CACHE, else the user's cache folder.

    Returns
    -------
    Path
        The absolute path.

    Raises
    ------
    InputError
        If the folder cannot be created, or others could have put programs into it.
    """
    chosen = folder or os.environ.get("BNSIM_CACHE") or Path(platformdirs.user_cache_dir("bnsim")) / "networks"
    path = Path(chosen).expanduser().resolve()
    try:
        if not path.is_dir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _shared():
                path.chmod(0o2770)
        _check_trust(path)
    except OSError as error:
        raise InputError(
            f"cache: cannot use {path} ({error.strerror}); set BNSIM_CACHE to a folder that can be written"
        ) from None
    return path


def _shared() -> bool:
    return os.environ.get(SHARED, "") not in ("", "0")


def _check_trust(path: Path) -> None:
    """Refuse a folder into which somebody else could have put programs."""
    if not hasattr(os, "getuid"):
        return
    found = path.stat()
    if found.st_uid not in (os.getuid(), 0) and not _shared():
        raise InputError(
            f"cache: {path} belongs to another user, whose programs would be run; set BNSIM_CACHE to a folder of your "
            f"own, or {SHARED}=1 to share this one with its group"
        )
    others = stat.S_IWOTH if _shared() else stat.S_IWOTH | stat.S_IWGRP
    if found.st_mode & others:
        who = "everybody" if found.st_mode & stat.S_IWOTH else "its group"
        raise InputError(
            f"cache: {who} can write programs into {path}, and they would be run; empty it and say `chmod "
            f"{'o-w' if _shared() else 'go-w'} {path}`"
            + (f", or set {SHARED}=1 to share it with its group" if who == "its group" else "")
        )


def entries(folder: Path) -> list[Entry]:
    """Return what a cache holds.

    Parameters
    ----------
    folder : Path
        The cache folder.

    Returns
    -------
    list of Entry
        The networks, last used first.
    """
    found = []
    for manifest in folder.glob(f"*/{MANIFEST}"):
        with suppress(OSError, ValueError, AttributeError):  # another process is removing it, or it is damaged
            network = str(of_json(manifest.read_text()).get("network", ""))
            sizes = (path.stat().st_size for path in manifest.parent.rglob("*") if path.is_file())
            found.append(Entry(manifest.parent, network, sum(sizes), manifest.stat().st_mtime))
    return sorted(found, key=lambda entry: -entry.used)


def prune(folder: Path, older_than: float | None = None, down_to: int | None = None) -> list[Entry]:
    """Remove networks from a cache; those in use are compiled again when they are needed.

    Parameters
    ----------
    folder : Path
        The cache folder.
    older_than : float, optional
        Remove those that nobody has looked up for so many seconds.
    down_to : int, optional
        Remove the longest unused until the others have no more than so many bytes.

    Returns
    -------
    list of Entry
        What was removed: all, if neither is given.
    """
    _clear(folder)
    kept, removed = 0, []
    everything = older_than is None and down_to is None
    for entry in entries(folder):
        kept += entry.n_bytes
        old = older_than is not None and time.time() - entry.used > older_than
        if everything or old or (down_to is not None and kept > down_to):
            with suppress(filelock.Timeout), _lock(folder, entry.folder.name, timeout=0):
                shutil.rmtree(entry.folder, ignore_errors=True)
                (folder / f"{entry.folder.name}{_LOCK}").unlink(missing_ok=True)
                removed.append(entry)
    return removed


def fetch(folder: Path, fingerprint: str, make: Callable[[Path], dict[str, Any]]) -> tuple[Path, dict[str, Any]]:
    """Return an entry's folder and manifest; an entry that is missing or damaged is built first.

    Parameters
    ----------
    folder : Path
        The cache folder.
    fingerprint : str
        Name of the entry.
    make : callable
        Function of a folder that writes the binary into it and returns the manifest.

    Returns
    -------
    entry : Path
        Folder of the entry.
    manifest : dict
        What `make` returned, with the binary's checksum.

    Raises
    ------
    InputError
        If it must be built, and the folder cannot be written to.
    MachineError
        If the disk fails.

    Notes
    -----
    A partly built or truncated entry is never used: the manifest is written last and holds the binary's checksum, and
    the folder is renamed to its final name when it is complete.
    """
    entry = folder / fingerprint
    manifest = _read(entry)
    if manifest is not None:
        return entry, manifest
    if not os.access(folder, os.W_OK):
        raise InputError(f"cache: cannot write to {folder}; set BNSIM_CACHE to a folder that can be written")
    try:
        _clear(folder)
        with _lock(folder, fingerprint):
            manifest = _read(entry)  # another process may have built it while this one waited
            if manifest is None:
                # Who clears skips what is locked: of an entry with several remains, some may lie there still.
                _remove(folder.glob(f"{_BUILDING}{fingerprint}-*"))
                manifest = _make(folder, entry, make)
            return entry, manifest
    except OSError as error:
        raise MachineError(f"cache: cannot build in {folder} ({error}); free space there or set BNSIM_CACHE") from error


def _lock(folder: Path, fingerprint: str, timeout: float = -1) -> filelock.BaseFileLock:
    mode = 0o660 if _shared() else 0o600
    return filelock.FileLock(folder / f"{fingerprint}{_LOCK}", timeout, mode=mode)


def _clear(folder: Path) -> None:
    """Remove what processes that were killed while they built have left: entries that nobody holds the lock of."""
    for workplace in folder.glob(f"{_BUILDING}*"):
        fingerprint = workplace.name.removeprefix(_BUILDING).partition("-")[0]
        with suppress(filelock.Timeout), _lock(folder, fingerprint, timeout=0):
            _remove([workplace])


def _remove(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _make(folder: Path, entry: Path, make: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    workplace = Path(tempfile.mkdtemp(prefix=f"{_BUILDING}{entry.name}-", dir=folder))
    try:
        manifest = _received(entry.name, workplace) or _made(entry.name, workplace, make)
        (workplace / MANIFEST).write_text(json.dumps(manifest, indent=1))
        if _shared():
            for path in (workplace, *workplace.rglob("*")):
                path.chmod(path.stat().st_mode | (0o070 if path.is_dir() or path.name == BINARY else 0o060))
        if entry.exists():
            shutil.rmtree(entry)
        workplace.rename(entry)
    except BaseException:
        shutil.rmtree(workplace, ignore_errors=True)
        raise
    return manifest


def _made(fingerprint: str, workplace: Path, make: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    manifest = make(workplace)
    binary = (workplace / BINARY).read_bytes()
    manifest["checksum"] = _checksum(binary)
    exchange = _EXCHANGE.get()
    if exchange is not None:
        exchange.put(fingerprint, Compiled(manifest, binary))
    return manifest


def _received(fingerprint: str, workplace: Path) -> dict[str, Any] | None:
    exchange = _EXCHANGE.get()
    found = None if exchange is None else exchange.get(fingerprint)
    if found is None or _checksum(found.binary) != found.manifest.get("checksum"):
        return None
    (workplace / BINARY).write_bytes(found.binary)
    (workplace / BINARY).chmod(0o755)
    return found.manifest


def _read(entry: Path) -> dict[str, Any] | None:
    try:
        manifest = of_json((entry / MANIFEST).read_text())
        whole = manifest["checksum"] == _checksum((entry / BINARY).read_bytes())
    except (OSError, ValueError, KeyError, TypeError):
        return None
    with suppress(OSError):  # of a cache that cannot be written to
        os.utime(entry / MANIFEST)
    return manifest if whole else None


def _checksum(binary: bytes) -> str:
    return hashlib.sha256(binary).hexdigest()
