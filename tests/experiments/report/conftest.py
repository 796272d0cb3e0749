"""A stored run as the top floor writes it: real digits, measured numbers replaced by drawn ones."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from bnsim.recording import Recording, SampledTrace, SpikeTimes
from experiments.run_directory import COLUMNS, Example, Run, RunContents, read_run
from experiments.studies import STUDIES
from experiments.summary import Design, summarise
from tests.experiments.test_run_directory import write_run

MODELS = {"receptive-field": ("BNS", 0.978), "receptive-dense": ("ANN", 0.974), "dense": ("ANN", 0.970)}
SEEDS = range(5)
CLASSES = (*"012345678", "<b>9</b>")
"""The last class has a name that a page must escape."""


def rows_and_predictions(generator: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tidy results of all studies, and the predictions that they rest on."""
    true = np.repeat(np.arange(10), 36)
    rows, predictions = [], []
    for (model, (kind, skill)), seed in itertools.product(MODELS.items(), SEEDS):
        wrong = generator.random(len(true)) > skill
        predicted = np.where(wrong, (true + generator.integers(1, 10, len(true))) % 10, true)
        measured: list[tuple[object, ...]] = [
            ("accuracy", {}, pd.NA, "test_accuracy", float(np.mean(predicted == true)), "fraction"),
            ("accuracy", {}, pd.NA, "trainable_parameters", 20_000, "count"),
            ("accuracy", {}, pd.NA, "training_seconds", generator.uniform(3, 5), "s"),
            ("accuracy", {}, pd.NA, "bytes_per_sample", 160_000, "byte"),
            ("learning", {}, pd.NA, "learning_curve_mean", generator.normal(0.8, 0.01), "fraction"),
            ("sample-efficiency", {}, pd.NA, "sample_efficiency_mean", generator.normal(0.8, 0.01), "fraction"),
            ("one-pass", {}, pd.NA, "one_pass_accuracy", generator.normal(0.9, 0.01), "fraction"),
        ]
        if kind == "BNS":
            measured.append(("accuracy", {}, pd.NA, "spikes_per_neuron_trial", generator.uniform(0.4, 0.6), "count"))
            measured.append(("accuracy", {"layer": "output"}, pd.NA, "spikes_per_neuron_trial", 2.5, "count"))
        for i, j in np.ndindex(10, 10):
            facts = {"true": CLASSES[i], "predicted": CLASSES[j]}
            count = float(np.sum((true == i) & (predicted == j)))
            measured.append(("accuracy", facts, pd.NA, "confusion_count", count, "count"))
        for step in 32 * 2 ** np.arange(9):
            value = min(1.0, skill - 0.8 / (1 + step / 60) + generator.normal(0, 0.01))
            measured.append(("learning", {}, int(step), "validation_accuracy", value, "fraction"))
            measured.append(("one-pass", {}, int(step) // 32, "validation_accuracy", value, "fraction"))
            measured += of_layers(generator, model, int(step))
        for size in (1, 3, 10, 30, 100):
            value = min(1.0, skill - 0.4 / size + generator.normal(0, 0.01))
            measured.append(("sample-efficiency", {}, size, "validation_accuracy", value, "fraction"))
        measured += of_likeness(np.random.default_rng(seed), model)
        measured += of_information(np.random.default_rng(seed), model)
        rows += [(study, "digits", model, kind, seed, *rest) for study, *rest in measured]
        columns = {"model": model, "kind": kind, "seed": seed, "sample": np.arange(360)}
        predictions.append(pd.DataFrame({**columns, "true": true, "predicted": predicted}))
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"step": "Int64"})
    return table, pd.concat(predictions, ignore_index=True)


def of_layers(generator: np.random.Generator, model: str, step: int) -> list[tuple[object, ...]]:
    """What the learning study stores of single layers; the read-outs of the twins start at zero, `dense` does not."""
    rows: list[tuple[object, ...]] = []
    for layer in ("hidden", "output") if model != "dense" else ("hidden_1", "output"):
        metrics = {"class_selectivity": "ratio", "silent_share": "fraction"}
        if layer == "output" or model == "dense":
            metrics |= {"weight_cosine": "ratio", "weight_mean": "weight", "weight_standard_deviation": "weight"}
            metrics |= {"gradient_angle": "degree", "gradient_angle_small_steps": "degree"}
            metrics |= {"relative_weight_distance": "ratio"} if model == "dense" else {"weight_norm": "weight"}
        rows += [
            ("learning", {"layer": layer}, step, metric, generator.uniform(0.2, 0.8), unit)
            for metric, unit in metrics.items()
        ]
    return rows


def of_likeness(generator: np.random.Generator, model: str) -> list[tuple[object, ...]]:
    """What the representation study stores: layers with each other, with those of the twin, and in time."""
    layers = ("input", "hidden", "output") if model != "dense" else ("input", "hidden_1", "output")
    rows: list[tuple[dict[str, str], str, object]] = [
        ({"layer": a, "other": b}, metric, pd.NA)
        for a, b in itertools.combinations(layers, 2)
        for metric in ("cka", "rsa", "cka_before")
    ]
    rows += [({"layer": layer}, "cka_kept", pd.NA) for layer in layers]
    if model == "receptive-field":
        rows += [({"layer": a, "twin": b}, "cka", pd.NA) for a, b in itertools.product(layers, layers)]
        rows += [({"layer": a, "twin": a}, "cka_course", step) for a in layers[1:] for step in (5, 10)]
    return [("representation", place, step, metric, generator.uniform(0.2, 0.9), "") for place, metric, step in rows]


def of_information(generator: np.random.Generator, model: str) -> list[tuple[object, ...]]:
    """What the information study stores: what each layer tells, and the spikes of two layers in time."""
    rows: list[tuple[object, ...]] = [("information", {}, pd.NA, "class_entropy", 3.32, "bit")]
    rows.append(("information", {}, pd.NA, "last_hidden_bits", generator.uniform(2, 3), "bit"))
    for layer in ("input", "hidden", "output") if model != "dense" else ("input", "hidden_1", "output"):
        place = {"layer": layer}
        for metric, unit in (("probe_accuracy", "fraction"), ("probe_bits", "bit"), ("unit_bits", "bit")):
            rows.append(("information", place, pd.NA, metric, generator.uniform(0.2, 0.9), unit))
            rows.append(("information", place, pd.NA, f"{metric}_shuffled", generator.uniform(0, 0.1), unit))
            if model == "receptive-field" and layer != "input":
                rows += [
                    ("information", place, step, f"{metric}_course", generator.uniform(0.2, 0.9), unit)
                    for step in (5, 10)
                ]
    return rows


def recording(generator: np.random.Generator, output: int) -> Recording:
    """One trial of 50 ms of three populations, with the output's potentials; the output unit named here spikes most."""
    sizes = {"input": 64, "filters": 300, "output": 10}
    spikes, counts = {}, {}
    for name, size in sizes.items():
        rate = np.full(size, 0.03)
        if name == "output":
            rate[output] = 0.25
        steps, units = np.nonzero(generator.random((100, size)) < rate)
        spikes[name] = SpikeTimes(np.zeros(len(steps), dtype=int), units, steps * 0.0005)
        counts[name] = np.bincount(units, minlength=size)[np.newaxis]
    potential = SampledTrace(
        generator.uniform(-0.07, -0.05, (1, 100, 10)).astype(np.float32), 0.0005 * np.arange(100), "V", np.arange(10)
    )
    return Recording(0.05, 0.0005, np.zeros(1, dtype=np.uint64), counts, spikes, {"output": {"v": potential}})


def examples(generator: np.random.Generator) -> tuple[Example, ...]:
    digits = load_digits()
    result = []
    for case, index, guess in (("correct", 3, 3), ("wrong", 5, 9), ("further1", 7, 7)):
        image, true = digits.images[index] / 16, CLASSES[digits.target[index]]
        shown = {"case": case, "index": index, "image": image, "true_class": true}
        spiking = recording(generator, guess)
        result.append(
            Example("receptive-field", predicted_class=CLASSES[guess], recording=spiking, activations={}, **shown)
        )
        for model in ("receptive-dense", "dense"):
            softmax = generator.dirichlet(np.where(np.arange(10) == digits.target[index], 20, 0.3))
            layers = {"input": image.ravel(), "hidden": generator.gamma(0.5, 1, 300), "output": softmax}
            result.append(Example(model, predicted_class=true, recording=None, activations=layers, **shown))
    return tuple(result)


@pytest.fixture(scope="session")
def stored_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run directory with all studies, three models and three example images."""
    generator = np.random.default_rng(1)
    results, predictions = rows_and_predictions(generator)
    twins = {"receptive-field": "receptive-dense"}
    design = Design("digits", "quick", twins, dict.fromkeys(STUDIES, 0.25), "resampled", STUDIES, {})
    manifest = {
        "run": "20260101T000000Z-compare-digits",
        "started_utc": "2026-01-01T00:00:00+00:00",
        "task": {"name": "digits", "protocol": "resampled", "n_samples": 1797, "classes": list(CLASSES)},
        "models": {
            model: {
                "kind": kind,
                "twin": "receptive-dense" if model == "receptive-field" else None,
                "reference": f"Paper of {model}",
                "deviations": ["<none & all>"],
                "parameters": {"passes": 20, "early_stopping": model == "dense"} if kind == "ANN" else {"passes": 5},
            }
            for model, (kind, _) in MODELS.items()
        },
        "versions": {"python": "3.11"},
        "test_set_openings": 15,
        "settings_tried_on_validation": {"receptive-field": 20, "receptive-dense": 16, "dense": 16},
    }
    config = {
        "run": {"study": "compare", "task": "digits", "preset": "quick", "seeds": 5, "models": list(MODELS)},
        "accuracy": {},
        "learning": {"passes": 7},
        "sample-efficiency": {
            "samples_per_class": [1, 3, 10],
            "min_presentations": 1000,
            "passes": {"receptive-field": [100, 34, 10], "dense": [100, 50, 50]},
        },
        "representation": {},
        "information": {},
        "one-pass": {"models": {"dense": {"learning_rate": 0.0003}}},
    }
    summary = summarise(results, predictions, design)
    contents = RunContents(config, manifest, results, predictions, summary, examples(generator))
    out: Path = tmp_path_factory.mktemp("runs")
    return read_run(write_run(out, "20260101T000000Z-compare-digits", contents))


@pytest.fixture(scope="session")
def accuracy_run(stored_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same with the accuracy study alone, for tests that write its page again."""
    results = stored_run.results
    summary = {
        **stored_run.summary,
        **{
            part: [entry for entry in stored_run.summary[part] if entry["study"] == "accuracy"]
            for part in ("metrics", "differences")
        },
    }
    contents = RunContents(
        {part: stored_run.config[part] for part in ("run", "accuracy")},
        stored_run.manifest,
        results[results["study"] == "accuracy"],
        stored_run.predictions,
        summary,
        stored_run.examples(),
    )
    out: Path = tmp_path_factory.mktemp("runs")
    return read_run(write_run(out, "20260101T000000Z-accuracy-digits", contents))
