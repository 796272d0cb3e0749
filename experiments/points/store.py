"""What is finished of the points of a sweep or the trials of a fit: `finished.jsonl` in their folder.

Each line is a `Ledger` entry of one point with one seed: the point's number and settings, the seed, the identity of its
configuration, and either its outcomes or why it failed. What counts is the identity: the last line of an identity is
its result, whatever number the point had.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bnsim.documents import checked
from bnsim.errors import InputError, first_line
from experiments.points.documents import FailedLine, FinishedLine, Head
from experiments.points.job import FITTED, PointJob
from experiments.points.ledger import Ledger
from experiments.run.executor import Executor, Failure
from experiments.run.job import Identity

FINISHED = "finished.jsonl"


@dataclass(frozen=True)
class Line:
    """Where the result of a configuration is.

    Parameters
    ----------
    place
        Place in the ledger.
    code
        Checksum of the data and code that it was measured with.
    failed
        Whether it failed.
    """

    place: int
    code: bytes
    failed: bool


class PointStore:
    """The finished points of a folder.

    Parameters
    ----------
    folder
        The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.ledger = Ledger(folder / FINISHED)
        self.lines: dict[bytes, Line] = {}

    def read(self) -> None:
        """Read which configurations are finished.

        Raises
        ------
        InputError
            If the file is damaged in such a way that nothing can be read.
        """
        self.lines, codes = {}, dict[bytes, bytes]()
        for place, entry in self.ledger.entries():
            with self._undamaged():
                identity = Identity(**checked(Head, entry)["identity"])
            code = _short(identity.data + identity.code)
            self.lines[_short(identity.settings)] = Line(place, codes.setdefault(code, code), "failed" in entry)

    @contextmanager
    def _undamaged(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise InputError(f"{self.ledger.path}: damaged ({first_line(error)}); begin anew") from None

    def line(self, identity: Identity) -> Line | None:
        """Return where the result of a configuration is.

        Parameters
        ----------
        identity
            Its identity.

        Returns
        -------
        Line or None
            None if it is neither finished nor failed.
        """
        return self.lines.get(_short(identity.settings))

    def same_code(self, identity: Identity) -> bool:
        """Return whether a configuration is not finished, or was measured with the data and code of now.

        Parameters
        ----------
        identity
            Its identity now.

        Returns
        -------
        bool
            False for a result of other data or code.
        """
        line = self.line(identity)
        return line is None or line.code == _short(identity.data + identity.code)

    def remember(self, job: PointJob, line: Line) -> None:
        """Add a result to those that `line` and `results` know of.

        Parameters
        ----------
        job
            The job.
        line
            Where its result is.
        """
        self.lines[_short(job.identity.settings)] = line

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Allow `carry_out` inside.

        Raises
        ------
        MachineError
            If the folder cannot be written to.
        """
        with self.ledger.appending():
            yield

    def carry_out(self, jobs: Iterable[PointJob], executor: Executor) -> Iterator[tuple[PointJob, Line, str]]:
        """Carry out jobs, and keep each result as soon as it is there.

        Parameters
        ----------
        jobs
            The jobs.
        executor
            Runs them.

        Yields
        ------
        tuple of PointJob, Line and str
            A job, where its result is, and why it failed; "" if it did not.

        Raises
        ------
        MachineError
            If a result cannot be written, or workers cannot be started.
        """
        for job, result in executor.stream(replace(job, folder=self.folder) for job in jobs):
            identity = job.identity
            about = {
                "point": job.point.number,
                "seed": job.seed,
                "settings": dict(job.point.settings),
                "identity": vars(identity),
            }
            if isinstance(result, Failure):
                why = result.message.removesuffix("; --debug shows the traceback") or "no message"
                result = {"failed": why, "traceback": result.trace}
            else:
                why = ""
            place = self.ledger.append(about | result)
            yield job, Line(place, _short(identity.data + identity.code), bool(why)), why
        shutil.rmtree(self.folder / FITTED, ignore_errors=True)  # what failed has no more use for its trainings

    def results(self, jobs: Iterable[PointJob]) -> Iterator[tuple[PointJob, dict[str, Any]]]:
        """Read the results of jobs.

        Parameters
        ----------
        jobs
            The jobs.

        Yields
        ------
        tuple of PointJob and dict
            The next job that is finished or failed, and what is kept of it.

        Raises
        ------
        InputError
            If a result is damaged.
        """
        lines = ((job, self.line(job.identity)) for job in jobs)
        for job, kept in self.ledger.several((job, line.place) for job, line in lines if line is not None):
            with self._undamaged():
                yield job, checked(FailedLine if "failed" in kept else FinishedLine, kept)


def _short(checksum: str) -> bytes:
    return hashlib.blake2b(checksum.encode(), digest_size=16).digest()
