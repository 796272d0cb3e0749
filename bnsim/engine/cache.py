"""The cache of compiled networks: one folder a fingerprint, made under a lock, complete or not there at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock
import platformdirs

from bnsim.errors import InputError, MachineError

BINARY = "main"
MANIFEST = "manifest.json"


def cache_folder(folder: str | Path | None = None) -> Path:
    """The folder of compiled networks: the argument, else the variable BNSIM_CACHE, else the user's cache."""
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
    """The entry's folder and manifest; `make(folder)` builds it first where it is missing or damaged.

    `make` writes the binary and returns the manifest. A half-built or cut-short entry is never used: the manifest is
    written last, holds the binary's checksum, and the folder is renamed into place when it is whole.
    """
    entry = folder / fingerprint
    manifest = _read(entry)
    if manifest is not None:
        return entry, manifest
    try:
        with filelock.FileLock(folder / f"{fingerprint}.lock"):
            manifest = _read(entry)  # another process may have built it while this one waited
            return entry, manifest if manifest is not None else _make(folder, entry, make)
    except OSError as error:
        raise MachineError(f"cache: cannot build in {folder} ({error}); free space there or set BNSIM_CACHE") from error


def _make(folder: Path, entry: Path, make: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    workplace = Path(tempfile.mkdtemp(prefix="building-", dir=folder))
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
