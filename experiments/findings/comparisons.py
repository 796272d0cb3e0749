"""The comparisons of twins that get a verdict, and what each came to: what sentences and forest plot are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from experiments.run_directory import Run
from experiments.shared.stored import Entry, differences
from experiments.spec import Study
from experiments.statistics import MIN_SEEDS_FOR_P
from experiments.studies import carried_out
from experiments.verdict import better_of, favoured

Side: TypeAlias = Literal["model", "twin"]
"""A brain-like network, or its artificial twin."""


@dataclass(frozen=True)
class Comparison:
    """A BNS against its twin in the primary metric of one study.

    Parameters
    ----------
    study
        The study.
    entry
        Of the differences in the summary.
    better
        Whether more or less of the metric is better.
    """

    study: Study
    entry: Entry
    better: Literal["more", "less"]

    @property
    def decidable(self) -> bool:
        """Whether there are as many seeds as a verdict takes."""
        return bool(self.entry["n"] >= MIN_SEEDS_FOR_P)

    @property
    def winner(self) -> Side | None:
        """The better one, as `experiments.verdict.better_of` says; None where they are not told apart."""
        return self.ahead if better_of(self.entry, self.better) is not None else None

    @property
    def ahead(self) -> Side | None:
        """The one with the better mean, whatever the interval says; None where the means are equal."""
        return favoured(self.entry, self.better) if self.entry["difference"] else None


def comparisons(run: Run) -> list[Comparison]:
    """Return the comparisons of a run that get a verdict.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of Comparison
        In the order of the summary, without those of studies or metrics that are not installed.
    """
    studies = carried_out(run.config)
    found = []
    for entry in differences(run, primary=True):
        study = studies.get(entry["study"])
        better = study[entry["metric"]].better if study is not None and entry["metric"] in study else None
        if study is not None and better is not None:
            found.append(Comparison(study, entry, better))
    return found


def pairs(found: Sequence[Comparison]) -> list[tuple[str, str]]:
    """Return the pairs of twins in comparisons.

    Parameters
    ----------
    found
        The comparisons.

    Returns
    -------
    list of (str, str)
        (BNS, its twin), each once.
    """
    return list(dict.fromkeys((one.entry["model"], one.entry["twin"]) for one in found))
