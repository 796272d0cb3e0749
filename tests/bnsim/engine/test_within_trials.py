"""Stimulus and signals that vary within a trial, and what acts in every step without spikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from brian2.units import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim.plasticity.base import SignalKind

GENERATOR = np.random.default_rng(5)
PARTS = GENERATOR.uniform(0, 1, (3, 4, 6))
"""Trial, part, unit."""


def mixed(cell: bnsim.NeuronModel) -> bnsim.Network:
    return bnsim.Network(
        [
            bnsim.Population("graded", 6, bnsim.GradedInput()),
            bnsim.Population("poisson", 6, bnsim.Poisson(300 * Hz)),
            bnsim.Population("cells", 2, cell, bnsim.ConstantCurrent(10 * mV)),
        ],
        [
            bnsim.Projection("graded", "cells", bnsim.Graded(), bnsim.Uniform(-1 * mV, 3 * mV)),
            bnsim.Projection("poisson", "cells", bnsim.Delta(), 3 * mV),
        ],
    )


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_a_trial_in_parts_is_a_continuous_run_in_parts(backend: str) -> None:
    """Both begin from rest with the random numbers of trial 0."""
    network = mixed(bnsim.LIF(tau_m=20 * ms, refractory=3 * ms))
    stimulus = {"graded": PARTS, "poisson": PARTS, "cells": PARTS[:, :, :2]}
    record = [bnsim.Spikes("poisson"), bnsim.Trace("cells", "v")]
    simulator = network.compile(trial=40 * ms, dt=1 * ms, backend=backend)
    state = simulator.initial_state(7)
    _, in_trials = simulator.run(state, stimulus, 7, record=record)
    first = {name: values[0] for name, values in stimulus.items()}
    _, continuous = simulator.run_for(state, 40 * ms, first, record=record)
    assert np.array_equal(in_trials.trace("cells", "v").values[0], continuous.trace("cells", "v").values[0])
    assert in_trials.counts["poisson"].sum(axis=1).min() > 20
    # Trials do not depend on each other, nor on the back end.
    _, last = simulator.run(state, {name: values[2:] for name, values in stimulus.items()}, 7, trials=[2])
    assert np.array_equal(last.counts["cells"][0], in_trials.counts["cells"][2])


def test_back_ends_agree_on_parts_and_on_the_silence_after_them() -> None:
    found = []
    for backend in ("cpp", "numpy"):
        simulator = mixed(bnsim.LIF()).compile(trial=50 * ms, presentation=40 * ms, dt=1 * ms, backend=backend)
        stimulus = {"graded": PARTS, "poisson": PARTS[:, 0], "cells": PARTS[:, :, :2]}
        record = [bnsim.Spikes("poisson"), bnsim.Trace("cells", "v")]
        _, recording = simulator.run(simulator.initial_state(1), stimulus, 3, record=record)
        assert recording.spike_times("poisson").time.max() < 0.0400001
        found.append(recording)
    assert np.array_equal(found[0].spike_times("poisson").time, found[1].spike_times("poisson").time)
    np.testing.assert_allclose(
        *(each.trace("cells", "v").values for each in found), rtol=1e-12, atol=1e-15, err_msg="rounding alone differs"
    )


def test_one_part_is_no_part_and_equal_parts_are_one() -> None:
    simulator = mixed(bnsim.LIF()).compile(trial=40 * ms, dt=1 * ms)
    state, values = simulator.initial_state(1), PARTS[:, 0]
    runs = [
        simulator.run(state, {"graded": given, "poisson": values, "cells": values[:, :2]}, 3)[1].counts["cells"]
        for given in (values, values[:, None], np.repeat(values[:, None], 8, axis=1))
    ]
    assert runs[0].any()
    assert np.array_equal(runs[0], runs[1])
    assert np.array_equal(runs[0], runs[2])


def test_a_graded_synapse_adds_its_weight_times_the_value_in_every_step() -> None:
    """v <- a (v + w . x), where the decay comes with the next step; a is exp(-dt / tau_m)."""
    weights = np.array([[1.0], [-2.0]])
    network = bnsim.Network(
        [bnsim.Population("graded", 2, bnsim.GradedInput()), bnsim.Population("cells", 1, bnsim.LeakyReadout())],
        [bnsim.Projection("graded", "cells", bnsim.Graded(), weights * mV)],
    )
    simulator = network.compile(trial=6 * ms, dt=1 * ms, backend="numpy")
    values = GENERATOR.normal(size=(1, 3, 2))
    _, recording = simulator.run(simulator.initial_state(0), values, record=[bnsim.Trace("cells", "v")])
    v, expected = 0.0, []
    for step in range(6):
        expected.append(v)
        v = v * np.exp(-1 / 20) + float(values[0, step // 2] @ weights[:, 0])
    np.testing.assert_allclose(recording.trace("cells", "v").values[0, :, 0], 1e-3 * np.array(expected), rtol=1e-12)


def test_a_graded_synapse_discards_what_arrives_during_the_refractory_period() -> None:
    cell = bnsim.LIF(tau_m=1e6 * ms, v_rest=0 * mV, v_threshold=1.5 * mV, v_reset=0 * mV, refractory=4 * ms)
    network = bnsim.Network(
        [bnsim.Population("graded", 1, bnsim.GradedInput()), bnsim.Population("cells", 1, cell)],
        [bnsim.Projection("graded", "cells", bnsim.Graded(), 1 * mV)],
    )
    simulator = network.compile(trial=12 * ms, dt=1 * ms, backend="numpy")
    _, recording = simulator.run(simulator.initial_state(0), [[1.0]], record=[bnsim.Spikes("cells")])
    # Two steps to 2 mV, the spike in the third; four refractory steps; two steps again.
    assert np.round(recording.spike_times("cells").time * 1e3).tolist() == [2, 8]


class TestSignals:
    @dataclass(frozen=True, repr=False)
    class Sums(bnsim.PlasticityRule):
        """Adds to the weight, at the end of a trial, the sum over its steps of values times signals."""

        scale: Quantity = bnsim.parameter(1 * mV, any_unit=True)
        equations: ClassVar[str] = "total : 1"
        presynaptic: ClassVar[str] = "held : 1"
        postsynaptic: ClassVar[str] = "told : 1\nheard : 1"
        presynaptic_each_step: ClassVar[str] = "held = drive"
        postsynaptic_each_step: ClassVar[str] = "heard = 2 * told"
        each_step: ClassVar[str] = "total += held_pre * (heard_post + all)"
        trial_end: ClassVar[tuple[Any, ...]] = (("synapse", "w += scale * total"),)
        signals: ClassVar[dict[str, SignalKind]] = {"told": "postsynaptic", "all": "shared"}

        @property
        def weight_scale(self) -> str:
            return "scale"

    def network(self) -> bnsim.Network:
        return bnsim.Network(
            [bnsim.Population("graded", 2, bnsim.GradedInput()), bnsim.Population("cells", 3, bnsim.LeakyReadout())],
            [bnsim.Projection("graded", "cells", bnsim.Graded(), 0 * mV, plasticity=self.Sums(), name="learned")],
        )

    @pytest.mark.parametrize("backend", ["cpp", "numpy"])
    def test_they_vary_in_the_parts_of_the_trial(self, backend: str) -> None:
        simulator = self.network().compile(trial=6 * ms, dt=1 * ms, backend=backend)
        values, told, of_all = (GENERATOR.normal(size=shape) for shape in ((2, 1, 2), (2, 3, 3), (2, 3)))
        signals = {"learned.told": told, "learned.all": of_all}
        state, _ = simulator.run(simulator.initial_state(0), values, signals=signals)
        expected = np.einsum("nti,ntj->ij", np.repeat(values, 6, 1), np.repeat(2 * told + of_all[:, :, None], 2, 1))
        np.testing.assert_allclose(state["learned.w"], 1e-3 * expected.ravel(), rtol=1e-12)

    def test_faults(self) -> None:
        simulator = self.network().compile(trial=6 * ms, dt=1 * ms, backend="numpy")
        state, good = simulator.initial_state(0), {"learned.told": np.ones((1, 3)), "learned.all": np.ones(1)}
        for stimulus, signals, message in (
            (np.ones((1, 4, 2)), good, "4 parts of a presentation of 6 time steps; give parts of equal length"),
            (
                np.ones((1, 2, 2)),
                {**good, "learned.all": np.ones((1, 3))},
                "2 parts of a trial for 'graded', 3 for another; give as many to each",
            ),
            (
                np.ones((1, 2)),
                {**good, "learned.told": np.ones((1, 2, 4))},
                r"\(signals\): 'learned.told' needs finite values of shape \(1, 2, 3\), got \(1, 2, 4\)",
            ),
            (
                np.ones((1, 0, 2)),
                good,
                r"'graded' has shape \(1, 0, 2\); give \(trial, part, 2\) with one part or more",
            ),
            (
                np.ones((1, 2, 5)),
                good,
                r"'graded' has shape \(1, 2, 5\); give \(trial, part, 2\) with one part or more",
            ),
            (np.ones((1, 2, 2, 2)), good, r"the stimulus has shape \(1, 2, 2, 2\); give an array \(trial, 2\)"),
            (np.full((1, 2, 2), np.nan), good, "holds NaN or infinite values"),
        ):
            with pytest.raises(bnsim.InputError, match=message):
                simulator.run(state, stimulus, signals=signals)


def test_what_a_synapse_may_not_do_in_each_step() -> None:
    """Within one population, what one synapse adds another would read, in an order that back ends choose."""

    def lowered(text: str, target: str = "cells") -> None:
        synapse = type("Mine", (bnsim.SynapseModel,), {"each_step": text, "weight": "potential"})()
        network = bnsim.Network(
            [
                bnsim.Population("graded", 2, bnsim.GradedInput()),
                bnsim.Population("cells", 2, bnsim.LeakyReadout()),
                bnsim.Population("others", 2, bnsim.LeakyReadout()),
            ],
            [bnsim.Projection("graded" if "drive" in text else "cells", target, synapse, 1 * mV)],
        )
        network.compile(dt=1 * ms, backend="numpy")

    lowered("{membrane}_post += w * {membrane}_pre / mV", "others")
    with pytest.raises(
        bnsim.InputError, match=r"^Mine\.each_step: within 'cells' it changes 'v', which other synapses"
    ):
        lowered("{membrane}_post += w * {membrane}_pre / mV")
    with pytest.raises(bnsim.InputError, match=r"^Mine\.each_step: writes 'w'; add to a variable of the postsynaptic"):
        lowered("w = 2 * w", "others")
    with pytest.raises(bnsim.InputError, match=r"^Mine\.each_step: writes 'drive_pre'; add to a variable"):
        lowered("drive_pre = 0", "others")


def test_a_rule_may_not_write_the_stimulus() -> None:
    rule = type("Mine", (bnsim.PairSTDP,), {"presynaptic_each_step": "drive = 0"})()
    network = bnsim.Network(
        [bnsim.Population("input", 2, bnsim.Poisson()), bnsim.Population("cells", 2, bnsim.LIF())],
        [bnsim.Projection("input", "cells", bnsim.Delta(), 1 * mV, plasticity=rule)],
    )
    with pytest.raises(bnsim.InputError, match=r"^Mine\.presynaptic_each_step: writes 'drive', which is the stimulus;"):
        network.compile(dt=1 * ms)


def test_graded_transmission_wants_units_that_hold_a_value() -> None:
    network = bnsim.Network(
        [bnsim.Population("cells", 2, bnsim.LIF()), bnsim.Population("others", 2, bnsim.LIF())],
        [bnsim.Projection("cells", "others", bnsim.Graded(), 1 * mV)],
    )
    with pytest.raises(bnsim.InputError, match=r"^Projection\('cells_to_others'\): Graded transmits the values that"):
        network.compile(dt=1 * ms)
    with pytest.raises(bnsim.InputError, match=r"^Projection\('graded_to_cells'\).delay: Graded has none;"):
        bnsim.Network(
            [bnsim.Population("graded", 2, bnsim.GradedInput()), bnsim.Population("cells", 2, bnsim.LIF())],
            [bnsim.Projection("graded", "cells", bnsim.Graded(), 1 * mV, delay=2 * ms)],
        ).compile(dt=1 * ms)


def test_statements_of_neurons_in_each_step_may_not_write_what_a_neuron_keeps() -> None:
    rule = type("Mine", (bnsim.PairSTDP,), {"postsynaptic_each_step": "theta = 0*mV"})()
    network = bnsim.Network(
        [bnsim.Population("input", 2, bnsim.Poisson()), bnsim.Population("cells", 2, bnsim.AdaptiveLIF())],
        [bnsim.Projection("input", "cells", bnsim.Delta(), 1 * mV, plasticity=rule)],
    )
    with pytest.raises(
        bnsim.InputError, match=r"^Mine\.postsynaptic_each_step: writes 'theta' of AdaptiveLIF, which is persistent;"
    ):
        network.compile(dt=1 * ms)


def test_a_persistent_variable_of_a_rule_is_one_of_its_synapses() -> None:
    with pytest.raises(bnsim.InputError, match=r"^Mine\.persistent: unknown 'sum'"):
        type("Mine", (bnsim.PairSTDP,), {"persistent": ("sum",)})()
    with pytest.raises(bnsim.InputError, match=r"^Mine\.persistent: 'x' has an equation; declare it as `x : 1`, say"):
        type("Mine", (bnsim.VogelsSTDP,), {"equations": "dx/dt = -x / ms : 1 (clock-driven)", "persistent": ("x",)})()
