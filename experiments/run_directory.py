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
- metric: name in snake case; metrics that end in `_seconds` or `_per_second` are wall-clock times, all others are
  exactly reproducible
- value: float
- unit: unit of the value: "fraction" for accuracies between 0 and 1, "nat" for a cross-entropy, "bit" for information
"""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bnsim import archive
from bnsim.errors import InputError, MachineError, refuse_path
from bnsim.files import replacing
from bnsim.npz import check_size
from bnsim.recording import Recording

COLUMNS = ("study", "task", "model", "kind", "seed", "facts", "step", "metric", "value", "unit")
PREDICTION_COLUMNS = ("model", "kind", "seed", "sample", "true", "predicted")

MOST_TEXT = 100_000_000
"""Largest size in bytes of a JSON or TOML file that is read."""

_ARROW = {
    frozenset({int}): pa.int64(),
    frozenset({float}): pa.float64(),
    frozenset({int, float}): pa.float64(),
}
"""Types of facts that are stored as numbers, with their Arrow types."""

_REQUIRED = {
    "config.toml": ("run",),
    "manifest.json": (
        *("run", "started_utc", "task", "models", "versions"),
        *("settings_tried_on_validation", "test_set_openings"),
    ),
    "summary.json": ("task", "protocol", "seeds", "metrics", "differences", "references"),
}
"""Entries that each file of a run must have for the tables, the figures and the report."""


@dataclass(frozen=True)
class Example:
    """Response of one model, trained with the run's first seed, to one test image.

    The first BNS of the run (the first model if there is no BNS) determines the images: the first test image that it
    classifies correctly (case "correct"), the first that it misclassifies (case "wrong"; absent if there is none), and
    some of other classes ("further1", ...). All models are shown the same images, so their own predictions may differ.

    On disk, `recordings/<model>-<case>.npz` holds `example/index`, `example/image`, `example/true` and
    `example/predicted`; for a network without spikes also `activations/<layer>` (unit,) from input to output, and for a
    network with spikes the arrays that `bnsim.Recording.load` reads: one trial with the spike times of every
    population.

    Parameters
    ----------
    model
        Name of the model.
    case
        "correct" or "wrong", by the prediction of the model that determined the images; "further1", ... for others.
    index
        Position of the image in the test set of the first seed.
    image
        The image as presented, scaled: (height, width), or (features,) if the task has no images.
    true_class
        Class of the image.
    predicted_class
        Prediction of this model.
    recording
        Spike times and traces of this trial (trial 0 of the recording); None for a network without spikes.
    activations
        Activations (unit,) of each layer, from input to output. Empty for a network with spikes, except that it holds
        the output if the answer is not read from an output layer.
    fields
        Learned receptive fields (unit, height, width) of models that have them; stored only with the first example.
    field_classes
        Class that each of these units represents, "" for none.
    """

    model: str
    case: str
    index: int
    image: NDArray[np.floating]
    true_class: str
    predicted_class: str
    recording: Recording | None
    activations: Mapping[str, NDArray[np.floating]]
    fields: NDArray[np.floating] | None = None
    field_classes: tuple[str, ...] = ()

    def save(self, folder: Path) -> None:
        """Write `<model>-<case>.npz`.

        Parameters
        ----------
        folder
            Existing folder for the file.
        """
        arrays: dict[str, Any] = {
            "example/index": np.int64(self.index),
            "example/image": self.image,
            "example/true": np.str_(self.true_class),
            "example/predicted": np.str_(self.predicted_class),
        }
        arrays |= {f"activations/{layer}": values for layer, values in self.activations.items()}
        if self.recording is not None:
            arrays |= self.recording.arrays()
        if self.fields is not None:
            arrays["fields/weights"] = self.fields
        if self.field_classes:
            arrays["fields/classes"] = np.array(self.field_classes, dtype=str)
        np.savez_compressed(folder / f"{self.model}-{self.case}.npz", allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> Example:
        """Read a file that `save` wrote.

        Parameters
        ----------
        path
            Path of the .npz file.

        Returns
        -------
        Example
            The example.

        Raises
        ------
        InputError
            If the file is damaged or is not an example.
        """
        model, _, case = path.stem.rpartition("-")
        data = archive.read("Example", path)
        try:
            return cls(
                model=model,
                case=case,
                index=int(data["example/index"]),
                image=data["example/image"],
                true_class=str(data["example/true"]),
                predicted_class=str(data["example/predicted"]),
                recording=Recording.load(path) if "duration" in data else None,
                activations={
                    key.removeprefix("activations/"): values
                    for key, values in data.items()
                    if key.startswith("activations/")
                },
                fields=data.get("fields/weights"),
                field_classes=tuple(map(str, data.get("fields/classes", ()))),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise archive.foreign("Example", path, error) from None


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
        return _table(self.directory / "predictions.parquet", PREDICTION_COLUMNS)

    def examples(self) -> tuple[Example, ...]:
        """Read the example images.

        Returns
        -------
        tuple of Example
            Ordered by file name; empty if the run recorded none.

        Raises
        ------
        InputError
            If a file is damaged.
        """
        return tuple(Example.load(path) for path in sorted((self.directory / "recordings").glob("*.npz")))


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
        raise InputError(f"{directory}: no such run; give a folder that bnsim wrote, e.g. one below runs/")
    if (directory / "plan.json").is_file() and not (directory / "summary.json").is_file():
        raise InputError(f"{directory}: this run is not finished; continue with `bnsim resume {directory}`")
    names = ("config.toml", "manifest.json", "results.parquet", "predictions.parquet", "summary.json")
    missing = [name for name in names if not (directory / name).is_file()]
    if missing:
        raise InputError(f"{directory}: not a run: {missing[0]} is missing; give a folder that bnsim wrote")
    return Run(
        directory,
        config=_document(directory / "config.toml", tomllib.loads, _REQUIRED["config.toml"]),
        manifest=read_json(directory / "manifest.json", _REQUIRED["manifest.json"]),
        results=_table(directory / "results.parquet", COLUMNS),
        summary=read_json(directory / "summary.json", _REQUIRED["summary.json"]),
    )


def read_json(path: Path, required: Sequence[str]) -> dict[str, Any]:
    """Read a JSON object and check that it has certain entries.

    Parameters
    ----------
    path
        Path of the file.
    required
        Names of the entries.

    Returns
    -------
    dict of str to object
        The object.

    Raises
    ------
    InputError
        If the file is damaged or lacks one of the entries.
    """
    return _document(path, _of_json, required)


def _of_json(text: str) -> Any:
    """Read JSON, which has no NaN and no infinity, although Python reads them."""
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _document(path: Path, parse: Callable[[str], Any], required: Sequence[str]) -> dict[str, Any]:
    """Return the content of a TOML or JSON file that has all required entries."""
    with _undamaged(path):
        if path.stat().st_size > MOST_TEXT:
            raise ValueError(f"{path.stat().st_size / 1e6:.0f} MB of text, more than bnsim writes")
        content = parse(path.read_text(encoding="utf-8"))
    held = content if isinstance(content, dict) else {}
    _refuse_missing(path, "entry", [key for key in required if key not in held])
    return held


def _table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    with _undamaged(path):
        described = pq.read_metadata(path)
        check_size(path, 8 * described.num_rows * described.num_columns)
        stored = pq.read_table(path)
        table = stored.to_pandas()
    _refuse_missing(path, "column", [column for column in columns if column not in table.columns])
    if "facts" in columns:  # the struct has a field for every fact of any row: keep the facts of this row
        # pandas would turn whole numbers into fractions where some rows lack them
        rows = stored["facts"].to_pylist()
        held = [{name: fact for name, fact in (row or {}).items() if fact is not None} for row in rows]
        table = table.assign(facts=pd.Series(held, index=table.index, dtype=object))
    return table


def _results_table(results: pd.DataFrame) -> pa.Table:
    """Return the results as an Arrow table, with the facts as a struct that has a typed field for each name.

    A fact that is a number in one study and text in another is stored as text. Without any facts the struct has one
    empty field, `layer`, because a struct without fields cannot be stored.
    """
    types: dict[str, set[type]] = {}
    for facts in results["facts"]:
        for name, fact in facts.items():
            types.setdefault(name, set()).add(type(fact))
    arrow = {name: _ARROW.get(frozenset(found), pa.string()) for name, found in types.items()}
    textual = {name for name, kind in arrow.items() if kind == pa.string()}
    rows = [
        {name: str(fact) if name in textual else fact for name, fact in facts.items()} or None
        for facts in results["facts"]
    ]
    column = pa.array(rows, pa.struct(list((arrow or {"layer": pa.string()}).items())))
    table = pa.Table.from_pandas(results.drop(columns="facts"), preserve_index=False)
    return table.add_column(list(results.columns).index("facts"), "facts", column)


@contextmanager
def _undamaged(path: Path) -> Iterator[None]:
    """Turn a failure to read a file of a run into an InputError."""
    try:
        yield
    except InputError:
        raise
    except (OSError, ValueError) as error:  # pyarrow's and both parsers' errors are ValueErrors or OSErrors
        refuse_path(error)
        raise InputError(f"{path}: damaged ({_one_line(error)}); repeat the run") from None


def _refuse_missing(path: Path, what: str, missing: Sequence[str]) -> None:
    if missing:
        raise InputError(f"{path}: {what} {missing[0]!r} is missing; repeat the run")


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
            pq.write_table(_results_table(contents.results), partial)
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
        reason = error.strerror or _one_line(error)
        remedy = "free some space or choose another folder"
        raise MachineError(f"{folder}: cannot be written ({reason}); {remedy}") from error


def _one_line(error: BaseException) -> str:
    """Return the first line of an error's message, or the name of the error if it has no message."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
