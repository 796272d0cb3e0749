"""What a network writes: each symbol is drawn by the probabilities that the network gives after those before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bnsim.arrays import LabelArray
from experiments.spec import Progress
from models.capabilities import Probabilistic
from models.sequences import SequenceShape, as_rows


def continued(
    model: Probabilistic,
    starts: Sequence[LabelArray],
    shape: SequenceShape,
    n_symbols: int,
    generator: np.random.Generator,
    progress: Progress,
) -> LabelArray:
    """Let a network go on with strings.

    Parameters
    ----------
    model
        A fitted classifier of strings.
    starts
        Strings to go on with, each (symbol,).
    shape
        (time, channel) of a row, with the mask; the network sees as many symbols as a row has steps.
    n_symbols
        Number of symbols to be written after each string.
    generator
        Draws the symbols.
    progress
        Called after each symbol.

    Returns
    -------
    array
        What was written (string, symbol).
    """
    lines = [list(start) for start in starts]
    for number in range(n_symbols):
        shares = model.predict_proba(_rows([line[-shape[0] :] for line in lines], shape))
        below = np.cumsum(shares, axis=1)[:, :-1]
        drawn = model.classes_[(generator.random((len(lines), 1)) >= below).sum(axis=1)]
        for line, symbol in zip(lines, drawn, strict=True):
            line.append(symbol)
        progress(number + 1, n_symbols)
    return np.array([line[-n_symbols:] for line in lines], np.int64)


def _rows(strings: Sequence[Sequence[int]], shape: SequenceShape) -> LabelArray:
    steps = np.zeros((len(strings), shape[0], shape[1] - 1))
    for place, string in enumerate(strings):
        steps[place, np.arange(len(string)), string] = 1
    return as_rows(steps, [len(string) for string in strings])
