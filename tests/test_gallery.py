"""The scripts of the gallery are short, and say what they show. `test_site.py` carries them out."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

import pytest

GALLERY = Path(__file__).parents[1] / "docs" / "gallery"
SCRIPTS = sorted(path.stem for path in GALLERY.glob("*.py"))


def test_scripts_are_short() -> None:
    counts = {script: statements((GALLERY / f"{script}.py").read_text()) for script in SCRIPTS}
    assert statistics.median(counts.values()) <= 10, counts
    assert max(counts.values()) <= 25, counts


def test_the_table_holds_every_script() -> None:
    rows = re.findall(r"^\| \[(.+)\.py\]\(\1\.py\) \| \S.* \|$", (GALLERY / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == SCRIPTS


def test_every_script_says_what_it_shows() -> None:
    for script in SCRIPTS:
        source = (GALLERY / f"{script}.py").read_text()
        assert ast.get_docstring(ast.parse(source)), script
        assert f'savefig("{script}.png")' in source


# How statements are counted.


def statements(source: str) -> int:
    """Statements of a script without parameters, plotting, imports and docstrings.

    Each statement counts once, however long it is. One that holds others counts besides these: a class always, a loop
    or a function where one of these counts.

    - A parameter is an assignment of literals, units and parameters, joined by arithmetic or in collections; `range`,
      NumPy's rows of numbers and `bnsim.parameter` belong to it.
    - Plotting is a statement that mentions matplotlib, `bnsim.plotting`, or a name to which plotting has assigned.
    """
    return _Counter().count(ast.parse(source).body)


ROWS = {"range", "bnsim.parameter", *(f"np.{name}" for name in ("arange", "array", "geomspace", "linspace"))}
PLAIN = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Tuple, ast.List, ast.Dict, ast.keyword)


class _Counter:
    def __init__(self) -> None:
        self.parameters: set[str] = {"True", "False"}
        self.plotting: set[str] = set()

    def count(self, body: list[ast.stmt]) -> int:
        return sum(self.of(statement) for statement in body)

    def of(self, statement: ast.stmt) -> int:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self.imported(statement)
            return 0
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return 0
        bodies = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
        if any(bodies):
            if isinstance(statement, (ast.For, ast.With)) and self.draws(_header(statement)):
                self.plotting |= _assigned(statement)
            inner = sum(self.count(body) for body in bodies)
            if isinstance(statement, ast.ClassDef):
                return inner + 1
            return inner and inner + (not self.draws(_header(statement)))
        if self.draws(statement):
            self.plotting |= _assigned(statement)
            return 0
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and self.is_parameter(statement.value):
            self.parameters |= _assigned(statement)
            return 0
        return 1

    def imported(self, statement: ast.Import | ast.ImportFrom) -> None:
        names = {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
        modules = {statement.module} if isinstance(statement, ast.ImportFrom) else {a.name for a in statement.names}
        if any((module or "").partition(".")[0] == "matplotlib" for module in modules):
            self.plotting |= names
        elif modules == {"brian2"}:
            self.parameters |= names

    def draws(self, node: ast.AST) -> bool:
        inside = list(ast.walk(node))
        return any(isinstance(part, ast.Name) and part.id in self.plotting for part in inside) or any(
            isinstance(part, ast.Attribute) and ast.unparse(part) == "bnsim.plotting" for part in inside
        )

    def is_parameter(self, value: ast.AST | None) -> bool:
        if value is None:
            return True
        if isinstance(value, ast.Name):
            return value.id in self.parameters
        if isinstance(value, ast.Call):
            given: list[ast.AST] = [*value.args, *value.keywords]
            return ast.unparse(value.func) in ROWS and all(self.is_parameter(part) for part in given)
        parts = [part for part in ast.iter_child_nodes(value) if not isinstance(part, ast.expr_context)]
        return isinstance(value, PLAIN) and all(self.is_parameter(part) for part in parts)


def _header(statement: ast.stmt) -> ast.AST:
    """What a compound statement says before its body."""
    fields = ("target", "iter", "test", "items", "decorator_list", "bases", "args")
    found = [getattr(statement, name) for name in fields if hasattr(statement, name)]
    return ast.Module([part for parts in found for part in (parts if isinstance(parts, list) else [parts])], [])


def _assigned(statement: ast.AST) -> set[str]:
    names = (part for part in ast.walk(statement) if isinstance(part, ast.Name))
    return {part.id for part in names if isinstance(part.ctx, ast.Store)}


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ('"""What it shows."""\nimport bnsim\nfrom brian2 import mV', 0),
        ("from brian2 import mV\nweight, n = -0.1 * mV, [3, 4]\ntwice = {'a': (2 * weight, None)}", 0),
        ("rates = np.arange(1, 5) * 2\nrates = np.sort(rates)", 1),
        ("a = simulate(3); b = a.rate", 2),
        ("import matplotlib.pyplot as plt\nfigure, ax = plt.subplots()\nax.plot(found)\nfigure.savefig('x.png')", 0),
        ("ax = bnsim.plotting.raster(found)\nax.figure.savefig('x.png')", 0),
        ("import matplotlib.pyplot as plt\nfor row in found:\n    plt.plot(row)", 0),
        ("for rate in (1, 2):\n    found = simulate(rate)\n    total += found", 3),
        ("import matplotlib.pyplot as plt\nfor ax, rate in zip(plt.subplots(2)[1], (1, 2)):\n    ax.plot(f(rate))", 0),
        ("class Cell(bnsim.NeuronModel):\n    threshold = 'v > 1'\n    tau: object = bnsim.parameter(3 * unit)", 2),
        ("def twice(x):\n    y = x + x\n    return y", 3),
    ],
)
def test_what_counts_as_a_statement(source: str, number: int) -> None:
    assert statements(source) == number
