"""How close to criticality is a network of which only a few cells are observed?

A spike makes m other cells fire on average: the branching ratio. Below 1 activity dies out, at 1 it comes in avalanches
of all sizes, above 1 it explodes. The conventional estimate of m is the slope r_1 of a linear regression of the
activity on the activity one step before. It collapses where only some of the cells are observed. Over k steps, slopes
follow r_k = b m^k, and only b depends on the share of the cells that is observed; a fit of m to many slopes, multistep
regression, is therefore right with few cells, too.

Each cell receives synapses from 2 others. A spike reaches its targets after a generation of 4 ms. A cell fires if the
spikes that reach it in a time step add up to the threshold, and forgets them: one spike and one of the background at
the same time, or two spikes; the background, which is drawn for each cell, fires with a probability of m / 2 in each
time step, and does nothing alone. So the expected number of spikes is m times that one generation before (up to 1 - m
where two spikes meet), and the number of those that a spike causes is Poisson distributed, since targets are drawn at
random. External spikes, each of which makes its cell fire, keep the rate of the cells at 2.5 Hz.

Theory: where a share alpha of all spikes is observed, and F = 1 / (1 - m^2) is the ratio of variance to mean of the
activity of all cells, b = alpha F / (alpha F + 1 - alpha). In figure 1 of the paper the conventional estimate is 0.37
with 100 of 10,000 cells and 0.1 with 10, for m = 0.99; here theory has 0.333 and 0.047. The variance of the paper's
network, on which this depends, is not stated there.

Avalanches are those of a network with m = 1 without external spikes, in which one cell fires at first. Theory is the
Borel distribution, P(s) = exp(-s) s^(s - 1) / s!, which falls as s^(-3/2). The exponent is a maximum-likelihood fit to
sizes between 10 and 300; after 120 generations, avalanches are broken off.

Deviations: the paper's network has other numbers of targets. With time steps shorter than a generation, spikes of
different steps do not meet, and the network consists of several independent ones.

References
----------
J. Wilting and V. Priesemann, Nature Communications 9, 2325 (2018). J. Beggs and D. Plenz, Journal of Neuroscience 23,
11167-11177 (2003), for avalanches with an exponent of 3/2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

GENERATION = 4.0
"""Time from a spike to those that it causes, in ms."""
INPUTS = 2
"""Synapses onto a cell, by which two spikes at once always make it fire."""
SMALLEST, LARGEST = 10, 300
"""Sizes of the avalanches to which an exponent is fitted."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    branching_ratio
        Mean number of spikes that a spike causes.
    cells
        Number of cells.
    observed
        Numbers of cells that are observed.
    duration
        Length of the simulation, in s.
    avalanches
        Number of avalanches.
    steps
        Time steps, in ms: a generation of 4 ms, or whole parts of it. The figure shows the first.
    """

    branching_ratio: float = Field(gt=0, lt=1)
    cells: PositiveInt = Field(ge=100)
    observed: tuple[PositiveInt, ...] = Field(min_length=1)
    duration: PositiveInt
    avalanches: PositiveInt
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> Config:
        for dt in self.steps:
            if abs(GENERATION / dt - round(GENERATION / dt)) > 1e-9 or dt > GENERATION:
                raise ValueError(f"a step of {dt:g} ms is no whole part of a generation of 4 ms; give 4, 2 or 1, say")
        if max(self.observed) > self.cells:
            raise ValueError(f"{max(self.observed)} of {self.cells} cells cannot be observed; change observed or cells")
        return self


_FACTS: Mapping[str, type[str] | type[int] | type[float]] = {
    "branching_ratio": float,
    "cells": int,
    "duration": int,
    "observed": int,
    "dt": float,
}
_OF = "from the activity of some of the cells, for a length of the simulation in s and a time step in ms"
_M, _CELLS = 0.99, 10_000


def expected(branching_ratio: float, share: float) -> float:
    """Return the slope of the regression over one generation in theory.

    Parameters
    ----------
    branching_ratio
        Mean number of spikes that a spike causes.
    share
        Share of all spikes that is observed.

    Returns
    -------
    float
        The slope.
    """
    variance = share / (1 - branching_ratio**2)
    return branching_ratio * variance / (variance + 1 - share)


def _yardsticks(duration: int, steps: tuple[float, ...], precision: float) -> Iterator[Yardstick]:
    """Yield the figures for a length of the simulation, with tolerances relative to those for 200 s."""
    multistep = ((_CELLS, 0.003), (1000, 0.003), (100, 0.003), (10, 0.005))
    conventional = ((_CELLS, 0.003), (1000, 0.03), (100, 0.04), (10, 0.015))
    facts = {"branching_ratio": _M, "cells": _CELLS, "duration": duration}
    reason = f"some three standard deviations of the estimate from {duration} s"
    for dt in steps:
        for observed, tolerance in multistep:
            yield Yardstick(
                f"multistep from {observed:,} cells, step {dt:g} ms, {duration} s",
                "multistep",
                _M,
                precision * tolerance,
                reason,
                "Wilting & Priesemann 2018, figure 1: the estimate is right for any number of cells",
                "confirmed",
                {**facts, "observed": observed, "dt": dt},
            )
    for observed, tolerance in conventional:
        yield Yardstick(
            f"conventional from {observed:,} cells, step {steps[0]:g} ms, {duration} s",
            "conventional",
            round(expected(_M, observed / _CELLS), 4),
            precision * tolerance,
            reason,
            "theory: r_1 = m alpha F / (alpha F + 1 - alpha)",
            "theory",
            {**facts, "observed": observed, "dt": steps[0]},
        )


CLASSIC = Classic(
    __name__,
    __doc__,
    title="Avalanches, and the branching ratio of a network that is observed in part",
    order=165,
    source="Wilting & Priesemann 2018",
    subjects={"branching-network": "BNS"},
    metrics=(
        Metric(
            "multistep",
            "",
            "Multistep estimate",
            f"Branching ratio by a fit of b m^k to the slopes of regressions over k generations, {_OF}.",
            facts=_FACTS,
            bounds=(0.0, None),
        ),
        Metric(
            "conventional",
            "",
            "Conventional estimate",
            f"Slope of the regression over one generation, {_OF}.",
            facts=_FACTS,
            bounds=(None, 1.0),
        ),
        Metric(
            "theory",
            "",
            "Conventional estimate in theory",
            "Slope of the regression over one generation, for the share of the spikes that is observed.",
            facts=_FACTS,
            bounds=(0.0, 1.0),
        ),
        Metric(
            "rate", "Hz", "Firing rate", "Mean firing rate of all cells, with a time step in ms.", facts={"dt": float}
        ),
        Metric(
            "slope",
            "",
            "Slopes of regressions",
            "Slope of the regression over some generations, from the activity of some of the cells, with the first "
            "time step.",
            facts={"observed": int},
            step="Generations",
            bounds=(-1.0, 1.0),
        ),
        Metric(
            "activity",
            "count",
            "Activity",
            "Spikes of some of the cells in each of the last 500 generations, of the first seed with the first time "
            "step.",
            facts={"observed": int},
            step="Generation",
            summarised=False,
        ),
        Metric(
            "exponent",
            "",
            "Exponent of sizes",
            "Exponent of the power law that fits best those of some avalanches that have sizes between 10 and 300, "
            "with the first time step.",
            facts={"avalanches": int},
            bounds=(0.0, None),
        ),
        Metric(
            "exceeding",
            "fraction",
            "Sizes of avalanches",
            "Share of the avalanches whose size is at least a power of 2, with the first time step.",
            step="Size (power of 2)",
        ),
    ),
    presets={
        "quick": Config(
            branching_ratio=_M,
            cells=_CELLS,
            observed=(_CELLS, 1000, 100, 10),
            duration=200,
            avalanches=5000,
            steps=(4.0, 2.0),
        ),
        "full": Config(
            branching_ratio=_M,
            cells=_CELLS,
            observed=(_CELLS, 1000, 100, 10),
            duration=600,
            avalanches=20_000,
            steps=(4.0, 2.0, 1.0),
        ),
        "tiny": Config(
            branching_ratio=0.9, cells=1000, observed=(1000, 100), duration=80, avalanches=100, steps=(4.0,)
        ),
    },
    yardsticks=(
        *_yardsticks(200, (4.0, 2.0), 1.0),
        *_yardsticks(600, (4.0, 2.0, 1.0), 0.6),
        *(
            Yardstick(
                f"exponent of the sizes of {avalanches:,} avalanches",
                "exponent",
                1.5,
                tolerance,
                f"three standard deviations of the fit are {tolerance:g}",
                "theory: the Borel distribution",
                "theory",
                {"avalanches": avalanches},
            )
            for avalanches, tolerance in ((5000, 0.12), (20_000, 0.06))
        ),
    ),
)
