"""A run on disk: one directory, written atomically, readable with pandas, NumPy and a text editor alone.

    <utc time>-<study>-<task>/
      config.toml          the whole resolved configuration
      manifest.json        versions, commit, machine, keys, checksums of the data, timings
      results.parquet      tidy rows with the columns of `COLUMNS`
      predictions.parquet  model, kind, seed, sample, true, predicted: every final test prediction
      summary.json         metrics, differences between twins, references (see `experiments.summary`)
      recordings/*.npz     the example images, see `Example`
      figures/*            drawn from the files above
      report.html          drawn from the files above

Columns of `results` -------------------- study, task, model: names; kind: "BNS" or "ANN"; seed: of split,
filters, weights and order; condition: "" or, for `confusion_count`, "true=<class>,predicted=<class>";
step: samples seen (learning curves), missing (`pandas.NA`) elsewhere; metric: snake_case name; value:
float; unit: of the value ("fraction" for accuracies between 0 and 1). Metrics that end in `_seconds` or
`_per_second` are wall-clock figures; all others repeat exactly.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bnsim.errors import InputError, MachineError
from bnsim.recording import Recording

COLUMNS = ("study", "task", "model", "kind", "seed", "condition", "step", "metric", "value", "unit")


@dataclass(frozen=True)
class Example:
    """One test image as one model, trained with the run's first seed, saw it.

    The two images are chosen by the first BNS of the run (the first model where there is none): the first
    test image that it classifies correctly (case "correct") and the first that it does not (case "wrong";
    absent where it made no mistake). Every other model is shown the same two images, so its own
    prediction may differ.

    On disk, `recordings/<model>-<case>.npz` holds `example/index`, `example/image`, `example/true`,
    `example/predicted`, for an ANN `activations/<layer>` (unit,) from input to output, and for a BNS
    beside them the arrays that `bnsim.Recording.load` reads: one trial with the spike times of every
    population.
    """

    model: str
    case: str
    """"correct" or "wrong", by the outcome of the model that the image was chosen by."""
    index: int
    """Position of the image in the test set of the first seed."""
    image: NDArray[np.floating]
    """As presented, scaled: (height, width), or (features,) where the task has no images."""
    true_class: str
    predicted_class: str
    """What this model predicts."""
    recording: Recording | None
    """BNS: spike times of this trial (trial 0 of the recording). ANN: None."""
    activations: Mapping[str, NDArray[np.floating]]
    """ANN: layer name -> activations (unit,), from input to output. BNS: empty."""

    def save(self, folder: Path) -> None:
        """Write `<model>-<case>.npz` into `folder`."""
        arrays: dict[str, Any] = {
            "example/index": np.int64(self.index),
            "example/image": self.image,
            "example/true": np.str_(self.true_class),
            "example/predicted": np.str_(self.predicted_class),
        }
        arrays |= {f"activations/{layer}": values for layer, values in self.activations.items()}
        if self.recording is not None:
            arrays |= self.recording.arrays()
        np.savez_compressed(folder / f"{self.model}-{self.case}.npz", allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> Example:
        """Read what `save` wrote. Errors: InputError where the file is none."""
        model, _, case = path.stem.rpartition("-")
        try:
            with np.load(path, allow_pickle=False) as data:
                return cls(
                    model=model,
                    case=case,
                    index=int(data["example/index"]),
                    image=data["example/image"],
                    true_class=str(data["example/true"]),
                    predicted_class=str(data["example/predicted"]),
                    recording=Recording.load(path) if "duration" in data.files else None,
                    activations={
                        key.removeprefix("activations/"): data[key]
                        for key in data.files
                        if key.startswith("activations/")
                    },
                )
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise InputError(f"{path}: not an example recording ({_one_line(error)}); repeat the run") from None


@dataclass(frozen=True)
class Run:
    """A stored run: `config`, `manifest` and `summary` as their files hold them, `results` as tidy rows."""

    directory: Path
    config: dict[str, Any]
    manifest: dict[str, Any]
    results: pd.DataFrame
    summary: dict[str, Any]

    @property
    def predictions(self) -> pd.DataFrame:
        """Every final test prediction: model, kind, seed, sample, true, predicted. Empty without
        `accuracy`."""
        return pd.read_parquet(self.directory / "predictions.parquet")

    def examples(self) -> tuple[Example, ...]:
        """The example images, ordered by file name; empty where the run recorded none."""
        return tuple(Example.load(path) for path in sorted((self.directory / "recordings").glob("*.npz")))


def read_run(path: str | Path) -> Run:
    """Read a run directory. Errors: InputError, naming the file, for a folder that is not a complete run."""
    directory = Path(path)
    if not directory.is_dir():
        raise InputError(f"{directory}: no such run; give a folder that bnsim wrote, e.g. one below runs/")
    names = ("config.toml", "manifest.json", "results.parquet", "predictions.parquet", "summary.json")
    missing = [name for name in names if not (directory / name).is_file()]
    if missing:
        raise InputError(f"{directory}: not a run: {missing[0]} is missing; give a folder that bnsim wrote")
    name = ""
    try:
        name = "config.toml"
        config = tomllib.loads((directory / name).read_text(encoding="utf-8"))
        name = "manifest.json"
        manifest = json.loads((directory / name).read_text(encoding="utf-8"))
        name = "summary.json"
        summary = json.loads((directory / name).read_text(encoding="utf-8"))
        name = "results.parquet"
        results = pd.read_parquet(directory / name)
    except (OSError, ValueError) as error:  # pyarrow's and both parsers' errors are ValueErrors or OSErrors
        raise InputError(f"{directory / name}: damaged ({_one_line(error)}); repeat the run") from None
    absent = [column for column in COLUMNS if column not in results.columns]
    if absent:
        raise InputError(f"{directory / name}: column {absent[0]!r} is missing; repeat the run")
    return Run(directory, config, manifest, results, summary)


@dataclass(frozen=True)
class RunContents:
    """All that is stored of a run before figures and report are drawn from it."""

    config: Mapping[str, Any]
    manifest: Mapping[str, Any]
    results: pd.DataFrame
    predictions: pd.DataFrame
    summary: Mapping[str, Any]
    examples: tuple[Example, ...] = field(default=())


def check_output(out: Path) -> None:
    """Refuse an output folder that cannot take a run, before any work is done and without leaving anything.

    The folder itself may be missing (it is made when the run is written), its parent may not.
    Errors: InputError.
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


def write_run(out: Path, name: str, contents: RunContents, draw: Callable[[Path], object]) -> Path:
    """Write a run into `out/name` and return its directory.

    All files, those of `draw(directory)` included, are made in a hidden temporary folder beside it, which
    is renamed at the very end: a run that exists is complete. Errors: MachineError where the disk fails;
    in every case of failure, and on Ctrl-C, the temporary folder is removed.
    """
    with writing(out):
        out.mkdir(exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=out))
        try:
            _write_contents(partial, contents)
            draw(partial)
            partial.chmod(0o755)
            return _rename(partial, out / name)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a failure of the disk while `folder` is written to into a one-line MachineError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or _one_line(error)
        remedy = "free some space or choose another folder"
        raise MachineError(f"{folder}: cannot be written ({reason}); {remedy}") from error


def _write_contents(directory: Path, contents: RunContents) -> None:
    import tomlkit

    (directory / "config.toml").write_text(tomlkit.dumps(contents.config), encoding="utf-8")
    for name, content in (("manifest", contents.manifest), ("summary", contents.summary)):
        text = json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False)
        (directory / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    contents.results.to_parquet(directory / "results.parquet", index=False)
    contents.predictions.to_parquet(directory / "predictions.parquet", index=False)
    (directory / "recordings").mkdir()
    for example in contents.examples:
        example.save(directory / "recordings")


def _rename(partial: Path, target: Path) -> Path:
    """Give the finished folder its name, or the next free one where two runs ended in the same second."""
    for attempt in range(1, 100):
        candidate = target if attempt == 1 else target.with_name(f"{target.name}-{attempt}")
        if not candidate.exists():
            return partial.rename(candidate)
    raise FileExistsError(f"{target} exists")


def _one_line(error: BaseException) -> str:
    """The first line of an error's text, or its name where it has none."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
