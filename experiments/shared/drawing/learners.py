"""What figures and sentences of games have in common: the look of each learner, its curve, and its cost in words."""

from __future__ import annotations

from matplotlib.axes import Axes

from bnsim.plotting.style import BLUE, SKY, VERMILLION
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_curve
from experiments.shared.learners import KERAS, RATES, SPIKING
from experiments.shared.stored import Look, by_fact, model_summaries, of_model, summaries
from experiments.shared.wording import number
from experiments.spec import Fact, Metric, Study

LEARNER_LOOKS = {
    SPIKING: (Look("BNS", BLUE, "o"), "-"),
    RATES: (Look("BNS", SKY, "^"), "--"),
    KERAS: (Look("ANN", VERMILLION, "s"), "-."),
}
"""Look and line style of each learner, in the order in which they are drawn and told."""


def draw_learners(ax: Axes, run: Run, metric: Metric, **facts: Fact) -> None:
    """Draw a metric of each learner along its steps.

    Parameters
    ----------
    ax
        Axes to draw on.
    run
        A stored run.
    metric
        A metric with steps.
    **facts
        Facts that the entries must have: name -> value.
    """
    for model, entries in model_summaries(run, metric, **facts).items():
        look, dashes = LEARNER_LOOKS[model]
        draw_curve(ax, entries, look, label=f"{model} ({look.kind})", dashes=dashes)


def told_cost(run: Run, study: Study) -> str:
    """Say how long a decision of the spiking network takes, and with how many spikes.

    Parameters
    ----------
    run
        A stored run.
    study
        The experiment, whose metrics contain `experiments.shared.learners.COSTS`.

    Returns
    -------
    str
        A sentence.
    """
    spikes = {population: entry["mean"] for _, population, entry in by_fact(run, study["spikes"], "population")}
    (taken,) = of_model(summaries(run, study["decision_time"]), SPIKING)
    return (
        f"A decision of the spiking network takes {number(taken['mean'], 'ms')} on the clock, with "
        f"{number(spikes['critic'] + spikes['actor'], 'count')} spikes of critic and actor cells after "
        f"{number(spikes['place'], 'count')} of place cells."
    )
