"""Classic experiments: studies of a network that someone has published, with the figures that they must reproduce.

A classic is a folder like that of a study (see `experiments.spec`), in `experiments/classics`. Its package defines one
`Classic`. Its networks are named by `Study.subjects`; it takes neither a task nor classifiers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from experiments.spec import Fact, Study

Status = Literal["confirmed", "second-hand", "theory"]
"""Read in the source itself; quoted by others; computed from a formula."""


@dataclass(frozen=True)
class Yardstick:
    """A figure that a measurement is held against; it passes if their difference is at most the tolerance.

    Parameters
    ----------
    name
        The figure in words.
    metric
        Name of the metric of the same classic that measures it.
    published, tolerance
        The figure and the largest difference, in the unit of the metric.
    reason
        Why the difference may be so large.
    source
        Where the figure comes from.
    status
        How well it is known.
    facts
        Facts of the measurement, all of them (see `Metric.facts`). They say under which conditions the figure is true:
        a run with other conditions is not held against it.
    model
        Which of the classic's networks it is true of; all of them where it is empty.
    """

    name: str
    metric: str
    published: float
    tolerance: float
    reason: str
    source: str
    status: Status
    facts: Mapping[str, Fact] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Classic(Study):
    """A classic experiment, and what it must reproduce.

    Parameters
    ----------
    package, about, title, metrics, presets, order, brief, opens_test_set, samples
        As in `Study`.
    subjects, fixes, settings, tried
        As in `Study`. Subjects are the experiment's networks, at least one.
    source
        Publication of the experiment.
    yardsticks
        Published or theoretical figures.

    Raises
    ------
    ValueError
        If it names no network, or a yardstick does not fit the metrics.
    """

    source: str
    yardsticks: tuple[Yardstick, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.subjects:
            raise ValueError(f"classic {self.name}: names no network; give subjects")
        if not self.yardsticks:
            raise ValueError(f"classic {self.name}: has no yardstick; give at least one")
        for yardstick in self.yardsticks:
            self._check(yardstick)

    def _check(self, yardstick: Yardstick) -> None:
        culprit = f"classic {self.name}: yardstick {yardstick.name!r}"
        if yardstick.metric not in self:
            raise ValueError(f"{culprit}: no metric {yardstick.metric!r}; declare it")
        if yardstick.status not in get_args(Status):
            raise ValueError(f"{culprit}: status {yardstick.status!r}; give one of {', '.join(get_args(Status))}")
        if yardstick.tolerance < 0:
            raise ValueError(f"{culprit}: its tolerance is negative")
        if yardstick.model and yardstick.model not in self.subjects:
            raise ValueError(f"{culprit}: no network {yardstick.model!r}; give one of {', '.join(self.subjects)}")
        metric = self[yardstick.metric]
        if yardstick.facts.keys() != metric.facts.keys():
            raise ValueError(f"{culprit}: its facts are not those of {metric.name}; give {', '.join(metric.facts)}")
        if not metric.summarised or not isinstance(metric.unit, str):
            raise ValueError(f"{culprit}: {metric.name} is not summarised in one unit")
