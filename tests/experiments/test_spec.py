"""What a study is made of: metrics make measurements, and a study that contradicts itself is refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from experiments.names import PRESETS
from experiments.spec import Measurement, Metric, Options, Study, part_of

SHARE = Metric(
    "share", "fraction", "Share", "A share.", primary=True, better="more", facts={"layer": str, "scale": float}
)
ANGLE = Metric("angle", {"BNS": "degree", "ANN": "ratio"}, "Angle", "An angle.", step="Layer", bounds=(0.0, 180.0))


class Config(Options):
    """Options of the study."""

    width: int


def study(**changed: Any) -> Study:
    given = {
        "about": "How wide?\n\nThe method.\n",
        "metrics": (SHARE, ANGLE),
        "presets": dict.fromkeys(PRESETS, Config(width=1)),
    }
    return Study("package.of_width", title="Width", **{**given, **changed})


def test_name_question_and_method_are_those_of_the_package() -> None:
    made = study()
    assert (made.name, made.question, made.method) == ("of-width", "How wide?", "The method.")
    assert made.options == ["width"]
    assert [metric.study for metric in made.metrics] == ["of-width"] * 2
    assert made.primary is made["share"]
    assert study(metrics=(ANGLE,)).primary is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"metrics": (ANGLE, ANGLE)}, "study of-width: metric 'angle' is declared twice"),
        (
            {"metrics": (SHARE, dataclasses.replace(SHARE, name="other"))},
            "study of-width: more than one metric is primary; choose one",
        ),
        (
            {"presets": {"quick": Config(width=1)}},
            "study of-width: its presets are quick; give quick, full, tiny",
        ),
        (
            {"metrics": (dataclasses.replace(SHARE, better=None),)},
            "study of-width: share is primary; say whether more or less is better",
        ),
        (
            {"metrics": (dataclasses.replace(SHARE, cases="samples"),)},
            "study of-width: metric 'samples' counts cases but is not declared",
        ),
        ({"about": None}, "study of-width: its package has no docstring; begin it with the question"),
    ],
)
def test_a_study_that_contradicts_itself_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        study(**changed)


def test_a_metric_makes_measurements_with_typed_facts() -> None:
    assert SHARE(1, scale=2, layer="hidden") == Measurement("share", 1.0, {"scale": 2.0, "layer": "hidden"}, None)
    assert list(ANGLE.curve([30, 60])) == [Measurement("angle", 30.0, {}, 0), Measurement("angle", 60.0, {}, 1)]


def test_measurements_of_one_place_differ_in_their_value_only() -> None:
    first, second, other = SHARE(0.1, layer="a"), SHARE(0.2, layer="a"), SHARE(0.1, layer="b")
    assert hash(first.place) == hash(second.place)
    assert first.place == second.place != other.place
    assert ANGLE(1, step=1).place != ANGLE(1, step=2).place


def test_units_and_limits() -> None:
    assert [ANGLE.unit_of("BNS"), ANGLE.unit_of("ANN"), SHARE.unit_of("ANN")] == ["degree", "ratio", "fraction"]
    assert ANGLE.limits == (0.0, 180.0)
    assert SHARE.limits == (0.0, 1.0)
    assert dataclasses.replace(SHARE, bounds=(-1.0, None)).limits == (-1.0, None)
    assert dataclasses.replace(SHARE, unit="nat").limits == (None, None)
    for unit in ("count", "byte", "s", "ms", "1/s", "Hz", "nJ"):
        assert dataclasses.replace(SHARE, unit=unit).limits == (0.0, None)
    assert dataclasses.replace(ANGLE, bounds=None).limits == (None, None)
    assert dataclasses.replace(ANGLE, unit={"BNS": "Hz", "ANN": "count"}, bounds=None).limits == (0.0, None)
    assert dataclasses.replace(ANGLE, unit={"BNS": "Hz", "ANN": "activation"}, bounds=None).limits == (None, None)


def test_a_part_of_the_work_is_told_as_a_part_of_all() -> None:
    told: list[tuple[int, int]] = []
    part_of(lambda *progress: told.append(progress), before=30, total=100)(5, 10)
    assert told == [(35, 100)]
