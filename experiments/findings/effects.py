"""What spikes and what local learning are worth: the effects of a square, metric by metric, and in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from experiments.run_directory import Run
from experiments.shared.stored import Entry
from experiments.shared.wording import CONFIDENCE, interval, number
from experiments.spec import Metric, Study
from experiments.square import SQUARES, Square
from experiments.studies import carried_out


@dataclass(frozen=True)
class Effects:
    """The effects of a square in the primary metric of one study.

    Parameters
    ----------
    square
        The four classifiers.
    study
        The study.
    metric
        Its primary metric.
    better
        Whether more or less of it is better.
    spikes, local_learning, interaction
        Entries of summary.json (`experiments.summary`).
    """

    square: Square
    study: Study
    metric: Metric
    better: Literal["more", "less"]
    spikes: Entry
    local_learning: Entry
    interaction: Entry

    @property
    def all(self) -> tuple[Entry, Entry, Entry]:
        """The three entries."""
        return (self.spikes, self.local_learning, self.interaction)


def effects(run: Run) -> list[Effects]:
    """Return the effects of a run in its primary metrics.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of Effects
        In the order of the summary, without those of studies, metrics or squares that are not installed. Empty where
        the run does not hold all corners of a square.
    """
    studies, found = carried_out(run.config), dict[tuple[str, str, str], dict[str, Entry]]()
    for entry in run.summary.get("effects", []):
        if entry["primary"]:
            found.setdefault((entry["square"], entry["study"], entry["metric"]), {})[entry["effect"]] = entry
    return [
        Effects(
            SQUARES[square],
            studies[study],
            studies[study][metric],
            better,
            of["spikes"],
            of["local learning"],
            of["interaction"],
        )
        for (square, study, metric), of in found.items()
        if square in SQUARES and study in studies and metric in studies[study]
        if (better := studies[study][metric].better) is not None
    ]


def sentence(one: Effects) -> str:
    """Say to what the difference between spikes with local learning and neither is due.

    Parameters
    ----------
    one
        The effects in one metric.

    Returns
    -------
    str
        One sentence or two.
    """
    square = one.square
    whole = number(one.spikes["difference"] + one.local_learning["difference"], one.spikes["unit"], signed=True)
    return (
        f"{square.spikes_local} minus {square.rates_backpropagation} is {whole}: "
        f"{_told(one.spikes)} due to spikes, {_told(one.local_learning)} to local learning. "
        f"Interaction: {_told(one.interaction)}."
    )


def _told(entry: Entry) -> str:
    value = number(entry["difference"], entry["unit"], signed=True)
    if entry["ci_low"] is None:
        return f"{value} (no interval: one seed)"
    return f"{value} ({CONFIDENCE} interval {interval(entry, signed=True)}; {entry['verdict']})"
