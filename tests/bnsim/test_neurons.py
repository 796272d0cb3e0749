"""Neuron models: their own checks, and a user's own model. Their dynamics are tested in tests/reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, nA, nS
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim import LIF, AdaptiveLIF, ConductanceLIF, InputError, NeuronModel, SubtractiveIF, SubtractiveLIF, parameter
from tests.networks import current_driven, driven, given, simulate


@dataclass(frozen=True, repr=False)
class Quadratic(NeuronModel):
    tau: Quantity = parameter(10 * ms)
    equations = "dv/dt = (v**2 / mV + I) / tau : volt (unless refractory)"
    threshold = "v > 30*mV"
    reset = "v = -30*mV"
    method = "euler"


@dataclass(frozen=True, repr=False)
class Izhikevich(NeuronModel):
    a: float = parameter(0.02, above=0)
    equations = """dv/dt = (0.04*v**2/mV + 5*v + 140*mV - u + I) / ms : volt
                   du/dt = a * (0.2*v - u) / ms : volt"""
    threshold = "v > 30*mV"
    reset = "v = -65*mV; u += 8*mV"
    initial = {"v": "-65*mV", "u": "-13*mV"}  # noqa: RUF012
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


def test_a_users_izhikevich_neuron_spikes_regularly_and_adapts() -> None:
    _, recording = simulate(
        current_driven(Izhikevich(), 2), np.array([[0.0, 10.0]]), 300 * ms, 0.5 * ms, traces=["v", "u"]
    )
    silent, spiking = recording.spike_times("cells").trains(2, 0)
    assert len(silent) == 0
    assert len(spiking) >= 4
    assert np.diff(spiking)[-1] > np.diff(spiking)[0]
    for variable, initial in (("v", -0.065), ("u", -0.013)):
        np.testing.assert_allclose(recording.trace("cells", variable).values[0, 0], initial, rtol=1e-12)


def test_a_users_neuron_takes_every_kind_of_synapse() -> None:
    for synapse, weight in (
        (bnsim.Delta(), 5 * mV),
        (bnsim.ExponentialCurrent(), 5 * mV),
        (bnsim.ExponentialConductance(reversal=50 * mV), 0.5),
    ):
        _, recording = simulate(driven(Quadratic(), synapse, weight), [given((1, 0))], 10 * ms, traces=["v"])
        assert recording.trace("cells", "v").values.max() > 1e-3


PERFECT = SubtractiveIF(tau_m=1 * ms, v_rest=0 * mV, v_threshold=10 * mV, v_initial=0 * mV)


def test_without_a_leak_a_constant_input_is_summed_up() -> None:
    """3.5 mV a step: 3.5, 7, 10.5 (spike, 0.5 stays), 4, 7.5, 11 (spike, 1 stays), ..."""
    drive = np.array([[3.5, -2.0, 0.0, 25.0]])
    _, recording = simulate(current_driven(PERFECT, 4), drive, 15 * ms, 1 * ms, traces=["v"])
    first, negative, still, strong = recording.spike_times("cells").trains(4, 0)
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
        ({"equations": "dv/dt = (v_rest - v + I) : volt"}, "does not have the expected unit"),
        ({"equations": "dv/dt = (v_rest - v + leak + I) / tau_m : volt"}, "leak"),
        ({"threshold": "v > v_peak"}, "v_peak"),
        ({"reset": "v = nowhere"}, "nowhere"),
        (
            {"equations": "dv/dt = (v_rest - v**2/mV + I) / tau_m : volt"},
            "is not linear with constant coefficients, so it cannot be integrated exactly",
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
        (
            {"method": "exat"},
            "Mine.method: unknown 'exat'; did you mean 'exact'? choose from exact, exponential_midpoint",
        ),
        ({"membrane": "u"}, "Mine.membrane: unknown 'u'; choose from v, theta"),
        ({"persistent": ("teta",)}, "Mine.persistent: unknown 'teta'; did you mean 'theta'? choose from v, theta"),
        ({"initial": {"vm": "v_rest"}}, "Mine.initial: unknown 'vm'; did you mean 'v'? choose from v, theta"),
        ({"initial": {"v": "20*ms"}}, "Mine.initial['v'] = 20*ms: 20 ms has the wrong unit, expected V"),
        ({"initial": {"v": "v_start"}}, "Mine: cannot evaluate 'v_start' (name 'v_start' is not defined)"),
    ],
)
def test_what_a_model_says_of_its_variables_is_checked(text: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        current_driven(type("Mine", (AdaptiveLIF,), text)(), 1).compile(1 * ms, backend="numpy")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LIF(v_reset=-50 * mV), "LIF.v_reset: not below v_threshold; lower v_reset or raise v_threshold"),
        (lambda: AdaptiveLIF(v_reset=0 * mV), "AdaptiveLIF.v_reset: not below v_threshold"),
        (lambda: LIF(v_rest=-40 * mV), "LIF.v_rest: not below v_threshold, so the neuron would fire for ever"),
        (lambda: SubtractiveLIF(v_rest=-50 * mV), "SubtractiveLIF.v_rest: not below v_threshold"),
        (lambda: SubtractiveIF(v_rest=-50 * mV), "SubtractiveIF.v_rest: not below v_threshold, so that a reset"),
        (lambda: ConductanceLIF(e_leak=-50 * mV), "ConductanceLIF.e_leak: not below v_threshold; lower e_leak"),
        (lambda: ConductanceLIF(v_reset=-20 * mV), "ConductanceLIF.v_reset: not below v_threshold; lower v_reset"),
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
    with pytest.raises(InputError, match=r"^Quadratic\.rheobase: not defined; add a property"):
        Quadratic().rheobase  # noqa: B018
    with pytest.raises(InputError, match=r"^SubtractiveIF\.rheobase: without a leak any positive input reaches thr"):
        SubtractiveIF().rheobase  # noqa: B018
