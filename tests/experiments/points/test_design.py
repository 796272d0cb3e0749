"""Points of a sweep: which they are, what stays the same, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bnsim.errors import InputError
from bnsim.random_numbers import Numbers
from experiments.points.design import Design, Range, Stage
from experiments.points.design_options import parse_grid, parse_ranges


def test_grids_multiply_and_the_last_key_changes_fastest() -> None:
    points = list(Design({"a.x": (1, 2), "a.y": ("p", "q", "r")}).points())
    assert [tuple(point.settings.values()) for point in points] == [
        (1, "p"), (1, "q"), (1, "r"), (2, "p"), (2, "q"), (2, "r"),
    ]  # fmt: skip
    assert [point.number for point in points] == list(range(6))
    assert str(points[1]) == "point 1 (a.x=1, a.y=q)"


def test_a_draw_is_the_same_whatever_their_number_and_the_other_keys() -> None:
    ranges = {"a.x": Range(1.0, 3.0), "a.y": Range(10, 20)}
    many, few = Design(random=ranges, n=50), Design(random={"a.x": Range(1.0, 3.0)}, n=5)
    drawn = [point.settings["a.x"] for point in many.points()]
    assert drawn[:5] == [point.settings["a.x"] for point in few.points()]
    assert drawn == list(1.0 + 2.0 * Numbers(0, "sweep:a.x").at(0, np.arange(50)))
    other = Design(random=ranges, n=50, key=1)
    assert drawn != [point.settings["a.x"] for point in other.points()]


def test_each_combination_of_the_grid_is_measured_at_each_draw() -> None:
    design = Design({"a.x": (1, 2)}, {"a.y": Range(0.0, 1.0)}, n=3)
    points = list(design.points())
    assert len(points) == len(design) == 6
    assert [point.settings["a.x"] for point in points] == [1, 2] * 3
    drawn = [point.settings["a.y"] for point in points]
    assert drawn[0::2] == drawn[1::2]
    assert len(set(drawn)) == 3
    assert Design.of(design.document()) == design


def numbered(design: Design) -> dict[int, tuple[object, ...]]:
    return {point.number: tuple(point.settings[key] for key in ("a.x", "a.y")) for point in design.points()}


def test_a_design_that_grows_keeps_the_numbers_of_its_points() -> None:
    first = Design({"a.x": (1, 2), "a.y": ("p", "q")})
    second = Design({"a.y": ("r", "q", "p"), "a.x": (0, 1.0, 2)}).after(first)
    third = Design({"a.x": (1, 0, 2), "a.y": ("p", "q", "r", "s")}).after(second)
    grown = numbered(third)
    for design in (first, second):
        assert numbered(design).items() <= grown.items()
    assert list(grown) == list(range(12)) == list(range(len(third)))
    assert len(set(grown.values())) == 12
    assert second.keys == ("a.y", "a.x")
    assert Design.of(third.document()) == third
    assert Design({"a.y": ("s", "r", "q", "p"), "a.x": (2, 1, 0)}).after(third) == third


def test_draws_keep_their_numbers_when_the_grid_grows_and_when_there_are_fewer() -> None:
    ranges = {"a.y": Range(0.0, 1.0)}
    first = Design({"a.x": (1, 2)}, ranges, n=3)
    second = Design({"a.x": (0, 1, 2)}, ranges, n=2).after(first)
    third = Design({"a.x": (0, 1, 2)}, ranges, n=4).after(second)
    assert list(numbered(second)) == [0, 1, 2, 3, 6, 7]
    assert len(second) == 6
    assert list(numbered(third)) == list(range(12))
    for design in (first, second):
        assert numbered(design).items() <= numbered(third).items()


@pytest.mark.parametrize("grid", [{"a.x": (1, 3)}, {"a.y": (1,)}, {"a.x": (True,)}, {"a.x": ()}])
def test_an_earlier_grid_that_is_no_part_of_the_grid_is_refused(grid: dict[str, tuple[object, ...]]) -> None:
    with pytest.raises(InputError, match="its earlier grid is no part of its grid; begin anew with another --name"):
        Design({"a.x": (1, 2)}, earlier=(Stage(grid, 1),))


def test_whole_numbers_are_drawn_with_both_limits_and_evenly() -> None:
    design = Design(random={"a.x": Range(3, 5)}, n=900)
    counts = np.bincount([point.settings["a.x"] for point in design.points()])
    assert list(np.flatnonzero(counts)) == [3, 4, 5]
    assert (abs(counts[3:] - 300) < 4 * math.sqrt(900 * 2 / 9)).all()  # four standard deviations


def test_a_logarithmic_scale_has_as_many_points_in_each_decade() -> None:
    design = Design(random={"a.x": Range(0.01, 100.0, log=True), "a.y": Range(1, 1000, log=True)}, n=1000)
    drawn = np.array([list(point.settings.values()) for point in design.points()])
    decades = np.histogram(np.log10(drawn[:, 0]), bins=[-2, -1, 0, 1, 2])[0]
    assert (abs(decades - 250) < 4 * math.sqrt(1000 * 3 / 16)).all()  # four standard deviations
    assert drawn[:, 1].min() >= 1
    assert drawn[:, 1].max() <= 1000
    assert (drawn[:, 1] == drawn[:, 1].round()).all()


def test_ranges_and_grids_are_read_as_a_user_types_them() -> None:
    assert parse_grid(["a.x=1, 2.5,true,some text", "a.y=[1,2],[3]", "a.w=(1,2),(3,)", "a.z='p,q',r"]) == {
        "a.x": (1, 2.5, True, "some text"),
        "a.y": ((1, 2), (3,)),
        "a.w": ("(1,2)", "(3,)"),  # which a setting that is a list takes apart
        "a.z": ("p,q", "r"),
    }
    ranges = parse_ranges("--random", ["a.x=1:5", "a.y=1.0:5", "a.z=0.1:10:log", "a.w=[1.0:2.0]"])
    assert list(ranges.values()) == [Range(1, 5), Range(1.0, 5), Range(0.1, 10, log=True), Range(1.0, 2.0, listed=True)]
    assert ranges["a.x"].at(0.999) == 5
    assert ranges["a.w"].at(0.5) == (1.5,)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("a.x=1:5", "--grid a.x=1:5: is a range; draw from it with --random a.x=1:5 --n 10"),
        (
            "a.x=[0.1:1e3:log]",
            "--grid a.x=[0.1:1e3:log]: is a range; draw from it with --random a.x=[0.1:1e3:log] --n 10",
        ),
        ("a.x", "--grid a.x: not of the form key=a,b,c, e.g. siegert.mean=10,15,20"),
        ("a.x=", "--grid a.x=: not of the form key=a,b,c, e.g. siegert.mean=10,15,20"),
        ("a.x=1,,2", "--grid a.x=1,,2: a value is missing between two commas or at an end; leave none out"),
        ("a.x=1,2,1", "--grid a.x: 1 is given twice; keep one"),
        ("a.x=nan", "--set a.x: got nan; give a finite number"),
        ("a.x=1e300", "--set a.x: the number is too large; give at most 10,000,000"),
        ("a.x=[[[[1]]]]", "--set a.x: lists within lists, 3 deep and more; give a flat list"),
    ],
)
def test_grids_that_are_refused(given: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        Design(parse_grid([given]))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("1", "--random a.x=1: not of the form key=low:high, e.g. siegert.mean=10.0:20.0, or key=low:high:log"),
        ("1:2:3", "--random a.x=1:2:3: not of the form key=low:high, e.g. siegert.mean=10.0:20.0, or key=low:high:log"),
        ("1:b", "--random a.x=1:b: 'b' is no finite number; give two numbers, low:high"),
        ("1:inf", "--random a.x=1:inf: 'inf' is no finite number; give two numbers, low:high"),
        ("5:1", "--random a.x: 5:1: the lower limit comes first; give low:high with low < high"),
        ("0:1:log", "--random a.x: 0:1:log: a logarithmic scale has no 0; give limits above 0"),
        ("0:1e9", "--set a.x: the number is too large; give at most 10,000,000"),
    ],
)
def test_ranges_that_are_refused(given: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        Design(random=parse_ranges("--random", [f"a.x={given}"]))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("design", "message"),
    [
        ({}, "sweep: nothing is varied; give --grid KEY=A,B,C or --random KEY=LOW:HIGH"),
        ({"grid": {"a.x": (1,)}, "random": {"a.x": Range(0, 1)}}, "--random a.x: --grid has it too; keep one"),
        ({"random": {"a.x": Range(0, 1)}, "n": 0}, "--n: got 0; give at least 1"),
        ({"random": {"a.x": Range(0, 1)}, "n": 10**9}, "sweep: 1,000,000,000 points; give at most 1,000,000"),
        ({"grid": {"a.x": ()}}, "--grid a.x: no values; give at least one"),
        ({"grid": {"a.x": (1,)}, "key": -1}, "--key: -1 is no key; give a whole number from 0 to 2^64 - 1"),
    ],
)
def test_designs_that_are_refused(design: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        Design(**design)  # type: ignore[arg-type]
    assert str(caught.value) == message
