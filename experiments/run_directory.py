"""A run on disk: one directory, readable with pandas, NumPy and a text editor.

    <utc time>-<study>-<task>/
      plan.json            the request, and checksums of everything that each number depends on
      config.toml          the complete resolved configuration
      manifest.json        versions, commit, machine, keys, checksums of the data, timings
      results.parquet      tidy rows with the columns of `COLUMNS`
      predictions.parquet  model, kind, seed, sample, true, predicted: every final test prediction
      summary.json         metrics, differences between twins, references (see `experiments.summary`)
      recordings/*.npz     the example images, see `Example`
      figures/*            drawn from the files above
      report.html          drawn from the files above

Columns of `results`:

- study, task, model: names
- kind: "BNS" or "ANN"
- seed: of split, filters, weights, order and spikes
- facts: what distinguishes the values of one metric, as a mapping (a struct in the file): {} for a value of the whole
  model, otherwise for instance {"layer": "hidden"} or {"true": "3", "predicted": "5"}; see `Metric.facts`
- step: position on a curve, such as samples seen or ms since the start of the trial (`Metric.step`); missing
  (`pandas.NA`) for values that are not on a curve
- metric: name in snake case; metrics that end in `_seconds`, `_per_second` or `_memory` are times and memory that the
  machine took, all others are exactly reproducible
- value: float
- unit: unit of the value: "fraction" for accuracies between 0 and 1, "nat" for a cross-entropy, "bit" for information
"""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from bnsim.documents import checked, of_json
from bnsim.errors import InputError, MachineError, advice, first_line, refuse_path
from bnsim.files import replacing
from experiments import stored_table
from experiments.documents import Config, Manifest, Summary
from experiments.example import Example
from experiments.names import study_option
from experiments.near_folders import instead
from experiments.stored_table import COLUMNS, PREDICTION_COLUMNS, undamaged

__all__ = [
    "COLUMNS",
    "PREDICTION_COLUMNS",
    "Example",
    "Run",
    "RunContents",
    "check_output",
    "read_json",
    "read_run",
    "write_atomically",
    "write_contents",
    "writing",
]

MEAN_COLUMNS = ("study", "model", "kind", "step", "mean", "ci_low", "ci_high", "n", "unit")
"""Entries of a mean in the summary that are columns of `Run.means`."""
MOST_TEXT = 100_000_000
"""Largest size in bytes of a JSON or TOML file that is read."""


@dataclass(frozen=True)
class Run:
    """A stored run.

    Parameters
    ----------
    directory
        Directory of the run.
    config
        Content of config.toml.
    manifest
        Content of manifest.json.
    results
        Tidy rows with the columns of `COLUMNS`.
    summary
        Content of summary.json.
    """

    directory: Path
    config: dict[str, Any]
    manifest: dict[str, Any]
    results: pd.DataFrame
    summary: dict[str, Any]

    @property
    def predictions(self) -> pd.DataFrame:
        """Every final test prediction, with `PREDICTION_COLUMNS`; empty without the accuracy study.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        return stored_table.read(self.directory / "predictions.parquet", stored_table.PREDICTIONS)

    def table(self, metric: str) -> pd.DataFrame:
        """Return the rows of one metric, with a column for each of its facts.

        Parameters
        ----------
        metric
            Name of the metric, such as "test_accuracy".

        Returns
        -------
        DataFrame
            As `results`, but for `facts`, whose entries are the columns "facts.layer" and so on, as in `bnsim query`.

        Raises
        ------
        InputError
            If the run holds no such metric.
        """
        found = self.results[self.results["metric"] == metric]
        if found.empty:
            known = sorted(self.results["metric"].unique())
            raise InputError(f"{self.directory}: no metric {metric!r}; {advice(metric, known)}")
        facts = pd.DataFrame(found["facts"].tolist(), index=found.index).add_prefix("facts.")
        return found.drop(columns="facts").join(facts).reset_index(drop=True)

    def means(self, metric: str) -> pd.DataFrame:
        """Return the means of one metric over the seeds, with a column for each of its facts.

        Parameters
        ----------
        metric
            Name of the metric, such as "test_accuracy".

        Returns
        -------
        DataFrame
            A row for each model, place and step, in the order of the summary: the columns study, model, kind,
            "facts.layer" and so on, step (missing for values that are not on a curve), mean, ci_low and ci_high (the
            95 % interval; missing with one seed), n (number of seeds) and unit.

        Raises
        ------
        InputError
            If the run holds no such metric, or does not average it over the seeds.
        """
        found = [entry for entry in self.summary["metrics"] if entry["metric"] == metric]
        if not found:
            known = {entry["metric"] for entry in self.summary["metrics"]}
            if metric in set(self.results["metric"]):
                remedy = f"have the value of each seed with table({metric!r})"
                raise InputError(f"{self.directory}: {metric} is not averaged over the seeds; {remedy}")
            raise InputError(f"{self.directory}: no metric {metric!r}; {advice(metric, sorted(known))}")
        means = pd.DataFrame([{name: entry[name] for name in MEAN_COLUMNS} for entry in found])
        facts = pd.DataFrame([entry["facts"] for entry in found], index=means.index).add_prefix("facts.")
        means = means.astype({"step": "Int64", "mean": float, "ci_low": float, "ci_high": float})
        first = ["study", "model", "kind"]
        return means[first].join(facts).join(means.drop(columns=first))

    def examples(self) -> tuple[Example, ...]:
        """Read the example images.

        Returns
        -------
        tuple of Example
            Ordered by file name; empty if the run recorded none.

        Raises
        ------
        InputError
            If a file is damaged, or is of a model that the run does not hold.
        """
        paths = sorted((self.directory / "recordings").glob("*.npz"))
        examples = tuple(map(Example.load, paths))
        for path, example in zip(paths, examples, strict=True):
            if example.model not in self.manifest["models"]:
                raise InputError(f"{path}: of a model {example.model!r} that the run does not hold; remove this file")
        return examples


def read_run(path: str | Path) -> Run:
    """Read a run directory.

    Parameters
    ----------
    path
        Directory of the run.

    Returns
    -------
    Run
        The stored run.

    Raises
    ------
    InputError
        If the folder is not a complete run; the message names the file.
    """
    directory = Path(path)
    if not directory.is_dir():
        raise InputError(f"{directory}: no such run; {instead(directory)}")
    if (directory / "finished.jsonl").is_file():
        raise InputError(
            f"{directory}: a sweep or a fit, not a run; print it with `bnsim show {directory}`, or read it with "
            "experiments.read_sweep or experiments.read_fit"
        )
    if (directory / "plan.json").is_file() and not (directory / "summary.json").is_file():
        option = _study_option(directory / "plan.json")
        raise InputError(f"{directory}: this run is not finished; continue with `bnsim resume {directory}{option}`")
    names = ("config.toml", "manifest.json", "results.parquet", "predictions.parquet", "summary.json")
    missing = [name for name in names if not (directory / name).is_file()]
    if missing:
        remedy = instead(directory, "give a folder that bnsim wrote")
        raise InputError(f"{directory}: not a run: {missing[0]} is missing; {remedy}")
    return Run(
        directory,
        config=_document(directory / "config.toml", tomllib.loads, Config),
        manifest=read_json(directory / "manifest.json", Manifest),
        results=stored_table.read(directory / "results.parquet", stored_table.RESULTS),
        summary=read_json(directory / "summary.json", Summary),
    )


def _study_option(plan: Path) -> str:
    """Return the option that names the study of a run that has begun; of a damaged plan, none."""
    with suppress(InputError, KeyError, TypeError):
        return study_option(read_json(plan, dict)["request"]["study"])
    return ""


def read_json(path: Path, kind: Any) -> dict[str, Any]:
    """Read a JSON file.

    Parameters
    ----------
    path
        Path of the file.
    kind
        What it must hold (`experiments.documents`), or the names of entries that it must have.

    Returns
    -------
    object
        What it holds.

    Raises
    ------
    InputError
        If the file is damaged, or holds something else.
    """
    return _document(path, of_json, kind)


def _document(path: Path, parse: Callable[[str], Any], kind: Any) -> dict[str, Any]:
    """Return the content of a TOML or JSON file, held against the description of it."""
    with undamaged(path):
        if path.stat().st_size > MOST_TEXT:
            raise ValueError(f"{path.stat().st_size / 1e6:.0f} MB of text, more than bnsim writes")
        content: dict[str, Any] = checked(kind, parse(path.read_text(encoding="utf-8")))
    return content


@dataclass(frozen=True)
class RunContents:
    """Everything that is stored of a run before the figures and the report are drawn.

    Parameters
    ----------
    config
        Content of config.toml.
    manifest
        Content of manifest.json.
    results
        Tidy rows with the columns of `COLUMNS`.
    predictions
        Rows with the columns of `PREDICTION_COLUMNS`.
    summary
        Content of summary.json.
    examples
        Example images.
    """

    config: Mapping[str, Any]
    manifest: Mapping[str, Any]
    results: pd.DataFrame
    predictions: pd.DataFrame
    summary: Mapping[str, Any]
    examples: tuple[Example, ...] = field(default=())


def check_output(out: Path) -> None:
    """Check that a run can be written into an output folder, before any work and without leaving a trace.

    The folder itself may be missing, since the run creates it, but its parent must exist.

    Parameters
    ----------
    out
        The output folder.

    Raises
    ------
    InputError
        If a run cannot be written there.
    """
    folder = out if out.exists() else out.absolute().parent
    if not folder.exists():
        raise InputError(f"--out {out}: {folder} does not exist; make it or choose another output folder")
    if not folder.is_dir():
        raise InputError(f"--out {out}: {folder} is not a folder; choose another output folder")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise InputError(f"--out {out}: cannot write there ({error.strerror}); choose another folder") from None


def write_contents(directory: Path, contents: RunContents) -> None:
    """Write all files of a run into its directory; the summary is last, since it marks a run as complete.

    Parameters
    ----------
    directory
        Directory of the run.
    contents
        Content of the files.

    Raises
    ------
    MachineError
        If writing fails. Files that exist already stay.
    """
    import tomlkit

    with writing(directory):
        recordings = directory / "recordings"
        recordings.mkdir(exist_ok=True)
        for example in contents.examples:
            example.save(recordings)
        write_atomically(directory / "config.toml", tomlkit.dumps(contents.config))
        with replacing(directory / "results.parquet") as partial:
            pq.write_table(stored_table.of_results(contents.results), partial)
        with replacing(directory / "predictions.parquet") as partial:
            contents.predictions.to_parquet(partial, index=False)
        for name, content in (("manifest", contents.manifest), ("summary", contents.summary)):
            text = json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False)
            write_atomically(directory / f"{name}.json", text + "\n")


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a failure leaves the previous version unchanged.

    Parameters
    ----------
    path
        Path of the file.
    text
        Its content.
    """
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a failure to write into a one-line MachineError.

    Parameters
    ----------
    folder
        Folder that the message names.

    Raises
    ------
    InputError
        If the system refuses a path, because it is too long, say.
    MachineError
        If another OSError occurs inside the context.
    """
    try:
        yield
    except OSError as error:
        refuse_path(error)
        reason = error.strerror or first_line(error)
        remedy = "free some space or choose another folder"
        raise MachineError(f"{folder}: cannot be written ({reason}); {remedy}") from error
