"""What is done around each script of a gallery."""

from __future__ import annotations

import gc
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


def only_its_own(conf: dict[str, Any], script: str, when: str) -> None:
    """Take what is there before a script out of garbage collection.

    Each run of Brian2 begins with one, which takes four tenths of a second among all objects of Sphinx and of the
    libraries: a tenth of the build.

    Parameters
    ----------
    conf
        Settings of the galleries.
    script
        Name of the script.
    when
        "before" or "after" it runs.
    """
    if when == "before":
        gc.collect()
        gc.freeze()
