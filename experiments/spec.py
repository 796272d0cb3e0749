"""What a study is made of, what it is given and what it gives back. Light to import: no array, no network.

A study is a folder (see `experiments.studies`). Its package holds one `Study`: the question, the method, the metrics,
the options and their presets. Its module `measure` has `run(config, subject, progress) -> Outcome`; its module `figure`
has `draw(run)`, `PLATES` and `sentences(run)`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat, SupportsInt, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict

from bnsim.errors import unknown_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.tasks.dataset import Dataset
    from experiments.tasks.reference import TaskReference
    from models.classifier import Classifier

Kind = Literal["BNS", "ANN"]
Preset = Literal["quick", "full", "tiny"]
Fact: TypeAlias = str | int | float
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of presentations (or other units of work) done, and in all."""

PRESETS: tuple[str, ...] = get_args(Preset)
"""`quick` takes minutes at most, `full` takes all data and points, `tiny` is for tests: numbers that mean nothing."""

DEFAULT_BATCH = 32
"""Batch size of the Keras models unless it is set."""


_NOT_NEGATIVE = {"count", "byte", "s", "ms", "1/s", "Hz", "nJ"}
"""Units of quantities that are never below zero, unless their metric says so."""


class Options(BaseModel):
    """Base class of the options of a study: immutable, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Measurement:
    """One number that a study found.

    Parameters
    ----------
    metric
        Name of the `Metric`.
    value
        The number, in the metric's unit.
    facts
        What sets it apart from other numbers of the metric: a layer, a severity, a true class.
    step
        Its place on a curve; what it counts is said by `Metric.step`.
    """

    metric: str
    value: float
    facts: Mapping[str, Fact] = field(default_factory=dict)
    step: int | None = None

    @property
    def place(self) -> tuple[Any, ...]:
        """All but the value, in a form that can be a key."""
        return self.metric, self.step, *self.facts.items()


@dataclass(frozen=True)
class Metric:
    """A quantity that a study measures. Call it to make a `Measurement` of it.

    Parameters
    ----------
    name
        In snake case; the column `metric` of the results. Names that end in `_seconds` or `_per_second` are wall-clock
        figures; all others repeat exactly.
    unit
        Of the value: "fraction" for shares between 0 and 1, "nat", "bit", "count", "ms", ...; "" for none. A mapping
        where brain-like and artificial networks differ in it: kind -> unit.
    label
        Its name in words, as tables and sentences write it.
    definition
        What exactly is measured.
    better
        Whether more or less of it is better, or neither (None).
    primary
        Whether verdicts between twins rest on it; at most one metric of a study is primary.
    facts
        What may set its measurements apart: name -> type.
    step
        What the place on a curve counts, with its unit; None where there is no curve.
    bounds
        Between which values the quantity lies, as far as it is bounded; unless said otherwise, fractions lie in [0, 1]
        and counts, durations, rates, energies and sizes are not negative. Intervals of means stay within.
    cases
        Of a share: name of the study's metric that counts, with the same facts, of how many samples it is a share.
    summarised
        Whether means over seeds belong to the summary.
    study
        Name of its study, filled in by the `Study`.
    """

    name: str
    unit: str | Mapping[Kind, str]
    label: str
    definition: str
    better: Literal["more", "less"] | None = None
    primary: bool = False
    facts: Mapping[str, type[str] | type[int] | type[float]] = field(default_factory=dict)
    step: str | None = None
    bounds: tuple[float | None, float | None] | None = None
    cases: str | None = None
    summarised: bool = True
    study: str = ""

    def __call__(self, value: SupportsFloat, step: SupportsInt | None = None, **facts: Fact) -> Measurement:
        """Return a measurement of this metric; facts are turned into their types.

        Raises
        ------
        ValueError
            For a fact or a step that the metric does not declare.
        """
        unknown = [name for name in facts if name not in self.facts]
        if unknown or (step is not None and self.step is None):
            what = f"fact {unknown[0]!r}" if unknown else "step"
            raise ValueError(f"metric {self.study}.{self.name} declares no {what}; add it to the metric")
        typed = {name: self.facts[name](fact) for name, fact in facts.items()}
        return Measurement(self.name, float(value), typed, None if step is None else int(step))

    def curve(self, values: Iterable[SupportsFloat], **facts: Fact) -> Iterator[Measurement]:
        """Yield a measurement at each of the steps 0, 1, ..., as from layer to layer."""
        return (self(value, step, **facts) for step, value in enumerate(values))

    def unit_of(self, kind: Kind) -> str:
        """Return the unit of a value that was measured of a network of this kind."""
        return self.unit if isinstance(self.unit, str) else self.unit[kind]

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """Lowest and highest possible value, None where there is none."""
        if self.bounds is not None:
            return self.bounds
        units = {self.unit} if isinstance(self.unit, str) else set(self.unit.values())
        if units == {"fraction"}:
            return 0.0, 1.0
        return (0.0, None) if units <= _NOT_NEGATIVE else (None, None)


@dataclass(frozen=True, eq=False)
class Study:
    """A question, and how it is answered.

    Parameters
    ----------
    package
        Name of the study's package (`__name__`); its last part, with hyphens, is the study's name.
    about
        The package's docstring: the question on its first line, then the method.
    title
        Of its section in the report.
    metrics
        All that it may measure.
    presets
        "quick", "full" and "tiny" -> options.
    order
        Its place among all studies in `bnsim compare` and in the report; by name where it is the same.
    brief
        Whether `compare` carries it out with the preset quick too.
    opens_test_set
        Whether it measures on the test set, once for each model and seed in which it finds what to measure.
    subjects
        Name -> kind of the units or networks that the study names itself; none where it looks at the run's classifiers.
    fixes
        Parameter of the models -> how the study itself sets it, with which `--set` would be at odds.
    settings
        Kind of task -> model -> parameters that the model has in this study alone.
    tried
        Kind of task -> model -> how many settings were compared to find those.
    """

    package: str
    about: str | None
    title: str
    metrics: tuple[Metric, ...]
    presets: Mapping[str, Options]
    order: int = 1000
    brief: bool = True
    opens_test_set: bool = False
    subjects: Mapping[str, Kind] = field(default_factory=dict)
    fixes: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    tried: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [metric.name for metric in self.metrics]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"study {self.name}: metric {twice[0]!r} is declared twice")
        if set(self.presets) != set(PRESETS):
            raise ValueError(f"study {self.name}: its presets are {', '.join(self.presets)}; give {', '.join(PRESETS)}")
        if sum(metric.primary for metric in self.metrics) > 1:
            raise ValueError(f"study {self.name}: more than one metric is primary; choose one")
        if self.primary is not None and self.primary.better is None:
            raise ValueError(f"study {self.name}: {self.primary.name} is primary; say whether more or less is better")
        strangers = {metric.cases for metric in self.metrics} - {None, *names}
        if strangers:
            raise ValueError(f"study {self.name}: metric {strangers.pop()!r} counts cases but is not declared")
        if not self.question:
            raise ValueError(f"study {self.name}: its package has no docstring; begin it with the question")
        object.__setattr__(self, "metrics", tuple(replace(metric, study=self.name) for metric in self.metrics))

    @property
    def name(self) -> str:
        return self.package.rpartition(".")[2].replace("_", "-")

    @property
    def question(self) -> str:
        return (self.about or "").strip().partition("\n")[0]

    @property
    def method(self) -> str:
        """How it goes about its question: the docstring after the question."""
        return (self.about or "").strip().partition("\n")[2].strip()

    @property
    def primary(self) -> Metric | None:
        """The metric that verdicts between twins rest on."""
        return next((metric for metric in self.metrics if metric.primary), None)

    @cached_property
    def _by_name(self) -> Mapping[str, Metric]:
        return MappingProxyType({metric.name: metric for metric in self.metrics})

    def __getitem__(self, metric: str) -> Metric:
        """Return the metric of this name.

        Raises
        ------
        InputError
            If the study does not have it.
        """
        if metric not in self._by_name:
            raise unknown_name(f"metric of {self.name}", metric, self._by_name)
        return self._by_name[metric]

    def __contains__(self, metric: str) -> bool:
        return metric in self._by_name

    @property
    def options(self) -> list[str]:
        """Names of its options."""
        return list(type(self.presets["quick"]).model_fields)

    @property
    def folder(self) -> Path:
        """Where its package lies."""
        return Path(str(sys.modules[self.package].__file__)).parent

    @property
    def measure(self) -> ModuleType:
        """The module with `run(config, subject, progress)`; importing it may take seconds."""
        return import_module(f"{self.package}.measure")

    @property
    def figure(self) -> ModuleType:
        """The module with `draw(run)`, `PLATES` and `sentences(run)`."""
        return import_module(f"{self.package}.figure")


@dataclass(frozen=True)
class Plate:
    """A figure's file name, its heading in the report, and below it what a reader must know of it."""

    figure: str
    heading: str
    caption: str = ""


@dataclass(frozen=True)
class Subject:
    """The model to be examined, on which data, with which seed.

    Parameters
    ----------
    source
        The data, or the task's name and checksum, by which a worker loads them.
    model
        Name in `models.registry`.
    parameters
        Of its constructor, without `random_state`, which is the seed.
    seed
        Of split, filters, weights, order of samples and spikes.
    shelf
        Folder of the fitted classifiers of a run (see `experiments.shared.fitted`), None for none.
    common_batch
        A multiple of the batch sizes of all models of the run.
    twin
        Of a BNS, its artificial twin with the same seed, where that is in the run and agrees in all that twins share.
    """

    source: Dataset | TaskReference
    model: str
    parameters: Mapping[str, Any]
    seed: int
    shelf: Path | None = None
    common_batch: int = DEFAULT_BATCH
    twin: Subject | None = None

    @property
    def dataset(self) -> Dataset:
        """All samples of the task."""
        from experiments.tasks.reference import TaskReference

        return self.source.load() if isinstance(self.source, TaskReference) else self.source

    def create(self) -> Classifier:
        """Return the unfitted classifier.

        Raises
        ------
        InputError
            For an unknown model or parameter.
        """
        from models import registry

        return registry.create(self.model, **self.parameters, random_state=self.seed)


@dataclass(frozen=True)
class Untrained:
    """A unit or a network that a study names itself (`Study.subjects`), and the seed to draw it with. No training comes
    before the study; what is to learn learns in it."""

    model: str
    kind: Kind
    seed: int


@dataclass(frozen=True)
class Predictions:
    """Final test predictions: class indices (sample,)."""

    true: NDArray[np.int64]
    predicted: NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """All that one study found out about one model with one seed.

    Parameters
    ----------
    n_train, n_held_out
        Sizes of the training set and of the set that was measured on.
    measurements
        The numbers.
    predictions
        Of the test set, from the study `accuracy`.
    derived
        Settings that the study chose itself, as config.toml tells them: a value that is the same for all models, or
        {model: value}.
    """

    n_train: int
    n_held_out: int
    measurements: tuple[Measurement, ...] = ()
    predictions: Predictions | None = None
    derived: Mapping[str, Any] = field(default_factory=dict)


def part_of(progress: Progress, before: int, total: int) -> Progress:
    """Return the progress of a part of the work, of which `before` is done when that part begins."""
    return lambda done, _: progress(before + done, total)
