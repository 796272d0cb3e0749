"""What is done around each script of a gallery."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_DOCS = Path(__file__).parents[1]


def without_pictures(conf: dict[str, Any], script: str, when: str) -> None:
    """Remove the pictures that scripts write into their folder: the pages show the figures themselves.

    Parameters
    ----------
    conf
        Settings of the galleries.
    script
        Name of the script.
    when
        "before" or "after" it runs.
    """
    for room in conf["examples_dirs"]:
        for picture in (_DOCS / room).glob("*.png"):
            picture.unlink()
