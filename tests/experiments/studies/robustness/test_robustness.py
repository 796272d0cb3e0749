"""The robustness study: the same disturbances for all models, known answers at the extremes, its figures."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pydantic import ValidationError

from experiments.run_directory import Run
from experiments.shared.disturbances import DISTURBANCES, Values
from experiments.shared.stored import along
from experiments.spec import Outcome, Subject
from experiments.studies.robustness import COMMON, INPUTS, STUDY, Config, figure
from experiments.studies.robustness import measure as robustness
from experiments.tasks import load_task
from experiments.tasks.dataset import final_split
from tests.experiments.digits import DIGITS, SMALL, ignore, measurements, tiny, value

FILTERS = {"image_shape": (8, 8), "n_filters": 100, "passes": 5, "learning_rate": 0.01}
CONFIG = tiny(
    STUDY, max_train=None, n_measured=100, contrast=(0.5, 0.9), deleted_synapses=(0.5, 1.0), deleted_neurons=(1.0,)
)


def accuracy(outcome: Outcome, disturbance: str, severity: float) -> float:
    return value(outcome, "accuracy", disturbance=disturbance, severity=severity)


def scalars(outcome: Outcome) -> dict[str, float]:
    return {row.metric: row.value for row in outcome.measurements if not row.facts}


@pytest.fixture(scope="module")
def filters() -> Outcome:
    return robustness.run(CONFIG, Subject(DIGITS, "receptive-dense", FILTERS, seed=0), ignore)


@pytest.fixture(scope="module")
def dense() -> Outcome:
    return robustness.run(CONFIG, Subject(DIGITS, "dense", SMALL, seed=0), ignore)


def test_what_is_known_beforehand(filters: Outcome) -> None:
    labels = final_split(DIGITS, 0).held_out.y[:100]
    # Filters without a mean response make a network without biases blind to contrast, to half and to a tenth alike.
    clean = scalars(filters)["clean_accuracy"]
    assert clean > 0.9
    for severity in (0.5, 0.9):
        assert accuracy(filters, "contrast", severity) == clean
    # Without any synapse, or any unit that feeds them, all outputs are equal and the first class is the answer.
    for lesion in ("deleted_synapses", "deleted_neurons"):
        assert accuracy(filters, lesion, 1.0) == np.mean(labels == 0)
    assert accuracy(filters, "gaussian_noise", 0.15) > accuracy(filters, "gaussian_noise", 0.6)
    assert (filters.n_train, filters.n_held_out) == (1437, 100)


def test_means_are_those_of_the_curves(dense: Outcome) -> None:
    found = scalars(dense)
    for name in (*COMMON, "activation_noise"):
        curve = [row.value for row in measurements(dense, "accuracy", disturbance=name)]
        assert len(curve) == len(CONFIG.severities(name))
        assert found[f"{name}_mean"] == pytest.approx(np.mean(curve))
    common = [found[f"{name}_mean"] for name in COMMON]
    assert found["robustness_mean"] == pytest.approx(np.mean(common))


def test_activation_noise_is_as_large_as_asked_for_but_for_the_cut_at_zero(dense: Outcome) -> None:
    changes = measurements(dense, "response_change", disturbance="activation_noise")
    for row, severity in zip(changes, CONFIG.severities("activation_noise"), strict=True):
        assert row.facts["severity"] == severity
        assert 0.4 * severity < row.value < 1.1 * severity


def test_a_silent_layer_has_no_change_of_its_responses() -> None:
    counts = np.zeros((3, 4))
    assert not list(robustness._change(counts, counts, "spike_loss", 0.5))
    counts[0, 0] = 2
    (row,) = robustness._change(counts, 0 * counts, "spike_loss", 0.5)
    assert row.value == pytest.approx(np.sqrt(4 / 12) / counts.std())


def test_every_model_is_given_the_same_disturbed_samples() -> None:
    split = final_split(DIGITS, 0)
    values = Values.of(split.train.X, (8, 8))
    assert tuple(DISTURBANCES) == INPUTS
    for name in INPUTS:
        first, again, other = (
            robustness.disturbed(split.held_out.X[:5], name, 0.5, values, seed) for seed in (0, 0, 1)
        )
        np.testing.assert_array_equal(first, again)
        assert np.array_equal(first, other) == (name == "contrast")
        # A sample's disturbance depends on its place alone, not on how many there are.
        np.testing.assert_array_equal(robustness.disturbed(split.held_out.X[:2], name, 0.5, values, 0), first[:2])


def test_plain_features_are_not_occluded() -> None:
    outcome = robustness.run(CONFIG, Subject(load_task("breast-cancer"), "article-dense", {"passes": 5}, 0), ignore)
    found = scalars(outcome)
    assert "occlusion_mean" not in found
    common = [found[f"{name}_mean"] for name in COMMON if name != "occlusion"]
    assert found["robustness_mean"] == pytest.approx(np.mean(common))


def test_repeats_exactly_and_shares_are_shares(filters: Outcome) -> None:
    again = robustness.run(CONFIG, Subject(DIGITS, "receptive-dense", FILTERS, seed=0), ignore)
    assert again.measurements == filters.measurements
    for wrong in ({"spike_loss": (0.5, 1.5)}, {"occlusion": ()}, {"weight_noise": (-1.0,)}):
        with pytest.raises(ValidationError):
            Config.model_validate({**CONFIG.model_dump(), **wrong})


def test_a_run_draws_itself(full_run: Run) -> None:
    figures = figure.draw(full_run)
    assert list(figures) == [plate.figure for plate in figure.PLATES]
    panels = {ax.get_title(loc="left"): ax for ax in figures["robustness"].axes if ax.axison}
    assert len(panels) == 10
    assert [len(panels[name].lines) for name in ("Occlusion", "Lost spikes", "Activation noise")] == [2, 1, 1]
    for line in panels["Deleted neurons"].lines:
        assert line.get_xdata()[0] == 0  # type: ignore[index]
        assert len(line.get_xdata()) == 4  # type: ignore[arg-type]
    assert "Mean over disturbances" in (full_run.directory / "report.html").read_text(encoding="utf-8")


def test_losing_more_spikes_changes_more_and_moving_them_changes_no_count(full_run: Run) -> None:
    changes = {
        disturbance: [
            entry["mean"]
            for _, entry in along(
                full_run, STUDY["response_change"], "receptive-field", "severity", disturbance=disturbance
            )
        ]
        for disturbance in ("spike_loss", "spike_jitter")
    }
    lost = changes["spike_loss"]
    assert 0 < lost[0] < lost[1] < lost[2]
    assert changes["spike_jitter"] == [0, 0, 0]


def test_sentences_name_both_twins_or_what_there_is(full_run: Run) -> None:
    first, second = figure.sentences(full_run)
    assert "receptive-field (BNS) classified" in first
    assert "one seed gives no interval" in first
    assert second.startswith("Lowest mean over the severities of one disturbance: receptive-field ")
    summary = {
        **full_run.summary,
        "differences": [],
        "metrics": [entry for entry in full_run.summary["metrics"] if entry["kind"] == "ANN"],
    }
    rows = full_run.results[full_run.results["kind"] == "ANN"]
    task = {**full_run.manifest["task"], "image_shape": None}
    alone = dataclasses.replace(full_run, summary=summary, results=rows, manifest={**full_run.manifest, "task": task})
    first, second = figure.sentences(alone)
    assert "receptive-field" not in first + second
    assert second.endswith("The samples are not images, so there was no occlusion.")
    assert len(figure.draw(alone)) == 2
