"""The unit of work, one study of one model with one seed, and everything that its results depend on."""

from __future__ import annotations

import hashlib
import re
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import bnsim
import experiments
import models
from bnsim.errors import BnsimError, DegenerateNetworkWarning, InputError, MachineError, first_line
from experiments.documents import each_once
from experiments.run.manifest import describe
from experiments.shared.fitted import place
from experiments.spec import Measurement, Outcome, Progress, Study, Subject, Untrained
from experiments.studies import find
from experiments.tasks.dataset import ClosedTestSetError
from models import registry


@dataclass(frozen=True)
class Identity:
    """Checksums of everything that the results of a job depend on; figures and report are not included.

    Parameters
    ----------
    settings
        Checksum of the settings.
    data
        Checksum of the data.
    code
        Checksum of the code.
    """

    settings: str
    data: str
    code: str


@dataclass(frozen=True)
class StudyResult:
    """Result of a `StudyJob`.

    Parameters
    ----------
    outcome
        Outcome of the study.
    description
        Description of the model by its class.
    seconds
        Wall-clock time in s.
    warnings
        Messages about networks that cannot tell samples apart.
    """

    outcome: Outcome
    description: Mapping[str, Any]
    seconds: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class StudyJob:
    """One study of one model with one seed.

    Parameters
    ----------
    study
        Name of the study, or path of its folder, by which a worker finds it.
    options
        Options of the study by name; plain values, since a worker knows their class only after finding the study.
    subject
        The model, or the unit or network that the study defines itself.
    others
        Parameters of the model that differ in this study only.
    """

    study: str
    options: Mapping[str, Any]
    subject: Subject | Untrained
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name for messages and files: study, model and seed."""
        return f"{find(self.study).name}, {self.subject.model}, seed {self.subject.seed}"

    @property
    def file_name(self) -> str:
        """The name without characters that file names lack."""
        return re.sub(r"[^A-Za-z0-9.-]+", "-", self.name)

    @property
    def config(self) -> Any:
        """The options of the study, as an instance of its class of options."""
        return type(find(self.study).presets["quick"]).model_validate(self.options)

    def __call__(self, progress: Progress) -> StudyResult:
        self._load()
        started = time.perf_counter()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", DegenerateNetworkWarning)
            outcome, description = self._measured(progress)
        seconds, messages = time.perf_counter() - started, []
        for warning in caught:
            if issubclass(warning.category, DegenerateNetworkWarning):
                messages.append(str(warning.message))
            else:
                warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
        return StudyResult(outcome, description, seconds, tuple(dict.fromkeys(messages)))

    def _load(self) -> None:
        """Import the libraries of the networks: Brian2 (by way of bnsim.network) takes over the display of warnings."""
        if isinstance(self.subject, Subject):
            registry.entry(self.subject.model).load()
        elif self.subject.kind == "BNS":
            import_module("bnsim.network")

    def _measured(self, progress: Progress) -> tuple[Outcome, Mapping[str, Any]]:
        study = find(self.study)
        try:
            return self._measured_by(study, progress)
        except ClosedTestSetError as error:
            where = study.place_of(error)
            raise InputError(
                f"{study.name}: measures on the test set{where}; set opens_test_set=True in its Study, or measure on "
                "the validation set (experiments.tasks.dataset.validation_split)"
            ) from error
        except (BnsimError, ConnectionError, MemoryError):
            raise
        except Exception as error:
            what = f"{type(error).__name__}: {first_line(error)}{study.place_of(error)}"
            raise MachineError(f"{what}; --debug shows the traceback") from error

    def _measured_by(self, study: Study, progress: Progress) -> tuple[Outcome, Mapping[str, Any]]:
        subject = self.subject
        if isinstance(subject, Untrained):
            outcome, description = study.measure.run(self.config, subject, progress), {"kind": subject.kind}
        else:
            trainings = None if subject.shelf is None else subject.shelf / self.file_name
            parameters, opens = {**subject.parameters, **self.others}, study.opens_test_set
            twin = None if subject.twin is None else replace(subject.twin, opens_test_set=opens)
            changed = replace(subject, parameters=parameters, trainings=trainings, twin=twin, opens_test_set=opens)
            outcome, description = study.measure.run(self.config, changed, progress), describe(subject.create())
        _check(outcome, study)
        for row in outcome.measurements:
            study[row.metric]  # an unknown metric must fail here, not give an empty figure later
        try:
            each_once([(row.metric, row.value, row.facts, row.step) for row in outcome.measurements])
        except ValueError as error:  # it must fail here, too: nothing goes on from a part that cannot be read
            raise InputError(f"{study.name}: {error}; give each measurement facts or a step of its own") from None
        return outcome, description

    @property
    def identity(self) -> Identity:
        """The checksums of everything that the results depend on."""
        settings = (self.study, dict(self.options), self.others, _described(self.subject))
        checksum = self.subject.source.checksum if isinstance(self.subject, Subject) else self.config.data_checksum
        return Identity(_digest(repr(settings).encode()), checksum, code_of(find(self.study).folder))

    @property
    def example(self) -> Path | None:
        """Path of the fitted classifier if this job tests the classifier of the first seed; otherwise None."""
        if not isinstance(self.subject, Subject) or self.subject.seed != 0 or find(self.study).name != "accuracy":
            return None
        return place(self.subject, self.options["max_train"])


def _check(outcome: object, study: Study) -> None:
    """Refuse what a study returned in place of an outcome."""
    where = f"{study.name}: run in {study.folder.name}/measure.py returned"
    if not isinstance(outcome, Outcome):
        raise InputError(f"{where} no Outcome, but {type(outcome).__name__}; return an Outcome (experiments.spec)")
    if not isinstance(outcome.measurements, (tuple, list)):
        found = type(outcome.measurements).__name__
        raise InputError(f"{where} an Outcome whose measurements are no tuple, but {found}; give (measurement, ...)")
    for row in outcome.measurements:
        if not isinstance(row, Measurement):
            found = type(row).__name__
            raise InputError(f"{where} a measurement that is none, but {found}; make it by STUDY[metric](value)")


def _described(subject: Subject | Untrained) -> tuple[Any, ...]:
    """Return everything that identifies a subject except its data and its folders."""
    if isinstance(subject, Untrained):
        return subject.model, subject.kind, subject.seed
    twin = None if subject.twin is None else _described(subject.twin)
    return subject.model, sorted(subject.parameters.items()), subject.seed, subject.common_batch, twin


@cache
def code_of(folder: Path) -> str:
    """Return a checksum of the source files that determine the measurements.

    These are the simulator, the classifiers, the data, the code that studies share and the folder of the study, without
    files that only draw.

    Parameters
    ----------
    folder
        Folder of the study.

    Returns
    -------
    str
        The checksum.
    """
    simulator, classifiers, top = (Path(str(package.__file__)).parent for package in (bnsim, models, experiments))
    files = [
        *(path for path in simulator.rglob("*") if "plotting" not in path.parts),
        *classifiers.rglob("*"),
        *(top / "tasks").rglob("*"),
        *(path for path in (top / "shared").rglob("*") if "drawing" not in path.parts),
        *(path for path in folder.rglob("*") if path.name != "figure.py"),
        top / "spec.py",
    ]
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.suffix in (".py", ".cpp", ".h")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
