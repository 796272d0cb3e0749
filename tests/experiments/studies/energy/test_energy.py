"""What an answer costs: on small networks whose operations can be counted by hand."""

from __future__ import annotations

import copy
import dataclasses
import re

import numpy as np
import pytest

from experiments.run_directory import Run
from experiments.spec import Outcome, Subject
from experiments.studies.energy import STUDY, figure, measure
from models.registry import create
from tests.experiments.digits import DIGITS, FIELD, SMALL, ignore, tiny

ONE_PASS = {"passes": 1}


def measured(model: str, parameters: dict[str, object]) -> dict[str, float]:
    outcome: Outcome = measure.run(tiny(STUDY), Subject(DIGITS, model, parameters | ONE_PASS, 0), ignore)
    return {row.metric: row.value for row in outcome.measurements}


@pytest.fixture(scope="module")
def field() -> dict[str, float]:
    return measured("receptive-field", FIELD)


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
    found = measured("dense", SMALL)
    assert found["dense"] == 64 * 20 + 20 * 10
    assert found["effective_acs"] == 0
    assert "spikes_per_synapse" not in found
    train = DIGITS.X[:300] / 16
    model = create("dense", **SMALL | ONE_PASS, random_state=0).fit(train, DIGITS.y[:300])
    # Any fitted network of this size: what is skipped are the weights of inputs and hidden units that are 0.
    measurements = {row.metric: row.value for row in measure._costs(model, train[:50])}
    layers = model.activity(train[:50]).layers
    expected = 20 * np.count_nonzero(layers[0].responses) / 50 + 10 * np.count_nonzero(layers[1].responses) / 50
    assert measurements["effective_macs"] == pytest.approx(expected)
    zeros = [float(np.mean(layer.responses == 0)) * layer.responses.shape[1] for layer in layers[1:]]
    assert measurements["activation_sparsity"] == pytest.approx(sum(zeros) / 30)


def test_a_run_draws_and_tells_itself(full_run: Run) -> None:
    (drawn,) = figure.draw(full_run).values()
    assert [ax.get_title(loc="left") for ax in drawn.axes] == ["Energy", "Operations", "Spikes"]
    verdict, spikes = figure.sentences(full_run)
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
