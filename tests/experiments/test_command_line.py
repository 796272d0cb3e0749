"""Golden runs of the console command: output, files, exit codes, one-line errors.

Where processes matter, the installed command is run; else its entry point is called in this process, which has the
libraries imported (`here`).
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brian2.codegen.cpp_prefs import get_compiler_and_args

from experiments import command_line
from experiments.points import folder as points_folder
from experiments.run import carry_out
from experiments.run_directory import read_run
from experiments.studies import STUDIES

from .here import Here, empty_pictures
from .parabola import Streams

COMMAND = shutil.which("bnsim", path=str(Path(sys.executable).parent)) or "bnsim is not installed"
SMALL = [
    *("--models", "receptive-dense,dense", "--seeds", "2"),
    *("--set", "models.dense.hidden=[20]", "--set", "models.receptive-dense.n_filters=100"),
]
BRIEF = {name: study for name, study in STUDIES.items() if study.brief and study.samples in ("all", "static")}
"""Studies that `compare` carries out on digits, under the preset quick."""
FEW_PASSES = ["--set", "models.dense.passes=3", "--set", "models.receptive-dense.passes=3"]
SHORT = ["--set", "transfer.points=5", "--set", "transfer.seconds=0.5", "--set", "learning.presentations=2000"]
TINY_SPIKING = [
    *("run", "accuracy", "--models", "receptive-field", "--seeds", "1", "--set", "models.receptive-field.passes=1"),
    *("--set", "models.receptive-field.n_filters=30", "--set", "models.receptive-field.duration=5"),
]


def bnsim(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What the command says in this process."""
    output, errors = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(output), redirect_stderr(errors):
        patch.setattr(carry_out, "Workers", Here)
        patch.setattr(points_folder, "Workers", Streams)
        patch.setattr(warnings, "showwarning", warnings.showwarning)  # the command sets its own
        patch.setattr(sys, "argv", ["bnsim", *arguments])
        patch.chdir(cwd)
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as left:
            command_line.main()
    code = left.value.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(arguments, code, output.getvalue(), errors.getvalue())


def installed(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What the installed command says."""
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        timeout=300,  # two tests at a time, on machines that may have other work
        check=False,
    )


def refused(
    code: int, message: str, *arguments: str, cwd: Path, command: Callable[..., Any] = bnsim, **environment: str
) -> None:
    """The command ends with this code and one line on standard error, and leaves no trace."""
    before = sorted(cwd.rglob("*"))
    done = command(*arguments, cwd=cwd, **environment)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("bnsim: error: ")
    assert message in done.stderr
    assert done.returncode == code
    assert sorted(cwd.rglob("*")) == before


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """A small run of `compare`, and what --json printed."""
    folder = tmp_path_factory.mktemp("compared")
    done = installed("compare", *SMALL, *FEW_PASSES, *SHORT, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    (directory,) = (folder / "runs").iterdir()
    return directory, json.loads(done.stdout)


def test_help_lists_the_commands_and_waits_for_no_simulator(tmp_path: Path) -> None:
    """What makes an answer slow is what is imported for it."""
    done = installed("--help", cwd=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    assert all(name in done.stdout for name in ("compare", "run", "resume", "list", "show", "draw", "raster", "doctor"))
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "experiments.names" in imported  # by the command line, which is imported by its name and not listed itself
    slow = {
        "brian2",
        "tensorflow",
        "keras",
        "sklearn",
        "scipy",
        "pandas",
        "matplotlib",
        "bokeh",
        "elephant",
        "pydantic",
    }
    assert not imported & slow


@pytest.mark.slow
def test_compare_writes_one_complete_run(compared: tuple[Path, dict]) -> None:
    directory, _ = compared
    assert re.fullmatch(r"\d{8}T\d{6}Z-compare-digits", directory.name)
    expected = {"plan.json", "config.toml", "manifest.json", "results.parquet", "predictions.parquet", "summary.json"}
    names = {path.name for path in directory.iterdir()}
    assert names == expected | {"recordings", "figures", "report.html"}
    assert {path.name for path in directory.parent.iterdir()} == {directory.name}


@pytest.mark.slow
def test_json_is_the_summary_and_nothing_else(compared: tuple[Path, dict]) -> None:
    directory, printed = compared
    run = read_run(directory)
    assert printed == run.summary
    assert {entry["study"] for entry in printed["metrics"]} == set(BRIEF)
    accuracies = [entry["mean"] for entry in printed["metrics"] if entry["metric"] == "test_accuracy"]
    assert len(accuracies) == 2
    assert min(accuracies) > 0.5
    opening = [study for study in BRIEF.values() if study.opens_test_set]
    assert run.manifest["test_set_openings"] == 4 * len(opening)
    assert run.manifest["task"]["sha256"].startswith("0b3e4ee14f82")


@pytest.mark.slow
def test_examples_show_every_model_the_same_images(compared: tuple[Path, dict]) -> None:
    examples = read_run(compared[0]).examples()
    assert {(example.model, example.case) for example in examples} == {
        (model, case)
        for model in ("receptive-dense", "dense")
        for case in ("correct", "wrong", *(f"further{place}" for place in range(1, 5)))
    }
    first, second = (example for example in examples if example.case == "wrong")
    assert first.index == second.index
    np.testing.assert_array_equal(first.image, second.image)
    assert first.image.shape == (8, 8)
    chooser = next(example for example in examples if example.model == "receptive-dense")
    assert chooser.true_class == chooser.predicted_class


@pytest.mark.slow
def test_repeating_a_command_repeats_all_but_the_clock(compared: tuple[Path, dict], tmp_path: Path) -> None:
    arguments = ["run", "learning", *SMALL, "--set", "learning.presentations=2000"]
    done = bnsim(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (directory,) = (tmp_path / "runs").iterdir()
    assert f"report: runs/{directory.name}/report.html" in done.stdout
    again = read_run(directory)
    before = read_run(compared[0]).results.query("study == 'learning'").reset_index(drop=True)
    pd.testing.assert_frame_equal(again.results, before)
    assert again.manifest["test_set_openings"] == 0
    assert again.config["learning"]["passes"] == 2  # 2000 presentations of 1149 samples
    assert read_run(compared[0]).config["learning"] == again.config["learning"]


@pytest.mark.slow
def test_show_and_draw_work_on_a_stored_run(compared: tuple[Path, dict], tmp_path: Path) -> None:
    directory, summary = compared
    shown = bnsim("show", str(directory), cwd=tmp_path)
    assert "test_accuracy" in shown.stdout
    assert f"report: {directory / 'report.html'}" in shown.stdout
    assert json.loads(bnsim("show", str(directory), "--json", cwd=tmp_path).stdout) == summary
    assert "silent_share" not in shown.stdout
    assert "test_loss" in bnsim("show", str(directory), "--all", cwd=tmp_path).stdout
    assert (
        "test_loss of accuracy, mean of" in bnsim("show", str(directory), "--metric", "test_loss", cwd=tmp_path).stdout
    )
    of_one = [entry for entry in summary["metrics"] if entry["metric"] == "test_loss"]
    assert json.loads(bnsim("show", str(directory), "--metric", "test_loss", "--json", cwd=tmp_path).stdout) == of_one
    refused(
        2,
        "no metric 'test_los'; did you mean 'test_loss'",
        "show",
        str(directory),
        "--metric",
        "test_los",
        cwd=tmp_path,
    )
    refused(2, "--all and --metric: choose one", "show", str(directory), "--all", "--metric", "a", cwd=tmp_path)
    (directory / "report.html").unlink()
    assert bnsim("draw", str(directory), cwd=tmp_path).stdout == f"report: {directory / 'report.html'}\n"
    page = (directory / "report.html").read_text(encoding="utf-8")
    assert "Data: 1797 samples of 64 pixels in 10 classes; every seed holds out a fifth of them." in page
    refused(2, "holds no spike times; repeat the run with", "raster", str(directory), cwd=tmp_path)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("studies", "sample-efficiency"),
        ("models", "receptive-field"),
        ("tasks", "breast-cancer"),
        ("presets", "quick"),
        ("neurons", "LIF"),
        ("classics", "siegert"),
        ("synapses", "ExponentialCurrent"),
        ("rules", "PairSTDP"),
        ("encoders", "Poisson"),
        ("drives", "PoissonDrive"),
        ("connectivity", "FixedInDegree"),
        ("distributions", "LogNormal"),
    ],
)
def test_list_names_what_exists(what: str, name: str, tmp_path: Path) -> None:
    done = bnsim("list", what, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert lines[name].strip()


@pytest.mark.slow
def test_the_cache_is_listed_and_pruned(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    environment = {"BNSIM_CACHE": str(folder)}
    done = bnsim("cache", cwd=tmp_path, **environment)
    assert done.stdout == f"{folder}: 0 networks, 0.0 MB\n"
    for name in ("first", "second"):
        (folder / name).mkdir()
        (folder / name / "main").write_bytes(bytes(600_000))
        (folder / name / "manifest.json").write_text(json.dumps({"network": f"{name} (3)"}))
    os.utime(folder / "first" / "manifest.json", (1e9, 1e9))
    listed = bnsim("cache", cwd=tmp_path, **environment).stdout.splitlines()
    assert listed[0] == f"{folder}: 2 networks, 1.2 MB"
    assert [line.split("│")[-2].strip() for line in listed if "(3)" in line] == ["second (3)", "first (3)"]
    done = bnsim("cache", "--prune", "--older-than", "1", cwd=tmp_path, **environment)
    assert done.stdout == f"{folder}: 1 networks removed, 0.6 MB\n"
    assert [path.name for path in folder.iterdir()] == ["second"]
    refused(
        2,
        "--older-than and --down-to say what --prune removes; give --prune too",
        "cache",
        "--down-to",
        "3",
        cwd=tmp_path,
    )


@pytest.mark.slow
def test_doctor_finds_this_machine_fit(tmp_path: Path) -> None:
    done = bnsim("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "FAILS" not in done.stdout
    assert "brian2" in done.stdout


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("unknown task 'digit'; did you mean 'digits'?", ["compare", "--task", "digit"]),
        ("unknown model 'dens'; did you mean 'dense'?", ["compare", "--models", "dens"]),
        ("unknown study 'one_pass'; did you mean 'one-pass'?", ["run", "one_pass"]),
        ("unknown study 'acuracy'; did you mean 'accuracy'?", ["run", "acuracy"]),
        ("unknown study 'segert'; did you mean 'siegert'?", ["run", "segert"]),
        ("--task: siegert is a classic experiment, without a task; leave it out", ["run", "siegert", "--task", "wine"]),
        ("--data-dir: siegert is a classic experiment, without data", ["run", "siegert", "--data-dir", "."]),
        ("--models: siegert looks at lif; leave it out", ["run", "siegert", "--models", "dense"]),
        (
            "unknown option of siegert 'neuron'; did you mean 'neurons'?",
            ["run", "siegert", "--set", "siegert.neuron=3"],
        ),
        ("--set siegert.sigma: got 0; input should be greater", ["run", "siegert", "--set", "siegert.sigma=0"]),
        ("unknown preset 'fast'; choose from quick, full", ["compare", "--preset", "fast"]),
        ("unknown list 'neuron'; did you mean 'neurons'?", ["list", "neuron"]),
        ("unknown kind 'neurn'; did you mean 'neuron'?", ["new", "neurn", "LeakyCell"]),
        ("--seeds: got 0; input should be greater than 0", ["compare", "--seeds", "0"]),
        ("Invalid value for '--seeds'", ["compare", "--seeds", "many"]),
        ("No such option: --sedes", ["compare", "--sedes", "3"]),
        ("No such command 'compar'", ["compar"]),
        ("Missing argument 'STUDY'", ["run"]),
        ("dense: unknown parameter 'hiden'; did you mean 'hidden'?", ["compare", "--set", "models.dense.hiden=[3]"]),
        ("models.dense.passes: learning shows", ["run", "learning", "--set", "models.dense.passes=3"]),
        ("unknown setting 'dense.passes'", ["compare", "--set", "dense.passes=3"]),
        ("not of the form key=value", ["compare", "--set", "models.dense.passes"]),
        ("--out missing/deep: ", ["compare", "--out", "missing/deep"]),
        ("--out /proc: cannot write there", ["compare", "--out", "/proc"]),
        ("nowhere: no such data folder", ["compare", "--task", "mnist", "--data-dir", "nowhere"]),
        ("mine.npz: no such file; give the path", ["compare", "--task", "mine.npz"]),
        (".: not a run: config.toml is missing", ["show", "."]),
        ("nowhere: no such run", ["draw", "nowhere"]),
    ],
)
def test_bad_input_is_one_line_and_code_2(message: str, arguments: list[str], tmp_path: Path) -> None:
    refused(2, message, *arguments, cwd=tmp_path)


@pytest.mark.parametrize("arrays", [{"y": [0, 1]}, {"X": [[1.0], [np.nan]], "y": [0, 1]}, {"X": [[1.0]], "y": [0]}])
def test_bad_archives_are_refused_before_any_work(arrays: dict, tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", **{name: np.array(values) for name, values in arrays.items()})
    refused(2, "bad.npz: ", "compare", "--task", "bad.npz", cwd=tmp_path)


@pytest.mark.slow
def test_bad_model_parameters_come_back_from_the_workers(tmp_path: Path) -> None:
    arguments = ["run", "accuracy", "--models", "dense", "--seeds", "1", "--set", "models.dense.passes=-1"]
    message = "bnsim: error: dense: Dense.passes: got -1; give"
    refused(2, message, *arguments, cwd=tmp_path, command=installed)


@pytest.mark.slow
def test_without_a_compiler_the_run_says_so_and_goes_on(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import sys; sys.modules['ziglang'] = None\n")
    search = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    done = installed(*TINY_SPIKING, cwd=tmp_path, PATH=str(tmp_path), CXX="", PYTHONPATH=search)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0] == (
        "bnsim: warning: no C++ compiler found; spiking networks run on NumPy, more slowly (see `bnsim doctor`)"
    )
    # The tiny network is degenerate besides, and no other line is a warning.
    others = [line for line in done.stderr.splitlines()[1:] if "warning" in line]
    assert all(line.startswith("bnsim: warning: accuracy, receptive-field, seed 0: ") for line in others)
    assert len(list((tmp_path / "runs").iterdir())) == 1


@pytest.mark.slow
def test_a_broken_compiler_is_quoted_in_one_line(tmp_path: Path) -> None:
    compiler = tmp_path / "broken"
    compiler.write_text("#!/bin/sh\necho 'lif.cpp:7:' >&2\necho 'fatal error: no header' >&2\nexit 3\n")
    compiler.chmod(0o755)
    message = f"{compiler} failed with exit status 3: lif.cpp:7: | fatal error: no header; set CXX to a working"
    get_compiler_and_args()  # once in a process, Brian2 tries its flags: not with this compiler
    with tempfile.TemporaryDirectory() as cache:
        refused(1, message, *TINY_SPIKING, cwd=tmp_path, CXX=str(compiler), BNSIM_CACHE=cache)


@pytest.mark.slow
def test_a_report_that_fails_costs_the_report_alone(tmp_path: Path) -> None:
    limit = 100_000  # bytes in one file: enough for the fitted network and all numbers, not for the report

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    arguments = ["run", "accuracy", "--models", "dense", "--seeds", "1", *SMALL[4:6], *FEW_PASSES[:2]]
    done = subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        preexec_fn=small_disk,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (directory,) = (tmp_path / "runs").iterdir()
    assert f"runs/{directory.name}: the report could not be drawn (OSError" in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].endswith(f"draw it again with `bnsim draw runs/{directory.name}`")
    assert len(read_run(directory).results) > 100
    assert not (directory / "report.html").exists()
    assert not list(directory.glob(".*"))


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = installed("compare", "--task", "digit", "--debug", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback (most recent call last)" in done.stderr


def interrupted(*arguments: str, when: Callable[[], bool], cwd: Path) -> list[str]:
    """What the installed command says when Ctrl-C comes at a certain moment."""
    process = subprocess.Popen(
        [COMMAND, *arguments],
        cwd=cwd,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "BNSIM_KEEP_EVERY": "0.5"},
    )
    while not when():
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    return errors.splitlines()


@pytest.mark.slow
def test_a_run_interrupted_before_any_work_leaves_nothing(tmp_path: Path) -> None:
    (*_, said) = interrupted("compare", when=lambda: (tmp_path / "runs").exists(), cwd=tmp_path)
    assert said == "bnsim: error: interrupted; nothing was written"
    assert list(tmp_path.iterdir()) == []


LONG = {"passes": 40, "n_filters": 300, "duration": 20}
LONG_TRAINING = ("accuracy", "--models", "receptive-field", "--seeds", "1")
LONG_TRAINING += tuple(f"--set=models.receptive-field.{name}={value}" for name, value in LONG.items())


@pytest.mark.slow
def test_an_interrupted_training_goes_on_with_the_run(tmp_path: Path) -> None:
    arguments = ["run", *LONG_TRAINING]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
    with empty_pictures():
        assert bnsim(*arguments, cwd=whole).returncode == 0
    states = "runs/*/fitted/*/0*.npz"
    said = interrupted(*arguments, when=lambda: bool(list(parts.glob(states))), cwd=parts)
    (run,) = (parts / "runs").iterdir()
    assert len(list(parts.glob(states))) == 2  # one that was due, and that of the interruption
    assert said[-1] == (
        f"bnsim: error: interrupted; the trainings so far are kept; continue with `bnsim resume runs/{run.name}`"
    )
    with empty_pictures():
        resumed = bnsim("resume", str(run), cwd=parts)
    assert resumed.returncode == 0, resumed.stderr
    (other,) = (whole / "runs").iterdir()
    timed = r"_seconds$|_per_second$"
    first, second = (read_run(each).results for each in (run, other))
    assert first[~first["metric"].str.contains(timed)].equals(second[~second["metric"].str.contains(timed)])
    assert not (run / "fitted").exists()


@pytest.mark.slow
def test_an_interrupted_training_goes_on_with_the_sweep(tmp_path: Path) -> None:
    arguments = ["sweep", *LONG_TRAINING, "--grid", "accuracy.max_train=1000", "--workers", "1"]
    states = "sweeps/*/fitted/*/*/0*.npz"
    said = interrupted(*arguments, when=lambda: bool(list(tmp_path.glob(states))), cwd=tmp_path)
    (folder,) = (tmp_path / "sweeps").iterdir()
    assert said[-1] == (
        "bnsim: error: interrupted; 0 of 1 points and seeds are kept; continue with "
        f"`bnsim resume sweeps/{folder.name}`"
    )
    state = max(tmp_path.glob(states), key=lambda path: path.stat().st_mtime_ns)
    state.write_bytes(state.read_bytes()[:-100])  # a warning shows that states are looked at
    resumed = installed("resume", str(folder), cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert not (folder / "fitted").exists()
    assert "is damaged; the state before it" in resumed.stderr
    assert bnsim(*arguments, "--out", "whole", cwd=tmp_path).returncode == 0
    first, second = (
        pd.read_parquet(tmp_path / place / folder.name / "results.parquet") for place in ("sweeps", "whole")
    )
    timed = r"_seconds$|_per_second$"
    assert first[~first["metric"].str.contains(timed)].equals(second[~second["metric"].str.contains(timed)])


@pytest.mark.slow
def test_a_spiking_network_leaves_its_raster(tmp_path: Path) -> None:
    arguments = ["run", "accuracy", "--models", "receptive-field", "--seeds", "1"]
    values = {"n_filters": 50, "duration": 20, "passes": 1, "backend": "numpy"}
    settings = [f"--set=models.receptive-field.{name}={value}" for name, value in values.items()]
    settings.append("--set=accuracy.max_train=100")
    with empty_pictures():
        done = bnsim(*arguments, *settings, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (directory,) = (tmp_path / "runs").iterdir()
    run = read_run(directory)
    plain = run.results[[not facts for facts in run.results["facts"]]].set_index("metric")["value"]
    assert plain["synaptic_operations_per_sample"] > 0
    assert plain["spikes_per_neuron_trial"] > 0
    example = run.examples()[0]
    assert example.recording is not None
    assert len(example.recording.spike_times("hidden")) > 0
    drawn = bnsim("raster", str(directory), "--trial", "0", cwd=tmp_path)
    picture = directory / "figures" / f"raster-receptive-field-{example.case}.png"
    assert drawn.stdout.rstrip().endswith(f": {picture}")
    assert picture.read_bytes().startswith(b"\x89PNG")
    refused(2, "--trial 9: ", "raster", str(directory), "--trial", "9", cwd=tmp_path)
