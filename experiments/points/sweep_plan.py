"""What a sweep does: its points, and the jobs of these that are not finished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from experiments.points.design import Design
from experiments.points.job import PointCheck, PointJob, Varied
from experiments.points.store import PointStore
from experiments.points.sweep_directory import KIND, read_plan
from experiments.run.request import Request


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep does.

    Parameters
    ----------
    varied
        What is measured at each point.
    design
        The points.
    """

    varied: Varied
    design: Design

    @classmethod
    def of(cls, request: Request, design: Design) -> SweepPlan:
        """Check a request, with the settings of the first point.

        Parameters
        ----------
        request
            The request, with the settings that are the same at all points.
        design
            The points.

        Returns
        -------
        SweepPlan
            The plan.

        Raises
        ------
        InputError
            If the request is invalid.
        """
        return cls(Varied.of(request, next(design.points())), design)

    @classmethod
    def read(cls, folder: Path) -> SweepPlan:
        """Read the plan of a sweep.

        Parameters
        ----------
        folder
            Directory of the sweep.

        Returns
        -------
        SweepPlan
            The plan.

        Raises
        ------
        InputError
            If the directory holds no sweep.
        """
        document = read_plan(folder, KIND)
        request, design = Request.of(document["request"]), Design.of(document)
        return cls.of(request, design)

    @property
    def n_jobs(self) -> int:
        """Number of jobs: each point with each seed."""
        return len(self.design) * self.varied.base.request.seeds

    def check_points(self) -> None:
        """Check the settings of all points.

        Raises
        ------
        InputError
            For the first point that is invalid.
        """
        for point in self.design.points():
            self.varied.at(point)

    def jobs(self) -> Iterator[PointJob]:
        """Iterate over the jobs.

        Yields
        ------
        PointJob
            The next job.
        """
        for point in self.design.points():
            yield from self.varied.jobs(point)

    def missing(self, store: PointStore, retry_failed: bool) -> Iterator[PointJob]:
        """Iterate over the jobs that are to be done.

        Parameters
        ----------
        store
            What is finished.
        retry_failed
            Whether jobs that failed are tried again.

        Yields
        ------
        PointJob
            The next job.
        """
        for job in self.jobs():
            line = store.line(job.identity)
            if line is None or (line.failed and retry_failed):
                yield job

    def checks(self, store: PointStore, retry_failed: bool) -> Iterator[PointCheck]:
        """Iterate over the checks of the points that have jobs to be done.

        Parameters
        ----------
        store
            What is finished.
        retry_failed
            Whether jobs that failed are tried again.

        Yields
        ------
        PointCheck
            The next check.
        """
        if self.varied.base.config.parameters:
            for _, jobs in groupby(self.missing(store, retry_failed), lambda job: job.point.number):
                check = self.varied.check(next(jobs).point)
                if check is not None:
                    yield check
