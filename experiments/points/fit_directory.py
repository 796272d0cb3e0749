"""A fit on disk: one directory, readable with pandas and a text editor.

<study>[-<task>]-<checksum of what is fitted>/
  plan.json          the request, the parameters and their ranges, the targets, the key
  finished.jsonl     each finished or failed trial and seed, appended as it ends (`experiments.points.store`)
  trials.parquet     a row for each trial: trial, generation, the parameters, objective, and a column for each target
  fit.json           what was found; written last
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from bnsim.errors import InputError
from experiments.points.documents import FitDocument
from experiments.points.sweep_directory import read_plan, study_of
from experiments.run_directory import read_json
from experiments.stored_table import opened, undamaged

KIND, TRIALS, RESULT = "fit", "trials.parquet", "fit.json"


@dataclass(frozen=True)
class Fit:
    """A stored fit.

    Parameters
    ----------
    directory
        Its directory.
    plan
        Content of plan.json.
    result
        Content of fit.json: "best", the parameters; "objective", and "by_seed", the same of each seed alone; "targets",
        each with what was wanted and found, as mean and by seed; numbers of "trials", "generations" and "failed"
        trials; "why_it_ended".
    """

    directory: Path
    plan: dict[str, Any]
    result: dict[str, Any]

    @property
    def trials(self) -> pd.DataFrame:
        """A row for each trial, in the order in which they were tried.

        Raises
        ------
        InputError
            If the file is missing or damaged.
        """
        path = self.directory / TRIALS
        with undamaged(path, "repeat the fit"):
            return opened(path).to_pandas()


def read_fit(directory: str | Path) -> Fit:
    """Read a fit.

    Parameters
    ----------
    directory
        Directory of the fit.

    Returns
    -------
    Fit
        The stored fit.

    Raises
    ------
    InputError
        If the directory holds no finished fit.
    """
    folder = Path(directory)
    plan = read_plan(folder, KIND)
    if not (folder / RESULT).is_file():
        raise InputError(f"{folder}: this fit is not finished; continue with `bnsim resume {folder}{study_of(plan)}`")
    return Fit(folder, plan, read_json(folder / RESULT, FitDocument))
