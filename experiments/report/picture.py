"""A figure as the page holds it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class Picture:
    """Heading, address, what it says to those who cannot see it, and what stands below it."""

    title: str
    address: str
    alternative: str
    caption: str = ""


def address(path: Path) -> str:
    """An address that carries the whole image."""
    return f"data:{_KINDS[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
