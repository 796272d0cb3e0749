"""What the JSON and TOML files of a run hold: who writes one, and who reads one that may be damaged, go by this.

Names of models, studies, metrics and classes are free, since a run may come from another installation. Entries that
nobody reads may be anything, or missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any, Literal, NotRequired, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field
from typing_extensions import TypedDict

from bnsim.documents import STRICT
from experiments.spec import Fact, Kind

Facts: TypeAlias = dict[str, Fact]
Count: TypeAlias = Annotated[int, Field(ge=0, lt=2**63)]
Place: TypeAlias = Annotated[int, Field(gt=-(2**63), lt=2**63)]

_WHOLE = ConfigDict(**STRICT, extra="forbid")
"""Of entries that become an object of ours, which takes no other name."""


def _whole_interval(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    if (entry["ci_low"] is None) != (entry["ci_high"] is None):
        raise ValueError("an interval has two ends, or none")
    return entry


class Mean(TypedDict):
    """Mean of a metric of one model over the seeds."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    study: str
    model: str
    kind: Kind
    facts: Facts
    metric: str
    unit: str
    step: Place | None
    mean: float
    ci_low: float | None
    ci_high: float | None
    n: Count


class _Difference(TypedDict):
    """A BNS minus its twin."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    study: str
    metric: str
    unit: str
    model: str
    twin: str
    primary: bool
    difference: float
    ci_low: float | None
    ci_high: float | None
    standardised: float | None
    n: Count
    method: str
    p_value: float | None
    p_holm: float | None
    verdict: str | None


class _Effect(TypedDict):
    """What spikes or local learning are worth in a metric, or how far one depends on the other."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    study: str
    metric: str
    unit: str
    square: str
    effect: Literal["spikes", "local learning", "interaction"]
    primary: bool
    difference: float
    ci_low: float | None
    ci_high: float | None
    standardised: float | None
    n: Count
    method: str
    p_value: float | None
    p_holm: float | None
    verdict: str | None


class _Reference(TypedDict):
    """A reference figure, and what was measured."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    name: str
    study: str
    model: str
    metric: str
    facts: Facts
    unit: str
    published: float
    measured: float
    ci_low: float | None
    ci_high: float | None
    n: Count
    tolerance: float
    passed: bool
    reason: str
    source: str
    status: str


class Summary(TypedDict):
    """summary.json; `experiments.summary` says how its entries come about."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    task: str
    protocol: str
    seeds: list[Count]
    metrics: list[Annotated[Mean, AfterValidator(_whole_interval)]]
    differences: list[Annotated[_Difference, AfterValidator(_whole_interval)]]
    effects: NotRequired[list[Annotated[_Effect, AfterValidator(_whole_interval)]]]
    references: list[Annotated[_Reference, AfterValidator(_whole_interval)]]


class _Task(TypedDict):
    """The data, or a classic experiment."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    name: str
    protocol: str
    classes: list[str]
    n_samples: NotRequired[Count]
    n_features: NotRequired[Count]
    notes: NotRequired[list[str]]
    image_shape: NotRequired[Annotated[list[Count], Field(min_length=2, max_length=2)] | None]
    sequence_shape: NotRequired[Annotated[list[Count], Field(min_length=2, max_length=2)] | None]
    answer_steps: NotRequired[Count | None]
    predict_next: NotRequired[bool]


class _Model(TypedDict):
    """A classifier."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    kind: Kind
    twin: str | None
    reference: str
    deviations: list[str]
    parameters: dict[str, Any]


class RequestDocument(TypedDict):
    """What a user asked for (`experiments.run.request`, which checks the values)."""

    __pydantic_config__ = _WHOLE  # type: ignore[misc]

    study: str
    task: str
    models: list[str]
    seeds: int
    preset: str
    data_dir: str | None
    settings: dict[str, Any]


class Manifest(TypedDict):
    """manifest.json: how a run came about."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    run: str
    started_utc: str
    task: _Task
    models: dict[str, _Model]
    settings_tried_on_validation: dict[str, Count]
    test_set_openings: Count
    versions: dict[str, str]
    finished_utc: NotRequired[str]
    request: NotRequired[RequestDocument]
    warnings: NotRequired[dict[str, list[str]]]


class _RepeatableTask(TypedDict):
    """The data of a run, or a classic experiment."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    sha256: NotRequired[str]


class RepeatableManifest(TypedDict):
    """manifest.json of a run that is carried out again."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    task: _RepeatableTask
    request: RequestDocument
    numbers: dict[str, str]
    versions: dict[str, str]


class _Asked(TypedDict):
    """The table `run` of config.toml."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    study: str
    task: str
    preset: str
    seeds: Count
    models: list[str]


class _Config(TypedDict):
    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    run: _Asked


def _of_tables(config: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, table in config.items():
        if not isinstance(table, dict):
            raise ValueError(f"{name!r} is no table")
    return config


Config: TypeAlias = Annotated[_Config, AfterValidator(_of_tables)]
"""config.toml: the settings of a run, of each study and of each model."""


class _Identity(TypedDict):
    """Checksums of what the results of a job depend on."""

    __pydantic_config__ = _WHOLE  # type: ignore[misc]

    settings: str
    data: str
    code: str


def _moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


class PlanDocument(TypedDict):
    """plan.json: what an unfinished run is to do."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    run: str
    started_utc: Annotated[str, AfterValidator(_moment)]
    request: RequestDocument
    jobs: dict[str, _Identity]


class _Measurement(TypedDict):
    """A value, or the name of one that JSON does not have."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    metric: str
    value: float | Annotated[str, Field(pattern="^(nan|inf|-inf)$")]
    facts: Facts
    step: Place | None


_MEASURED = ("metric", "value", "facts", "step")


def each_once(rows: Sequence[Any]) -> Sequence[Any]:
    """Refuse a value that was measured twice, of which nobody knows which is right.

    Parameters
    ----------
    rows
        Measurements: mappings, or tuples of metric, value, facts and step.

    Returns
    -------
    sequence
        The same.

    Raises
    ------
    ValueError
        If two have the same metric, facts and step.
    """
    seen = set()
    for row in rows:
        metric, _, facts, step = itemgetter(*_MEASURED)(row) if isinstance(row, Mapping) else row
        place = metric, step, *facts.items()
        if place in seen:
            where = [f"{name}={value}" for name, value in facts.items()] + ([] if step is None else [f"step={step}"])
            raise ValueError(f"{metric} is measured twice" + (f" with {', '.join(where)}" if where else ""))
        seen.add(place)
    return rows


class _Predictions(TypedDict):
    """Classes by number: the true and the predicted one of each test sample."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    true: list[Count]
    predicted: list[Count]


def _as_many(predictions: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(predictions["true"]) != len(predictions["predicted"]):
        raise ValueError("there is not one prediction a sample")
    return predictions


class _Unit(TypedDict):
    """A unit that a study defines itself."""

    __pydantic_config__ = _WHOLE  # type: ignore[misc]

    kind: Kind


class _Outcome(TypedDict):
    """What one job found."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    n_train: Annotated[int, Field(ge=1)]
    n_held_out: Count
    measurements: Annotated[list[_Measurement], AfterValidator(each_once)]
    predictions: Annotated[_Predictions, AfterValidator(_as_many)] | None
    derived: dict[str, Any]
    description: _Model | _Unit
    seconds: float
    warnings: list[str]


class Part(TypedDict):
    """One of parts/*.json: the outcome of a finished job."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    identity: _Identity
    outcome: _Outcome


class Training(TypedDict):
    """One of fitted/*.json: how a classifier was trained that jobs share."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    seconds: Annotated[float, Field(ge=0)]
    presentations: Count
