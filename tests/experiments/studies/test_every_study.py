"""What every study keeps to, whoever wrote it: question, method, options, metrics, facts, and that it is light to
import."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from typing import get_args

import pytest
from pydantic import ValidationError

from bnsim.errors import InputError
from experiments.names import PRESETS
from experiments.settings import KINDS
from experiments.spec import DEFAULT_ORDER, Fact, Metric, Options, Plate, Study
from experiments.studies import STUDIES
from models import registry

HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "brian2", "tensorflow", "keras", "sklearn")
METRICS = {f"{study.name}.{metric.name}": metric for study in STUDIES.values() for metric in study.metrics}

every_study = pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)


def test_looking_for_studies_imports_nothing_heavy() -> None:
    """`bnsim --help` and an error message must not wait for it."""
    code = "import experiments.studies, json, sys; print(json.dumps(sorted(sys.modules)))"
    modules = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert "experiments.studies.accuracy" in modules
    assert not set(HEAVY) & set(modules)


def test_each_has_a_place_of_its_own_in_the_report() -> None:
    orders = [study.order for study in STUDIES.values()]
    chosen = [order for order in orders if order != DEFAULT_ORDER]  # without one, studies follow by name
    assert orders == sorted(orders)
    assert len(chosen) == len(set(chosen))
    assert len({study.title for study in STUDIES.values()}) == len(STUDIES)


@every_study
def test_it_asks_a_question_and_says_how_it_is_answered(study: Study) -> None:
    assert STUDIES[study.name] is study
    assert study.question.endswith("?")
    assert study.question not in study.method
    assert study.method.partition("\n")[0]
    assert study.title[0].isupper()


@every_study
def test_presets_are_of_one_kind_and_refuse_what_they_do_not_know(study: Study) -> None:
    (kind,) = {type(options) for options in study.presets.values()}
    assert issubclass(kind, Options)
    assert tuple(study.presets) == tuple(PRESETS)
    for options in study.presets.values():
        assert kind.model_validate(options.model_dump()) == options
        with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
            kind.model_validate({**options.model_dump(), "unknown": 1})
        with pytest.raises(ValidationError, match="Instance is frozen"):
            setattr(options, study.options[0], 1)


@every_study
def test_every_option_is_described(study: Study) -> None:
    described = re.findall(
        r"^([a-z_]+(?:, [a-z_]+)*)$", inspect.getdoc(type(study.presets["quick"])) or "", re.MULTILINE
    )
    assert [name for names in described for name in names.split(", ")] == study.options


@every_study
def test_it_can_be_carried_out_and_drawn(study: Study) -> None:
    assert list(inspect.signature(study.measure.run).parameters) == ["config", "subject", "progress"]
    for function in (study.figure.draw, study.figure.sentences):
        assert list(inspect.signature(function).parameters) == ["run"]
    plates = study.figure.PLATES
    assert all(isinstance(plate, Plate) and plate.heading for plate in plates)
    assert len({plate.figure for plate in plates}) == len(plates) > 0


@every_study
def test_what_it_sets_are_parameters_of_models(study: Study) -> None:
    parameters = {name for entry in registry.MODELS.values() for name in entry.parameter_names()}
    assert set(study.fixes) <= parameters
    assert all(reason.startswith(f"{study.name} ") for reason in study.fixes.values())
    assert set(study.settings) == set(study.tried) <= set(KINDS)
    for kind, models in study.settings.items():
        assert study.tried[kind].keys() == models.keys()
        for model, values in models.items():
            registry.check_parameters(model, values)


@every_study
def test_it_takes_classifiers_or_names_what_it_takes(study: Study) -> None:
    assert set(study.subjects.values()) <= {"BNS", "ANN"}
    if study.subjects:
        assert not study.fixes
        assert not study.settings
        assert study.primary is None  # no verdict without twins


@every_study
def test_a_metric_that_it_does_not_have_is_an_error(study: Study) -> None:
    with pytest.raises(
        InputError, match=rf"^unknown metric of {study.name} 'xyzzy'; choose from {study.metrics[0].name}"
    ):
        study["xyzzy"]
    known = study.metrics[0].name
    with pytest.raises(
        InputError, match=rf"^unknown metric of {study.name} '{known}s'; did you mean '\w+'\? choose from"
    ):
        study[f"{known}s"]
    assert "xyzzy" not in study
    assert study[known] is study.metrics[0]


@every_study
def test_its_metrics_are_told_apart_in_words(study: Study) -> None:
    labels = [metric.label for metric in study.metrics]
    assert len(set(labels)) == len(labels)


@every_metric
def test_a_metric_is_named_and_defined(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", metric.name)
    assert metric.label[0].isupper()
    assert not metric.label.endswith(".")
    assert metric.definition.endswith(".")
    assert len(metric.definition.split()) > 3
    assert metric.better or not metric.primary  # else there is no verdict
    assert metric.step is None or metric.step[0].isupper()
    low, high = metric.limits
    assert low is None or high is None or low < high
    units = [metric.unit] if isinstance(metric.unit, str) else metric.unit.values()
    assert all(isinstance(unit, str) for unit in units)


@every_metric
def test_its_facts_have_names_and_types(metric: Metric) -> None:
    assert all(name.isidentifier() for name in metric.facts)
    assert all(kind in get_args(Fact) for kind in metric.facts.values())
    measurement = metric(0.5, **{name: kind(3) for name, kind in metric.facts.items()})
    assert {name: type(fact) for name, fact in measurement.facts.items()} == metric.facts


@every_metric
def test_facts_and_steps_that_it_does_not_declare_are_refused(metric: Metric) -> None:
    name = f"{metric.study}.{metric.name}"
    with pytest.raises(ValueError, match=rf"^metric {name} declares no fact 'xyzzy'; add it to the metric$"):
        metric(0.5, xyzzy=1)
    if metric.step is None:
        with pytest.raises(ValueError, match=rf"^metric {name} declares no step; add it to the metric$"):
            metric(0.5, step=1)
    else:
        assert metric(0.5, step=1).step == 1
