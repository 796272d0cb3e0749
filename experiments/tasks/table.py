"""The user's own data: a table of comma- or tab-separated values, with a column of classes; all others are features."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bnsim.errors import InputError, advice, first_line, refuse_path
from experiments.tasks.archive import dataset, refusal
from experiments.tasks.dataset import Dataset
from experiments.tasks.source import Source

if TYPE_CHECKING:
    import pandas as pd

UNNAMED = "Unnamed: 0"
"""What pandas calls a first column without a name, such as the row numbers that it writes itself."""


def load(source: Source) -> Dataset:
    """Load a table.

    Features are standardised by the training part; each seed holds out its own 20 %. A first column without a name that
    holds distinct whole numbers, as the index of pandas does, is left out: it would tell the classes of rows that were
    sorted by them. That, and columns with a name that number the rows, is said in `Dataset.notes`.

    Parameters
    ----------
    source
        The file, with the names of its columns in the first line, and its column of classes: whole numbers or texts.

    Returns
    -------
    Dataset
        The samples.

    Raises
    ------
    InputError
        If file or columns cannot be used; the message names both.
    """
    path, table = source.path, _read(source.path)
    notes: list[str] = []
    if table.columns[0] == UNNAMED and source.column != UNNAMED and _tells_rows(table[UNNAMED]):
        table = table.drop(columns=UNNAMED)
        notes.append("the first column has no name, tells rows by whole numbers and was left out")
    columns = list(table.columns)
    if source.column is None:
        reason = f"which column holds the classes? (columns: {', '.join(map(str, columns))})"
        raise refusal(path, reason, f"give it, as in --task {path}:{columns[-1]}")
    if source.column not in columns:
        raise InputError(f"{path}: no column {source.column!r}; {advice(source.column, columns)}")
    features, labels = table.drop(columns=source.column), table[source.column]
    _check(path, features)
    if labels.isna().any():
        row = int(np.flatnonzero(labels.isna())[0])
        raise refusal(path, f"{source.column} is empty in {_line(row)}", "fill it in or remove the row")
    y = labels.to_numpy()
    if y.dtype.kind not in "biuf":
        y = labels.astype(str).to_numpy(dtype=str)
    for name, column in features.items():
        if _tells_rows(column) and (column.diff().iloc[1:] == 1).all():
            notes.append(f"column {name!r} numbers the rows and is a feature; remove it unless networks may see it")
    return dataset(path, features.to_numpy(dtype=float), y, tuple(notes))


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)  # such columns are refused
            warnings.simplefilter("error", pd.errors.ParserWarning)  # of values beyond the last column
            table = pd.read_csv(path, sep=separator, index_col=False)
    except FileNotFoundError:
        raise refusal(path, "no such file", "give the path of a table, or the name of a task") from None
    except OSError as error:
        refuse_path(error)
        raise refusal(path, f"cannot be read ({error.strerror or first_line(error)})", "check the file") from None
    except pd.errors.ParserWarning:
        remedy = "give each column a name in the first line"
        raise refusal(path, "lines hold more values than there are names of columns", remedy) from None
    except (ValueError, pd.errors.ParserError) as error:  # UnicodeDecodeError and EmptyDataError are ValueErrors
        raise refusal(path, f"no table ({first_line(error)})", "save it as UTF-8, one sample a line") from None
    if table.empty:
        raise refusal(path, "no samples", "write one a line, below the names of the columns")
    if len(table.columns) < 2:
        remedy = f"separate columns by {'tabs' if separator != ',' else 'commas'}"
        raise refusal(path, f"one column only, {str(table.columns[0])[:40]!r}", remedy)
    return table


def _check(path: Path, features: pd.DataFrame) -> None:
    """Refuse features that are no numbers, or missing."""
    import pandas as pd

    for name, column in features.items():
        if column.dtype.kind not in "biuf":
            numbers = pd.to_numeric(column, errors="coerce")
            row = int(np.flatnonzero(numbers.isna() & column.notna())[0])
            where = "the first column, which has no name," if name == UNNAMED else f"column {name!r}"
            reason = f"{where} holds {str(column.iloc[row])[:40]!r} in {_line(row)}, which is no number"
            raise refusal(path, reason, "remove the column, or code it as numbers (pandas.get_dummies)")
        wrong = ~np.isfinite(column.to_numpy(dtype=float))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise refusal(path, f"column {name!r} has no number in {_line(row)}", "fill it in or remove the row")


def _tells_rows(column: pd.Series) -> bool:
    return bool(column.dtype.kind in "iu" and len(column) > 2 and column.is_unique)


def _line(row: int) -> str:
    """Name the line of a row; the first line holds the names of the columns."""
    return f"line {row + 2}"
