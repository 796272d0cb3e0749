"""Which sample is presented when, with which learning rate, and where the training is watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def presentation_order(random_state: int, n_samples: int, n_passes: int) -> NDArray[np.int64]:
    """Return which sample is presented when: a new permutation for each pass, the same for every classifier.

    Parameters
    ----------
    random_state : int
        Seed.
    n_samples : int
        Training samples.
    n_passes : int
        Presentations of each.

    Returns
    -------
    ndarray of int, shape (n_samples * n_passes,)
        Index of the sample of each presentation.
    """
    generator = np.random.default_rng([random_state, 0x0BDE])
    passes = [generator.permutation(n_samples) for _ in range(n_passes)]
    return np.concatenate([np.zeros(0, np.int64), *passes])


def falling(final_rate: float, first: int, n: int, total: int | None) -> NDArray[np.float64]:
    """Return the learning rate at each of some presentations, in units of the first one: it falls linearly.

    Parameters
    ----------
    final_rate : float
        What it is after the last presentation.
    first : int
        Presentations seen before.
    n : int
        Presentations to come.
    total : int or None
        Presentations of the whole training; None where that is not known, and the rate stays.

    Returns
    -------
    ndarray, shape (n,)
        1 - (1 - final_rate) p / total at presentation p, counted from 0.
    """
    if total is None:
        return np.ones(n)
    return 1 - (1 - final_rate) * (first + np.arange(n)) / total


@dataclass(frozen=True)
class Schedule:
    """What `fit` asks of the training: which sample comes when, and where it is watched.

    Parameters
    ----------
    order : ndarray of int, shape (n_presentations,)
        Index of the sample of each presentation, all passes in one array.
    checkpoints : tuple of int
        Increasing numbers of presentations after which the learning curve has a point.
    watch : callable
        To be called as watch(samples_seen) after each chunk: reports progress, takes the point that is due, shows the
        model.
    begin : callable
        Is called by `chunks` before the first chunk: has the model watched before it learns, or sets it to where an
        interrupted training ends; returns the presentations that it has seen.
    """

    order: NDArray[np.int64]
    checkpoints: tuple[int, ...]
    watch: Callable[[int], None]
    begin: Callable[[], int]

    def __len__(self) -> int:
        return len(self.order)

    def chunks(self, size: int, batch: int = 1) -> Iterator[tuple[int, int]]:
        """Cut the presentations into chunks, with a cut at every checkpoint.

        Parameters
        ----------
        size : int
            Most presentations of a chunk.
        batch : int
            Presentations of a batch; a checkpoint moves to the first boundary of a batch at or after it.

        Yields
        ------
        tuple of int
            (start, stop) of a chunk. When the first is asked for, the model must have its initial weights.
        """
        seen, total = self.begin(), len(self)
        at_checkpoints = {-(-checkpoint // batch) * batch for checkpoint in self.checkpoints}
        cuts = {total, *range(0, total, size), *(cut for cut in at_checkpoints if cut < total)}
        yield from pairwise([seen, *sorted(cut for cut in cuts if cut > seen)])
