"""Figures of the robustness study."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import FAINT, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_curve, draw_row, in_grey_too, placed, plain_numbers
from experiments.shared.stored import along, by_fact, looks, of_model, summaries, values
from experiments.shared.wording import by_model, listed, number, twin_sentences
from experiments.spec import Plate
from experiments.studies.robustness import STUDY

_ROWS = (
    {
        "gaussian_noise": ("Gaussian noise", "SD / range"),
        "salt_and_pepper": ("Salt and pepper", "Share of features"),
        "occlusion": ("Occlusion", "Side / side of the image"),
        "contrast": ("Less contrast", "Share taken away"),
    },
    {
        "weight_noise": ("Weight noise", "SD / SD of the weights"),
        "deleted_synapses": ("Deleted synapses", "Share of each layer"),
        "deleted_neurons": ("Deleted neurons", "Share of each layer"),
    },
    {
        "spike_loss": ("Lost spikes", "Share of spikes"),
        "spike_jitter": ("Jittered spikes", "SD (ms)"),
        "activation_noise": ("Activation noise", "SD / SD of activations"),
    },
)


PLATES = (
    Plate(
        "robustness",
        "Accuracy by severity of each disturbance",
        "Rows: disturbed input, disturbed weights, and disturbed responses of the last hidden layer, which differ by "
        "kind of network. At 0: the undisturbed networks. Mean and 95 % interval over seeds; all networks see the same "
        "test samples and random numbers.",
    ),
    Plate(
        "robustness_mean",
        "Mean over disturbances",
        "Accuracy, averaged over severities and then over the disturbances of input and weights: each seed, mean and "
        "95 % interval. Open marks: the undisturbed networks.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `robustness` (a panel for each disturbance) and `robustness_mean`.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    return {"robustness": _curves(run), "robustness_mean": _means(run)}


def sentences(run: Run) -> list[str]:
    """Describe the mean over disturbances, between twins if there are any, and what harms each model most.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    metric = STUDY["robustness_mean"]
    when = "On average over severities and disturbances of input and weights, "
    said = twin_sentences(run, metric, "disturbed test samples", when) or [
        f"Mean accuracy over severities and disturbances of input and weights: {by_model(run, metric)}."
    ]
    hardest = [f"{model} {text}" for model in looks(run) if (text := _hardest(run, model))]
    note = "" if run.manifest["task"].get("image_shape") else " The samples are not images, so there was no occlusion."
    return [*said, f"Lowest mean over the severities of one disturbance: {listed(hardest)}.{note}"]


def _hardest(run: Run, model: str) -> str:
    """Return the disturbance of input or weights with the lowest mean accuracy, in words."""
    names = {name: title.lower() for row in _ROWS[:2] for name, (title, _) in row.items()}
    means = {name: of_model(summaries(run, STUDY[f"{name}_mean"]), model) for name in names}
    found = {name: entries[0]["mean"] for name, entries in means.items() if entries}
    if not found:
        return ""
    worst = min(found, key=lambda name: found[name])
    return f"{number(found[worst], 'fraction')} ({names[worst]})"


def _curves(run: Run) -> Figure:
    measured = {name for _, name, _ in by_fact(run, STUDY["accuracy"], "disturbance")}
    rows = [row for row in _ROWS if measured & row.keys()]
    with style():
        figure = Figure(figsize=(8.4, 0.6 + 2.3 * len(rows)))
        axes = figure.subplots(len(rows), 4, sharey=True, squeeze=False)
        for panels, row in zip(axes, rows, strict=True):
            shown = [name for name in row if name in measured]
            for ax, name in zip(panels, shown, strict=False):
                _panel(ax, run, name, *row[name])
            for ax in panels[len(shown) :]:
                ax.set_axis_off()
            panels[0].set_ylabel("Accuracy (%)")
        lines = {line.get_label(): line for ax in axes.flat for line in ax.get_lines()}
        figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=min(4, len(lines)))
    return figure


def _panel(ax: Axes, run: Run, disturbance: str, title: str, axis: str) -> None:
    for model, (look, dashes, filled) in in_grey_too(run).items():
        found = along(run, STUDY["accuracy"], model, "severity", disturbance=disturbance)
        if found:
            clean = [(0.0, entry) for entry in of_model(summaries(run, STUDY["clean_accuracy"]), model)]
            draw_curve(
                ax, placed([*clean, *found]), look, label=f"{model} ({look.kind})", scale=100,
                dashes=dashes, filled=filled,
            )  # fmt: skip
    ax.set(ylim=(0, 103), xlabel=axis)
    ax.set_title(title, fontsize=10)
    plain_numbers(ax.xaxis)
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)


def _means(run: Run) -> Figure:
    models = looks(run)
    rows = values(run, STUDY["robustness_mean"])
    with style():
        figure = Figure(figsize=(6.4, 1.3 + 0.5 * len(models)))
        ax = figure.subplots()
        for height, (model, look) in enumerate(models.items()):
            seeds = 100 * rows.loc[rows["model"] == model, "value"].to_numpy(dtype=float)
            for entry in of_model(summaries(run, STUDY["robustness_mean"]), model):
                draw_row(ax, height, seeds, entry, 100, look)
            for entry in of_model(summaries(run, STUDY["clean_accuracy"]), model):
                ax.scatter(
                    100 * entry["mean"], height, s=70, marker=look.marker, facecolor="white", edgecolor=look.colour,
                    linewidths=1.2, zorder=3,
                )  # fmt: skip
        ax.set_yticks(range(len(models)), [f"{model} ({look.kind})" for model, look in models.items()])
        ax.set_ylim(len(models) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.6)
        ax.set_axisbelow(True)
        ax.set_xlabel("Accuracy (%, enlarged scale): disturbed (filled), undisturbed (open)")
    return figure
