"""Studies: one folder for each question, discovered automatically.

A study is a package with a `STUDY` (see `experiments.spec`) that is quick to import, a module `measure` and a module
`figure`. It lies in this folder, is named by an entry point of another installed package (`GROUP`), or is a folder of
the user, which `bnsim run` takes by its path. Classic experiments (`experiments.classics`) are found by name as well.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from bnsim.errors import InputError, unknown_name
from experiments.classics import CLASSICS
from experiments.discovery import discovered, held
from experiments.spec import Study
from experiments.yardsticks import Classic

GROUP = "bnsim.studies"
"""Entry points of other packages: each names a package with a `STUDY`."""

_USERS = "bnsim_user_studies"
"""Package below which folders of the user's own are imported."""


def find(reference: str) -> Study:
    """Return a study or a classic experiment.

    Parameters
    ----------
    reference
        Its name, or the path of its folder.

    Returns
    -------
    Study
        The study.

    Raises
    ------
    InputError
        If there is no such study, or the folder contains none.
    """
    if reference in KNOWN:
        return KNOWN[reference]
    if "/" in reference or Path(reference).is_dir():
        return _at(Path(reference).resolve())
    folder = Path(reference.replace("-", "_"))
    if (folder / "__init__.py").is_file():
        raise InputError(f"unknown study {reference!r}; did you mean the folder ./{folder}?")
    raise unknown_name("study", reference, [*KNOWN, "or the path of a study's folder"])


def carried_out(config: Mapping[str, Any]) -> dict[str, Study]:
    """Return the studies of a stored run, in the order of the report.

    A study that is no longer installed is omitted, and so is one of a user's own that nobody has named in this process
    (`find`): a stored run may come from a stranger, and to import a folder is to run it.

    Parameters
    ----------
    config
        Content of the run's config.toml.

    Returns
    -------
    dict of str to Study
        Studies by name.
    """
    known = dict(KNOWN)
    study = _own.get(config["run"]["study"])
    if study is not None:
        known[study.name] = study
    return {name: study for name, study in known.items() if name in config}


def refuse_unnamed(reference: str) -> None:
    """Refuse to run the code of a study's folder that nobody but a stored run has named.

    Parameters
    ----------
    reference
        Name of a study, or the path of its folder, as a run has it.

    Raises
    ------
    InputError
        If it is a folder that this process has not been told to import (`find`).
    """
    known = reference in KNOWN or reference in _own
    if not known and ("/" in reference or Path(reference).is_dir()):
        raise InputError(
            f"{reference}: a stored run names this folder as its study, whose code would be run; if you trust it, say "
            f"--study {reference}"
        )


def of_classifiers(studies: Iterable[Study]) -> bool:
    """Return whether any of these studies measures the classifiers of a run.

    Parameters
    ----------
    studies
        The studies.

    Returns
    -------
    bool
        False if all of them define their own units and networks.
    """
    return any(not study.subjects for study in studies)


@cache
def _at(folder: Path) -> Study:
    if not (folder / "__init__.py").is_file():
        raise InputError(f"{folder}: no study; give a folder with __init__.py, measure.py and figure.py")
    if not folder.name.isidentifier():
        raise InputError(f"{folder}: {folder.name!r} is no name of a Python package; rename the folder")
    # Each folder has a package of its own: another one of the same name holds other modules.
    room = f"{_USERS}.at_{hashlib.blake2b(str(folder).encode(), digest_size=8).hexdigest()}"
    for package in (_USERS, room):
        sys.modules.setdefault(package, ModuleType(package))
    name = f"{room}.{folder.name}"
    found = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
        study: Study = held(module, "CLASSIC", Classic) if hasattr(module, "CLASSIC") else held(module, "STUDY", Study)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{folder}: cannot be imported ({type(error).__name__}: {error}); correct it") from error
    if study.name in KNOWN:
        raise InputError(f"{folder}: a study {study.name!r} exists already; rename the folder")
    _own[str(folder)] = study
    return study


_own: dict[str, Study] = {}
"""Studies of the user's own that were imported, by folder."""


STUDIES = discovered(sys.modules[__name__], GROUP, "STUDY", Study)
"""All studies but folders of the user's own, by name, in the order of the report."""

KNOWN: Mapping[str, Study] = {**STUDIES, **CLASSICS}
"""All studies and classic experiments that have a name."""
