"""Run directories: read back as written, each file whole or as it was, refused where they are none."""

from __future__ import annotations

import dataclasses
import errno
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
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
    write_contents,
)


def spiking_example() -> Example:
    spikes = SpikeTimes(np.zeros(2, int), np.array([1, 2]), np.array([0.01, 0.02]))
    recording = Recording(0.05, 0.001, np.array([4], np.uint64), {"output": np.array([[0, 1, 1]])}, {"output": spikes})
    return Example("receptive-field", "wrong", 4, np.eye(3), "7", "9", recording, {})


def write_run(out: Path, name: str, contents: RunContents) -> Path:
    """A run of this name in `out`."""
    directory = out / name
    directory.mkdir(parents=True)
    write_contents(directory, contents)
    return directory


def contents() -> RunContents:
    row = ("accuracy", "digits", "dense", "ANN", 0, {}, None, "test_accuracy", 0.5, "fraction")
    ann = Example("dense", "wrong", 4, np.eye(3), "7", "7", None, {"hidden": np.arange(2.0), "output": np.ones(1)})
    return RunContents(
        config={
            "run": {"study": "accuracy", "task": "digits", "preset": "quick", "seeds": 1, "models": ["dense"]},
            "models": {"dense": {"passes": 3}},
        },
        manifest={
            "run": "name",
            "started_utc": "2026-01-01T00:00:00+00:00",
            "task": {"name": "digits", "protocol": "resampled", "classes": ["7", "9"]},
            "models": {
                name: {"kind": kind, "twin": None, "reference": "", "deviations": [], "parameters": {}}
                for name, kind in (("dense", "ANN"), ("receptive-field", "BNS"))
            },
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
    directory = write_run(tmp_path / "runs", "name", contents())
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


def test_a_full_disk_is_named_in_one_line_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = write_run(tmp_path, "name", contents())
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file() and path.suffix != ".npz"}

    def full(self: pd.DataFrame, path: Path, **options: object) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(MachineError, match=r"cannot be written \(No space left on device\); free some space"):
        write_contents(directory, contents())
    after = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file() and path.suffix != ".npz"}
    assert after == before


def test_facts_are_typed_fields_of_a_struct(tmp_path: Path) -> None:
    places: list[dict[str, object]] = [{}, {"layer": "hidden"}, {"scale": 0.9, "margin": 3}, {"scale": 2.0}]
    plain = contents()
    table = pd.concat([plain.results] * len(places), ignore_index=True).assign(facts=places)
    directory = write_run(tmp_path, "name", dataclasses.replace(plain, results=table))
    stored = pq.read_schema(directory / "results.parquet").field("facts").type
    assert {field.name: str(field.type) for field in stored} == {
        "layer": "string",
        "scale": "double",
        "margin": "int64",
    }
    read = read_run(directory).results["facts"]
    assert read.tolist() == places
    kinds = [{name: type(fact) for name, fact in facts.items()} for facts in places]
    assert [{name: type(fact) for name, fact in facts.items()} for facts in read] == kinds
    assert pd.read_parquet(directory / "results.parquet")["facts"].str["scale"].dropna().tolist() == [0.9, 2.0]


def test_facts_of_a_metric_are_columns_of_its_table(tmp_path: Path) -> None:
    """The columns are those of this metric alone; a row without a fact has NaN there."""
    plain = contents()
    table = pd.concat([plain.results] * 4, ignore_index=True)
    table["facts"] = [{"layer": "hidden", "scale": 0.5}, {"margin": 3}, {"layer": "output"}, {}]
    table["metric"] = ["drift", "test_accuracy", "drift", "test_loss"]
    run = read_run(write_run(tmp_path, "name", dataclasses.replace(plain, results=table)))
    found = run.table("drift")
    assert list(found.columns) == [name for name in COLUMNS if name != "facts"] + ["facts.layer", "facts.scale"]
    assert found["facts.layer"].tolist() == ["hidden", "output"]
    np.testing.assert_array_equal(found["facts.scale"], [0.5, np.nan])
    assert run.table("test_loss")["value"].tolist() == [0.5]
    with pytest.raises(InputError, match=r"name: no metric 'drft'; did you mean 'drift'\?"):
        run.table("drft")


def test_the_means_of_a_metric_have_their_intervals_and_facts(tmp_path: Path) -> None:
    plain = contents()
    whole = {**METRIC, "metric": "drift", "mean": 0.4, "ci_low": 0.3, "ci_high": 0.6, "n": 5}
    place = {**whole, "facts": {"layer": "hidden"}, "step": 7, "ci_low": None, "ci_high": None, "n": 1}
    results = plain.results.assign(metric="alone")
    summary = {**plain.summary, "metrics": [METRIC, whole, place]}
    run = read_run(write_run(tmp_path, "name", dataclasses.replace(plain, results=results, summary=summary)))
    means = run.means("drift")
    assert list(means.columns) == [
        *("study", "model", "kind", "facts.layer", "step", "mean", "ci_low", "ci_high", "n", "unit")
    ]
    np.testing.assert_array_equal(means[["mean", "ci_low", "ci_high"]], [[0.4, 0.3, 0.6], [0.4, np.nan, np.nan]])
    assert means["step"].isna().tolist() == [True, False]
    assert means["facts.layer"].isna().tolist() == [True, False]
    assert means["n"].tolist() == [5, 1]
    with pytest.raises(InputError, match=r"name: no metric 'drft'; did you mean 'drift'\?"):
        run.means("drft")
    with pytest.raises(
        InputError, match=r"alone is not averaged over the seeds; have the value of each seed with table"
    ):
        run.means("alone")


def test_a_fact_that_is_a_number_here_and_a_word_there_is_stored_as_text(tmp_path: Path) -> None:
    plain = contents()
    places: list[dict[str, object]] = [{"spikes": 30}, {"spikes": "measured"}]
    table = pd.concat([plain.results] * 2, ignore_index=True).assign(facts=places)
    directory = write_run(tmp_path, "name", dataclasses.replace(plain, results=table))
    assert read_run(directory).results["facts"].tolist() == [{"spikes": "30"}, {"spikes": "measured"}]


def test_folders_that_are_no_runs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such run; give a folder that bnsim wrote"):
        read_run(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"not a run: config.toml is missing; give a folder"):
        read_run(tmp_path)
    directory = write_run(tmp_path, "name", contents())
    (directory / "summary.json").write_text("{")
    with pytest.raises(InputError, match=r"summary.json: damaged .*; repeat the run"):
        read_run(directory)


@pytest.mark.parametrize(
    ("name", "text", "missing"),
    [
        ("config.toml", "", "entry 'run' is missing"),
        ("manifest.json", "{}", "entry 'run' is missing"),
        ("manifest.json", "[]", r"it is \[\]: input should be a valid dictionary"),
        ("manifest.json", '{"run": "name", "started_utc": ""}', "entry 'task' is missing"),
        ("summary.json", "{}", "entry 'task' is missing"),
        ("summary.json", '{"task": "digits", "protocol": "resampled", "seeds": []}', "entry 'metrics' is missing"),
    ],
)
def test_documents_that_lack_an_entry_are_refused(name: str, text: str, missing: str, tmp_path: Path) -> None:
    directory = write_run(tmp_path, "name", contents())
    (directory / name).write_text(text)
    with pytest.raises(InputError, match=rf"{name}: damaged \({missing}\); repeat the run$"):
        read_run(directory)


def test_damaged_tables_are_refused(tmp_path: Path) -> None:
    directory = write_run(tmp_path, "name", contents())
    run = read_run(directory)
    for content in (b"", b"PAR1", (directory / "predictions.parquet").read_bytes()[:-20]):
        (directory / "predictions.parquet").write_bytes(content)
        with pytest.raises(InputError, match=r"predictions.parquet: damaged \(.+\); repeat the run$"):
            _ = run.predictions
    run.results.drop(columns="facts").to_parquet(directory / "predictions.parquet")
    with pytest.raises(
        InputError, match=r"predictions.parquet: damaged \(column 'sample' is missing\); repeat the run$"
    ):
        _ = run.predictions
    (directory / "results.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"results.parquet: damaged"):
        read_run(directory)


METRIC = {
    "study": "accuracy",
    "model": "dense",
    "kind": "ANN",
    "facts": {},
    "metric": "test_accuracy",
    "step": None,
    "unit": "fraction",
    "mean": 0.5,
    "ci_low": 0.4,
    "ci_high": 0.6,
    "n": 3,
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mean": "0.5"}, "entry 'metrics.0.mean' is '0.5': input should be a valid number"),
        ({"mean": None}, "entry 'metrics.0.mean' is None: input should be a valid number"),
        ({"kind": "XXX"}, "entry 'metrics.0.kind' is 'XXX': input should be 'BNS' or 'ANN'"),
        ({"n": -1}, "entry 'metrics.0.n' is -1: input should be greater than or equal to 0"),
        ({"ci_low": None}, "an interval has two ends, or none"),
        ({"facts": []}, "entry 'metrics.0.facts' is []: input should be a valid dictionary"),
    ],
)
def test_changed_entries_of_the_summary_are_refused(changes: dict[str, object], message: str, tmp_path: Path) -> None:
    plain = contents()
    metrics = {**plain.summary, "metrics": [METRIC]}
    read_run(write_run(tmp_path, "whole", dataclasses.replace(plain, summary=metrics)))
    metrics = {**plain.summary, "metrics": [{**METRIC, **changes}]}
    directory = write_run(tmp_path, "changed", dataclasses.replace(plain, summary=metrics))
    with pytest.raises(InputError) as caught:
        read_run(directory)
    assert str(caught.value).startswith(f"{directory / 'summary.json'}: damaged (")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("kind", "XXX", "column 'kind' holds 'XXX', not BNS or ANN"),
        ("seed", "0", "column 'seed' holds string, not whole numbers"),
        ("value", "0.5", "column 'value' holds string, not numbers"),
        ("model", None, "column 'model' holds null, not text"),
        ("step", 0.5, "column 'step' holds double, not whole numbers"),
    ],
)
def test_changed_columns_of_the_results_are_refused(column: str, values: object, message: str, tmp_path: Path) -> None:
    path = write_run(tmp_path, "name", contents()) / "results.parquet"
    table = pq.read_table(path)
    place = table.column_names.index(column)
    pq.write_table(table.set_column(place, column, pa.array([values] * table.num_rows)), path)
    with pytest.raises(InputError) as caught:
        read_run(path.parent)
    assert str(caught.value) == f"{path}: damaged ({message}); repeat the run"


def test_a_recording_of_a_model_that_is_not_in_the_run_is_refused(tmp_path: Path) -> None:
    plain = contents()
    run = read_run(write_run(tmp_path, "name", dataclasses.replace(plain, manifest={**plain.manifest, "models": {}})))
    with pytest.raises(
        InputError, match=r"dense-wrong.npz: of a model 'dense' that the run does not hold; remove this"
    ):
        run.examples()


@pytest.mark.parametrize("name", ["dense-wrong.npz", "receptive-field-wrong.npz"])
def test_damaged_recordings_are_refused(name: str, tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, "name", contents()))
    path = run.directory / "recordings" / name
    whole = path.read_bytes()
    packed = whole.index(b"example/image.npy") + 100  # inside the compressed image
    changed = whole[:packed] + bytes(byte ^ 0xFF for byte in whole[packed : packed + 20]) + whole[packed + 20 :]
    for content in (b"", b"PK", whole[: len(whole) // 2], changed):
        path.write_bytes(content)
        with pytest.raises(InputError, match=rf"cannot read .*{name} \(.+\); give a file written by Example.save$"):
            run.examples()


def test_recordings_without_an_example_are_refused(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, "name", contents()))
    np.savez(run.directory / "recordings" / "dense-wrong.npz", image=np.eye(3))
    with pytest.raises(
        InputError, match=r"cannot read .*dense-wrong.npz \(array 'example/index' is missing\); give a file"
    ):
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
