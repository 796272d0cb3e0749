"""What an answer costs: on small networks whose operations can be counted by hand."""

from __future__ import annotations

import copy
import dataclasses
import re

import numpy as np
import pytest

from experiments.run_directory import Run
from experiments.shared.stored import summaries
from experiments.spec import Outcome, Subject
from experiments.studies.energy import STUDY, figure, measure
from experiments.studies.energy.quantised import quantised, rounded
from experiments.tasks.dataset import final_split
from models.registry import create
from models.sequences import as_rows
from tests.experiments.digits import DIGITS, FIELD, SMALL, ignore, tiny, value

ONE_PASS = {"passes": 1}


FRONT_END = {"image_shape": (8, 8), "n_filters": 100}


def whole(outcome: Outcome) -> dict[str, float]:
    """What was measured without facts, by metric."""
    return {row.metric: row.value for row in outcome.measurements if not row.facts}


@pytest.fixture(scope="module")
def twins() -> Outcome:
    twin = Subject(DIGITS, "receptive-dense", FRONT_END | ONE_PASS, 0)
    return measure.run(tiny(STUDY), Subject(DIGITS, "receptive-field", FIELD | ONE_PASS, 0, twin=twin), ignore)


@pytest.fixture(scope="module")
def field(twins: Outcome) -> dict[str, float]:
    return whole(twins)


def test_a_spiking_network_does_an_accumulate_for_each_spike_and_synapse(field: dict[str, float]) -> None:
    # 100 hidden neurons with 10 synapses each: accumulates = spikes x 10, and spikes per synapse = spikes / 100.
    assert field["effective_acs"] == pytest.approx(field["spikes_per_synapse"] * 1000)
    assert field["effective_macs"] == 100 * 16  # filters of 4 x 4 pixels, outside the spiking network
    assert field["dense"] == 100 * 16 + 1000 * 20  # each synapse at each of 20 steps
    assert field["neuron_updates"] == 110 * 20
    assert 0.5 < field["activation_sparsity"] < 1


def test_footprint_is_what_is_stored(field: dict[str, float]) -> None:
    # Of the read-out alone 1000 weights of 8 bytes, and the filters besides.
    assert 8000 < field["footprint"] < 100_000


def test_energy_by_hand(field: dict[str, float]) -> None:
    accumulates, products, updates = (field[name] for name in ("effective_acs", "effective_macs", "neuron_updates"))
    arithmetic = 0.9e-3 * accumulates + 4.6e-3 * products
    words = (4 * (accumulates + products) + 8 * updates) / 8
    assert field["energy_arithmetic"] == pytest.approx(arithmetic)
    assert field["energy_least"] == pytest.approx(arithmetic + 4.6e-3 * updates + 0.01 * words)
    assert field["energy_most"] == pytest.approx(arithmetic + 4.6e-3 * updates + 0.1 * words)


def test_an_artificial_network_skips_what_is_zero() -> None:
    found = whole(measure.run(tiny(STUDY), Subject(DIGITS, "dense", SMALL | ONE_PASS, 0), ignore))
    assert found["dense"] == 64 * 20 + 20 * 10
    assert found["effective_acs"] == 0
    assert "spikes_per_synapse" not in found
    train = DIGITS.X[:300] / 16
    model = create("dense", **SMALL | ONE_PASS, random_state=0).fit(train, DIGITS.y[:300])
    # Any fitted network of this size: what is skipped are the weights of inputs and hidden units that are 0.
    measurements = {row.metric: row.value for row in measure._costs(model, train[:50], DIGITS.y[:50])}
    assert measurements["accuracy"] == np.mean(model.predict(train[:50]) == DIGITS.y[:50])
    layers = model.activity(train[:50]).layers
    expected = 20 * np.count_nonzero(layers[0].responses) / 50 + 10 * np.count_nonzero(layers[1].responses) / 50
    assert measurements["effective_macs"] == pytest.approx(expected)
    zeros = [float(np.mean(layer.responses == 0)) * layer.responses.shape[1] for layer in layers[1:]]
    assert measurements["activation_sparsity"] == pytest.approx(sum(zeros) / 30)


def test_a_recurrent_network_has_synapses_onto_itself() -> None:
    """By hand: 3 inputs and the bias onto 5 cells, each onto the 4 others and 2 classes, with a bias of their own."""
    lengths = np.array([4, 2, 1, 3] * 5)
    X = as_rows(np.random.default_rng(0).normal(size=(20, 4, 3)), lengths)
    X.reshape(20, 4, 4)[:, :, 0] = 0.0  # an input that sends nothing, which counts all the same
    parameters = {"units": 5, "frame": 15.0, "dt": 5.0, "passes": 1, "backend": "numpy", "random_state": 0}
    y = np.arange(20) % 2
    model = create("surrogate-recurrent", sequence_shape=(4, 4), **parameters).fit(X, y)
    found = {row.metric: row.value for row in measure._costs(model, X, y)}
    steps = 3 * lengths.mean()
    assert found["dense"] == pytest.approx(steps * (4 * 5 + 5 * 4 + 5 * 2 + 2))
    assert found["effective_macs"] == pytest.approx(steps * (3 * 5 + 2))
    assert found["neuron_updates"] == pytest.approx(steps * (5 + 2))
    spikes = model.activity(X)["hidden"].responses.mean()
    assert found["activation_sparsity"] == pytest.approx(1 - spikes / steps)


def test_twins_with_integers_by_hand(twins: Outcome) -> None:
    # The twin's 1600 products of the filters with floats, 100 x 10 with integers, 110 updates; a spiking network has 20
    # times as many updates, and an accumulate for each spike and synapse.
    front = {"arithmetic": 4.6e-3 * 1600, "least": 4.6e-3 * 1600 + 0.01 * 800, "most": 4.6e-3 * 1600 + 0.1 * 800}
    updates, words = 3.2e-3 * 110, (1000 + 8 * 110) / 8
    behind = {"arithmetic": 0.3, "least": 0.3 + updates + 0.01 * words, "most": 0.3 + updates + 0.1 * words}
    for name in front:
        energy = value(twins, f"integer_energy_{name}", network="twin")
        assert energy == pytest.approx(front[name] + behind[name])
    accumulates = (value(twins, "integer_energy_arithmetic", network="spiking") - front["arithmetic"]) / 0.1e-3
    assert accumulates == pytest.approx(value(twins, "effective_acs"), rel=0.01)  # weights of 8 bits change few spikes
    words = (accumulates + 8 * 20 * 110) / 8
    least = front["least"] + 0.1e-3 * accumulates + 20 * updates + 0.01 * words
    assert value(twins, "integer_energy_least", network="spiking") == pytest.approx(least)
    for memory, name in (("small", "least"), ("large", "most")):
        both = [value(twins, f"integer_energy_{name}", network=network) for network in ("spiking", "twin")]
        assert value(twins, "integer_energy_ratio", memory=memory) == pytest.approx(both[0] / both[1])


def test_levels_and_steps_are_those_of_training_samples(twins: Outcome) -> None:
    split = final_split(DIGITS, 0, 600)
    seen = split.train.X[np.linspace(0, 599, 50).astype(int)]
    X, y = split.held_out.X[:50], split.held_out.y[:50]
    spiking = create("receptive-field", **FIELD | ONE_PASS, random_state=0).fit(split.train.X, split.train.y)
    levels = 1 + spiking.activity(seen)["hidden"].responses.max()
    assert value(twins, "levels") == levels
    twin = create("receptive-dense", **FRONT_END | ONE_PASS, random_state=0).fit(split.train.X, split.train.y)
    answers = quantised(twin.rate_chain(), seen, int(levels)).outputs(X).argmax(axis=1)
    assert value(twins, "integer_accuracy", network="twin") == np.mean(answers == y)
    changed = spiking.with_weights({"output": rounded(spiking.weights()["output"])})
    assert value(twins, "integer_accuracy", network="spiking") == np.mean(changed.predict(X) == y)


def test_a_twin_that_does_not_rectify_is_not_quantised() -> None:
    twin = create("dense", **SMALL | ONE_PASS, activation="tanh", random_state=0).fit(DIGITS.X[:100], DIGITS.y[:100])
    spiking = create("receptive-field", **FIELD | ONE_PASS, random_state=0).fit(DIGITS.X[:100], DIGITS.y[:100])
    assert list(measure._with_integers(spiking, twin, DIGITS.X[:5], DIGITS.X[:5], DIGITS.y[:5])) == []
    silent = spiking.activity(np.zeros((3, 64)))
    assert measure._levels(silent) == 1
    assert list(measure._with_integers(spiking, twin, np.zeros((3, 64)), DIGITS.X[:5], DIGITS.y[:5])) == []


def test_a_run_draws_and_tells_itself(full_run: Run) -> None:
    drawn, integers = figure.draw(full_run).values()
    assert [ax.get_title(loc="left") for ax in drawn.axes] == ["Energy", "Operations", "Spikes"]
    assert [ax.get_title(loc="left") for ax in integers.axes] == ["Energy", "Accuracy"]
    names = [label.get_text() for label in integers.axes[0].get_yticklabels()]
    assert names[:3] == ["receptive-field (BNS), floats", "8-bit weights", "receptive-dense (ANN), floats"]
    (levels,) = summaries(full_run, STUDY["levels"])
    assert names[3] == f"{levels['mean']:.0f} levels"
    verdict, spikes, told = figure.sentences(full_run)
    assert told.startswith("With integers, an answer of receptive-field takes ")
    assert f" as many levels as spike counts take ({levels['mean']:.0f}), " in told
    assert told.endswith(" with large memory; one seed gives no interval.")
    assert verdict.startswith("An answer of receptive-field (BNS) is estimated at ")
    assert re.search(r" nJ: \S+ to \S+ times as much\.$", verdict.replace("\N{NO-BREAK SPACE}", " "))  # one seed
    assert spikes.startswith(
        "Spikes per synapse and answer (with more than 1.72, a spiking network cannot use less energy): "
    )


def test_the_sentence_ends_with_the_verdict_of_the_summary(full_run: Run) -> None:
    summary = copy.deepcopy(full_run.summary)
    (entry,) = (found for found in summary["differences"] if found["metric"] == "energy_least")
    entry |= {"ci_low": -1.0, "ci_high": 1.0, "verdict": "not told apart"}
    told = figure.sentences(dataclasses.replace(full_run, summary=summary))[0]
    assert told.endswith(" times as much. Verdict with small memory: not told apart.")


@pytest.mark.parametrize(
    ("small", "large", "told"),
    [
        ((0.5, 0.9), (0.2, 0.8), "the spiking network needs less than the quantised one, with either memory."),
        ((1.5, 1.9), (2.2, 2.8), "the spiking network needs more than the quantised one, with either memory."),
        (
            (0.9, 1.1),
            (1.2, 1.8),
            "the spiking network is not told apart from the quantised one with small memory and needs more than the "
            "quantised one with large memory.",
        ),
    ],
)
def test_the_sentence_on_integers_follows_the_intervals(
    full_run: Run, small: tuple[float, float], large: tuple[float, float], told: str
) -> None:
    summary = copy.deepcopy(full_run.summary)
    for memory, (low, high) in {"small": small, "large": large}.items():
        ratio = ("integer_energy_ratio", {"memory": memory})
        (entry,) = (found for found in summary["metrics"] if (found["metric"], found["facts"]) == ratio)
        entry |= {"ci_low": low, "ci_high": high, "n": 4}
    sentence = figure.sentences(dataclasses.replace(full_run, summary=summary))[-1]
    assert sentence.endswith(f". In these 4 seeds, {told}")


def test_a_run_without_integers_is_drawn_and_told(full_run: Run) -> None:
    """As an earlier version stored it, or one of artificial networks alone."""
    kept = [entry for entry in full_run.summary["metrics"] if not entry["metric"].startswith(("integer", "levels"))]
    earlier = dataclasses.replace(full_run, summary={**full_run.summary, "metrics": kept})
    assert list(figure.draw(earlier)) == ["energy"]
    assert len(figure.sentences(earlier)) == 2
