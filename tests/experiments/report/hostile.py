"""A run from a stranger, in which every text that is free to choose tries to be more than a text."""

from __future__ import annotations

import dataclasses
from typing import Any

from bnsim.recording import Recording, SampledTrace
from experiments.run_directory import Example, Run, RunContents

NAME = "\"'><img src=x onerror=hacked=1>@{unit}{safe}$name$$x$$&lt;{{ 7 * 7 }}\x1b[31m\u202e"
"""Fit for a file: it leaves an attribute, brings an element with a script, refers to values in Bokeh's notation, is a
formula, an entity, a template, and turns a terminal red and the direction of writing around."""

TEXT = f"{NAME}</script></style></title><script>hacked=1</script>"


def hostile(run: Run) -> RunContents:
    """What a stranger could make of a run of the study `accuracy` with a network that spikes and its twin."""
    names = {model: f"{model[:11]} {NAME}" for model in run.manifest["models"]}
    classes = {name: f"{name} {TEXT}" for name in run.manifest["task"]["classes"]}
    config: dict[str, Any] = {
        "run": {"study": TEXT, "task": TEXT, "preset": TEXT, "seeds": 5, "models": list(names.values())},
        "accuracy": {"max_train": TEXT},
    }
    results = run.results.assign(task=TEXT, model=run.results["model"].map(names))
    results["facts"] = [{key: classes.get(fact, fact) for key, fact in facts.items()} for facts in results["facts"]]
    return RunContents(
        config=config,
        manifest=_manifest(run, names, classes),
        results=results,
        predictions=run.predictions.assign(model=run.predictions["model"].map(names)),
        summary=_summary(run, names, classes),
        examples=tuple(_example(example, names, classes) for example in run.examples()),
    )


def _manifest(run: Run, names: dict[str, str], classes: dict[str, str]) -> dict[str, Any]:
    about = {
        "twin": None,
        "reference": TEXT,
        "deviations": [TEXT],
        "parameters": {"passes": TEXT, "early_stopping": TEXT},
    }
    return {
        **run.manifest,
        "run": TEXT,
        "started_utc": TEXT,
        "task": {"name": TEXT, "protocol": TEXT, "classes": list(classes.values()), "notes": [TEXT]},
        "models": {names[name]: {"kind": known["kind"], **about} for name, known in run.manifest["models"].items()},
        "versions": {TEXT: TEXT},
        "test_set_openings": 1,
        "settings_tried_on_validation": {TEXT: 1},
        "warnings": {TEXT: [TEXT]},
    }


def _summary(run: Run, names: dict[str, str], classes: dict[str, str]) -> dict[str, Any]:
    def renamed(entry: dict[str, Any]) -> dict[str, Any]:
        changed = {key: names[entry[key]] for key in ("model", "twin") if key in entry}
        changed |= {key: TEXT for key in ("method", "verdict") if key in entry}
        if "facts" in entry:
            changed["facts"] = {key: classes.get(fact, fact) for key, fact in entry["facts"].items()}
        if entry["metric"] == "bytes_per_sample":
            changed["unit"] = TEXT
        return {**entry, **changed}

    metrics = [renamed(entry) for entry in run.summary["metrics"]]
    whole = next(entry for entry in metrics if not entry["facts"] and entry["step"] is None)
    texts = ("name", "study", "source", "status", "reason", "model", "metric", "unit")
    reference: dict[str, Any] = {**dict.fromkeys(texts, TEXT), "facts": {TEXT: TEXT}, "n": 1}
    reference |= {"published": 0.9, "measured": 0.8, "tolerance": 0.1, "passed": True, "ci_low": None, "ci_high": None}
    return {
        "task": TEXT,
        "protocol": TEXT,
        "seeds": [0],
        "metrics": [*metrics, {**whole, "study": TEXT, "metric": TEXT, "unit": TEXT}],
        "differences": [renamed(entry) for entry in run.summary["differences"]],
        "references": [reference],
    }


def _example(example: Example, names: dict[str, str], classes: dict[str, str]) -> Example:
    return dataclasses.replace(
        example,
        model=names[example.model],
        true_class=classes[example.true_class],
        predicted_class=classes[example.predicted_class],
        recording=None if example.recording is None else _recording(example.recording),
        activations={f"{layer} {NAME}": values for layer, values in example.activations.items()},
    )


def _recording(recording: Recording) -> Recording:
    """Hostile populations, one of them with the name of a column, variables and units."""
    names = {name: f"{name} {NAME}" for name in recording.counts}
    names["input"] = "time"
    first, *_ = recording.traces["output"].values()
    hostile_trace: SampledTrace = dataclasses.replace(first, unit=TEXT)
    return dataclasses.replace(
        recording,
        counts={names[name]: counts for name, counts in recording.counts.items()},
        spikes={names[name]: spikes for name, spikes in recording.spikes.items()},
        traces={names["output"]: {"v": first, NAME: hostile_trace}},
    )
