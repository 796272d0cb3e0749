"""The unit of work: one study of one model with one seed, and what its numbers depend on."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import bnsim
import experiments
import models
from experiments.run.manifest import describe
from experiments.shared.fitted import place
from experiments.spec import Outcome, Progress, Subject, Untrained
from experiments.studies import find


@dataclass(frozen=True)
class Identity:
    """What a job's numbers depend on, as checksums; figures and report are not among it."""

    settings: str
    data: str
    code: str


@dataclass(frozen=True)
class StudyResult:
    """What a `StudyJob` returns: the outcome, what the model's class says of itself, and wall-clock seconds."""

    outcome: Outcome
    description: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True)
class StudyJob:
    """One study of one model with one seed.

    Parameters
    ----------
    study
        Name of the study, or path of its folder, by which a worker finds it.
    options
        Its options by name: plain values, since a worker must find the study before it can know their class.
    subject
        The model, or the unit or network that the study names itself.
    others
        Parameters that the model has in this study alone.
    """

    study: str
    options: Mapping[str, Any]
    subject: Subject | Untrained
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{find(self.study).name}, {self.subject.model}, seed {self.subject.seed}"

    @property
    def config(self) -> Any:
        """The options as the study takes them."""
        return type(find(self.study).presets["quick"]).model_validate(self.options)

    def __call__(self, progress: Progress) -> StudyResult:
        started = time.perf_counter()
        study, subject = find(self.study), self.subject
        if isinstance(subject, Untrained):
            outcome, description = study.measure.run(self.config, subject, progress), {"kind": subject.kind}
        else:
            changed = replace(subject, parameters={**subject.parameters, **self.others})
            outcome, description = study.measure.run(self.config, changed, progress), describe(subject.create())
        for row in outcome.measurements:
            study[row.metric]  # a name that the study does not have is an error here, not an empty figure later
        return StudyResult(outcome, description, time.perf_counter() - started)

    @property
    def identity(self) -> Identity:
        """What its numbers depend on."""
        settings = (self.study, dict(self.options), self.others, _described(self.subject))
        checksum = self.subject.source.checksum if isinstance(self.subject, Subject) else ""
        return Identity(_digest(repr(settings).encode()), checksum, code_of(find(self.study).folder))

    @property
    def example(self) -> Path | None:
        """Where the fitted classifier of the first seed lies, if this job classifies the test set with it."""
        if not isinstance(self.subject, Subject) or self.subject.seed != 0 or find(self.study).name != "accuracy":
            return None
        return place(self.subject, self.options["max_train"])


def _described(subject: Subject | Untrained) -> tuple[Any, ...]:
    """All that sets a subject apart but its data and its shelf."""
    if isinstance(subject, Untrained):
        return subject.model, subject.kind, subject.seed
    twin = None if subject.twin is None else _described(subject.twin)
    return subject.model, sorted(subject.parameters.items()), subject.seed, subject.common_batch, twin


@cache
def code_of(folder: Path) -> str:
    """Return a checksum of the sources that measure: simulator, classifiers, data, what studies share, and a study's
    folder; but for what only draws."""
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
