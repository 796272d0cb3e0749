"""Populations, projections and networks: names, units, what fits together, and what a compiled network depends on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, nA, nS, second

from bnsim import (
    AMPA,
    LIF,
    AllToAll,
    Blocks,
    ConductanceLIF,
    ConstantCurrent,
    Delta,
    ErrorModulated,
    ExponentialConductance,
    ExponentialCurrent,
    FixedInDegree,
    FixedOutDegree,
    FixedProbability,
    InputError,
    Jump,
    Network,
    OneToOne,
    OrnsteinUhlenbeck,
    PairSTDP,
    Poisson,
    PoissonDrive,
    Population,
    Projection,
    Ring,
    ShortTermPlasticity,
    Trace,
    Uniform,
    VogelsSTDP,
    WhiteNoise,
)


def a_network(**changed: Any) -> Network:
    """Poisson input onto two cells; `changed` are fields of the one projection."""
    options = {"source": "input", "target": "cells", "synapse": ExponentialCurrent(), "weights": 1 * mV, **changed}
    return Network([Population("input", 3, Poisson()), Population("cells", 2, LIF())], [Projection(**options)])


def message_of(make: Any) -> str:
    with pytest.raises(InputError) as caught:
        make()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["", "2nd", "layer 1", "a-b", "_x", "a__b", "lambda", "größe", 3])
def test_names_that_equations_cannot_hold_are_refused(name: Any) -> None:
    assert message_of(lambda: Population(name, 1, LIF())).startswith(f"Population.name: {name!r} cannot be a name; use")
    if name != "":
        assert message_of(lambda: a_network(name=name)).startswith(f"Projection.name: {name!r} cannot be a name; use")


@pytest.mark.parametrize("names", [("E", "I", "t"), ("v", "w", "dt"), ("N", "i", "e")])
def test_short_names_may_be_those_of_brian2(names: tuple[str, str, str]) -> None:
    source, target, projection = names
    populations = [Population(source, 2, Poisson()), Population(target, 2, LIF())]
    network = Network(populations, [Projection(source, target, ExponentialCurrent(), 30 * mV, name=projection)])
    simulator = network.compile(dt=1 * ms, backend="numpy")
    record = [Trace(target, f"{projection}_s")]
    _, recording = simulator.run_for(simulator.initial_state(0), 20 * ms, np.ones(2), record=record)
    assert recording.trace(target, f"{projection}_s").values.max() > 0


def test_a_projection_must_not_take_a_name_of_the_neuron() -> None:
    class Threshold(ExponentialCurrent):
        equations = "dthreshold/dt = -threshold / tau : {input_unit}"
        current = "threshold"
        jumps = (Jump("threshold"),)

    projection = Projection("input", "cells", Threshold(), 1 * mV, name="v")
    network = Network([Population("input", 3, Poisson()), Population("cells", 2, LIF())], [projection])
    assert message_of(lambda: network.compile(dt=1 * ms, backend="numpy")) == (
        "Projection('v').name: its variable 'v_threshold' bears the name of one of LIF; rename the projection"
    )


@pytest.mark.parametrize("size", [0, -1, 2.0, "3", True])
def test_sizes_are_whole_numbers_above_zero(size: Any) -> None:
    assert message_of(lambda: Population("cells", size, LIF())).startswith("Population('cells').size: ")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Population("a", 1, "LIF"), "Population('a').model: 'LIF' is neither a neuron model nor an encoder"),
        (
            lambda: Population("a", 1, LIF),
            "Population('a').model: LIF is a class; give LIF(), with its parameters",
        ),
        (
            lambda: Population("a", 1, PoissonDrive()),
            "Population('a').model: PoissonDrive is a drive; give Population(name, size, model, drive=PoissonDrive(...",
        ),
        (
            lambda: Population("a", 1, LIF(), PoissonDrive()),
            "Population('a').encoder: PoissonDrive is a drive; give Population(name, size, model, drive=PoissonDrive(",
        ),
        (lambda: Population("a", 1, LIF(), 3), "Population('a').encoder: 3 is no Encoder; give one, such as bnsim.C"),
        (
            lambda: Population("a", 1, LIF(), drive=Poisson()),
            "Population('a').drive: Poisson emits spikes; make it the model of a population of its own, and project fr",
        ),
        (
            lambda: Population("a", 1, LIF(), drive=[ConstantCurrent()]),
            "Population('a').drive: ConstantCurrent is an encoder; give Population(name, size, model, encoder=Constant",
        ),
        (
            lambda: Population("a", 1, LIF(), drive=WhiteNoise),
            "Population('a').drive: WhiteNoise is a class; give WhiteNoise(), with its parameters",
        ),
        (lambda: Population("a", 1, LIF(), drive=3), "Population('a').drive: 3 is no Drive; give one, such as bnsim.W"),
        (
            lambda: Population("a", 1, LIF(), positions=Ring),
            "Population('a').positions: Ring is a class; give Ring(), with its parameters",
        ),
        (
            lambda: Projection(Population("a", 1, LIF()), "a", Delta(), 1 * mV),
            "Projection.source: a Population; give its name, 'a'",
        ),
        (lambda: Projection("a", 3, Delta(), 1 * mV), "Projection.target: 3 is no name; give that of a population"),
        (
            lambda: a_network(plasticity=ShortTermPlasticity()),
            "Projection('input_to_cells').plasticity: ShortTermPlasticity is short-term plasticity; give Projection(..",
        ),
        (
            lambda: a_network(short_term=PairSTDP()),
            "Projection('input_to_cells').short_term: PairSTDP is a plasticity rule; give Projection(..., plasticity=",
        ),
        (
            lambda: a_network(synapse=Delta),
            "Projection('input_to_cells').synapse: Delta is a class; give Delta(), with",
        ),
        (
            lambda: a_network(synapse=AMPA(), weights=1 * nS),
            "Projection('input_to_cells').weights: in siemens, but the input of LIF is in volt, and a conductance a nu"
            "mber, relative to its leak; give a number, or a model that takes siemens, such as ConductanceLIF",
        ),
        (
            lambda: a_network(synapse=AMPA(), weights=-0.5),
            "Projection('input_to_cells').weights: -0.5 is negative; a conductance excites or inhibits by its synapse's"
            " reversal potential, as GABAA inhibits; give 0.5",
        ),
        (
            lambda: Population("a", 1, LIF(), drive=PoissonDrive(weight=1 * nS, synapse=AMPA())),
            "Population('a').drive: PoissonDrive.weight: in siemens, but the input of LIF is in volt, and a conductanc",
        ),
        (
            lambda: FixedInDegree(0.1),
            "FixedInDegree.degree: 0.1 is no number of synapses; for a probability give FixedProbability(0.1)",
        ),
        (
            lambda: FixedOutDegree(2.5),
            "FixedOutDegree.degree: 2.5 is not a whole number; give an integer of at least 0",
        ),
        (
            lambda: Network(Population("a", 1, LIF())),
            "Network.populations: a single Population; give a list, [Population(...)]",
        ),
        (
            lambda: Network([Population("a", 1, LIF())], Projection("a", "a", Delta(), 1 * mV)),
            "Network.projections: a single Projection; give a list, [Projection(...)]",
        ),
        (lambda: Network(3), "Network.populations: 3 is no list; give a list of Population objects"),
        (lambda: Network(LIF()), "Network.populations: LIF is a neuron model; give Population(name, size, LIF(...))"),
        (
            lambda: Population("a", 1, ConstantCurrent()),
            "Population('a').model: ConstantCurrent emits no spikes; give a neuron model and encoder=ConstantCurrent(",
        ),
        (
            lambda: Population("a", 1, Poisson(), encoder=Poisson()),
            "Population('a').encoder: the model is an encoder already; leave encoder out",
        ),
        (
            lambda: Population("a", 1, LIF(), encoder=Poisson(50 * Hz)),
            "Population('a').encoder: Poisson(max_rate=50 Hz) gives no current; make it a population of its own",
        ),
        (
            lambda: Population("a", 1, ConductanceLIF(), encoder=ConstantCurrent(1 * mV)),
            "Population('a').encoder: ConstantCurrent.gain: 1 mV has the wrong unit, expected A",
        ),
        (
            lambda: a_network(synapse=LIF()),
            "Projection('input_to_cells').synapse: LIF is a neuron model; give Population(name, size, LIF(...))",
        ),
        (
            lambda: a_network(connectivity=0.25),
            "Projection('input_to_cells').connectivity: 0.25 is no Connectivity; give one, such as FixedProbability(0.",
        ),
        (
            lambda: a_network(connectivity=5),
            "Projection('input_to_cells').connectivity: 5 is no Connectivity; give one, such as FixedInDegree(5)",
        ),
        (
            lambda: a_network(connectivity=np.ones((3, 2))),
            "Projection('input_to_cells').connectivity: an array of shape (3, 2) is no Connectivity; give one, such as",
        ),
        (
            lambda: a_network(weights=Uniform),
            "Projection('input_to_cells').weights: Uniform is a class; give Uniform(), with its parameters",
        ),
        (
            lambda: Population("a", 1, LIF(), drive=20 * mV),
            "Population('a').drive: 20 mV is no Drive; give a Current of it",
        ),
        (
            lambda: Population("a", 1, LIF(), initial=20 * mV),
            "Population('a').initial: 20 mV is no dictionary; give {\"v\": value}, by variable",
        ),
        (lambda: a_network(plasticity="STDP"), "Projection('input_to_cells').plasticity: 'STDP' is no PlasticityRule"),
        (lambda: Network([]), "Network.populations: empty; give at least one population"),
        (lambda: Network([LIF()]), "Network.populations: LIF is a neuron model; give Population(name, size, LIF(...))"),
        (lambda: Network([Population("a", 1, LIF())], ["a to a"]), "Network.projections: 'a to a' is no Projection"),
        (
            lambda: Network([Population("a", 1, LIF()), Population("a", 2, LIF())]),
            "Network.populations: the name 'a' occurs twice; give each its own name",
        ),
        (
            lambda: a_network(target="cell"),
            "Projection('input_to_cell').target: unknown 'cell'; did you mean 'cells'? choose from input, cells",
        ),
        (lambda: a_network(source="x"), "Projection('x_to_cells').source: unknown 'x'; choose from input, cells"),
        (
            lambda: a_network(source="cells", target="input"),
            "Projection('cells_to_input').target: 'input' is an encoder and takes no input; give a",
        ),
        (
            lambda: a_network(weights=1 * nA),
            "Projection('input_to_cells').weights: 1 nA has the wrong unit, expected V",
        ),
        (
            lambda: a_network(plasticity=PairSTDP(w_max=1 * nS)),
            "Projection('input_to_cells').plasticity: PairSTDP.w_max: 1 nS has the wrong unit, expected V",
        ),
        (
            lambda: a_network(synapse=ExponentialConductance(), weights=0.1, plasticity=ErrorModulated(scale=1 * mV)),
            "Projection('input_to_cells').plasticity: ErrorModulated.scale: 1 mV has the wrong unit, expected no unit",
        ),
        (
            lambda: a_network(synapse=Delta(), weights=-1 * mV, plasticity=VogelsSTDP(scale=1 * mV, w_max=5 * mV)),
            "Projection('input_to_cells').weights: negative, but VogelsSTDP keeps weights within 0 to 5 mV; to inhibit"
            ", give a synapse that does so by its reversal potential, such as GABAA",
        ),
        (
            lambda: a_network(connectivity=OneToOne()),
            "Projection('input_to_cells').connectivity: OneToOne: 3 sources and 2 targets; give populations of equal",
        ),
        (
            lambda: a_network(connectivity=FixedInDegree(4, multapses=False)),
            "Projection('input_to_cells').connectivity: FixedInDegree.degree: 4 inputs from 3 sources; lower the degre",
        ),
        (
            lambda: a_network(connectivity=Blocks([2, 2], [2], [[AllToAll()], [AllToAll()]])),
            "Projection('input_to_cells').connectivity: Blocks.source_sizes: add up to 4 for a population of 3; give",
        ),
        (
            lambda: a_network(connectivity=Blocks([2, 1], [2], [[OneToOne()], [OneToOne()]])),
            "Projection('input_to_cells').connectivity: OneToOne: 1 sources and 2 targets; give populations of equal",
        ),
        (
            lambda: Network(
                [Population("a", 2, LIF())],
                [Projection("a", "a", Delta(), sign * mV, name=name) for sign, name in ((1, "e"), (-1, "i"))],
                dale=True,
            ),
            "Network.dale: population 'a' has weights of both signs, -1 mV in i and 1 mV in e; give all weights of a",
        ),
        (
            lambda: Population("a", 3, LIF(tau_m=[1, 2] * ms)),
            "Population('a').model: LIF.tau_m: 2 values for 3 cells; give one for each",
        ),
        (
            lambda: Population("a", 3, LIF(), initial={"v": [1, 2] * mV}),
            "Population('a').initial['v']: 2 values for 3 cells; give one for each",
        ),
        (
            lambda: Network([Population("a", 3, LIF(), initial={"v": 2 * ms})]),
            "Population('a').initial['v']: 2 ms has the wrong unit, expected V; give 1 mV, say",
        ),
        (
            lambda: Network([Population("a", 3, LIF(), initial={"u": 2 * mV})]),
            "Population('a').initial: unknown 'u'; choose from v",
        ),
        (lambda: a_network()["cell"], "Network: no population 'cell'; it holds input, cells"),
    ],
)
def test_what_does_not_fit_is_refused(make: Any, message: str) -> None:
    assert message_of(make).startswith(message)


def test_variables_of_synapses_and_drives_may_have_a_start() -> None:
    """Which of them there are is known when the network is compiled."""
    start = {"drive0_x": 1 * mV, "cells_to_cells_s": 2 * mV}
    cells = Population("cells", 2, LIF(), drive=OrnsteinUhlenbeck(), initial=start)
    network = Network([cells], [Projection("cells", "cells", ExponentialCurrent(), 1 * mV)])
    state = network.compile(dt=1 * ms, backend="numpy").initial_state(0)
    assert state["cells.drive0_x"].tolist() == [1e-3, 1e-3]
    assert state["cells.cells_to_cells_s"].tolist() == [2e-3, 2e-3]


def test_projections_between_the_same_populations_need_names() -> None:
    population = Population("cells", 2, LIF())
    one = Projection("cells", "cells", Delta(), 1 * mV)
    assert "the name 'cells_to_cells' occurs twice" in message_of(lambda: Network([population], [one, one]))
    assert len(Network([population], [one, replace(one, name="inhibition", weights=-1 * mV)]).projections) == 2


@pytest.mark.parametrize(
    ("model", "synapse", "unit", "name"),
    [
        (LIF(), Delta(), 1 * mV, "volt"),
        (ConductanceLIF(), Delta(), 1 * mV, "volt"),
        (LIF(), ExponentialCurrent(), 1 * mV, "volt"),
        (ConductanceLIF(), ExponentialCurrent(), 1 * nA, "amp"),
        (LIF(), ExponentialConductance(), 1.0, "1"),
        (ConductanceLIF(), ExponentialConductance(), 1 * nS, "siemens"),
    ],
)
def test_synapse_and_target_decide_the_unit_of_the_weights(model: Any, synapse: Any, unit: Any, name: str) -> None:
    populations = [Population("input", 1, Poisson()), Population("cells", 1, model)]
    network = Network(populations, [Projection("input", "cells", synapse, unit)])
    assert network.weight_unit(network.projections[0]) == unit
    assert network.weight_unit_name(network.projections[0]) == name


def test_delays() -> None:
    assert a_network().projections[0].delay_kind == "none"
    assert a_network(delay=1 * ms).projections[0].delay_kind == "shared"
    for delay in (Uniform(0 * ms, 4 * ms), np.full((3, 2), 4.0) * ms):
        assert a_network(delay=delay).projections[0].delay_kind == "each"
        assert a_network(delay=delay).longest_delay == pytest.approx(0.004)
    assert Network([Population("cells", 1, LIF())]).longest_delay == 0


def test_fingerprints_of_networks() -> None:
    variants = [
        a_network(),
        a_network(weights=2 * mV),
        a_network(weights=np.ones((3, 2)) * mV),
        a_network(weights=np.full((3, 2), 2.0) * mV),
        a_network(weights=Uniform()),
        a_network(delay=1 * ms),
        a_network(synapse=Delta()),
        a_network(synapse=ExponentialCurrent(tau=4 * ms)),
        a_network(connectivity=FixedProbability()),
        a_network(connectivity=AllToAll(autapses=False)),
        a_network(plasticity=PairSTDP()),
        a_network(plasticity=PairSTDP(a_plus=0.01)),
        a_network(plasticity=ErrorModulated()),
        a_network(name="other"),
        Network(a_network().populations),
        replace(a_network(), populations=a_network().populations[::-1]),
        replace(a_network(), populations=[Population("input", 4, Poisson()), a_network()["cells"]]),
    ]
    assert len({network.fingerprint() for network in variants}) == len(variants)
    assert a_network().fingerprint() == a_network(name="input_to_cells").fingerprint()
    integers = a_network(weights=np.ones((3, 2), int) * mV)
    assert integers.fingerprint() == variants[2].fingerprint()


def test_networks_print_readably() -> None:
    shown = repr(a_network(weights=np.ones((3, 2)) * mV, plasticity=PairSTDP()))
    assert shown.startswith("Network(populations=(Population(name='input', size=3, model=Poisson(max_rate=100 Hz)")
    assert "weights=<array (3, 2)>" in shown
    assert "plasticity=PairSTDP(tau_plus=20 ms" in shown
    assert " at 0x" not in shown


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"trial": 0 * ms}, "compile(trial): 0 s is too small; give a value above 0"),
        ({"trial": 10}, "compile(trial): 10 has no unit; give 10 * ms"),
        (
            {"trial": 10.05 * ms},
            "compile(trial): 10.05 ms is no whole number of steps of 100 us; give a multiple of dt",
        ),
        ({"dt": -1 * ms}, "compile(dt): -1 ms is negative; give a value above 0"),
        ({"dt": np.nan * second}, "compile(dt): nan is not finite; give a finite value"),
        ({"trial": 3 * ms}, "compile(trial): 3 ms leaves no time for the stimulus before a silence as long as"),
        (
            {"presentation": 8 * ms},
            "compile(presentation): 8 ms leaves less than the longest delay, 3 ms, of the trial",
        ),
        (
            {"presentation": 12 * ms},
            "compile(presentation): 12 ms is longer than the trial of 10 ms; lengthen the trial or",
        ),
        (
            {"backend": "cpu"},
            "compile(backend): unknown 'cpu'; did you mean 'cpp'? choose from auto, cpp, cython, numpy",
        ),
    ],
)
def test_compilations_that_cannot_be_are_refused(options: dict[str, Any], message: str) -> None:
    network = a_network(delay=3 * ms)
    arguments = {"trial": 10 * ms, "dt": 0.1 * ms, "backend": "numpy", **options}
    assert message_of(lambda: network.compile(**arguments)).startswith(message)


def test_the_stimulus_ends_before_a_silence_as_long_as_the_longest_delay() -> None:
    timing = a_network(delay=2.95 * ms).compile(10 * ms, backend="numpy").timing
    assert (timing.steps, timing.presentation_steps) == (100, 70)
    simulator = a_network().compile(10 * ms, 0.5 * ms, presentation=4 * ms, backend="numpy")
    assert (simulator.timing.steps, simulator.timing.presentation_steps) == (20, 8)
