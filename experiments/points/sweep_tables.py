"""What a sweep found, as tables: `results.parquet` and `summary.parquet`, written point by point.

Columns of both: point, one for each key that was varied (called as the key), study, model, kind, facts, step, metric
and unit, as in a run (`experiments.run_directory`). results.parquet has `seed` and `value` besides, and a row for each
number; summary.parquet has `mean`, `ci_low`, `ci_high` (95 % interval, missing with one seed) and `n`, the number of
seeds. Rows are in the order of the points, whatever the order in which these were finished.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bnsim.errors import InputError
from bnsim.files import replacing
from experiments.points.design import Design, text_of
from experiments.points.job import PointJob, measurements
from experiments.points.sweep_directory import RESULTS, SUMMARY
from experiments.spec import Fact, Study
from experiments.summary import metric_interval

ROWS = 20_000
"""Rows that are written at once."""

_TYPES: Mapping[frozenset[type], pa.DataType] = {
    frozenset({bool}): pa.bool_(),
    frozenset({int}): pa.int64(),
    frozenset({float}): pa.float64(),
    frozenset({int, float}): pa.float64(),
    frozenset({str}): pa.string(),
}
"""Types of columns; values of other kinds are stored as text."""


@dataclass
class _Rows:
    """Rows on their way into a file."""

    writer: pq.ParquetWriter
    schema: pa.Schema
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, row: tuple[Any, ...]) -> None:
        self.rows.append(row)
        if len(self.rows) == ROWS:
            self.write()

    def write(self) -> None:
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.schema)
        arrays = [pa.array(column, kind.type) for column, kind in zip(columns, self.schema, strict=True)]
        self.writer.write_table(pa.table(arrays, schema=self.schema))
        self.rows = []


@dataclass(frozen=True)
class Tables:
    """The tables of a sweep.

    Parameters
    ----------
    study
        The study.
    design
        What was varied.
    fixed_test_set
        Whether all seeds were tested on the same samples, or are independent simulations: their values then need no
        correction for the overlap of splits (`experiments.statistics`).
    """

    study: Study
    design: Design
    fixed_test_set: bool

    def write(self, folder: Path, results: Iterable[tuple[PointJob, Mapping[str, Any]]]) -> None:
        """Write both files.

        Parameters
        ----------
        folder
            The folder.
        results
            Each finished job and what is kept of it, in the order of the points.

        Raises
        ------
        InputError
            If a result is damaged.
        """
        schemas = self._schema(self._own), self._schema(self._means)
        with (
            replacing(folder / RESULTS) as first,
            replacing(folder / SUMMARY) as second,
            pq.ParquetWriter(first, schemas[0]) as one,
            pq.ParquetWriter(second, schemas[1]) as two,
        ):
            rows, means = _Rows(one, schemas[0]), _Rows(two, schemas[1])
            for number, point in groupby(results, lambda found: found[0].point.number):
                try:
                    self._add(list(point), rows, means)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    if isinstance(error, InputError):
                        raise
                    raise InputError(f"{folder}: the result of point {number} is damaged ({error})") from None
            rows.write()
            means.write()

    _own = (("seed", pa.int64()), ("value", pa.float64()))
    _means = (("mean", pa.float64()), ("ci_low", pa.float64()), ("ci_high", pa.float64()), ("n", pa.int64()))

    def _schema(self, own: Sequence[tuple[str, pa.DataType]]) -> pa.Schema:
        names = [("study", pa.string()), ("model", pa.string()), ("kind", pa.string())]
        facts = pa.struct(list(self._facts.items()) or [("layer", pa.string())])  # one without fields is not stored
        place = [("facts", facts), ("step", pa.int64()), ("metric", pa.string()), ("unit", pa.string())]
        return pa.schema([("point", pa.int64()), *self._varied.items(), *names, *place, *own])

    @cached_property
    def _varied(self) -> dict[str, pa.DataType]:
        kinds = {name: frozenset(map(type, values)) for name, values in self.design.grid.items()}
        kinds |= {name: frozenset({type(limits.at(0.5))}) for name, limits in self.design.random.items()}
        return {name: _TYPES.get(found, pa.string()) for name, found in kinds.items()}

    @cached_property
    def _facts(self) -> dict[str, pa.DataType]:
        kinds: dict[str, set[type]] = {}
        for metric in self.study.metrics:
            for name, kind in metric.facts.items():
                kinds.setdefault(name, set()).add(kind)
        return {name: _TYPES.get(frozenset(found), pa.string()) for name, found in kinds.items()}

    def _add(self, point: Sequence[tuple[PointJob, Mapping[str, Any]]], rows: _Rows, means: _Rows) -> None:
        """Add the rows of one point."""
        settings = point[0][0].point.settings
        begin = (point[0][0].point.number, *(_cell(settings[name], kind) for name, kind in self._varied.items()))
        values: dict[tuple[Any, ...], list[float]] = {}
        ratios: dict[str, float] = {}
        for job, kept in point:
            for outcome in kept["outcomes"]:
                model, kind = outcome["model"], outcome["kind"]
                ratios[model] = 0.0 if self.fixed_test_set else outcome["n_held_out"] / outcome["n_train"]
                for found in measurements(outcome):
                    unit, facts = self.study[found.metric].unit_of(kind), self._typed(found.facts)
                    place = (self.study.name, model, kind, facts, found.step, found.metric, unit)
                    rows.add((*begin, *place, job.seed, found.value))
                    key = (model, kind, found.metric, tuple(found.facts.items()), found.step)
                    values.setdefault(key, []).append(found.value)
        for row in self._summarised(values, ratios):
            means.add((*begin, *row))

    def _summarised(
        self, values: Mapping[tuple[Any, ...], Sequence[float]], ratios: Mapping[str, float]
    ) -> Iterator[tuple[Any, ...]]:
        cases: dict[tuple[Any, ...], float] = {}
        for (model, kind, metric, facts, _), found in values.items():
            key = (model, kind, metric, facts)
            cases[key] = min([*found, cases.get(key, np.inf)])
        for (model, kind, name, facts, step), found in values.items():
            metric = self.study[name]
            if not metric.summarised:
                continue
            known = None if metric.cases is None else cases.get((model, kind, metric.cases, facts))
            interval = metric_interval(np.array(found), metric, ratios[model], known)
            place = (self.study.name, model, kind, self._typed(dict(facts)), step, name, metric.unit_of(kind))
            yield (*place, interval.mean, interval.low, interval.high, interval.n)

    def _typed(self, facts: Mapping[str, Fact]) -> dict[str, Fact] | None:
        kinds = self._facts
        return {name: str(fact) if kinds[name] == pa.string() else fact for name, fact in facts.items()} or None


def _cell(value: Any, kind: pa.DataType) -> Any:
    return text_of(value) if kind == pa.string() else value
