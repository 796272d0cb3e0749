"""Packages that Python may find elsewhere (`models` and `experiments` are common names) or not at all (extras)."""

from __future__ import annotations

from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bnsim.errors import ForeignPackageError, InputError, first_line

ROOT = Path(__file__).resolve().parent.parent
"""The folder in which `bnsim`, `models` and `experiments` lie side by side."""


def require_own(*names: str) -> None:
    """Refuse packages of other origin that hide those of this project.

    Parameters
    ----------
    *names : str
        Names of packages that lie beside `bnsim`.

    Raises
    ------
    ForeignPackageError
        For a name that Python finds elsewhere, or nowhere; it is an ImportError and an InputError.
    """
    for name in names:
        found = _place(find_spec(name))
        if found is None:
            raise ForeignPackageError(f"import {name}: not found beside {ROOT / 'bnsim'}; install bnsim again")
        if found != ROOT / name:
            raise ForeignPackageError(_message(name, found))


def with_extra(culprit: str, module: str, package: str, extra: str) -> Any:
    """Import a module that needs a package which not everybody has.

    Parameters
    ----------
    culprit : str
        Who needs it, for the message of an error.
    module : str
        Full name of the module.
    package : str
        The package, for the message.
    extra : str
        What brings it.

    Returns
    -------
    module
        The module.

    Raises
    ------
    InputError
        If the package is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(f"{culprit}: needs {package} ({first_line(error)}); pip install 'bnsim[{extra}]'") from None


def _place(spec: ModuleSpec | None) -> Path | None:
    """Folder of a package, or file of a module."""
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations))).resolve()
    return Path(spec.origin).resolve() if spec.origin else None


def _message(name: str, found: Path) -> str:
    from importlib.metadata import distributions  # only here: every start of the command would wait for it

    for distribution in distributions(path=[str(found.parent)]):
        if any(file.parts[0] in (name, found.name) for file in distribution.files or ()):
            return (
                f"import {name}: {found}, of the installed {distribution.name}, hides bnsim's package of that name; "
                f"uninstall {distribution.name}, or install bnsim into an environment of its own"
            )
    return f"import {name}: {found} hides bnsim's package of that name; rename it, or run from another folder"
