"""Fit parameters of a network or model to measurements, by differential evolution over points like those of a sweep.

Each trial is a point with all seeds; its objective is the sum, over the targets, of ((mean over seeds - value) /
weight)^2. Trials of a generation are independent of one another (deferred updating), so that they run in parallel, and
neither their order nor the number of workers changes a bit. What is finished is kept; a fit that goes on repeats the
search from its key, and takes what it has tried before from there.

References
----------
R. Storn and K. Price, Differential evolution: a simple and efficient heuristic for global optimization over continuous
spaces, J. Global Optim. 11 (1997). The implementation is SciPy's (`scipy.optimize.differential_evolution`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from bnsim.errors import InputError
from bnsim.files import replacing
from experiments.names import DEFAULT_MODELS
from experiments.points.design import Range
from experiments.points.earlier import of_request, of_search, refuse_replacing
from experiments.points.fit_directory import KIND, RESULT, TRIALS, Fit, read_fit
from experiments.points.folder import Conduct, begin, check_points, folder_for, stopped, working_in
from experiments.points.job import Varied
from experiments.points.progress import PointsProgress
from experiments.points.search import Search
from experiments.points.store import PointStore
from experiments.points.sweep_directory import read_plan
from experiments.points.target import Target
from experiments.points.trials import Stopped, Trial, Trials, objective_of
from experiments.run.executor import MakeExecutor
from experiments.run.request import DEFAULT_TASK, Request, names_of
from experiments.run.store import Store
from experiments.run_directory import write_atomically, writing


def fit(
    study: str,
    parameters: Mapping[str, Range | tuple[float, float]],
    targets: Sequence[Target],
    seeds: int = 5,
    task: str = DEFAULT_TASK,
    models: Sequence[str] = DEFAULT_MODELS,
    preset: str = "quick",
    data_dir: str | Path | None = None,
    out: str | Path = "fits",
    name: str | None = None,
    settings: Mapping[str, Any] | None = None,
    generations: int = 100,
    population: int = 15,
    until: float = 1e-4,
    key: int = 0,
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
    retry_failed: bool = False,
    keep_finished: bool = False,
) -> Fit:
    """Fit settings of a study or classic experiment, or go on with it.

    Parameters
    ----------
    study
        Name of a study or classic experiment, or path of a study's folder.
    parameters
        Range of each key that is fitted, as `Range` or (low, high); keys are those of `--set`.
    targets
        What the study should measure.
    seeds
        Number of seeds of each trial.
    task
        Name of a task; path of an .npz file with X and y, of a text, or of a table and its column ("t.csv:kind").
    models
        Names in `models.registry`.
    preset
        "quick", "full" or "tiny" (`bnsim list presets`).
    data_dir
        Folder of the MNIST files.
    out
        Folder in which the fit's directory lies.
    name
        Name of that directory; None for one made of what is fitted.
    settings
        Settings that are the same in all trials, as `--set`.
    generations
        Largest number of generations after the first trials.
    population
        Trials of a generation, for each parameter; at least 5 in all.
    until
        Objective at which the search ends: with 1e-4, all deviations together are below a hundredth of their weights.
    key
        Key of the search.
    workers
        Number of processes; None for one for each core.
    make_executor
        Creates another executor than processes of this machine (`experiments.run.dask_executor`).
    retry_failed
        Whether trials that failed before are tried again.
    keep_finished
        Whether trials count as finished that were measured with other data or code than now.

    Returns
    -------
    Fit
        The stored fit.

    Raises
    ------
    InputError
        If the request is invalid.
    MachineError
        If the machine fails.
    """
    ranges = {key: limits if isinstance(limits, Range) else Range(*limits) for key, limits in parameters.items()}
    search = Search(ranges, tuple(targets), generations, population, until, key)
    folder = None if data_dir is None else Path(data_dir)
    request = Request(study, task, names_of(models), seeds, preset, folder, settings or {})
    conduct = Conduct(workers, make_executor, retry_failed, keep_finished)
    varied, search = search.checked(request)
    document = {entry: value for entry, value in search.document().items() if entry != "generations"}
    return _carried_out(varied, search, folder_for(KIND, Path(out), name, varied.base, document), conduct)


def resume(directory: str | Path, conduct: Conduct) -> Fit:
    """Go on with a fit that was interrupted.

    Parameters
    ----------
    directory
        Its directory.
    conduct
        How trials are carried out.

    Returns
    -------
    Fit
        The stored fit.

    Raises
    ------
    InputError
        If the directory holds no fit.
    MachineError
        If the machine fails.
    """
    folder = Path(directory)
    document = read_plan(folder, KIND)
    request, search = Request.of(document["request"]), Search.of(document)
    varied, search = search.checked(request)
    return _carried_out(varied, search, folder, conduct)


def _carried_out(varied: Varied, search: Search, folder: Path, conduct: Conduct) -> Fit:
    """Check the limits of all parameters, before anything is written, and search."""
    study = varied.base.request.study
    with working_in(folder):
        store = PointStore(folder)
        store.read()
        if store.lines:
            old = read_plan(folder, KIND)
            asked = of_request(old["request"], varied.base.request) + of_search(old, search)
            refuse_replacing(folder, KIND, asked, "other --generations, --until and --seeds")
        jobs = max(5, search.population * len(search.parameters)) * varied.base.request.seeds
        with conduct.executor(jobs) as executor:
            check_points(filter(None, map(varied.check, search.limits())), executor)
            begin(folder, KIND, varied.base.request, search.document(), bool(store.lines))
            with store.writing(), PointsProgress(0, "trials") as progress:
                trials = Trials(varied, search, store, conduct, executor, progress)
                try:
                    why = _evolved(search, trials)
                except (Stopped, KeyboardInterrupt) as caught:
                    error = caught.error if isinstance(caught, Stopped) else caught
                    store.read()
                    if isinstance(error, InputError) and not store.lines:  # the first trials were refused
                        Store(folder).discard()
                    raise stopped(error, folder, f"{len(trials.done)} trials are kept", study) from error
        _write(folder, search, trials.done, trials.generation, why)
    return read_fit(folder)


def _evolved(search: Search, trials: Trials) -> str:
    """Search, and return why it ended."""
    import numpy as np
    from scipy.optimize import differential_evolution

    def is_good_enough(best: Any, convergence: float = 0.0) -> bool:
        return min(trial.objective for trial in trials.done) <= search.until

    found = differential_evolution(
        lambda vector: None,
        [(0.0, 1.0)] * len(search.parameters),
        maxiter=search.generations,
        popsize=search.population,
        seed=np.random.default_rng(search.key),
        callback=is_good_enough,
        polish=False,
        updating="deferred",
        workers=trials,
    )
    if is_good_enough(found.x):
        return f"the objective is at most {search.until:g}"
    return "all trials of a generation agree" if found.success else f"{search.generations} generations are over"


def _write(folder: Path, search: Search, trials: Sequence[Trial], generations: int, why: str) -> None:
    """Write the trials, and last what was found."""
    best = min(trials, key=lambda trial: trial.objective)
    assert best.values is not None
    columns: dict[str, list[Any]] = {
        "trial": [trial.point.number for trial in trials],
        "generation": [trial.generation for trial in trials],
    }
    for name in search.parameters:
        cells = [trial.point.settings[name] for trial in trials]
        columns[name] = [cell[0] if isinstance(cell, tuple) else cell for cell in cells]
    columns["objective"] = [trial.objective for trial in trials]
    for place, target in enumerate(search.targets):
        columns[str(target)] = [
            math.nan if trial.values is None else sum(row[place] for row in trial.values) / len(trial.values)
            for trial in trials
        ]
    targets = [
        {
            "target": str(target),
            "wanted": target.value,
            "weight": target.scale,
            "found": columns[str(target)][best.point.number],
            "by_seed": [row[place] for row in best.values],
        }
        for place, target in enumerate(search.targets)
    ]
    result = {
        "best": dict(best.point.settings),
        "trial": best.point.number,
        "objective": best.objective,
        "by_seed": [objective_of(search.targets, row) for row in best.values],
        "targets": targets,
        "trials": len(trials),
        "generations": generations,
        "failed": sum(trial.values is None for trial in trials),
        "why_it_ended": why,
    }
    with writing(folder):
        with replacing(folder / TRIALS) as partial:
            pd.DataFrame(columns).to_parquet(partial, index=False)
        write_atomically(folder / RESULT, json.dumps(result, indent=2, ensure_ascii=False) + "\n")
