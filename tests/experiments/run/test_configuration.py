"""Options and settings: presets, model settings by kind of task, and one-line refusals."""

from __future__ import annotations

import dataclasses
import inspect
import tomllib
from typing import Any

import pytest
import tomlkit

from bnsim.errors import InputError
from experiments.names import DEFAULT_MODELS
from experiments.run.configuration import (
    RunConfig,
    check_names,
    model_parameters,
    parse_settings,
    resolve,
    task_kind,
)
from experiments.settings import KINDS, MODEL_SETTINGS, settings_of
from experiments.studies import STUDIES
from experiments.tasks import load_task, tasks
from models import registry

DIGITS = load_task("digits")


def resolved(
    settings: dict[str, Any] | None = None,
    seeds: int = 5,
    preset: str = "quick",
    studies: tuple[str, ...] = ("accuracy", "learning"),
) -> RunConfig:
    found = {name: STUDIES[name] for name in studies}
    return resolve("compare", found, "digits", DIGITS, DEFAULT_MODELS, seeds, preset, settings or {})


def test_settings_reach_study_and_model() -> None:
    settings = parse_settings(["models.dense.passes=3", "models.dense.hidden=[20, 10]", "accuracy.n_measured=7"])
    config = resolved(settings)
    assert config.parameters["dense"] == {
        **settings_of("dense", "small images").quick,
        "passes": 3,
        "hidden": (20, 10),
    }
    assert config.studies["accuracy"].n_measured == 7  # type: ignore[attr-defined]
    assert parse_settings(["models.dense.activation=tanh"]) == {"models.dense.activation": "tanh"}


@pytest.mark.parametrize("text", ["1,4", "1, 4", "1,4,", "[1,4]", "[1, 4]", "(1,4)"])
def test_lists_are_read_as_a_user_types_them(text: str) -> None:
    config = resolved(
        parse_settings([f"timing.bin_widths={text}", f"models.dense.hidden={text}"]), studies=("accuracy", "timing")
    )
    assert config.studies["timing"].bin_widths == (1, 4)  # type: ignore[attr-defined]
    assert config.parameters["dense"]["hidden"] == (1, 4)


def test_one_value_is_a_list_of_one_where_a_setting_is_a_list() -> None:
    settings = {"timing.bin_widths": 4, "models.dense.hidden": 20, "models.receptive-field.wavelength": 3}
    config = resolved(settings | {"models.receptive-field.sigma": "1,2"}, studies=("accuracy", "timing"))
    assert config.studies["timing"].bin_widths == (4,)  # type: ignore[attr-defined]
    assert config.parameters["dense"]["hidden"] == (20,)
    assert config.parameters["receptive-field"]["wavelength"] == 3  # two numbers, as the model says
    assert config.parameters["receptive-field"]["sigma"] == (1, 2)


@pytest.mark.parametrize("model", registry.MODELS)
def test_parameters_that_are_lists_have_tuples_as_defaults(model: str) -> None:
    entry = registry.entry(model)
    defaults = inspect.signature(entry.load()).parameters
    lists = {name for name, parameter in defaults.items() if isinstance(parameter.default, tuple)}
    assert {name for name in entry.lists() if name not in ("image_shape", "sequence_shape")} == lists


def test_an_option_of_several_studies_is_given_once() -> None:
    config = resolved({"learning.max_train": 70, "studies.max_train": 90, "studies.presentations": 800})
    found = {name: study.model_dump() for name, study in config.studies.items()}
    assert (found["accuracy"]["max_train"], found["learning"]["max_train"]) == (90, 70)
    assert found["learning"]["presentations"] == 800
    assert "presentations" not in found["accuracy"]


def test_configuration_survives_as_toml() -> None:
    config = resolved(preset="full")
    stored = tomllib.loads(tomlkit.dumps(config.as_toml(config.parameters, {"learning": {"passes": 9}})))
    assert stored["learning"] == {
        "presentations": 100_000,
        "points_per_octave": 2,
        "n_measured": 500,
        "n_gradient": 500,
        "passes": 9,
    }
    assert stored["run"]["models"] == list(DEFAULT_MODELS)
    assert "max_train" not in stored["accuracy"]
    assert stored["models"]["receptive-field"]["image_shape"] == [8, 8]


@pytest.mark.parametrize("preset", ["quick", "full"])
@pytest.mark.parametrize("kind", KINDS)
def test_twins_share_their_filters(kind: str, preset: str) -> None:
    field, dense = (settings_of(name, kind).parameters(preset) for name in ("receptive-field", "receptive-dense"))
    shared = registry.entry("receptive-field").shared
    assert {key: field.get(key) for key in shared} == {key: dense.get(key) for key in shared}


@pytest.mark.parametrize("preset", ["quick", "full"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", registry.MODELS)
def test_settings_are_parameters_of_their_model(model: str, kind: str, preset: str) -> None:
    registry.check_parameters(model, settings_of(model, kind).parameters(preset))


def test_every_model_has_settings_by_kind() -> None:
    assert set(MODEL_SETTINGS) == set(registry.MODELS)
    assert all(set(kinds) <= {*KINDS, *tasks()} for kinds in MODEL_SETTINGS.values())
    assert settings_of("article-dense", "features").parameters("full") == {}


def test_rate_and_its_twin_share_their_layers() -> None:
    models, settings = ("rate", "rate-dense"), {"models.rate-dense.hidden": (70, 30)}
    config = resolve("accuracy", {"accuracy": STUDIES["accuracy"]}, "digits", DIGITS, models, 1, "quick", settings)
    assert config.parameters["rate"]["hidden"] == (70, 30)
    assert config.twins == {"rate": "rate-dense"}
    assert config.common_batch == 32


@pytest.mark.parametrize("preset", ["quick", "full"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", ["converted", "converted-convolutional"])
def test_a_converted_network_is_trained_as_its_source(model: str, kind: str, preset: str) -> None:
    entry = registry.entry(model)
    assert entry.twin is not None
    own, source = (settings_of(name, kind).parameters(preset) for name in (model, entry.twin))
    assert {key: own.get(key) for key in entry.shared} == {key: source.get(key) for key in entry.shared}


def test_images_tell_their_shape_to_the_models_that_ask() -> None:
    assert model_parameters("convolutional", DIGITS, "quick")["image_shape"] == (8, 8)
    assert "image_shape" not in model_parameters("converted", DIGITS, "quick")
    features = dataclasses.replace(DIGITS, image_shape=None)
    assert model_parameters("convolutional", features, "quick") == {}


def test_sequences_tell_their_shape_to_the_models_that_ask() -> None:
    rows = load_task("digits-rows")
    assert task_kind(rows) == "sequences"
    assert model_parameters("gru", rows, "quick") == {
        "learning_rate": 5e-3,
        "final_rate": 0.1,
        "sequence_shape": (8, 9),
    }
    assert "sequence_shape" not in model_parameters("gru", DIGITS, "quick")
    for model in ("rate-recurrent", "rflo"):  # which learn from more than the last step
        asked = model_parameters(model, rows, "quick")
        assert (asked["sequence_shape"], asked["answer_steps"]) == ((8, 9), 1)
        # None is the default, all steps; a sample that is no sequence is one step.
        assert "answer_steps" not in model_parameters(model, dataclasses.replace(rows, answer_steps=None), "quick")
        assert not {"sequence_shape", "answer_steps"} & set(model_parameters(model, DIGITS, "quick"))
    # A network without time reads the row whole, with the settings for features.
    features = dataclasses.replace(DIGITS, image_shape=None)
    for model in ("dense", "three-factor", "receptive-field"):
        assert model_parameters(model, rows, "full") == model_parameters(model, features, "full")


@pytest.mark.parametrize("given", ["receptive-field", "receptive-dense"])
def test_what_twins_share_is_set_for_both(given: str) -> None:
    config = resolved({f"models.{given}.n_filters": 60, f"models.{given}.gain": 2.0, f"models.{given}.passes": 1})
    for model in ("receptive-field", "receptive-dense"):
        assert (config.parameters[model]["n_filters"], config.parameters[model]["gain"]) == (60, 2.0)
    assert "n_filters" not in config.parameters["dense"]
    assert config.parameters["receptive-field"]["passes"] != config.parameters["receptive-dense"]["passes"]
    assert config.twins == {"receptive-field": "receptive-dense", "three-factor": "dense"}


@pytest.mark.parametrize("name", registry.MODELS["receptive-field"].shared)
def test_no_verdict_between_models_that_were_set_apart(name: str) -> None:
    settings = {f"models.receptive-field.{name}": 5, f"models.receptive-dense.{name}": 6}
    assert resolved(settings).twins == {"three-factor": "dense"}


def test_common_batch_suits_every_model() -> None:
    assert resolved().common_batch == 32
    sizes = {"models.dense.batch_size": 48, "models.receptive-dense.batch_size": 128}
    assert resolved(sizes).common_batch == 384
    assert resolved({"models.dense.batch_size": "many"}).common_batch == 32


@pytest.mark.parametrize(
    ("study", "parameter", "reason"),
    [
        ("learning", "passes", "learning shows every model equally many samples; use learning.presentations"),
        ("one-pass", "passes", "one-pass shows every sample once; leave it out"),
        ("one-pass", "batch_size", "one-pass shows one sample at a time; leave it out"),
    ],
)
def test_what_the_only_study_sets_itself_is_refused(study: str, parameter: str, reason: str) -> None:
    settings = {f"models.dense.{parameter}": 3}
    assert resolved(settings, studies=("accuracy", study)).parameters["dense"][parameter] == 3
    with pytest.raises(InputError) as caught:
        resolved(settings, studies=(study,))
    assert str(caught.value) == f"--set models.dense.{parameter}: {reason}"


def test_patches_fit_into_small_images() -> None:
    tiny = dataclasses.replace(DIGITS, image_shape=(4, 16))
    assert model_parameters("receptive-dense", tiny, "quick")["patch"] == 4
    features = dataclasses.replace(DIGITS, image_shape=None)
    assert "patch" not in model_parameters("receptive-dense", features, "quick")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"accuracy.n_mesured": 3}, "unknown option of accuracy 'n_mesured'; did you mean 'n_measured'"),
        ({"accuracy.n_measured": -3}, "--set accuracy.n_measured: got -3; input should be greater than 0"),
        (
            {"learning.presentations": "x"},
            "--set learning.presentations: got 'x'; input should be a valid integer",
        ),
        (
            {"sample-efficiency.max_per_clas": 3},
            "unknown option of sample-efficiency 'max_per_clas'; did you mean 'max_p",
        ),
        (
            {"timing.at_bin": 7},
            "--set timing.at_bin: got 7; 7 ms does not divide a trial of 64 ms; give one of its divisors",
        ),
        ({"models.dens.passes": 3}, "unknown setting 'models.dens.passes'; did you mean 'models.dense"),
        (
            {"models.dense.random_state": 3},
            "--set models.dense.random_state: the seeds of a run set it; use --seeds",
        ),
        ({"models.dense.hiden": 3}, "dense: unknown parameter 'hiden'; did you mean 'hidden'? choose from hidden, "),
        ({"pases": 3}, "unknown setting 'pases'; choose from accuracy.<option>"),
        ({"bin_widths": 3}, "unknown setting 'bin_widths'; did you mean timing.bin_widths?"),
        ({"max_train": 3}, "unknown setting 'max_train'; did you mean studies.max_train, for all studies th"),
        ({"studies.max_trian": 3}, "unknown option of studies 'max_trian'; did you mean 'max_train'? choose from "),
        (
            {"timing.bin_widths": "1,x"},
            "--set timing.bin_widths: got 'x' as value 2 of a list; input should be a valid integer, unable to parse "
            "string as an integer, in a list such as timing.bin_widths=[1,2]",
        ),
        ({"timing.bin_widths": "1,3"}, "--set timing.bin_widths: got (1, 3); 3 ms does not divide a trial of 64 ms"),
        ({"timing.bin_widths": "1,99999999999"}, "--set timing.bin_widths: the number is too large; give at most"),
        ({"models.dense.hidden": "1,99999999999"}, "--set models.dense.hidden: the number is too large; give at"),
        ({"studies.max_train": 0}, "--set accuracy.max_train: got 0; input should be greater than 0"),
    ],
)
def test_settings_that_do_not_exist_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        resolved(settings, studies=("accuracy", "learning", "sample-efficiency", "timing"))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("assignments", "message"),
    [
        (
            ["models.dense.passes"],
            "--set models.dense.passes: not of the form key=value, e.g. models.dense.passes=20",
        ),
        (["a.b=1", "a.b=2"], "--set a.b: given twice; keep one"),
    ],
)
def test_malformed_settings_are_refused(assignments: list[str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_settings(assignments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("studies", "models", "preset", "message"),
    [
        (["accuracy"], ["dens"], "quick", "unknown model 'dens'; did you mean 'dense'? choose from"),
        (["accuracy"], [], "quick", "--models: none given; choose from receptive-field"),
        (["accuracy"], ["dense", "dense"], "quick", "--models: 'dense' is given twice; name each model once"),
        (["accuracy"], ["dense"], "slow", "unknown preset 'slow'; choose from quick, full"),
    ],
)
def test_unknown_names_are_refused(studies: list[str], models: list[str], preset: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check_names([STUDIES[study] for study in studies], models, preset)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("seeds", [0, -1])
def test_seeds_are_positive(seeds: int) -> None:
    with pytest.raises(InputError, match=f"--seeds: got {seeds}; input should be greater than 0"):
        resolved(seeds=seeds)
