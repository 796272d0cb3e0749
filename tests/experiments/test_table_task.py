"""A table of the user's own as a task: what is read, what is left out, and what is refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.tasks import load_task
from experiments.tasks.source import Source, file_of

HEAD = "width,height,kind\n"
ROWS = "1,2.5,a\n3,4,b\n5,6,a\n"


def written(folder: Path, text: str, name: str = "flowers.csv") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_one_column_holds_the_classes_and_all_others_are_features(tmp_path: Path) -> None:
    dataset = load_task(f"{written(tmp_path, HEAD + ROWS)}:kind")
    assert (dataset.name, dataset.classes, dataset.image_shape, dataset.scaling) == (
        "flowers",
        ("a", "b"),
        None,
        "standardise",
    )
    assert dataset.y.tolist() == [0, 1, 0]
    np.testing.assert_array_equal(dataset.X, [[1, 2.5], [3, 4], [5, 6]])
    assert dataset.notes == ()


def test_it_is_the_same_task_as_the_same_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "flowers.npz", X=[[1, 2.5], [3, 4], [5, 6]], y=["a", "b", "a"])
    table, arrays = load_task(f"{written(tmp_path, HEAD + ROWS)}:kind"), load_task(str(tmp_path / "flowers.npz"))
    assert table.checksum == arrays.checksum


def test_classes_may_be_numbers_in_any_column_and_tabs_may_separate(tmp_path: Path) -> None:
    path = written(tmp_path, "kind\twidth\n2\t1.5\n7\t3\n", "flowers.tsv")
    dataset = load_task(f"{path}:kind")
    assert (dataset.classes, dataset.y.tolist(), dataset.X.tolist()) == (("2", "7"), [0, 1], [[1.5], [3.0]])


@pytest.mark.parametrize("index", [(0, 1, 2), (7, 0, 2)])
def test_row_numbers_without_a_name_are_left_out(index: tuple[int, ...], tmp_path: Path) -> None:
    """They tell the classes of rows that were once sorted by them, also when the rows are then shuffled or chosen."""
    lines = [f"{row},{line}\n" for row, line in zip(index, ("1,a", "3,b", "5,a"), strict=True)]
    dataset = load_task(f"{written(tmp_path, ',width,kind' + chr(10) + ''.join(lines))}:kind")
    assert dataset.X.tolist() == [[1], [3], [5]]
    assert dataset.notes == ("the first column has no name, tells rows by whole numbers and was left out",)


def test_other_first_columns_are_features(tmp_path: Path) -> None:
    twice = ",width,kind\n0,1,a\n7,3,b\n7,5,a\n"
    assert load_task(f"{written(tmp_path, twice)}:kind").X.shape == (3, 2)
    named = load_task(f"{written(tmp_path, 'id,kind' + chr(10) + '4,a' + chr(10) + '5,b' + chr(10) + '6,a')}:kind")
    assert named.X.tolist() == [[4], [5], [6]]
    assert named.notes == ("column 'id' numbers the rows and is a feature; remove it unless networks may see it",)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        (HEAD + ROWS, "", r"which column holds the classes[?] .columns: width, height, kind.; give it, .*csv:kind"),
        (HEAD + ROWS, ":kin", "no column 'kin'; did you mean 'kind'[?] choose from width, height, kind"),
        (HEAD + "1,red,a\n3,4,b\n", ":kind", "'height' holds 'red' in line 2, which is no number; remove the column"),
        (",width,kind\ns0,1,a\ns1,3,b\n", ":kind", "the first column, which has no name, holds 's0' in line 2"),
        (HEAD + "1,2,a\n3,,b\n", ":kind", "column 'height' has no number in line 3; fill it in or remove the row"),
        (HEAD + "1,2,a\n3,inf,b\n", ":kind", "column 'height' has no number in line 3"),
        (HEAD + "1,2,a\n3,4,\n", ":kind", "kind is empty in line 3; fill it in or remove the row"),
        (HEAD + "1,2,a\n3,4,a\n", ":kind", "y holds one class only, a; give at least two classes"),
        (HEAD + "1,2,0.5\n3,4,1\n", ":kind", "y holds fractions such as 0.5; give classes, not measurements"),
        (HEAD.replace(",", ";") + "1;2;a\n", ":kind", "one column only, 'width;height;kind'; separate columns by c"),
        ("", ":kind", "no table .*; save it as UTF-8"),
        ("a,b\n1,2,3,4\n1,2\n", ":b", "lines hold more values than there are names of columns; give each column a"),
        (HEAD, ":kind", "no samples; write one a line, below the names of the columns"),
        ("a,b\n1,2\n1,2,3\n", ":b", "no table .*line 3"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_one_line(text: str, column: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load_task(written(tmp_path, text) + column)
    assert "\n" not in str(caught.value)


def test_a_missing_table_and_one_in_another_code_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.csv: no such file; give the path of a table"):
        load_task(str(tmp_path / "none.csv:kind"))
    (tmp_path / "latin.csv").write_bytes("größe,kind\n1,a\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin.csv: no table .*; save it as UTF-8"):
        load_task(str(tmp_path / "latin.csv:kind"))
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=r"folder.csv: cannot be read \(Is a directory\)"):
        load_task(str(tmp_path / "folder.csv:kind"))


@pytest.mark.parametrize(
    ("task", "file"),
    [
        ("digits", None),
        ("data.npz", Source(Path("data.npz"))),
        ("BOOK.TXT", Source(Path("BOOK.TXT"))),
        ("there/data", Source(Path("there/data"))),
        ("table.csv", Source(Path("table.csv"))),
        ("table.csv:kind", Source(Path("table.csv"), "kind")),
        ("there/TABLE.TSV:a:b", Source(Path("there/TABLE.TSV"), "a:b")),
        ("C:/table.csv:kind", Source(Path("C:/table.csv"), "kind")),
    ],
)
def test_a_task_is_a_name_or_a_file(task: str, file: Source | None) -> None:
    assert file_of(task) == file


def test_its_path_becomes_absolute_and_keeps_its_column(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    file = file_of("table.csv:kind")
    assert file is not None
    assert file.resolved().task == f"{tmp_path.resolve()}/table.csv:kind"
