"""The synchrony study: trained spiking networks against their controls, networks without spikes, its figures."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.spec import Outcome, Subject
from experiments.studies.synchrony import STUDY, figure
from experiments.studies.synchrony import measure as synchrony
from tests.experiments.digits import DIGITS, FIELD, ignore, measurements, tiny, value
from tests.experiments.here import run_here

TINY = tiny(STUDY, max_train=200)
LAYERS = ("hidden", "output")


def measured(dataset: object = DIGITS) -> Outcome:
    return synchrony.run(TINY, Subject(dataset, "receptive-field", FIELD, seed=0), ignore)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return measured()


def test_every_layer_has_its_measures_and_their_controls(outcome: Outcome) -> None:
    places = {(("layer", layer), ("spikes", version)) for layer in LAYERS for version in synchrony.VERSIONS}
    for metric, low, high in (("spike_time_tiling", -1, 1), ("spike_contrast", 0, 1)):
        rows = measurements(outcome, metric)
        assert {tuple(row.facts.items()) for row in rows} == places
        assert len(rows) == len(places)
        assert all(low <= row.value <= high for row in rows)
    rows = measurements(outcome, "cross_correlation")
    assert {row.step for row in rows} == set(range(11))  # half of a trial of 20 ms
    assert {tuple(row.facts.items()) for row in rows} == places
    assert (outcome.n_train, outcome.n_held_out) == (200, 360)


def test_deterministic_neurons_that_start_together_fire_together(outcome: Outcome) -> None:
    """Constant currents reach all neurons at once, from the same state: output neurons start to fire in step."""
    found, control = (
        value(outcome, "spike_time_tiling", layer="output", spikes=version) for version in ("measured", "scattered")
    )
    assert found > control


def test_it_repeats_exactly(outcome: Outcome) -> None:
    assert measured().measurements == outcome.measurements


def test_units_are_drawn_from_those_that_fire() -> None:
    raster = np.zeros((10, 5), dtype=bool)
    raster[[2, 5, 7], [0, 1, 2]] = True
    generator = np.random.default_rng(0)
    assert len(synchrony._drawn(raster, 4, generator)) == 3
    drawn = synchrony._drawn(raster, 2, generator)
    assert drawn.shape == (2, 5)
    assert drawn.any(axis=1).all()


def test_a_network_without_spikes_is_neither_trained_nor_measured() -> None:
    for model in ("dense", "rate"):
        found = synchrony.run(TINY, Subject(DIGITS, model, {"hidden": (0,)}, seed=0), ignore)
        # Training would have refused these parameters.
        assert found.measurements == ()
        assert (found.n_train, found.n_held_out) == (200, 360)


def test_a_run_draws_itself(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = {f"synchrony.{name}": value for name, value in TINY.model_dump().items()}
    settings |= {f"models.receptive-field.{name}": value for name, value in FIELD.items() if name != "image_shape"}
    settings |= {"models.receptive-field.passes": 1, "models.dense.passes": 1}
    run = run_here("synchrony", ("receptive-field", "dense"), settings, tmp_path_factory.mktemp("runs"))
    drawn = figure.draw(run)
    assert set(drawn) == {"synchrony", "synchrony_lags"}
    labels = [text.get_text() for text in drawn["synchrony"].axes[0].get_yticklabels()]
    assert labels == ["receptive-field, hidden", "receptive-field, output"]
    tiling, without = figure.sentences(run)
    assert tiling.count("(jittered within 10\N{NO-BREAK SPACE}ms ") == tiling.count(", scattered ") == 2
    assert without == "Without spike times, synchrony cannot be measured in dense."


def test_a_run_without_spikes_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    run = run_here("synchrony", ("dense",), {}, tmp_path_factory.mktemp("runs"))
    assert figure.draw(run) == {}
    assert figure.sentences(run) == ["Without spike times, synchrony cannot be measured in dense."]
