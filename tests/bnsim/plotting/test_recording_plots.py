"""Raster, membrane potential and PSTH: what is drawn is what was recorded."""

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes

from bnsim import plotting
from bnsim.errors import InputError
from bnsim.recording import Recording


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


def test_membrane_potential_takes_a_brian2_threshold_and_arrays() -> None:
    from brian2 import mV

    ax = plotting.membrane_potential((np.arange(3) / 1000, [-0.07, -0.06, -0.055]), threshold=-50 * mV, spikes=[0.001])
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [0, 1, 2])
    assert ax.lines[1].get_ydata() == pytest.approx([-50, -50])


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
            "unknown population 'inputs'; it holds 'input', 'cells'",
        ),
        (
            lambda r: plotting.raster(r, populations=["quiet"]),
            "no spike times of 'quiet' were recorded; run again with",
        ),
        (lambda r: plotting.raster(r, trial=2), "no trial 2; the recording holds trials 0 to 1"),
        (lambda r: plotting.raster(r, trial=[]), "no trial was named; pass an index"),
        (lambda r: plotting.raster(r, bin_width=0.0), "bin_width: 0.0 is not a positive time"),
        (lambda r: plotting.membrane_potential(r), "population: none was named; the recording holds 'input'"),
        (
            lambda r: plotting.membrane_potential(r, "input"),
            "no trace of 'v' in 'input' was recorded; compile with",
        ),
        (lambda r: plotting.membrane_potential(r, "cells", 2), "no unit 2 in 'cells'; it has units 0 to 1"),
        (lambda r: plotting.psth(r), "psth.population: none was named"),
        (lambda r: plotting.psth(r, "input", units=[4]), "no unit 4 in 'input'; it has units 0 to 3"),
        (lambda r: plotting.psth([[0.1]]), "psth.duration: plain spike times do not tell the length"),
    ],
)
def test_errors_name_culprit_and_remedy(recording: Recording, call, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        call(recording)
    assert "\n" not in str(raised.value)


def test_recording_without_spike_times_says_how_to_get_them(recording: Recording) -> None:
    bare = Recording(recording.duration, recording.dt, recording.trials, recording.counts)
    with pytest.raises(InputError, match=r"run again with record=\['input', 'cells', 'quiet'\]"):
        plotting.raster(bare)
