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
"""Line styles of a model's layers, from the output back."""


@dataclass(frozen=True)
class Panel:
    """Metrics of single layers in one panel.

    Parameters
    ----------
    title
        Title of the panel.
    value
        Label of the vertical axis.
    metrics
        Metrics to draw.
    open_marks
        The metric that is drawn with open marks, if any.
    logarithmic
        Whether the vertical axis is logarithmic.
    percent
        Whether shares are drawn in per cent.
    line_at
        Value of a horizontal line; None for none.
    """

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
        "Changes of the weights",
        "Trained layers; norms are Euclidean, over all weights of a layer. Solid: output layer; dashed: the layer "
        "before. Spread and mean are in the unit of the weights of each model.",
    ),
    Plate(
        "selectivity",
        "Development of class selectivity",
        "(best − rest) / (best + rest), where best is the largest mean response of a unit to a class and rest the mean "
        "of the others (Morcos et al. 2018); 1 for a unit that responds to only one class. Layers that are not "
        "trained change only by adaptation.",
    ),
    Plate(
        "gradient_angle",
        "Angle between weight changes and gradient descent",
        "Angle between the weight change from learning some training samples and the negative gradient of the softmax "
        "cross-entropy over these samples, in a rate network with the same weights and responses; 0 is gradient "
        "descent, 90 is chance. Left: normal learning rate, so that the weights change between samples; right: a "
        "learning rate 1000 times smaller. Optimizers such as Adam rescale the step of every weight, so artificial "
        "networks do not reach 0 either.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `learning` (validation accuracy) and figures of single layers.

    The latter are `weights`, `selectivity` and, for models with an error signal, `gradient_angle`.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    figures = {name: _layers_figure(run, panels) for name, panels in _PANELS.items()}
    drawn = {name: figure for name, figure in figures.items() if figure is not None}
    return {"learning": accuracy_figure(run, STUDY["validation_accuracy"]), **drawn}


def sentences(run: Run) -> list[str]:
    """Describe when each twin first reached the highest accuracy, in tens of per cent, that both reached.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
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
            f"On the validation split, the mean accuracy first reached {100 * level:.0f}\N{NO-BREAK SPACE}% "
            f"after {first:,} samples in {entry['model']} and after {second:,} in {entry['twin']}."
        )
    return [*result, f"The mean accuracy along the curve was {by_model(run, STUDY['learning_curve_mean'])}."]


def _layers_figure(run: Run, panels: tuple[Panel, ...]) -> Figure | None:
    """Draw two panels per row with a common legend; return None if none of their metrics was measured."""
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
    """Return the position of each (model, layer) from the output back; every layer has a share of silent units."""
    layers = list(layer_summaries(run, STUDY["silent_share"]))
    return {
        (model, layer): sum(other == model for other, _ in layers[index + 1 :])
        for index, (model, layer) in enumerate(layers)
    }
