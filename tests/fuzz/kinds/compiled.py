"""The cache of compiled networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bnsim.engine import cache
from tests.fuzz import damage
from tests.fuzz.kinds.kind import Kind, command


def use_cache(path: Path) -> None:
    """List a cache, and look an entry of it up."""
    folder = path.parents[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BNSIM_CACHE", str(folder))
        command("cache")
    cache.fetch(folder, path.parent.name, _entry)


def _entry(place: Path) -> dict[str, Any]:
    (place / cache.BINARY).write_bytes(b"binary")
    return {"network": "a 1"}


def kinds(folder: Path) -> list[Kind]:
    """The manifest of a cache with one entry."""
    folder.chmod(0o700)
    entry, _ = cache.fetch(folder, "0" * 64, _entry)
    return [Kind("cache", (entry / cache.MANIFEST,), damage.of_json, use_cache, 0.5)]
