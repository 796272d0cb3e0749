"""What jumps at a spike's arrival, and that a refractory neuron does not: however the jump is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim import LIF, Delta, InputError, Jump, SynapseModel
from bnsim.program import lower
from tests.networks import driven, given, simulate

CELL = LIF(tau_m=20 * ms, v_rest=0 * mV, v_threshold=15 * mV, v_reset=0 * mV, refractory=3 * ms)
TRAIN = given(*((time / 2, 0) for time in range(2, 80)))
"""A spike every half millisecond: six or seven of them find the neuron refractory, time and again."""

WAYS: list[dict[str, Any]] = [
    {"jumps": (Jump("{membrane}", "2 * w"),)},
    {"jumps": (Jump("v", "w + w"),)},
    {"jumps": (Jump("v"), Jump("{membrane}"))},
    {"jumps": (Jump("v"),), "on_pre": "v_post += w"},
    {"on_pre": "v_post += 2 * w"},
    {"on_pre": "v_post+=2*w"},
    {"on_pre": "{membrane}_post += w + w"},
    {"on_pre": "v += 2 * w"},
    {"on_pre": "v_post -= -2 * w"},
    {"on_pre": "v_post = v_post + 2 * w"},
    {"on_pre": "v_post = 2 * w + v_post"},
    {"on_pre": "v_post = w + v_post + w"},
    {"on_pre": "v_post = v_post - (-2 * w)"},
    {"on_pre": "v_post += w; v_post += w"},
    {"on_pre": "v_post += (w +\n             w)  # twice"},
    {"on_pre": "\n            v_post += w\n            v_post += w\n        "},
]


def synapse(**text: Any) -> SynapseModel:
    made: SynapseModel = type("Mine", (SynapseModel,), {"weight": "potential", **text})()
    return made


def response(model: SynapseModel, weight: Quantity = 1 * mV) -> tuple[np.ndarray, np.ndarray]:
    """Spike times and membrane potential (mV)."""
    _, recording = simulate(driven(CELL, model, weight), [TRAIN], 45 * ms, traces=["v"])
    return recording.spike_times("cells").time, recording.trace("cells", "v").values[0, :, 0] * 1e3


@pytest.fixture(scope="module")
def expected() -> tuple[np.ndarray, np.ndarray]:
    """The neuron worked out by hand: exact decay, jumps of 2 mV between steps, none for 3 ms after a spike."""
    v, until, spikes, trace = 0.0, -1, [], []
    arrivals = set(np.rint(TRAIN[0] * 1e4).astype(int))
    for step in range(450):
        trace.append(v)
        refractory = step < until
        if not refractory:
            v *= np.exp(-0.1 / 20)
        if not refractory and v > 15:
            spikes.append(step * 1e-4)
            until = step + 30
            refractory = True
            fired = True
        else:
            fired = False
        if step in arrivals and not refractory:
            v += 2
        if fired:
            v = 0.0
    return np.array(spikes), np.array(trace)


@pytest.mark.parametrize("text", WAYS, ids=str)
def test_every_way_to_write_a_jump_gives_the_same_spikes(
    text: dict[str, Any], expected: tuple[np.ndarray, np.ndarray]
) -> None:
    spikes, v = response(synapse(**text))
    assert len(spikes) >= 3
    np.testing.assert_allclose(spikes, expected[0], atol=1e-9)
    np.testing.assert_allclose(v, expected[1], atol=1e-9)  # 450 steps, each rounded to 1e-16 of 15 mV


def test_a_spike_that_finds_the_neuron_refractory_is_discarded(expected: tuple[np.ndarray, np.ndarray]) -> None:
    """Delta itself, with twice the weight, does the same."""
    spikes, v = response(Delta(), 2 * mV)
    np.testing.assert_allclose(spikes, expected[0], atol=1e-9)
    refractory = np.zeros(450, dtype=bool)
    for start in np.rint(spikes * 1e4).astype(int):
        refractory[start + 1 : start + 30] = True
    assert (v[refractory] == 0).all()


@pytest.mark.parametrize(
    "statement",
    ["v_post = 2 * v_post", "v_post *= 2", "v_post = w", "v_post = w - v_post", "v = clip(v + w, 0*mV, 5*mV)"],
)
def test_what_cannot_be_discarded_is_refused(statement: str) -> None:
    name = statement.split()[0]
    with pytest.raises(InputError) as caught:
        lower(driven(CELL, synapse(on_pre=statement), 1 * mV), 1e-4)
    said = statement.replace("0*mV", "0 * mV").replace("5*mV", "5 * mV")
    assert str(caught.value) == (
        f"Mine.on_pre: {said!r} cannot be left out during the refractory period; "
        f"write it as an addition, `{name} += amount`"
    )


def test_without_a_refractory_period_any_statement_goes() -> None:
    statement = "v_post = clip(v_post + w, -70*mV, -60*mV)"
    program = lower(driven(LIF(), synapse(on_pre=statement), 30 * mV), 1e-4)
    assert program.projection("input_to_cells").on_pre == statement


@dataclass(frozen=True, repr=False)
class Calcium(LIF):
    """A second variable stands still while the neuron is refractory, a third does not."""

    equations: ClassVar[str] = LIF.equations + "\ndc/dt = -c / tau_m : 1 (unless refractory)\nda/dt = -a / tau_m : 1"
    refractory: Quantity = bnsim.parameter(2 * ms)


def test_what_stands_still_takes_no_spike_and_what_does_not_does() -> None:
    network = driven(Calcium(), synapse(on_pre="c_post += 1\na_post += 1\nv_post += w"), 1 * mV)
    statements = lower(network, 1e-4).projection("input_to_cells").on_pre.splitlines()
    assert statements == [
        "c_post += (1) * int(not_refractory_post)",
        "a_post += 1",
        "v_post += w * int(not_refractory_post)",
    ]


def test_a_variable_of_the_synapse_is_not_taken_for_one_of_the_neuron() -> None:
    rule = type("Mine", (bnsim.PairSTDP,), {"equations": "c : 1", "on_post": "c += 1"})()
    network = driven(Calcium(), Delta(), 0.5 * mV, plasticity=rule)
    assert lower(network, 1e-4).projection("input_to_cells").on_post == "c += 1"


def test_a_rule_does_not_move_a_refractory_neuron_either() -> None:
    rule = type("Mine", (bnsim.PairSTDP,), {"on_pre": bnsim.PairSTDP.on_pre + "\nv_post += 2 * w"})()
    network = driven(CELL, Delta(), 1 * mV, plasticity=rule)
    assert "v_post += (2 * w) * int(not_refractory_post)" in (
        lower(network, 1e-4).projection("input_to_cells").on_pre.splitlines()
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: synapse(weight="potental"), "Mine.weight: unknown 'potental'; did you mean 'potential'? choose from "),
        (lambda: type("Mine", (SynapseModel,), {})(), "Mine.weight: unknown None; choose from potential, input, "),
        (lambda: synapse(jumps=Jump("v")), "Mine.jumps: Jump(variable='v', amount='w'); give a tuple, such as (Jump("),
        (lambda: Jump("2v"), "Jump.variable: '2v' is no name; give that of a variable or '{membrane}'"),
        (lambda: Jump("v", "2 *"), "Jump.amount: cannot read '2 *'; give an expression, such as 'w'"),
        (
            lambda: simulate(driven(CELL, synapse(jumps=(Jump("u"),)), 1 * mV), [TRAIN]),
            "Mine.jumps: unknown 'u'; choose from {membrane}, v",
        ),
        (
            lambda: simulate(driven(CELL, synapse(on_pre="v_post =+ "), 1 * mV), [TRAIN]),
            "Mine.on_pre: 'v_post =+' is no assignment; write each as `name = value` or `name += value`",
        ),
        (
            lambda: simulate(driven(CELL, synapse(on_pre="print(w)"), 1 * mV), [TRAIN]),
            "Mine.on_pre: 'print(w)' is no assignment; write each as `name = value` or `name += value`",
        ),
        (lambda: SynapseModel(), "SynapseModel: only a base; make one of its subclasses, or write one"),
    ],
)
def test_what_is_no_jump_is_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
