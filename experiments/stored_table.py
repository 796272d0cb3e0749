"""Tables of a run on disk: their columns, and how they are written and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bnsim.errors import InputError, first_line, refuse_path
from bnsim.npz import check_size
from experiments.spec import KINDS


@dataclass(frozen=True)
class Column:
    """What a column must hold.

    Parameters
    ----------
    fits
        Whether an Arrow type does.
    what
        The type in words.
    missing
        Whether values may be missing.
    among
        The values that there are; any, if empty.
    """

    fits: Callable[[pa.DataType], bool]
    what: str
    missing: bool = False
    among: tuple[str, ...] = ()


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _is_facts(kind: pa.DataType) -> bool:
    return pa.types.is_struct(kind) and all(_is_text(field.type) or _is_number(field.type) for field in kind)


_TEXT, _WHOLE = Column(_is_text, "text"), Column(pa.types.is_integer, "whole numbers")
_KIND = Column(_is_text, "text", among=KINDS)

RESULTS: Mapping[str, Column] = {
    "study": _TEXT,
    "task": _TEXT,
    "model": _TEXT,
    "kind": _KIND,
    "seed": _WHOLE,
    "facts": Column(_is_facts, "text and numbers by name", missing=True),
    "step": Column(pa.types.is_integer, "whole numbers", missing=True),
    "metric": _TEXT,
    "value": Column(_is_number, "numbers", missing=True),
    "unit": _TEXT,
}
"""Columns of results.parquet (`experiments.run_directory` says what they mean)."""

PREDICTIONS: Mapping[str, Column] = {
    "model": _TEXT,
    "kind": _KIND,
    "seed": _WHOLE,
    "sample": _WHOLE,
    "true": _WHOLE,
    "predicted": _WHOLE,
}
"""Columns of predictions.parquet."""

COLUMNS, PREDICTION_COLUMNS = tuple(RESULTS), tuple(PREDICTIONS)

_ARROW = {
    frozenset({int}): pa.int64(),
    frozenset({float}): pa.float64(),
    frozenset({int, float}): pa.float64(),
}
"""Types of facts that are stored as numbers, with their Arrow types."""


def read(path: Path, columns: Mapping[str, Column], remedy: str = "repeat the run") -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    path
        Path of the file.
    columns
        Columns that it must have; others are left out.
    remedy
        What to do where it is damaged.

    Returns
    -------
    DataFrame
        The table; `facts` as a mapping in each row.

    Raises
    ------
    InputError
        If the file is damaged, lacks a column, or a column holds something else.
    """
    with undamaged(path, remedy):
        stored = opened(path)
        for name, column in columns.items():
            _check(stored, name, column)
        table = stored.select(list(columns)).to_pandas(ignore_metadata=True)
        if "step" in columns:  # else missing ones would make fractions of all
            table["step"] = pd.array(stored["step"].to_pylist(), dtype="Int64")
        if "facts" in columns:
            table = table.assign(facts=pd.Series(_facts_of(stored), index=table.index, dtype=object))
    return table


def opened(path: Path) -> pa.Table:
    """Read a Parquet file whose content is no larger than the limit (see `bnsim.npz.check_size`).

    Parameters
    ----------
    path
        Path of the file.

    Returns
    -------
    pyarrow.Table
        The table.

    Raises
    ------
    InputError
        If it is larger.
    """
    described = pq.read_metadata(path)
    groups = (described.row_group(index).total_byte_size for index in range(described.num_row_groups))
    check_size(path, max(8 * described.num_rows * described.num_columns, sum(groups)))
    return pq.read_table(path)


def _facts_of(table: pa.Table) -> list[dict[str, Any]]:
    """The facts of each row, of which the struct has a field for every fact of any row.

    pandas would turn whole numbers into fractions where some rows lack them.
    """
    rows = table["facts"].to_pylist()
    return [{name: fact for name, fact in (row or {}).items() if fact is not None} for row in rows]


def _check(stored: pa.Table, name: str, column: Column) -> None:
    if stored.column_names.count(name) != 1:
        is_missing = name not in stored.column_names
        raise ValueError(f"column {name!r} is {'missing' if is_missing else 'in it twice'}")
    if not stored.num_rows:
        return
    held = stored[name]
    if not column.fits(held.type):
        raise ValueError(f"column {name!r} holds {held.type}, not {column.what}")
    if held.null_count and not column.missing:
        raise ValueError(f"column {name!r} lacks values")
    unknown = set(held.unique().to_pylist()) - set(column.among) if column.among else set()
    if unknown:
        raise ValueError(f"column {name!r} holds {min(unknown)!r}, not {' or '.join(column.among)}")


def of_results(results: pd.DataFrame) -> pa.Table:
    """Return the results as an Arrow table, with the facts as a struct that has a typed field for each name.

    A fact that is a number in one study and text in another is stored as text. Without any facts the struct has one
    empty field, `layer`, because a struct without fields cannot be stored.

    Parameters
    ----------
    results
        Tidy rows with the columns of `COLUMNS`.

    Returns
    -------
    pyarrow.Table
        The table.
    """
    types: dict[str, set[type]] = {}
    for facts in results["facts"]:
        for name, fact in facts.items():
            types.setdefault(name, set()).add(type(fact))
    arrow = {name: _ARROW.get(frozenset(found), pa.string()) for name, found in types.items()}
    textual = {name for name, kind in arrow.items() if kind == pa.string()}
    rows = [
        {name: str(fact) if name in textual else fact for name, fact in facts.items()} or None
        for facts in results["facts"]
    ]
    column = pa.array(rows, pa.struct(list((arrow or {"layer": pa.string()}).items())))
    table = pa.Table.from_pandas(results.drop(columns="facts"), preserve_index=False)
    return table.add_column(list(results.columns).index("facts"), "facts", column)


@contextmanager
def undamaged(path: Path, remedy: str = "repeat the run") -> Iterator[None]:
    """Turn a failure to read a stored file into an InputError.

    Parameters
    ----------
    path
        The file.
    remedy
        What to do where it is damaged.

    Yields
    ------
    None
        The reading runs inside the context.

    Raises
    ------
    InputError
        If it fails.
    """
    try:
        yield
    except InputError:
        raise
    except (OSError, ValueError, RecursionError, pa.ArrowException) as error:
        refuse_path(error)
        raise InputError(f"{path}: damaged ({first_line(error)}); {remedy}") from None
