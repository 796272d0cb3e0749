"""The representation study: twins that share what they share, noise and its ceiling, the control, and its figures."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.report import figures
from experiments.run.plan import check
from experiments.run.request import Request
from experiments.run_directory import Run
from experiments.shared.untrained import before_training
from experiments.spec import Subject
from experiments.studies.representation import STUDY
from experiments.studies.representation import measure as representation
from experiments.studies.representation.cka import alignment, cka, pattern_beyond
from experiments.studies.representation.figure import sentences
from experiments.studies.representation.measure import told_apart
from experiments.studies.representation.procrustes import procrustes
from experiments.studies.representation.rsa import agreement, dissimilarities
from experiments.tasks.dataset import _test_indices, final_split
from models.registry import create
from models.sequences import as_rows, check_rows
from tests.experiments.digits import DIGITS, FIELD, SMALL, ignore, tiny
from tests.experiments.here import run_here

pytestmark = pytest.mark.slow

CONFIG = tiny(STUDY, max_train=400, n_measured=120)
PARAMETERS: dict[str, dict[str, Any]] = {
    "receptive-field": {**FIELD, "passes": 2},
    "receptive-dense": {"image_shape": (8, 8), "n_filters": 100, "passes": 2},
    "three-factor": {
        "hidden": (30,),
        "passes": 2,
        "max_rate": 500.0,
        "hidden_weight": 0.15,
        "learning_rate": 5e-3,
        "hidden_learning_rate": 5e-3,
    },
    "dense": {**SMALL, "hidden": (30,)},
}
SETTINGS = {
    **{f"models.{model}.{name}": value for model, known in PARAMETERS.items() for name, value in known.items()},
    **{f"representation.{name}": value for name, value in CONFIG.model_dump().items()},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_here("representation", tuple(PARAMETERS), SETTINGS, tmp_path_factory.mktemp("runs"))


def value(run: Run, model: str, metric: str, step: int | None = None, **facts: str) -> float | None:
    rows = run.results.query("model == @model and metric == @metric")
    rows = rows[rows["facts"].map(lambda held: held == facts).astype(bool)]
    rows = rows[rows["step"].isna() if step is None else rows["step"] == step]
    return None if rows.empty else float(rows["value"].item())


def test_likeness_is_that_of_the_responses_to_the_test_samples(run: Run) -> None:
    split = final_split(DIGITS, 0, CONFIG.max_train)
    layers = {}
    for model in ("three-factor", "dense"):
        known = PARAMETERS[model]
        trained = create(model, **known, random_state=0).fit(split.train.X, split.train.y)
        layers[model] = trained.activity(split.held_out.X[: CONFIG.n_measured])
    hidden, output = (layers["three-factor"][name].responses for name in ("hidden_1", "output"))
    other = layers["dense"]["hidden_1"].responses
    assert value(run, "three-factor", "cka", layer="hidden_1", other="output") == pytest.approx(cka(hidden, output))
    assert value(run, "three-factor", "cka", layer="hidden_1", twin="hidden_1") == pytest.approx(cka(hidden, other))
    assert value(run, "three-factor", "cka_last_hidden") == pytest.approx(cka(hidden, other))
    assert value(run, "three-factor", "rsa", layer="output", twin="hidden_1") == pytest.approx(
        agreement(dissimilarities(output), dissimilarities(other))
    )
    found = value(run, "three-factor", "cka_beyond", layer="hidden_1", twin="output")
    rest = [
        pattern_beyond(layers[model][name].responses)
        for model, name in (("three-factor", "hidden_1"), ("dense", "output"))
    ]
    assert found == pytest.approx(alignment(*rest))
    for metric, place, responses in (
        ("procrustes", {"other": "output"}, output),
        ("procrustes", {"twin": "hidden_1"}, other),
        ("procrustes_chance", {"twin": "hidden_1"}, other[np.random.default_rng(0).permutation(len(other))]),
    ):
        found = value(run, "three-factor", metric, layer="hidden_1", **place)
        assert found == pytest.approx(procrustes(hidden, responses))
    assert (found or 0) > 60


def test_what_twins_share_is_alike_before_and_after_training(run: Run) -> None:
    for metric in ("cka", "cka_before", "rsa"):
        assert value(run, "receptive-field", metric, layer="input", twin="input") == pytest.approx(1)
    for model in ("receptive-field", "receptive-dense"):
        assert value(run, model, "cka_kept", layer="hidden") == pytest.approx(1)
        assert value(run, model, "procrustes_kept", layer="hidden") == pytest.approx(0, abs=1e-4)  # 1e-12 in its cosine
    hidden = value(run, "receptive-field", "cka", layer="hidden", twin="hidden")
    assert hidden == value(run, "receptive-field", "cka_before", layer="hidden", twin="hidden")
    assert 0.9 < (hidden or 0) < 1
    assert 0 < (value(run, "three-factor", "cka_kept", layer="hidden_1") or 0) < 0.99


def test_training_makes_read_outs_alike(run: Run) -> None:
    """Those that are drawn at random before it; read-outs that start from zero have no likeness at all then."""
    after, before = (value(run, "three-factor", name, layer="output", twin="output") for name in ("cka", "cka_before"))
    assert (after or 0) > (before or 0) + 0.1
    assert value(run, "receptive-field", "cka", layer="output", twin="output") is not None
    assert value(run, "receptive-field", "cka_before", layer="output", twin="output") is None
    assert value(run, "receptive-dense", "cka_before", layer="hidden", other="output") is None


def test_noise_ceiling_is_what_the_noisy_input_reaches(run: Run) -> None:
    """Poisson spikes of the pixels against the pixels themselves, which are those spikes without noise."""
    ceiling = value(run, "three-factor", "cka_ceiling", layer="input") or 0
    assert 0.9 < ceiling < 0.995
    assert value(run, "three-factor", "cka", layer="input", twin="input") == pytest.approx(ceiling, abs=0.01)
    early = value(run, "three-factor", "cka_course_ceiling", step=5, layer="input") or 0
    assert early < 0.9
    assert value(run, "three-factor", "cka_course", step=5, layer="input", twin="input") == pytest.approx(
        early, abs=0.05
    )
    assert value(run, "receptive-field", "cka_ceiling", layer="hidden") == pytest.approx(1)
    assert value(run, "dense", "cka_ceiling", layer="hidden_1") is None
    assert (value(run, "three-factor", "procrustes_again", layer="hidden_1") or 0) > 5
    assert value(run, "receptive-field", "procrustes_again", layer="hidden") == pytest.approx(0, abs=1e-4)
    assert value(run, "dense", "procrustes_again", layer="hidden_1") is None


def test_all_spikes_of_a_trial_are_there_at_its_end(run: Run) -> None:
    for model, layer, end in (("receptive-field", "hidden", 20), ("three-factor", "hidden_1", 50)):
        place = {"layer": layer, "twin": layer}
        for suffix in ("", "_before"):
            whole = value(run, model, f"cka{suffix}", **place)
            assert value(run, model, f"cka_course{suffix}", end, **place) == pytest.approx(whole)
        assert (value(run, model, "cka_course", 5, **place) or 0) < (value(run, model, "cka", **place) or 0)


def test_the_same_samples_once_more() -> None:
    X = np.array([[0.0, 1.0, 0.5], [-2.0, -3.0, -4.0], [0.0, 0.0, 0.0]])
    again = told_apart(X)
    assert (again != X).sum(axis=1).tolist() == [1, 1, 1]
    np.testing.assert_allclose(again, X, rtol=1e-15, atol=1e-300)


def test_the_same_sequences_once_more_keep_their_mask() -> None:
    X = as_rows(np.array([[[-1.0], [-2.0]], [[-3.0], [-4.0]]]), [2, 1])
    again = told_apart(X, (2, 2))
    assert np.argwhere(again != X).tolist() == [[0, 0], [1, 0]]
    check_rows("again", again, (2, 2))


def test_a_second_presentation_changes_spikes_drawn_at_random_alone() -> None:
    split = final_split(DIGITS, 0, 100)
    X = split.held_out.X[:30]
    for name in ("three-factor", "receptive-field"):
        model = create(name, **PARAMETERS[name], random_state=0).fit(split.train.X, split.train.y)
        weights = model.weights()
        first, second = (model.activity(samples).layers for samples in (X, told_apart(X)))
        same = [np.array_equal(a.responses, b.responses) for a, b in zip(first[1:], second[1:], strict=True)]
        assert same == [name == "receptive-field"] * 2
        for layer, matrix in model.weights().items():
            np.testing.assert_array_equal(matrix, weights[layer])


@pytest.mark.parametrize("model", ["receptive-field", "dense"])
def test_before_training_is_where_training_begins(model: str) -> None:
    subject, train = Subject(DIGITS, model, PARAMETERS[model], 3), final_split(DIGITS, 3, 100).train
    begun: list[dict[str, np.ndarray]] = []
    fitted = subject.create().fit(train.X, train.y, at_checkpoint=lambda model, seen: begun.append(model.weights()))
    untrained = before_training(subject, train)
    for layer, weights in untrained.weights().items():
        np.testing.assert_array_equal(weights, begun[0][layer])
        assert not np.array_equal(weights, fitted.weights()[layer])
    assert len(untrained.activity(train.X[:2]).layers) > 1


def test_test_labels_change_nothing() -> None:
    train, test = _test_indices(DIGITS, seed=0)
    order = np.concatenate([train, test])
    fixed = dataclasses.replace(DIGITS, X=DIGITS.X[order], y=DIGITS.y[order], n_train=len(train), n_validation=200)
    shuffled = fixed.y.copy()
    shuffled[len(train) :] = np.random.default_rng(0).permutation(shuffled[len(train) :])
    outcomes = [
        representation.run(CONFIG, Subject(dataset, "dense", PARAMETERS["dense"], 0), ignore)
        for dataset in (fixed, dataclasses.replace(fixed, y=shuffled))
    ]
    assert outcomes[0].measurements == outcomes[1].measurements


def test_only_twins_that_agree_are_compared(tmp_path: Path) -> None:
    def twins(settings: dict[str, Any]) -> dict[str, str | None]:
        request = Request("representation", "digits", tuple(PARAMETERS), 2, "quick", settings=settings)
        plan = check(request).plan(tmp_path)
        found = {}
        for job in plan.jobs:
            assert isinstance(job.subject, Subject)
            twin = job.subject.twin
            found[job.subject.model] = None if twin is None else twin.model
            if twin is not None:
                assert (twin.parameters, twin.seed) == (plan.config.parameters[twin.model], job.subject.seed)
                assert (twin.shelf, twin.twin) == (tmp_path, None)
        return found

    paired = {"receptive-field": "receptive-dense", "three-factor": "dense"}
    alone = {"receptive-dense": None, "dense": None}
    assert twins({}) == {**paired, **alone}
    others = {"models.receptive-field.n_filters": 100, "models.receptive-dense.n_filters": 200}
    assert twins(others) == {**paired, **alone, "receptive-field": None}


def test_a_run_draws_itself(run: Run) -> None:
    matrices, places, courses = figures.draw(run).figures.values()
    panels = matrices.axes[:4]
    assert panels[0].get_title(loc="left") == "receptive-field (BNS)\nreceptive-dense (ANN)"
    written = {tuple(map(int, text.get_position())): text.get_text() for text in panels[1].texts}
    assert len(written) == 6 * 5
    # Layers: input, hidden_1, output of three-factor, then those of dense; above the diagonal CKA, below it RSA.
    for metric, place in (("cka", (4, 1)), ("rsa", (1, 4))):
        assert written[place] == f"{value(run, 'three-factor', metric, layer='hidden_1', twin='hidden_1'):.2f}"
    assert written[2, 1] == f"{value(run, 'three-factor', 'cka', layer='hidden_1', other='output'):.2f}"
    assert written[5, 4] == f"{value(run, 'dense', 'cka', layer='hidden_1', other='output'):.2f}"
    likeness, angle = places.axes
    assert [label.get_text() for label in likeness.get_yticklabels()] == [
        f"{model}, {layer}\n{twin}, {layer}"
        for model, twin, hidden in (
            ("receptive-field", "receptive-dense", "hidden"),
            ("three-factor", "dense", "hidden_1"),
        )
        for layer in (hidden, "output")
    ]
    for ax, metric in ((likeness, "cka"), (angle, "procrustes")):
        marks = [line for line in ax.get_lines() if line.get_label() == "after training"]
        assert [float(np.asarray(mark.get_xdata())[0]) for mark in marks] == [
            value(run, model, metric, layer=layer, twin=layer)
            for model, hidden in (("receptive-field", "hidden"), ("three-factor", "hidden_1"))
            for layer in (hidden, "output")
        ]
    noisy = [line for line in angle.get_lines() if line.get_label() == "noise alone"]
    assert len(noisy) == 2  # both layers of three-factor; nothing is drawn at random in receptive-field
    (hidden, *_, output) = courses.axes
    assert output.get_title(loc="left") == "three-factor, output\nwith dense, output"
    (after,) = [line for line in hidden.get_lines() if line.get_label() == "after training"]
    assert np.asarray(after.get_ydata())[-1] == value(run, "receptive-field", "cka", layer="hidden", twin="hidden")
    assert "Similarity between the layers of both" in (run.directory / "report.html").read_text(encoding="utf-8")


def test_sentences_are_right_with_one_kind_too(run: Run) -> None:
    both = sentences(run)
    assert both[0].startswith("By CKA, receptive-field and its twin receptive-dense agree by 0.9")
    assert "noise allows 0.9" in both[0].partition("; ")[2]
    assert "noise allows" not in both[0].partition("; ")[0]
    assert both[1].startswith("By Procrustes distance, receptive-field and its twin receptive-dense are apart by ")
    assert "by noise alone" in both[1].partition("; ")[2]
    assert "by noise alone" not in both[1].partition("; ")[0]
    metrics = [entry for entry in run.summary["metrics"] if entry["model"] == "dense"]
    manifest = {**run.manifest, "models": {"dense": run.manifest["models"]["dense"]}}
    alone = dataclasses.replace(run, summary={**run.summary, "metrics": metrics}, manifest=manifest)
    (only,) = sentences(alone)
    assert only.startswith("The last layer before the output and its state before training have a CKA of 0.")
    assert only.endswith(" in dense.")
    assert list(figures.draw(alone).figures) == ["representation"]


@pytest.mark.parametrize(("beyond", "warned"), [(0.2, True), (0.8, False)])
def test_a_cka_that_rests_on_leading_components_is_warned_of(run: Run, beyond: float, warned: bool) -> None:
    summary = copy.deepcopy(run.summary)
    place = {"layer": "hidden_1", "twin": "hidden_1"}
    changed = {"cka": 0.93, "cka_beyond": beyond}
    for entry in summary["metrics"]:
        if entry["model"] == "three-factor" and entry["facts"] == place and entry["metric"] in changed:
            entry["mean"] = changed[entry["metric"]]
    told = sentences(dataclasses.replace(run, summary=summary))[0]
    assert told.startswith("By CKA, ")
    warning = (
        ". Warning: CKA alone may mislead in hidden_1 of three-factor. Without the 2 leading principal components of "
        "each network, it falls from 0.93 to 0.2: most of the likeness is one or two directions of large variance."
    )
    assert told.endswith(warning) == warned
    assert ("Warning" in told) == warned


def test_a_run_without_distances_is_drawn_and_told(run: Run) -> None:
    """As an earlier version stored it."""
    kept = [entry for entry in run.summary["metrics"] if not entry["metric"].startswith(("procrustes", "cka_beyond"))]
    earlier = dataclasses.replace(run, summary={**run.summary, "metrics": kept})
    assert list(figures.draw(earlier).figures) == ["representation", "representation_time"]
    assert not any("Procrustes" in sentence for sentence in sentences(earlier))
