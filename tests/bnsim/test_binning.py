"""Bins of whole steps: a spike on an edge lies in the bin that begins there, whatever its time is rounded to."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, mV

from bnsim import measures
from bnsim.binning import Bins, steps_of, trial_steps, whole_steps, whole_steps_within
from bnsim.errors import InputError
from bnsim.recording import Recording, SpikeTimes

STEPS = [1e-3, 5e-4, 1e-4, 3e-4, 1 / 30_000, 1e-9]


@pytest.mark.parametrize("dt", STEPS)
@pytest.mark.parametrize("per_bin", [1, 3, 10])
def test_every_step_lies_in_its_bin_and_no_other(dt: float, per_bin: int) -> None:
    """Times are the rounded products that a simulation returns, edges those that a user types."""
    steps = np.arange(3000)
    bins = Bins.of("width", per_bin * dt, dt, 3000)
    np.testing.assert_array_equal(bins.place(steps * dt), steps // per_bin)
    np.testing.assert_array_equal(bins.count(steps * dt), np.full(3000 // per_bin, per_bin))
    np.testing.assert_array_equal(bins.place(np.round(steps * dt, 15)), steps // per_bin)


def test_floating_point_bins_would_not_do() -> None:
    """What this module is for: ten trials after each other, a spike each millisecond, bins of 1 ms."""
    times = np.concatenate([np.arange(250) * 0.001 + place * 0.25 for place in range(10)])
    assert set(np.histogram(times, np.linspace(0, 2.5, 2501))[0].tolist()) == {0, 1, 2}
    assert set(Bins.of("width", 0.001, 0.001, 2500).count(times).tolist()) == {1}


def test_the_last_bin_may_be_shorter_and_knows_its_length() -> None:
    bins = Bins.of("width", 0.004, 0.001, 10)
    assert len(bins) == 3
    assert bins.edge_steps.tolist() == [0, 4, 8, 10]
    np.testing.assert_allclose(bins.edges, [0, 0.004, 0.008, 0.010], rtol=1e-15)
    np.testing.assert_allclose(bins.durations, [0.004, 0.004, 0.002], rtol=1e-15)
    assert bins.count(np.arange(10) * 0.001).tolist() == [4, 4, 2]


def test_bins_of_a_stretch_begin_with_it_and_leave_the_rest_out() -> None:
    bins = Bins.of("width", 0.002, 0.001, 5, first_step=3)
    assert bins.edge_steps.tolist() == [3, 5, 7, 8]
    assert bins.count(np.arange(10) * 0.001).tolist() == [2, 2, 1]
    assert bins.place(np.array([0.003, 0.0049999999999, 0.007])).tolist() == [0, 1, 2]


def test_a_bin_may_be_longer_than_the_trial() -> None:
    bins = Bins.of("width", 1.0, 0.001, 10)
    assert (len(bins), bins.durations.tolist()) == (1, [0.01])


def test_plain_times_near_an_edge_lie_on_it() -> None:
    """On a grid of a nanosecond: half a nanosecond is the reach of an edge."""
    bins = Bins.of("width", 0.001, 1e-9, 10_000_000)
    assert bins.place(0.003 + np.array([-1e-9, -4e-10, -1e-17, 0, 4e-10])).tolist() == [2, 3, 3, 3, 3]


def test_whole_steps_take_seconds_and_quantities() -> None:
    assert whole_steps("width", 0.005, 1e-4) == whole_steps("width", 5 * ms, 1e-4) == 50
    assert whole_steps("width", 3600.0, 1e-4) == 36_000_000
    assert whole_steps("width", 1000.0, 1e-9) == 10**12
    assert whole_steps("width", 0.001, 1 / 30_000) == 30


def test_steps_of_a_trial_and_within_a_time() -> None:
    assert trial_steps("duration", 0.25, 0.001) == 250
    assert trial_steps("duration", 0.1, 1e-9) == 10**8
    assert trial_steps("duration", 0.0255, 0.001) == 26  # a step that has begun counts
    assert [whole_steps_within(time, 0.0005) for time in (0.002, 0.00225, 0.0004)] == [4, 4, 0]
    assert steps_of(np.array([0.0, 0.0004, 0.0006]), 0.001).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("width", "message"),
    [
        (0.0015, "width: 0.0015 s is no whole number of time steps of 0.001 s; give a multiple such as 0.002 s"),
        (0.0002, "width: 0.0002 s is no whole number of time steps of 0.001 s; give a multiple such as 0.001 s"),
        (0.0, "width: 0 s is not a positive time; give a time above 0"),
        (-1 * ms, "width: -0.001 s is not a positive time; give a time above 0"),
        (float("inf"), "width: inf is not finite; give seconds or a quantity such as 5 ms"),
        (1e300, "width: 1e+300 s are more time steps of 0.001 s than can be counted; give a shorter time"),
        (1e-12, "width: 1e-12 s is no whole number of time steps of 0.001 s; give a multiple such as 0.001 s"),
        (5 * mV, "width: V is no unit of time; give seconds or a quantity such as 5 ms"),
    ],
)
def test_other_widths_are_refused(width: float, message: str) -> None:
    with pytest.raises(InputError) as caught:
        Bins.of("width", width, 0.001, 10)
    assert str(caught.value) == message


@pytest.fixture(scope="module")
def clock() -> Recording:
    """250 spikes at k ms in each of 10 trials of 250 ms, of one unit."""
    trial, step = np.divmod(np.arange(2500), 250)
    spikes = SpikeTimes(trial, np.zeros(2500, int), step * 0.001)
    counts = {"clock": np.full((10, 1), 250)}
    return Recording(0.25, 0.001, np.arange(10, dtype=np.uint64), counts, {"clock": spikes})


def test_a_clock_of_a_millisecond_fires_at_1000_hertz_in_every_bin(clock: Recording) -> None:
    assert (clock.binned("clock", 0.001) == 1).all()
    assert (clock.binned("clock", 5 * ms) == 5).all()
    lags, pairs = measures.cross_correlation(clock, "clock", units=(0, 0), bin_width=1 * ms, max_lag=20 * ms)
    np.testing.assert_allclose(lags, np.arange(-20, 21) / 1000, rtol=1e-12)
    assert pairs.tolist() == [250 - abs(lag) for lag in range(-20, 21)]


def test_plain_trains_are_binned_as_those_of_the_recording(clock: Recording) -> None:
    times = clock.spike_times("clock").of_trial(0)[0]
    options = {"units": (0, 0), "bin_width": 0.003, "max_lag": 0.03}
    expected = measures.cross_correlation(clock, "clock", **options)
    for dt in (None, 0.001, 1 * ms):
        found = measures.cross_correlation([times], duration=0.25, dt=dt, **options)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)
