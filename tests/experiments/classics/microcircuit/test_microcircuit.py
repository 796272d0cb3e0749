"""The cortical microcircuit: its numbers, its scaling, what is measured of given spikes, a small run and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import Hz, pA

import bnsim
from bnsim.recording import Recording, SpikeTimes
from experiments.classics.microcircuit import CLASSIC, RATES, circuit, figure, measure
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny
from tests.experiments.digits import tiny

pytestmark = pytest.mark.slow


def test_the_full_model_has_the_published_numbers() -> None:
    assert circuit.SIZES.sum() == 77_169
    # 0.3e9 synapses in the paper's abstract; 87.8 pA and 2.99e8 in NEST's example.
    assert (circuit.in_degrees() * circuit.SIZES[:, None]).sum() == pytest.approx(2.99e8, rel=0.002)
    assert circuit.weight() == pytest.approx(87.8, abs=0.05)
    np.testing.assert_allclose(circuit.missing_current(1.0), 0.0)


def test_in_degrees_give_the_probability_that_a_pair_is_connected() -> None:
    """Each of K synapses between N pairs leaves a pair unconnected with probability 1 - 1/N."""
    number = circuit.in_degrees()[0, 1] * circuit.SIZES[0]
    pairs = float(circuit.SIZES[0] * circuit.SIZES[1])
    assert 1 - (1 - 1 / pairs) ** number == pytest.approx(circuit.PROBABILITIES[0, 1])


@pytest.mark.parametrize("inputs", [1.0, 0.1])
def test_scaling_keeps_mean_and_variance_of_the_outer_input(inputs: float) -> None:
    """And, with the rates of the full model, the mean of all input: of layer 2/3's excitatory neurons by hand."""
    network = circuit.network(0.05, inputs, 0.1)
    outer, missing = network["E"].drives
    assert isinstance(outer, bnsim.PoissonDrive)
    assert isinstance(missing, bnsim.Current)
    rate, weight = outer.rate.numbers[0, 0], float(outer.weight / pA)
    assert rate * weight**2 == pytest.approx(1600 * 8 * circuit.weight() ** 2)
    strength = np.array([1.0, -4.0, 2.0, -4.0, 1.0, -4.0, 1.0, -4.0])
    recurrent = (strength * circuit.in_degrees()[0]) @ np.array(list(RATES.values()))
    whole = circuit.weight() * (1600 * 8 + recurrent) * 0.5e-3
    own = weight * (rate + inputs * recurrent) * 0.5e-3 + 1e12 * missing.amplitude.numbers[0, 0]
    assert own == pytest.approx(whole)
    assert outer.rate.numbers[0, -1] == pytest.approx(float(inputs * 2900 * 8 * Hz))  # layer 6


def test_projections_have_the_scaled_numbers_of_synapses_and_layer_4_counts_twice() -> None:
    network = circuit.network(0.1, 0.3, 0.1)
    blocks = {projection.name: projection.connectivity for projection in network.projections}
    excitatory = blocks["E_to_E"]
    assert isinstance(excitatory, bnsim.Blocks)
    assert excitatory.source_sizes == (2068, 2192, 485, 1440)
    assert excitatory.rules[1][0].number == round(circuit.in_degrees()[0, 2] * 0.3 * 2068)
    assert excitatory.factors.tolist() == [[1, 1, 1, 1], [2, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]]
    inhibitory = blocks["I_to_E"]
    assert isinstance(inhibitory, bnsim.Blocks)
    assert inhibitory.rules[3][0].number == 0  # layer 6 does not inhibit layer 2/3
    assert inhibitory.rules[3][3].number == round(circuit.in_degrees()[6, 7] * 0.3 * 1440)


def test_rates_and_raster_of_given_spikes() -> None:
    """Unit k of each layer of E fires k + 1 times, all in the last 400 ms."""
    config = tiny(CLASSIC, neurons=0.02, duration=500)
    sizes = circuit.sizes(0.02)
    counts, spikes = {}, {}
    for name in "EI":
        number = np.concatenate([np.minimum(np.arange(sizes[place]), 3) + 1 for place in circuit.layers(name)])
        unit = np.repeat(np.arange(len(number)), number)
        time = 0.7 + 0.01 * (np.arange(len(unit)) - np.repeat(np.cumsum(number) - number, number))
        order = np.argsort(time, kind="stable")
        counts[name] = number[None]
        spikes[name] = SpikeTimes(np.zeros(len(unit), int), unit[order], time[order])
    recording = Recording(0.5, 1e-4, np.zeros(1, np.uint64), counts, spikes, start=0.5)
    rows = list(measure.measured(config, 0.1, recording))
    rates = {row.facts["population"]: row.value for row in rows if row.metric == "rate"}
    for name, size in zip(RATES, sizes, strict=True):
        assert rates[name] == pytest.approx((4 * size - 6) / size / 0.5)
    raster = list(measure._raster(config, recording))
    assert {row.facts["population"] for row in raster} == set(RATES)
    first = [row.step for row in raster if row.facts == {"population": "L4E", "neuron": 1}]
    assert first == [1000, 1100]


def _at_once(neurons: float, time: float) -> Recording:
    """All units fire once, at the same time."""
    sizes = {name: int(circuit.sizes(neurons)[circuit.layers(name)].sum()) for name in "EI"}
    spikes = {
        name: SpikeTimes(np.zeros(size, int), np.arange(size), np.full(size, time)) for name, size in sizes.items()
    }
    counts = {name: np.ones((1, size), int) for name, size in sizes.items()}
    return Recording(0.5, 1e-4, np.zeros(1, np.uint64), counts, spikes, start=0.5)


@pytest.mark.parametrize(("neurons", "most"), [(0.02, 414), (0.1, 1000)])
def test_synchrony_is_variance_over_mean_of_the_spikes_of_at_most_1000_neurons(neurons: float, most: int) -> None:
    """All n spikes in one of B bins: the variance is n^2 (1 / B - 1 / B^2), the mean n / B."""
    bins = 500 // 3
    config = tiny(CLASSIC, neurons=neurons, duration=500)
    rows = list(measure.measured(config, 0.1, _at_once(neurons, 0.7)))
    synchrony = {row.facts["population"]: row.value for row in rows if row.metric == "synchrony"}
    assert synchrony.keys() == RATES.keys()
    for name, size in zip(RATES, circuit.sizes(neurons), strict=True):
        assert synchrony[name] == pytest.approx(min(size, 1000) * (1 - 1 / bins))
    assert synchrony["L23E"] == pytest.approx(most * (1 - 1 / bins))


def test_spikes_after_the_last_whole_bin_are_no_synchrony() -> None:
    rows = measure.measured(tiny(CLASSIC, duration=500), 0.1, _at_once(0.02, 0.9985))
    assert "synchrony" not in {row.metric for row in rows}


def test_a_cell_type_is_asynchronous_and_irregular_where_all_three_measures_are_within_the_criterion() -> None:
    values = {"rate": 5.0, "variation": 0.9, "synchrony": 2.0}
    rows = [CLASSIC[metric](value, population=name) for metric, value in values.items() for name in RATES]
    assert measure._share(rows) == 1
    rows[0] = CLASSIC["rate"](30.0, population="L23E")
    assert measure._share(rows) == 7 / 8
    rows[17] = CLASSIC["synchrony"](8.0, population="L23I")
    rows[10] = CLASSIC["variation"](0.69, population="L4E")
    assert measure._share(rows) == 5 / 8
    assert measure._share(rows[:-1]) == 4 / 8  # no neuron of L6I fired


def test_the_preset_full_is_the_full_model_and_is_held_against_its_rates() -> None:
    full = CLASSIC.presets["full"]
    assert (full.neurons, full.inputs, full.duration, full.steps) == (1, 1, 10_000, (0.1,))
    held = [yardstick for yardstick in CLASSIC.yardsticks if yardstick.facts["neurons"] == 1]
    assert {yardstick.facts.get("duration", full.duration) for yardstick in held} == {full.duration}
    shares = {y.facts["population"]: y.tolerance / y.published for y in held if y.metric == "rate"}
    assert shares == {name: pytest.approx(0.05 if name in ("L23E", "L6E") else 0.03, rel=0.02) for name in RATES}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("microcircuit", tmp_path_factory.mktemp("microcircuit"))


def test_a_small_run_is_drawn_and_told(run: Run) -> None:
    assert passed(run) == {}  # no figure was published for so small a network
    (drawn,) = figure.draw(run).values()
    raster, rates, variation, synchrony = drawn.axes
    assert [label.get_text() for label in raster.get_yticklabels()] == ["L2/3", "L4", "L5", "L6"]
    assert [label.get_text() for label in rates.get_yticklabels()][:2] == ["2/3e", "2/3i"]
    assert (variation.get_xlabel(), synchrony.get_xlabel()) == ("CV", "Variance / mean")
    rates_told, variation_told, synchrony_told, criterion_told = figure.sentences(run)
    assert rates_told.startswith(
        "Rates with 0.02 of the neurons and 0.05 of their inputs, and of the full model in NEST"
    )
    assert variation_told.startswith("The mean coefficient of variation of interspike intervals lies between 0.")
    assert synchrony_told.startswith("Synchrony lies between ")
    # In 0.4 s no cell type has a coefficient of 0.7.
    assert criterion_told.endswith("asynchronous and irregular in 0.00\N{NO-BREAK SPACE}% of the cell types.")
