"""Each kind of thing that may be damaged: where whole ones come from, how they are damaged, and how they are used."""

from __future__ import annotations

import io
import itertools
import shutil
import struct
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2.units import ms
from hypothesis import strategies as st

import bnsim
from bnsim.errors import InputError
from experiments import command_line
from experiments.points import folder as points_folder
from experiments.points.fit import fit
from experiments.points.sweep import sweep
from experiments.points.target import Target
from experiments.run import carry_out
from experiments.run_directory import read_run
from experiments.tasks import load_task, mnist
from experiments.tasks.dataset import final_split, validation_split
from models import registry
from tests.bnsim.engine.networks import intensities, learner
from tests.experiments.here import Here, empty_pictures, run_here
from tests.experiments.parabola import Streams, parabola, streams
from tests.fuzz import damage
from tests.fuzz.trial import Outcome, Unexpected, attempt

Strategy = st.SearchStrategy[Any]


@dataclass(frozen=True)
class Kind:
    """A kind of file: whole ones, how each is damaged (`whole` to damaged bytes), and how it is then used.

    `share` is the share of the cases.
    """

    name: str
    files: tuple[Path, ...]
    damaged: Callable[[bytes], Strategy]
    use: Callable[[Path], None]
    share: float = 1.0

    def case(self, draw: Callable[[Strategy], Any]) -> tuple[Outcome, str]:
        """Damage one of the files, use it, and put it back; what became of it, and which file it was."""
        path = draw(st.sampled_from(self.files))
        whole = path.read_bytes()
        content = draw(self.damaged(whole))
        try:
            path.write_bytes(content)
            return attempt(lambda: self.use(path)), path.name
        finally:
            path.write_bytes(whole)


def command(
    *arguments: str, patches: Callable[[pytest.MonkeyPatch], None] | None = None, may_fail: bool = False
) -> str:
    """Call the command in this process; what it said. A refusal is raised as InputError.

    `may_fail`: some points may have failed, which exit code 1 says.
    """
    said, errors = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(errors):
        patch.setattr(carry_out, "Workers", Here)
        patch.setattr(warnings, "showwarning", warnings.showwarning)  # the command sets its own
        patch.setattr(sys, "argv", ["bnsim", *arguments])
        if patches is not None:
            patches(patch)
        try:
            command_line.main()
        except SystemExit as left:
            code = left.code
    lines = [line for line in errors.getvalue().splitlines() if "warning: " not in line]
    if code in (0, None) or (may_fail and code == 1 and not lines):
        return said.getvalue()
    if code == 2 and len(lines) == 1 and "please report" not in lines[0]:
        raise InputError(lines[0])
    raise Unexpected(f"exit code {code}: {errors.getvalue()}")


# Objects of the library


def _use_recording(recording: bnsim.Recording) -> None:
    repr(recording)
    recording._repr_html_()
    half = recording.start + recording.n_steps // 2 * recording.dt
    for name in recording.populations:
        recording.spike_counts(name)
        if name in recording.spikes:
            recording.binned(name, 5 * recording.dt)
            recording.spike_times(name).trains(0)
            recording.spike_trains(name, sample=3)
    if recording.n_steps > 1:
        repr(recording.window(recording.start, half))
    for variables in recording.traces.values():
        for trace in variables.values():
            trace.of(int(trace.units[0])) if len(trace.units) else None
    assert recording == recording


def use_recording(path: Path) -> None:
    """Load a recording and look at it."""
    _use_recording(bnsim.Recording.load(path))


def use_nwb(path: Path) -> None:
    """Read a recording from an NWB file and look at it."""
    _use_recording(bnsim.Recording.from_nwb(path))


def use_streamed(path: Path) -> None:
    """Load the recording and the state of a folder."""
    folder = next(parent for parent in path.parents if (parent / "contents.json").exists())
    _use_recording(bnsim.Recording.load(folder))
    look_at_state(bnsim.State.load(folder))


def look_at_state(state: bnsim.State) -> None:
    """Look at all that a state holds."""
    repr(state)
    state._repr_html_()
    for name in [name.removesuffix(".unit") for name in state if name.endswith(".unit")]:
        state.weights(name)
        state.weights(name, matrix=True)


def use_state(path: Path) -> None:
    """Load a state and go on from it by a step."""
    state = bnsim.State.load(path)
    look_at_state(state)
    simulator = _simulator()
    simulator.run_for(state, 0.5 * ms, intensities(1)[0], record=[bnsim.Spikes("cells")])


_made: dict[str, Any] = {}


def _simulator() -> Any:
    return _made.setdefault("simulator", None) or _made.update(simulator=learner("numpy")) or _made["simulator"]


MODELS: dict[str, dict[str, Any]] = {
    "rate": {"hidden": (5,), "passes": 1},
    "dense": {"hidden": (5,), "passes": 1},
    "receptive-field": {"image_shape": (8, 8), "n_filters": 12, "passes": 1, "duration": 5.0, "backend": "numpy"},
    "three-factor": {"hidden": (5,), "passes": 1, "duration": 5.0, "backend": "numpy"},
    "diehl-cook": {"n_neurons": 6, "passes": 1, "duration": 5.0, "backend": "numpy"},
    "converted": {"hidden": (5,), "passes": 1, "duration": 5, "backend": "numpy"},
    "receptive-dense": {"image_shape": (8, 8), "n_filters": 12, "passes": 1},
}


def _digits() -> tuple[Any, Any]:
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X[:30] / 16, y[:30]


def saved_models(folder: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """Train models a little and save them."""
    X, y = _digits()
    for name in names:
        path = folder / f"{name}.npz"
        model = registry.create(name, random_state=0, **MODELS[name])
        model.fit(X, y, validation=(X, y), checkpoints=(16,))
        model.save(path)
        yield path


def use_model(path: Path) -> None:
    """Load a classifier and let it answer."""
    X, _ = _digits()
    model = registry.entry(path.stem).load().load(path)
    model.weights()
    model.predict(X[:2, : model.n_features_in_])
    repr(model.history_)


# Tasks


def use_archive(path: Path) -> None:
    """Load a task and split it."""
    dataset = load_task(str(path))
    repr(dataset.checksum)
    final_split(dataset, 0, 12)
    validation_split(dataset, 0)


def use_idx(path: Path) -> None:
    """Load MNIST from a folder."""
    mnist.load(path.parent)


def idx_files(folder: Path) -> Iterator[Path]:
    """Small files in the form of MNIST's."""
    for place, name in enumerate(mnist.CHECKSUMS):
        shape = (3, 4, 4) if place % 2 == 0 else (3,)
        header = struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape)
        (folder / name).write_bytes(header + bytes(int(np.prod(shape))))
        yield folder / name


# Runs


def use_run(path: Path) -> None:
    """Show a run, as JSON too, and look at its predictions."""
    run = _run_of(path)
    command("show", str(run))
    command("show", str(run), "--json")
    repr(read_run(run).predictions)


def use_example(path: Path) -> None:
    """Draw a raster of a run."""
    command("raster", str(_run_of(path)), "--trial", "0")


def use_drawn(path: Path) -> None:
    """Draw a run."""
    with empty_pictures():
        command("draw", str(_run_of(path)))


def use_resumed(path: Path) -> None:
    """Resume a run of which all jobs are finished; it is left as it was."""
    copy = _copied(_run_of(path))
    command("resume", str(copy), patches=lambda patch: patch.setattr(carry_out, "_draw", lambda directory: None))


def _copied(run: Path) -> Path:
    copy = run.parent / "copy" / run.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(run, copy)
    return copy


def _run_of(path: Path) -> Path:
    return next(parent for parent in path.parents if (parent / "plan.json").exists())


# Sweeps and fits


def use_points(path: Path) -> None:
    """Show a sweep or a fit, and draw what it has found."""
    place = _copied(_run_of(path))
    command("show", str(place))
    command("runs", str(place.parent))
    with empty_pictures():
        command("draw", str(place), "--study", str(place.parents[2] / "parabola"))


def use_resumed_points(path: Path) -> None:
    """Go on with a sweep or a fit of which all is finished."""
    copy = _copied(_run_of(path))
    study, executor = str(copy.parents[2] / "parabola"), (points_folder, "Workers", Streams)
    command("resume", str(copy), "--study", study, patches=lambda patch: patch.setattr(*executor), may_fail=True)


def swept_and_fitted(place: Path) -> tuple[Path, Path]:
    """The folders of a sweep and a fit of a study that takes no time."""
    study = parabola(place)
    make = streams()[0]
    grid = {"parabola.x": (-1.0, 1.0, 2.0)}
    found = sweep(study, grid, {"parabola.y": (0.1, 0.9)}, n=2, seeds=2, out=place / "points", make_executor=make)
    fitted = fit(
        study,
        {"parabola.x": (1.0, 5.0)},
        [Target.parse("height=0.0±1.0")],
        seeds=2,
        generations=2,
        out=place / "points",
        make_executor=make,
    )
    return found.directory, fitted.directory


def use_cache(path: Path) -> None:
    """List a cache, and look an entry of it up."""
    from bnsim.engine import cache

    folder = path.parents[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BNSIM_CACHE", str(folder))
        command("cache")

    def make(place: Path) -> dict[str, Any]:
        (place / cache.BINARY).write_bytes(b"binary")
        return {"network": "a 1"}

    cache.fetch(folder, path.parent.name, make)


def cache_files(folder: Path) -> Iterator[Path]:
    """A cache with one entry."""
    from bnsim.engine import cache

    folder.chmod(0o700)
    made = cache.fetch(folder, "0" * 64, lambda place: _entry(place))
    yield made[0] / cache.MANIFEST


def _entry(place: Path) -> dict[str, Any]:
    (place / "main").write_bytes(b"binary")
    return {"network": "a 1"}


# Command lines

_WORDS = (
    *("compare", "run", "resume", "list", "show", "draw", "raster", "cache", "--help", "-h", "--version"),
    *("accuracy", "transfer", "digits", "studies", "neurons", "brunel", "dense,rate", "nowhere", ".", "/", ""),
    *("--task", "--models", "--seeds", "--preset", "--data-dir", "--out", "--set", "--workers", "--json", "--trial"),
    *("--prune", "--older-than", "--down-to", "--keep-finished", "--", "-", "---", "-5", "--seeds=3", "--set=a.b=1"),
)
_VALUES = (
    *("0", "-1", "1", "2", "1e9", "nan", "inf", "-inf", "0x10", "1_000", "9" * 400, "a" * 3000, "\x1b[31m", "\udc80"),
    *("quick", "full", "tiny", "", " ", "=", ".", "..", "/dev/null", "/proc/self/mem", "~", "*", "'", '"', "a,b,,c"),
    *("models.dense.hidden=[1000000000000]", "transfer.seconds=inf", "transfer.points=[[[[[[1]]]]]]", "studies.a=1"),
    *("models.dense.passes=", "=5", "models..a=1", "accuracy.max_train=-1", "accuracy.max_train=1e400", "a.b.c.d=1"),
    *("models.rate.hidden=[]", "models.rate.activation=3", "models.dense.learning_rate=nan", "transfer.points=true"),
)


class Work(Exception):
    """The command would begin to work: what it was given is right."""


class _Stop(Here):
    def run(self, jobs: Any, watcher: Any) -> Any:
        if jobs:
            raise Work
        return iter(())


def command_lines() -> Strategy:
    """Words that the command knows, and others."""
    word = st.one_of(st.sampled_from(_WORDS), st.sampled_from(_VALUES), st.text(max_size=12))
    option = st.tuples(st.sampled_from([w for w in _WORDS if w.startswith("--")]), st.sampled_from(_VALUES))
    start = st.sampled_from([("run", "accuracy"), ("run", "transfer"), ("compare",), ("cache",), ("list",), ("show",)])
    pairs = st.builds(
        lambda first, rest: [*first, *itertools.chain(*rest)], start, st.lists(option, min_size=1, max_size=3)
    )
    return st.one_of(st.lists(word, min_size=1, max_size=6), pairs)


def use_words(words: list[str], folder: Path) -> None:
    """Call the command with these words, in an empty folder, and stop where work would begin."""

    def patches(patch: pytest.MonkeyPatch) -> None:
        patch.chdir(folder)
        patch.setattr(carry_out, "Workers", _Stop)
        patch.setenv("BNSIM_CACHE", str(folder / "cache"))

    try:
        command(*(word.replace("\0", "") for word in words), patches=patches)
    except Unexpected as error:
        if "unexpected Work" not in str(error):
            raise


# All of them


def _streamed(folder: Path) -> Path:
    simulator = learner("numpy")
    record = [bnsim.Spikes("input"), bnsim.Spikes("cells", units=[1, 3]), bnsim.Trace("cells", "v", units=[3])]
    record.append(bnsim.Weights("input_to_cells", every=10 * ms))  # type: ignore[arg-type]
    state = simulator.initial_state(1)
    state, recording = simulator.run_for(state, 30 * ms, intensities(3), record=record)
    recording.save(folder / "recording.npz")
    state.save(folder / "state.npz")
    trials, _ = simulator.run(simulator.initial_state(1), intensities(4), 1, record=record[:3])[::-1]
    trials.save(folder / "trials.npz")
    for name, each in {"recording": recording, "trials": trials}.items():
        each.to_nwb(folder / f"{name}.nwb")
    simulator.run_for(simulator.initial_state(1), 30 * ms, intensities(3), record=record, to=folder / "streamed")
    _made["simulator"] = simulator
    return folder


SMALL_RUN = {
    "models.receptive-field.n_filters": 12,
    "models.receptive-field.duration": 5.0,
    "models.receptive-field.passes": 1,
    "models.receptive-field.backend": "numpy",
    "models.receptive-dense.passes": 1,
    "models.receptive-dense.n_filters": 12,
    "accuracy.max_train": 100,
}


def finished_run(folder: Path) -> Path:
    """A run of two models, with recordings."""
    models = ("receptive-field", "receptive-dense")
    return run_here("accuracy", models, SMALL_RUN, folder, seeds=2, preset="tiny").directory


def unfinished_run(folder: Path) -> Path:
    """A run of which all jobs are finished, and nothing else."""
    kept = folder / "kept"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carry_out.Store, "close", lambda store: None)
        settings = {"models.rate.hidden": (5,), "models.rate.passes": 1, "accuracy.max_train": 100}
        run = run_here("accuracy", ("rate",), settings, folder / "made", seeds=1, preset="tiny").directory
    kept.mkdir()
    for name in ("plan.json", "parts", "fitted"):
        shutil.move(run / name, kept / name)
    return kept


def _in(folders: tuple[Path, ...], pattern: str) -> tuple[Path, ...]:
    return tuple(sorted(path for folder in folders for path in folder.glob(pattern)))


@contextmanager
def workshop(folder: Path, models: tuple[str, ...] = tuple(MODELS)) -> Iterator[list[Kind]]:
    """Make whole ones of each kind."""
    for name in ("models", "idx", "cache", "runs", "here", "swept"):
        (folder / name).mkdir(parents=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        place = _streamed(folder)
        X, _ = _digits()
        np.savez_compressed(folder / "task.npz", X=X.reshape(-1, 8, 8), y=np.tile(np.arange(3), 10))
        np.savez(folder / "words.npz", X=X, y=np.array(["a", "b", "c"] * 10))
        run = finished_run(folder / "runs")
        kept = unfinished_run(folder)
        swept = swept_and_fitted(folder / "swept")
        documents = tuple(run / name for name in ("summary.json", "manifest.json"))
        tables = tuple(run / name for name in ("results.parquet", "predictions.parquet"))
        examples = tuple(sorted((run / "recordings").glob("*.npz")))
        listed = (place / "streamed" / "contents.json",)
        streamed = tuple(sorted((place / "streamed").rglob("*.npy")))
        parts = tuple(sorted((kept / "parts").glob("*.json")))
        fitted = tuple(sorted((kept / "fitted").glob("*.npz")))
        about = tuple(sorted((kept / "fitted").glob("*.json")))
        yield [
            Kind("recording", (place / "recording.npz", place / "trials.npz"), damage.of_npz, use_recording, 2),
            Kind("NWB file", (place / "recording.nwb", place / "trials.nwb"), damage.of_hdf5, use_nwb, 1.5),
            Kind("folder of a long run, its list", listed, damage.of_json, use_streamed),
            Kind("folder of a long run, its arrays", streamed, damage.of_npy, use_streamed, 1.5),
            Kind("state", (place / "state.npz",), damage.of_npz, use_state, 2),
            Kind("saved model", tuple(saved_models(folder / "models", models)), damage.of_npz, use_model, 2.5),
            Kind("archive of a task", (folder / "task.npz", folder / "words.npz"), damage.of_npz, use_archive, 1.5),
            Kind("IDX file", tuple(idx_files(folder / "idx")), damage.of_idx, use_idx, 0.3),
            Kind("summary.json, manifest.json", documents, damage.of_json, use_run, 2.5),
            Kind("config.toml", (run / "config.toml",), damage.of_toml, use_run, 0.7),
            Kind("results and predictions", tables, damage.of_parquet, use_run, 1.5),
            Kind("example recording", examples, damage.of_npz, use_example, 1.0),
            Kind("any of these, drawn: JSON", documents, damage.of_json, use_drawn, 0.15),
            Kind("any of these, drawn: TOML", (run / "config.toml",), damage.of_toml, use_drawn, 0.1),
            Kind("any of these, drawn: tables", tables, damage.of_parquet, use_drawn, 0.1),
            Kind("any of these, drawn: examples", examples, damage.of_npz, use_drawn, 0.15),
            Kind("plan and parts of a run", (kept / "plan.json", *parts, *about), damage.of_json, use_resumed, 1),
            Kind("trained model of a run", fitted, damage.of_npz, use_resumed, 0.4),
            Kind("sweep and fit: JSON", _in(swept, "*.json"), damage.of_json, use_points, 0.5),
            Kind("sweep and fit: lines", _in(swept, "*.jsonl"), damage.of_json_lines, use_points, 0.3),
            Kind("sweep and fit: tables", _in(swept, "*.parquet"), damage.of_parquet, use_points, 0.4),
            Kind("sweep and fit, resumed: JSON", _in(swept, "plan.json"), damage.of_json, use_resumed_points, 0.3),
            Kind("sweep and fit, resumed: lines", _in(swept, "*.jsonl"), damage.of_json_lines, use_resumed_points, 0.4),
            Kind("cache", tuple(cache_files(folder / "cache")), damage.of_json, use_cache, 0.5),
        ]
