"""Runs that end early: what is finished is kept, and going on gives the run that was not interrupted."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bnsim.errors import InputError, MachineError
from experiments import resume
from experiments.run import job
from experiments.run.carry_out import carry_out
from experiments.run.executor import Job, Watcher
from experiments.run.plan import check
from experiments.run.request import Request
from experiments.run.store import Store
from experiments.run_directory import Run, read_run
from experiments.spec import Subject
from experiments.tasks.reference import TaskReference
from tests.experiments.here import Here, empty_pictures

SETTINGS = {"models.dense.hidden": (20,), "models.dense.passes": 3, "accuracy.n_measured": 40}
REQUEST = Request("accuracy", "digits", ("dense",), 3, "quick", settings=SETTINGS)


@pytest.fixture(scope="module", autouse=True)
def no_pictures() -> Iterator[None]:
    with empty_pictures():
        yield


def stopping(after: int, how: BaseException) -> type[Here]:
    """An executor that ends in this way once so many jobs are done."""

    class Stopping(Here):
        def run(self, jobs: Sequence[Job], watcher: Watcher) -> Iterator[tuple[int, Any]]:
            for place, result in super().run(jobs, watcher):
                if place == after:
                    raise how
                yield place, result

    return Stopping


def interrupted(out: Path, after: int = 2, how: BaseException | None = None) -> Path:
    """The directory of a run that ended early."""
    with pytest.raises((KeyboardInterrupt, MachineError)) as caught:
        carry_out(REQUEST, out, make_executor=stopping(after, how or KeyboardInterrupt()))
    (directory,) = out.iterdir()
    assert str(caught.value).endswith(f"{after} of 3 jobs are kept; continue with `bnsim resume {directory}`")
    return directory


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run that ended after two jobs. Not to be changed."""
    return interrupted(tmp_path_factory.mktemp("unfinished"))


@pytest.fixture
def copied(unfinished: Path, tmp_path: Path) -> Path:
    """A copy of it, to go on with."""
    return Path(shutil.copytree(unfinished, tmp_path / "runs" / unfinished.name))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return carry_out(REQUEST, tmp_path_factory.mktemp("whole"), make_executor=Here)


def untimed(run: Run) -> pd.DataFrame:
    return run.results[~run.results["metric"].str.contains(r"_seconds$|_per_second$")].reset_index(drop=True)


@pytest.mark.parametrize("how", [KeyboardInterrupt(), MachineError("dense: the disk is gone")])
def test_going_on_gives_the_run_that_was_not_interrupted(
    how: BaseException, whole: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = interrupted(tmp_path / "runs", how=how)
    parts = {path: path.read_bytes() for path in (directory / "parts").iterdir()}
    assert len(parts) == 2
    with pytest.raises(InputError, match=rf"{directory}: this run is not finished; continue with `bnsim resume"):
        read_run(directory)
    capsys.readouterr()
    run = resume(directory, make_executor=Here)
    assert capsys.readouterr().err.splitlines() == [
        "2/3 jobs were finished before",
        "recording the responses to example samples",
        "drawing the figures and the report",
    ]
    pd.testing.assert_frame_equal(untimed(run), untimed(whole))
    pd.testing.assert_frame_equal(run.predictions, whole.predictions)
    for name in ("config.toml", "results.parquet", "predictions.parquet", "summary.json", "report.html"):
        assert (directory / name).is_file()
    assert run.config == whole.config
    assert run.manifest["run"] == directory.name
    assert {path.name for path in directory.iterdir()} == {path.name for path in whole.directory.iterdir()}
    for part, other in zip(run.examples(), whole.examples(), strict=True):
        np.testing.assert_array_equal(part.image, other.image)
    # What was kept was not measured again: its seconds are those of the first time.
    kept = json.loads(parts[directory / "parts" / "accuracy-dense-seed-2.json"])["outcome"]["seconds"]
    assert run.manifest["timings"]["accuracy, dense, seed 2, seconds"] == kept


def test_a_complete_run_is_read_as_it_is(whole: Run) -> None:
    before = (whole.directory / "summary.json").stat().st_mtime_ns
    pd.testing.assert_frame_equal(resume(whole.directory).results, whole.results)
    assert (whole.directory / "summary.json").stat().st_mtime_ns == before


def test_a_report_that_was_interrupted_is_drawn_when_the_run_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(directory: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("experiments.report.write", interrupt)
        with pytest.raises(KeyboardInterrupt) as caught:
            carry_out(REQUEST, tmp_path, make_executor=Here)
    (directory,) = tmp_path.iterdir()
    assert str(caught.value) == f"the numbers are stored: draw the report with `bnsim draw {directory}`"
    assert not (directory / "report.html").exists()
    resume(directory)
    assert (directory / "report.html").is_file()


def test_a_run_without_a_finished_job_leaves_nothing(tmp_path: Path) -> None:
    for how in (KeyboardInterrupt(), MachineError("no compiler")):
        with pytest.raises(type(how)) as caught:
            carry_out(REQUEST, tmp_path / "runs", make_executor=stopping(0, how))
        assert "kept" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []


def test_a_second_run_of_the_same_second_gets_its_own_name(tmp_path: Path) -> None:
    first, second = (Store.begin(tmp_path, "name").directory for _ in range(2))
    assert (first.name, second.name) == ("name", "name-2")


@pytest.mark.parametrize("what", ["settings", "code", "data"])
def test_numbers_of_other_settings_data_or_code_are_not_mixed(what: str, whole: Run, copied: Path) -> None:
    path = copied / "parts" / "accuracy-dense-seed-2.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["identity"][what] = "other"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        resume(copied, make_executor=Here)
    assert str(caught.value) == (
        f"{copied}: 1 finished jobs were measured with other {what} than now; begin a new run, or keep them with "
        "--keep-finished"
    )
    run = resume(copied, keep_finished=True, make_executor=Here)
    pd.testing.assert_frame_equal(untimed(run), untimed(whole))


def test_two_processes_do_not_carry_out_the_same_run(copied: Path) -> None:
    with Store(copied).locked(), pytest.raises(InputError, match="another process carries out this run; wait"):
        resume(copied, make_executor=Here)


def test_damaged_parts_and_foreign_folders_are_refused(copied: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no run that could be resumed; give a folder that bnsim began"):
        resume(tmp_path)
    (copied / "parts" / "accuracy-dense-seed-1.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"accuracy-dense-seed-1.json: damaged"):
        resume(copied, make_executor=Here)


def test_a_value_that_was_measured_twice_is_refused(copied: Path) -> None:
    path = copied / "parts" / "accuracy-dense-seed-1.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    rows = document["outcome"]["measurements"]
    rows.append(rows[0])
    path.write_text(json.dumps(document), encoding="utf-8")
    found = rf"entry 'outcome.measurements' is .*: .*{rows[0]['metric']} is measured twice"
    with pytest.raises(InputError, match=found):
        resume(copied, make_executor=Here)


@pytest.mark.parametrize("workers", [0, -2])
def test_there_is_at_least_one_worker(workers: int, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"--workers: got {workers}; give at least 1"):
        carry_out(REQUEST, tmp_path, workers)
    assert list(tmp_path.iterdir()) == []


def test_the_identity_of_a_job_knows_all_that_its_numbers_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(request: Request) -> job.StudyJob:
        return check(request).plan(Path("shelf")).jobs[0]

    own = first(REQUEST).identity
    assert first(REQUEST).identity == own
    for changed in (
        {"settings": {**SETTINGS, "models.dense.passes": 4}},
        {"settings": {**SETTINGS, "accuracy.n_measured": 41}},
    ):
        other = first(dataclasses.replace(REQUEST, **changed)).identity  # type: ignore[arg-type]
        assert (other.settings != own.settings, other.data, other.code) == (True, own.data, own.code)
    data = first(dataclasses.replace(REQUEST, task="breast-cancer")).identity.data
    assert data != own.data
    learning = first(Request("learning", "digits", ("dense",), 1)).identity.code
    assert learning != own.code  # each study has its own measure.py


def test_figures_are_no_part_of_a_job(tmp_path: Path) -> None:
    """The same study of a user's own, with another figure and then with another measure."""
    folder = tmp_path / "mine"
    codes = []
    for figure, measure in (("1", "1"), ("2", "1"), ("2", "2")):
        folder = tmp_path / f"copy{len(codes)}" / "mine"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder / "figure.py").write_text(figure)
        (folder / "measure.py").write_text(measure)
        codes.append(job.code_of(folder))
    assert codes[0] == codes[1] != codes[2]


def test_jobs_carry_the_name_of_their_data() -> None:
    import pickle

    planned = check(REQUEST).plan(Path("shelf")).jobs[0]
    assert len(pickle.dumps(planned)) < 3000
    assert isinstance(planned.subject, Subject)
    assert planned.subject.dataset.checksum == check(REQUEST).dataset.checksum


def test_data_that_changed_since_the_plan_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    y = np.repeat([0, 1], 20)
    np.savez(path, X=np.random.default_rng(0).normal(size=(40, 3)), y=y)
    reference = TaskReference(str(path), None, "0" * 64)
    with pytest.raises(InputError, match=r"mine.npz: its data have changed since the run was planned; begin a new run"):
        reference.load()


def test_the_stored_request_of_a_classic_is_planned_again(tmp_path: Path) -> None:
    plan = check(Request("siegert", seeds=2, preset="tiny")).plan(tmp_path)
    assert check(Request.of(plan.request.document())).plan(tmp_path).jobs == plan.jobs


def test_a_report_is_not_drawn_without_the_study_of_ones_own_that_it_is_about(whole: Run, tmp_path: Path) -> None:
    directory = shutil.copytree(whole.directory, tmp_path / "run")
    (directory / "report.html").unlink()
    plan = json.loads((directory / "plan.json").read_text())
    plan["request"]["study"] = "/home/me/my_study"
    (directory / "plan.json").write_text(json.dumps(plan))
    with pytest.raises(InputError, match=r"if you trust it, say --study /home/me/my_study$"):
        resume(directory)
    assert not (directory / "report.html").exists()
