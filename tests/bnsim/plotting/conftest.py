"""A small recording with known spikes, and a backend that opens no window."""

from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pytest

from bnsim.recording import Recording, SampledTrace, SpikeTimes


@pytest.fixture(autouse=True)
def no_window() -> Iterator[None]:
    from matplotlib import pyplot

    mpl.use("Agg")
    before = dict(mpl.rcParams)
    yield
    pyplot.close("all")
    assert dict(mpl.rcParams) == before, "a plot changed matplotlib's global settings"


@pytest.fixture
def recording() -> Recording:
    """Two trials of 20 ms: unit k of 'input' spikes at (k + 1) ms, in trial 1 only unit 0."""
    inputs = SpikeTimes(np.array([0, 0, 0, 0, 1]), np.array([0, 1, 2, 3, 0]), np.array([1, 2, 3, 4, 1]) / 1000)
    cells = SpikeTimes(np.array([0, 1]), np.array([1, 1]), np.array([0.010, 0.015]))
    values = np.linspace(-0.07, -0.05, 80).reshape(2, 20, 2)
    return Recording(
        duration=0.02,
        dt=0.001,
        trials=np.arange(2, dtype=np.uint64),
        counts={
            "input": np.array([[1, 1, 1, 1], [1, 0, 0, 0]]),
            "cells": np.array([[0, 1], [0, 1]]),
            "quiet": np.zeros((2, 3), int),
        },
        spikes={"input": inputs, "cells": cells},
        traces={"cells": {"v": SampledTrace(values, np.arange(20) / 1000, "V", np.arange(2))}},
    )
