"""What a setting says it is, in Python and as a command, and what it refuses."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from brian2.units import cm, ms, mV, nA, pA, uF

import bnsim
from bnsim.description import canonical
from bnsim.errors import InputError
from bnsim.program import lower
from experiments.classics.cuba import measure as cuba
from experiments.lab import script
from experiments.lab.data import as_data
from experiments.lab.networks import experiments, find
from experiments.lab.setting import Setting
from experiments.lab.simulation import Simulation
from experiments.lab.spec import Experiment, Knob
from experiments.lab.units import written

from .small import EXPERIMENT, setting

CELLS = [name for name, each in experiments().items() if each.group == "One cell"]
FAST = {"balanced", "competition", "LIF"}
SIMULATIONS = {name: each for name, each in experiments().items() if isinstance(each, Simulation)}
EVERY = [
    pytest.param(each, marks=[] if name in FAST else pytest.mark.slow, id=name) for name, each in SIMULATIONS.items()
]


def changed(experiment: Experiment) -> dict[str, float]:
    """Every knob one step further."""
    return {knob.name: min(knob.start + knob.step, knob.high) for knob in experiment.knobs}


def network(one: Setting) -> bnsim.Network:
    assert isinstance(one.experiment, Simulation)
    return one.experiment.network(one.quantities())


@pytest.mark.parametrize("experiment", EVERY)
def test_script_makes_the_same_network(experiment: Simulation) -> None:
    for values in ({}, changed(experiment)):
        one = Setting.of(experiment, values)
        description, _, _ = one.script().partition("simulator = ")
        made: dict[str, Any] = {}
        exec(description, made)
        assert made["network"].fingerprint() == network(one).fingerprint()
        for name, given in experiment.given(one.quantities()).items():
            np.testing.assert_array_equal(made["stimulus"][name], given)


@pytest.mark.parametrize("experiment", EVERY)
def test_no_knob_needs_a_compiler(experiment: Simulation) -> None:
    def compiled(values: Mapping[str, float]) -> Any:
        return canonical(lower(as_data(network(Setting.of(experiment, values))), 1e-3 * experiment.dt))

    assert compiled({}) == compiled(changed(experiment))


def test_single_values_are_compiled_in() -> None:
    """Or the test before this one could not fail."""
    made = [network(setting(tau_m=tau)) for tau in (10, 20)]
    assert len({str(canonical(lower(each, 0.5e-3))) for each in made}) == 2


def test_arrays_hold_what_the_single_values_were() -> None:
    population = as_data(network(setting(tau_m=12)))["others"]
    np.testing.assert_array_equal(population.model.numbers("tau_m"), [0.012] * 3)  # type: ignore[union-attr]
    np.testing.assert_array_equal(population.drives[0].amplitude, np.full(3, 20) * mV)  # type: ignore[attr-defined]
    assert np.ndim(population.model.refractory) == 0  # type: ignore[union-attr]


def test_all_neuron_models_that_fire_have_an_experiment() -> None:
    assert {"LIF", "HodgkinHuxley", "AdaptiveExponentialLIF"} <= set(CELLS)
    assert "LeakyReadout" not in CELLS
    labels = {knob.name: knob for knob in find("LIF").knobs}
    assert (labels["tau_m"].label, labels["tau_m"].sign) == ("Membrane time constant", "ms")
    assert labels["v_threshold"].label == "Threshold potential"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (20 * ms, "20 * ms"),
        (0.1 * mV, "0.1 * mV"),
        (0.3 * nA, "300 * pA"),
        (5, "5"),
        (1 * (uF / cm**2), "1 * (uF/cm**2)"),
        (np.linspace(0, 0.3, 41) * nA, "np.linspace(0, 0.3, 41) * nA"),
        (np.full(3, 7.0) * pA, "np.full(3, 7) * pA"),
    ],
)
def test_values_are_written_to_the_last_bit(value: Any, text: str) -> None:
    assert written(value) == text
    space = {"np": np, "ms": ms, "mV": mV, "nA": nA, "pA": pA, "uF": uF, "cm": cm}
    np.testing.assert_array_equal(eval(text, space), value)


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(InputError, match=r"cannot be written to the last bit; give evenly spaced values"):
        written(np.array([0.0, 1.0, 3.0]) * mV)
    with pytest.raises(InputError, match=r"add it to `experiments.lab.units.UNITS`"):
        written(1 * mV * ms)


def test_command_names_what_differs() -> None:
    one = Setting.of(EXPERIMENT, {"current": 22.5}, seconds=0.1, key=7)
    words = shlex.split(one.command())
    assert words == [
        "bnsim",
        "lab",
        "small",
        "--set",
        "current=22.5",
        "--seconds",
        "0.1",
        "--seed",
        "7",
        "--to",
        "small",
    ]


def test_script_says_what_is_recorded() -> None:
    assert re.search(r"^record = \[bnsim.Spikes\(\"cells\"\), .*units=\[0\]\)\]$", setting().script(), re.MULTILINE)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"curent": 3}, "small: no parameter 'curent'; did you mean 'current'"),
        ({"current": 41}, "current: 41; give a number from 0 to 40 mV"),
        ({"current": float("nan")}, "current: nan; give a number"),
        ({"current": "3"}, "current: '3'; give a number"),
        ({"current": True}, "current: True; give a number"),
    ],
)
def test_values_off_the_slider_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        Setting.of(EXPERIMENT, values)


@pytest.mark.parametrize("seconds", [0, -1, 61, float("nan"), "1", 0.001])
def test_durations_are_refused(seconds: Any) -> None:
    with pytest.raises(InputError, match="give a number of seconds above 0 and up to 60"):
        Setting.of(EXPERIMENT, {}, seconds=seconds)


def test_what_a_setting_has_not_is_refused() -> None:
    with pytest.raises(InputError, match="duration: receptive-fields has none; leave it out"):
        Setting.of(find("receptive-fields"), {}, seconds=1)
    with pytest.raises(InputError, match="drawing: small takes none; leave it out"):
        Setting.of(EXPERIMENT, {}, drawing="10,10 20,20")
    with pytest.raises(InputError, match=r"sample: 1\.5; give a whole number"):
        Setting.of(find("drawn-digits"), {"sample": 1.5})


def test_currents_without_input_are_the_classic_network() -> None:
    assert network(Setting.of(find("cuba"), {})).fingerprint() == cuba.network(0.1).fingerprint()


def test_packet_has_the_spikes_and_the_spread_that_are_asked_for() -> None:
    times, units = SIMULATIONS["synfire"].given(Setting.of(find("synfire"), {"spikes": 60, "spread": 3}).quantities())[
        "packet"
    ]
    assert units.tolist() == list(range(60))
    assert times.mean() == pytest.approx(0.050, abs=1e-6)
    # Evenly spaced quantiles leave the tails out, which hold some hundredths of the variance.
    assert times.std() == pytest.approx(0.003, rel=0.05)


def test_stimulus_of_scattered_units_is_not_written() -> None:
    with pytest.raises(InputError, match="stimulus: has units in another order"):
        script.stimulus({"packet": (np.zeros(2), np.array([3, 1]))})


def test_a_knob_starts_on_one_of_its_steps() -> None:
    with pytest.raises(InputError, match=r"0\.25 of weight is no value of the slider; change its ends"):
        Knob("weight", "Weight", 0, 1, 0.25, 0.1)


def test_unknown_experiment() -> None:
    with pytest.raises(InputError, match="unknown experiment 'balancd'; did you mean 'balanced'"):
        find("balancd")
