"""A section a study: which of its figures the page shows, and what is said below each and in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from experiments.figures.stored import by_fact, layer_summaries, summaries
from experiments.report.wording import number
from experiments.results import Run


@dataclass(frozen=True)
class Plate:
    """One figure of a study: its file name, its heading and what a reader must know of it."""

    figure: str
    heading: str
    caption: str


PLATES = {
    "accuracy": (
        Plate("accuracy", "Each seed, and twins against each other", ""),
        Plate("confusion", "Which classes are taken for which", ""),
    ),
    "learning": (
        Plate("learning", "Accuracy by samples seen", "On the validation split, with learning frozen."),
        Plate(
            "weights",
            "How the weights move",
            "Trained layers; norms are Euclidean, over all weights of a layer. Solid: output layer; dashed: the layer "
            "before. Spread and mean are in each model's own unit of weight.",
        ),
        Plate(
            "selectivity",
            "How units come to prefer a class",
            "(best − rest) / (best + rest), where best is a unit's greatest mean response to a class and rest the mean "
            "of the others (Morcos et al. 2018); 1 for a unit that responds to one class only. Layers that are not "
            "trained change only by their own adaptation.",
        ),
        Plate(
            "gradient_angle",
            "Where learning points, held against backpropagation",
            "Degrees between the change that learning some training samples makes and the way down the gradient of the "
            "softmax cross-entropy over these samples, of a rate network with the same weights and responses; 0 is "
            "gradient descent, 90 is chance. Left with the steps as they are, which move the weights between samples; "
            "right with steps 1000 times smaller. Optimizers such as Adam rescale every weight's step, so that an "
            "artificial network does not stand at 0 either.",
        ),
    ),
    "sample-efficiency": (
        Plate(
            "sample_efficiency",
            "Accuracy by training samples of each class",
            "Each point is a training of its own, measured on the validation split. Larger sets hold the smaller ones.",
        ),
    ),
    "transfer": (
        Plate(
            "transfer",
            "Response of single units",
            "Untrained units under constant input. Input 1 is where the LIF neuron begins to fire. The noisy neuron "
            "gets excitatory and inhibitory Poisson spikes besides, which cancel on average.",
        ),
    ),
    "depth-activity": (
        Plate(
            "depth_activity",
            "Activity from layer to layer",
            "Random networks without training; one line a scale of the weights. Dashed: mean-field theory for "
            "infinitely many units. Marked on the scale: published initialisations. A rate and an activation "
            "have no common unit.",
        ),
    ),
    "correlation-map": (
        Plate(
            "correlation_map",
            "Likeness of two inputs from layer to layer",
            "Random networks without training; pairs of inputs of three correlations a scale of the weights. Dashed: "
            "mean-field theory. tanh: cosine of Gaussian inputs and of activations. LIF: correlation of input rates, "
            "then of spike counts; with common keys both inputs get the same random numbers, else each its own. Top "
            "right: by which factor a small difference grows in a layer; a spike count has no such slope.",
        ),
    ),
    "perturbation": (
        Plate(
            "perturbation",
            "Growth of the smallest change",
            "Random networks without training. tanh: one input changed by a millionth, which grows or shrinks by a "
            "factor a layer. LIF: one input spike removed (solid) or moved by 1 ms (dashed); counted are spikes that "
            "only one of the two trials has, by layer, and in the last layer by time since the change.",
        ),
    ),
    "one-pass": (
        Plate(
            "one_pass",
            "Accuracy while every sample is seen once",
            "On the validation split, with learning frozen; all models learn after each single sample.",
        ),
    ),
}


def alternative(run: Run, study: str, figure: str) -> str:
    """A figure in words, for those who do not see it."""
    if study == "accuracy":
        entries = summaries(run, "accuracy", "test_accuracy")
        parts = ", ".join(f"{entry['model']} {number(entry['mean'], 'fraction')}" for entry in entries)
        if figure == "confusion":
            return f"Confusion matrices in per cent of each true class; overall test accuracy: {parts}."
        return f"Test accuracy of each seed, mean and 95 % interval: {parts}; beside it twin differences."
    if figure in _LAST_OF_LAYERS:
        metric, what = _LAST_OF_LAYERS[figure]
        curves = layer_summaries(run, study, metric)
        parts = ", ".join(f"{model}, {layer}: {_last(entries)}" for (model, layer), entries in curves.items())
        return f"{what} of each layer by samples seen; at the end {parts}."
    if figure in _BY_FACT:
        metric, fact, each, words = _BY_FACT[figure]
        found = by_fact(run, study, metric, fact)
        return words + ", ".join(each.format(m, held, number(entry["mean"], "")) for m, held, entry in found) + "."
    if figure == "transfer":
        entries = summaries(run, study, "threshold")
        parts = ", ".join(f"{entry['model']} {number(entry['mean'], '')}" for entry in entries)
        return f"Response of single units against their input; input at which each begins to respond: {parts}."
    by_model: dict[str, list[dict[str, Any]]] = {}
    for entry in summaries(run, study, "validation_accuracy"):
        by_model.setdefault(entry["model"], []).append(entry)
    parts = ", ".join(f"{model} ends at {_last(entries)}" for model, entries in by_model.items())
    along = "training samples of each class" if study == "sample-efficiency" else "samples seen"
    return f"Validation accuracy against {along}: {parts}."


_BY_FACT = {
    "depth_activity": (
        *("activity_kept", "initialisation", "{0} with {1} {2}"),
        "Activity by layer and scale of the weights; last layer over input: ",
    ),
    "correlation_map": (
        *("slope", "scale", "{2} at scale {1}"),
        "Correlation of two inputs by layer and scale of the weights; slope of tanh networks: ",
    ),
    "perturbation": (
        *("growth", "scale", "{0} at scale {1} {2}"),
        "Differences after a small change of the input, by layer and time; growth from layer to layer: ",
    ),
}
"""Figure -> the metric and the fact of its condition that its words give, how, of (model, fact, value), and what it
shows."""
_LAST_OF_LAYERS = {
    "weights": ("weight_standard_deviation", "Distance, direction, spread and mean of the weights"),
    "selectivity": ("class_selectivity", "Class selectivity and share of silent units"),
    "gradient_angle": ("gradient_angle", "Angle between learning and the gradient"),
}
"""Figure -> the metric that its words give, and what it shows."""


def _last(entries: list[dict[str, Any]]) -> str:
    last = max(entries, key=lambda entry: entry["step"])
    return number(last["mean"], last["unit"])
