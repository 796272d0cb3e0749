"""Only `bnsim/engine` makes Brian2 objects; all others may know Brian2's units, no more."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = [
    path
    for floor in ("bnsim", "models", "experiments")
    for path in sorted((ROOT / floor).rglob("*.py"))
    if not path.is_relative_to(ROOT / "bnsim" / "engine")
]
HARMLESS = (
    "brian2.units",
    "brian2.core.namespace.DEFAULT_CONSTANTS",
    "brian2.core.namespace.DEFAULT_UNITS",
    "brian2.core.functions.DEFAULT_FUNCTIONS",
    "brian2.equations.equations",
    "brian2.parsing.expressions",
    "brian2.parsing.sympytools",
)
"""Units, constants and functions by their names, the parsers of equations and of expressions: none is simulated."""


def imported(tree: ast.AST) -> Iterator[str]:
    """Modules of Brian2 that are imported to run, wherever in the file; not those for type checkers only."""
    if isinstance(tree, ast.If) and ast.unparse(tree.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
        trees: list[ast.stmt] = tree.orelse
    else:
        trees = list(ast.iter_child_nodes(tree))  # type: ignore[arg-type]
    if isinstance(tree, ast.Import):
        yield from (alias.name for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom) and tree.level == 0 and tree.module:
        yield from (f"{tree.module}.{alias.name}" for alias in tree.names)
    elif isinstance(tree, ast.Call) and ast.unparse(tree.func).endswith(("import_module", "__import__")):
        yield from (item.value for item in tree.args if isinstance(item, ast.Constant) and isinstance(item.value, str))
    for child in trees:
        yield from imported(child)


def forbidden(source: str) -> list[str]:
    return [
        name for name in imported(ast.parse(source)) if name.split(".")[0] == "brian2" and not name.startswith(HARMLESS)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_takes_units_only(path: Path) -> None:
    assert forbidden(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import brian2",
        "import brian2 as b",
        "from brian2 import NeuronGroup",
        "from brian2 import *",
        "from brian2.core.network import Network",
        "def f():\n    import brian2.devices",
        "import importlib\nimportlib.import_module('brian2')",
        "if TYPE_CHECKING:\n    pass\nelse:\n    import brian2",
    ],
)
def test_the_test_finds_them(source: str) -> None:
    assert forbidden(source)


def test_the_test_lets_units_and_types_pass() -> None:
    assert not forbidden("from brian2.units import ms\nimport brian2.units.allunits as all_units")
    assert not forbidden("if TYPE_CHECKING:\n    import brian2")


def test_it_looks_at_all_floors() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == {"bnsim", "models", "experiments"}
    assert len(FILES) > 60
