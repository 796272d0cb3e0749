"""Which sample is presented when, the same for every classifier, and where the training is watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def presentation_order(random_state: int, n_samples: int, n_passes: int) -> NDArray[np.int64]:
    """Which sample is presented when, the same for every classifier: a fresh permutation for each pass."""
    generator = np.random.default_rng([random_state, 0x0BDE])
    passes = [generator.permutation(n_samples) for _ in range(n_passes)]
    return np.concatenate([np.zeros(0, np.int64), *passes])


@dataclass(frozen=True)
class Schedule:
    """What `fit` asks of the training: which sample comes when, and where it is watched.

    order: index of the sample shown in each presentation, all passes in one array.
    checkpoints: increasing numbers of presentations after which the learning curve has a point.
    watch: to be called as watch(samples_seen) after each chunk; reports progress, takes the point that is
    due, shows the model. `chunks` calls it with 0 before the first chunk.
    """

    order: NDArray[np.int64]
    checkpoints: tuple[int, ...]
    watch: Callable[[int], None]

    def __len__(self) -> int:
        return len(self.order)

    def chunks(self, size: int, batch: int = 1) -> Iterator[tuple[int, int]]:
        """Cut the presentations into (start, stop) of at most `size`, with a cut at every checkpoint.

        Where learning goes by batches, a checkpoint moves to the first batch boundary at or after it. When
        the first chunk is asked for, the model must have its initial weights: it is watched before it learns.
        """
        self.watch(0)
        total = len(self)
        at_checkpoints = {-(-checkpoint // batch) * batch for checkpoint in self.checkpoints}
        cuts = sorted({0, total, *range(0, total, size), *(cut for cut in at_checkpoints if cut < total)})
        yield from pairwise(cuts)
