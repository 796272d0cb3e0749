"""Numbers as a reader wants them, and the sentences that follow from them."""

from __future__ import annotations

from typing import Any

from experiments.figures.stored import differences, summaries
from experiments.results import Run
from experiments.studies import STUDIES

_NAMES = {
    "test_accuracy": "Test accuracy",
    "test_loss": "Test loss (mean cross-entropy)",
    "within_tolerance": "Outputs within 0.1 of their target",
    "learning_curve_mean": "Mean validation accuracy along the learning curve",
    "sample_efficiency_mean": "Mean validation accuracy over training sets from one sample of each class on",
    "one_pass_accuracy": "Validation accuracy after one pass",
    "tie_share": "Share of ties in the decision",
    "spikes_per_neuron_trial": "Spikes per neuron and trial",
}
_CONFIDENCE = "95\N{NO-BREAK SPACE}%"
_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))


def metric_name(metric: str) -> str:
    """A metric's name in words."""
    return _NAMES.get(metric, metric.removesuffix("_seconds").replace("_", " ").capitalize())


def number(value: float, unit: str, *, signed: bool = False) -> str:
    """A value with its unit, held together by no-break spaces; fractions become per cent."""
    plain = _plain(value, unit, "+" if signed else "")
    return plain.replace("-", "−").replace(" ", "\N{NO-BREAK SPACE}")


def _plain(value: float, unit: str, sign: str) -> str:
    if unit == "fraction":
        return f"{100 * value:{sign}.2f} %"
    if unit == "percentage points":
        return f"{value:{sign}.2f} points"
    if unit == "byte":
        scale, name = next((scale, name) for scale, name in _BYTES if abs(value) >= scale or name == "B")
        return f"{value / scale:{sign}.3g} {name}"
    text = f"{value:{sign},.0f}" if abs(value) >= 100 else f"{value:{sign}.3g}"
    return text + {"count": "", "": "", "1/s": " per s"}.get(unit, f" {unit}")


def interval(entry: dict[str, Any], *, signed: bool = False) -> str:
    """The 95 % interval of a summary entry, or a note where one seed allows none."""
    if entry["ci_low"] is None:
        return "no interval: one seed"
    low, high = (number(entry[key], entry["unit"], signed=signed) for key in ("ci_low", "ci_high"))
    unit = high.partition("\N{NO-BREAK SPACE}")[2]
    return f"{low.removesuffix(unit).rstrip()} to {high}" if unit else f"{low} to {high}"


def sentences(run: Run) -> list[str]:
    """What came out, in one sentence for each study and pair of twins."""
    verdicts = [entry for entry in differences(run, primary=True) if entry["metric"] in _CIRCUMSTANCES]
    found = {study: [_twin_sentence(run, entry) for entry in verdicts if entry["study"] == study] for study in STUDIES}
    found["learning"] = _learning_sentences(run)
    return [text for texts in found.values() for text in texts] or ["No pair of twins was compared in this run."]


_CIRCUMSTANCES = {
    "test_accuracy": ("", "test samples"),
    "sample_efficiency_mean": ("On average over small and large training sets, ", "validation samples"),
    "one_pass_accuracy": ("Having seen every sample once, ", "validation samples"),
}
"""Primary metric -> when it is, and of which samples; learning curves have a sentence of their own."""


def _twin_sentence(run: Run, entry: dict[str, Any]) -> str:
    when, samples = _CIRCUMSTANCES[entry["metric"]]
    means = {mean["model"]: mean for mean in summaries(run, entry["study"], entry["metric"])}
    bns, ann = means[entry["model"]], means[entry["twin"]]
    gap = round(entry["difference"], 2)
    direction = "more than" if gap > 0 else "fewer than" if gap < 0 else "as many as"
    amount = f"{abs(gap):.2f} percentage points " if gap else ""
    text = (
        f"{when}{entry['model']} (BNS) classified {number(bns['mean'], 'fraction')} of the {samples} correctly, "
        f"{amount}{direction} its twin {entry['twin']} (ANN) with {number(ann['mean'], 'fraction')}"
    )
    if entry["ci_low"] is None:
        return f"{text}; one seed gives no interval."
    limits = interval(entry, signed=True)
    return f"{text}; the {_CONFIDENCE} interval of the difference over {entry['n']} seeds is {limits}."


def _learning_sentences(run: Run) -> list[str]:
    """When each twin first reached the highest level, in tens of per cent, that both of them reached."""
    curves: dict[str, list[tuple[int, float]]] = {}
    for entry in summaries(run, "learning", "validation_accuracy"):
        curves.setdefault(entry["model"], []).append((entry["step"], entry["mean"]))
    result = []
    for entry in differences(run, primary=True):
        if entry["study"] != "learning" or not {entry["model"], entry["twin"]} <= curves.keys():
            continue
        pair = [sorted(curves[entry[role]]) for role in ("model", "twin")]
        best = min(max(mean for _, mean in curve) for curve in pair)
        level = max(tenth / 10 for tenth in range(11) if tenth / 10 <= best)
        first, second = (next(step for step, mean in curve if mean >= level) for curve in pair)
        result.append(
            f"On the validation split the mean accuracy first stood at {100 * level:.0f}\N{NO-BREAK SPACE}% "
            f"or above after {first:,} samples in {entry['model']} and after {second:,} in {entry['twin']}."
        )
    return result
