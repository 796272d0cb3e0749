"""Workers as jobs of SLURM, by dask-jobqueue (the extra `cluster`)."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from bnsim.errors import InputError, first_line
from experiments.run.dask_executor import DaskExecutor, jobqueue, require_dask

MOST_JOBS = 10_000
"""Largest number of jobs at a time."""

_CLOSED_BEFORE = 0.1
"""Share of the walltime before whose end a worker closes, so that it is not killed while it works."""


@dataclass(frozen=True)
class SlurmJobs:
    """What SLURM is asked for: jobs of one core and one worker each.

    What is not given is taken from Dask's configuration (`jobqueue.slurm`), where a cluster has one.

    Parameters
    ----------
    jobs
        Number of jobs at a time; no more are started than there are points. One that ends is replaced.
    memory
        Memory of a job.
    walltime
        Longest time of a job, as days-hours:minutes:seconds or part of it; None for the default of the configuration,
        which is half an hour. A worker closes when nine tenths of it are over.
    queue
        Partition.
    account
        Account.
    extra
        More options of sbatch, such as --constraint=avx2.
    """

    jobs: int
    memory: str = "2GB"
    walltime: str | None = None
    queue: str | None = None
    account: str | None = None
    extra: tuple[str, ...] = ()

    @classmethod
    def parse(cls, assignments: Sequence[str]) -> SlurmJobs:
        """Parse `key=value` strings.

        Parameters
        ----------
        assignments
            The strings; one may hold several, separated by commas.

        Returns
        -------
        SlurmJobs
            What is asked for.

        Raises
        ------
        InputError
            For an unknown key or a value that is none.
        """
        given: dict[str, str] = {}
        extra: list[str] = []
        for part in (part.strip() for assignment in assignments for part in assignment.split(",")):
            key, _, value = part.partition("=")
            if key not in cls.__dataclass_fields__ or not value:
                known = ", ".join(f"{name}=" for name in cls.__dataclass_fields__)
                raise InputError(f"--slurm {part}: not of the form KEY=VALUE; give {known} separated by commas")
            if key in given:
                raise InputError(f"--slurm {key}: given twice; keep one")
            if key == "extra":
                extra.append(value)
            else:
                given[key] = value
        if not given.get("jobs", "").isdecimal() or not 1 <= int(given["jobs"][:9]) <= MOST_JOBS:
            raise InputError(
                f"--slurm jobs={given.get('jobs', '')}: no number of jobs; give 1 to {MOST_JOBS}, such as jobs=100"
            )
        texts = {key: value for key, value in given.items() if key != "jobs"}
        return cls(jobs=int(given["jobs"]), **texts, extra=tuple(extra))

    def executor(self, jobs: int) -> DaskExecutor:
        """Return an executor on as many workers as are of use.

        Parameters
        ----------
        jobs
            Number of jobs that there are for workers.

        Returns
        -------
        DaskExecutor
            To be used as a context manager.
        """
        wanted = replace(self, jobs=min(self.jobs, jobs))
        return DaskExecutor(wanted._opened, "--slurm")

    def ready(self) -> None:
        """Refuse to go on where there is no SLURM, or values that it would refuse.

        Raises
        ------
        InputError
            If the extra, SLURM's commands, or a valid value are missing.
        """
        require_dask("--slurm")
        missing = next((command for command in ("sbatch", "scancel") if shutil.which(command) is None), None)
        if missing is not None:
            raise InputError(f"--slurm: there is no command {missing} here; run this on a login node of the cluster")
        self.job_script()

    def job_script(self) -> str:
        """Return the script that is handed to sbatch for each job.

        Returns
        -------
        str
            The script; the address of the scheduler in it is another one in each run.

        Raises
        ------
        InputError
            If a value is none that SLURM takes.
        """
        with ExitStack() as stack:
            return str(self._cluster(stack).job_script())

    def _opened(self, stack: ExitStack) -> Any:
        cluster = self._cluster(stack)
        cluster.adapt(minimum_jobs=self.jobs, maximum_jobs=self.jobs)  # which starts anew what has ended
        return cluster

    def _cluster(self, stack: ExitStack) -> Any:
        from dask.utils import parse_bytes, parse_timedelta

        arguments = []
        try:
            parse_bytes(self.memory)
            if self.walltime is not None:
                seconds = _seconds(self.walltime)
                arguments = ["--lifetime", f"{seconds * (1 - _CLOSED_BEFORE):.0f}s"]
                arguments += ["--lifetime-stagger", f"{seconds * _CLOSED_BEFORE / 2:.0f}s"]
                parse_timedelta(arguments[1])
        except ValueError as error:
            raise InputError(f"--slurm: {first_line(error)}; give memory=2GB and walltime=04:00:00") from None
        return stack.enter_context(
            jobqueue().SLURMCluster(
                cores=1,
                processes=1,
                memory=self.memory,
                walltime=self.walltime,
                queue=self.queue,
                account=self.account,
                job_extra_directives=list(self.extra) or None,
                worker_extra_args=arguments or None,
                job_name="bnsim",
                # Port 8787, which Dask takes otherwise, is one that others on this machine may have.
                scheduler_options={"dashboard": False, "dashboard_address": ":0"},
                silence_logs="critical",
            )
        )


def _seconds(walltime: str) -> int:
    """Return the seconds of a time as SLURM takes it: minutes, minutes:seconds, hours:minutes:seconds, or with days."""
    days, dash, clock = walltime.rpartition("-")
    parts = clock.split(":")
    if not all(part.isdecimal() for part in [*parts, *([days] if dash else [])]) or len(parts) > 3:
        raise ValueError(f"walltime={walltime} is no time")
    numbers = [int(part) for part in parts]
    if not dash and len(numbers) < 3:
        numbers = [0, *numbers]
    hours, minutes, seconds = [*numbers, 0, 0][:3]
    return int(days or 0) * 86_400 + hours * 3600 + minutes * 60 + seconds
