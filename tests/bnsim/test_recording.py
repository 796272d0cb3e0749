"""Recordings: the order of spikes, views of them, and the ways out to Neo and to files."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quantities as pq
from brian2.units import ms, mV, nS

import bnsim
from bnsim import (
    ConductanceLIF,
    ExponentialConductance,
    InputError,
    MachineError,
    PairSTDP,
    Poisson,
    Recording,
    State,
)
from bnsim.engine.compiler import find_compiler

TRACES = {"cells": ["v", "input_to_cells_g", "theta"], "relay": ["u"]}


class Adaptive(ConductanceLIF):
    """With a variable that has no unit."""

    equations = ConductanceLIF.equations + "\ndtheta/dt = -theta / (10*ms) : 1"
    reset = ConductanceLIF.reset + "\ntheta += 1"


def record(backend: str = "numpy") -> Recording:
    network = bnsim.Network(
        [
            bnsim.Population("input", 20, Poisson()),
            bnsim.Population("cells", 3, Adaptive()),
            bnsim.Population("relay", 2, bnsim.LIF()),
        ],
        [
            bnsim.Projection("input", "cells", ExponentialConductance(), 5 * nS, plasticity=PairSTDP(w_max=9 * nS)),
            bnsim.Projection("input", "relay", bnsim.Delta(), 1 * mV, plasticity=bnsim.ErrorModulated()),
        ],
    )
    simulator = network.compile(40 * ms, 0.5 * ms, backend=backend)
    state = simulator.initial_state(0)
    stimulus = np.full((3, 20), 0.9)
    record = [bnsim.Spikes(name) for name in ("input", "cells", "relay")]
    record += [bnsim.Trace(name, variable) for name, variables in TRACES.items() for variable in variables]
    return simulator.run(state, stimulus, 3, trials=[7, 5, 6], plastic=False, record=record)[1]


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record()


def test_spikes_are_ordered_by_trial_time_and_unit(recording: Recording) -> None:
    for name in ("input", "cells"):
        spikes = recording.spike_times(name)
        assert len(spikes) > 10
        rows = list(zip(spikes.trial, spikes.time, spikes.unit, strict=True))
        assert rows == sorted(rows)
    assert recording.trials.tolist() == [7, 5, 6]
    assert recording.populations == {"input": 20, "cells": 3, "relay": 2}
    assert (recording.n_trials, recording.n_steps) == (3, 80)


def test_times_lie_on_the_grid_within_the_trial(recording: Recording) -> None:
    steps = recording.spike_times("input").time / recording.dt
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-9)
    assert steps.min() >= 0
    assert steps.max() < 80


def test_counts_are_the_recorded_spikes(recording: Recording) -> None:
    for name, size in recording.populations.items():
        spikes = recording.spike_times(name)
        found = np.zeros((3, size), int)
        np.add.at(found, (spikes.trial, spikes.unit), 1)
        np.testing.assert_array_equal(found, recording.counts[name])
        for trial in range(3):
            trains = spikes.trains(trial)
            assert [len(train) for train in trains] == recording.counts[name][trial].tolist()
            times, units = spikes.of_trial(trial)
            for unit, train in enumerate(trains):
                np.testing.assert_array_equal(train, times[units == unit])


@pytest.mark.parametrize("width", [0.0005, 0.002, 0.007, 0.04, 1.0])
def test_bins_add_up_to_the_counts(recording: Recording, width: float) -> None:
    binned = recording.binned("input", width)
    assert binned.shape == (3, max(1, int(np.ceil(0.04 / width - 1e-9))), 20)
    np.testing.assert_array_equal(binned.sum(axis=1), recording.counts["input"])


def test_a_bin_begins_with_its_first_step() -> None:
    spikes = bnsim.SpikeTimes(np.zeros(4, int), np.zeros(4, int), np.array([0.0, 0.0019, 0.002, 0.0099]))
    counts = {"cells": np.array([[4]])}
    recording = Recording(0.01, 0.0001, np.zeros(1, np.uint64), counts, {"cells": spikes})
    assert recording.binned("cells", 0.002)[0, :, 0].tolist() == [2, 1, 0, 0, 1]


UNITS = {
    ("cells", "v"): "V",
    ("cells", "input_to_cells_g"): "S",
    ("cells", "theta"): "",
    ("relay", "u"): "V",
}


@pytest.mark.parametrize(
    "backend",
    ["numpy", pytest.param("cpp", marks=pytest.mark.skipif(find_compiler() is None, reason="needs a C++ compiler"))],
)
def test_traces_have_the_shape_and_unit_of_their_variable(backend: str) -> None:
    recording = record(backend)
    for (population, variable), unit in UNITS.items():
        trace = recording.trace(population, variable)
        assert trace.unit == unit
        assert trace.values.shape == (3, 80, recording.populations[population])
        assert np.ptp(trace.values) > 0
    v = recording.trace("cells", "v").values
    np.testing.assert_allclose(v[:, 0], -0.06)  # at the start of each trial's first step
    spikes = recording.spike_times("cells")
    after = np.rint(spikes.time / recording.dt).astype(int) + 1
    np.testing.assert_allclose(v[spikes.trial, after, spikes.unit], -0.06)


def test_neo_keeps_spikes_traces_and_units(recording: Recording) -> None:
    block = recording.to_neo()
    assert [segment.name for segment in block.segments] == ["trial 7", "trial 5", "trial 6"]
    for trial, segment in enumerate(block.segments):
        assert len(segment.spiketrains) == 25
        for train in segment.spiketrains:
            population, unit = train.annotations["population"], train.annotations["unit"]
            expected = recording.spike_times(population).trains(trial)[unit]
            np.testing.assert_array_equal(train.rescale("s").magnitude, expected)
            assert float(train.t_stop.rescale("ms")) == pytest.approx(40)
        signals = {signal.name: signal for signal in segment.analogsignals}
        assert set(signals) == {f"{population} {variable}" for population, variable in UNITS}
        for (population, variable), unit in UNITS.items():
            signal = signals[f"{population} {variable}"]
            np.testing.assert_array_equal(signal.magnitude, recording.trace(population, variable).values[trial])
            assert signal.units == pq.Quantity(1, unit or "dimensionless")
            assert float(signal.sampling_period.rescale("ms")) == pytest.approx(0.5)


@pytest.mark.parametrize("unit", ["V/s", "Hz", "V^2", "C", ""])
def test_neo_and_files_take_compound_units(unit: str, tmp_path: Path) -> None:
    traces = {"cells": {"x": bnsim.SampledTrace(np.ones((1, 10, 2)), 1e-3 * np.arange(10), unit, np.arange(2))}}
    recording = Recording(0.01, 0.001, np.zeros(1, np.uint64), {"cells": np.zeros((1, 2), int)}, {}, traces)
    assert recording.to_neo().segments[0].analogsignals[0].shape == (10, 2)
    recording.save(tmp_path / "recording.npz")
    assert Recording.load(tmp_path / "recording.npz").trace("cells", "x").unit == unit


def test_files_give_back_the_same_recording(recording: Recording, tmp_path: Path) -> None:
    recording.save(tmp_path / "recording.npz")
    loaded = Recording.load(tmp_path / "recording.npz")
    assert (loaded.duration, loaded.dt) == (recording.duration, recording.dt)
    np.testing.assert_array_equal(loaded.trials, recording.trials)
    for name in recording.populations:
        np.testing.assert_array_equal(loaded.counts[name], recording.counts[name])
        for part in ("trial", "unit", "time"):
            np.testing.assert_array_equal(
                getattr(loaded.spike_times(name), part), getattr(recording.spike_times(name), part)
            )
    for population, variable in UNITS:
        one, other = (kept.trace(population, variable) for kept in (loaded, recording))
        np.testing.assert_array_equal(one.values, other.values)
        assert one.unit == other.unit
    with np.load(tmp_path / "recording.npz", allow_pickle=False) as data:  # readable without this project
        assert data["counts/cells"].shape == (3, 3)


def part(first: int, steps: int, fired: list[tuple[int, int]], sampled: bool = True, size: int = 3) -> Recording:
    """Steps `first` to `first + steps` of a continuous run at 1 ms a step: unit and step of each spike of `cells`; a
    trace of unit 1, whose values are ten times the step, every 2 steps; `quiet` was not recorded, and fires twice."""
    unit, step = np.array(fired, int).reshape(-1, 2).T
    times = np.arange(-(-first // 2) * 2, first + steps, 2)
    trace = bnsim.SampledTrace(10.0 * times[None, :, None], times * 1e-3, "V", np.array([1]))
    return Recording(
        steps * 1e-3,
        1e-3,
        np.zeros(1, np.uint64),
        {"cells": np.bincount(unit, minlength=size)[None], "quiet": np.array([[2]])},
        {"cells": bnsim.SpikeTimes(np.zeros(len(unit), int), unit, step * 1e-3)},
        {"cells": {"v": trace}} if sampled else {},
        start=first * 1e-3,
    )


SPIKES = [(0, 10), (2, 12), (1, 15), (0, 15), (0, 17), (1, 19)]


@pytest.mark.parametrize(
    ("start", "stop", "expected", "samples"),
    [
        (12, 17, SPIKES[1:4], [120, 140, 160]),
        (10, 20, SPIKES, [100, 120, 140, 160, 180]),
        (13, 15, [], [140]),
        (15, 16, SPIKES[2:4], []),
    ],
)
def test_a_window(start: int, stop: int, expected: list[tuple[int, int]], samples: list[float], tmp_path: Path) -> None:
    """Its start is included and its stop is not; times stay those of the run."""
    found = part(10, 10, SPIKES).window(start * ms, stop * 1e-3)
    assert (found.first_step, found.n_steps, found.populations) == (start, stop - start, {"cells": 3, "quiet": 1})
    spikes = found.spike_times("cells")
    assert list(zip(spikes.unit, (spikes.time * 1e3).round().astype(int), strict=True)) == expected
    assert found.spike_counts("cells").tolist() == [[sum(u == k for u, _ in expected) for k in range(3)]]
    assert found.trace("cells", "v").values.ravel().tolist() == samples
    with pytest.raises(InputError, match=r"^Recording\.counts: not known in this window, for not all spikes of"):
        found.spike_counts("quiet")
    rates = bnsim.measures.rates(found, "cells")
    np.testing.assert_allclose(rates, found.counts["cells"] / ((stop - start) * 1e-3))
    assert found.binned("cells", 1 * ms).sum(axis=1).tolist() == found.counts["cells"].tolist()
    found.save(tmp_path / "window.npz")
    loaded = Recording.load(tmp_path / "window.npz")
    assert loaded.populations == found.populations
    assert loaded.arrays().keys() == found.arrays().keys()


def test_a_window_of_trials(recording: Recording) -> None:
    """The same stretch of each trial; counts are those that bins of the whole hold there."""
    found = recording.window(10 * ms, 25 * ms)
    assert (found.n_trials, found.start, found.duration) == (3, 0.01, 0.015)
    for name in ("input", "cells"):
        binned = recording.binned(name, 5 * ms)[:, 2:5]
        np.testing.assert_array_equal(found.counts[name], binned.sum(axis=1))
        np.testing.assert_array_equal(found.binned(name, 5 * ms), binned)
    trace = recording.trace("cells", "v")
    np.testing.assert_array_equal(found.trace("cells", "v").values, trace.values[:, 20:50])


@pytest.mark.parametrize(
    ("start", "stop", "message"),
    [
        (9, 12, "Recording.window: 0.009 to 0.012 s does not lie within the recording of 0.01 to 0.02 s; give "),
        (12, 21, "Recording.window: 0.012 to 0.021 s does not lie within the recording of 0.01 to 0.02 s; give "),
        (12, 12, "Recording.window: 0.012 to 0.012 s does not lie within the recording of 0.01 to 0.02 s; give "),
        (12.5, 14, "Recording.window(start): 0.0125 s is no whole number of time steps of 0.001 s; give a multiple"),
    ],
)
def test_windows_that_are_refused(start: float, stop: float, message: str) -> None:
    with pytest.raises(InputError) as caught:
        part(10, 10, SPIKES).window(start * ms, stop * ms)
    assert str(caught.value).startswith(message)


def test_consecutive_parts_are_joined() -> None:
    parts = [part(10, 4, SPIKES[:2]), part(14, 1, []), part(15, 5, SPIKES[2:])]
    joined, whole = Recording.joined(parts).arrays(), part(10, 10, SPIKES).arrays()
    whole["counts/quiet"] = 3 * whole["counts/quiet"]
    assert list(joined) == list(whole)
    for name, array in whole.items():
        np.testing.assert_array_equal(joined[name], array, err_msg=name)
    windows = [part(10, 10, SPIKES).window(first * ms, (first + 5) * ms) for first in (10, 15)]
    assert Recording.joined(windows).populations == {"cells": 3, "quiet": 1}
    assert Recording.joined(windows).counts["cells"].tolist() == [[3, 2, 1]]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (lambda r: [], "no recording; give at least one"),
        (lambda r: [r], "recording 0 is of 3 trials; give recordings of run_for"),
        (
            lambda _: [part(10, 4, []), part(15, 5, [])],
            "recording 1 begins at 0.015 s, where the one before ends at 0.014 s; "
            "give consecutive parts of one run, in order",
        ),
        (
            lambda _: [part(10, 4, []), part(14, 5, [], size=4)],
            "recording 1 has other populations ({'cells': 4, 'quiet': 1}) than the first ({'cells': 3, 'quiet': 1}); "
            "give parts of one run in which the same is recorded",
        ),
        (
            lambda _: [part(10, 4, []), part(14, 5, [], sampled=False)],
            "recording 1 has other kinds of records (less) than the first (trace of cells v); "
            "give parts of one run in which the same is recorded",
        ),
    ],
)
def test_parts_that_do_not_follow_each_other_are_refused(parts: Any, message: str, recording: Recording) -> None:
    with pytest.raises(InputError) as caught:
        Recording.joined(parts(recording))
    assert str(caught.value) == f"Recording.joined: {message}"


def test_files_that_are_no_recording_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("no archive")
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    np.savez(tmp_path / "objects.npz", duration=np.array([{}], dtype=object))
    for name in ("text", "other", "objects", "missing"):
        with pytest.raises(
            InputError, match=r"^Recording\.load: cannot read .*; give a file written by Recording\.save or the "
        ):
            Recording.load(tmp_path / f"{name}.npz")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda r: r.spike_times("cell"),
            "Recording: unknown population 'cell'; did you mean 'cells'? the recording holds 'cells', 'quiet'",
        ),
        (
            lambda r: r.spike_times("quiet"),
            "Recording.spikes: no spike times of 'quiet' were recorded; run again with record=[bnsim.Spikes('quiet')]",
        ),
        (
            lambda r: r.trace("cells", "v"),
            "Recording.traces: no trace of 'v' in 'cells' was recorded; run again with "
            "record=[bnsim.Trace('cells', 'v')]",
        ),
        (lambda r: r.trace("cells", np.array(3)), "Recording.traces: no trace of array(3) in 'cells' was recorded"),
        (
            lambda r: r.trace("cell", "v"),
            "Recording: unknown population 'cell'; did you mean 'cells'? the recording holds 'cells', 'quiet'",
        ),
        (
            lambda r: r.binned("cells", 0.0001),
            "Recording.binned(bin_width): 0.0001 s is no whole number of time steps of 0.001 s; "
            "give a multiple such as 0.001 s",
        ),
        (
            lambda r: r.binned("cells", float("nan")),
            "Recording.binned(bin_width): nan is not finite; give seconds or a quantity such as 5 ms",
        ),
        (lambda r: r.binned("quiet", 0.01), "Recording.spikes: no spike times of 'quiet' were recorded"),
    ],
)
def test_what_was_not_recorded_is_named(ask: object, message: str) -> None:
    empty = bnsim.SpikeTimes(np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    counts = {"cells": np.zeros((1, 2), int), "quiet": np.zeros((1, 1), int)}
    recording = Recording(0.01, 0.001, np.zeros(1, np.uint64), counts, {"cells": empty})
    with pytest.raises(InputError) as caught:
        ask(recording)  # type: ignore[operator]
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "keep", [State({"cells.theta": np.zeros(3)}), Recording(0.1, 1e-3, np.arange(1), {"cells": np.zeros((1, 3))})]
)
def test_what_cannot_be_written_is_said_and_leaves_nothing(
    keep: State | Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = type(keep).__name__
    with pytest.raises(
        MachineError, match=rf"^{name}\.save: cannot write .*missing/kept\.npz \(No such file or directory\); give a"
    ):
        keep.save(tmp_path / "missing" / "kept.npz")
    monkeypatch.setattr("zipfile.ZipFile.open", full_disk)
    with pytest.raises(MachineError, match=r"No space left on device"):
        keep.save(tmp_path / "kept.npz")
    assert not list(tmp_path.iterdir())


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("spikes", "message"),
    [
        (([0], [0, 1], [0.001]), "SpikeTimes: 1 trials, 2 units and 1 times; give one of each a spike"),
        (
            ([1, 0], [0, 0], [0.001, 0.001]),
            "SpikeTimes.trial: not in order; sort the spikes by trial, then time, then unit",
        ),
        (([0], [-1], [0.001]), "Recording.spikes['cells'].unit: no unit -1; there are units 0 to 1"),
        (([0], [2], [0.001]), "Recording.spikes['cells'].unit: no unit 2; there are units 0 to 1"),
        (([1], [0], [0.001]), "Recording.spikes['cells'].trial: no trial 1; there are trials 0 to 0"),
        (
            ([0], [0], [np.nan]),
            "Recording.spikes['cells'].time: not within the trial of 0 to 0.01 s; give times from its start",
        ),
        (
            ([0], [0], [0.01]),
            "Recording.spikes['cells'].time: not within the trial of 0 to 0.01 s; give times from its start",
        ),
    ],
)
def test_spikes_that_no_population_has_fired_are_refused(spikes: tuple[list, ...], message: str) -> None:
    def make() -> Recording:
        of_cells = bnsim.SpikeTimes(*map(np.array, spikes))
        return Recording(0.01, 0.001, np.zeros(1, np.uint64), {"cells": np.zeros((1, 2), int)}, {"cells": of_cells})

    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message


def test_spikes_of_an_unknown_population_are_refused() -> None:
    none = bnsim.SpikeTimes(np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    with pytest.raises(InputError, match=r"^Recording\.spikes: unknown population 'cell'; did you mean 'cells'\?"):
        Recording(0.01, 0.001, np.zeros(1, np.uint64), {"cells": np.zeros((1, 2), int)}, {"cell": none})


def test_the_width_of_bins_may_be_a_quantity(recording: Recording) -> None:
    np.testing.assert_array_equal(recording.binned("input", 2 * ms), recording.binned("input", 0.002))
    with pytest.raises(InputError, match=r"^Recording\.binned\(bin_width\): V is no unit of time"):
        recording.binned("input", 2 * mV)
