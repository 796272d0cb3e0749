"""Which populations and units are drawn, in which colours, and in which unit of time."""

import numpy as np
import pytest
from brian2 import mV, second
from matplotlib import pyplot
from matplotlib.colors import to_hex

from bnsim import plotting
from bnsim.plotting.style import PALETTE
from bnsim.recording import Recording, SampledTrace, SpikeTimes


@pytest.fixture(scope="module")
def long() -> Recording:
    """Eight seconds: unit k of three fires at k + 1 seconds; "other" has no spike times."""
    spikes = SpikeTimes(np.zeros(3, int), np.arange(3), np.arange(1.0, 4.0))
    trace = SampledTrace(np.arange(16.0).reshape(1, 8, 2) * 1e-3, np.arange(8.0), "V", np.array([2, 0]))
    counts = {"other": np.zeros((1, 2), int), "E": np.ones((1, 3), int)}
    return Recording(
        8.0, 0.005, np.zeros(1, np.uint64), counts, {"E": spikes}, {"E": {"v": trace}}, weights={"w": trace}
    )


def test_populations_come_second(long: Recording) -> None:
    for draw in (plotting.raster, plotting.population_rate, plotting.psth, plotting.membrane_potential):
        assert draw(long, "E").get_figure() is not None
    assert plotting.power_spectrum(long, ["E"], bin_width=0.1).lines


def test_a_sole_population_needs_no_name(long: Recording) -> None:
    assert plotting.psth(long).get_ylabel() == "Rate (Hz)"
    assert plotting.membrane_potential(long).get_ylabel() == "Membrane potential (mV)"


def test_a_raster_of_some_units_numbers_them(long: Recording) -> None:
    ax = plotting.raster(long, "E", units=[2, 0], bin_width=1.0)
    np.testing.assert_allclose(ax.collections[0].get_offsets(), [[1, 0], [3, 1]])  # units 0 and 2, in seconds
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0", "2"]
    assert ax.get_ylabel() == "Sample of 'E': 2 of 3 units"
    rate = ax.figure.axes[1]
    np.testing.assert_allclose(rate.patches[0].get_data().values[:4], [0, 1 / 3, 1 / 3, 1 / 3])
    assert rate.texts[0].get_text() == "mean of all units, 1 s bins"
    plain = plotting.raster(([0.1, 0.2, 0.3], [4, 2, 4]), units=[4])
    np.testing.assert_allclose(plain.collections[0].get_offsets(), [[100, 0], [300, 0]])


def test_more_than_five_seconds_are_in_seconds(long: Recording) -> None:
    """In all pictures alike, so that they fit below each other."""
    axes = [plotting.raster(long).figure.axes[1], plotting.population_rate(long), plotting.psth(long)]
    axes += [plotting.membrane_potential(long), plotting.weights_over_time(long)]
    for ax in axes:
        assert ax.get_xlabel() == "Time (s)"
    assert axes[1].get_xlim() == axes[2].get_xlim() == axes[4].get_xlim() == (0, 8)
    part = long.window(0 * second, 4 * second)
    for draw in (plotting.raster, plotting.population_rate, plotting.psth, plotting.membrane_potential):
        ax = draw(part)
        assert (ax if draw is not plotting.raster else ax.figure.axes[1]).get_xlabel() == "Time (ms)"
    weights = plotting.weights_over_time(part)
    assert (weights.get_xlabel(), weights.get_xlim()) == ("Time (ms)", (0, 4000))


@pytest.mark.parametrize(("width", "note"), [(1.0, "1 s bins"), (2.5, "2.5 s bins"), (0.02, "20 ms bins")])
def test_widths_of_bins_are_written_out(width: float, note: str, long: Recording) -> None:
    assert plotting.psth(long, bin_width=width).texts[0].get_text() == note
    assert plotting.population_rate(long, bin_width=width).texts[0].get_text() == f"mean of units, {note}"


def test_time_counts_from_a_stimulus_where_there_are_trials(recording: Recording) -> None:
    assert plotting.psth(recording, "input").get_xlabel() == "Time since stimulus onset (ms)"


def test_traces_in_one_axes_have_a_colour_and_a_name_each(long: Recording) -> None:
    ax = pyplot.figure().subplots()
    plotting.membrane_potential(long, unit=2, label="two", threshold=5 * mV, ax=ax)
    plotting.membrane_potential(long, unit=0, label="nought", ax=ax)
    plotting.membrane_potential(long, unit=0, color="red", ax=ax)
    traces = [line for line in ax.lines if len(line.get_xdata()) == 8]
    assert [to_hex(line.get_color()).upper() for line in traces] == [*PALETTE[:2], "#FF0000"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["two", "nought"]
    ticks = [to_hex(found.get_color()[0]).upper() for found in ax.collections]
    assert ticks == [*PALETTE[:2], "#FF0000"]
    alone = plotting.membrane_potential(long, unit=2)
    assert to_hex(alone.collections[0].get_color()[0]) == "#000000"


def test_the_legend_of_weights_lies_above_them(long: Recording) -> None:
    ax = plotting.weights_over_time(long)
    ax.figure.canvas.draw()
    assert ax.get_legend().get_window_extent().y0 >= ax.get_window_extent().y1 - 1
