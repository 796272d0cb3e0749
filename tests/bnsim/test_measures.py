"""Measures against answers that can be worked out by hand."""

import neo
import numpy as np
import pytest
import quantities as pq

from bnsim import measures
from bnsim.errors import InputError
from bnsim.recording import Recording, SpikeTimes

# Two trials of 100 ms, three units. Unit 0 ticks every 10 ms in both, unit 1 spikes 2 ms after it in trial 0
# only, unit 2 spikes once.
TICKS = np.arange(0.005, 0.1, 0.01)
TRAINS = {(0, 0): TICKS, (0, 1): TICKS + 0.002, (0, 2): np.array([0.05]), (1, 0): TICKS}


@pytest.fixture
def recording() -> Recording:
    counts = np.zeros((2, 3), dtype=int)
    rows = []
    for (trial, unit), times in TRAINS.items():
        counts[trial, unit] = len(times)
        rows += [(trial, unit, time) for time in times]
    trial, unit, time = (
        np.array(column) for column in zip(*sorted(rows, key=lambda row: (row[0], row[2])), strict=True)
    )
    return Recording(
        duration=0.1,
        dt=0.001,
        trials=np.arange(2, dtype=np.uint64),
        counts={"cells": counts, "unseen": np.ones((2, 4), dtype=int)},
        spikes={"cells": SpikeTimes(trial, unit, time)},
    )


def neo_train(times: list[float], t_start: float = 0.0) -> neo.SpikeTrain:
    return neo.SpikeTrain(
        np.array(times) * 1000, units=pq.ms, t_start=t_start * 1000 * pq.ms, t_stop=(t_start + 2) * pq.s
    )


def test_rates(recording: Recording) -> None:
    np.testing.assert_allclose(measures.rates(recording, "cells"), [[100, 100, 10], [100, 0, 0]])
    np.testing.assert_allclose(measures.rates(recording, "unseen"), np.full((2, 4), 10.0))
    np.testing.assert_allclose(measures.rates([[0.1, 0.2], []], duration=0.5), [4, 0])
    np.testing.assert_allclose(measures.rates([neo_train([0.1, 0.2, 0.3])]), [1.5])


def test_intervals_never_span_trials(recording: Recording) -> None:
    intervals = measures.interspike_intervals(recording, "cells")
    assert [len(values) for values in intervals] == [18, 9, 0]
    np.testing.assert_allclose(intervals[0], 0.01)
    np.testing.assert_allclose(measures.interspike_intervals([[0.3, 0.1, 0.6]])[0], [0.2, 0.3])


def test_coefficient_of_variation(recording: Recording) -> None:
    np.testing.assert_allclose(measures.coefficient_of_variation(recording, "cells"), [0, 0, np.nan], atol=1e-12)
    # Intervals 1 and 3: mean 2, standard deviation 1.
    np.testing.assert_allclose(measures.coefficient_of_variation([[0, 1, 4], [0, 1], []]), [0.5, np.nan, np.nan])


def test_first_spike_latency(recording: Recording) -> None:
    expected = [[0.005, 0.007, 0.05], [0.005, np.nan, np.nan]]
    np.testing.assert_allclose(measures.first_spike_latency(recording, "cells"), expected)
    np.testing.assert_allclose(measures.first_spike_latency([neo_train([1.25, 1.5], t_start=1.0), []]), [0.25, np.nan])


def test_spike_time_tiling(recording: Recording) -> None:
    matrix = measures.spike_time_tiling(recording, "cells", trial=0, units=[0, 1], window=0.003)
    np.testing.assert_allclose(matrix, 1.0)
    assert np.isnan(measures.spike_time_tiling(recording, "cells", trial=1)[1]).all()
    # By hand: no spike of either within 10 ms of the other, each tiles 2 x 10 ms of 1 s,
    # hence (0 - 0.02) / (1 - 0) for both halves of the coefficient.
    apart = measures.spike_time_tiling([[0.2], [0.7]], window=0.01, duration=1.0)
    np.testing.assert_allclose(apart, [[1, -0.02], [-0.02, 1]])


def test_spike_contrast(recording: Recording) -> None:
    together = [np.linspace(0.05, 0.95, 10)] * 5
    spread = [np.linspace(0.05, 0.95, 10) + shift for shift in (-0.04, -0.02, 0, 0.02, 0.04)]
    assert measures.spike_contrast(together, duration=1.0) == pytest.approx(1.0, abs=1e-9)
    assert measures.spike_contrast(spread, duration=1.0) < 0.9
    assert np.isnan(measures.spike_contrast(recording, "cells", trial=1))


def test_cross_correlation_finds_the_lag(recording: Recording) -> None:
    lags, pairs = measures.cross_correlation(recording, "cells", units=(0, 1), bin_width=0.001, max_lag=0.005)
    np.testing.assert_allclose(lags, np.arange(-5, 6) * 0.001)
    assert pairs.tolist() == [0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda r: measures.rates(r, "cell"),
            "unknown population 'cell'; the recording holds 'cells', 'unseen'",
        ),
        (lambda r: measures.rates(r), "no population was named; the recording holds 'cells', 'unseen'"),
        (lambda r: measures.rates(r, "cells", duration=1.0), "know their length; leave duration out"),
        (lambda r: measures.rates([[0.1]]), "pass duration in seconds"),
        (lambda r: measures.rates([[0.1]], duration=-1.0), r"measures.duration: -1.0 is not a positive time"),
        (lambda r: measures.rates([[0.1, 0.7]], duration=0.5), "a spike at 0.7 s lies after the 0.5 s given"),
        (
            lambda r: measures.rates([[0.1]], "cells", duration=1.0),
            "population 'cells' was named with plain spike trains",
        ),
        (lambda r: measures.interspike_intervals(r, "unseen"), r"run again with record=\['unseen'\]"),
        (
            lambda r: measures.spike_contrast(r, "cells", trial=2),
            "no trial 2; the recording holds trials 0 to 1",
        ),
        (lambda r: measures.spike_contrast(r, "cells", min_bin=0.06), "more than half of the trial"),
        (lambda r: measures.spike_time_tiling(r, "cells", units=[3]), "no unit 3; there are units 0 to 2"),
        (lambda r: measures.spike_time_tiling(r, "cells", window=0.0), "window: 0.0 is not a positive time"),
        (
            lambda r: measures.cross_correlation(r, "cells", units=(0, 1), max_lag=0.2),
            "max_lag: 0.2 s does not lie",
        ),
    ],
)
def test_errors_name_culprit_and_remedy(recording: Recording, call, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        call(recording)
    assert "\n" not in str(raised.value)
