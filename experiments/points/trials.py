"""The trials of a fit: measured, or taken from what is finished."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bnsim.errors import InputError, MachineError
from experiments.points.design import Point
from experiments.points.folder import STOPPED, Conduct, check_points
from experiments.points.job import PointJob, Varied
from experiments.points.progress import PointsProgress
from experiments.points.search import Search
from experiments.points.store import PointStore
from experiments.points.target import Target
from experiments.run.executor import Executor


class Stopped(Exception):
    """Carries an error through SciPy, which takes some of ours for its own.

    Parameters
    ----------
    error
        The error.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True)
class Trial:
    """A trial that has been measured.

    Parameters
    ----------
    point
        Its parameters.
    generation
        Number of its generation, from 0.
    values
        Values (seed, target); None if it failed.
    objective
        How far it is from the targets; infinite if it failed.
    """

    point: Point
    generation: int
    values: list[list[float]] | None
    objective: float


@dataclass
class Trials:
    """Measures trials, or takes them from the store; stands for `map` in SciPy.

    Parameters
    ----------
    varied
        What is measured.
    search
        What is searched for.
    store
        What is finished.
    conduct
        How trials are carried out.
    executor
        Runs them.
    progress
        Shows how many there are.
    done
        The trials that have been measured.
    generation
        Number of the next generation.
    """

    varied: Varied
    search: Search
    store: PointStore
    conduct: Conduct
    executor: Executor
    progress: PointsProgress
    done: list[Trial] = field(default_factory=list)
    generation: int = 0

    def __call__(self, function: Callable[..., Any], vectors: Iterable[Sequence[float]]) -> list[float]:
        """Return the objectives of one generation; the function of SciPy is not called."""
        try:
            return self._measured([self.search.point(len(self.done) + n, each) for n, each in enumerate(vectors)])
        except STOPPED as error:
            raise Stopped(error) from error

    def _measured(self, points: Sequence[Point]) -> list[float]:
        jobs = [job for point in points for job in self.varied.jobs(point)]
        missing = [job for job in jobs if self._is_missing(job)]
        self._check({job.point.number: job.point for job in missing}.values())
        for job, line, _ in self.store.carry_out(missing, self.executor):
            if not self.done and not line.failed:  # whatever a target does not mean is told before more work is done
                result = self.store.ledger.at(line.place)
                [target.found(result) for target in self.search.targets]
            self.store.remember(job, line)
            self.progress.show(len(self.done), sum(trial.values is None for trial in self.done))
        kept: dict[int, list[Mapping[str, Any]]] = {point.number: [] for point in points}
        for job, result in self.store.results(jobs):
            kept[job.point.number].append(result)
        trials = [self._trial(point, kept[point.number]) for point in points]
        if not self.done and all(trial.values is None for trial in trials):
            why = next(result["failed"] for results in kept.values() for result in results if "failed" in result)
            raise MachineError(f"all {len(trials)} trials failed; the first: {why}")
        self.done += trials
        self.generation += 1
        return [trial.objective for trial in trials]

    def _is_missing(self, job: PointJob) -> bool:
        line = self.store.line(job.identity)
        if line is None or (line.failed and self.conduct.retry_failed):
            return True
        if not self.conduct.keep_finished and not self.store.same_code(job.identity):
            raise InputError(
                f"{job.point}: was measured with other data or code than now; begin anew with another --name, or keep "
                "it with --keep-finished"
            )
        return False

    def _check(self, points: Iterable[Point]) -> None:
        """Check the parameters of the classifiers of these trials, if there are any."""
        check_points([check for point in points if (check := self.varied.check(point)) is not None], self.executor)

    def _trial(self, point: Point, results: Sequence[Mapping[str, Any]]) -> Trial:
        if any("failed" in result for result in results):
            return Trial(point, self.generation, None, math.inf)
        values = [[target.found(result) for target in self.search.targets] for result in results]
        means = [sum(column) / len(column) for column in zip(*values, strict=True)]
        return Trial(point, self.generation, values, objective_of(self.search.targets, means))


def objective_of(targets: Sequence[Target], values: Sequence[float]) -> float:
    """Return how far values are from the targets.

    Parameters
    ----------
    targets
        The targets.
    values
        The value of each.

    Returns
    -------
    float
        Sum of the squares of the deviations, each relative to its weight.
    """
    return sum(target.deviation(value) for target, value in zip(targets, values, strict=True))
