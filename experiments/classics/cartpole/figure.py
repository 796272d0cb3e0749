"""Figure of the pole on a cart."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, INK, VERMILLION, style
from experiments.classics.cartpole import CLASSIC, LIMITS
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_points
from experiments.shared.drawing.learners import LEARNER_LOOKS, draw_learners, told_cost
from experiments.shared.learners import SPIKING
from experiments.shared.stored import Entry, along, of_model, rows, summaries
from experiments.shared.wording import counted, stated
from experiments.spec import Plate

_COLOURS = {"spikes": BLUE, "intensity": VERMILLION}

PLATES = (
    Plate(
        "cartpole",
        "A pole on a cart",
        "Top: mean number of steps in 20 consecutive episodes; bands are 95 % intervals over seeds, dotted is the most "
        "that an episode can have. Below, left: after how many episodes the task was solved, a mark for each seed; "
        "open marks at the right end were not solved. Middle: coefficient of variation of the change of the value by "
        "the same error, against the number of critic cells, with an eligibility of the critic's spikes or of its "
        "intensity. Right: standard deviation of the error where nothing happens; a fall lowers the value by 1.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `cartpole`: curves, episodes until solved, and the noise of the critic's changes.

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
        figure = Figure(figsize=(8.8, 6.2))
        grid = figure.add_gridspec(2, 3, height_ratios=[1.35, 1])
        _curves(figure.add_subplot(grid[0, :]), run)
        _solved(figure.add_subplot(grid[1, 0]), run)
        for place, (metric, drawn) in enumerate((("variation", _variation), ("error_noise", _noise)), start=1):
            ax = figure.add_subplot(grid[1, place])
            drawn(ax, run)
            _frame(ax, run, metric)
    return {"cartpole": figure}


def sentences(run: Run) -> list[str]:
    """Say how many seeds solved the task and when, what came then, what a decision takes, and how the critics differ.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    told = [*(_outcome(run, model) for model in LEARNER_LOOKS), told_cost(run, CLASSIC)]
    lengths = _of_critics(run, "length_of_critic")
    shares, variation = (_of_critics(run, name) for name in ("solved_of_critic", "variation"))
    settings = run.config[CLASSIC.name]
    first = settings["critic_cells"][0], settings["eligibilities"][0]
    (noise,) = summaries(run, CLASSIC["error_noise"], critic_cells=first[0])
    told.append(
        f"Where nothing happens, the error scatters with a standard deviation of {stated(noise)}; of the change by the "
        f"same error, the coefficient of variation is {stated(variation[first])}."
    )
    if len(lengths) > 1:
        parts = [
            f"{counted(cells, 'critic cell')} by {eligibility}: {stated(entry)} steps an episode, "
            f"{stated(shares[cells, eligibility])} solved"
            for (cells, eligibility), entry in lengths.items()
        ]
        told.append(f"Critics: {'; '.join(parts)}.")
    return told


def _outcome(run: Run, model: str) -> str:
    """Say when a learner solved the task, and what came then."""
    shares = rows(run, CLASSIC["solved"]).query("model == @model")["value"]
    parts = [f"{model}: {int(shares.sum())} of {counted(len(shares), 'seed')} solved"]
    for metric, words in (
        ("episodes_to_solve", "after {} episodes"),
        ("afterwards", "then {} steps an episode"),
        ("worst_afterwards", "at worst {} in 20 episodes"),
    ):
        parts += [words.format(stated(entry)) for entry in of_model(summaries(run, CLASSIC[metric]), model)]
    return ", ".join(parts) + "."


def _of_critics(run: Run, metric: str) -> dict[tuple[int, str], Entry]:
    found = along(run, CLASSIC[metric], SPIKING, "critic_cells")
    return {(int(cells), entry["facts"]["eligibility"]): entry for cells, entry in found}


def _curves(ax: Axes, run: Run) -> None:
    draw_learners(ax, run, CLASSIC["length"])
    settings = run.config[CLASSIC.name]
    limit = LIMITS[settings["version"]]
    ax.axhline(limit, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlabel="Episode", ylabel="Steps of an episode", xlim=(0, settings["episodes"]), ylim=(0, 1.05 * limit))
    ax.legend(loc="lower right")


def _solved(ax: Axes, run: Run) -> None:
    episodes = run.config[CLASSIC.name]["episodes"]
    solved = rows(run, CLASSIC["solved"])
    for height, (model, (look, _)) in enumerate(LEARNER_LOOKS.items()):
        n_seeds = int((solved["model"] == model).sum())
        found = rows(run, CLASSIC["episodes_to_solve"]).query("model == @model")["value"].tolist()
        places = sorted(found) + [episodes] * (n_seeds - len(found))
        heights = [height + 0.5 * (place / max(n_seeds - 1, 1) - 0.5) for place in range(n_seeds)]
        for filled in (True, False):
            chosen = [place < len(found) for place in range(n_seeds)]
            marked = [place for place in range(n_seeds) if chosen[place] == filled]
            ax.scatter(
                [places[place] for place in marked], [heights[place] for place in marked], s=26, marker=look.marker,
                facecolor=look.colour if filled else "none", edgecolor=look.colour, clip_on=False,
            )  # fmt: skip
    ax.set_yticks(range(len(LEARNER_LOOKS)), [model.replace("-", "\n", 1) for model in LEARNER_LOOKS])
    ax.set(xlabel="Episodes until solved", xlim=(0, episodes), ylim=(len(LEARNER_LOOKS) - 0.5, -0.5))


def _variation(ax: Axes, run: Run) -> None:
    for eligibility in run.config[CLASSIC.name]["eligibilities"]:
        points = along(run, CLASSIC["variation"], SPIKING, "critic_cells", eligibility=eligibility)
        draw_points(ax, points, fmt="o-", colour=_COLOURS[eligibility], label=eligibility)
    ax.legend()


def _noise(ax: Axes, run: Run) -> None:
    draw_points(ax, along(run, CLASSIC["error_noise"], SPIKING, "critic_cells"), fmt="o-", colour=INK)


def _frame(ax: Axes, run: Run, metric: str) -> None:
    """Label the axes of a metric of critics against the number of their cells."""
    cells = sorted(run.config[CLASSIC.name]["critic_cells"])
    ax.set_xscale("log")
    ax.set_xticks(cells, [str(each) for each in cells])
    ax.minorticks_off()
    ax.set(xlabel="Critic cells", ylabel=CLASSIC[metric].label, ylim=(0, None))
