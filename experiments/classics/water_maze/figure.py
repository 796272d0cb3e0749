"""Figure of the water maze."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator

from bnsim.arrays import Float64Array
from bnsim.plotting.style import BLUE, DIVERGING, FAINT, INK, style
from experiments.classics.water_maze import CLASSIC, ENOUGH, LATE, MOST, SOON
from experiments.environments.water_maze import PLATFORM, PLATFORM_RADIUS, STARTS
from experiments.run_directory import Run
from experiments.shared.drawing.learners import LEARNER_LOOKS, draw_learners, told_cost
from experiments.shared.learners import SPIKING
from experiments.shared.stored import of_model, rows, summaries
from experiments.shared.wording import counted, stated
from experiments.spec import Plate

PLATES = (
    Plate(
        "water-maze",
        "A water maze",
        "Top left: steps until the platform is reached; bands are 95 % intervals over seeds. Right: mean of the steps "
        f"of trials {LATE[0]} to {LATE[1]}, a mark for each seed; the way counts as learned left of the dotted line. "
        "Middle: paths of the spiking network with the first seed, from a start at the wall (circle) to the platform "
        "(ring). Bottom: value of each place in the end (colour) and the mean of the directions in which a learner "
        "would swim from there (arrows), means over seeds.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `water-maze`: steps of trials, paths, and what the learners have made of the pool.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    with style():
        figure = Figure(figsize=(8.8, 9.0))
        top, middle, bottom = figure.subfigures(3, 1, height_ratios=[1.0, 1.05, 1.0], squeeze=False)[:, 0]
        left, right = top.subplots(1, 2, width_ratios=[2.2, 1])
        _curves(left, run)
        _late(right, run)
        paths = _paths(run)
        for ax, (trial, path) in zip(middle.subplots(1, len(paths), squeeze=False)[0], paths.items(), strict=True):
            _path(ax, trial, path)
        maps = {model: _map(run, model) for model in _models(run)}
        largest = max(np.abs(pool[:, 2]).max() for pool in maps.values())
        axes = bottom.subplots(1, len(maps), squeeze=False)[0]
        for ax, (model, pool) in zip(axes, maps.items(), strict=True):
            colours = _value(ax, model, pool, largest)
        bottom.colorbar(colours, ax=axes, label="Value", shrink=0.8, pad=0.01)
    return {"water-maze": figure}


def sentences(run: Run) -> list[str]:
    """Say how long each learner takes to the platform, how many seeds learn the way, and what a decision takes.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    return [*(_outcome(run, model) for model in LEARNER_LOOKS), told_cost(run, CLASSIC)]


def _outcome(run: Run, model: str) -> str:
    trials = run.config[CLASSIC.name]["trials"]
    (reached,) = of_model(summaries(run, CLASSIC["reached"], trials=trials), model)
    parts = [f"{model}: reaches the platform in {stated(reached)} of {counted(trials, 'trial')}"]
    for metric, kind, (first, last) in (("soon", "a median", SOON), ("late", "a mean", LATE)):
        parts += [
            f"takes {kind} of {stated(entry)} steps in trials {first} to {last}"
            for entry in of_model(summaries(run, CLASSIC[metric]), model)
        ]
    parts += [
        f"takes {stated(entry)} steps in later ones" for entry in of_model(summaries(run, CLASSIC["afterwards"]), model)
    ]
    learned = rows(run, CLASSIC["learned"]).query("model == @model")["value"]
    if len(learned):
        parts.append(f"learns the way with {int(learned.sum())} of {counted(len(learned), 'seed')}")
    return ", ".join(parts) + "."


def _models(run: Run) -> list[str]:
    """Learners of the run, in the order in which they are drawn."""
    stored = set(rows(run, CLASSIC["length"])["model"])
    return [model for model in LEARNER_LOOKS if model in stored]


def _curves(ax: Axes, run: Run) -> None:
    draw_learners(ax, run, CLASSIC["length"])
    ax.set(
        xlabel="Trial",
        ylabel="Steps to the platform",
        xlim=(0.5, run.config[CLASSIC.name]["trials"] + 0.5),
        ylim=(5, 1.1 * MOST),
        yscale="log",
    )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_yticks([10, 30, 100, 300], ["10", "30", "100", "300"])
    ax.minorticks_off()
    ax.legend(loc="lower left")


def _late(ax: Axes, run: Run) -> None:
    found = rows(run, CLASSIC["late"])
    for height, (model, (look, _)) in enumerate(LEARNER_LOOKS.items()):
        means = np.sort(found[found["model"] == model]["value"])
        heights = height + np.linspace(-0.25, 0.25, len(means)) if len(means) > 1 else np.full(len(means), height)
        ax.scatter(means, heights, s=22, marker=look.marker, color=look.colour, clip_on=False)
    ax.axvline(ENOUGH, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set_yticks(range(len(LEARNER_LOOKS)), [model.replace("-", "\n", 1) for model in LEARNER_LOOKS])
    ax.set(xlabel=CLASSIC["late"].label, xscale="log", xlim=(10, MOST), ylim=(len(LEARNER_LOOKS) - 0.5, -0.5))
    ax.set_xticks([10, 30, 100, 300], ["10", "30", "100", "300"])
    ax.minorticks_off()


def _paths(run: Run) -> dict[int, Float64Array]:
    """Paths of the spiking network with the first seed, by trial (place, 2)."""
    parts = []
    for metric in (CLASSIC["path_east"], CLASSIC["path_north"]):
        found = rows(run, metric)
        found = found[found["model"] == SPIKING]
        parts.append(found[found["seed"] == found["seed"].min()])
    paths: dict[int, Float64Array] = {}
    for trial in sorted({facts["trial"] for facts in parts[0]["facts"]}):
        chosen = [part[[facts["trial"] == trial for facts in part["facts"]]].sort_values("step") for part in parts]
        paths[trial] = np.stack([part["value"].to_numpy(float) for part in chosen], axis=1)
    return paths


def _path(ax: Axes, trial: int, path: Float64Array) -> None:
    ax.plot(*path.T, color=BLUE, linewidth=0.9)
    ax.scatter(path[0, 0], path[0, 1], s=30, facecolor="white", edgecolor=BLUE, zorder=3, clip_on=False)
    ax.set_title(f"Trial {trial}: {counted(len(path) - 1, 'step')}")
    _pool(ax)


def _map(run: Run, model: str) -> Float64Array:
    """Places, values and headings of a learner, means over seeds (place, 5)."""
    sums: dict[tuple[float, float], Float64Array] = {}
    for column, metric in enumerate(("value", "heading_east", "heading_north")):
        found = rows(run, CLASSIC[metric]).query("model == @model")
        for facts, value in zip(found["facts"], found["value"], strict=True):
            sums.setdefault((facts["east"], facts["north"]), np.zeros(3))[column] += value / found["seed"].nunique()
    return np.array([(*place, *means) for place, means in sorted(sums.items())])


def _value(ax: Axes, model: str, pool: Float64Array, largest: float) -> Any:
    spacing = np.diff(np.unique(pool[:, 0])).min()
    image = np.full((len(np.unique(pool[:, 0])),) * 2, np.nan)
    reach = len(image) // 2
    east, north = np.rint(pool[:, :2] / spacing).astype(int).T + reach
    image[north, east] = pool[:, 2]
    edge = spacing * (reach + 0.5)
    drawn = ax.imshow(
        image, origin="lower", extent=(-edge, edge, -edge, edge), cmap=DIVERGING, vmin=-largest, vmax=largest
    )
    ax.quiver(*pool[:, [0, 1, 3, 4]].T, scale=1 / (0.9 * spacing), scale_units="x", width=0.006, color=INK)
    ax.set_title(model)
    _pool(ax)
    return drawn


def _pool(ax: Axes) -> None:
    """Draw wall and platform, and nothing of the frame."""
    ax.add_patch(Circle((0, 0), 1, fill=False, edgecolor=FAINT, linewidth=1.2))
    ax.add_patch(Circle(PLATFORM, PLATFORM_RADIUS, fill=False, edgecolor=INK, linewidth=1.4))
    reach = 1.08 * np.abs(STARTS).max()
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.axis("off")
