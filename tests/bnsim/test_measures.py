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


def late(trains: list[list[float]], start: float, length: float, dt: float) -> Recording:
    """A continuous run that begins at `start`, with spikes at times since then."""
    rows = sorted((time + start, unit) for unit, train in enumerate(trains) for time in train)
    times, units = np.array([time for time, _ in rows]), np.array([unit for _, unit in rows])
    return Recording(
        duration=length,
        dt=dt,
        trials=np.zeros(1, dtype=np.uint64),
        counts={"cells": np.array([[len(train) for train in trains]])},
        spikes={"cells": SpikeTimes(np.zeros(len(rows), dtype=int), units, times)},
        start=start,
    )


def neo_train(times: list[float], t_start: float = 0.0) -> neo.SpikeTrain:
    return neo.SpikeTrain(
        np.array(times) * 1000, units=pq.ms, t_start=t_start * 1000 * pq.ms, t_stop=(t_start + 2) * pq.s
    )


def test_a_sole_population_needs_no_name(recording: Recording) -> None:
    """The only one, or the only one whose spike times were recorded."""
    alone = Recording(0.1, 0.001, recording.trials, {"cells": recording.counts["cells"]})
    np.testing.assert_array_equal(measures.rates(alone), measures.rates(recording, "cells"))
    for measure in (measures.first_spike_latency, measures.coefficient_of_variation, measures.spike_time_tiling):
        np.testing.assert_array_equal(measure(recording), measure(recording, "cells"))


def test_rates(recording: Recording) -> None:
    np.testing.assert_allclose(measures.rates(recording, "cells"), [[100, 100, 10], [100, 0, 0]])
    np.testing.assert_allclose(measures.rates(recording, "unseen"), np.full((2, 4), 10.0))
    np.testing.assert_allclose(measures.rates([[0.1, 0.2], []], duration=0.5), [4, 0])
    np.testing.assert_allclose(measures.rates([neo_train([0.1, 0.2, 0.3])]), [1.5])
    np.testing.assert_allclose(measures.rates([neo_train([3.1, 3.2, 3.3], t_start=3.0)]), [1.5])


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
    # Three steps of 40 ms and bins of 60 ms, each half a bin after the one before: the first unit's spikes, at 20 and
    # 100 ms, lie in bins 2, 3, 5 and 6, of which 6 begins at 100 ms; the other's, at 60 ms, in bins 3 and 4. Spikes in
    # bins 2 to 6: 1, 2, 1, 1, 1; contrast 4 / 6, active units (8 / 6 - 1) / 1.
    spikes = [[0.0, 0.08], [0.04]]
    assert measures.spike_contrast(spikes, duration=0.12, dt=0.04, min_bin=0.06) == pytest.approx(2 / 9)
    assert measures.spike_contrast(spread, duration=1.0, min_bin=0.5) < measures.spike_contrast(spread, duration=1.0)
    assert np.isnan(measures.spike_contrast(recording, "cells", trial=1))


def test_a_continuous_run_that_begins_late_is_measured_from_its_start() -> None:
    trains = [[0.0, 0.08], [0.04]]
    run = late(trains, start=3.0, length=0.12, dt=0.04)
    np.testing.assert_allclose(measures.first_spike_latency(run, "cells"), [[0.0, 0.04]], atol=1e-12)
    assert measures.spike_contrast(run, "cells", min_bin=0.06) == pytest.approx(2 / 9)
    lags, pairs = measures.cross_correlation(run, "cells", units=(0, 1), bin_width=0.04, max_lag=0.04)
    np.testing.assert_allclose(lags, [-0.04, 0, 0.04])
    assert pairs.tolist() == [1, 0, 1]


def test_cross_correlation_finds_the_lag(recording: Recording) -> None:
    lags, pairs = measures.cross_correlation(recording, "cells", units=(0, 1), bin_width=0.001, max_lag=0.005)
    np.testing.assert_allclose(lags, np.arange(-5, 6) * 0.001)
    assert pairs.tolist() == [0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda r: measures.rates(r, "cell"),
            "rates.population: unknown population 'cell'; did you mean 'cells'\\? the recording holds 'cells', ",
        ),
        (lambda r: measures.first_spike_latency(r, "cell"), "first_spike_latency.population: unknown population"),
        (lambda r: measures.spike_contrast(r, "cells", duration=1.0), r"^spike_contrast\.duration: a recording knows"),
        (lambda r: measures.rates([neo_train([0.1])], duration=1.0), "duration: Neo spike trains know their length; "),
        (lambda r: measures.rates([[0.1]]), "pass it, as 1.0 for a second$"),
        (lambda r: measures.rates(r), "no population was named; the recording holds 'cells', 'unseen'"),
        (
            lambda r: measures.rates(r, "cells", duration=1.0),
            "rates.duration: a recording knows its length; leave duration out",
        ),
        (
            lambda r: measures.rates([[0.1]]),
            "rates.duration: plain spike times do not tell the length of the trial; pass it",
        ),
        (lambda r: measures.rates([[0.1]], duration=-1.0), "rates.duration: -1 s is not a positive time"),
        (lambda r: measures.rates([[0.1, 0.7]], duration=0.5), "a spike at 0.7 s lies after the 0.5 s given"),
        (
            lambda r: measures.rates([[0.1]], "cells", duration=1.0),
            "rates.population: 'cells' was named with plain spike trains",
        ),
        (lambda r: measures.interspike_intervals(r, "unseen"), r"run again with record=\[bnsim\.Spikes\('unseen'\)\]"),
        (
            lambda r: measures.spike_contrast(r, "cells", trial=2),
            "spike_contrast.trial: no trial 2; there are trials 0 to 1",
        ),
        (lambda r: measures.spike_contrast(r, "cells", min_bin=0.06), "more than half of the trial"),
        (lambda r: measures.spike_time_tiling(r, "cells", units=[3]), "no unit 3; there are units 0 to 2"),
        (
            lambda r: measures.spike_time_tiling(r, "cells", window=0.0),
            "spike_time_tiling.window: 0 s is not a positive time",
        ),
        (
            lambda r: measures.cross_correlation(r, "cells", units=(0, 1), max_lag=0.2),
            "max_lag: 0.2 s does not lie",
        ),
        (
            lambda r: measures.cross_correlation(r, "cells", units=(0, 1), max_lag=0.1),
            "max_lag: 0.1 s does not lie",
        ),
    ],
)
def test_errors_name_culprit_and_remedy(recording: Recording, call, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        call(recording)
    assert "\n" not in str(raised.value)


def test_cross_correlation_of_groups_is_the_sum_over_pairs(recording: Recording) -> None:
    """Of different units; of one population, of two, of plain trains."""
    ask = {"bin_width": 0.001, "max_lag": 0.005}
    pairs = {
        (j, k): measures.cross_correlation(recording, "cells", units=(j, k), **ask)[1]
        for j in range(3)
        for k in range(3)
    }
    _, every = measures.cross_correlation(recording, "cells", **ask)
    assert every.tolist() == sum(found for (j, k), found in pairs.items() if j != k).tolist()
    _, some = measures.cross_correlation(recording, units=([0, 2], [2, 1]), **ask)
    assert some.tolist() == (pairs[0, 2] + pairs[0, 1] + pairs[2, 1]).tolist()
    assert pairs[0, 0].tolist() == [0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0]
    apart = np.isin(recording.spikes["cells"].unit, [0, 2])
    of = dict.fromkeys("EI", recording.spikes["cells"])
    of = {
        name: SpikeTimes(found.trial[kept], found.unit[kept], found.time[kept])
        for (name, found), kept in zip(of.items(), (apart, ~apart), strict=True)
    }
    counts = {name: np.zeros((2, 3), int) for name in "EI"}
    both = Recording(0.1, 0.001, recording.trials, counts, of)
    _, across = measures.cross_correlation(both, ("E", "I"), **ask)
    assert across.tolist() == (pairs[0, 1] + pairs[2, 1]).tolist()
    plain = measures.cross_correlation([TRAINS[0, k] for k in range(3)], **ask, duration=0.1, dt=0.001)[1]
    assert plain.tolist() == every.tolist()


def test_normalized_cross_correlation_is_one_by_chance() -> None:
    """A spike in each of 5 bins of both trains: 5 - |k| pairs at lag k, as many as by chance."""
    full = [np.arange(5) * 0.1] * 2
    _, ratio = measures.cross_correlation(
        full, units=(0, 1), bin_width=0.1, max_lag=0.4, duration=0.5, dt=0.1, normalized=True
    )
    np.testing.assert_allclose(ratio, np.ones(9))
    generator = np.random.default_rng(1)
    trains = [np.flatnonzero(generator.random(20_000) < 0.05) * 1e-3 for _ in range(10)]
    _, ratio = measures.cross_correlation(trains, max_lag=0.02, duration=20.0, dt=1e-3, normalized=True)
    # Some 50 coincidences in a bin of each of 90 pairs, at lag 0 of 45 pairs twice: standard error 1 / sqrt(45 * 50).
    np.testing.assert_allclose(ratio, 1, atol=4.5 / np.sqrt(45 * 50))
    _, silent = measures.cross_correlation([[0.1], []], max_lag=0.02, duration=1.0, normalized=True)
    assert np.isnan(silent).all()


def test_cross_correlation_counts_the_last_partial_bin() -> None:
    """100 ms in bins of 1.5 ms: 66 whole ones and one of 1 ms, which holds the spikes at 99 ms."""
    lags, pairs = measures.cross_correlation(
        [[0.0, 0.099], [0.0015, 0.099]], units=(0, 1), bin_width=0.0015, max_lag=0.0045, duration=0.1
    )
    np.testing.assert_allclose(lags, np.arange(-3, 4) * 0.0015)
    assert pairs.tolist() == [0, 0, 0, 1, 1, 0, 0]  # the pair in the last bin, and bins 0 and 1


def test_times_may_have_units(recording: Recording) -> None:
    from brian2 import ms

    np.testing.assert_array_equal(
        measures.spike_time_tiling(recording, "cells", window=3 * ms),
        measures.spike_time_tiling(recording, "cells", window=0.003),
    )
    trains = [TICKS, TICKS + 0.002]
    with_units = [1000 * train * ms for train in trains]
    assert measures.rates(with_units, duration=100 * ms).tolist() == measures.rates(trains, duration=0.1).tolist()
    assert measures.spike_contrast(with_units, duration=100 * ms, min_bin=10 * ms) == measures.spike_contrast(
        trains, duration=0.1, min_bin=0.01
    )


@pytest.mark.parametrize("dt", [1e-3, 1e-4])
def test_tiling_meets_at_the_window_and_not_beyond_however_late(dt: float) -> None:
    """Spikes 5 ms apart meet within 5 ms, those 6 ms apart do not, at the start of a trial and after 1000 s."""
    for start in (0.1, 0.3, 7.7, 1000.0):
        matrix = measures.spike_time_tiling(
            [[start], [start + 0.005], [start + 0.006]], window=0.005, duration=1001.0, dt=dt
        )
        tiled = 2 * (0.005 + dt / 2) / 1001
        assert matrix[0, 1] == pytest.approx(1.0)
        assert matrix[0, 2] == pytest.approx(-tiled)


def test_the_window_is_5_ms_where_none_is_given() -> None:
    trains = [[0.1], [0.105], [0.1051]]
    given = measures.spike_time_tiling(trains, window=0.005, duration=1.0, dt=1e-4)
    np.testing.assert_array_equal(measures.spike_time_tiling(trains, duration=1.0, dt=1e-4), given)


def test_windows_that_touch_tile_their_sum() -> None:
    """Windows of 1.5 steps to either side of steps 2 and 5 tile 6 of 10 steps; half of these spikes meet step 2's."""
    matrix = measures.spike_time_tiling([[1.0, 2.5], [1.0]], window=0.5, duration=5.0, dt=0.5)
    assert matrix[0, 1] == pytest.approx(0.5 * (0.5 - 0.3) / (1 - 0.5 * 0.3) + 0.5 * (1 - 0.6) / (1 - 0.6))


def test_a_spike_at_the_very_end_lies_in_the_last_step() -> None:
    assert measures.rates([[0.5]], duration=0.5).tolist() == [2]
    _, pairs = measures.cross_correlation(
        [[0.5], [0.4]], units=(0, 1), bin_width=0.1, max_lag=0.1, duration=0.5, dt=0.1
    )
    assert pairs.tolist() == [0, 1, 0]


def test_a_window_longer_than_the_trial_is_the_trial() -> None:
    for window in (1.0, 1e300):
        np.testing.assert_array_equal(measures.spike_time_tiling([[0.1], [0.9]], window=window, duration=1.0), 1.0)


def test_tiling_agrees_with_elephant_on_short_trials() -> None:
    """With half a step added to Elephant's window, and spikes in the middle of their steps."""
    from elephant.spike_train_correlation import spike_time_tiling_coefficient

    generator = np.random.default_rng(0)
    rasters = generator.random((8, 200)) < np.array([0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0, 0.01])[:, None]
    steps = [np.flatnonzero(raster) for raster in rasters]
    found = measures.spike_time_tiling([train * 0.001 for train in steps], window=0.003, duration=0.2, dt=0.001)
    middle = [neo.SpikeTrain((train + 0.5) * 0.001, units=pq.s, t_stop=0.2) for train in steps]
    for row, first in enumerate(middle):
        for column, second in enumerate(middle):
            expected = spike_time_tiling_coefficient(first, second, dt=0.0035 * pq.s)
            assert found[row, column] == pytest.approx(expected, abs=1e-12)  # rounding of sums of 200 terms


def test_independent_sparse_trains_on_a_grid_have_no_tiling() -> None:
    generator = np.random.default_rng(0)
    values = []
    for _ in range(15):
        trains = [np.flatnonzero(generator.random(500) < 0.01) * 0.001 for _ in range(6)]
        matrix = measures.spike_time_tiling(trains, window=0.002, duration=0.5, dt=0.001)
        values += matrix[np.triu_indices(6, 1)].tolist()
    # Pairs have a standard deviation of about 0.15: 225 of them, a standard error of about 0.01.
    assert np.nanmean(values) == pytest.approx(0.0, abs=0.04)


def test_spike_contrast_does_not_hang_on_the_rounding_of_edges() -> None:
    """The same steps of 0.1 ms, given as products and as quotients, which differ in their last bits."""
    generator = np.random.default_rng(1)
    steps = [np.sort(generator.choice(1000, 40, replace=False)) for _ in range(5)]
    found = {
        measures.spike_contrast(trains, duration=0.1, min_bin=0.001, dt=1e-4)
        for trains in ([train * 1e-4 for train in steps], [train / 1e4 for train in steps])
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: measures.rates("spikes", duration=1.0),
            "rates.source: 'spikes' is neither a Recording nor a sequence of spike trains; give one of them",
        ),
        (
            lambda: measures.interspike_intervals(3),
            "interspike_intervals.source: 3 is neither a Recording nor a sequence of spike trains; give one of them",
        ),
        (
            lambda: measures.interspike_intervals(np.array(3)),
            "interspike_intervals.source: array(3) is neither a Recording nor a sequence of spike trains; "
            "give one of them",
        ),
        (
            lambda: measures.first_spike_latency([0.1, 0.2]),
            "first_spike_latency.source[0]: 0.1 is no row of spike times; give a one-dimensional array",
        ),
        (
            lambda: measures.coefficient_of_variation([[0.1], [0.1, np.nan]]),
            "coefficient_of_variation.source[1]: the times hold NaN or infinite values; remove them first",
        ),
        (
            lambda: measures.rates([["a"]], duration=1.0),
            "rates.source[0]: an array of text is no array of numbers; give seconds or a quantity such as 5 ms",
        ),
        (
            lambda: measures.rates([[-0.1]], duration=1.0),
            "rates.source[0]: a spike at -0.1 s precedes the trial; shift the times so that the trial starts at 0",
        ),
        (
            lambda: measures.rates([neo_train([0.1]), neo.SpikeTrain([], units="s", t_stop=1.0)]),
            "rates.source: Neo spike trains of 1 to 2 s; give trains that are as long as each other",
        ),
        (
            lambda: measures.spike_contrast([[0.1], [0.2]], units=[0, 0], duration=1.0),
            "spike_contrast.units: unit 0 is named twice; name each unit once",
        ),
        (
            lambda: measures.spike_time_tiling([[0.1], [0.2]], units=[-1], duration=1.0),
            "spike_time_tiling.units: no unit -1; there are units 0 to 1",
        ),
        (
            lambda: measures.spike_time_tiling([[0.1], [0.2]], units=[], duration=1.0),
            "spike_time_tiling.units: no unit was named; give an index, several, or None for all",
        ),
        (
            lambda: measures.spike_time_tiling([[0.1]], units=[0.5], duration=1.0),
            "spike_time_tiling.units: 0.5 is no whole number; give the index of one unit",
        ),
        (
            lambda: measures.spike_time_tiling([[0.1]], units="all", duration=1.0),
            "spike_time_tiling.units: 'all' is no array of numbers; give the index of one unit or of several",
        ),
        (
            lambda: measures.spike_time_tiling([[0.1]], trial=0, duration=1.0),
            "spike_time_tiling.trial: spike trains without a recording are of one trial; leave trial out",
        ),
        (
            lambda: measures.cross_correlation([[0.1], [0.2]], units=(0, 1, 1), duration=1.0),
            "cross_correlation.units: an array of shape (3,) is no pair; give two units, such as (0, 1)",
        ),
        (
            lambda: measures.cross_correlation([[0.1], [0.2]], units=(0, 2), duration=1.0),
            "cross_correlation.units: no unit 2; there are units 0 to 1",
        ),
        (
            lambda: measures.cross_correlation([[0.1], [0.2]], ("a", "b", "c"), duration=1.0),  # type: ignore[arg-type]
            "cross_correlation.population: an array of shape (3,) is no pair; give two names, such as ('E', 'I')",
        ),
        (
            lambda: measures.cross_correlation([[0.1], [0.2]], units=(0, 1), bin_width=0.0015, duration=1.0, dt=0.001),
            "cross_correlation.bin_width: 0.0015 s is no whole number of time steps of 0.001 s; "
            "give a multiple such as 0.002 s",
        ),
        (
            lambda: measures.cross_correlation([[0.1], [0.2]], units=(0, 1), bin_width=1 * pq.mV, duration=1.0),
            "cross_correlation.bin_width: mV is no unit of time; give seconds or a quantity such as 5 ms",
        ),
        (
            lambda: measures.spike_contrast([[0.1], [0.2]], duration=1.0, min_bin=-0.1),
            "spike_contrast.min_bin: -0.1 s is not a positive time; give a time above 0",
        ),
    ],
)
def test_wrong_input_is_one_line(call, message: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message


def test_a_recording_knows_its_time_step(recording: Recording) -> None:
    with pytest.raises(
        InputError, match=r"^spike_contrast\.dt: a recording knows its length and time step; leave dt out$"
    ):
        measures.spike_contrast(recording, "cells", dt=0.001)


def test_an_array_of_trains_is_a_sequence_of_trains() -> None:
    assert measures.rates(np.array([[0.1, 0.2], [0.3, 0.4]]), duration=0.5).tolist() == [4, 4]
    assert measures.rates([], duration=1.0).shape == (0,)


# Spectra.


def test_the_spectrum_of_a_clock_is_a_comb_that_holds_its_variance() -> None:
    """A spike every 10 ms: 1000 Hz in one bin of ten, so that the variance of the rate is 0.1 x 0.9 x (1000 Hz)^2."""
    train = np.arange(0, 8, 0.01)
    frequencies, density = measures.power_spectrum([train], segment=1.0, duration=8.0)
    np.testing.assert_allclose(frequencies, np.arange(1, 501))
    np.testing.assert_allclose(density.sum() * 1.0, 90_000, rtol=1e-9)
    lines = np.flatnonzero(density > 1) + 1
    assert lines.tolist() == [n for k in range(100, 501, 100) for n in (k - 1, k, k + 1) if n <= 500]  # Hann: 3 bins


def test_the_spectrum_of_poisson_trains_is_flat() -> None:
    generator = np.random.default_rng(0)
    trains = [np.sort(generator.uniform(0, 20, generator.poisson(40 * 20))) for _ in range(50)]
    _, density = measures.power_spectrum(trains, segment=0.5, duration=20.0, dt=0.0001)
    # 250 frequencies and some 50 independent segments: each half has a standard error of about 1.3 %.
    for half in np.split(density, 2):
        assert half.mean() == pytest.approx(2 * 40 / 50, rel=0.05)


def test_the_spectrum_of_a_recording_is_that_of_its_trains(recording: Recording) -> None:
    found = measures.power_spectrum(recording, "cells", trial=1, segment=0.05)
    plain = measures.power_spectrum([TICKS, [], []], segment=0.05, duration=0.1, dt=0.001)
    np.testing.assert_array_equal(found, plain)
    of_one = measures.power_spectrum(recording, "cells", trial=0, units=[0])  # an eighth of 100 bins: 12 bins
    np.testing.assert_allclose(of_one[0], np.arange(1, 7) / 0.012)


def test_bins_that_are_not_whole_are_left_out() -> None:
    train = np.arange(0, 1, 0.01)
    cut = measures.power_spectrum([train[train < 0.9]], bin_width=0.03, segment=0.3, duration=0.9, dt=0.001)
    whole = measures.power_spectrum(
        [[*train[train < 0.9], 0.905]], bin_width=0.03, segment=0.3, duration=0.92, dt=0.001
    )
    np.testing.assert_array_equal(cut, whole)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"segment": 0.2}, r"segment: 0.2 s are 200 of 100 bins; give a time of at least two bins, within the trial"),
        ({"segment": 0.001}, r"segment: 0.001 s are 1 of 100 bins; give a time of at least two bins, within the trial"),
        ({"segment": -1.0}, r"segment: -1 s is not a positive time; give a time above 0"),
        ({"bin_width": 0.01}, r"segment: an eighth of 10 bins is less than two; give a longer one, or finer bins"),
        ({"bin_width": 0.0005}, r"bin_width: 0.0005 s is no whole number of time steps of 0.001 s; give a multiple"),
        ({"bin_width": 0.0}, r"bin_width: 0 s is not a positive time; give a time above 0"),
    ],
)
def test_a_spectrum_that_cannot_be_taken(recording: Recording, options: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=rf"^power_spectrum\.{message}"):
        measures.power_spectrum(recording, "cells", **options)  # type: ignore[arg-type]


def independent(count: int, rate: float, length: float, seed: int = 1) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [np.sort(generator.uniform(0, length, generator.poisson(rate * length))) for _ in range(count)]


@pytest.mark.parametrize("count", [9, 100])
def test_the_synchrony_of_independent_trains_is_one_over_the_square_root_of_their_number(count: int) -> None:
    """In 20,000 bins chi^2 N is the variance of the population's count over the units', known to 1 % (2 / 20,000)."""
    found = measures.synchrony(independent(count, 40, 20), duration=20.0)
    assert found.chance == pytest.approx(count**-0.5, rel=1e-12)
    assert found.value == pytest.approx(count**-0.5, rel=0.03)  # six standard errors of its square root
    low, high = found.interval
    assert low < found.chance < high < low * 1.03
    assert found.n_units == count


def test_the_synchrony_of_equal_trains_is_one() -> None:
    (train,) = independent(1, 40, 10)
    assert measures.synchrony([train] * 7, duration=10.0).value == pytest.approx(1, rel=1e-12)


def test_synchrony_by_hand() -> None:
    """Ten bins. Units 0 and 1 share a spike, unit 2 has its own: counts 2, 1 and eight 0; each varies by 0.09."""
    found = measures.synchrony([[0.5], [0.5], [3.5], []], bin_width=1.0, duration=10.5, dt=0.5)
    assert found.value == pytest.approx(np.sqrt((5 / 10 - 0.3**2) / (3 * 3 * 0.09)), rel=1e-12)
    assert found.n_units == 3


def test_the_chance_of_synchrony_is_exact_over_all_shifts() -> None:
    """The surrogates' mean square is 1 / N, whatever the trains are like; 2000 of them know it to some per cent."""
    burst = np.arange(0.2, 0.3, 0.002)
    trains = [burst, burst + 0.001, np.arange(0.0, 1.0, 0.01)]
    found = measures.synchrony(trains, bin_width=0.01, duration=1.0, dt=0.001, surrogates=2000)
    low, high = found.interval
    assert low < found.chance == pytest.approx(3**-0.5)
    assert found.value > 0.7
    again = measures.synchrony(trains, bin_width=0.01, duration=1.0, dt=0.001, surrogates=2000)
    other = measures.synchrony(trains, bin_width=0.01, duration=1.0, dt=0.001, surrogates=2000, seed=1)
    assert found == again
    assert (found.value, found.interval) != (other.value, other.interval)
    assert other.value == found.value
    assert high > found.chance


def test_the_synchrony_of_a_recording_is_that_of_its_trains(recording: Recording) -> None:
    found = measures.synchrony(recording, "cells", trial=0, bin_width=0.002)
    plain = measures.synchrony([TICKS, TICKS + 0.002, [0.05]], bin_width=0.002, duration=0.1, dt=0.001)
    assert found == plain
    assert str(found).startswith(f"{found.value:.3f} (by chance 0.577, 95 % within ")


def test_synchrony_is_not_defined_without_two_units_whose_counts_vary() -> None:
    for trains in ([], [[0.1]], [[0.1], []], [[0.25, 0.75], [0.25, 0.75]]):
        found = measures.synchrony(trains, bin_width=0.5, duration=1.0)
        assert np.isnan([found.value, found.chance, *found.interval]).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bin_width": 0.6}, r"bin_width: 0.6 s is more than half of the trial; choose shorter bins"),
        ({"bin_width": 0.0}, r"bin_width: 0 s is not a positive time; give a time above 0"),
        ({"surrogates": 5}, r"surrogates: 5; give a whole number of at least 20"),
        ({"seed": -1}, r"seed: -1; give a whole number of at least 0"),
    ],
)
def test_a_synchrony_that_cannot_be_taken(options: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=rf"^synchrony\.{message}$"):
        measures.synchrony([[0.1], [0.2]], duration=1.0, **options)  # type: ignore[arg-type]


def test_the_coincidence_factor_by_hand() -> None:
    """Of three spikes in 1 s, two have one of the model within 10 ms; two steps of 5 ms are 5 places of 200.

    Two model spikes make 2 x 5 / 200 = 0.05 of the places, so that 0.15 coincidences are expected, and the factor is
    (2 - 0.15) / 2.5 / 0.95.
    """
    reference = [0.1, 0.5, 0.9]
    given = {"precision": 0.01, "duration": 1.0, "dt": 0.005}
    factor = measures.coincidence_factor([[0.11, 0.49], reference, []], reference=reference, **given)
    np.testing.assert_allclose(factor, [1.85 / 2.5 / 0.95, 1.0, 0.0])
    # 100 spikes have 500 of 200 places; no spike has nothing to say of none.
    often = np.arange(100) / 100
    assert np.isnan(measures.coincidence_factor([often], reference=reference, **given)).all()
    assert np.isnan(measures.coincidence_factor([[]], reference=[], **given)).all()
    late = r"^coincidence_factor\.reference: a spike at 1\.5 s lies after the trial of 1 s; give times since its start$"
    with pytest.raises(InputError, match=late):
        measures.coincidence_factor([[0.1]], reference=[1.5], **given)


def test_the_coincidence_factor_of_a_recording(recording: Recording) -> None:
    first = recording.spike_times("cells").trains(0)[0]
    factor = measures.coincidence_factor(recording, "cells", reference=first, units=[0], precision=0.001)
    np.testing.assert_allclose(factor, [1.0])


def test_the_coincidence_factor_by_chance() -> None:
    """A regular train with all of its phases has exactly chance; Poisson trains coincide less often than 2 nu Delta.

    They do so with the probability 1 - exp(-2 nu Delta), so that the mean of the factor is
    (1 - exp(-x) - x) N / ((N + n) / 2) / (1 - x) with x = 2 nu Delta: 20 Hz times 9 steps of 0.5 ms.
    """
    generator = np.random.default_rng(3)
    given = {"precision": 0.002, "duration": 10.0, "dt": 0.0005}
    reference = np.sort(generator.choice(20_000, 300, replace=False)) * 0.0005
    regular = [np.arange(phase, 20_000, 50) * 0.0005 for phase in range(50)]
    inside = reference[(reference > 0.03) & (reference < 9.97)]  # the ends have places outside of the trial
    factors = measures.coincidence_factor(regular, reference=inside, **given)
    assert factors.mean() == pytest.approx(0, abs=1e-12)
    # 9 places of 20,000 a spike: x = 200 x 9 / 20,000.
    random = [np.sort(generator.choice(20_000, 200)) * 0.0005 for _ in range(400)]
    factors = measures.coincidence_factor(random, reference=inside, **given)
    chance = 0.09
    expected = (1 - np.exp(-chance) - chance) * len(inside) / ((len(inside) + 200) / 2) / (1 - chance)
    # Four standard errors of the mean of 400 trains.
    assert factors.mean() == pytest.approx(expected, abs=4 * factors.std() / np.sqrt(400))
