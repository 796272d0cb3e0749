"""The cache of compiled networks: one folder for each fingerprint, created under a lock, complete or absent."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import filelock
import platformdirs

from bnsim.errors import InputError, MachineError

BINARY = "main"
MANIFEST = "manifest.json"
_LOCK, _BUILDING = ".lock", "building-"


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
        If the folder cannot be created or written to.
    """
    chosen = folder or os.environ.get("BNSIM_CACHE") or Path(platformdirs.user_cache_dir("bnsim")) / "networks"
    path = Path(chosen).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cache: cannot use {path} ({error.strerror}); set BNSIM_CACHE to a folder that can be written"
        ) from None
    if not os.access(path, os.W_OK):
        raise InputError(f"cache: cannot write to {path}; set BNSIM_CACHE to a folder that can be written")
    return path


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
    try:
        _clear(folder)
        with filelock.FileLock(folder / f"{fingerprint}{_LOCK}"):
            manifest = _read(entry)  # another process may have built it while this one waited
            return entry, manifest if manifest is not None else _make(folder, entry, make)
    except OSError as error:
        raise MachineError(f"cache: cannot build in {folder} ({error}); free space there or set BNSIM_CACHE") from error


def _clear(folder: Path) -> None:
    """Remove what processes that were killed while they built have left: entries that nobody holds the lock of."""
    for workplace in folder.glob(f"{_BUILDING}*"):
        fingerprint = workplace.name.removeprefix(_BUILDING).partition("-")[0]
        with suppress(filelock.Timeout), filelock.FileLock(folder / f"{fingerprint}{_LOCK}", timeout=0):
            shutil.rmtree(workplace, ignore_errors=True)


def _make(folder: Path, entry: Path, make: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    workplace = Path(tempfile.mkdtemp(prefix=f"{_BUILDING}{entry.name}-", dir=folder))
    try:
        manifest = make(workplace)
        manifest["checksum"] = _checksum(workplace / BINARY)
        (workplace / MANIFEST).write_text(json.dumps(manifest, indent=1))
        if entry.exists():
            shutil.rmtree(entry)
        workplace.rename(entry)
    except BaseException:
        shutil.rmtree(workplace, ignore_errors=True)
        raise
    return manifest


def _read(entry: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads((entry / MANIFEST).read_text())
        whole = manifest["checksum"] == _checksum(entry / BINARY)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return manifest if whole else None


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
