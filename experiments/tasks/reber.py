"""`reber`: strings of the embedded Reber grammar; which symbol closes them?

A Reber string is a walk on a graph of six states (`GRAMMAR`) between the symbols B and E, where both ways out of a
state are equally probable. An embedded string is B, T or P, a Reber string, the second symbol again, E. A sample is the
string up to and with the E of the inner one; its class is the symbol that comes next, T or P: the second symbol, which
has to be kept while a string of 5 to 25 symbols passes that says nothing of it, and holds T and P itself. Strings with
a longer inner one (2 of 1000) are drawn anew. As usual with this grammar short strings come often, in training and in
test.

A step is a symbol: 7 channels, of which that of the symbol is 1, and the mask.

References
----------
Reber (1967), J. Verbal Learning and Verbal Behavior 6:855-863: the grammar. Cleeremans, Servan-Schreiber & McClelland
(1989), Neural Computation 1:372-381, and Hochreiter & Schmidhuber (1997), Neural Computation 9:1735-1780: embedded.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from experiments.tasks import Task
from experiments.tasks.dataset import Dataset
from experiments.tasks.sequences import of_sequences

SYMBOLS = "BTPSXVE"
"""In the order of the channels."""
GRAMMAR: Mapping[int, tuple[tuple[str, int], tuple[str, int]]] = MappingProxyType(
    {
        0: (("T", 1), ("P", 2)),
        1: (("S", 1), ("X", 3)),
        2: (("T", 2), ("V", 4)),
        3: (("X", 2), ("S", 5)),
        4: (("P", 3), ("V", 5)),
    }
)
"""State -> symbol and next state of its two ways out; 5 is the end."""
END = 5
LONGEST = 25
"""Symbols of an inner string."""
N_TRAIN, N_VALIDATION, N_TEST = 50_000, 5000, 5000
"""Strings; those for validation are among those for training."""
CLASSES = "TP"
_SEED = 0x4EBE


def inner(generator: np.random.Generator) -> str:
    """Draw a Reber string.

    Parameters
    ----------
    generator
        Chooses the ways.

    Returns
    -------
    str
        The string, from B to E.
    """
    while True:
        state, symbols = 0, "B"
        for way in generator.integers(2, size=LONGEST - 2):
            symbol, state = GRAMMAR[state][way]
            symbols += symbol
            if state == END:
                return symbols + "E"


def load(data_dir: Path | None) -> Dataset:
    """Draw the strings, always the same.

    Parameters
    ----------
    data_dir
        Not used: the strings are drawn.

    Returns
    -------
    Dataset
        50,000 strings to train on, the last 5000 of them for validation, and 5000 to test on.
    """
    generator = np.random.default_rng(_SEED)
    y = generator.integers(2, size=N_TRAIN + N_TEST)
    strings = [f"B{CLASSES[label]}{inner(generator)}" for label in y]
    n_steps = LONGEST + 2
    padded = np.frombuffer("".join(string.ljust(n_steps) for string in strings).encode(), np.uint8)
    steps = padded.reshape(len(y), n_steps, 1) == np.frombuffer(SYMBOLS.encode(), np.uint8)
    return of_sequences(
        "reber",
        steps.astype(np.uint8),
        y,
        tuple(CLASSES),
        [len(string) for string in strings],
        n_train=N_TRAIN,
        n_validation=N_VALIDATION,
    )


TASK = Task("reber", "sequences: the symbol that closes a string of the embedded Reber grammar, 55,000 strings", load)
