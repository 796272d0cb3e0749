"""Run directories: written whole or not at all, read back as written, refused where they are none."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bnsim.errors import InputError, MachineError
from bnsim.recording import Recording, SpikeTimes
from experiments.run_directory import (
    COLUMNS,
    PREDICTION_COLUMNS,
    Example,
    RunContents,
    check_output,
    read_run,
    write_run,
)


def spiking_example() -> Example:
    spikes = SpikeTimes(np.zeros(2, int), np.array([1, 2]), np.array([0.01, 0.02]))
    recording = Recording(0.05, 0.001, np.array([4], np.uint64), {"output": np.array([[0, 1, 1]])}, {"output": spikes})
    return Example("receptive-field", "wrong", 4, np.eye(3), "7", "9", recording, {})


def contents() -> RunContents:
    row = ("accuracy", "digits", "dense", "ANN", 0, "", None, "test_accuracy", 0.5, "fraction")
    ann = Example("dense", "wrong", 4, np.eye(3), "7", "7", None, {"hidden": np.arange(2.0), "output": np.ones(1)})
    return RunContents(
        config={"run": {"task": "digits", "models": ["dense"]}, "models": {"dense": {"passes": 3}}},
        manifest={
            "run": "name",
            "started_utc": "2026-01-01T00:00:00+00:00",
            "task": {"name": "digits", "classes": ["7", "9"]},
            "models": {},
            "versions": {},
            "settings_tried_on_validation": {},
            "test_set_openings": 1,
        },
        results=pd.DataFrame([row], columns=list(COLUMNS)).astype({"step": "Int64"}),
        predictions=pd.DataFrame([("dense", "ANN", 0, 0, 7, 9)], columns=list(PREDICTION_COLUMNS)),
        summary={
            "task": "digits",
            "protocol": "resampled",
            "seeds": [0],
            "metrics": [],
            "differences": [],
            "references": [],
        },
        examples=(ann, spiking_example()),
    )


def test_a_run_is_read_back_as_written(tmp_path: Path) -> None:
    directory = write_run(tmp_path / "runs", "name", contents(), lambda folder: None)
    run = read_run(directory)
    assert directory == tmp_path / "runs" / "name"
    assert run.config == contents().config
    pd.testing.assert_frame_equal(run.results, contents().results, check_dtype=False)
    assert run.predictions["model"].tolist() == ["dense"]
    ann, bns = run.examples()
    assert list(ann.activations) == ["hidden", "output"]
    assert (ann.case, ann.true_class, ann.predicted_class, ann.recording) == ("wrong", "7", "7", None)
    assert bns.recording is not None
    np.testing.assert_array_equal(bns.recording.spike_times("output").unit, [1, 2])
    np.testing.assert_array_equal(bns.image, np.eye(3))


def test_a_second_run_of_the_same_second_gets_its_own_name(tmp_path: Path) -> None:
    first, second = (write_run(tmp_path, "name", contents(), lambda folder: None) for _ in range(2))
    assert (first.name, second.name) == ("name", "name-2")


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), MachineError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_run_that_fails_leaves_nothing(failure: BaseException, expected: type[BaseException], tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        assert (folder / "summary.json").exists()
        raise failure

    with pytest.raises(expected):
        write_run(tmp_path / "runs", "name", contents(), fail)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    with pytest.raises(expected):
        write_run(tmp_path / "mine", "name", contents(), fail)
    assert list(tmp_path.rglob("*")) == [tmp_path / "mine"]


def test_a_full_disk_is_named_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: pd.DataFrame, *arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(MachineError, match=r"cannot be written \(No space left on device\); free some space"):
        write_run(tmp_path, "name", contents(), lambda folder: None)
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_no_runs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such run; give a folder that bnsim wrote"):
        read_run(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"not a run: config.toml is missing; give a folder"):
        read_run(tmp_path)
    directory = write_run(tmp_path, "name", contents(), lambda folder: None)
    (directory / "summary.json").write_text("{")
    with pytest.raises(InputError, match=r"summary.json: damaged .*; repeat the run"):
        read_run(directory)


@pytest.mark.parametrize(
    ("name", "text", "missing"),
    [
        ("config.toml", "", "entry 'run'"),
        ("manifest.json", "{}", "entry 'run'"),
        ("manifest.json", "[]", "entry 'run'"),
        ("manifest.json", '{"run": "name", "started_utc": ""}', "entry 'task'"),
        ("summary.json", "{}", "entry 'task'"),
        ("summary.json", '{"task": "digits", "protocol": "resampled", "seeds": []}', "entry 'metrics'"),
    ],
)
def test_documents_that_lack_an_entry_are_refused(name: str, text: str, missing: str, tmp_path: Path) -> None:
    directory = write_run(tmp_path, "name", contents(), lambda folder: None)
    (directory / name).write_text(text)
    with pytest.raises(InputError, match=rf"{name}: {missing} is missing; repeat the run$"):
        read_run(directory)


def test_damaged_tables_are_refused(tmp_path: Path) -> None:
    directory = write_run(tmp_path, "name", contents(), lambda folder: None)
    run = read_run(directory)
    for content in (b"", b"PAR1", (directory / "predictions.parquet").read_bytes()[:-20]):
        (directory / "predictions.parquet").write_bytes(content)
        with pytest.raises(InputError, match=r"predictions.parquet: damaged \(.+\); repeat the run$"):
            _ = run.predictions
    run.results.to_parquet(directory / "predictions.parquet")
    with pytest.raises(InputError, match=r"predictions.parquet: column 'sample' is missing; repeat the run$"):
        _ = run.predictions
    (directory / "results.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"results.parquet: damaged"):
        read_run(directory)


@pytest.mark.parametrize("name", ["dense-wrong.npz", "receptive-field-wrong.npz"])
def test_damaged_recordings_are_refused(name: str, tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, "name", contents(), lambda folder: None))
    path = run.directory / "recordings" / name
    whole = path.read_bytes()
    packed = whole.index(b"example/image.npy") + 100  # inside the compressed image
    changed = whole[:packed] + bytes(byte ^ 0xFF for byte in whole[packed : packed + 20]) + whole[packed + 20 :]
    for content in (b"", b"PK", whole[: len(whole) // 2], changed):
        path.write_bytes(content)
        with pytest.raises(InputError, match=rf"cannot read .*{name} \(.+\); give a file written by Example.save$"):
            run.examples()


def test_recordings_without_an_example_are_refused(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, "name", contents(), lambda folder: None))
    np.savez(run.directory / "recordings" / "dense-wrong.npz", image=np.eye(3))
    with pytest.raises(InputError, match=r"cannot read .*dense-wrong.npz \('example/index'.*\); give a file"):
        run.examples()


def test_output_folders_are_checked_without_a_trace(tmp_path: Path) -> None:
    check_output(tmp_path / "runs")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match=r"--out .*deep: .*missing does not exist; make it or choose another"):
        check_output(tmp_path / "missing" / "deep")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file is not a folder; choose another output folder"):
        check_output(tmp_path / "file")
    with pytest.raises(InputError, match="--out /proc: cannot write there"):
        check_output(Path("/proc"))
