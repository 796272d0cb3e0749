"""The parts of a conversion, on networks whose rates are known by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2 import ms, mV
from scipy import sparse

import bnsim
from models.linear import LinearLayer
from models.spiking.conversion import CONVERTIBLE, convertible_neuron, currents, decide, normalised, spiking_network

NEURON = bnsim.SubtractiveIF(v_initial=-57.5 * mV)


def layer(name: str, weights: Any, bias: Any) -> LinearLayer:
    return LinearLayer(name, sparse.csr_array(np.array(weights, dtype=float)), np.array(bias, dtype=float))


def test_normalisation_by_hand() -> None:
    """Activations of the hidden layer are 4, 1 and 2, 0; those of the output 13 and 7, its other unit is negative."""
    layers = [layer("hidden", [[2, 0], [0, 1]], [0, -1]), layer("output", [[3, -1], [-1, 0]], [2, 0.5])]
    X = np.array([[2.0, 2.0], [1.0, 0.5]])
    hidden, output = normalised(layers, X, 100.0)
    np.testing.assert_allclose(hidden.matrix.toarray(), [[0.5, 0], [0, 0.25]])
    np.testing.assert_allclose(hidden.bias, [0, -0.25])
    np.testing.assert_allclose(output.matrix.toarray(), np.array([[3, -1], [-1, 0]]) * 4 / 13)
    np.testing.assert_allclose(output.bias, np.array([2, 0.5]) / 13)
    (median, _) = normalised(layers, X, 50.0)
    np.testing.assert_allclose(median.bias, [0, -1 / 1.5])  # the median of 4, 1, 2 and 0


def test_a_silent_layer_keeps_its_scale() -> None:
    (silent,) = normalised([layer("output", [[-1.0], [-2.0]], [0, 0])], np.array([[1.0]]), 99.9)
    np.testing.assert_allclose(silent.matrix.toarray(), [[-1.0], [-2.0]])


def test_spikes_count_what_the_units_compute() -> None:
    """Hidden rates 0.3, 0.7 and 0; the outputs' 0.5 x 0.3 + 0.1 = 0.25, 0.7 - 0.3 = 0.4, and -0.35."""
    layers = (
        layer("hidden", [[0.6, 0], [0, 1], [-1, 0]], [0, 0.2, 0.1]),
        layer("output", [[0.5, 0, 1], [-1, 1, 0], [0, -0.5, 0]], [0.1, 0, 0]),
    )
    simulator = spiking_network(layers, NEURON).compile(300 * ms, 1 * ms, backend="numpy")
    stimulus = currents(layers, np.array([[0.5, 0.5]]))
    np.testing.assert_allclose(stimulus["hidden"], [[0.3, 0.7, -0.4]])
    np.testing.assert_allclose(stimulus["output"], [[0.1, 0, 0]])
    _, recording = simulator.run(simulator.initial_state(0), stimulus)
    assert recording.counts["hidden"][0].tolist() == [90, 210, 0]
    # A spike acts a step after it was emitted, and counts are whole: one less is possible, no more.
    np.testing.assert_allclose(recording.counts["output"][0], [75, 120, 0], atol=1)


def test_a_leak_is_taken_as_it_is() -> None:
    layers = (layer("output", [[0.9], [0.05]], [0, 0]),)
    lossless, leaky = (
        spiking_network(layers, model).compile(200 * ms, 1 * ms, backend="numpy")
        for model in (NEURON, CONVERTIBLE["subtractive-lif"])
    )
    runs = [each.run(each.initial_state(0), currents(layers, np.ones((1, 1))))[1] for each in (lossless, leaky)]
    counts = [run.counts["output"][0].tolist() for run in runs]
    assert counts[0] == [180, 10]
    assert 150 < counts[1][0] < 180
    assert counts[1][1] == 0  # half of what the leak takes away at threshold


def test_decision_is_by_most_spikes_then_by_input_then_by_class() -> None:
    counts = np.array([[2, 1, 0], [3, 3, 1], [0, 0, 0], [1, 1, 1]])
    received = np.array([[0.0, 9.0, 9.0], [3.1, 3.4, 9.0], [-3.0, -2.0, -1.0], [0.5, 0.5, 0.5]])
    assert decide(counts, received).tolist() == [0, 1, 2, 0]
    steps = decide(np.stack([counts, counts[::-1]], axis=1), np.stack([received, received[::-1]], axis=1))
    assert steps.tolist() == [[0, 0], [1, 2], [2, 1], [0, 0]]


@pytest.mark.parametrize(
    ("neuron", "message"),
    [
        ("lif", "Model.neuron: got 'lif'; give 'subtractive-if', 'subtractive-lif' or a bnsim.NeuronModel"),
        (bnsim.LIF(), "Model.neuron: LIF does not keep what lies above threshold; give SubtractiveIF, SubtractiveLIF"),
    ],
)
def test_a_reset_that_loses_charge_is_refused(neuron: Any, message: str) -> None:
    with pytest.raises(bnsim.InputError) as caught:
        convertible_neuron("Model", neuron)
    assert str(caught.value).startswith(message)
