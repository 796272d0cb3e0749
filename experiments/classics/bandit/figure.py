"""Figure of the bandit."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bnsim.plotting.style import BLUE, FAINT, INK, style
from experiments.classics.bandit import CLASSIC
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_points
from experiments.shared.drawing.learners import LEARNER_LOOKS, draw_learners, told_cost
from experiments.shared.learners import SPIKING
from experiments.shared.stored import along, model_summaries, of_model, summaries
from experiments.shared.wording import number, stated
from experiments.spec import Plate

PLATES = (
    Plate(
        "bandit",
        "A bandit whose arms change places",
        "Top: reward that the learners expect, trial by trial; grey lines are changes, dotted are the largest and the "
        "smallest chance. Below, left: share of trials in which the best arm is chosen, after the arms have changed "
        "places; dotted is chance. Right: what a trial costs the spiking network, against the spikes by which it "
        "expects an action e-fold; dotted is chance. Bands and bars are 95 % intervals over seeds.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `bandit`: choices around changes, and what is expected.

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
        figure = Figure(figsize=(8.8, 5.8))
        grid = figure.add_gridspec(2, 2, width_ratios=[1.6, 1])
        _expected(figure.add_subplot(grid[0, :]), run)
        _choices(figure.add_subplot(grid[1, 0]), run)
        _temperatures(figure.add_subplot(grid[1, 1]), run)
    return {"bandit": figure}


def sentences(run: Run) -> list[str]:
    """Say what each learner loses, how far the delta rule tells what it expects, and what a decision takes.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    parts = [
        f"{stated(entry)} at {temperature:g}"
        for temperature, entry in along(run, CLASSIC["regret_of_temperature"], SPIKING, "temperature")
    ]
    softness = f"What a trial costs the spiking network, by its temperature in spikes: {', '.join(parts)}."
    return [*(_outcome(run, model) for model in LEARNER_LOOKS), softness, told_cost(run, CLASSIC)]


def _outcome(run: Run, model: str) -> str:
    (regret,) = of_model(summaries(run, CLASSIC["regret"]), model)
    by_chance = number(_regret_of_chance(run), "")
    told = f"{model}: a trial costs {stated(regret)} of reward, where drawing an arm would cost {by_chance}"
    rates, shares = (of_model(summaries(run, CLASSIC[each]), model) for each in ("delta_rule_rate", "explained"))
    told += "".join(
        f"; the delta rule with a learning rate of {stated(rate)} explains {stated(explained)} of the variance of what "
        "it expects"
        for rate, explained in zip(rates, shares, strict=True)
    )
    return f"{told}."


def _regret_of_chance(run: Run) -> float:
    """What a trial costs who draws an arm."""
    chances = run.config[CLASSIC.name]["chances"]
    return float(max(chances) - sum(chances) / len(chances))


def _choices(ax: Axes, run: Run) -> None:
    draw_learners(ax, run, CLASSIC["better"])
    settings = run.config[CLASSIC.name]
    ax.axhline(1 / len(settings["chances"]), color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlabel="Trials since a change", ylabel="Best arm chosen", xlim=(0, settings["block"]), ylim=(0, 1.02))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(loc="lower right", fontsize=8)


def _expected(ax: Axes, run: Run) -> None:
    settings = run.config[CLASSIC.name]
    for model, entries in model_summaries(run, CLASSIC["expected"]).items():
        look, dashes = LEARNER_LOOKS[model]
        steps = [entry["step"] for entry in entries]
        ax.plot(steps, [entry["mean"] for entry in entries], color=look.colour, linestyle=dashes, linewidth=1.2)
        if entries[0]["ci_low"] is not None:
            low, high = ([entry[end] for entry in entries] for end in ("ci_low", "ci_high"))
            ax.fill_between(steps, low, high, color=look.colour, alpha=0.15, linewidth=0)
    for change in range(1, settings["blocks"]):
        ax.axvline(change * settings["block"], color=FAINT, linewidth=0.8, zorder=0)
    for chance in (min(settings["chances"]), max(settings["chances"])):
        ax.axhline(chance, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    end = settings["block"] * settings["blocks"]
    # Intervals of two seeds would reach far beyond, and hide the curves.
    ax.set(xlabel="Trial", ylabel="Reward that is expected", xlim=(0, end), ylim=(-0.2, 1.2))


def _temperatures(ax: Axes, run: Run) -> None:
    points = along(run, CLASSIC["regret_of_temperature"], SPIKING, "temperature")
    draw_points(ax, points, fmt="o-", colour=BLUE)
    ax.axhline(_regret_of_chance(run), color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    temperatures = [temperature for temperature, _ in points]
    ax.set_xscale("log")
    ax.set_xticks(temperatures, [f"{temperature:g}" for temperature in temperatures])
    ax.minorticks_off()
    ax.set(xlabel="Temperature (spikes)", ylabel="Regret of a trial", ylim=(0, None))
