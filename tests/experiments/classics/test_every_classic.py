"""What every classic experiment keeps to: question, source, options, metrics, yardsticks, and that it is light."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys

import pytest
from pydantic import ValidationError

from experiments.classics import CLASSICS
from experiments.names import PRESETS
from experiments.spec import DEFAULT_ORDER, Options, Plate
from experiments.studies import STUDIES, find
from experiments.yardsticks import Classic, Yardstick

HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "brian2", "tensorflow", "keras", "sklearn")
YARDSTICKS = {
    f"{classic.name}: {yardstick.name}": (classic, yardstick)
    for classic in CLASSICS.values()
    for yardstick in classic.yardsticks
}

every_classic = pytest.mark.parametrize("classic", CLASSICS.values(), ids=CLASSICS)
every_yardstick = pytest.mark.parametrize(("classic", "yardstick"), YARDSTICKS.values(), ids=YARDSTICKS)


def test_looking_for_them_imports_nothing_heavy() -> None:
    code = "import experiments.classics, json, sys; print(json.dumps(sorted(sys.modules)))"
    modules = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert "experiments.classics.siegert" in modules
    assert not set(HEAVY) & set(modules)


def test_no_study_has_the_name_of_a_classic_and_all_have_places() -> None:
    assert not CLASSICS.keys() & STUDIES.keys()
    orders = [classic.order for classic in CLASSICS.values()]
    assert DEFAULT_ORDER not in orders
    assert orders == sorted(set(orders))


@every_classic
def test_it_asks_a_question_and_names_its_source(classic: Classic) -> None:
    assert find(classic.name) is classic
    assert classic.question.endswith("?")
    assert classic.method.partition("\n")[0]
    assert classic.source
    assert "References\n" in classic.method
    assert len({metric.label for metric in classic.metrics}) == len(classic.metrics)
    assert all(metric.definition.endswith(".") for metric in classic.metrics)


@every_classic
def test_its_presets_are_of_one_kind_and_every_option_is_described(classic: Classic) -> None:
    (kind,) = {type(options) for options in classic.presets.values()}
    assert issubclass(kind, Options)
    assert tuple(classic.presets) == tuple(PRESETS)
    described = re.findall(r"^([a-z_]+(?:, [a-z_]+)*)$", inspect.getdoc(kind) or "", re.MULTILINE)
    assert [name for names in described for name in names.split(", ")] == classic.options
    for options in classic.presets.values():
        assert kind.model_validate(options.model_dump()) == options
        with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
            kind.model_validate({**options.model_dump(), "unknown": 1})


@every_classic
def test_it_can_be_carried_out_and_drawn(classic: Classic) -> None:
    assert list(inspect.signature(classic.measure.run).parameters) == ["config", "subject", "progress"]
    for function in (classic.figure.draw, classic.figure.sentences):
        assert list(inspect.signature(function).parameters) == ["run"]
    assert all(isinstance(plate, Plate) and plate.heading for plate in classic.figure.PLATES)
    assert len(classic.figure.PLATES) > 0


@every_yardstick
def test_a_yardstick_says_where_it_comes_from_and_what_it_allows(classic: Classic, yardstick: Yardstick) -> None:
    measurement = classic[yardstick.metric](yardstick.published, **yardstick.facts)
    assert measurement.facts == dict(yardstick.facts)
    assert yardstick.tolerance < abs(yardstick.published) or yardstick.published == 0
    assert yardstick.source
    assert len(yardstick.reason.split()) > 3


def test_names_of_yardsticks_differ() -> None:
    assert len(YARDSTICKS) == sum(len(classic.yardsticks) for classic in CLASSICS.values())
