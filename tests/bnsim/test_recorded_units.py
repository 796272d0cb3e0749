"""The spikes of some units of a population were recorded: nothing takes the others for silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, second

import bnsim
from bnsim import InputError, Recording, SpikeTimes, measures, plotting
from bnsim.recording.arrays import fields

UNIT, TIME = np.array([4, 1, 1, 4, 4, 4, 4]), np.array([100, 200, 250, 300, 500, 700, 900]) * 1e-3


@pytest.fixture
def recording() -> Recording:
    """One second of ten units; units 4 and 1 were recorded, of which 4 fires five times and 1 twice."""
    counts = np.full((1, 10), 3)
    counts[0, [4, 1]] = 5, 2
    spikes = SpikeTimes(np.zeros(7, int), UNIT, TIME, np.array([4, 1]))
    traces = {"v": bnsim.SampledTrace(np.zeros((1, 2, 2)), np.array([0, 1e-3]), "V", np.array([4, 0]))}
    return Recording(1.0, 1e-3, np.zeros(1, np.uint64), {"cells": counts}, {"cells": spikes}, {"cells": traces})


def test_a_run_names_the_units(tmp_path: Path) -> None:
    """Their rate is that of their counts, in memory, in a folder, in parts that are joined, in a window."""
    cells = bnsim.Population("cells", 10, bnsim.LIF(), drive=bnsim.PoissonDrive(400 * Hz, 3 * mV))
    simulator = bnsim.Network([cells], []).compile(dt=1 * ms, backend="numpy")
    record, start = [bnsim.Spikes("cells", units=[7, 2])], simulator.initial_state(1)
    _, whole = simulator.run_for(start, 300 * ms, record=record)
    spikes = whole.spike_times("cells")
    assert spikes.units.tolist() == [7, 2]
    assert set(spikes.unit.tolist()) == {2, 7}
    expected = measures.rates(whole, "cells")[:, [7, 2]]
    assert expected.min() > 0
    state, first = simulator.run_for(start, 100 * ms, record=record, to=tmp_path)
    _, second_part = simulator.run_for(state, 200 * ms, record=record)
    found = [
        whole,
        Recording.joined([first, second_part]),
        simulator.run_for(state, 200 * ms, record=record, to=tmp_path)[1],
    ]
    found += [Recording(**fields(whole.arrays())), Recording.load(tmp_path)]
    for each in found:
        np.testing.assert_allclose(each.binned("cells", 300 * ms)[:, 0] / 0.3, expected)
        assert each.window(0 * second, 100 * ms).spike_times("cells").units.tolist() == [7, 2]


def test_measures_are_those_of_the_recorded_units(recording: Recording) -> None:
    np.testing.assert_allclose(measures.first_spike_latency(recording, "cells"), [[0.1, 0.2]])
    of_4, of_1 = measures.interspike_intervals(recording, "cells")
    np.testing.assert_allclose(of_4, np.full(4, 0.2))
    np.testing.assert_allclose(of_1, [0.05])
    np.testing.assert_allclose(measures.coefficient_of_variation(recording, "cells"), [0, np.nan], atol=1e-12)
    assert measures.spike_time_tiling(recording, "cells").shape == (2, 2)
    alone = measures.power_spectrum([np.array([0.2, 0.25]), TIME[UNIT == 4]], duration=1.0, dt=1 * ms)
    np.testing.assert_allclose(measures.power_spectrum(recording, "cells"), alone)
    assert recording.binned("cells", 500 * ms).tolist() == [[[2, 2], [3, 0]]]


def test_counts_of_a_window_are_those_of_recorded_populations(recording: Recording) -> None:
    """Although it is by chance that all spikes were recorded, where the other units are silent."""
    silent = replace(recording, counts={"cells": np.bincount(UNIT, minlength=10)[None]})
    assert not silent.window(0.0, 0.5).counts


def test_pictures_are_those_of_the_recorded_units(recording: Recording) -> None:
    rate = plotting.population_rate(recording, bin_width=0.5)
    np.testing.assert_allclose(rate.patches[0].get_data().values, [4, 3])  # 4 and 3 spikes of 2 units in half a second
    assert "mean of recorded units, 500 ms bins" in rate.texts[0].get_text()
    histogram = plotting.psth(recording, "cells", bin_width=0.5)
    np.testing.assert_allclose(histogram.patches[0].get_data().values, [4, 3])
    assert histogram.texts[0].get_text() == "2 of 10 units, 500 ms bins"
    ax = plotting.raster(recording)
    np.testing.assert_allclose(ax.collections[0].get_offsets()[:, 1], [1, 0, 0, 1, 1, 1, 1])
    assert ax.get_ylabel() == "Sample of 'cells': 2 of 10 units"
    np.testing.assert_allclose(ax.figure.axes[1].patches[0].get_data().values.max(), 100)  # a spike, 2 units, 5 ms
    spectrum = plotting.power_spectrum(recording)
    np.testing.assert_allclose(spectrum.lines[1].get_ydata(), 3.5)  # 2 r / N, with 3.5 Hz of 2 units
    assert plotting.membrane_potential(recording, "cells", 4).collections
    assert not plotting.membrane_potential(recording, "cells", 0).collections  # its spikes are not known
    assert '<td style="text-align: left">7 of 2 units</td>' in recording._repr_html_()


def test_neo_has_the_recorded_trains_alone(recording: Recording) -> None:
    trains = recording.to_neo().segments[0].spiketrains
    assert [(train.annotations["unit"], len(train)) for train in trains] == [(4, 5), (1, 2)]


def test_arrays_without_units_are_of_all(recording: Recording) -> None:
    """As files of older versions are."""
    arrays = recording.arrays()
    del arrays["spikes/cells/units"]
    assert Recording(**fields(arrays)).spike_times("cells").units.tolist() == list(range(10))


MISSING = "the spikes of unit 3 were not recorded; those of 4, 1 were"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda r: measures.power_spectrum(r, "cells", units=[1, 3]), f"power_spectrum.units: {MISSING}"),
        (lambda r: measures.spike_contrast(r, "cells", units=[3]), f"spike_contrast.units: {MISSING}"),
        (lambda r: measures.cross_correlation(r, "cells", units=(3, 1)), f"cross_correlation.units: {MISSING}"),
        (lambda r: plotting.psth(r, "cells", units=range(3, 5)), f"psth.units: {MISSING}"),
        (
            lambda r: Recording.joined([r, replace(r, start=1.0, spikes={})]),
            "Recording.joined: recording 1 has other kinds of records (less) than the first (spikes of cells); "
            "give parts of one run in which the same is recorded",
        ),
        (
            lambda r: replace(r, spikes={"cells": SpikeTimes(np.zeros(7, int), UNIT, TIME, np.array([4, 2]))}),
            "Recording.spikes['cells'].unit: a spike of unit 1, which is not among the units that were recorded; "
            "name it there",
        ),
        (
            lambda r: replace(r, spikes={"cells": SpikeTimes(np.zeros(7, int), UNIT, TIME, np.array([4, 10]))}),
            "Recording.spikes['cells'].units: no unit 10; there are units 0 to 9",
        ),
        (
            lambda r: replace(r, spikes={"cells": SpikeTimes(np.zeros(7, int), UNIT, TIME, np.array([4, 1, 4]))}),
            "Recording.spikes['cells'].units: unit 4 is named twice; name each unit once",
        ),
    ],
)
def test_units_that_were_not_recorded_are_refused(
    ask: Callable[[Recording], object], message: str, recording: Recording
) -> None:
    with pytest.raises(InputError) as caught:
        ask(recording)
    assert str(caught.value) == message
