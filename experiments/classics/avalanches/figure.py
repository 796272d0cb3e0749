"""Figure of the branching ratio of a network that is observed in part, and of avalanches."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import gammaln

from bnsim.arrays import FloatArray, IntArray
from bnsim.plotting.style import BLUE, GREEN, INK, ORANGE, PURPLE, VERMILLION, style
from experiments.classics.avalanches import CLASSIC, LARGEST, SMALLEST
from experiments.run_directory import Run
from experiments.shared.drawing.curves import means_and_bars, plain_numbers
from experiments.shared.stored import along, entries, first_curve
from experiments.shared.wording import listed, stated
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects
_COLOURS = (BLUE, GREEN, ORANGE, PURPLE)
_MARKERS = "osD^v"

PLATES = (
    Plate(
        "avalanches",
        "A branching ratio from few cells, and avalanches",
        "Top: activity of all observed cells, and of the fewest, in the last 500 generations of the first seed. "
        "Middle, left: slopes of regressions over several generations, for each number of observed cells, on a "
        "logarithmic scale; lines fall as the powers of the true branching ratio. Right: estimates against the number "
        "of observed cells, conventional (slope over one generation; dashed: theory) and by multistep regression; the "
        "dotted line is the true branching ratio; markers differ by time step. Bottom: share of the avalanches that "
        "have at least a size, simulated (dots) and in theory (line, for an endless network), and a power law with an "
        "exponent of 3/2 for sizes, 1/2 for this share (dashed, above the sizes to which an exponent is fitted). Bars "
        "are 95 % intervals over seeds.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `avalanches`: activity, slopes, estimates, and sizes.

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
        figure = Figure(figsize=(8.4, 8.8))
        grid = figure.add_gridspec(4, 2, height_ratios=[0.55, 0.55, 1.5, 1.3])
        observed = sorted(run.config[CLASSIC.name]["observed"], reverse=True)
        for row, cells in enumerate((observed[0], observed[-1])):
            _activity(figure.add_subplot(grid[row, :]), run, cells, last=row == 1)
        _slopes(figure.add_subplot(grid[2, 0]), run)
        _estimates(figure.add_subplot(grid[2, 1]), run)
        _sizes(figure.add_subplot(grid[3, :]), run)
    return {"avalanches": figure}


def sentences(run: Run) -> list[str]:
    """State both estimates for each number of cells, and the exponent of sizes.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    dt = float(run.config[CLASSIC.name]["steps"][0])
    conventional, multistep = (
        {round(cells): stated(entry) for cells, entry in along(run, CLASSIC[name], _MODEL, "observed", dt=dt)}
        for name in ("conventional", "multistep")
    )
    cells = sorted(multistep, reverse=True)
    told = [
        f"From {listed([f'{number:,}' for number in cells])} cells, the conventional estimate of a branching ratio of "
        f"{_ratio(run):g} is {listed([conventional[number] for number in cells])}; multistep regression gives "
        f"{listed([multistep[number] for number in cells])}."
    ]
    for entry in entries(run, CLASSIC["exponent"]):
        told.append(f"Sizes of avalanches follow a power law with an exponent of {stated(entry)}; theory says 1.5.")
    return told


def at_least(sizes: IntArray, branching_ratio: float = 1.0) -> FloatArray:
    """Return the share of avalanches with at least some sizes in theory: one less the sum of the Borel distribution.

    Parameters
    ----------
    sizes
        The sizes (size,), whole numbers from 1 on.
    branching_ratio
        Mean number of spikes that a spike causes.

    Returns
    -------
    ndarray of float
        The shares (size,).
    """
    below = np.arange(1, int(np.max(sizes)) + 1)
    mean = branching_ratio * below
    summed = np.cumsum(np.exp(-mean + (below - 1) * np.log(mean) - gammaln(below + 1)))
    return 1 - np.concatenate([[0.0], summed])[sizes - 1]


def _ratio(run: Run) -> float:
    return float(run.config[CLASSIC.name]["branching_ratio"])


def _activity(ax: Axes, run: Run, cells: int, *, last: bool) -> None:
    activity = first_curve(run, CLASSIC["activity"], observed=cells)
    ax.fill_between(np.arange(len(activity)), activity, step="mid", color=BLUE if not last else PURPLE, linewidth=0)
    ax.set(xlim=(0, max(len(activity) - 1, 1)), ylim=(0, None), ylabel="Spikes", title=f"{cells:,} cells")
    if last:
        ax.set_xlabel("Generation")
    else:
        ax.tick_params(labelbottom=False)


def _slopes(ax: Axes, run: Run) -> None:
    observed = sorted(run.config[CLASSIC.name]["observed"], reverse=True)
    for place, cells in enumerate(observed):
        colour = _COLOURS[place % len(_COLOURS)]
        found = sorted(
            (e["step"], e["mean"]) for _, e in along(run, CLASSIC["slope"], _MODEL, "observed", observed=cells)
        )
        generations, slopes = np.array(found).T
        generations = generations + 1
        ax.plot(
            generations,
            np.where(slopes > 0, slopes, np.nan),
            ".",
            color=colour,
            markersize=3.5,
            label=f"{cells:,} cells",
        )
        powers = _ratio(run) ** generations
        ax.plot(generations, (slopes @ powers) / (powers @ powers) * powers, color=colour, linewidth=1)
    ax.set(xlabel="Generations k", ylabel="Slope r_k", yscale="log", title="Regressions", xlim=(0, None))
    plain_numbers(ax.yaxis)
    ax.set_ylim(0.4 * ax.get_ylim()[0], None)
    ax.legend(loc="lower left", fontsize=8.5, ncols=2)


def _estimates(ax: Axes, run: Run) -> None:
    steps = [float(dt) for dt in run.config[CLASSIC.name]["steps"]]
    for name, colour in (("conventional", VERMILLION), ("multistep", BLUE)):
        for place, dt in enumerate(steps):
            found = along(run, CLASSIC[name], _MODEL, "observed", dt=dt)
            means, bars = means_and_bars(entry for _, entry in found)
            label = f"{name}, {dt:g} ms" if len(steps) > 1 else name
            marker = _MARKERS[place % len(_MARKERS)]
            cells = [cells for cells, _ in found]
            ax.errorbar(cells, means, bars, fmt=marker, color=colour, capsize=3, markersize=5, alpha=0.8, label=label)
    theory = along(run, CLASSIC["theory"], _MODEL, "observed", dt=steps[0])
    ax.plot([cells for cells, _ in theory], [entry["mean"] for _, entry in theory], "--", color=VERMILLION, linewidth=1)
    ax.axhline(_ratio(run), color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlabel="Observed cells", ylabel="Estimate", xscale="log", ylim=(0, 1.12), title="Branching ratio")
    plain_numbers(ax.xaxis)
    ax.legend(loc="lower right", fontsize=8.5)


def _sizes(ax: Axes, run: Run) -> None:
    found = sorted(entries(run, CLASSIC["exceeding"]), key=lambda entry: entry["step"])
    means, bars = means_and_bars(found)
    sizes = 2 ** np.array([entry["step"] for entry in found])
    ax.errorbar(sizes, means, np.minimum(bars, 0.999 * means), fmt="o", color=BLUE, capsize=3, label="simulated")
    every = np.arange(1, sizes.max() + 1)
    ax.plot(every, at_least(every), color=INK, label="theory")
    fitted = np.array([SMALLEST, LARGEST])
    ax.plot(fitted, 1.25 * np.sqrt(2 / (np.pi * fitted)), "--", color=VERMILLION, label="exponent 3/2")
    lowest = max(0.5 * means[means > 0].min(initial=1.0), 1e-3)
    ax.set(
        xlabel="Size s",
        ylabel="Avalanches of at least s",
        xscale="log",
        yscale="log",
        title="Avalanches",
        ylim=(lowest, 1.3),
    )
    plain_numbers(ax.xaxis)
    plain_numbers(ax.yaxis)
    ax.legend(loc="upper right")
