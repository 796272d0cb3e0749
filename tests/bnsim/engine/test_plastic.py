"""Learning off means that nothing changes; learning on changes all that should."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import ms

from .networks import intensities, learner, three_factor

PERSISTENT = ("input_to_cells.w", "cells.theta")


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_no_bit_of_the_state_changes_where_learning_is_off(backend: str) -> None:
    simulator = learner(backend)
    start, _ = simulator.run(simulator.initial_state(1), intensities(5), key=3)
    after, recording = simulator.run(start, intensities(5), key=4, plastic=False)
    assert recording.counts["cells"].sum() > 20
    assert list(after) == list(start)
    held, _ = simulator.run(after, intensities(0))  # returns what the network's process holds now
    for name in start:
        assert held[name].tobytes() == after[name].tobytes() == start[name].tobytes(), name


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_nothing_persistent_changes_in_a_continuous_run(backend: str) -> None:
    simulator = learner(backend)
    start, _ = simulator.run_for(simulator.initial_state(1), 150 * ms, intensities(5))
    after, recording = simulator.run_for(start, 150 * ms, intensities(5), plastic=False)
    assert recording.counts["cells"].sum() > 20
    held, _ = simulator.run(after, intensities(0))
    for name in PERSISTENT:
        assert held[name].tobytes() == after[name].tobytes() == start[name].tobytes(), name
    assert not np.array_equal(after["cells.v"], start["cells.v"])


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
@pytest.mark.parametrize("continuous", [False, True], ids=["trials", "continuous"])
def test_learning_changes_weights_and_thresholds(backend: str, continuous: bool) -> None:
    simulator = learner(backend)
    start = simulator.initial_state(1)
    if continuous:
        after, _ = simulator.run_for(start, 150 * ms, intensities(5), plastic=True)
    else:
        after, _ = simulator.run(start, intensities(5), key=3, plastic=True)
    for name in PERSISTENT:
        assert (after[name] != start[name]).any(), name
    fixed = set(start) - set(PERSISTENT)
    if not continuous:
        assert all(after[name].tobytes() == start[name].tobytes() for name in fixed)


def test_an_unchanged_threshold_still_acts() -> None:
    """Off means frozen, not absent: raised thresholds make the same input fire fewer spikes."""
    simulator = learner("cpp")
    start = simulator.initial_state(1)
    raised = start.replace({"cells.theta": np.full(9, 5e-3)})
    counts = [
        simulator.run(state, intensities(20), key=3, plastic=False)[1].counts["cells"].sum()
        for state in (start, raised)
    ]
    assert counts[1] < 0.9 * counts[0]


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_the_end_of_a_trial_changes_nothing_either(backend: str) -> None:
    simulator = three_factor().compile(trial=10 * ms, dt=0.5 * ms, backend=backend)
    start = simulator.initial_state(0)
    spikes = [(np.array([0.001, 0.002]), np.array([0, 1]))]
    off, _ = simulator.run(start, spikes, plastic=False)  # and no target needs to be told
    held, _ = simulator.run(off, [], signals={"readout.target": np.zeros((0, 2))})
    assert held["readout.w"].tobytes() == off["readout.w"].tobytes() == start["readout.w"].tobytes()
    on, _ = simulator.run(start, spikes, signals={"readout.target": np.zeros((1, 2))})
    assert (on["readout.w"] != start["readout.w"])[:4].all()
    standstill, _ = simulator.run(
        start, spikes, signals={"readout.target": np.zeros((1, 2)), "readout.learning_rate_factor": np.zeros(1)}
    )
    assert standstill["readout.w"].tobytes() == start["readout.w"].tobytes()
