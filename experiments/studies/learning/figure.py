"""Figures of the learning study: accuracy, weights, selectivity and angle to the gradient by samples seen."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import accuracy_figure, draw_curve, frame
from experiments.shared.stored import differences, layer_summaries, looks, model_summaries
from experiments.shared.wording import by_model
from experiments.spec import Metric, Plate
from experiments.studies.learning import SEEN, STUDY

_DASHES = ("-", "--", ":", "-.")
"""Of a model's layers, from the output back."""


@dataclass(frozen=True)
class Panel:
    """Metrics of single layers that are drawn together, the one in `open_marks` with open marks."""

    title: str
    value: str
    metrics: tuple[Metric, ...]
    open_marks: Metric | None = None
    logarithmic: bool = False
    percent: bool = False
    line_at: float | None = None


_PANELS = {
    "weights": (
        Panel(
            "Distance from the initial weights W₀",
            "|W − W₀| / |W₀|, or |W| if W₀ = 0 (open)",
            (STUDY["relative_weight_distance"], STUDY["weight_norm"]),
            open_marks=STUDY["weight_norm"],
            logarithmic=True,
        ),
        Panel("Direction of the weights", "Cosine with the checkpoint before", (STUDY["weight_cosine"],)),
        Panel("Spread of the weights", "Standard deviation", (STUDY["weight_standard_deviation"],), logarithmic=True),
        Panel("Mean of the weights", "Mean", (STUDY["weight_mean"],), line_at=0),
    ),
    "selectivity": (
        Panel("Class selectivity", "Mean over the units that respond", (STUDY["class_selectivity"],)),
        Panel("Silent units", "Share of the layer (%)", (STUDY["silent_share"],), percent=True),
    ),
    "gradient_angle": (
        Panel("Steps as they are", "Angle to the gradient (degrees)", (STUDY["gradient_angle"],), line_at=90),
        Panel("Small steps", "Angle to the gradient (degrees)", (STUDY["gradient_angle_small_steps"],), line_at=90),
    ),
}


PLATES = (
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
)


def draw(run: Run) -> dict[str, Figure]:
    """Return `learning` (validation accuracy) and, of single layers, `weights`, `selectivity` and, where models have an
    error signal, `gradient_angle`."""
    figures = {name: _layers_figure(run, panels) for name, panels in _PANELS.items()}
    drawn = {name: figure for name, figure in figures.items() if figure is not None}
    return {"learning": accuracy_figure(run, STUDY["validation_accuracy"]), **drawn}


def sentences(run: Run) -> list[str]:
    """Return when each twin first reached the highest level, in tens of per cent, that both of them reached."""
    of_models = model_summaries(run, STUDY["validation_accuracy"])
    result = []
    for entry in differences(run, primary=True):
        if entry["study"] != STUDY.name:
            continue
        pair = [[(point["step"], point["mean"]) for point in of_models[entry[role]]] for role in ("model", "twin")]
        best = min(max(mean for _, mean in curve) for curve in pair)
        level = max(tenth / 10 for tenth in range(11) if tenth / 10 <= best)
        first, second = (next(step for step, mean in curve if mean >= level) for curve in pair)
        result.append(
            f"On the validation split the mean accuracy first stood at {100 * level:.0f}\N{NO-BREAK SPACE}% "
            f"or above after {first:,} samples in {entry['model']} and after {second:,} in {entry['twin']}."
        )
    return [*result, f"On average along the curve it was {by_model(run, STUDY['learning_curve_mean'])}."]


def _layers_figure(run: Run, panels: tuple[Panel, ...]) -> Figure | None:
    """Return two panels a row under one legend; None where nothing of them was measured."""
    if not any(layer_summaries(run, metric) for panel in panels for metric in panel.metrics):
        return None
    rows = len(panels) // 2
    with style():
        figure = Figure(figsize=(10.4, 0.9 + 3.4 * rows))
        axes = figure.subplots(rows, 2, squeeze=False).ravel()
        for ax, panel in zip(axes, panels, strict=True):
            _draw_panel(ax, run, panel)
        lines = {line.get_label(): line for ax in axes for line in ax.get_lines() if line.get_label()[0] != "_"}
        figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=3)
    return figure


def _draw_panel(ax: Axes, run: Run, panel: Panel) -> None:
    models, places = looks(run), _places(run)
    for metric in panel.metrics:
        for (model, layer), entries in layer_summaries(run, metric).items():
            draw_curve(
                ax,
                entries,
                models[model],
                label=f"{model}, {layer}",
                scale=100 if panel.percent else 1,
                dashes=_DASHES[places[model, layer] % len(_DASHES)],
                filled=metric is not panel.open_marks,
            )
    if panel.line_at is not None:
        ax.axhline(panel.line_at, color=INK, linewidth=0.9, zorder=0)
    frame(ax, SEEN, panel.value, logarithmic=panel.logarithmic)
    ax.set_title(panel.title)


def _places(run: Run) -> dict[tuple[str, str], int]:
    """Return (model, layer) -> place of the layer from the output back; every layer has a share of silent units."""
    layers = list(layer_summaries(run, STUDY["silent_share"]))
    return {
        (model, layer): sum(other == model for other, _ in layers[index + 1 :])
        for index, (model, layer) in enumerate(layers)
    }
