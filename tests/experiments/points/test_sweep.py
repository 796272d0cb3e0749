"""Sweeps: every point with every seed once, whatever the order; what is finished is never lost or done again."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bnsim.errors import InputError, MachineError
from experiments.collection.listing import listed
from experiments.command_line.points import draw_sweep
from experiments.points.design import Design, Range
from experiments.points.folder import Conduct
from experiments.points.sweep import resume, sweep, tabulate
from experiments.points.sweep_directory import Sweep, read_sweep
from experiments.points.sweep_plan import SweepPlan
from experiments.points_tables import print_sweep
from experiments.run.request import Request
from experiments.run.store import Store
from experiments.run_directory import read_run
from experiments.statistics import mean_interval

from ..parabola import FAILURE, parabola, streams
from ..test_command_line import bnsim, refused

GRID = {"parabola.x": (0, 1, 2.5)}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> str:
    return parabola(tmp_path_factory.mktemp("study"))


def swept(
    study: str, out: Path, grid: Mapping[str, Any] = GRID, how: Mapping[str, Any] | None = None, **given: Any
) -> tuple[Sweep, list[str]]:
    """A sweep in this process, and the jobs that were done for it."""
    make, made = streams(**(how or {}))
    found = sweep(study, grid, out=out, make_executor=make, **{"seeds": 2, **given})
    return found, [name for executor in made for name in executor.done]


def test_tables_have_a_row_for_each_number_and_the_interval_of_each_point(study: str, tmp_path: Path) -> None:
    found, done = swept(study, tmp_path / "s", random={"parabola.y": (0.0, 1.0)}, n=2)
    assert len(done) == 12
    assert found.counts == {"points": 6, "seeds": 2, "jobs": 12, "finished": 12, "failed": 0}
    results, summary = found.results, found.summary
    assert list(results.columns) == [
        *("point", "parabola.x", "parabola.y", "study", "model", "kind", "facts", "step", "metric", "unit"),
        *("seed", "value"),
    ]
    heights = results[results["metric"] == "height"]
    x, y, seed = (heights[name].to_numpy() for name in ("parabola.x", "parabola.y", "seed"))
    np.testing.assert_array_equal(heights["value"], (x - 3) ** 2 + (y - 0.5) ** 2 + 0.25 * seed)
    assert list(heights["point"]) == sorted([0, 1, 2, 3, 4, 5] * 2)
    parts = results[(results["metric"] == "part") & (results["point"] == 3)]
    assert list(parts["facts"])[:2] == [{"level": 1, "side": "left"}, {"level": 2, "side": "left"}]
    row = summary[(summary["metric"] == "height") & (summary["point"] == 4)].iloc[0]
    expected = mean_interval(heights[heights["point"] == 4]["value"].to_numpy())
    assert (row["mean"], row["ci_low"], row["ci_high"], row["n"]) == (expected.mean, expected.low, expected.high, 2)
    assert pd.read_parquet(found.directory / "results.parquet")["parabola.x"].dtype == np.float64
    points = [json.loads(line) for line in (found.directory / "points.jsonl").read_text().splitlines()]
    assert [point["settings"]["parabola.x"] for point in points] == [0, 1, 2.5] * 2


def test_the_order_in_which_points_end_changes_no_bit(study: str, tmp_path: Path) -> None:
    one, _ = swept(study, tmp_path / "a")
    other, _ = swept(study, tmp_path / "b", how={"last_first": True})
    assert one.directory.name == other.directory.name
    for name in ("results.parquet", "summary.parquet", "points.jsonl", "sweep.json"):
        assert (one.directory / name).read_bytes() == (other.directory / name).read_bytes()
    assert (one.directory / "finished.jsonl").read_bytes() != (other.directory / "finished.jsonl").read_bytes()


def test_an_interrupted_sweep_goes_on_where_it_ended(
    study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, all_done = swept(study, tmp_path / "whole")
    with pytest.raises(MachineError) as caught:
        swept(study, tmp_path / "s", how={"stop_after": 4})
    folder = tmp_path / "s" / whole.directory.name
    assert str(caught.value) == (
        f"the power is gone; 4 of 6 points and seeds are kept; continue with `bnsim resume {folder} --study {study}`"
    )
    with pytest.raises(InputError) as unfinished:
        read_sweep(folder)
    assert str(unfinished.value) == (
        f"{folder}: this sweep is not finished; continue with `bnsim resume {folder} --study {study}`, or make tables "
        f"of what there is with `bnsim draw {folder} --study {study}`"
    )
    with pytest.raises(
        InputError, match=r": a sweep or a fit, not a run; print it with `bnsim show .*`, or read it with experiments"
    ):
        read_run(folder)
    (entry,) = listed(folder.parent)
    assert entry.state == "sweep of 3 points: 4 of 6 jobs"
    assert tabulate(folder).counts["finished"] == 4
    make, made = streams()
    capsys.readouterr()
    found = resume(folder, Conduct(make_executor=make))
    assert capsys.readouterr().err == "4/6 points and seeds were finished before\n"
    assert made[0].done == all_done[4:]
    assert (folder / "results.parquet").read_bytes() == (whole.directory / "results.parquet").read_bytes()
    assert found.counts["finished"] == 6
    assert swept(study, tmp_path / "s")[1] == []


def test_more_seeds_and_more_draws_add_to_what_there_is(study: str, tmp_path: Path) -> None:
    ranges = {"parabola.y": Range(0.0, 1.0)}
    _, first = swept(study, tmp_path, {}, random=ranges, n=3, seeds=1)
    found, second = swept(study, tmp_path, {}, random=ranges, n=5, seeds=2)
    assert len(first) == 3
    assert len(second) == 7
    assert not set(first) & set(second)
    assert found.counts["finished"] == 10
    assert len(list(tmp_path.iterdir())) == 1


def test_a_sweep_that_is_interrupted_as_it_grows_is_not_finished(study: str, tmp_path: Path) -> None:
    found, _ = swept(study, tmp_path, {"parabola.x": (1, 2)}, name="mine")
    with pytest.raises(MachineError, match="5 of 6 points and seeds are kept"):
        swept(study, tmp_path, {"parabola.x": (0, 1, 2)}, name="mine", how={"stop_after": 1})
    assert [entry.state for entry in listed(tmp_path)] == ["sweep of 3 points: 5 of 6 jobs"]
    with pytest.raises(InputError, match="this sweep is not finished; continue with `bnsim resume"):
        read_sweep(found.directory)
    assert tabulate(found.directory).counts["finished"] == 5
    heights = read_sweep(found.directory).results.query("metric == 'height' and seed == 0")
    assert list(heights["parabola.x"]) == [1, 2, 0]


def test_a_sweep_that_grows_takes_over_what_it_has_under_the_same_numbers(study: str, tmp_path: Path) -> None:
    first, _ = swept(study, tmp_path, {"parabola.x": (1, 2)}, name="mine")
    before = first.results
    found, done = swept(study, tmp_path, {"parabola.x": (0, 1.0, 2)}, name="mine")
    assert done == ["point 2 (parabola.x=0), seed 0", "point 2 (parabola.x=0), seed 1"]
    assert found.counts == {"points": 3, "seeds": 2, "jobs": 6, "finished": 6, "failed": 0}
    heights = found.results.query("metric == 'height' and seed == 0")
    assert list(heights["value"]) == [4.25, 1.25, 9.25]
    pd.testing.assert_frame_equal(found.results[found.results["point"] < 2], before, check_dtype=False)
    _, done = swept(study, tmp_path, {"parabola.x": (2, 1, 0)}, name="mine")
    assert done == []
    assert read_sweep(found.directory).results.equals(found.results)
    make, _ = streams()
    assert resume(found.directory, Conduct(make_executor=make)).results.equals(found.results)


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({"grid": {"parabola.x": (0, 1, 3)}}, "--grid parabola.x=0,1,2.5"),
        ({"grid": {"parabola.y": (0, 1)}}, "--grid parabola.x=0,1,2.5 (and 1 other thing that differs)"),
        (
            {"grid": {"parabola.y": (0, 1)}, "preset": "full"},
            "--preset quick (and 2 other things that differ)",
        ),
        ({"random": {"parabola.y": (0.0, 1.0)}}, "no --random parabola.y"),
        ({"settings": {"parabola.y": 1}}, "no --set parabola.y"),
        ({"preset": "full"}, "--preset quick"),
    ],
)
def test_another_sweep_of_the_same_name_replaces_nothing(
    study: str, tmp_path: Path, given: dict[str, Any], held: str
) -> None:
    first, _ = swept(study, tmp_path, name="mine", seeds=1)
    before = {path.name: path.read_bytes() for path in first.directory.iterdir()}
    with pytest.raises(InputError) as caught:
        swept(study, tmp_path, name="mine", seeds=1, **given)
    assert str(caught.value) == (
        f"{first.directory}: holds a sweep with {held}, which this one would replace; choose another --name (one of "
        "the same name may have more values of its grids, more draws and more seeds)"
    )
    assert {path.name: path.read_bytes() for path in first.directory.iterdir()} == before


def test_fewer_seeds_of_the_same_points_are_warned_of_and_lose_nothing(study: str, tmp_path: Path) -> None:
    first, _ = swept(study, tmp_path, name="mine")
    before = (first.directory / "results.parquet").read_bytes()
    with pytest.warns(UserWarning, match="mine: was measured with --seeds 2; its tables show 1, and all again with"):
        fewer, done = swept(study, tmp_path, name="mine", seeds=1)
    assert (done, fewer.counts["finished"]) == ([], 3)
    assert swept(study, tmp_path, name="mine")[1] == []
    assert (first.directory / "results.parquet").read_bytes() == before


def test_of_a_metric_of_networks_and_of_layers_the_network_has_one_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        (point, "dense", metric, facts, step, 1.0)
        for point in (0, 1)
        for metric, facts, step in (
            ("weights", {}, None),
            ("weights", {"layer": "hidden"}, None),
            ("rate", {"dt": 0.1}, None),
            ("drift", {"layer": "hidden"}, None),
            ("drift", {"layer": "output"}, None),
            ("curve", {}, 3),
        )
    ]
    summary = pd.DataFrame(rows, columns=["point", "model", "metric", "facts", "step", "mean"])
    monkeypatch.setattr(Sweep, "summary", property(lambda sweep: summary))
    single = Sweep(tmp_path, {}, {}, ()).single_means()
    assert single["metric"].tolist() == ["weights", "rate"] * 2
    assert single["facts"].tolist() == [{}, {"dt": 0.1}] * 2
    monkeypatch.setattr(Sweep, "summary", property(lambda sweep: summary.iloc[:0]))
    assert Sweep(tmp_path, {}, {}, ()).single_means().empty


def test_a_table_words_fractions_as_those_of_runs_do_and_has_the_first_metrics_of_all_models(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = ("point", "a.x", "model", "metric", "unit", "mean", "ci_low", "ci_high")
    entries = [
        (0, 3, model, metric, unit, mean, low, high)
        for model in ("dense", "rate")
        for metric, unit, mean, low, high in (
            ("accuracy", "fraction", 0.88151, 0.8701, 0.8902),
            ("loss", "nat", 0.25, math.nan, math.nan),
            ("height", "mm", 3.0, 3.0, 3.0),
            ("spikes", "count", 7.0, math.nan, math.nan),
        )
    ]
    monkeypatch.setattr(Sweep, "single_means", lambda sweep: pd.DataFrame(entries, columns=columns))
    monkeypatch.setenv("COLUMNS", "160")
    counts = {"points": 1, "seeds": 2, "jobs": 2, "finished": 2, "failed": 0}
    print_sweep(Sweep(tmp_path, {"grid": {"a.x": [3]}, "random": {}}, counts, ()))
    lines = [" ".join(re.sub("[│┃]", " ", line).split()) for line in capsys.readouterr().out.splitlines()]
    assert "point a.x dense accuracy rate accuracy dense loss rate loss dense height rate height" in lines
    row = "0 3 88.15 % (87.01 to 89.02) 88.15 % (87.01 to 89.02) 0.2500 nat 0.2500 nat 3 mm 3 mm"
    assert row in lines


def test_a_sweep_that_goes_on_keeps_its_first_start(
    study: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = swept(study, tmp_path, name="mine")
    path = found.directory / "plan.json"
    first = "2026-01-02T03:04:05+00:00"
    path.write_text(json.dumps({**json.loads(path.read_text()), "started_utc": first}))
    make, _ = streams()
    assert resume(found.directory, Conduct(make_executor=make)).plan["started_utc"] == first
    assert swept(study, tmp_path, name="mine", seeds=3)[0].plan["started_utc"] == first


def test_a_name_of_which_nothing_is_measured_is_free(study: str, tmp_path: Path) -> None:
    with pytest.raises(MachineError):
        swept(study, tmp_path, name="mine", how={"stop_after": 0})
    found, done = swept(study, tmp_path, {"parabola.x": (7,)}, name="mine")
    assert len(done) == found.counts["finished"] == 2


RATES = {"task": "breast-cancer", "models": ("rate",), "preset": "tiny"}
REFUSED = r"^point 1 \(models.rate.passes=-2\): Rate.passes: got -2; give an integer of at least 1$"


def test_a_point_that_a_classifier_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=REFUSED):
        swept("accuracy", tmp_path / "s", {"models.rate.passes": (1, -2)}, **RATES)
    assert list(tmp_path.iterdir()) == []


def test_a_point_that_a_classifier_refuses_leaves_an_earlier_sweep_as_it_was(tmp_path: Path) -> None:
    first, _ = swept("accuracy", tmp_path, {"models.rate.passes": (1,)}, name="mine", **RATES)
    before = {path.name: path.read_bytes() for path in first.directory.iterdir()}
    with pytest.raises(InputError, match=REFUSED):
        swept("accuracy", tmp_path, {"models.rate.passes": (1, -2)}, name="mine", **RATES)
    assert {path.name: path.read_bytes() for path in first.directory.iterdir()} == before


def test_what_a_process_left_that_was_killed_before_any_work_is_no_obstacle(study: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".lock").touch()
    assert swept(study, tmp_path, name="mine")[0].counts["finished"] == 6


def test_a_point_that_fails_ends_nothing_and_is_listed_and_retried_on_request(
    study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, done = swept(study, tmp_path, {"parabola.x": (-1, 1)})
    assert len(done) == 4
    assert (found.counts["finished"], found.counts["failed"]) == (2, 2)
    assert [(failed.point, failed.seed, failed.message) for failed in found.failures] == [
        (0, seed, FAILURE) for seed in (0, 1)
    ]
    (entry,) = listed(tmp_path)
    assert entry.state == "sweep of 2 points: 2 of 4 jobs, 2 failed"
    print_sweep(found)
    said = capsys.readouterr().out
    assert "2 points, 2 seeds: 2 of 4 finished, 2 failed" in said
    assert f"failed: point 0 (parabola.x=-1), seed 1: {FAILURE}\n" in said
    assert f"try them again with `bnsim resume {found.directory} --study {study} --retry-failed`" in said
    assert swept(study, tmp_path, {"parabola.x": (-1, 1)})[1] == []
    _, again = swept(study, tmp_path, {"parabola.x": (-1, 1)}, retry_failed=True)
    assert again == [f"point 0 (parabola.x=-1), seed {seed}" for seed in (0, 1)]
    assert "Traceback" in (found.directory / "finished.jsonl").read_text()


@pytest.mark.slow
def test_results_of_other_code_are_not_mixed_with_new_ones_unless_asked(
    study: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = swept(study, tmp_path)
    monkeypatch.setattr("experiments.run.job.code_of", lambda folder: "other")
    with pytest.raises(InputError) as caught:
        swept(study, tmp_path)
    assert str(caught.value) == (
        f"{found.directory}: 6 finished points were measured with other data or code than now; begin anew with another "
        "--name, or keep them with --keep-finished"
    )
    assert swept(study, tmp_path, keep_finished=True)[1] == []


def test_a_worker_with_other_code_refuses_to_work(study: str) -> None:
    plan = SweepPlan.of(Request(study, seeds=1), Design({"parabola.x": (1,)}))
    job = replace(next(plan.jobs()), code="of another version")
    with pytest.raises(MachineError, match="this worker has another version of bnsim or of the study; install"):
        job(lambda done, total: None)


def test_a_damaged_line_is_measured_again(study: str, tmp_path: Path) -> None:
    whole, done = swept(study, tmp_path)
    before = (whole.directory / "results.parquet").read_bytes()
    path = whole.directory / "finished.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"seed": 1', b'"seed": 7', 1))
    with pytest.warns(UserWarning, match="line 2 is damaged"):
        _, again = swept(study, tmp_path)
    assert again == [done[1]]
    assert (whole.directory / "results.parquet").read_bytes() == before


def test_figures_of_a_sweep_that_fail_name_the_study(
    study: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(sweep: Sweep) -> None:
        raise OSError("full")

    found, _ = swept(study, tmp_path)
    monkeypatch.setattr("experiments.report.sweep_figures.write", fails)
    with pytest.warns(UserWarning, match=f"draw them again with `bnsim draw {found.directory} --study {study}`$"):
        draw_sweep(found)


def test_two_processes_do_not_work_on_one_sweep(study: str, tmp_path: Path) -> None:
    found, _ = swept(study, tmp_path)
    with Store(found.directory).locked(), pytest.raises(InputError, match="another process carries out this run; wait"):
        swept(study, tmp_path)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"grid": {"parabola.z": (1,)}}, "unknown option of parabola 'z'; choose from x, y, seconds, deaths, folder"),
        ({"grid": {"brunel.x": (1,)}}, "unknown setting 'brunel.x'; "),
        (
            {"grid": {"parabola.x": (1, "two")}},
            "point 1 (parabola.x=two): --set parabola.x: got 'two'; input should be a valid number, unable to parse",
        ),
        ({"settings": {"parabola.x": 1}}, "--set parabola.x: it is varied; leave it out"),
        ({"n": 3}, "--n 3: only --random draws points, and there is none; leave it out"),
        ({"seeds": 0}, "--seeds: got 0; input should be greater than 0"),
        ({"workers": 0}, "--workers: got 0; give at least 1"),
        ({"name": "a/b"}, "--name 'a/b': no name of a folder; give one without slashes that begins with a letter"),
        ({"name": ".."}, "--name '..': no name of a folder; give one without slashes that begins with a letter"),
        ({"models": ("dense",)}, "--models: parabola looks at parabola; leave it out"),
    ],
)
def test_what_is_wrong_is_told_before_any_work(study: str, tmp_path: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        swept(study, tmp_path, **given)
    assert str(caught.value).startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_other_things_to_sweep_and_other_folders_are_refused(study: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="compare is no study; give one study or classic experiment"):
        sweep("compare", GRID, out=tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(InputError, match="holds something else than a sweep; choose another --name or --out"):
        swept(study, tmp_path, name="mine")
    with pytest.raises(InputError, match="no sweep; give a folder that `bnsim sweep` wrote"):
        read_sweep(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("plan.json", b"{", "no sweep; give a folder"),
        (
            "plan.json",
            b'{"sweep": "s", "request": 5, "started_utc": ""}',
            "entry 'request' is 5: input should be a valid dictionary",
        ),
        ("sweep.json", b'{"points": "x"}', "entry 'points' is 'x': input should be a valid integer"),
        ("failed.jsonl", b"5\n", "damaged"),
        ("results.parquet", b"PAR1", "damaged"),
    ],
)
def test_a_damaged_sweep_is_told_in_one_line(
    study: str, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    found, _ = swept(study, tmp_path)
    (found.directory / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_sweep(found.directory).results  # noqa: B018
    assert message in str(caught.value)
    assert name not in ("failed.jsonl", "results.parquet") or str(caught.value).endswith(
        f"make it anew with `bnsim draw {found.directory} --study {study}`"
    )
    assert name in str(caught.value) or "no sweep" in message


@pytest.fixture(scope="module")
def compared(study: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sweep of which the first point failed, and the second and third are measured."""
    folder = tmp_path_factory.mktemp("compared")
    swept(study, folder / "sweeps", {"parabola.x": (-1, 1, 2), "parabola.levels": ((1, 2),)}, name="mine")
    return folder


def test_two_points_are_compared_like_two_runs(compared: Path) -> None:
    done = bnsim("diff", "sweeps/mine/1", "sweeps/mine/2", "--json", "--page", cwd=compared)
    assert done.returncode == 3, done.stderr
    said = json.loads(done.stdout)
    assert said["settings"] == [{"name": "parabola.x", "first": 1, "second": 2}]
    assert all(said[name] == [] for name in ("versions", "code", "data", "machine"))
    differing = {
        (row["metric"], row["seed"], row["facts"].get("level")): (row["first"], row["second"])
        for row in said["numbers"]["differing"]
    }
    assert said["numbers"]["common"] == len(differing) == 6
    assert differing["height", 1, None] == (4.5, 1.5)  # (x - 3)^2 + 0.25 + 0.25 for the seed
    assert differing["part", 0, 2] == (2 * 4.25, 2 * 1.25)
    page = compared / "diff-mine-1-mine-2.html"
    assert said["page"] == page.name
    text = page.read_text()
    assert "<code>parabola.x</code>" in text
    assert "mine/2" in text
    assert "Two points side by side" in text
    assert '<th scope="col">Point 1</th><th scope="col">Point 2</th>' in text
    assert "<td>parabola.x=1, parabola.levels=[1, 2]</td><td>parabola.x=2, parabola.levels=[1, 2]</td>" in text
    assert "6 of the 6 numbers that both points hold differ" in text
    assert "First run" not in text
    same = bnsim("diff", "sweeps/mine/1", "sweeps/mine/1", cwd=compared).stdout
    assert same == "point 1: parabola.x=1, parabola.levels=[1, 2]\n" * 2 + "all 6 numbers are equal\n"


def test_points_of_two_sweeps_are_called_by_their_paths(study: str, compared: Path) -> None:
    swept(study, compared / "sweeps", {"parabola.x": (1,), "parabola.levels": ((1, 3),)}, name="other")
    done = bnsim("diff", "sweeps/mine/1", "sweeps/other/0", cwd=compared)
    assert done.returncode == 3, done.stderr
    lines = [" ".join(line.replace("┃", " ").split()) for line in done.stdout.splitlines()]
    assert lines[:2] == [
        "sweeps/mine/1: parabola.x=1, parabola.levels=[1, 2]",
        "sweeps/other/0: parabola.x=1, parabola.levels=[1, 3]",
    ]
    assert "sweeps/mine/1 sweeps/other/0" in lines
    assert "only in sweeps/mine/1: 2, such as parabola, parabola, seed 0: part, level 2, side left" in lines


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("sweeps/mine", "sweeps/mine/1", "sweeps/mine: a sweep, not a run; compare two of its points, such as `bns"),
        ("sweeps/mine/1", "sweeps/mine/3", "sweeps/mine/3: no such point; give a number from 0 to 2"),
        ("sweeps/mine/0", "sweeps/mine/1", f"sweeps/mine/0: the point has no results ({FAILURE}); `bnsim show"),
        ("sweeps/mien/1", "sweeps/mine/1", "sweeps/mien/1: no point of a sweep; did you mean sweeps/mine?"),
        ("sweeps/mine/1", "run", "sweeps/mine/1 and run: one is a point of a sweep, the other a run; give two po"),
    ],
)  # fmt: skip
def test_points_that_cannot_be_compared(compared: Path, first: str, second: str, message: str) -> None:
    refused(2, message, "diff", first, second, cwd=compared)


@pytest.mark.parametrize(("point", "other"), [("1", "0"), ("0", "1")])
def test_a_point_that_is_shown_is_told_what_takes_points(compared: Path, point: str, other: str) -> None:
    told = (
        f"sweeps/mine/{point}: no such run; `bnsim show sweeps/mine` prints the points of that sweep, `bnsim diff "
        f"sweeps/mine/{point} sweeps/mine/{other}` compares two\n"
    )
    refused(2, told, "show", f"sweeps/mine/{point}", cwd=compared)
