"""The texts of a program: gating of writes, renaming, inputs that must not be lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim.program import Program, lower
from bnsim.program.statements import gate, rename


@pytest.mark.parametrize(
    ("statement", "gated"),
    [
        ("w = 2 * w", "w = bnsim_select(plastic, 2 * w, w)"),
        ("w += a - b", "w = bnsim_select(plastic, w + (a - b), w)"),
        ("w *= a + b  # up", "w = bnsim_select(plastic, w * (a + b), w)"),
        ("w **= 2", "w = bnsim_select(plastic, w ** (2), w)"),
        ("w //= 2", "w = bnsim_select(plastic, w // (2), w)"),
        ("w %= 2", "w = bnsim_select(plastic, w % (2), w)"),
        ("x += w", "x += w"),
    ],
)
def test_every_write_to_a_persistent_variable_is_gated(statement: str, gated: str) -> None:
    assert gate("Mine.reset", statement, ["w"], "plastic").strip() == gated


def test_statements_are_told_apart_by_lines_and_semicolons() -> None:
    lines = gate("Mine.reset", "w += 1; x = 2\nw = 3", ["w"], "on").splitlines()
    assert [line.strip() for line in lines] == [
        "w = bnsim_select(on, w + (1), w)",
        "x = 2",
        "w = bnsim_select(on, 3, w)",
    ]


def test_what_is_no_assignment_is_refused() -> None:
    with pytest.raises(
        bnsim.InputError, match=r"^Mine\.reset: 'w == 2' is no assignment; write each as `name = value`"
    ):
        gate("Mine.reset", "w == 2", ["w"], "on")


def test_renaming_takes_whole_names_with_their_endings() -> None:
    renamed = rename("dg/dt = -g / tau : 1\ngg = g_post + tau_m + g_pre", {"g": "a_g", "tau": "a_tau"})
    assert renamed == "da_g/dt = -a_g / a_tau : 1\ngg = a_g_post + tau_m + a_g_pre"


@dataclass(frozen=True, repr=False)
class Unusual(bnsim.NeuronModel):
    """Its membrane variable bears the name that synapse models give to theirs."""

    tau: Quantity = bnsim.parameter(10 * ms)
    equations: ClassVar[str] = "dg/dt = (I - g) / tau : volt"
    threshold: ClassVar[str] = "g > 10*mV"
    reset: ClassVar[str] = "g = 0*mV"
    membrane: ClassVar[str] = "g"


@dataclass(frozen=True, repr=False)
class Deaf(bnsim.NeuronModel):
    """Takes no input."""

    equations: ClassVar[str] = "dv/dt = -v / (10*ms) : volt"
    threshold: ClassVar[str] = "v > 10*mV"
    reset: ClassVar[str] = "v = 0*mV"


def onto(model: bnsim.NeuronModel, synapse: bnsim.SynapseModel, weights: Quantity, **options: object) -> bnsim.Network:
    cells = bnsim.Population("cells", 1, model)
    projection = bnsim.Projection("input", "cells", synapse, weights, name="a", **options)  # type: ignore[arg-type]
    return bnsim.Network([bnsim.Population("input", 1, bnsim.SpikeTrains()), cells], [projection])


def lowered(network: bnsim.Network) -> Program:
    return lower(network, 1e-4)


def test_the_membrane_keeps_its_name_whatever_the_synapse_calls_its_own() -> None:
    conductance = onto(Unusual(), bnsim.ExponentialConductance(), Quantity(1.0))
    assert "I = a_g * (a_reversal - g) : volt" in lowered(conductance).population("cells").equations
    delta = onto(Unusual(), bnsim.Delta(), 1 * mV, plasticity=bnsim.ErrorModulated())
    assert lowered(delta).projection("a").on_pre.splitlines()[0] == "g_post += w"


def test_input_to_a_model_without_I_is_refused() -> None:
    network = onto(Deaf(), bnsim.ExponentialCurrent(), 1 * mV)
    with pytest.raises(
        bnsim.InputError, match=r"^Deaf\.equations: without I, the input of population 'cells' would be lost"
    ):
        lowered(network)
    assert "I =" not in lowered(onto(Deaf(), bnsim.Delta(), 1 * mV)).population("cells").equations


def test_a_rule_may_not_write_what_a_neuron_keeps() -> None:
    for name in ("theta_post", "theta"):
        rule = type("Mine", (bnsim.PairSTDP,), {"on_post": f"{name} += 1*mV"})()
        with pytest.raises(
            bnsim.InputError, match=r"^Mine\.on_post: writes .theta. of AdaptiveLIF, which is persistent;"
        ):
            lowered(onto(bnsim.AdaptiveLIF(), bnsim.Delta(), 1 * mV, plasticity=rule))
        synapse = type("Mine", (bnsim.Delta,), {"on_pre": f"{name} += w"})()
        with pytest.raises(
            bnsim.InputError, match=r"^Mine\.on_pre: writes .theta. of AdaptiveLIF, which is persistent; "
        ):
            lowered(onto(bnsim.AdaptiveLIF(), synapse, 1 * mV))


def test_statements_of_each_step_read_the_membrane_and_a_trace_that_is_up_to_date() -> None:
    """The neurons hold the trace where there is no delay, else each synapse, where it decays after it was read."""
    rule = type("Mine", (bnsim.PairSTDP,), {"each_step": "w += x * {membrane}_post"})()
    step = "w = bnsim_select(plastic_post, w + ({trace} * g_post), w)"
    on_neurons = lowered(onto(Unusual(), bnsim.Delta(), 1 * mV, plasticity=rule)).projection("a")
    assert on_neurons.each_step == step.format(trace="a_x_pre")
    on_synapses = lowered(onto(Unusual(), bnsim.Delta(), 1 * mV, plasticity=rule, delay=1 * ms)).projection("a")
    assert on_synapses.each_step == step.format(trace="x") + "\nx *= exp(-dt / a_tau_plus)"
    assert "x : 1" in on_synapses.equations.splitlines()
    assert lowered(onto(Unusual(), bnsim.Delta(), 1 * mV, plasticity=bnsim.PairSTDP())).projection("a").each_step == ""


def test_statements_of_each_step_may_not_write_what_a_neuron_keeps() -> None:
    rule = type("Mine", (bnsim.PairSTDP,), {"each_step": "theta_post += 1*mV"})()
    with pytest.raises(
        bnsim.InputError, match=r"^Mine\.each_step: writes .theta. of AdaptiveLIF, which is persistent;"
    ):
        lowered(onto(bnsim.AdaptiveLIF(), bnsim.Delta(), 1 * mV, plasticity=rule))


def test_weights_outside_a_rules_bounds_are_refused() -> None:
    for weights, message in (
        (-1 * mV, "weights: negative, but PairSTDP keeps weights within 0 to 2 mV; to inhibit, give a synapse that"),
        (bnsim.Uniform(0 * mV, 3 * mV), "weights: leave the bounds of PairSTDP, 0 to 2 mV; choose weights within"),
    ):
        with pytest.raises(bnsim.InputError, match=message):
            onto(bnsim.LIF(), bnsim.Delta(), weights, plasticity=bnsim.PairSTDP(w_max=2 * mV))


def test_given_spikes_have_no_place_in_plain_brian2() -> None:
    with pytest.raises(bnsim.InputError, match=r"^to_brian2: 'input' replays spikes; give them as stimulus="):
        onto(bnsim.LIF(), bnsim.Delta(), 1 * mV).to_brian2()


@pytest.mark.parametrize("name", ["drive", "spike_count", "plastic", "uniform"])
def test_a_variable_that_bears_a_name_of_the_engines_is_refused(name: str) -> None:
    text = {"equations": f"dv/dt = (I - v) / tau : volt\n{name} : 1", "membrane": "v", "threshold": "v > 1*mV"}
    model = type("Mine", (Unusual,), {**text, "reset": "v = 0*mV"})()
    with pytest.raises(bnsim.InputError, match=rf"^Mine\.equations: the engine has a '{name}' of its own; rename it$"):
        lowered(bnsim.Network([bnsim.Population("cells", 1, model)]))


def test_a_delay_where_nothing_happens_at_a_spikes_arrival_is_refused() -> None:
    synapse = type("Silent", (bnsim.Modulatory,), {"weight": "input"})()
    with pytest.raises(bnsim.InputError, match=r"^Projection\('a'\)\.delay: Silent has none; leave delay out$"):
        lowered(onto(bnsim.LIF(), synapse, 1 * mV, delay=1 * ms))
