"""Runs repeated from their manifest.json alone: `bnsim repeat`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.collection import difference
from experiments.collection.numbers import checksums
from experiments.run.repeat import repeat
from experiments.run_directory import Run, read_run
from tests.experiments.here import Here, empty_pictures, run_here
from tests.experiments.test_command_line import bnsim, refused

SETTINGS = {"models.rate.hidden": (5,), "models.rate.passes": 2, "accuracy.n_measured": 20}


@pytest.fixture(scope="module", autouse=True)
def no_pictures() -> Iterator[None]:
    with empty_pictures():
        yield


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of a network of NumPy alone on the user's own data. Not to be changed."""
    folder = tmp_path_factory.mktemp("done")
    generator = np.random.default_rng(0)
    np.savez(folder / "mine.npz", X=generator.normal(size=(80, 4)), y=np.arange(80) % 2)
    return run_here("accuracy", ("rate",), SETTINGS, folder / "runs", seeds=2, task=str(folder / "mine.npz"))


@pytest.fixture
def alone(done: Run, tmp_path: Path) -> Path:
    """The directory of this run, of which nothing but manifest.json is left."""
    (tmp_path / "alone").mkdir()
    shutil.copy(done.directory / "manifest.json", tmp_path / "alone")
    return tmp_path / "alone"


def changed(directory: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = directory / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def test_the_manifest_alone_gives_the_same_run(done: Run, alone: Path, tmp_path: Path) -> None:
    again = repeat(alone, out=tmp_path / "again", make_executor=Here)
    assert again.equal
    assert again.numbers is None
    assert not again.studies
    assert not any(vars(again.circumstances).values())
    assert difference.numbers(done.results, again.run.results).equal
    assert again.run.config == done.config
    same = ("request", "numbers", "code", "versions", "machine", "task", "models")
    assert {name: again.run.manifest[name] for name in same} == {name: done.manifest[name] for name in same}


def test_the_manifest_says_everything(done: Run) -> None:
    manifest = done.manifest
    assert manifest["request"]["settings"] == {
        name: list(v) if isinstance(v, tuple) else v for name, v in SETTINGS.items()
    }
    assert manifest["request"]["models"] == ["rate"]
    assert manifest["numbers"] == checksums(done.results)
    plan = json.loads((done.directory / "plan.json").read_text())
    assert {manifest["code"]["accuracy"]} == {job["code"] for job in plan["jobs"].values()}
    assert {manifest["task"]["sha256"]} == {job["data"] for job in plan["jobs"].values()}
    assert manifest["started_utc"] <= manifest["finished_utc"]
    assert {"python", "numpy", "brian2", "keras"} <= set(manifest["versions"])


def test_what_differs_is_said(done: Run, tmp_path: Path) -> None:
    """With all files of a run, number by number; a number and a version are changed as if they had been others."""
    directory = Path(shutil.copytree(done.directory, tmp_path / "copy"))
    changed(directory, lambda manifest: manifest["versions"].update(numpy="1.0"))
    run = read_run(directory)
    run.results.loc[run.results["metric"] == "test_accuracy", "value"] += 0.25
    run.results.drop(columns="facts").assign(facts=[facts or None for facts in run.results["facts"]])[
        list(run.results.columns)
    ].to_parquet(directory / "results.parquet")
    said = bnsim("repeat", "copy", cwd=tmp_path)
    assert said.returncode == 3
    lines = [" ".join(line.replace("│", " ").split()) for line in said.stdout.splitlines()]
    assert any(line.startswith("numpy 1.0 ") for line in lines)
    assert any(line.startswith("accuracy, rate, seed 1: test_accuracy (fraction)") for line in lines)
    assert any(line.startswith("2 of ") and line.endswith(" common numbers differ") for line in lines)
    assert lines[-1].startswith("repetition: runs/")


@pytest.mark.slow
def test_other_numbers_are_seen_by_the_manifest_alone(alone: Path, tmp_path: Path) -> None:
    changed(alone, lambda manifest: manifest["numbers"].update(accuracy="0" * 64))
    said = bnsim("repeat", "alone", cwd=tmp_path)
    assert said.returncode == 3
    assert "numbers of accuracy differ; the first run holds only their checksums\n" in said.stdout
    found = json.loads(bnsim("repeat", "alone", "--json", cwd=tmp_path).stdout)
    assert (found["equal"], found["studies"], found["numbers"]) == (False, ["accuracy"], None)


@pytest.mark.slow
def test_data_that_were_moved(done: Run, alone: Path, tmp_path: Path) -> None:
    here = Path(done.manifest["request"]["task"])
    changed(alone, lambda manifest: manifest["request"].update(task=str(tmp_path / "gone" / "mine.npz")))
    message = f"{tmp_path}/gone/mine.npz: no such file, but alone was made with it; give its place by --task"
    refused(2, message, "repeat", "alone", cwd=tmp_path)
    np.savez(tmp_path / "other.npz", X=np.random.default_rng(1).normal(size=(80, 4)), y=np.arange(80) % 2)
    message = f"{tmp_path}/other.npz: other data than those of alone; give the right file by --task"
    refused(2, message, "repeat", "alone", "--task", "other.npz", cwd=tmp_path)
    shutil.copy(here, tmp_path / "mine.npz")
    said = bnsim("repeat", "alone", "--task", "mine.npz", cwd=tmp_path)
    assert said.returncode == 0
    assert said.stdout.startswith("all numbers are equal, by their checksums\nrepetition: runs/")


def test_what_repeat_refuses(alone: Path, tmp_path: Path) -> None:
    refused(2, "nothing: no such run; `bnsim runs .` lists those that there are", "repeat", "nothing", cwd=tmp_path)
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "plan.json").write_text("{}")
    message = "begun: this run is not finished; continue with `bnsim resume begun`"
    refused(2, message, "repeat", "begun", cwd=tmp_path)
    changed(alone, lambda manifest: manifest["request"].update(task="digits"))
    message = "--task: alone was made with 'digits', which is no file; leave --task out"
    refused(2, message, "repeat", "alone", "--task", "x.npz", cwd=tmp_path)
    with pytest.raises(InputError) as caught:
        repeat(alone, study=".")
    assert str(caught.value) == f"--study: {alone} is of 'accuracy', which is no folder; leave --study out"
    changed(alone, lambda manifest: manifest["request"].update(study="/nowhere/mine"))
    message = "if you trust it, say --study /nowhere/mine"
    refused(2, message, "repeat", "alone", cwd=tmp_path)
    refused(2, f"{tmp_path}: no study; give a folder with", "repeat", "alone", "--study", ".", cwd=tmp_path)
    changed(alone, lambda manifest: manifest["request"].update(study="accuracy"))
    changed(alone, lambda manifest: manifest["request"].update(task="mnist", data_dir="/nowhere"))
    message = "/nowhere: no such folder, but alone was made with its files; give its place by --data-dir"
    refused(2, message, "repeat", "alone", cwd=tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda manifest: manifest.pop("request"),
            "manifest.json: damaged (entry 'request' is missing); give the options of the run to `bnsim run`",
        ),
        (lambda manifest: manifest.update(request=None), "damaged ("),
        (lambda manifest: manifest["request"].pop("settings"), "damaged ("),
        (lambda manifest: manifest["request"].update(other=1), "damaged ("),
        (lambda manifest: manifest["request"].update(seeds="many"), "damaged (entry 'request.seeds' is 'many': "),
        (lambda manifest: manifest["request"].update(models=3), "damaged ("),
        (lambda manifest: manifest["request"].update(seeds=-1), "seeds"),
        (lambda manifest: manifest["request"].update(study="acuracy"), "acuracy"),
        (lambda manifest: manifest["request"].update(preset="huge"), "huge"),
        (lambda manifest: manifest.update(numbers=[]), "damaged ("),
        (lambda manifest: manifest.update(task=7), "damaged ("),
        (lambda manifest: manifest.update(versions=7), "damaged ("),
    ],
)
def test_a_manifest_that_is_damaged(
    alone: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    changed(alone, change)
    refused(2, message, "repeat", "alone", cwd=tmp_path)
