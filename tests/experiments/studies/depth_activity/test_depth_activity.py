"""The depth-activity study: layers against a whole network, theory against wide networks, what lives and what dies."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from brian2 import ms, mV

import bnsim
from experiments.run_directory import Run
from experiments.shared.mean_field import activation_sizes
from experiments.shared.random_networks import ACTIVATIONS, SpikingLayers, layers, weights
from experiments.studies.depth_activity import STUDY, figure
from tests.experiments.digits import tiny, values
from tests.experiments.runs import measured, without

pytestmark = pytest.mark.slow


def test_layer_after_layer_is_the_whole_network() -> None:
    """Three layers in one network give the spikes that the study gets from one layer at a time."""
    width, duration, scale, seed = tiny(STUDY).width, tiny(STUDY).duration, 4.0, 3
    network = SpikingLayers(width, duration)
    trains = network.poisson(np.full((2, width), 60.0), seed)
    found = [recording for recording, _ in network.send(trains, 3, scale, seed)]
    cell = bnsim.LIF(tau_m=10 * ms, v_rest=0 * mV, v_threshold=15 * mV, v_reset=0 * mV, refractory=2 * ms)
    names = ["input", "first", "second", "third"]
    whole = bnsim.Network(
        [bnsim.Population("input", width, bnsim.SpikeTrains()), *(bnsim.Population(n, width, cell) for n in names[1:])],
        [bnsim.Projection(*pair, bnsim.Delta(), weights=0 * mV) for pair in pairwise(names)],
    )
    simulator = whole.compile(trial=duration * ms, dt=0.5 * ms, backend="numpy")
    drawn = {
        f"{before}_to_{after}.w": (weights(width, scale, layer, seed) * 15e-3).ravel()
        for layer, (before, after) in enumerate(pairwise(names), start=1)
    }
    _, recording = simulator.run(
        simulator.initial_state(seed).replace(drawn), trains, record=[bnsim.Spikes(name) for name in names][1:]
    )
    assert recording.counts["third"].sum() > 100
    for name, part in zip(names[1:], found, strict=True):
        expected, got = recording.spike_times(name), part.spike_times("cells")
        np.testing.assert_array_equal(expected.trial, got.trial)
        np.testing.assert_array_equal(expected.unit, got.unit)
        np.testing.assert_allclose(expected.time, got.time, atol=1e-9)


def test_poisson_trains_have_their_rates() -> None:
    network = SpikingLayers(50, 400.0)
    rates = np.tile(np.linspace(0, 100, 50), (40, 1))
    trains = network.poisson(rates, seed=1)
    counts = np.array([np.bincount(units, minlength=50) for _, units in trains]).mean(axis=0)
    assert counts[0] == 0
    np.testing.assert_allclose(counts, 0.4 * rates[0], atol=4 * np.sqrt(40 / 40))  # four standard errors of the largest


# A layer of n ReLU units changes the mean square by a factor with variance 5 / n, and the next starts from there: after
# six of 1000 units the root's standard error over 5 seeds is 3.9 %. What tanh squashes does not add up so.
@pytest.mark.parametrize(
    ("activation", "scale", "tolerance"), [("tanh", 1.0, 0.03), ("tanh", 2.0, 0.03), ("relu", np.sqrt(2), 0.12)]
)
def test_wide_networks_follow_the_mean_field(activation: str, scale: float, tolerance: float) -> None:
    width, depth = 1000, 6
    x = np.random.default_rng(0).standard_normal((20, width))
    found = np.mean(
        [[np.sqrt(np.mean(a**2)) for a in layers(x, depth, scale, activation, seed)] for seed in range(5)], axis=0
    )
    size = float(np.sqrt(np.mean(x**2)))
    expected = activation_sizes(size, depth, scale, ACTIVATIONS[activation])[1:]
    np.testing.assert_allclose(found, expected, rtol=tolerance)


def test_theory_by_hand() -> None:
    # ReLU halves the mean square that the weights make, so He's scale keeps it.
    assert activation_sizes(1.0, 3, np.sqrt(2), ACTIVATIONS["relu"]) == pytest.approx([1, 1, 1, 1], rel=1e-2)
    assert activation_sizes(0.1, 1, 1.0, ACTIVATIONS["tanh"])[1] == pytest.approx(0.0990, abs=5e-4)  # tanh x = x - x³/3


def test_what_dies_and_what_lives(full_run: Run) -> None:
    spiking = measured(full_run, "depth-activity", "lif")
    assert values(spiking, "activity", scale=0.5)[-1] == 0
    assert values(spiking, "silent_share", scale=0.5)[-1] == 1
    assert values(spiking, "activity_kept", initialisation="micheli")[0] > 0.5
    assert values(spiking, "activity_kept", initialisation="fluctuation")[0] > 0.5
    assert values(spiking, "living_scale")[0] > 1
    relu = measured(full_run, "depth-activity", "relu")
    assert values(relu, "activity_kept", initialisation="he")[0] == pytest.approx(1, abs=0.5)
    assert values(relu, "activity_kept", initialisation="glorot")[0] < 0.3
    assert values(measured(full_run, "depth-activity", "tanh"), "activity", scale=0.5)[-1] < 0.05


def test_a_run_draws_itself(full_run: Run) -> None:
    (drawn,) = figure.draw(full_run).values()
    panels = [ax for ax in drawn.axes if ax.get_title(loc="left")]
    assert [ax.get_title(loc="left") for ax in panels] == ["LIF", "tanh", "ReLU"]
    assert [len(ax.lines) for ax in panels] == [4, 8, 8]  # a scale each, given or named; with theory twice as many
    assert "Activity from layer to layer" in (full_run.directory / "report.html").read_text(encoding="utf-8")


def test_where_no_network_lives_the_sentence_says_so(full_run: Run) -> None:
    _, living = figure.sentences(without(full_run, STUDY["living_scale"]))
    assert living == "At none of the scales was 1\N{NO-BREAK SPACE}% of the activity kept."
