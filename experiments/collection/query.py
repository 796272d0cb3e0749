"""Ask all runs below a folder with SQL.

Three tables can be asked: `results` and `predictions` hold the rows of all runs (`experiments.run_directory`), with a
column `run`; columns that only some runs have are missing (NULL) in the others, and so are facts. `runs` holds what was
asked for (`experiments.collection.listing`). The tables lie in memory. The query reads and writes no file, and it takes
no more memory than `MOST_MEMORY`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bnsim.errors import InputError, first_line
from experiments.collection.listing import Listed, directories, listed
from experiments.run_directory import COLUMNS, PREDICTION_COLUMNS
from experiments.stored_table import opened

if TYPE_CHECKING:
    import duckdb

MOST_MEMORY = "2GB"
"""What a query takes at most."""

_PIECE = 1000
"""Rows that are taken from DuckDB at once."""

_TABLES = {"results": COLUMNS, "predictions": PREDICTION_COLUMNS}
_OPTIONAL = ("task",)
"""Columns that the table of a sweep does not have."""


class Answer:
    """Rows that a query found.

    Parameters
    ----------
    connection
        The connection that holds them.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.columns: tuple[str, ...] = tuple(column[0] for column in connection.description or ())

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        connection = self._connection
        while rows := _answered(_interruptible, connection, connection.fetchmany, _PIECE):
            yield from rows


def tables_of(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open a database with the runs below a folder; it reaches nothing else.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    duckdb.DuckDBPyConnection
        The database, for `ask`.

    Raises
    ------
    InputError
        If there is no run with results, or DuckDB is not installed.
    """
    try:
        import duckdb
    except ModuleNotFoundError:
        raise InputError("bnsim query: DuckDB is not installed; install it with `pip install 'bnsim[query]'`") from None
    tables = _tables(folder)
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": MOST_MEMORY,
            "python_enable_replacements": "false",
            "temp_directory": "",
        },
    )
    for name, table in tables.items():
        connection.register("given", table)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        connection.unregister("given")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> Answer:
    """Ask a database.

    Parameters
    ----------
    connection
        The database.
    query
        One SELECT statement.

    Returns
    -------
    Answer
        What it found.

    Raises
    ------
    InputError
        If the query is none, or fails.
    """
    import duckdb

    statements = _answered(connection.extract_statements, query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise InputError(f"query {query!r}: give one SELECT statement, such as SELECT * FROM results LIMIT 5")
    _answered(_interruptible, connection, connection.execute, statements[0])
    return Answer(connection)


def _interruptible(connection: duckdb.DuckDBPyConnection, function: Any, *arguments: Any) -> Any:
    """Let DuckDB do something that Ctrl-C can end: it looks for signals too rarely itself."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(function, *arguments)
        try:
            return done.result()
        except KeyboardInterrupt:
            connection.interrupt()
            raise


def _answered(function: Any, *arguments: Any) -> Any:
    """Call DuckDB; its errors become one line."""
    import duckdb

    try:
        return function(*arguments)
    except duckdb.Error as error:
        said = str(error).partition("\n\nLINE ")[0]
        remedy = 'the tables are results, predictions and runs (`bnsim query "DESCRIBE results"`)'
        raise InputError(f"query: {' '.join(said.split()).rstrip('.')}; {remedy}") from None


def _tables(folder: Path) -> dict[str, pa.Table]:
    runs = listed(folder)
    found: dict[str, list[pa.Table]] = {name: [] for name in _TABLES}
    for directory in directories(folder):
        run = directory.relative_to(folder).as_posix()
        for name, columns in _TABLES.items():
            path = directory / f"{name}.parquet"
            if path.is_file():
                try:
                    table = _read(path, columns)
                except (InputError, OSError, ValueError) as error:
                    warnings.warn(f"left out: {path}: {first_line(error)}; repeat the run", stacklevel=2)
                else:
                    found[name].append(table.add_column(0, "run", pa.array([run] * len(table), pa.string())))
    if not found["results"]:
        raise InputError(f"{folder}: no finished runs below it; give a folder that bnsim wrote runs into")
    whole = {name: joined(tables or [_empty(_TABLES[name])]) for name, tables in found.items()}
    return {**whole, "runs": _runs(runs)}


def _empty(columns: Sequence[str]) -> pa.Table:
    return pa.table({column: pa.array([], pa.string()) for column in ("run", *columns)})


def _read(path: Path, columns: Sequence[str]) -> pa.Table:
    table = opened(path).replace_schema_metadata()
    for column in columns:
        if column not in (*table.column_names, *_OPTIONAL):
            raise ValueError(f"column {column!r} is missing")
    for field in table.schema:
        if pa.types.is_nested(field.type) != (field.name == "facts"):
            raise ValueError(f"column {field.name!r} is {field.type}")
    return table


def _runs(runs: Sequence[Listed]) -> pa.Table:
    text = ("run", "started", "study", "task", "preset", "state")
    columns: dict[str, Any] = {name: pa.array([getattr(run, name) for run in runs], pa.string()) for name in text}
    columns["seeds"] = pa.array([run.seeds for run in runs], pa.int64())
    columns["models"] = pa.array([list(run.models) for run in runs], pa.list_(pa.string()))
    return pa.table(columns)


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Put tables one below the other, by the names of their columns.

    Parameters
    ----------
    tables
        The tables; columns of the same name may be of different types, whole numbers and text, say.

    Returns
    -------
    pyarrow.Table
        One table with the columns of all; NULL where a table has none.
    """
    names = dict.fromkeys(name for table in tables for name in table.column_names)
    kinds = {
        name: _common([table.schema.field(name).type for table in tables if name in table.column_names])
        for name in names
    }
    schema = pa.schema(list(kinds.items()))
    parts = [
        pa.table(
            [
                _as(table[name], kind) if name in table.column_names else pa.nulls(len(table), kind)
                for name, kind in kinds.items()
            ],
            schema=schema,
        )
        for table in tables
    ]
    return pa.concat_tables(parts)


def _common(kinds: Sequence[pa.DataType]) -> pa.DataType:
    """Return a type that holds the values of several types."""
    found = {kind for kind in kinds if not pa.types.is_null(kind)}
    if found and all(pa.types.is_struct(kind) for kind in found):
        fields = [field for kind in found for field in kind]
        names = sorted({field.name for field in fields})
        return pa.struct([(name, _common([field.type for field in fields if field.name == name])) for name in names])
    if len(found) == 1:
        return found.pop()
    if found and all(pa.types.is_integer(kind) for kind in found):
        return pa.int64()
    if found and all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in found):
        return pa.float64()
    return pa.string()


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if not pa.types.is_struct(kind) or column.type == kind:
        return column.cast(kind)
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # of no chunks
        return pa.chunked_array([], kind)
    fields = [
        _as(pa.chunked_array([whole.field(field.name)]), field.type).combine_chunks()
        if whole.type.get_field_index(field.name) >= 0
        else pa.nulls(len(whole), field.type)
        for field in kind
    ]
    return pa.chunked_array([pa.StructArray.from_arrays(fields, fields=list(kind), mask=whole.is_null())])
