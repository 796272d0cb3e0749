"""All runs below a folder, asked with SQL: `bnsim query`. A query reaches nothing but its tables."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bnsim.errors import InputError
from experiments.collection.query import ask, joined, tables_of
from tests.experiments.test_command_line import bnsim, refused

from .made import made, row, sweep, unfinished

pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose `runs` are two finished runs, with different facts and columns, and an unfinished one."""
    folder = tmp_path_factory.mktemp("asked")
    made(folder / "runs", "one", [row("test_accuracy", 0.5), row("recall", 0.25, **{"class": "3"})])
    second = made(folder / "runs", "two", [row("test_accuracy", 0.75), row("robust", 0.5, severity=0.1)])
    table = pq.read_table(second / "results.parquet")
    pq.write_table(table.append_column("point", pa.array([7] * len(table))), second / "results.parquet")
    (unfinished(made(folder / "runs", "three", [row("a", 0.5)])) / "results.parquet").unlink()
    return folder


@pytest.fixture(scope="module")
def opened(asked: Path) -> Any:
    return tables_of(asked / "runs")


def rows(folder: Path, sql: str) -> list[dict[str, object]]:
    done = bnsim("query", sql, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def test_all_results_with_the_facts_and_columns_of_each(asked: Path) -> None:
    found = rows(asked, "SELECT run, metric, value, facts, point FROM results ORDER BY run, value")
    assert found == [
        {"run": "one", "metric": "recall", "value": 0.25, "facts": {"class": "3"}, "point": None},
        {"run": "one", "metric": "test_accuracy", "value": 0.5, "facts": None, "point": None},
        {"run": "two", "metric": "robust", "value": 0.5, "facts": {"severity": 0.1}, "point": 7},
        {"run": "two", "metric": "test_accuracy", "value": 0.75, "facts": None, "point": 7},
    ]
    assert rows(asked, "SELECT value FROM results WHERE facts.severity > 0.05") == [{"value": 0.5}]


def test_predictions_and_runs(asked: Path) -> None:
    assert rows(asked, "SELECT run, predicted FROM predictions ORDER BY ALL")[0] == {"run": "one", "predicted": 9}
    assert rows(asked, "FROM runs SELECT run, seeds, models, state ORDER BY run")[1:] == [
        {"run": "three", "seeds": 2, "models": ["dense"], "state": "1 of 2 jobs"},
        {"run": "two", "seeds": 2, "models": ["dense"], "state": "finished"},
    ]
    assert rows(asked, "SELECT 1 WHERE false") == []
    assert {"column_name": "facts"}.items() <= rows(asked, "DESCRIBE results")[6].items()


def test_the_terminal_and_csv(asked: Path) -> None:
    table = bnsim("query", "SELECT run, value / 3 AS third FROM results WHERE point = 7 ORDER BY third", cwd=asked)
    assert [line.replace("│", " ").split() for line in table.stdout.splitlines()[3:5]] == [
        ["two", "0.166667"],
        ["two", "0.25"],
    ]
    assert table.stdout.endswith("2 rows\n")
    done = bnsim("query", "SELECT run, value / 3 AS third, 'a,\"b' AS text FROM results LIMIT 1", "--csv", cwd=asked)
    assert list(csv.reader(io.StringIO(done.stdout))) == [["run", "third", "text"], ["one", repr(0.5 / 3), 'a,"b']]


def test_the_terminal_shows_the_first_rows_of_many(asked: Path) -> None:
    done = bnsim("query", "SELECT * FROM range(1000)", cwd=asked)
    assert done.stdout.endswith("the first 200 rows; --csv and --json print all\n")
    assert len(bnsim("query", "SELECT * FROM range(5000)", "--csv", cwd=asked).stdout.splitlines()) == 5001


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM read_csv('/etc/passwd')", "file system operations are disabled"),
        ("SELECT * FROM read_text('runs/one/plan.json')", "file system operations are disabled"),
        ("SELECT * FROM sniff_csv('/etc/passwd')", "file system operations are disabled"),
        ("SELECT * FROM glob('/etc/*')", "file system operations are disabled"),
        ("SELECT * FROM 'runs/one/results.parquet'", "file system operations are disabled"),
        ("SELECT * FROM local_frame", "does not exist"),
        ("COPY results TO 'stolen.csv'", "give one SELECT statement"),
        ("ATTACH 'new.db'", "give one SELECT statement"),
        ("EXPORT DATABASE 'there'", "give one SELECT statement"),
        ("INSTALL httpfs", "give one SELECT statement"),
        ("SET enable_external_access = true", "give one SELECT statement"),
        ("DROP TABLE results", "give one SELECT statement"),
        ("SELECT 1; SELECT 2", "give one SELECT statement"),
        ("", "give one SELECT statement"),
        ("SELECT 1; COPY results TO 'stolen.csv'", "give one SELECT statement"),
        ("selec", 'Parser Error: syntax error at or near "selec"; the tables are results, predictions and runs'),
        (
            "SELECT vlaue FROM results",
            'Referenced column "vlaue" not found in FROM clause! Candidate bindings: "value"',
        ),
        ("SELECT * FROM result", 'Did you mean "results"'),
        ("SELECT 'x'::INTEGER", "Could not convert string 'x' to INT32"),
        ("SELECT error('\x1b[31mred')", r"\x1b[31mred"),
    ],
)
def test_what_a_query_must_not_do(opened: Any, sql: str, message: str) -> None:
    local_frame = pd.DataFrame({"secret": [1]})  # DuckDB would find it by its name
    with pytest.raises(InputError) as caught:
        list(ask(opened, sql))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(local_frame) == 1


def test_a_refused_query_is_one_line_and_leaves_nothing(asked: Path) -> None:
    refused(2, "disabled by configuration", "query", "SELECT * FROM read_text('/etc/passwd')", cwd=asked)
    refused(2, "give one SELECT statement", "query", "COPY results TO 'stolen.csv'", cwd=asked)


@pytest.mark.slow
def test_an_endless_query_can_be_interrupted(opened: Any) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell may have the tests ignore
    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            ask(opened, "SELECT count(*) FROM range(100000000000) a, range(100000) b")
    finally:
        signal.signal(signal.SIGINT, before)
    assert list(ask(opened, "SELECT 1")) == [(1,)]


def test_a_query_takes_no_more_than_its_memory(asked: Path) -> None:
    refused(2, "Out of Memory", "query", "SELECT list(range) FROM range(400000000)", cwd=asked)


def test_what_query_refuses(asked: Path, tmp_path: Path) -> None:
    refused(2, "runs: no such folder", "query", "SELECT 1", cwd=tmp_path)
    unfinished(made(tmp_path / "runs", "three", [row("a", 0.5)]))
    (tmp_path / "runs/three/results.parquet").unlink()
    refused(2, "runs: no finished runs below it", "query", "SELECT 1", cwd=tmp_path)
    refused(2, "--json and --csv: choose one", "query", "SELECT 1", "--json", "--csv", cwd=asked)


def test_without_duckdb_the_remedy_is_named(asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    refused(2, "DuckDB is not installed; install it with `pip install 'bnsim[query]'`", "query", "SELECT 1", cwd=asked)


@pytest.mark.filterwarnings("default")  # the command shows them
def test_a_damaged_file_is_left_out_with_a_warning(tmp_path: Path) -> None:
    made(tmp_path / "runs", "one", [row("a", 0.5)])
    made(tmp_path / "runs", "two", [row("a", 0.5)])
    (tmp_path / "runs/two/results.parquet").write_bytes(b"PAR1")
    foreign = made(tmp_path / "runs", "three", [row("a", 0.5)]) / "results.parquet"
    pq.write_table(pa.table({"x": [1]}), foreign)
    done = bnsim("query", "SELECT DISTINCT run FROM results", "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == [{"run": "one"}]
    assert done.stderr.count("\n") == 2
    assert "warning: left out: runs/two/results.parquet: " in done.stderr
    assert "warning: left out: runs/three/results.parquet: column 'study' is missing; repeat the run" in done.stderr


def test_columns_and_facts_of_different_types_are_joined() -> None:
    first = pa.table({"n": pa.array([1], pa.int32()), "facts": pa.array([{"a": 1}], pa.struct([("a", pa.int64())]))})
    second = pa.table(
        {"n": [0.5], "facts": pa.array([{"a": "x", "b": 2.0}], pa.struct([("a", pa.string()), ("b", pa.float64())]))}
    )
    third = pa.table({"n": [None], "facts": pa.array([None], pa.struct([("b", pa.int64())]))})
    assert joined([first, second, third]).to_pylist() == [
        {"n": 1.0, "facts": {"a": "1", "b": None}},
        {"n": 0.5, "facts": {"a": "x", "b": 2.0}},
        {"n": None, "facts": None},
    ]


def test_sweeps_have_a_column_for_what_is_varied(tmp_path: Path) -> None:
    made(tmp_path / "runs", "one", [row("test_accuracy", 0.25)])
    sweep(tmp_path / "runs", "two", 2)
    found = rows(tmp_path, 'SELECT run, task, "models.dense.passes" AS passes, value FROM results ORDER BY value')
    assert found == [
        {"run": "one", "task": "digits", "passes": None, "value": 0.25},
        {"run": "two", "task": None, "passes": 3, "value": 0.5},
        {"run": "two", "task": None, "passes": 5, "value": 0.75},
    ]
