"""A figure that is embedded in the page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class Picture:
    """A figure that is embedded in the page.

    Parameters
    ----------
    title
        Heading.
    address
        Data URL of the image.
    alternative
        Description for readers who cannot see the image.
    caption
        Text below the image.
    """

    title: str
    address: str
    alternative: str
    caption: str = ""


def address(path: Path) -> str:
    """Return a data URL that contains the whole image.

    Parameters
    ----------
    path
        Path of an .svg or .png file.

    Returns
    -------
    str
        The URL.
    """
    return f"data:{_KINDS[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
