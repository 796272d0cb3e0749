"""Maximum pooling of spikes, against the running maximum of spike counts."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms
from numpy.typing import NDArray

import bnsim
from models.spiking.pooling import Counting, LargestCount

STEPS = 40


def pooled(trains: NDArray[np.bool_], windows: list[list[int]], backend: str) -> NDArray[np.int64]:
    """Spikes up to each step (step, window) of maxima over given trains (step, unit)."""
    steps, units = np.nonzero(trains)
    given = bnsim.SpikeTrains()
    ends = [(source, target) for target, window in enumerate(windows) for source in window]
    network = bnsim.Network(
        [bnsim.Population("a", trains.shape[1], given), bnsim.Population("b", len(windows), LargestCount())],
        [bnsim.Projection("a", "b", Counting(), 1.0, bnsim.EdgeList(*np.transpose(ends)))],
    )
    simulator = network.compile(trial=len(trains) * ms, dt=1 * ms, backend=backend)
    stimulus = {"a": [(steps * 1e-3, units)]}
    _, recording = simulator.run(simulator.initial_state(0), stimulus, record=[bnsim.Spikes("b")])
    return recording.binned("b", 1e-3)[0].cumsum(axis=0)


@pytest.mark.parametrize("backend", ["numpy", pytest.param("cpp", marks=pytest.mark.slow)])
def test_counts_are_the_largest_count_of_a_step_before(backend: str) -> None:
    """Random trains, silent and saturated units among them; windows of many sizes that overlap."""
    rng = np.random.default_rng(0)
    trains = rng.random((STEPS, 9)) < np.array([0.0, 0.1, 0.4, 0.5, 0.5, 0.6, 0.9, 1.0, 0.3])
    windows = [[0], [7], [0, 1], [2, 3, 4, 5], [3, 4, 5], [1, 2, 6], [0, 1, 2, 3, 4, 5, 6, 7, 8]]
    found = pooled(trains, windows, backend)
    before = np.vstack([np.zeros((1, 9), int), trains.cumsum(axis=0)[:-1]])
    np.testing.assert_array_equal(found, np.stack([before[:, window].max(axis=1) for window in windows], axis=1))


def test_spikes_are_not_counted_twice_when_the_lead_changes() -> None:
    """Two units fire twice in turn, then the second one once more: 1, 2, and 3 with the last spike alone."""
    trains = np.zeros((12, 2), bool)
    trains[[0, 1], 0] = trains[[4, 5, 8], 1] = True
    assert np.flatnonzero(np.diff(pooled(trains, [[0, 1]], "numpy")[:, 0], prepend=0)).tolist() == [1, 2, 9]


def test_spikes_of_one_step_are_one() -> None:
    trains = np.zeros((4, 3), bool)
    trains[0] = True
    assert pooled(trains, [[0, 1, 2]], "numpy")[:, 0].tolist() == [0, 1, 1, 1]
