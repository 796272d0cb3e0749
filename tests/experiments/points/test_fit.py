"""Fits: they find a known minimum, the same with any number of workers, and go on where they ended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bnsim.errors import InputError, MachineError
from experiments.collection.listing import listed
from experiments.points.design import Range
from experiments.points.fit import fit, resume
from experiments.points.fit_directory import Fit, read_fit
from experiments.points.folder import Conduct
from experiments.points.target import Target

from ..parabola import FAILURE, parabola, streams

PLACE = {"parabola.x": Range(0.0, 10.0), "parabola.y": Range(-1.0, 1.0)}
HEIGHT = (Target("height", 0.0, 0.1),)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> str:
    return parabola(tmp_path_factory.mktemp("study"))


def fitted(
    study: str,
    out: Path,
    parameters: Mapping[str, Any] = PLACE,
    targets: Sequence[Target] = HEIGHT,
    how: Mapping[str, Any] | None = None,
    **given: Any,
) -> tuple[Fit, list[str]]:
    """A fit in this process, and the jobs that were done for it."""
    make, made = streams(**(how or {}))
    found = fit(study, parameters, targets, out=out, make_executor=make, **{"seeds": 1, "population": 5, **given})
    return found, [name for executor in made for name in executor.done]


def test_the_minimum_of_a_parabola_is_found(study: str, tmp_path: Path) -> None:
    found, done = fitted(study, tmp_path)
    best = found.result["best"]
    # The objective is (height / 0.1)^2 <= 1e-4, so that the height is at most 0.001.
    assert found.result["objective"] <= 1e-4
    assert found.result["why_it_ended"] == "the objective is at most 0.0001"
    assert (best["parabola.x"] - 3) ** 2 + (best["parabola.y"] - 0.5) ** 2 <= 1e-3
    trials = found.trials
    assert len(trials) == len(done) == found.result["trials"]
    assert list(trials.columns) == ["trial", "generation", "parabola.x", "parabola.y", "objective", "height"]
    assert trials["objective"].min() == found.result["objective"]
    assert (trials["height"] / 0.1).pow(2).to_list() == pytest.approx(trials["objective"].to_list(), rel=1e-12)
    (target,) = found.result["targets"]
    assert (target["target"], target["wanted"], target["weight"]) == ("height", 0.0, 0.1)
    assert target["by_seed"] == [target["found"]]


@pytest.mark.slow
def test_a_value_is_recovered_from_what_it_causes(study: str, tmp_path: Path) -> None:
    # (x - 3)^2 = 6.25 on the side below 3, where x = 0.5, as the mean over seeds 0 and 1 says (0.25 * 1 / 2 is added).
    targets = [Target.parse("height=6.375+-0.1"), Target.parse("part[level=2]=12.75±0.1")]
    found, _ = fitted(study, tmp_path, {"parabola.x": (0.0, 3.0)}, targets, settings={"parabola.y": 0.5}, seeds=2)
    # A deviation of 0.01 weights is one of 0.001 in height, whose slope is 5 there.
    assert found.result["best"]["parabola.x"] == pytest.approx(0.5, abs=2.1e-4)
    assert found.result["by_seed"] == [pytest.approx(7.8125, rel=0.1), pytest.approx(7.8125, rel=0.1)]


@pytest.mark.slow
def test_the_current_of_a_neuron_is_recovered_from_its_rate(tmp_path: Path) -> None:
    """At 22.5 mV the closed solution is 77.0053 Hz; the rate rises by 5.4 Hz/mV there."""
    settings = {"f-i-curve.steps": (0.01,), "f-i-curve.duration": 100.0}
    current = {"f-i-curve.currents": Range(16.0, 40.0, listed=True)}
    targets = [Target("rate", 77.0053, 1.0)]
    found, _ = fitted("f-i-curve", tmp_path, current, targets, settings=settings, preset="tiny", until=1e-2)
    (best,) = found.result["best"]["f-i-curve.currents"]
    # The objective allows for 0.1 Hz, the grid of time makes the rate too low by 0.06 Hz at most.
    assert best == pytest.approx(22.5, abs=0.16 / 5.4)


def test_order_changes_no_bit_and_the_same_command_repeats_nothing(study: str, tmp_path: Path) -> None:
    one, done = fitted(study, tmp_path / "a", generations=4, seeds=2)
    other, _ = fitted(study, tmp_path / "b", generations=4, seeds=2, how={"last_first": True})
    for name in ("trials.parquet", "fit.json"):
        assert (one.directory / name).read_bytes() == (other.directory / name).read_bytes()
    assert fitted(study, tmp_path / "a", generations=4, seeds=2)[1] == []
    n = len(one.trials)
    more, further = fitted(study, tmp_path / "a", generations=6, seeds=2)
    assert len(further) == 2 * 2 * 10  # two generations of 5 trials for each of two parameters, with two seeds
    assert len(more.trials) == n + 20
    assert len(done) == 2 * n


@pytest.mark.slow
def test_an_interrupted_fit_goes_on_where_it_ended(study: str, tmp_path: Path) -> None:
    whole, all_done = fitted(study, tmp_path / "whole", generations=3)
    with pytest.raises(MachineError) as caught:
        fitted(study, tmp_path / "s", generations=3, how={"stop_after": 14})
    folder = tmp_path / "s" / whole.directory.name
    assert (
        str(caught.value)
        == f"the power is gone; 10 trials are kept; continue with `bnsim resume {folder} --study {study}`"
    )
    with pytest.raises(InputError, match=f"this fit is not finished; continue with `bnsim resume .* --study {study}`"):
        read_fit(folder)
    assert [entry.state for entry in listed(folder.parent)] == ["fit, not finished: 14 jobs so far"]
    path, first = folder / "plan.json", "2026-01-02T03:04:05+00:00"
    path.write_text(json.dumps({**json.loads(path.read_text()), "started_utc": first}))
    make, made = streams()
    found = resume(folder, Conduct(make_executor=make))
    assert found.plan["started_utc"] == first
    assert [entry.state for entry in listed(folder.parent)] == [f"fit: {found.result['trials']} trials"]
    assert made[0].done == all_done[14:]
    assert found.result == whole.result
    assert (folder / "trials.parquet").read_bytes() == (whole.directory / "trials.parquet").read_bytes()


@pytest.mark.slow
def test_trials_that_fail_are_the_worst_and_all_that_fail_end_the_fit(study: str, tmp_path: Path) -> None:
    found, _ = fitted(study, tmp_path, {"parabola.x": (-5.0, 5.0)}, generations=10)
    assert found.result["failed"] > 0
    assert found.result["best"]["parabola.x"] == pytest.approx(3.0, abs=0.5)
    with pytest.raises(MachineError, match=f"all 5 trials failed; the first: {FAILURE}; 0 trials"):
        fitted(study, tmp_path, {"parabola.x": (-5.0, -1.0)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate=8", Target("rate", 8.0)),
        ("rate = 8.5 ± 0.1", Target("rate", 8.5, 0.1)),
        ("rate=-8e-1+-2", Target("rate", -0.8, 2.0)),
        ("rate[dt=0.5,model=lif]=8+/-0.1", Target("rate", 8.0, 0.1, {"dt": "0.5", "model": "lif"})),
    ],
)
def test_targets_are_read_as_a_user_types_them(text: str, expected: Target) -> None:
    assert Target.parse(text) == expected


@pytest.mark.parametrize("text", ["rate", "rate=", "=5", "rate=x", "rate=5±", "rate=5±x", "rate[dt]=5", "rate[]=5"])
def test_targets_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="not of the form METRIC=VALUE or METRIC"):
        Target.parse(text)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"targets": ["height=nan"]}, "--target height: nan is not finite; give a finite number"),
        ({"targets": ["height=1±0"]}, "--target height: 0.0 is no weight; give a number above 0"),
        ({"targets": ["heigth=1"]}, "unknown metric of parabola 'heigth'; did you mean 'height'?"),
        ({"targets": ["part[levle=1]=1"]}, "--target part[levle=1]: unknown fact 'levle'; did you mean 'level'?"),
        ({"targets": ["part[level=x]=1"]}, "--target part[level=x]: 'x' is no value of level; give a number"),
        (
            {"targets": ["part=1"]},
            "--target part: 2 values match, which differ in level; name one, as in [level=1] (there are 1, 2)",
        ),
        ({"targets": ["part[level=3]=1"]}, "--target part[level=3]: 0 values match; leave out a fact, or correct it"),
        ({"targets": ["height=1", "height=2"]}, "--target height: given twice; keep one"),
        ({"targets": []}, "fit: there is nothing to aim at; give --target METRIC=VALUE"),
        ({"parameters": {}}, "fit: no parameter is fitted; give --parameter KEY=LOW:HIGH"),
        ({"parameters": {"parabola.z": (0.0, 1.0)}}, "unknown option of parabola 'z'"),
        ({"parameters": {"parabola.x": (1.0, 0.0)}}, "1.0:0.0: the lower limit comes first"),
        (
            {"parameters": {"parabola.deaths": (0.0, 1.0)}},
            "--set parabola.deaths: got 0.5; input should be",
        ),
        ({"generations": 0}, "--generations: got 0; give 1 to 100000"),
        ({"population": 10**6}, "--population: got 1000000; give 1 to 10000"),
        ({"until": -1.0}, "--until: got -1.0; give a finite number of at least 0"),
        ({"key": -1}, "--key: -1 is no key"),
    ],
)
def test_what_is_wrong_is_told(study: str, tmp_path: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        fitted(
            study, tmp_path, **{**given, "targets": [Target.parse(text) for text in given.get("targets", ["height=0"])]}
        )
    assert str(caught.value).startswith(message)


def test_a_limit_that_a_classifier_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    how: dict[str, Any] = {"task": "breast-cancer", "models": ("rate",), "preset": "tiny"}
    with pytest.raises(InputError, match=r"^point 0 \(models.rate.passes=-2\): Rate.passes: got -2; give an"):
        fitted("accuracy", tmp_path / "f", {"models.rate.passes": Range(-2, 3)}, (Target("test_accuracy", 1.0),), **how)
    assert list(tmp_path.iterdir()) == []


def test_first_trials_that_are_refused_leave_nothing_behind(tmp_path: Path) -> None:
    """Both limits and the middle are even, and so are no odd numbers between them, which the classic refuses."""
    frequencies, target = {"gap-junctions.frequencies": Range(2, 6, listed=True)}, Target("spikelet", 1.0)
    with pytest.raises(InputError, match=r"^point \d+ \(gap-junctions.frequencies=\[[35]\]\): .* multiple of 2$"):
        fitted("gap-junctions", tmp_path / "f", frequencies, (target,), preset="tiny")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({"targets": (Target("height", 1.0, 0.1),)}, "--target height=0±0.1"),
        ({"parameters": {"parabola.x": Range(0.0, 10.0)}}, "--parameter parabola.y=-1.0:1.0"),
        ({"key": 5}, "--key 0"),
        ({"settings": {"parabola.seconds": 0.001}}, "no --set parabola.seconds"),
    ],
)
def test_another_fit_of_the_same_name_replaces_nothing(
    study: str, tmp_path: Path, given: dict[str, Any], held: str
) -> None:
    first, _ = fitted(study, tmp_path, name="mine", generations=1)
    before = {path.name: path.read_bytes() for path in first.directory.iterdir()}
    with pytest.raises(InputError) as caught:
        fitted(study, tmp_path, name="mine", generations=1, **given)
    assert str(caught.value) == (
        f"{first.directory}: holds a fit with {held}, which this one would replace; choose another --name (one of the "
        "same name may have other --generations, --until and --seeds)"
    )
    assert {path.name: path.read_bytes() for path in first.directory.iterdir()} == before


def test_a_fit_of_the_same_name_goes_on_for_longer(study: str, tmp_path: Path) -> None:
    short, first = fitted(study, tmp_path, name="mine", generations=1)
    longer, second = fitted(study, tmp_path, name="mine", generations=2)
    assert not set(first) & set(second)
    assert longer.result["trials"] == short.result["trials"] + len(second)
