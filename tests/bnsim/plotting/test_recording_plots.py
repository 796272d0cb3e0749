"""Raster, membrane potential and PSTH: what is drawn is what was recorded."""

from dataclasses import replace

import numpy as np
import pytest
from brian2 import ms, mV, pA
from matplotlib import pyplot
from matplotlib.axes import Axes

from bnsim import measures, plotting
from bnsim.errors import InputError
from bnsim.recording import Recording, SpikeTimes


def marks(ax: Axes) -> list[np.ndarray]:
    """Positions of the spikes of each population."""
    return [np.asarray(collection.get_offsets()) for collection in ax.collections]


def test_raster_shows_every_spike_and_colours_populations(recording: Recording) -> None:
    ax = plotting.raster(recording, trial=0)
    inputs, cells = marks(ax)
    np.testing.assert_allclose(inputs[:, 0], [1, 2, 3, 4])
    assert (np.diff(inputs[:, 1]) > 0).all()
    assert cells[0, 1] > inputs[:, 1].max()
    assert not np.array_equal(ax.collections[0].get_edgecolor(), ax.collections[1].get_edgecolor())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["input\n4 units", "cells\n2 units"]


def test_raster_joins_trials_and_marks_their_boundary(recording: Recording) -> None:
    ax = plotting.raster(recording, populations=["cells"])
    np.testing.assert_allclose(marks(ax)[0][:, 0], [10, 35])
    assert [line.get_xdata()[0] for line in ax.lines] == [20.0]
    assert [text.get_text() for text in ax.texts] == ["trial 0", "trial 1"]
    later = plotting.raster(recording, trial=[1, 0], populations=["cells"])
    np.testing.assert_allclose(marks(later)[0][:, 0], [15, 30])
    assert [text.get_text() for text in later.texts] == ["trial 1", "trial 0"]


def test_raster_rate_is_spikes_a_unit_and_second(recording: Recording) -> None:
    rate_ax = plotting.raster(recording, trial=0, bin_width=0.01).figure.axes[1]
    values, edges, _ = rate_ax.patches[0].get_data()
    np.testing.assert_allclose(values, [100, 0])  # four spikes of four units in the first 10 ms
    np.testing.assert_allclose(edges, [0, 10, 20])
    assert "10 ms bins" in rate_ax.texts[0].get_text()


def test_raster_draws_into_given_axes_and_from_arrays() -> None:
    given = pyplot.figure().subplots()
    ax = plotting.raster((np.array([0.001, 0.004]), np.array([0, 7])), ax=given)
    assert ax is given
    np.testing.assert_allclose(marks(ax)[0], [[1, 0], [4, 7]])
    assert ax.get_xlabel() == "Time (ms)"


def test_raster_of_many_spikes_becomes_pixels() -> None:
    times = np.linspace(0, 1, 100_000)
    ax = plotting.raster((times, np.arange(len(times)) % 500))
    assert ax.collections[0].get_rasterized()


def test_membrane_potential_in_millivolts_with_threshold_and_spikes(recording: Recording) -> None:
    ax = plotting.membrane_potential(recording, "cells", 1, trial=1, threshold=-0.052)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), recording.traces["cells"]["v"].values[1, :, 1] * 1000)
    assert ax.lines[1].get_ydata() == pytest.approx([-52, -52])
    assert [segment[0, 0] for segment in ax.collections[0].get_segments()] == [15.0]
    assert ax.get_ylabel() == "Membrane potential (mV)"


def test_a_model_may_call_its_membrane_variable_otherwise(recording: Recording) -> None:
    trace = recording.traces["cells"]["v"]
    alone = replace(recording, traces={"cells": {"theta": replace(trace, unit="")}})
    ax = plotting.membrane_potential(alone, unit=1)
    assert ax.get_ylabel() == "theta"
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), trace.of(1)[0])
    with_v = replace(recording, traces={"cells": {"u": trace, "v": trace}})
    assert plotting.membrane_potential(with_v).get_ylabel() == "Membrane potential (mV)"
    several = replace(recording, traces={"cells": {"theta": trace, "u": trace}})
    message = "membrane_potential.variable: of 'cells', traces of 'theta', 'u' were recorded; name one of them"
    with pytest.raises(InputError, match=message):
        plotting.membrane_potential(several)


def test_membrane_potential_takes_a_brian2_threshold_and_arrays() -> None:
    ax = plotting.membrane_potential((np.arange(3) / 1000, [-0.07, -0.06, -0.055]), threshold=-50 * mV, spikes=[0.001])
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [0, 1, 2])
    assert ax.lines[1].get_ydata() == pytest.approx([-50, -50])


def test_a_spike_is_drawn_up_to_its_peak(recording: Recording) -> None:
    ax = plotting.membrane_potential(recording, "cells", 1, trial=1, peak=20 * mV)
    values = recording.traces["cells"]["v"].values[1, :, 1] * 1000
    (segment,) = ax.collections[0].get_segments()
    np.testing.assert_allclose(segment, [[15, values[15]], [15, 20]])
    between = plotting.membrane_potential(([0.0, 0.002], [-60, -50] * mV), peak=0.03, spikes=[0.001])
    np.testing.assert_allclose(between.collections[0].get_segments()[0], [[1, -55], [1, 30]])


def test_population_rate_is_that_below_the_raster(recording: Recording) -> None:
    ax = plotting.population_rate(recording, bin_width=0.01)
    beside = plotting.raster(recording, bin_width=0.01).figure.axes[1]
    for drawn, expected in zip(ax.patches, beside.patches, strict=True):
        np.testing.assert_array_equal(drawn.get_data().values, expected.get_data().values)
        np.testing.assert_array_equal(drawn.get_data().edges, expected.get_data().edges)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["input", "cells"]
    one = plotting.population_rate(recording, populations="cells", trial=0, bin_width=0.01, window=(0.005, 0.02))
    np.testing.assert_allclose(drawn_rates(one), [50, 0])  # a spike at 10 ms, of two units, in 10 ms
    assert one.get_xlim() == pytest.approx((5, 20))
    assert one.get_legend() is None
    plain = plotting.population_rate(([0.001, 0.012], [0, 1]), bin_width=0.01, duration=0.02)
    np.testing.assert_allclose(drawn_rates(plain), [50, 50])


def test_power_spectrum_is_that_of_the_measure_beside_that_of_poisson_units(crowd: Recording) -> None:
    ax = plotting.power_spectrum(crowd, segment=0.02)
    for line, level, name in zip(ax.lines[::2], ax.lines[1::2], ("E", "I"), strict=True):
        frequencies, density = measures.power_spectrum(crowd, name, segment=0.02)
        np.testing.assert_array_equal(line.get_xydata(), np.column_stack([frequencies, density]))
        np.testing.assert_allclose(level.get_ydata(), 2 * 10 / crowd.populations[name])  # one spike in 100 ms
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["E", "I"]
    assert ax.texts[0].get_text() == "segments of 20 ms, dotted: independent Poisson units"
    part = plotting.power_spectrum(crowd, populations="E", segment=0.02, frequencies=(90, 200))
    np.testing.assert_allclose(part.lines[0].get_xdata(), [100, 150, 200])
    plain = plotting.power_spectrum([[0.01, 0.05], [0.02]], duration=0.1)
    np.testing.assert_allclose(plain.lines[1].get_ydata(), 2 * 15 / 2)


def test_psth_is_the_mean_over_units_and_trials(recording: Recording) -> None:
    ax = plotting.psth(recording, "input", bin_width=0.01)
    np.testing.assert_allclose(ax.patches[0].get_data().values, [62.5, 0])  # (4 + 1) / 2 trials / 4 units / 10 ms
    arrays = plotting.psth([[0.001, 0.002], [0.015]], bin_width=0.01, duration=0.02)
    np.testing.assert_allclose(arrays.patches[0].get_data().values, [100, 50])
    one = plotting.psth(recording, "input", units=[0], trial=1, bin_width=0.01)
    np.testing.assert_allclose(one.patches[0].get_data().values, [100, 0])


def test_a_trial_may_be_an_integer_of_numpy(recording: Recording) -> None:
    drawn, expected = (plotting.raster(recording, trial=trial).collections[0] for trial in (np.int64(1), 1))
    np.testing.assert_array_equal(drawn.get_offsets(), expected.get_offsets())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda r: plotting.raster(r, populations=["inputs"]),
            "raster.populations: unknown population 'inputs'; did you mean 'input'\\? the recording holds 'input', ",
        ),
        (
            lambda r: plotting.raster(r, populations=["quiet"]),
            "no spike times of 'quiet' were recorded; run again with",
        ),
        (lambda r: plotting.raster(r, trial=2), "raster.trial: no trial 2; there are trials 0 to 1"),
        (lambda r: plotting.raster(r, trial=[]), "no trial was named; give an index"),
        (
            lambda r: plotting.raster(r, bin_width=0.0),
            "raster.bin_width: 0 s is not a positive time; give a time above 0",
        ),
        (
            lambda r: plotting.membrane_potential(r, variable="u"),
            "population: no population was named; the recording holds 'input'",
        ),
        (lambda r: plotting.raster(r, units=[0]), "raster.units: of which of 2 populations\\? name one in populations"),
        (lambda r: plotting.raster(r, "cells", units=[2]), "raster.units: no unit 2; there are units 0 to 1"),
        (
            lambda r: plotting.membrane_potential(r, "input"),
            "no trace of 'v' in 'input' was recorded; run again with record=",
        ),
        (
            lambda r: plotting.membrane_potential(r, "cells", 2),
            "membrane_potential.unit: no unit 2; there are units 0 to 1",
        ),
        (lambda r: plotting.psth(r), "psth.population: no population was named"),
        (lambda r: plotting.psth(r, "input", units=[4]), "psth.units: no unit 4; there are units 0 to 3"),
        (lambda r: plotting.psth([[0.1]]), "psth.duration: plain spike times do not tell the length"),
    ],
)
def test_errors_name_culprit_and_remedy(recording: Recording, call, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        call(recording)
    assert "\n" not in str(raised.value)


def test_recording_without_spike_times_says_how_to_get_them(recording: Recording) -> None:
    bare = Recording(recording.duration, recording.dt, recording.trials, recording.counts)
    with pytest.raises(InputError, match=r"run again with record=\[bnsim\.Spikes\('input'\)\]"):
        plotting.raster(bare)


# Spikes on the edges of bins.


@pytest.fixture(scope="module")
def clock() -> Recording:
    """250 spikes at k ms in each of 10 trials of 250 ms, of one unit."""
    trial, step = np.divmod(np.arange(2500), 250)
    spikes = SpikeTimes(trial, np.zeros(2500, int), step * 0.001)
    return Recording(0.25, 0.001, np.arange(10, dtype=np.uint64), {"clock": np.full((10, 1), 250)}, {"clock": spikes})


def drawn_rates(ax: Axes) -> np.ndarray:
    return np.asarray(ax.patches[0].get_data().values)


def test_a_clock_of_a_millisecond_fires_at_1000_hertz_in_every_bin(clock: Recording) -> None:
    joined = drawn_rates(plotting.raster(clock, bin_width=0.001).figure.axes[1])
    assert len(joined) == 2500
    np.testing.assert_allclose(joined, 1000, rtol=1e-12)
    mean = drawn_rates(plotting.psth(clock, "clock", bin_width=1 * ms))
    assert len(mean) == 250
    np.testing.assert_allclose(mean, 1000, rtol=1e-12)


def test_plain_times_are_counted_as_those_of_the_recording(clock: Recording) -> None:
    trains = [clock.spike_times("clock").of_trial(trial)[0] for trial in range(10)]
    for dt in (None, 0.001):
        mean = drawn_rates(plotting.psth(trains, bin_width=0.001, duration=0.25, dt=dt))
        np.testing.assert_allclose(mean, np.full(250, 1000), rtol=1e-12)
        pair = (trains[0], np.zeros(250, int))
        rates = drawn_rates(plotting.raster(pair, bin_width=0.001, dt=dt).figure.axes[1])
        np.testing.assert_allclose(rates, np.full(250, 1000), rtol=1e-12)


def test_a_last_bin_that_is_shorter_is_divided_by_its_own_length(clock: Recording) -> None:
    for ax in (plotting.psth(clock, "clock", bin_width=0.003), plotting.raster(clock, bin_width=0.003).figure.axes[1]):
        np.testing.assert_allclose(drawn_rates(ax), 1000, rtol=1e-12)
    edges = plotting.psth(clock, "clock", bin_width=0.1).patches[0].get_data().edges
    np.testing.assert_allclose(edges, [0, 100, 200, 250])


def test_bins_begin_anew_with_each_trial(clock: Recording) -> None:
    rate_ax = plotting.raster(clock, trial=[0, 1], bin_width=0.1).figure.axes[1]
    np.testing.assert_allclose(rate_ax.patches[0].get_data().edges, [0, 100, 200, 250, 350, 450, 500])


def test_a_spike_at_the_very_end_of_plain_times_is_counted() -> None:
    np.testing.assert_allclose(drawn_rates(plotting.psth([[0.02]], bin_width=0.01, duration=0.02)), [0, 100])
    pair = plotting.raster(([0.02], [0]), bin_width=0.01, duration=0.02)
    np.testing.assert_allclose(drawn_rates(pair.figure.axes[1]), [0, 100])


# Windows and samples.


def test_a_window_of_the_raster(recording: Recording) -> None:
    ax = plotting.raster(recording, trial=0, populations=["input"], window=(2 * ms, 0.004), bin_width=1 * ms)
    np.testing.assert_allclose(marks(ax)[0][:, 0], [2, 3])  # the stop is not included
    assert ax.get_xlim() == pytest.approx((2, 4))
    rates = ax.figure.axes[1].patches[0].get_data()
    np.testing.assert_allclose(rates.edges, [2, 3, 4])
    np.testing.assert_allclose(rates.values, [250, 250])


def test_windows_of_several_trials_follow_each_other(recording: Recording) -> None:
    ax = plotting.raster(recording, populations=["cells"], window=(0.008, 0.018))
    np.testing.assert_allclose(marks(ax)[0][:, 0], [10, 25])  # 15 ms of trial 1 are 7 ms after 18 ms
    assert [line.get_xdata()[0] for line in ax.lines] == pytest.approx([18])


def test_a_window_of_plain_arrays_may_end_after_the_last_spike() -> None:
    ax = plotting.raster(([0.001, 0.004], [0, 7]), window=(0.002, 0.012))
    np.testing.assert_allclose(marks(ax)[0], [[4, 7]])
    assert ax.get_xlim() == pytest.approx((2, 12))


def test_a_window_of_the_psth(recording: Recording) -> None:
    ax = plotting.psth(recording, "input", trial=0, bin_width=0.002, window=(0.002, 0.007))
    np.testing.assert_allclose(ax.patches[0].get_data().values, [250, 125, 0])
    np.testing.assert_allclose(ax.patches[0].get_data().edges, [2, 4, 6, 7])
    assert ax.get_xlim() == pytest.approx((2, 7))


def test_a_window_of_the_membrane_potential(recording: Recording) -> None:
    ax = plotting.membrane_potential(recording, "cells", 1, trial=0, window=(5 * ms, 12 * ms))
    np.testing.assert_allclose(ax.lines[0].get_xdata(), np.arange(5, 13))
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), recording.traces["cells"]["v"].values[0, 5:13, 1] * 1000)
    assert [segment[0, 0] for segment in ax.collections[0].get_segments()] == [10.0]
    assert ax.get_xlim() == pytest.approx((5, 12))
    late = plotting.membrane_potential(recording, "cells", 1, trial=0, window=(0.011, 0.020))
    assert not late.collections[0].get_segments()


@pytest.fixture(scope="module")
def crowd() -> Recording:
    """One trial of 100 ms: 2000 units of 'E' and 30 of 'I', each with a spike."""
    generator = np.random.default_rng(0)
    spikes, counts = {}, {}
    for name, size in (("E", 2000), ("I", 30)):
        steps = np.sort(generator.integers(0, 100, size))
        spikes[name] = SpikeTimes(np.zeros(size, int), generator.permutation(size), steps * 0.001)
        counts[name] = np.ones((1, size), int)
    return Recording(0.1, 0.001, np.zeros(1, np.uint64), counts, spikes)


def test_a_sample_is_reproducible_and_said(crowd: Recording) -> None:
    ax, again = (plotting.raster(crowd, sample=50) for _ in range(2))
    excitatory, inhibitory = marks(ax)
    assert (len(excitatory), len(inhibitory)) == (50, 30)
    np.testing.assert_array_equal(excitatory, marks(again)[0])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["E\n50 of 2,000 units", "I\n30 units"]
    # Each of the 50 units has a row of its own, and rows are in the order of the units.
    spikes = crowd.spike_times("E")
    times_of_rows = excitatory[np.argsort(excitatory[:, 1]), 0]
    unit_times = dict(zip(spikes.unit.tolist(), spikes.time.tolist(), strict=True))
    chosen = np.sort(np.random.default_rng(2000).choice(2000, 50, replace=False))
    np.testing.assert_allclose(times_of_rows, [1000 * unit_times[unit] for unit in chosen.tolist()])


@pytest.mark.parametrize(
    ("duration", "trials", "dt", "expected"),
    [
        (249 * ms, 1, 0.1 * ms, "1 ms"),
        (250 * ms, 1, 0.1 * ms, "2 ms"),
        (125 * ms, 2, 0.1 * ms, "2 ms"),
        (1000 * ms, 1, 0.1 * ms, "5 ms"),
        (100 * ms, 1, 0.4 * ms, "0.8 ms"),
        (100 * ms, 1, 4 * ms, "4 ms"),
    ],
)
def test_bins_of_the_rate_suit_the_length_that_is_shown(duration, trials: int, dt, expected: str) -> None:
    spikes = {"cells": SpikeTimes(np.array([0]), np.array([0]), np.array([0.0]))}
    number = np.arange(trials, dtype=np.uint64)
    held = Recording(float(duration), float(dt), number, {"cells": np.ones((trials, 1), int)}, spikes)
    for ax in (plotting.raster(held).figure.axes[1], plotting.population_rate(held)):
        assert ax.texts[0].get_text().startswith(f"mean of units, {expected} bins")
    if trials == 1:
        ax = plotting.population_rate(([0.0], [0]), duration=duration, dt=dt)
        assert ax.texts[0].get_text().startswith(f"mean of units, {expected} bins")


def test_a_fast_oscillation_is_seen_in_the_rate_of_a_raster() -> None:
    """A volley every 5 ms, of 200 Hz, in 200 ms: whole bins of silence lie between volleys."""
    times = np.repeat(np.arange(40) * 5, 10) * ms
    ax = plotting.raster((times, np.tile(np.arange(10), 40)), duration=200 * ms, dt=0.1 * ms).figure.axes[1]
    rates = drawn_rates(ax)
    assert (rates[::5] == 1000).all()
    assert rates.sum() == 40 * 1000


def test_the_rate_beside_a_sample_is_that_of_all_units(crowd: Recording) -> None:
    whole, part = (plotting.raster(crowd, sample=sample).figure.axes[1] for sample in (None, 50))
    np.testing.assert_array_equal(drawn_rates(whole), drawn_rates(part))
    assert part.texts[0].get_text() == "mean of all units, 1 ms bins"


def test_a_sample_of_a_single_population_has_no_numbers_of_units(crowd: Recording) -> None:
    ax = plotting.raster(crowd, populations="E", sample=100)
    assert ax.get_ylabel() == "Sample of 'E': 100 of 2,000 units"
    assert not len(ax.get_yticks())
    assert plotting.raster(crowd, populations="I", sample=100).get_ylabel() == "Unit of 'I'"
    assert plotting.raster(([0.1, 0.2], [0, 9]), sample=5).get_ylabel() == "Sample: 5 of 10 units"


def test_times_may_have_units(recording: Recording) -> None:
    plain = plotting.raster(recording, bin_width=0.01).figure.axes[1]
    given = plotting.raster(recording, bin_width=10 * ms).figure.axes[1]
    np.testing.assert_array_equal(drawn_rates(plain), drawn_rates(given))
    times = plotting.raster(([1, 4] * ms, [0, 7]))
    np.testing.assert_allclose(marks(times)[0], [[1, 0], [4, 7]])
    trains = plotting.psth([[1, 2] * ms, [15] * ms], bin_width=10 * ms, duration=20 * ms)
    np.testing.assert_allclose(drawn_rates(trains), [100, 50])
    trace = plotting.membrane_potential(([0, 1, 2] * ms, [-70, -60, -55] * mV), spikes=[1] * ms)
    np.testing.assert_allclose(trace.lines[0].get_xdata(), [0, 1, 2])
    np.testing.assert_allclose(trace.lines[0].get_ydata(), [-70, -60, -55])


def test_a_trace_of_another_unit_is_named(recording: Recording) -> None:
    ax = plotting.membrane_potential(([0.0, 0.001], [1, 2] * pA), variable="I")
    assert ax.get_ylabel() == "I (pA)"
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [1, 2])


RATES = "a recording knows its length and time step"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda r: plotting.raster(([0.1, 0.2], [0])),
            "raster.source: 2 times and units of shape (1,); give one unit for each time",
        ),
        (
            lambda r: plotting.raster(([0.1], ["a"])),
            "raster.source: an array of text is no array of numbers; give the unit of each spike as a whole number",
        ),
        (
            lambda r: plotting.raster(([0.1], [0.5])),
            "raster.source: the units hold fractions or NaN; give the unit of each spike as a whole number",
        ),
        (
            lambda r: plotting.raster(([np.nan], [0])),
            "raster.source: the times hold NaN or infinite values; remove them first",
        ),
        (lambda r: plotting.raster(([0.1], [-1])), "raster.source: unit -1 is negative; number the units from 0"),
        (
            lambda r: plotting.raster(([-0.1], [0])),
            "raster.source: a spike at -0.1 s precedes the trial; shift the times so that the trial starts at 0",
        ),
        (
            lambda r: plotting.raster([0.1, 0.2, 0.3]),
            "raster.source: an array of shape (3,) is neither a Recording nor a pair (times, units); give one of them",
        ),
        (
            lambda r: plotting.raster(([1] * mV, [0])),
            "raster.source: V is no unit of time; give seconds or a quantity such as 5 ms",
        ),
        (
            lambda r: plotting.raster(([0.1], [0]), trial=0),
            "raster.trial: plain arrays hold one population and one trial; leave trial out",
        ),
        (
            lambda r: plotting.raster(([0.1], [0]), populations=["E"]),
            "raster.populations: plain arrays hold one population and one trial; leave populations out",
        ),
        (
            lambda r: plotting.raster(([0.1], [0]), duration=0.05),
            "raster.duration: a spike at 0.1 s lies after the 0.05 s given; pass a longer one",
        ),
        (lambda r: plotting.raster(r, duration=0.02), f"raster.duration: {RATES}; leave duration out"),
        (lambda r: plotting.raster(r, dt=0.001), f"raster.dt: {RATES}; leave dt out"),
        (lambda r: plotting.raster(r, trial=[0, 0]), "raster.trial: trial 0 is named twice; name each trial once"),
        (lambda r: plotting.raster(r, trial=-1), "raster.trial: no trial -1; there are trials 0 to 1"),
        (lambda r: plotting.raster(r, trial=0.5), "raster.trial: 0.5 is no whole number; give the index of one trial"),
        (
            lambda r: plotting.raster(r, populations=["input", "input"]),
            "raster.populations: 'input' is named twice; name each population once",
        ),
        (
            lambda r: plotting.raster(r, populations=[]),
            "raster.populations: no population was named; give names, or None for all",
        ),
        (
            lambda r: plotting.raster(r, populations=3),
            "raster.populations: 3 is no list of names; give a list of populations",
        ),
        (
            lambda r: plotting.raster(r, bin_width=1.5 * ms),
            "raster.bin_width: 0.0015 s is no whole number of time steps of 0.001 s; give a multiple such as 0.002 s",
        ),
        (
            lambda r: plotting.raster(r, bin_width=1 * mV),
            "raster.bin_width: V is no unit of time; give seconds or a quantity such as 5 ms",
        ),
        (
            lambda r: plotting.raster(r, window=(0.01, 0.03)),
            "raster.window: 0.01 to 0.03 s does not lie in the trial of 0 to 0.02 s; give 0 <= start < stop within it",
        ),
        (
            lambda r: plotting.raster(r, window=(0.01, 0.01)),
            "raster.window: 0.01 to 0.01 s does not lie in the trial of 0 to 0.02 s; give 0 <= start < stop within it",
        ),
        (
            lambda r: plotting.raster(([0.1], [0]), window=(-0.01, 0.01)),
            "raster.window: -0.01 to 0.01 s does not lie in a trial, which starts at 0 s; "
            "give 0 <= start < stop within it",
        ),
        (
            lambda r: plotting.raster(r.window(0.01, 0.02), window=(0.0, 0.01)),
            "raster.window: 0 to 0.01 s does not lie in the trial of 0.01 to 0.02 s; "
            "give 0.01 <= start < stop within it",
        ),
        (
            lambda r: plotting.psth(r.window(0.01, 0.02), "input", window=(0.0, 0.01)),
            "psth.window: 0 to 0.01 s does not lie in the trial of 0.01 to 0.02 s; give 0.01 <= start < stop within it",
        ),
        (lambda r: plotting.raster(r, window=0.01), "raster.window: 0.01 is no pair of times; give (start, stop)"),
        (
            lambda r: plotting.psth(r, "input", window=5 * ms),
            "psth.window: 5. ms is no pair of times; give (start, stop)",
        ),
        (
            lambda r: plotting.psth(5 * ms, duration=1.0),
            "psth.source: 5. ms is neither a Recording nor a sequence of spike times, an array a trial; "
            "give one of them",
        ),
        (
            lambda r: plotting.psth(r, np.array(["input", "cells"])),
            "psth.population: unknown population an array of shape (2,); the recording holds 'input', 'cells', 'quiet'",
        ),
        (
            lambda r: plotting.raster(([0.1], [0]), duration=1e300),
            "raster.duration: 1e+300 s are more time steps of 1e-09 s than can be counted; give a shorter time",
        ),
        (
            lambda r: plotting.raster(r, window=(0.0, 0.0105)),
            "raster.window: 0.0105 s is no whole number of time steps of 0.001 s; give a multiple such as 0.01 s",
        ),
        (
            lambda r: plotting.raster(r, sample=0),
            "raster.sample: 0 is no number of units; give a whole number of at least 1",
        ),
        (
            lambda r: plotting.raster(r, sample=1.5),
            "raster.sample: 1.5 is no number of units; give a whole number of at least 1",
        ),
        (
            lambda r: plotting.raster(r, ax=pyplot.figure().subplots(2)),
            "raster.ax: an array of shape (2,) is no matplotlib axes; give one axes, or leave it out",
        ),
        (
            lambda r: plotting.raster(r, rate_ax=pyplot.figure().subplots()),
            "raster.rate_ax: given without ax; give both, or ax alone for a raster without rate",
        ),
        (
            lambda r: plotting.membrane_potential(r, "cells", peak=1 * pA),
            "membrane_potential.peak: given in A; give a value in V, as the trace",
        ),
        (
            lambda r: plotting.population_rate(r, trial=2),
            "population_rate.trial: no trial 2; there are trials 0 to 1",
        ),
        (
            lambda r: plotting.population_rate(([0.1], [0]), populations=["E"]),
            "population_rate.populations: plain arrays hold one population and one trial; leave populations out",
        ),
        (
            lambda r: plotting.power_spectrum(r, populations="cell"),
            "power_spectrum.populations: unknown population 'cell'; did you mean 'cells'? "
            "the recording holds 'input', 'cells', 'quiet'",
        ),
        (
            lambda r: plotting.power_spectrum(r, frequencies=(501, 600), segment=0.01),
            "power_spectrum.frequencies: none from 501 to 600 Hz; the spectrum holds 100 to 500 Hz",
        ),
        (
            lambda r: plotting.power_spectrum([[0.1]], populations="E", duration=1.0),
            "power_spectrum.populations: plain spike trains are of one population; leave populations out",
        ),
        (
            lambda r: plotting.psth([], duration=1.0),
            "psth.source: it holds no trial; give one array of spike times a trial",
        ),
        (
            lambda r: plotting.psth([0.1, 0.2], duration=1.0),
            "psth.source[0]: 0.1 is no row of spike times; give a one-dimensional array",
        ),
        (
            lambda r: plotting.psth(0.1, duration=1.0),
            "psth.source: 0.1 is neither a Recording nor a sequence of spike times, an array a trial; give one of them",
        ),
        (
            lambda r: plotting.psth([[0.1], ["a"]], duration=1.0),
            "psth.source[1]: an array of text is no array of numbers; give seconds or a quantity such as 5 ms",
        ),
        (
            lambda r: plotting.psth([[0.1, np.inf]], duration=1.0),
            "psth.source[0]: the times hold NaN or infinite values; remove them first",
        ),
        (
            lambda r: plotting.psth([[1.5]], duration=1.0),
            "psth.duration: a spike at 1.5 s lies after the 1 s given; pass a longer one",
        ),
        (
            lambda r: plotting.psth([[0.5]], duration=0.0),
            "psth.duration: 0 s is not a positive time; give a time above 0",
        ),
        (
            lambda r: plotting.psth([[0.5]], duration=1.0, units=[0]),
            "psth.units: plain spike times are of one unit; leave units out",
        ),
        (lambda r: plotting.psth(r, "input", duration=1.0), f"psth.duration: {RATES}; leave duration out"),
        (lambda r: plotting.psth(r, "input", units=[0, 0]), "psth.units: unit 0 is named twice; name each unit once"),
        (
            lambda r: plotting.psth(r, "input", units=[]),
            "psth.units: no unit was named; give an index, several, or None for all",
        ),
        (lambda r: plotting.psth(r, "input", units=[-1]), "psth.units: no unit -1; there are units 0 to 3"),
        (
            lambda r: plotting.psth(r, "inputs"),
            "psth.population: unknown population 'inputs'; did you mean 'input'? "
            "the recording holds 'input', 'cells', 'quiet'",
        ),
        (
            lambda r: plotting.membrane_potential(([0.0, 0.001], [1.0])),
            "membrane_potential.source: 2 times and values of shape (1,); "
            "give one value for each time, and at least one",
        ),
        (
            lambda r: plotting.membrane_potential(([], [])),
            "membrane_potential.source: 0 times and values of shape (0,); "
            "give one value for each time, and at least one",
        ),
        (
            lambda r: plotting.membrane_potential(([0.0, np.nan], [1.0, 2.0])),
            "membrane_potential.source: the times hold NaN or infinite values; remove them first",
        ),
        (
            lambda r: plotting.membrane_potential(([0.001, 0.0], [1.0, 2.0])),
            "membrane_potential.source: the times are not in order; sort times and values by time",
        ),
        (
            lambda r: plotting.membrane_potential(([0.0], ["a"])),
            "membrane_potential.source: an array of text is no array of numbers; give an array of numbers",
        ),
        (
            lambda r: plotting.membrane_potential(([0.0], [1.0]), unit=1),
            "membrane_potential.unit: plain arrays are of one unit and one trial; leave unit out",
        ),
        (
            lambda r: plotting.membrane_potential(r, "cells", trial=[0, 1]),
            "membrane_potential.trial: an array of shape (2,) is no whole number; give the index of one trial",
        ),
        (
            lambda r: plotting.membrane_potential(r, "cells", threshold=1 * ms),
            "membrane_potential.threshold: given in s; give a value in V, as the trace",
        ),
        (
            lambda r: plotting.membrane_potential(r, "cells", threshold=[1, 2]),
            "membrane_potential.threshold: an array of shape (2,) is no single finite value; give one",
        ),
        (
            lambda r: plotting.membrane_potential(r, "cells", spikes=[np.nan]),
            "membrane_potential.spikes: the times hold NaN or infinite values; remove them first",
        ),
        (
            lambda r: plotting.membrane_potential(([0.0, 0.001], [1.0, 2.0]), window=(0.002, 0.003)),
            "membrane_potential.window: no sample from 0.002 to 0.003 s; give a wider one",
        ),
    ],
)
def test_wrong_input_is_one_line(recording: Recording, call, message: str) -> None:
    with pytest.raises(InputError) as caught:
        call(recording)
    assert str(caught.value) == message


def test_an_empty_raster_and_an_empty_trial_are_drawn() -> None:
    assert len(marks(plotting.raster(([], [])))[0]) == 0
    np.testing.assert_array_equal(drawn_rates(plotting.psth([[]], bin_width=0.5, duration=1.0)), [0, 0])
