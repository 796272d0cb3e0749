"""What the JSON files of sweeps and fits hold (see `experiments.documents`)."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field
from typing_extensions import TypedDict

from bnsim.documents import STRICT
from experiments.documents import Count, Facts, Place, RequestDocument, each_once
from experiments.spec import Kind

_WHOLE = ConfigDict(**STRICT, extra="forbid")
"""Of entries that become an object of ours, which takes no other name."""

Value: TypeAlias = bool | int | float | str | list[Any]


class _Range(TypedDict):
    """A range (`experiments.points.design.Range`)."""

    __pydantic_config__ = _WHOLE  # type: ignore[misc]

    low: int | float
    high: int | float
    log: bool
    listed: bool


class _Stage(TypedDict):
    """An earlier, smaller grid (`experiments.points.design.Stage`)."""

    __pydantic_config__ = _WHOLE  # type: ignore[misc]

    grid: dict[str, list[Value]]
    n: Count


class SweepPlanDocument(TypedDict):
    """plan.json of a sweep."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    sweep: str
    started_utc: str
    request: RequestDocument
    grid: dict[str, list[Value]]
    random: dict[str, _Range]
    n: Count
    key: int
    earlier: NotRequired[list[_Stage]]


class Counts(TypedDict):
    """sweep.json: numbers of points, seeds, and jobs, which are each point with each seed."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    points: Count
    seeds: Count
    jobs: Count
    finished: Count
    failed: Count


class FailedDocument(TypedDict):
    """A line of failed.jsonl."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    point: Count
    seed: Count
    settings: dict[str, Value]
    failed: str


class _Identity(TypedDict):
    """Checksums (`experiments.run.job.Identity`)."""

    __pydantic_config__ = _WHOLE  # type: ignore[misc]

    settings: str
    data: str
    code: str


class Head(TypedDict):
    """What every line of finished.jsonl has."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    point: Count
    seed: Count
    settings: dict[str, Value]
    identity: _Identity


class FailedLine(Head):
    """A line of finished.jsonl, of a job that failed."""

    failed: str


_Row: TypeAlias = Annotated[tuple[str, float | str, Facts, Place | None], Field(strict=False)]
"""Metric, value, facts and step; JSON has lists alone."""


class _Outcome(TypedDict):
    """What one model or unit measured."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    model: str
    kind: Kind
    n_train: Count
    n_held_out: Count
    measurements: Annotated[list[_Row], AfterValidator(each_once)]


class FinishedLine(Head):
    """A line of finished.jsonl, of a job that is finished."""

    outcomes: list[_Outcome]


class _Target(TypedDict):
    """A target (`experiments.points.target.Target`)."""

    __pydantic_config__ = _WHOLE  # type: ignore[misc]

    metric: str
    value: float
    weight: float | None
    facts: Facts


class FitPlanDocument(TypedDict):
    """plan.json of a fit."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    fit: str
    started_utc: str
    request: RequestDocument
    parameters: dict[str, _Range]
    targets: list[_Target]
    generations: Count
    population: Count
    until: float
    key: int


class _Reached(TypedDict):
    """A target, and what the best trial measured."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    target: str
    wanted: float
    weight: float
    found: float
    by_seed: list[float]


class FitDocument(TypedDict):
    """fit.json."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    best: dict[str, Value]
    trial: Count
    objective: float
    by_seed: list[float]
    targets: list[_Reached]
    trials: Count
    generations: Count
    failed: Count
    why_it_ended: str
