"""What summary.json holds: each metric over the seeds, twins against each other, published against measured.

    {"task": ..., "protocol": "resampled" | "fixed test set" | "simulation", "seeds": [...],
     "metrics":     [{study, model, kind, facts, metric, unit, step, mean, ci_low, ci_high, n}, ...],
     "differences": [{study, metric, unit, model, twin, primary, difference, ci_low, ci_high, standardised, n,
                      method, p_value, p_holm, verdict}, ...],
     "effects":     [{study, metric, unit, square, effect, primary, difference, ci_low, ci_high, standardised, n,
                      method, p_value, p_holm, verdict}, ...],
     "references":  [{name, study, model, metric, facts, unit, published, measured, ci_low, ci_high, n, tolerance,
                      passed, reason, source, status}, ...]}

The task of a classic experiment is its own name, and its protocol "simulation": seeds are independent. `references`
holds the figures of `experiments.references` in full runs, and the yardsticks of classics (`experiments.yardsticks`).

`step` is the place on a curve (see `experiments.run_directory`), or null; `facts` as there. Metrics whose means over
seeds nobody reads (`Metric.summarised`) are left out. A difference is the BNS minus its twin, in `unit`: accuracies are
compared in percentage points. The primary metrics of all studies (`Metric.primary`) are one family: their p-values,
over all pairs of twins in a run, are corrected together by Holm. `verdict` is what `experiments.verdict` says of a
primary metric, null for others.

Where a run holds the four corners of a square (`experiments.square`), `effects` says what spikes and what local
learning are worth in each metric, and how far one depends on the other (`EFFECTS`). The primary metrics' effects are a
family of their own.

Intervals hold 95 % and are corrected for the overlap of the splits where each seed draws its own
(`experiments.statistics`). Those of means are score intervals within the limits of the metric (`Metric.limits`), or
Student's t where it has none; those of differences are Student's t, or the bootstrap for accuracies on a fixed test
set. They are null with one seed; p-values are null with fewer than 10 seeds and for metrics that are not primary.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.references import REFERENCES, Reference
from experiments.spec import Metric, Study
from experiments.square import Square
from experiments.statistics import (
    ROUNDING,
    Difference,
    Interval,
    bounded_interval,
    corrected_resampled_t,
    holm,
    mean_interval,
    paired_bootstrap,
    paired_t,
)
from experiments.verdict import Verdict, verdict, verdict_on_effect
from experiments.yardsticks import Classic, Yardstick

EFFECTS: Mapping[str, tuple[float, float, float, float]] = {
    "spikes": (-0.5, -0.5, 0.5, 0.5),
    "local learning": (-0.5, 0.5, -0.5, 0.5),
    "interaction": (1.0, -1.0, -1.0, 1.0),
}
"""Effects in a square, by the weights of its corners (`Square.corners`). A main effect is the mean of two differences
between corners that are next to each other, so that the two main effects add up to the difference between the network
with spikes and a local rule and that with neither. The interaction is by how much the effect of the one is larger with
the other."""


@dataclass(frozen=True)
class Design:
    """How the numbers of a run came about, as far as statistics need it.

    Parameters
    ----------
    task, preset
        Of the run.
    twins
        BNS -> ANN: pairs in the run that agree in all that twins share.
    held_out_ratio
        Study -> held-out samples per training sample.
    protocol
        "resampled", "fixed test set" (every seed was tested on the same samples) or "simulation".
    studies
        Name -> study, of those whose metrics the results hold.
    parameters
        Model -> all its parameters.
    squares
        Squares by name whose corners are in the run and agree in all that they share.
    """

    task: str
    preset: str
    twins: Mapping[str, str]
    held_out_ratio: Mapping[str, float]
    protocol: str
    studies: Mapping[str, Study]
    parameters: Mapping[str, Mapping[str, Any]]
    squares: Mapping[str, Square] = field(default_factory=dict)

    @property
    def fixed_test_set(self) -> bool:
        """Whether every seed was tested on the same samples."""
        return self.protocol == "fixed test set"


def summarise(results: pd.DataFrame, predictions: pd.DataFrame, design: Design) -> dict[str, Any]:
    """Return the content of summary.json (see above).

    Parameters
    ----------
    results
        Tidy rows (`experiments.run_directory`).
    predictions
        Every final test prediction; empty without the accuracy study.
    design
        How they came about.

    Returns
    -------
    dict
        Plain values, as JSON takes them.
    """
    plain = results[results["facts"].map(len).eq(0)]
    metrics = _metrics(results, design)
    return {
        "task": design.task,
        "protocol": design.protocol,
        "seeds": sorted(int(seed) for seed in results["seed"].unique()),
        "metrics": metrics,
        "differences": _differences(plain, predictions, design),
        "effects": _effects(plain, predictions, design),
        "references": _references(metrics, design) + _yardsticks(metrics, design),
    }


def _metrics(results: pd.DataFrame, design: Design) -> list[dict[str, Any]]:
    entries = []
    names = zip(results["study"], results["metric"], strict=True)
    read = np.array([design.studies[study][metric].summarised for study, metric in names], dtype=bool)
    results = results[read]
    places = results["facts"].map(lambda facts: tuple(facts.items()))  # a mapping is no key
    results = results.assign(facts=places)
    keys = ["study", "model", "kind", "facts", "metric", "unit", "step"]
    cases = results.groupby(keys[:5], sort=False)["value"].min().to_dict()
    for values, group in results.groupby(keys, sort=False, dropna=False):
        entry: dict[str, Any] = dict(zip(keys, values, strict=True))
        entry["facts"] = dict(entry["facts"])
        entry["step"] = None if pd.isna(entry["step"]) else int(entry["step"])
        ratio = 0.0 if design.fixed_test_set else design.held_out_ratio[entry["study"]]
        metric = design.studies[entry["study"]][entry["metric"]]
        interval = metric_interval(group["value"].to_numpy(), metric, ratio, cases.get((*values[:4], metric.cases)))
        entry |= {"mean": interval.mean, "ci_low": interval.low, "ci_high": interval.high, "n": interval.n}
        entries.append(entry)
    return entries


def metric_interval(values: NDArray[np.float64], metric: Metric, ratio: float, cases: float | None) -> Interval:
    """Return the mean over seeds with an interval that stays within the metric's limits.

    Values beyond these limits belie them. A run is not lost for that: the interval is then that of Student's t.

    Parameters
    ----------
    values
        Values (seed,).
    metric
        Their metric.
    ratio
        Held-out samples per training sample where each seed draws its own split; 0 for independent values.
    cases
        Of how many cases each value is a share; None where the values are no shares, or of an unknown number.

    Returns
    -------
    Interval
        The mean with its interval.
    """
    low, high = metric.limits
    if low is None and high is None:
        return mean_interval(values, ratio)
    bounds = (-np.inf if low is None else low, np.inf if high is None else high)
    if values.min() < bounds[0] - ROUNDING or values.max() > bounds[1] + ROUNDING:
        found = values[(values < bounds[0] - ROUNDING) | (values > bounds[1] + ROUNDING)][0]
        remedy = (
            "a fraction is 0 to 1 (not 100 times that); of a difference of fractions declare bounds=(-1, 1)"
            if metric.bounds is None and high is not None  # by its unit
            else "declare others: bounds=(lowest, highest), None for no bound"
        )
        warnings.warn(
            f"{metric.study}.{metric.name}: {found:g} lies beyond its bounds {metric.limits}; {remedy}", stacklevel=2
        )
        return mean_interval(values, ratio)
    return bounded_interval(values, bounds, ratio, None if cases is None else int(cases))


def _differences(results: pd.DataFrame, predictions: pd.DataFrame, design: Design) -> list[dict[str, Any]]:
    """Return the entries of each pair of twins."""
    entries = []
    for metric, unit, table in _tables(results, design):
        for model, twin in design.twins.items():
            found = _contrast({model: 1.0, twin: -1.0}, metric, table, predictions, design)
            if found is not None:
                entries.append(_entry({"model": model, "twin": twin}, metric, unit, found))
    return _with_verdicts(_with_holm(entries), design, verdict)


def _effects(results: pd.DataFrame, predictions: pd.DataFrame, design: Design) -> list[dict[str, Any]]:
    """Return the entries of each square: what spikes and local learning are worth."""
    entries = []
    for metric, unit, table in _tables(results, design):
        for name, square in design.squares.items():
            for effect, weights in EFFECTS.items():
                of_corners = dict(zip(square.corners, weights, strict=True))
                found = _contrast(of_corners, metric, table, predictions, design)
                if found is not None:
                    entries.append(_entry({"square": name, "effect": effect}, metric, unit, found))
    return _with_verdicts(_with_holm(entries), design, verdict_on_effect)


def _tables(results: pd.DataFrame, design: Design) -> Iterator[tuple[Metric, str, pd.DataFrame]]:
    """Yield each metric of whole models with its unit and its values (seed, model)."""
    scalar = results[results["step"].isna()]
    for names, group in scalar.groupby(["study", "metric"], sort=False):
        study, metric = map(str, names)
        table = group.pivot(index="seed", columns="model", values="value")
        yield design.studies[study][metric], str(group["unit"].iloc[0]), table


def _contrast(
    weights: Mapping[str, float], metric: Metric, table: pd.DataFrame, predictions: pd.DataFrame, design: Design
) -> Difference | None:
    """Return a weighted sum over models, paired by seed; None where a model has no value."""
    if any(model not in table for model in weights):
        return None
    if metric.name == "test_accuracy" and design.fixed_test_set:
        right = [weight * _outcomes(predictions, model) for model, weight in weights.items()]
        return paired_bootstrap(np.sum(right, axis=0))
    values = np.sum([weight * table[model].to_numpy() for model, weight in weights.items()], axis=0)
    return (
        paired_t(values)
        if design.fixed_test_set
        else corrected_resampled_t(values, design.held_out_ratio[metric.study])
    )


def _outcomes(predictions: pd.DataFrame, model: str) -> np.ndarray:
    """1 where the model was right, else 0: (seed, image)."""
    chosen = predictions[predictions["model"] == model]
    right = chosen.assign(right=(chosen["true"] == chosen["predicted"]).astype(float))
    return right.pivot(index="seed", columns="sample", values="right").to_numpy()


def _entry(of: Mapping[str, str], metric: Metric, unit: str, difference: Difference) -> dict[str, Any]:
    scale, unit = (100.0, "percentage points") if unit == "fraction" else (1.0, unit)
    interval = difference.interval

    def scaled(value: float | None) -> float | None:
        return None if value is None else scale * value

    return {
        "study": metric.study,
        "metric": metric.name,
        "unit": unit,
        **of,
        "primary": metric.primary,
        "difference": scale * interval.mean,
        "ci_low": scaled(interval.low),
        "ci_high": scaled(interval.high),
        "standardised": difference.standardised,
        "n": interval.n,
        "method": difference.method,
        "p_value": difference.p_value if metric.primary else None,
        "p_holm": None,
        "verdict": None,
    }


def _with_holm(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tested = [entry for entry in entries if entry["p_value"] is not None]
    for entry, adjusted in zip(tested, holm([entry["p_value"] for entry in tested]), strict=True):
        entry["p_holm"] = adjusted
    return entries


def _with_verdicts(entries: list[dict[str, Any]], design: Design, said: Verdict) -> list[dict[str, Any]]:
    for entry in entries:
        if entry["primary"]:
            better = design.studies[entry["study"]][entry["metric"]].better
            assert better is not None  # `Study` sees to it
            entry["verdict"] = said(entry, better)
    return entries


def _references(metrics: list[dict[str, Any]], design: Design) -> list[dict[str, Any]]:
    """Return the entries of the reference figures that a run is held against; what is better than published passes."""
    entries = []
    for reference in REFERENCES:
        if design.preset != "full" or design.task != reference.task:
            continue
        for entry in _of(metrics, reference.study, reference.metric, {}):
            if entry["model"] == reference.model:
                passed = entry["mean"] >= reference.published - reference.tolerance
                reason = reference.explained(design.parameters[reference.model])
                entries.append(_reference_entry(reference, entry, passed, reason, "confirmed"))
    return entries


def _yardsticks(metrics: list[dict[str, Any]], design: Design) -> list[dict[str, Any]]:
    """Return the entries of the yardsticks whose conditions were measured."""
    return [
        _reference_entry(
            yardstick,
            entry,
            abs(entry["mean"] - yardstick.published) <= yardstick.tolerance,
            yardstick.reason,
            yardstick.status,
        )
        for study in design.studies.values()
        if isinstance(study, Classic)
        for yardstick in study.yardsticks
        for entry in _of(metrics, study.name, yardstick.metric, yardstick.facts)
        if yardstick.model in ("", entry["model"])
    ]


def _of(metrics: list[dict[str, Any]], study: str, metric: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    wanted = {"study": study, "metric": metric, "facts": dict(facts), "step": None}
    return [entry for entry in metrics if all(entry[key] == value for key, value in wanted.items())]


def _reference_entry(
    figure: Reference | Yardstick, entry: Mapping[str, Any], passed: bool, reason: str, status: str
) -> dict[str, Any]:
    keys = ("study", "model", "metric", "facts", "unit", "ci_low", "ci_high", "n")
    return {
        "name": figure.name,
        **{key: entry[key] for key in keys},
        "published": figure.published,
        "measured": entry["mean"],
        "tolerance": figure.tolerance,
        "passed": bool(passed),
        "reason": reason,
        "source": figure.source,
        "status": status,
    }
