"""The folder of a sweep or a fit: how it is named, begun and locked, and what a message says when work stops."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bnsim.errors import BnsimError, InputError
from experiments.points.job import PointCheck, PointJob
from experiments.points.store import PointStore
from experiments.points.sweep_directory import PLAN, kind_of, read_plan
from experiments.run.execute import Workers, check_workers, number_of_workers
from experiments.run.executor import Executor, Failure, MakeExecutor
from experiments.run.plan import Resolved
from experiments.run.request import Request
from experiments.run.store import LOCK, Store, with_remedy
from experiments.run_directory import check_output, write_atomically, writing


@dataclass(frozen=True)
class Conduct:
    """How points are carried out; none of it changes a number.

    Parameters
    ----------
    workers
        Number of processes of this machine; None for one for each core.
    make_executor
        Creates another executor than processes of this machine, such as
        `experiments.run.dask_executor.DaskExecutor`.
    retry_failed
        Whether points that failed before are tried again.
    keep_finished
        Whether points count as finished that were measured with other data or code than now.
    """

    workers: int | None = None
    make_executor: MakeExecutor | None = None
    retry_failed: bool = False
    keep_finished: bool = False

    def __post_init__(self) -> None:
        check_workers(self.workers)

    def executor(self, jobs: int) -> Executor:
        """Return the executor for a number of jobs.

        Parameters
        ----------
        jobs
            The number, for which no more workers are started.

        Returns
        -------
        Executor
            To be used as a context manager.
        """
        if self.make_executor is not None:
            return self.make_executor(jobs)
        return Workers(number_of_workers(self.workers, jobs))


def folder_for(kind: str, out: Path, name: str | None, base: Resolved, varied: Mapping[str, Any]) -> Path:
    """Return the folder for a request, which the same request finds again.

    Parameters
    ----------
    kind
        "sweep" or "fit".
    out
        Folder in which it lies.
    name
        Its name; None for one made of the names of study and task and a checksum of the request and of what is varied,
        the number of seeds left out.
    base
        The checked request.
    varied
        What is varied, as JSON can represent it.

    Returns
    -------
    Path
        The folder, which need not exist.

    Raises
    ------
    InputError
        If nothing can be written there, or something else lies there.
    """
    check_output(out)
    if name is None:
        document = {**base.request.document(), "seeds": None, **varied}
        digest = hashlib.blake2b(json.dumps(document, sort_keys=True).encode(), digest_size=4).hexdigest()
        name = re.sub(r"[^\w.-]+", "-", "-".join(base.label)) + f"-{digest}"
    elif Path(name).name != name or name.startswith("."):
        raise InputError(f"--name {name!r}: no name of a folder; give one without slashes that begins with a letter")
    folder = out / name
    if folder.exists() and kind_of(folder) != kind and any(path.name != LOCK for path in folder.iterdir()):
        raise InputError(f"{folder}: holds something else than a {kind}; choose another --name or --out")
    return folder


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Make a folder, and the one in which it lies, and keep other processes from it.

    Where nothing was begun (`begin`), because something was refused, say, those go again that were made.

    Parameters
    ----------
    folder
        The folder.

    Raises
    ------
    InputError
        If another process works in it.
    MachineError
        If it cannot be made.
    """
    new = [path for path in (folder, folder.parent) if not path.exists()]
    try:
        with writing(folder):
            folder.parent.mkdir(exist_ok=True)
            folder.mkdir(exist_ok=True)
        with Store(folder).locked():
            yield
    finally:
        for made in new:
            with suppress(OSError):  # not empty: something was begun; or not there: it was discarded
                made.rmdir()


def check_points(checks: Iterable[PointCheck], executor: Executor) -> None:
    """Check the parameters of the classifiers of points.

    Parameters
    ----------
    checks
        The checks.
    executor
        Carries them out.

    Raises
    ------
    InputError
        For the first that are refused; the message names the point.
    MachineError
        If the machine fails.
    """
    for check, found in executor.stream(checks):
        if isinstance(found, Failure):
            raise found.error(f"{check.name}: {found.message}")


def refuse_other_code(store: PointStore, jobs: Iterable[PointJob], folder: Path) -> None:
    """Refuse to mix results of other data or code with new ones.

    Parameters
    ----------
    store
        What is finished.
    jobs
        The jobs of now.
    folder
        The folder.

    Raises
    ------
    InputError
        If there are any.
    """
    other = sum(not store.same_code(job.identity) for job in jobs)
    if other:
        raise InputError(
            f"{folder}: {other} finished points were measured with other data or code than now; begin anew with "
            "another --name, or keep them with --keep-finished"
        )


def begin(folder: Path, kind: str, request: Request, content: Mapping[str, Any], goes_on: bool) -> None:
    """Write plan.json.

    Parameters
    ----------
    folder
        The folder.
    kind
        "sweep" or "fit".
    request
        The request.
    content
        What is varied, as JSON can represent it.
    goes_on
        Whether the folder holds something finished, whose start is kept.

    Raises
    ------
    MachineError
        If it cannot be written.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    started = read_plan(folder, kind)["started_utc"] if goes_on else now
    document = {kind: folder.name, "started_utc": started, "request": request.document(), **content}
    with writing(folder):
        write_atomically(folder / PLAN, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


STOPPED = (BnsimError, KeyboardInterrupt)
"""Errors that end a sweep or fit, with what was finished kept."""


def stopped(error: BaseException, folder: Path, kept: str, study: str) -> BaseException:
    """Return the error that says what ended a sweep or fit.

    Parameters
    ----------
    error
        What ended it.
    folder
        The folder.
    kept
        What is kept, such as "4 of 6 points and seeds are kept".
    study
        The study that was asked for.

    Returns
    -------
    BaseException
        The error, with how to continue; as it is, if it is about what was asked for, which to go on would not change.
    """
    return error if isinstance(error, InputError) else with_remedy(error, folder, kept, study)
