"""A run in pieces is one run, to the last bit; it is saved whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from brian2.units import ms

import bnsim
from bnsim.errors import InputError, MachineError
from bnsim.recording import Recording
from experiments.lab import simulation
from experiments.lab.data import as_data
from experiments.lab.setting import Setting
from experiments.lab.simulation import Simulation, SimulationRun

from .small import EXPERIMENT, setting

pytestmark = pytest.mark.usefixtures("without_compiler")


def carried_out(one: Setting) -> SimulationRun:
    run = one.run()
    assert isinstance(run, SimulationRun)
    run.prepare()
    while not run.finished:
        run.advance()
    return run


@pytest.fixture(scope="module")
def finished() -> SimulationRun:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimulationRun, "backend", "numpy")
        return carried_out(setting(current=25))


def test_pieces_are_one_run(finished: SimulationRun) -> None:
    assert len(finished.recordings) > 1
    assert finished.done == 1
    plain = finished.network
    for network, same in ((as_data(plain), Recording.__eq__), (plain, same_spikes)):
        simulator = network.compile(dt=EXPERIMENT.dt * ms, backend="numpy")
        _, whole = simulator.run_for(simulator.initial_state(key=1), 200 * ms, record=EXPERIMENT.record)
        assert whole.counts["cells"].sum() > 10
        assert same(finished.recording(), whole)


def same_spikes(one: Recording, other: Recording) -> bool:
    return all(np.array_equal(one.spike_times(name).time, other.spike_times(name).time) for name in one.spikes)


def test_spikes_that_are_given_reach_their_piece() -> None:
    times = np.array([0.0031, 0.0499, 0.05, 0.0701])
    packet = Simulation(
        "packet", "Packet", "Networks", "Four spikes.", (),
        network=lambda values: bnsim.Network([bnsim.Population("packet", 4, bnsim.SpikeTrains())]),
        stimulus=lambda values: {"packet": (times, np.arange(4))},
        dt=0.1, seconds=0.1, record=(bnsim.Spikes("packet"),), views=(),
    )  # fmt: skip
    run = carried_out(Setting.of(packet, {}))
    assert len(run.recordings) > 1
    np.testing.assert_allclose(run.recording().spike_times("packet").time, times, rtol=0, atol=1e-12)
    assert "(np.array([0.0031, 0.0499, 0.05, 0.0701]), np.arange(4))" in run.setting.script()


def test_pieces_take_as_long_as_wanted() -> None:
    assert simulation._next(100, 0.6, 5, least=10) == 50
    assert simulation._next(100, 0.01, 5, least=10) == 400
    assert simulation._next(900, 0.1, 5, least=10) == 1000
    assert simulation._next(10, 60.0, 5, least=3.7) == 5
    assert simulation._next(100, 60.0, 5, least=52) == 50
    assert simulation._next(400, 0.2, 200, least=10) == 600


def test_views_follow_the_run(finished: SimulationRun) -> None:
    network, (raster, rates, potentials, spectrum) = finished.network, EXPERIMENT.views
    whole, first = finished.recording(), finished.recordings[0]
    shown = raster.columns(first, network)
    spikes = first.spike_times("cells")
    assert shown["low"][: len(spikes.unit)] == (spikes.unit - 0.45).tolist()
    assert set(shown["high"][len(spikes.unit) :]) <= {3.45, 4.45, 5.45}
    per_bin = rates.columns(whole, network)
    assert per_bin["time"] == [5.0 * place for place in range(40)]
    assert sum(per_bin["cells"]) * 0.005 * 3 == pytest.approx(whole.counts["cells"].sum(), abs=0.2)
    assert potentials.columns(first, network)["unit 0"][0] == -65
    assert spectrum.columns(first, network)["frequency"] == []
    assert len(spectrum.columns(whole, network)["frequency"]) == 50


def test_saved_folder_holds_recording_setting_and_script(finished: SimulationRun, tmp_path: Path) -> None:
    folder = finished.save(tmp_path)
    assert Recording.load(folder / "recording.npz") == finished.recording()
    facts = json.loads((folder / "setting.json").read_text())
    assert facts == {"experiment": "small", "values": {"current": 25, "tau_m": 20}, "seed": 1, "seconds": 0.2}
    assert (folder / "script.py").read_text() == finished.setting.script()
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_what_cannot_be_saved(finished: SimulationRun, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exists already; give a new folder"):
        finished.write(tmp_path)
    with pytest.raises(InputError, match="nothing was recorded yet; run it first"):
        setting().run().save(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match=r"cannot be written \(.*\); give a folder with room"):
        finished.save(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
