"""Short cuts of the compiled network: rows of synapses, traces on neurons. They change nothing but the time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2.units import Hz, ms, mV

import bnsim
from bnsim.engine import compiler
from bnsim.engine.standalone import StandaloneNetwork


def plastic(delay: object) -> bnsim.Network:
    """Poisson input onto competing cells, all to all."""
    return bnsim.Network(
        [
            bnsim.Population("input", 30, bnsim.Poisson(200 * Hz)),
            bnsim.Population("cells", 12, bnsim.LIF(refractory=2 * ms)),
        ],
        [
            bnsim.Projection(
                "input",
                "cells",
                bnsim.ExponentialCurrent(tau=4 * ms),
                weights=bnsim.Uniform(0 * mV, 8 * mV),
                delay=delay,
                plasticity=bnsim.PairSTDP(a_plus=0.02, a_minus=0.02, w_max=8 * mV),
            ),
            bnsim.Projection("cells", "cells", bnsim.Delta(), -1 * mV, bnsim.AllToAll(autapses=False)),
        ],
    )


STIMULUS = np.random.default_rng(0).random((6, 30))


def run(simulator: bnsim.engine.simulator.Simulator, state: bnsim.State) -> tuple[bnsim.State, bnsim.Recording]:
    return simulator.run(state, STIMULUS, 2, record=[bnsim.Spikes("cells")])


@pytest.mark.slow
def test_wiring_in_rows_and_in_another_order_give_the_same_bits() -> None:
    simulator = plastic(0 * ms).compile(trial=100 * ms, dt=0.5 * ms, backend="cpp")
    start = simulator.initial_state(1)
    state, recording = run(simulator, start)
    # Within each source the targets are turned round: no rows are left, but each target's inputs keep their order.
    order = np.lexsort((-start["input_to_cells.target"], start["input_to_cells.source"]))
    turned = {f"input_to_cells.{part}": start[f"input_to_cells.{part}"][order] for part in ("source", "target", "w")}
    other, same = run(simulator, start.replace(turned))
    assert recording.counts["cells"].sum() > 100
    assert np.array_equal(recording.spike_times("cells").time, same.spike_times("cells").time)
    assert np.array_equal(other["input_to_cells.w"], state["input_to_cells.w"][order])
    assert (state["input_to_cells.w"] != start["input_to_cells.w"]).any()


@pytest.mark.slow
def test_traces_on_neurons_and_on_synapses_learn_the_same() -> None:
    """A delay for each synapse, all of them 0, keeps the presynaptic trace on the synapses."""
    results = []
    for delay in (0 * ms, bnsim.Uniform(0 * ms, 0 * ms)):
        simulator = plastic(delay).compile(trial=100 * ms, dt=0.5 * ms, backend="cpp")
        start = simulator.initial_state(1)
        results.append(run(simulator, start))
    (state, recording), (other, same) = results
    assert np.array_equal(recording.spike_times("cells").time, same.spike_times("cells").time)
    # One multiplies by exp(-dt / tau) at each step, the other by exp(-elapsed / tau) at each spike.
    np.testing.assert_allclose(state["input_to_cells.w"], other["input_to_cells.w"], rtol=1e-12)


@pytest.mark.parametrize(("delay", "rows"), [(0 * ms, True), (1 * ms, False)])
def test_the_generated_code_has_rows_where_there_is_no_delay(
    delay: object, rows: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def touch(program: str, source: str, binary: str, folder: Path) -> None:
        (folder / binary).touch()  # the sources are read, the binary does not run

    monkeypatch.setattr(compiler, "compile_file", touch)
    simulator = plastic(delay).compile(trial=100 * ms, dt=0.5 * ms, backend="cpp", cache=tmp_path)
    assert isinstance(simulator._engine, StandaloneNetwork)
    driver = (simulator._engine.folder / "bnsim_driver.cpp").read_text()
    assert ("rows_projection_input_to_cells.find(" in driver) == rows
    loop = next((simulator._engine.folder / "code_objects").glob("projection_input_to_cells_pre_codeobject*.cpp"))
    assert "bnsim_rows_projection_input_to_cells" in loop.read_text()
