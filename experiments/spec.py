"""Interface of a study: its parts, its input and its result. Quick to import: needs no array library and no network.

A study is a folder (see `experiments.studies`). Its package defines one `Study`: the question, the method, the metrics,
the options and their presets. Its module `measure` has `run(config, subject, progress) -> Outcome`; its module `figure`
has `draw(run)`, `PLATES` and `sentences(run)`.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat, SupportsInt, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict

from bnsim.errors import unknown_name
from experiments.names import PRESETS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.tasks.dataset import Dataset
    from experiments.tasks.reference import TaskReference
    from models.classifier import Classifier

Kind = Literal["BNS", "ANN"]
Fact: TypeAlias = str | int | float
Progress: TypeAlias = Callable[[int, int], None]
"""Function of the number of presentations (or other units of work) that are done, and of their total number."""

KINDS: tuple[str, ...] = get_args(Kind)

DEFAULT_ORDER = 1000
"""Place of a study that names none: after those that do, by name."""

DEFAULT_BATCH = 32
"""Default batch size of the Keras models."""


_NOT_NEGATIVE = {"count", "byte", "s", "ms", "1/s", "Hz", "nJ"}
"""Units of quantities that are never negative, unless their metric declares other bounds."""


class Options(BaseModel):
    """Base class of the options of a study: immutable; unknown names and numbers that are not finite are rejected."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @property
    def data_checksum(self) -> str:
        """Checksum of the files that the options name, of which results depend on what is in them; "" of none."""
        return ""


@dataclass(frozen=True)
class Measurement:
    """One value that a study measured.

    Parameters
    ----------
    metric
        Name of the `Metric`.
    value
        The value, in the unit of the metric.
    facts
        What distinguishes it from other values of the metric: a layer, a severity, a true class.
    step
        Position on a curve; `Metric.step` says what it counts.
    """

    metric: str
    value: float
    facts: Mapping[str, Fact] = field(default_factory=dict)
    step: int | None = None

    @property
    def place(self) -> tuple[Any, ...]:
        """Everything except the value, as a hashable key."""
        return self.metric, self.step, *self.facts.items()


@dataclass(frozen=True)
class Metric:
    """A quantity that a study measures. Call it to create a `Measurement`.

    Parameters
    ----------
    name
        In snake case; the column `metric` of the results. Names that end in `_seconds`, `_per_second` or
        `_memory` are times and memory that the machine took; all other metrics are exactly reproducible.
    unit
        Unit of the value: "fraction" for shares between 0 and 1, "nat", "bit", "count", "ms", ...; "" for none. A
        mapping from kind to unit if the unit differs between brain-like and artificial networks.
    label
        Name in words, for tables and sentences.
    definition
        What exactly is measured.
    better
        Whether more or less is better, or neither (None).
    primary
        Whether verdicts between twins are based on it; a study has at most one primary metric.
    facts
        Names and types of the facts that may distinguish its measurements.
    step
        What the position on a curve counts, with its unit; None if there is no curve.
    bounds
        Lowest and highest possible value, None for no bound. By default, fractions lie in [0, 1], and counts,
        durations, rates, energies and sizes are not negative. Confidence intervals of means stay within the bounds.
    cases
        For a share: name of the metric of the same study, with the same facts, that counts the samples in the
        denominator.
    summarised
        Whether the summary contains its means over seeds.
    study
        Name of its study; the `Study` sets it.
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
        """Create a measurement of this metric; facts are converted to their declared types.

        Parameters
        ----------
        value
            The value, in the unit of the metric.
        step
            Position on the curve, if there is one.
        **facts
            What distinguishes the value from others of the metric.

        Returns
        -------
        Measurement
            The measurement.

        Raises
        ------
        ValueError
            If the metric does not declare one of the facts, or declares no step.
        """
        unknown = [name for name in facts if name not in self.facts]
        if unknown or (step is not None and self.step is None):
            what = f"fact {unknown[0]!r}" if unknown else "step"
            raise ValueError(f"metric {self.study}.{self.name} declares no {what}; add it to the metric")
        typed = {name: self.facts[name](fact) for name, fact in facts.items()}
        return Measurement(self.name, float(value), typed, None if step is None else int(step))

    def curve(self, values: Iterable[SupportsFloat], **facts: Fact) -> Iterator[Measurement]:
        """Yield a measurement at each of the steps 0, 1, ..., for instance from layer to layer.

        Parameters
        ----------
        values
            Values at the steps, in the unit of the metric.
        **facts
            What distinguishes the curve from others of the metric.

        Returns
        -------
        iterator of Measurement
            One measurement for each value.

        Raises
        ------
        ValueError
            If the metric does not declare one of the facts, or declares no step.
        """
        return (self(value, step, **facts) for step, value in enumerate(values))

    def unit_of(self, kind: Kind) -> str:
        """Return the unit of a value that was measured on a network of one kind.

        Parameters
        ----------
        kind
            Kind of network.

        Returns
        -------
        str
            The unit.
        """
        return self.unit if isinstance(self.unit, str) else self.unit[kind]

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """Lowest and highest possible value, None for no bound."""
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
        Name of the study's package (`__name__`); its last part, with hyphens, is the name of the study.
    about
        Docstring of the package: the question on its first line, then the method.
    title
        Title of its section in the report.
    metrics
        All metrics that it may measure.
    presets
        Options under each of the presets "quick", "full" and "tiny".
    order
        Position among all studies in `bnsim compare` and in the report; studies with the same value are sorted by name.
    brief
        Whether `compare` includes it under the preset quick.
    opens_test_set
        Whether it measures on the test set, once for each model and seed in which it finds something to measure. A
        study that does not say so cannot look at the test samples of `experiments.shared.fitted.fitted`.
    samples
        Which tasks it takes: "all", as most studies do that leave the samples as they are; "static", for a study that
        changes each feature by itself, and so the mask that says where a sequence ends; or "sequences" alone; or of
        these "strings" alone, in which a symbol follows (`Dataset.predict_next`); or "classes", all but strings, for a
        study that forms groups of classes, where the symbols of a string are of all, and some very rare.
    subjects
        Names and kinds of the units or networks that the study defines itself; empty if it measures the classifiers of
        the run.
    fixes
        Model parameters that the study sets itself, each with the reason why `--set` cannot change it.
    settings
        Parameters that differ in this study only, by kind of task and model.
    tried
        Number of settings that were compared to find them, by kind of task and model.
    """

    package: str
    about: str | None
    title: str
    metrics: tuple[Metric, ...]
    presets: Mapping[str, Options]
    order: int = DEFAULT_ORDER
    brief: bool = True
    opens_test_set: bool = False
    samples: Literal["all", "static", "sequences", "strings", "classes"] = "all"
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
        """Name of the study: the last part of its package, with hyphens."""
        return self.package.rpartition(".")[2].replace("_", "-")

    @property
    def question(self) -> str:
        """The question: the first line of the package's docstring."""
        return (self.about or "").strip().partition("\n")[0]

    @property
    def method(self) -> str:
        """The method: the package's docstring after the question."""
        return (self.about or "").strip().partition("\n")[2].strip()

    @property
    def primary(self) -> Metric | None:
        """The metric that verdicts between twins are based on; None if there is none."""
        return next((metric for metric in self.metrics if metric.primary), None)

    @cached_property
    def _by_name(self) -> Mapping[str, Metric]:
        return MappingProxyType({metric.name: metric for metric in self.metrics})

    def __getitem__(self, metric: str) -> Metric:
        """Return a metric of the study.

        Parameters
        ----------
        metric
            Name of the metric.

        Returns
        -------
        Metric
            The metric.

        Raises
        ------
        InputError
            If the study has no metric of this name.
        """
        if metric not in self._by_name:
            raise unknown_name(f"metric of {self.name}", metric, self._by_name)
        return self._by_name[metric]

    def __contains__(self, metric: str) -> bool:
        return metric in self._by_name

    @property
    def options(self) -> list[str]:
        """The names of the study's options."""
        return list(type(self.presets["quick"]).model_fields)

    @property
    def folder(self) -> Path:
        """Folder of the study's package."""
        return Path(str(sys.modules[self.package].__file__)).parent

    def place_of(self, error: Exception) -> str:
        """Return where in the study's files an error was raised or passed last.

        Parameters
        ----------
        error
            The error.

        Returns
        -------
        str
            Such as ", in my_study/figure.py line 35", to end a message; empty where it has passed none of them.
        """
        passed = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
        if isinstance(error, SyntaxError):  # has passed no line of the file that is none of Python's
            passed.append((str(error.filename), error.lineno))
        own = [(Path(file), line) for file, line in passed if Path(file).is_relative_to(self.folder)]
        return f", in {own[-1][0].relative_to(self.folder.parent)} line {own[-1][1]}" if own else ""

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
    """A figure in the report.

    Parameters
    ----------
    figure
        File name, without suffix.
    heading
        Heading above the figure.
    caption
        What a reader must know to read it; shown below the figure.
    """

    figure: str
    heading: str
    caption: str = ""


@dataclass(frozen=True)
class Subject:
    """The model to be measured, with its data and its seed.

    Parameters
    ----------
    source
        The data, or the name and checksum of the task, from which a worker loads them.
    model
        Name in `models.registry`.
    parameters
        Constructor arguments without `random_state`, which is the seed.
    seed
        Seed of the split, filters, weights, order of samples and spikes.
    shelf
        Folder of the run's fitted classifiers (see `experiments.shared.fitted`), None if there is none.
    common_batch
        A multiple of the batch sizes of all models of the run.
    twin
        For a BNS, its artificial twin with the same seed, if the run contains it and both agree in all shared settings.
    trainings
        Folder in which the job keeps its trainings until it ends, None if it keeps none.
    opens_test_set
        Whether the samples of the test set may be looked at.
    """

    source: Dataset | TaskReference
    model: str
    parameters: Mapping[str, Any]
    seed: int
    shelf: Path | None = None
    common_batch: int = DEFAULT_BATCH
    twin: Subject | None = None
    trainings: Path | None = None
    opens_test_set: bool = True

    @property
    def dataset(self) -> Dataset:
        """All samples of the task."""
        from experiments.tasks.reference import TaskReference

        return self.source.load() if isinstance(self.source, TaskReference) else self.source

    def create(self) -> Classifier:
        """Create the unfitted classifier.

        Returns
        -------
        Classifier
            A new classifier.

        Raises
        ------
        InputError
            If the model or one of the parameters is unknown.
        """
        from models import registry

        return registry.create(self.model, **self.parameters, random_state=self.seed)

    def training(self, name: str) -> Path | None:
        """Return where a training of the job is kept, for `fit(keep=...)`.

        Parameters
        ----------
        name
            Tells the trainings of the job apart.

        Returns
        -------
        Path or None
            The folder; None if trainings are not kept.
        """
        return None if self.trainings is None else self.trainings / name


@dataclass(frozen=True)
class Untrained:
    """A unit or network that a study defines itself (`Study.subjects`).

    It is not trained before the study; if it learns, it learns within the study.

    Parameters
    ----------
    model
        Name of the unit or network.
    kind
        Kind of network.
    seed
        Seed of its random numbers.
    """

    model: str
    kind: Kind
    seed: int


@dataclass(frozen=True)
class Predictions:
    """Final test predictions.

    Parameters
    ----------
    true
        Class indices (sample,).
    predicted
        Class indices (sample,).
    """

    true: NDArray[np.int64]
    predicted: NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """Everything that one study measured on one model with one seed.

    Parameters
    ----------
    n_train
        Number of training samples.
    n_held_out
        Number of samples that were measured.
    measurements
        The measured values.
    predictions
        Test predictions, from the study `accuracy`.
    derived
        Settings that the study chose itself, as they appear in config.toml: a value for all models, or a mapping from
        model to value.
    """

    n_train: int
    n_held_out: int
    measurements: tuple[Measurement, ...] = ()
    predictions: Predictions | None = None
    derived: Mapping[str, Any] = field(default_factory=dict)


def part_of(progress: Progress, before: int, total: int) -> Progress:
    """Return the progress callback of one part of the work.

    Parameters
    ----------
    progress
        Callback for the whole work.
    before
        Units of work that are done when the part begins.
    total
        Units of work of the whole.

    Returns
    -------
    callable
        Callback for the part.
    """
    return lambda done, _: progress(before + done, total)
