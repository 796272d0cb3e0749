"""Which numbers of two runs differ, and by how much: `bnsim diff`."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from experiments.collection import difference
from experiments.collection.numbers import checksums, keyed
from experiments.run_directory import COLUMNS, read_run
from tests.experiments.test_command_line import bnsim, refused

from .made import made, row


def table(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"step": "Int64"})


def test_numbers_are_compared_to_the_last_bit_and_sorted_by_relative_difference() -> None:
    first = table(row("a", 0.5), row("b", 1.0), row("c", 2.0), row("d", 100.0), row("only", 1.0))
    second = table(row("d", 101.0), row("c", 2.0), row("b", math.nextafter(1.0, 2.0)), row("a", 0.25), row("new", 1.0))
    found = difference.numbers(first, second)
    assert [number.key.metric for number in found.differing] == ["a", "d", "b"]
    assert [(number.first, number.second) for number in found.differing[:2]] == [(0.5, 0.25), (100.0, 101.0)]
    assert (found.differing[0].difference, found.differing[0].relative) == (-0.25, 0.5)
    assert found.differing[1].relative == 1 / 101
    assert found.common == 4
    assert [key.metric for key in (*found.only_first, *found.only_second)] == ["only", "new"]
    assert not found.equal


def test_whole_metrics_come_before_those_of_classes_and_places_of_curves() -> None:
    """However small their difference: a class that was predicted twice instead of never differs by all."""
    rows: list[tuple[str, float, dict[str, int], int | None]] = [
        ("share", 1.0, {}, None),
        ("by_class", 2.0, {"digit": 3}, None),
        ("curve", 1.0, {}, 4),
    ]
    first = table(*(row(name, value, step=step, **facts) for name, value, facts, step in rows))
    second = table(*(row(name, 1.01 if name == "share" else 9.0, step=step, **facts) for name, _, facts, step in rows))
    found = difference.numbers(first, second)
    assert [number.key.metric for number in found.differing] == ["share", "by_class", "curve"]


def test_the_largest_difference_is_found_wherever_it_stands() -> None:
    first = table(row("share", 1.0), row("curve", 1.0, step=4))
    second = table(row("share", 1.01), row("curve", 9.0, step=4))
    found = difference.numbers(first, second)
    assert [number.key.metric for number in found.differing] == ["share", "curve"]
    assert found.largest.key.metric == "curve"


def test_seeds_stand_together_in_their_order_at_the_place_of_the_one_that_differs_most() -> None:
    first = table(*(row(name, 1.0, seed=seed) for name in ("small", "large") for seed in (2, 1, 0)))
    changed = {"small": {0: 1.2, 1: 1.3, 2: 1.4}, "large": {0: 1.1, 1: 9.0, 2: 1.2}}
    second = table(*(row(name, value, seed=seed) for name, held in changed.items() for seed, value in held.items()))
    found = [(number.key.metric, number.key.seed) for number in difference.numbers(first, second).differing]
    assert found == [*(("large", seed) for seed in range(3)), *(("small", seed) for seed in range(3))]


def test_wall_clock_times_do_not_count_and_order_does_not() -> None:
    first = table(row("a", 0.5), row("training_seconds", 3.0), row("a", 0.7, step=4), row("samples_per_second", 1.0))
    second = table(row("samples_per_second", 2.0), row("a", 0.7, step=4), row("training_seconds", 4.0), row("a", 0.5))
    assert difference.numbers(first, second).equal
    assert checksums(first) == checksums(second)
    assert list(checksums(first)) == ["accuracy"]


@pytest.mark.parametrize("value", [0.5, 0.25 + 0.25 + 2**-53])
def test_a_checksum_changes_with_any_bit_of_a_number(value: float) -> None:
    assert (checksums(table(row("a", value))) == checksums(table(row("a", 0.5)))) is (value == 0.5)


def test_what_is_not_a_number_equals_itself_and_so_does_zero() -> None:
    first, second = table(row("a", math.nan), row("b", 0.0)), table(row("a", math.nan), row("b", -0.0))
    assert difference.numbers(first, second).equal
    assert checksums(first) == checksums(second)
    changed = difference.numbers(first, table(row("a", 1.0), row("b", 0.0)))
    assert [number.relative for number in changed.differing] == [math.inf]
    assert changed.document()["differing"][0]["first"] == "nan"


def test_facts_that_are_numbers_are_the_same_as_text() -> None:
    """A fact is stored as text where another study has text under its name."""
    first, second = table(row("a", 0.5, severity=0.1, layer="h")), table(row("a", 0.5, layer="h", severity="0.1"))
    assert difference.numbers(first, second).equal
    assert not difference.numbers(first, table(row("a", 0.5, layer="h", severity=0.2))).common


def test_rows_that_stand_twice_are_compared_in_their_order() -> None:
    twice = table(row("a", 0.5), row("a", 0.6))
    assert list(keyed(twice).values()) == [0.5, 0.6]
    assert len(difference.numbers(twice, table(row("a", 0.5), row("a", 0.7))).differing) == 1


def test_diff_names_settings_versions_code_data_and_numbers(tmp_path: Path) -> None:
    first = made(
        tmp_path, "first", [row("test_accuracy", 0.5), row("recall", 0.9, **{"class": "3"})], code={"accuracy": "aaa"}
    )
    second = made(
        tmp_path,
        "second",
        [row("test_accuracy", 0.75), row("recall", 0.9, **{"class": "3"})],
        passes=4,
        versions={"python": "3.12.1", "numpy": "2.3.5"},
        code={"accuracy": "bbb"},
        task={"sha256": "abc"},
    )
    done = bnsim("diff", "first", "second", cwd=tmp_path)
    assert done.returncode == 3
    lines = [" ".join(line.replace("│", " ").split()) for line in done.stdout.splitlines()]
    for line in (
        "models.dense.passes 3 4",
        "python 3.11.7 3.12.1",
        "code.accuracy aaa bbb",
        "sha256 - abc",
        "accuracy, dense, seed 0: test_accuracy (fraction) 0.5 0.75 +0.25 0.33",
        "1 of 2 common numbers differ",
    ):
        assert line in lines
    assert not any("recall" in line for line in lines)
    found = json.loads(bnsim("diff", str(first), str(second), "--json", cwd=tmp_path).stdout)
    assert found["settings"] == [{"name": "models.dense.passes", "first": 3, "second": 4}]
    (number,) = found["numbers"]["differing"]
    assert (number["metric"], number["first"], number["second"], number["difference"]) == (
        "test_accuracy",
        0.5,
        0.75,
        0.25,
    )


def test_diff_of_equal_runs(tmp_path: Path) -> None:
    made(tmp_path, "first", [row("test_accuracy", 0.5)])
    made(tmp_path, "second", [row("test_accuracy", 0.5), row("training_seconds", 2.0)])
    done = bnsim("diff", "first", "second", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "all 1 numbers are equal\n")


def test_diff_limits_what_it_shows_and_says_so(tmp_path: Path) -> None:
    made(tmp_path, "first", [row("curve", 0.5, step=step) for step in range(30)])
    made(tmp_path, "second", [row("curve", 0.25, step=step) for step in range(31)])
    done = bnsim("diff", "first", "second", cwd=tmp_path)
    assert done.stdout.count("curve, step") == 20 + 1
    assert "30 of 30 common numbers differ (10 not shown; --most N shows more)" in done.stdout
    assert "only in the second run: 1, such as accuracy, dense, seed 0: curve, step 30" in done.stdout
    assert "(" not in bnsim("diff", "first", "second", "--most", "30", cwd=tmp_path).stdout.splitlines()[-1]


def test_runs_without_a_common_number(tmp_path: Path) -> None:
    made(tmp_path, "first", [row("a", 0.5)])
    made(tmp_path, "second", [row("b", 0.5)])
    done = bnsim("diff", "first", "second", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stdout.endswith("the runs have no number in common\n")


def test_close_numbers_are_shown_to_the_digit_that_differs(tmp_path: Path) -> None:
    made(tmp_path, "first", [row("a", 1.0)])
    made(tmp_path, "second", [row("a", math.nextafter(1.0, 2.0))])
    assert "1.0000000000000002" in bnsim("diff", "first", "second", cwd=tmp_path).stdout


def test_what_diff_refuses(tmp_path: Path) -> None:
    made(tmp_path, "first", [row("a", 0.5)])
    refused(
        2, "nothing: no such run; `bnsim runs .` lists those that there are", "diff", "first", "nothing", cwd=tmp_path
    )
    refused(2, "see `bnsim diff --help`", "diff", "first", cwd=tmp_path)
    refused(
        2,
        "'--most': Input should be greater than or equal to 0",
        "diff",
        "first",
        "first",
        "--most",
        "-1",
        cwd=tmp_path,
    )


def test_older_manifests_say_less(tmp_path: Path) -> None:
    run = read_run(made(tmp_path, "first", [row("a", 0.5)]))
    del run.manifest["request"]
    found = difference.circumstances(run, run)
    assert not any(vars(found).values())


def test_facts_that_only_repeat_a_setting_make_no_other_numbers(tmp_path: Path) -> None:
    """A run says with each number which mean of the noise it was measured at; the settings say so too."""
    first, second = (
        read_run(made(tmp_path, name, [row("rate", value, dt=0.5, passes=passes)], passes=passes))
        for name, value, passes in (("first", 0.5, 3), ("second", 0.25, 5))
    )
    (change,) = difference.circumstances(first, second).settings
    found = difference.numbers(first.results, second.results, [change])
    assert [(number.key.facts, number.first, number.second) for number in found.differing] == [
        ((("dt", 0.5),), 0.5, 0.25)
    ]
    other = difference.numbers(first.results, second.results, [replace(change, second=7)])
    assert (other.common, len(other.only_first)) == (0, 1)  # the fact is no repetition
