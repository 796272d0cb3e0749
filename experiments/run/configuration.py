"""Resolve and validate what a run does, before any work: options, presets, model settings and `--set`.

Pydantic checks the values that the user gives for options; the models check the values of their parameters.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bnsim.errors import InputError, unknown_name
from experiments.names import PRESETS
from experiments.run.values import check_value
from experiments.settings import SQUARE_SETTINGS, settings_of
from experiments.spec import DEFAULT_BATCH, Study
from experiments.square import SQUARES, Square
from experiments.studies import of_classifiers
from experiments.tasks.dataset import Dataset
from models import registry
from models.checks import is_count

Settings = Mapping[str, Mapping[str, Any]]

SQUARE = "square"
"""Setting that names a square."""

MOST_SEEDS = 10_000
"""Largest number of seeds; each makes a job for every study and model."""


def settings_tried(kind: str, studies: Iterable[Study], models: Iterable[str], task: str = "") -> dict[str, int]:
    """Return how many settings of each model were tried on validation splits for a kind of task.

    The numbers include the settings that were tried for these studies only. Studies that share one table were tuned
    once.

    Parameters
    ----------
    kind
        Kind of task, one of `experiments.settings.KINDS`.
    studies
        The studies.
    models
        Names of the models.
    task
        Name of the task.

    Returns
    -------
    dict of str to int
        Number of settings of each model.
    """
    tables = {id(study.tried): study.tried for study in studies}
    own = [table.get(kind, {}) for table in tables.values()]
    return {
        model: settings_of(model, kind, task).tried + sum(budget.get(model, 0) for budget in own) for model in models
    }


class RunConfig(BaseModel):
    """A resolved run.

    Parameters
    ----------
    study
        Name of a study, or "compare" for all studies in `studies`.
    task
        Name of the task.
    preset
        Name of the preset.
    models
        Names of the classifiers; empty if no study measures classifiers.
    seeds
        Number of seeds, which are 0 to seeds - 1.
    studies
        Options of each study.
    parameters
        Constructor arguments of each model that differ from the defaults (`random_state` is the seed).
    in_study
        Parameters that differ in one study only, by study and model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: str
    task: str
    preset: str
    models: tuple[str, ...]
    seeds: int = Field(gt=0, le=MOST_SEEDS)
    studies: dict[str, BaseModel]
    parameters: dict[str, dict[str, Any]]
    in_study: dict[str, dict[str, dict[str, Any]]]

    @property
    def twins(self) -> dict[str, str]:
        """The pairs of this run, BNS to ANN, that agree in all settings that twins share; only they get a verdict."""
        return {
            model: twin
            for model, twin, shared in _pairs(self.models)
            if all(self.parameters[model].get(name) == self.parameters[twin].get(name) for name in shared)
        }

    @property
    def squares(self) -> dict[str, Square]:
        """The squares of which this run holds all corners, where these agree in all that corners share."""
        held = {name: square for name, square in SQUARES.items() if set(square.corners) <= set(self.models)}
        return {name: square for name, square in held.items() if square.agrees(self.parameters)}

    @property
    def common_batch(self) -> int:
        """Least common multiple of the batch sizes: at its multiples, all models have completed whole batches."""
        sizes = [values.get("batch_size", DEFAULT_BATCH) for values in self.parameters.values()]
        return math.lcm(*filter(is_count, sizes))  # the model rejects any other value

    def as_toml(
        self, parameters: Mapping[str, Mapping[str, Any]], derived: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Return the content of config.toml as nested tables.

        Options that are None are omitted, since TOML has no null.

        Parameters
        ----------
        parameters
            All parameters of each model, including the defaults.
        derived
            Settings that each study chose itself (`Outcome.derived`). They are listed with its options and with the
            parameters that differ in it.

        Returns
        -------
        dict of str to object
            Nested tables.
        """
        run = {"study": self.study, "task": self.task, "preset": self.preset, "seeds": self.seeds}
        studies = {
            name: {**config.model_dump(exclude_none=True), **derived.get(name, {})}
            | ({"models": self.in_study[name]} if self.in_study[name] else {})
            for name, config in self.studies.items()
        }
        resolved = {
            name: {key: value for key, value in values.items() if value is not None}
            for name, values in parameters.items()
        }
        return {"run": {**run, "models": list(self.models)}, **studies, "models": resolved}


def check_names(studies: Sequence[Study], models: Sequence[str], preset: str) -> None:
    """Reject unknown or repeated names before any data are read.

    Parameters
    ----------
    studies
        The studies of the run.
    models
        Names of the models.
    preset
        Name of the preset.

    Raises
    ------
    InputError
        For the first name that is invalid.
    """
    if not models and of_classifiers(studies):
        raise InputError(f"--models: none given; choose from {', '.join(registry.MODELS)}")
    for model in models:
        registry.entry(model)
        if list(models).count(model) > 1:
            raise InputError(f"--models: {model!r} is given twice; name each model once")
    if preset not in PRESETS:
        raise unknown_name("preset", preset, PRESETS)


def resolve(
    study: str,
    studies: Mapping[str, Study],
    task: str,
    dataset: Dataset | None,
    models: Sequence[str],
    seeds: int,
    preset: str,
    settings: Mapping[str, Any],
) -> RunConfig:
    """Fill in the presets and the model settings, then apply the settings of the user.

    "square" names a square (`experiments.square`) of which all corners are among the models: they get the parameters
    that it asks for (`experiments.settings.SQUARE_SETTINGS`), unless the user sets others.

    "studies.NAME" sets an option of all studies of the run that have it, except those with a setting of their own. A
    setting that twins share (`shared` in `models.registry`: filters, gain) applies to both twins if it is given for one
    of them. If it is given for both with different values, they are not twins in this run, and there is no verdict.

    Parameters
    ----------
    study
        Name of the study, or "compare".
    studies
        The studies of the run, by name.
    task
        Name of the task.
    dataset
        Samples of the task; None for a classic experiment, which takes no models.
    models
        Names of the models.
    seeds
        Number of seeds.
    preset
        Name of the preset.
    settings
        Values by "section.key", see `parse_settings`.

    Returns
    -------
    RunConfig
        The resolved run.

    Raises
    ------
    InputError
        For a key that does not exist, a value that its study does not accept, or a parameter that every study of the
        run sets itself (`Study.fixes`).
    """
    chosen: dict[str, dict[str, Any]] = {model: {} for model in models}
    overrides: dict[str, dict[str, Any]] = {name: {} for name in studies}
    common: dict[str, Any] = {}
    of_square: Settings = {}
    for key, value in settings.items():
        section, _, name = key.partition(".")
        if key == SQUARE:
            of_square = _of_square(value, dataset, models)
        elif section == "models":
            model, _, parameter = name.partition(".")
            if model not in chosen or not parameter:
                raise unknown_name("setting", key, [f"models.{model}.<parameter>" for model in models])
            _check_model_setting(key, model, parameter, list(studies.values()))
            of_any_length = registry.entry(model).lists().get(parameter)
            chosen[model][parameter] = value if of_any_length is None else as_list(key, value, of_any_length)
        elif section in overrides:
            overrides[section][name] = value
        elif section == "studies":
            common[name] = value
        elif owners := [f"{study}.{key}" for study, known in studies.items() if key in known.options]:
            meant = owners[0] if len(owners) == 1 else f"studies.{key}, for all studies that have it"
            raise InputError(f"unknown setting {key!r}; did you mean {meant}?")
        else:
            raise unknown_name(
                "setting",
                key,
                [*(f"{name}.<option>" for name in studies), "studies.<option>", "models.<model>.<parameter>"],
            )
    _share_with_twins(chosen)
    _share_with_studies(common, overrides, studies)
    parameters = {
        model: model_parameters(model, dataset, preset) | dict(of_square.get(model, {})) | chosen[model]
        for model in models
        if dataset is not None
    }
    configs = {name: _study_config(each, preset, overrides[name]) for name, each in studies.items()}
    in_study = {name: {} if dataset is None else _in_study(each, dataset, chosen) for name, each in studies.items()}
    try:
        return RunConfig(
            study=study,
            task=task,
            preset=preset,
            models=tuple(models),
            seeds=seeds,
            studies=configs,
            parameters=parameters,
            in_study=in_study,
        )
    except ValidationError as error:
        raise _one_line(error, prefix="--") from None


def _of_square(name: Any, dataset: Dataset | None, models: Sequence[str]) -> Settings:
    """Return the parameters that a square asks for, by model."""
    if name not in SQUARES:
        raise unknown_name("square", str(name), SQUARES)
    missing = [corner for corner in SQUARES[name].corners if corner not in models]
    if missing or dataset is None:
        raise InputError(
            f"--set {SQUARE}: needs the models {', '.join(SQUARES[name].corners)}; add them, or leave it out"
        )
    settings = SQUARE_SETTINGS[name]
    return settings.get(own_name(dataset), settings[task_kind(dataset)])


def _check_model_setting(key: str, model: str, parameter: str, studies: Sequence[Study]) -> None:
    if parameter == "random_state":
        raise InputError(f"--set {key}: the seeds of a run set it; use --seeds")
    registry.check_parameters(model, [parameter])
    if all(parameter in study.fixes for study in studies):
        raise InputError(f"--set {key}: {studies[0].fixes[parameter]}")


def _pairs(models: Sequence[str]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the BNS, its ANN twin and the settings they share, for each pair in the run."""
    entries = [(model, registry.entry(model)) for model in models]
    return [(model, entry.twin, entry.shared) for model, entry in entries if entry.twin and entry.twin in models]


def _share_with_twins(chosen: dict[str, dict[str, Any]]) -> None:
    """Copy a shared setting that is given for one twin only to the other."""
    for model, twin, shared in _pairs(tuple(chosen)):
        for parameter in shared:
            for one, other in ((model, twin), (twin, model)):
                if parameter in chosen[one]:
                    chosen[other].setdefault(parameter, chosen[one][parameter])


def _share_with_studies(
    common: Mapping[str, Any], overrides: dict[str, dict[str, Any]], studies: Mapping[str, Study]
) -> None:
    """Set common options in all studies that have them and have no setting of their own."""
    options = {name: study.options for name, study in studies.items()}
    for name, value in common.items():
        having = [study for study, names in options.items() if name in names]
        if not having:
            raise unknown_name("option of studies", name, sorted({n for names in options.values() for n in names}))
        for study in having:
            overrides[study].setdefault(name, value)


def model_parameters(model: str, dataset: Dataset, preset: str) -> dict[str, Any]:
    """Return the constructor arguments of a model for a task (see `experiments.settings`).

    Parameters
    ----------
    model
        Name of the model.
    dataset
        Samples of the task.
    preset
        Name of the preset.

    Returns
    -------
    dict of str to object
        Parameters that differ from the defaults.
    """
    parameters = dict(settings_of(model, task_kind(dataset), own_name(dataset)).parameters(preset))
    taken = registry.entry(model).parameter_names()
    for name in ("image_shape", "sequence_shape", "answer_steps", "predict_next"):
        of_task = getattr(dataset, name)
        if of_task and name in taken:
            parameters[name] = of_task
    if dataset.image_shape is not None and "patch" in parameters:
        parameters["patch"] = min(parameters["patch"], *dataset.image_shape)
    return parameters


def _in_study(study: Study, dataset: Dataset, chosen: Settings) -> dict[str, dict[str, Any]]:
    """Return the parameters of each model that differ in one study only, without those that the user set."""
    settings = study.settings.get(task_kind(dataset), {})
    others = {
        model: {name: value for name, value in settings.get(model, {}).items() if name not in given}
        for model, given in chosen.items()
    }
    return {model: values for model, values in others.items() if values}


def own_name(dataset: Dataset) -> str:
    """Return the name by which a task may have settings of its own.

    Parameters
    ----------
    dataset
        Samples of the task.

    Returns
    -------
    str
        The name of the task; "" for a file of the user's, whatever it is called.
    """
    return "" if dataset.of_file else dataset.name


def task_kind(dataset: Dataset) -> str:
    """Return the kind of a task, which determines the settings of the models.

    Parameters
    ----------
    dataset
        Samples of the task.

    Returns
    -------
    str
        One of `experiments.settings.KINDS`.
    """
    if dataset.sequence_shape is not None:
        return "strings" if dataset.predict_next else "sequences"
    shape = dataset.image_shape
    return "features" if shape is None else "small images" if min(shape) < 16 else "large images"


def parse_settings(assignments: Sequence[str]) -> dict[str, Any]:
    """Parse `key=value` strings.

    Values are read as TOML (20, 0.5, true, [1, 2]) if possible, otherwise as plain text, which a setting that is a list
    takes apart at its commas (`as_list`).

    Parameters
    ----------
    assignments
        Strings of the form key=value.

    Returns
    -------
    dict of str to object
        Values by key.

    Raises
    ------
    InputError
        For a string without an equals sign or a key that is given twice.
    """
    settings: dict[str, Any] = {}
    for assignment in assignments:
        key, sign, text = (part.strip() for part in assignment.partition("="))
        if not sign or not key or not text:
            raise InputError(f"--set {assignment}: not of the form key=value, e.g. models.dense.passes=20")
        if key in settings:
            raise InputError(f"--set {key}: given twice; keep one")
        settings[key] = _parsed(key, text)
    return settings


def as_list(key: str, value: Any, of_any_length: bool = True) -> Any:
    """Return the value of a setting that is a list.

    Parameters
    ----------
    key
        Name of the setting.
    value
        A list; a text such as "0.1,0.2", with or without brackets; or the only value of the list.

    of_any_length
        Whether it may be of one value.

    Returns
    -------
    tuple
        The list; the value as it is, if the list may not be of one value, and there is no other.

    Raises
    ------
    InputError
        For a value that no setting can have.
    """
    if isinstance(value, str) and ("," in value or of_any_length):
        inner = value[1:-1] if (value[:1], value[-1:]) in (("[", "]"), ("(", ")")) else value
        parts = [part.strip() for part in inner.split(",")]
        value = tuple(_parsed(key, part) for part in (parts if parts[-1] else parts[:-1]))
        check_value(key, value)
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return (value,) if of_any_length else value


def _parsed(key: str, text: str) -> Any:
    """Return a value that is written as TOML, or else the text."""
    try:
        document = tomllib.loads(f"value = {text}")
    except RecursionError:
        raise InputError(f"--set {key}: lists within lists, too deep to be read; give a flat list") from None
    except ValueError:  # no TOML, or a whole number of more digits than Python reads
        return text
    value = document["value"] if list(document) == ["value"] else text
    return tuple(value) if isinstance(value, list) else value


def _study_config(study: Study, preset: str, overrides: Mapping[str, Any]) -> BaseModel:
    default = study.presets[preset]
    for name in overrides:
        if name not in study.options:
            raise unknown_name(f"option of {study.name}", name, study.options)
    lists = [name for name in overrides if _is_list(type(default).model_fields[name].annotation)]
    given = {**overrides, **{name: as_list(f"{study.name}.{name}", overrides[name]) for name in lists}}
    try:
        config = type(default).model_validate({**default.model_dump(), **given})
    except ValidationError as error:
        raise _one_line(error, prefix=f"--set {study.name}.") from None
    for name in overrides:  # once more, for Pydantic reads numbers in texts, such as ".5e13", which is no TOML
        check_value(f"{study.name}.{name}", getattr(config, name))
    return config


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is tuple and get_args(annotation)[-1] is Ellipsis


def _one_line(error: ValidationError, prefix: str) -> InputError:
    first = error.errors()[0]
    name, *place = map(str, first["loc"])
    message = first["msg"].removeprefix("Value error, ")  # pydantic puts this before the message of a validator
    listed = f" as value {'.'.join(str(int(part) + 1) for part in place)} of a list" if place else ""
    form = (
        f", in a list such as {prefix.removeprefix('--set ')}{name}=[1,2]"
        if place and isinstance(first["input"], str)
        else ""
    )
    return InputError(f"{prefix}{name}: got {first['input']!r}{listed}; {message[0].lower()}{message[1:]}{form}")
