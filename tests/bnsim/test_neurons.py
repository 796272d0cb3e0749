"""Neuron models: their own checks, and a user's own model. Their dynamics are tested in tests/reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, nA, nS
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim import (
    LIF,
    AdaptiveCurrentLIF,
    AdaptiveExponentialLIF,
    AdaptiveLIF,
    ConductanceLIF,
    ExponentialLIF,
    HodgkinHuxley,
    InputError,
    Izhikevich,
    LeakyReadout,
    NeuronModel,
    QuadraticLIF,
    SubtractiveIF,
    SubtractiveLIF,
    parameter,
)
from bnsim.errors import RoundingWarning
from tests.networks import current_driven, driven, given, simulate


@dataclass(frozen=True, repr=False)
class Quadratic(NeuronModel):
    tau: Quantity = parameter(10 * ms)
    equations = "dv/dt = (v**2 / mV + I) / tau : volt (unless refractory)"
    threshold = "v > 30*mV"
    reset = "v = -30*mV"
    method = "euler"


def test_a_users_quadratic_neuron_follows_its_equation() -> None:
    dt, tau, amplitude = 0.1, 10.0, 4.0
    _, recording = simulate(current_driven(Quadratic(), 1), np.array([[amplitude]]), 30 * ms, dt * ms, traces=["v"])
    v, expected, steps = 0.0, [], []
    for step in range(300):
        expected.append(v)
        v += dt * (v**2 + amplitude) / tau
        if v > 30:
            steps.append(step)
            v = -30.0
    np.testing.assert_allclose(recording.trace("cells", "v").values[0, :, 0] * 1000, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(recording.spike_times("cells").time, np.array(steps) * dt / 1000)
    assert len(steps) >= 2


NEURONS = [cls() for cls in bnsim.public("neurons").values() if cls is not NeuronModel]


@pytest.mark.parametrize("model", [*NEURONS, Quadratic()], ids=lambda model: type(model).__name__)
def test_every_neuron_takes_every_kind_of_synapse(model: NeuronModel) -> None:
    """Each of three cells takes a spike by a synapse of its own, and then differs from a fourth that takes none."""
    physical = model.input_unit == "amp"
    kinds = {
        "delta": (bnsim.Delta(), 5 * mV),
        "current": (bnsim.ExponentialCurrent(), 1 * nA if physical else 5 * mV),
        "conductance": (bnsim.ExponentialConductance(reversal=50 * mV), 5 * nS if physical else 0.5),
    }
    projections = [
        bnsim.Projection("input", "cells", synapse, weight, bnsim.EdgeList([0], [cell]), name=name)
        for cell, (name, (synapse, weight)) in enumerate(kinds.items())
    ]
    network = bnsim.Network(
        [bnsim.Population("input", 1, bnsim.SpikeTrains()), bnsim.Population("cells", 4, model)], projections
    )
    _, recording = simulate(network, [given((1, 0))], 2 * ms, traces=["v"])
    v = recording.trace("cells", "v").values[0]
    assert (v[:11, :3] == v[:11, 3:]).all()
    assert ((v[:, :3] - v[:, 3:]).max(axis=0) > 1e-5).all()


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_the_method_of_integration_is_a_parameter(method: str) -> None:
    """One step of dv/dt = -v / tau from 1: h = dt / tau."""
    h = 0.25
    expected = {"euler": 1 - h, "rk4": 1 - h + h**2 / 2 - h**3 / 6 + h**4 / 24}[method]
    model = LIF(tau_m=4 * ms, v_rest=0 * mV, v_reset=0 * mV, v_threshold=100 * mV, method=method)  # type: ignore[arg-type]
    network = driven(model, bnsim.Delta(), 1 * mV)
    _, recording = simulate(network, [given((1, 0))], 5 * ms, 1 * ms, traces=["v"])
    np.testing.assert_allclose(recording.trace("cells", "v").values[0, 2:4, 0] * 1000, [1, expected], rtol=1e-12)


def test_a_readout_integrates_and_never_fires() -> None:
    """tau dv/dt = -v + I from 0, far beyond what is a threshold elsewhere; and its population counts like any other."""
    network = current_driven(LeakyReadout(tau_m=10 * ms), 2)
    state, recording = simulate(network, np.array([[500.0, -20.0]]), 30 * ms, 1 * ms, traces=["v"])
    risen = 1 - np.exp(-np.arange(30)[:, None] / 10)
    np.testing.assert_allclose(
        recording.trace("cells", "v").values[0] * 1000, risen * [500, -20], rtol=1e-12, atol=1e-12
    )
    assert recording.counts["cells"].tolist() == [[0, 0]]
    assert len(recording.spike_times("cells")) == 0
    assert not [name for name in state if "refractory" in name or "lastspike" in name]


def test_a_readout_sends_nothing() -> None:
    cells = [bnsim.Population("input", 1, bnsim.SpikeTrains()), bnsim.Population("readout", 1, LeakyReadout())]
    back = bnsim.Projection("readout", "readout", bnsim.Delta(), 1 * mV)
    refusals = [
        ({"projections": [back]}, "Projection('readout_to_readout').source"),
        ({"reward": bnsim.Reward("readout")}, "Reward.population"),
        ({"repetition": bnsim.Repetition("readout")}, "Repetition.population"),
    ]
    for parts, culprit in refusals:
        with pytest.raises(InputError) as caught:
            bnsim.Network(cells, **parts)  # type: ignore[arg-type]
        assert str(caught.value) == (
            f"{culprit}: 'readout' never fires, for LeakyReadout has no threshold; give another population"
        )
    bnsim.Network(cells, [bnsim.Projection("readout", "readout", bnsim.Modulatory(), 1.0)])  # errors are no spikes


@pytest.mark.parametrize(
    ("text", "attribute"),
    [({"reset": "v = v_rest"}, "reset"), ({"rearmed": "v < v_rest"}, "rearmed"), ({}, "refractory")],
)
def test_without_a_threshold_there_is_nothing_of_a_spike(text: dict[str, str], attribute: str) -> None:
    mine = type("Mine", (LIF,), {"threshold": "", "reset": "", **text})
    with pytest.raises(InputError) as caught:
        mine(refractory=(2 if attribute == "refractory" else 0) * ms)
    assert str(caught.value) == f"Mine.{attribute}: without a threshold there are no spikes; leave it out"


@dataclass(frozen=True, repr=False)
class Wave(NeuronModel):
    """10 mV times a sine of a period of 8 ms: above 0 for the first half of each period."""

    equations = "dv/dt = 10*mV * 2*pi / (8*ms) * cos(2*pi * t / (8*ms)) : volt (unless refractory)\nx = I : volt"
    threshold = "v > 1*mV"
    reset = ""
    method = "rk4"


@dataclass(frozen=True, repr=False)
class CountedWave(Wave):
    """The same, a spike for each upward crossing."""

    rearmed = "v < -1*mV"


def test_an_upward_crossing_is_one_spike_once_it_is_armed_again() -> None:
    """At dt = 1 ms, v at the end of steps 0, 1, ... is 10 sin(pi / 4), 10, 10 sin(3 pi / 4), 0, ... mV."""
    steps = {}
    for model in (Wave(), CountedWave()):
        _, recording = simulate(current_driven(model, 1), np.zeros((1, 1)), 24 * ms, 1 * ms)
        steps[type(model)] = np.rint(recording.spike_times("cells").time * 1000).astype(int).tolist()
    assert steps[Wave] == [0, 1, 2, 8, 9, 10, 16, 17, 18]
    assert steps[CountedWave] == [0, 8, 16]


def test_input_is_not_discarded_while_a_cell_waits_to_be_armed() -> None:
    """The wave fires in step 0; a spike that arrives at the end of step 1, while it is not armed, adds its 3 mV."""
    v = [
        simulate(driven(CountedWave(), bnsim.Delta(), 3 * mV), [spikes], 6 * ms, 1 * ms, traces=["v"])[1]
        .trace("cells", "v")
        .values[0, :, 0]
        for spikes in (given((1, 0)), given())
    ]
    np.testing.assert_allclose((v[0] - v[1]) * 1000, [0, 0, 3, 3, 3, 3], atol=1e-12)


PERFECT = SubtractiveIF(tau_m=1 * ms, v_rest=0 * mV, v_threshold=10 * mV, v_initial=0 * mV)


def test_without_a_leak_a_constant_input_is_summed_up() -> None:
    """3.5 mV a step: 3.5, 7, 10.5 (spike, 0.5 stays), 4, 7.5, 11 (spike, 1 stays), ..."""
    drive = np.array([[3.5, -2.0, 0.0, 25.0]])
    _, recording = simulate(current_driven(PERFECT, 4), drive, 15 * ms, 1 * ms, traces=["v"])
    first, negative, still, strong = recording.spike_times("cells").trains(0)
    np.testing.assert_allclose(first * 1000, [2, 5, 8, 11, 14])
    assert len(negative) == len(still) == 0
    np.testing.assert_allclose(strong * 1000, np.arange(15))  # one spike a step at most; the rest is kept
    v = recording.trace("cells", "v").values[0] * 1000
    np.testing.assert_allclose(v[:8, 0], [0, 3.5, 7, 0.5, 4, 7.5, 1, 4.5])
    np.testing.assert_allclose(v[:, 1], -2 * np.arange(15))
    np.testing.assert_allclose(v[:, 3], 15 * np.arange(15))


def test_from_half_way_counts_round_to_the_nearest() -> None:
    model = SubtractiveIF(tau_m=1 * ms, v_rest=0 * mV, v_threshold=10 * mV, v_initial=5 * mV)
    drive = np.array([[0.1, 0.4, 0.6, 3.4, 7.7]])
    _, recording = simulate(current_driven(model, 5), drive, 11 * ms, 1 * ms)
    assert recording.counts["cells"][0].tolist() == np.rint(11 * drive[0] / 10).tolist() == [0, 0, 1, 4, 8]


def test_without_a_leak_spikes_add_up_however_far_apart() -> None:
    """6 mV at 1, 20 and 40 ms: 12 mV after the second, seen a step later, of which 2 mV stay."""
    network = driven(PERFECT, bnsim.Delta(), 6 * mV)
    _, recording = simulate(network, [given((1, 0), (20, 0), (40, 0))], 50 * ms, 1 * ms, traces=["v"])
    np.testing.assert_allclose(recording.spike_times("cells").time * 1000, [21])
    v = recording.trace("cells", "v").values[0, :, 0] * 1000
    np.testing.assert_allclose(v[[1, 2, 20, 21, 22, 40, 41, 49]], [0, 6, 6, 12, 2, 2, 8, 8])


def test_without_a_leak_the_tau_only_scales_the_input() -> None:
    slow = SubtractiveIF(tau_m=4 * ms, v_rest=0 * mV, v_threshold=10 * mV, v_initial=0 * mV)
    counts = [
        simulate(current_driven(model, 1), np.array([[drive]]), 40 * ms, 1 * ms)[1].counts["cells"][0, 0]
        for model, drive in ((PERFECT, 3.3), (slow, 13.2))
    ]
    assert counts == [13, 13]


@pytest.mark.parametrize("missing", ["equations", "threshold", "reset"])
def test_a_model_without_its_text_is_refused(missing: str) -> None:
    text = {"equations": "dv/dt = I / (10*ms) : volt", "threshold": "v > 1*mV", "reset": "v = 0*mV"}
    del text[missing]
    with pytest.raises(InputError, match=rf"^Mine\.{missing}: missing; give it as a class attribute"):
        type("Mine", (NeuronModel,), text)()


def test_an_unknown_input_unit_is_refused() -> None:
    with pytest.raises(InputError, match=r"^Mine\.input_unit: unknown 'mV'; choose from volt, amp$"):
        type("Mine", (LIF,), {"input_unit": "mV"})()


@pytest.mark.parametrize("name", ["xi", "rand", "randn", "poisson"])
@pytest.mark.parametrize("where", ["equations", "threshold", "reset"])
def test_randomness_outside_the_key_is_refused(name: str, where: str) -> None:
    text = {
        "equations": {"equations": f"dv/dt = (v_rest - v + I + {name}()*mV) / tau_m : volt"},
        "threshold": {"threshold": f"v > v_threshold + {name}()*mV"},
        "reset": {"reset": f"v = v_reset + {name}()*mV"},
    }[where]
    network = current_driven(type("Mine", (LIF,), text)(), 1)
    with pytest.raises(InputError, match=rf"^Mine\.{where}: '{name}' is random outside the run's key; use an encoder"):
        network.compile(1 * ms, backend="numpy")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ({"equations": "dv/dt = (v_rest - v + I) / : volt"}, "invalid syntax"),
        (
            {"equations": "dv/dt = (v_rest - v + I) : volt"},
            "right side has the unit V, dv/dt the unit V/s; divide it by a time",
        ),
        ({"equations": "dv/dt = (v_rest - v + leak + I) / tau_m : volt"}, "unknown name 'leak' in"),
        ({"threshold": "v > v_peak"}, "v_peak"),
        ({"reset": "v = nowhere"}, "nowhere"),
        (
            {"equations": "dv/dt = (v_rest - v**2/mV + I) / tau_m : volt"},
            "the equation of 'v' is not linear, so that the method 'exact' cannot integrate it; write method = \"rk4\"",
        ),
    ],
)
def test_what_brian2_refuses_is_one_line(text: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate(current_driven(type("Mine", (LIF,), text)(), 1), np.ones((1, 1)), 1 * ms)
    message = str(caught.value)
    assert "\n" not in message
    assert reason in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ({"membrane": "u"}, "Mine.membrane: the equations have no 'u'; write membrane = 'v' in the class"),
        ({"persistent": ("teta",)}, "Mine.persistent: unknown 'teta'; did you mean 'theta'? choose from v, theta"),
        ({"initial": {"vm": "v_rest"}}, "Mine.initial: unknown 'vm'; did you mean 'v'? choose from v, theta"),
        ({"initial": {"v": "20"}}, "Mine.initial['v'] = 20: 20 has no unit; give 20 * mV"),
        ({"initial": {"v": "20*ms"}}, "Mine.initial['v'] = 20*ms: 20 ms has the wrong unit, expected V"),
        (
            {"equations": AdaptiveLIF.equations + "\ndw/dt = -w / tau_m : 1"},
            "Mine.equations: the engine has a 'w' of its own; rename it",
        ),
        ({"initial": {"v": "v_start"}}, "Mine: cannot evaluate 'v_start' (name 'v_start' is not defined)"),
    ],
)
def test_what_a_model_says_of_its_variables_is_checked(text: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        current_driven(type("Mine", (AdaptiveLIF,), text)(), 1).compile(1 * ms, backend="numpy")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_refractory_period_that_is_no_multiple_of_the_step() -> None:
    """It is rounded down, as Brian2 does; 2.1 ms at 0.1 ms, and 0.3 at 0.1 ms, are multiples."""

    def compiled(period: float, dt: float = 0.1) -> None:
        cells = bnsim.Population("cells", 1, LIF(refractory=period * ms))
        bnsim.Network([cells]).compile(dt=dt * ms, backend="numpy")

    for period, dt in ((2.1, 0.1), (0.3, 0.1), (5.01, 0.01), (0, 0.1)):
        compiled(period, dt)
    with pytest.warns(RoundingWarning) as warned:
        compiled(1.96)
    assert str(warned[0].message) == (
        "LIF.refractory: 1.96 ms is no whole number of steps of 100 us and becomes 1.9 ms; give a multiple of dt"
    )
    with pytest.raises(InputError) as caught:
        compiled(0.05)
    assert str(caught.value) == (
        "LIF.refractory: 50 us is shorter than a time step of 100 us; give 0 ms or a multiple of dt"
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: LIF(v_reset=-50 * mV),
            "LIF.v_reset: -50 mV is not below v_threshold = -50 mV; lower v_reset or raise v_threshold",
        ),
        (lambda: AdaptiveLIF(v_reset=0 * mV), "AdaptiveLIF.v_reset: 0 V is not below v_threshold = "),
        (lambda: SubtractiveLIF(v_rest=-50 * mV), "SubtractiveLIF.v_rest: not below v_threshold"),
        (lambda: SubtractiveIF(v_rest=-50 * mV), "SubtractiveIF.v_rest: not below v_threshold, so that a reset"),
        (
            lambda: ConductanceLIF(e_leak=-50 * mV),
            "ConductanceLIF.e_leak: -50 mV is not below v_threshold = -50 mV; lower e_leak",
        ),
        (
            lambda: ConductanceLIF(v_reset=-20 * mV),
            "ConductanceLIF.v_reset: -20 mV is not below v_threshold = -50 mV; lower v_reset",
        ),
        (lambda: ExponentialLIF(v_rest=-50 * mV), "ExponentialLIF.v_rest: -50 mV is not below v_threshold = "),
        (
            lambda: ExponentialLIF(v_peak=-60 * mV),
            "ExponentialLIF.v_threshold: -59.9 mV is not below v_peak = -60 mV; lower v_threshold",
        ),
        (lambda: ExponentialLIF(v_reset=0 * mV), "ExponentialLIF.v_reset: 0 V is not below v_peak = "),
        (
            lambda: ExponentialLIF(slope_factor=0.05 * mV),
            "ExponentialLIF.slope_factor: less than 1/500 of the way from v_threshold to v_peak; lower v_peak, or take",
        ),
        (
            lambda: AdaptiveExponentialLIF(v_peak=-51 * mV),
            "AdaptiveExponentialLIF.v_threshold: -50.4 mV is not below v_peak = -51 mV; lower",
        ),
        (lambda: AdaptiveExponentialLIF(v_reset=0 * mV), "AdaptiveExponentialLIF.v_reset: 0 V is not below v_peak = "),
        (
            lambda: AdaptiveExponentialLIF(slope_factor=0.02 * mV),
            "AdaptiveExponentialLIF.slope_factor: less than 1/500",
        ),
        (lambda: AdaptiveCurrentLIF(a=-1), "AdaptiveCurrentLIF.a: -1 leaves no resting state; give a value above -1"),
        (lambda: QuadraticLIF(v_rest=-50 * mV), "QuadraticLIF.v_rest: -50 mV is not below v_critical = "),
        (lambda: QuadraticLIF(v_peak=-50 * mV), "QuadraticLIF.v_critical: -50 mV is not below v_peak = -50 mV"),
        (lambda: QuadraticLIF(v_reset=20 * mV), "QuadraticLIF.v_reset: 20 mV is not below v_peak = "),
        (lambda: Izhikevich(c=30 * mV), "Izhikevich.c: 30 mV is not below v_peak = 30 mV; lower c or raise v_peak"),
    ],
)
def test_potentials_in_an_impossible_order_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value).startswith(message)


def test_rheobase() -> None:
    assert float(LIF(v_rest=-70 * mV, v_threshold=-55 * mV).rheobase / mV) == pytest.approx(15)
    assert float(SubtractiveLIF().rheobase / mV) == pytest.approx(15)
    assert float(ConductanceLIF(g_leak=20 * nS).rheobase / nA) == pytest.approx(0.2)
    assert float(AdaptiveCurrentLIF(a=0.5).rheobase / mV) == pytest.approx(22.5)
    for model in (Quadratic(), HodgkinHuxley()):
        with pytest.raises(InputError, match=rf"^{type(model).__name__}\.rheobase: not defined; add a property"):
            model.rheobase  # noqa: B018
    with pytest.raises(InputError, match=r"^LeakyReadout\.rheobase: without a threshold there is none; scale the dr"):
        LeakyReadout().rheobase  # noqa: B018
    with pytest.raises(InputError, match=r"^AdaptiveExponentialLIF\.rheobase: without a resting state there is none"):
        AdaptiveExponentialLIF(a=-30 * nS).rheobase  # noqa: B018
    with pytest.raises(InputError, match=r"^SubtractiveIF\.rheobase: without a leak any positive input reaches thr"):
        SubtractiveIF().rheobase  # noqa: B018
