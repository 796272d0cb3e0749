"""Studies: one folder for each question, discovered automatically.

A study is a package with a `STUDY` (see `experiments.spec`) that is quick to import, a module `measure` and a module
`figure`. It lies in this folder, is named by an entry point of another installed package (`GROUPS`), or is a folder of
the user, which `bnsim run` takes by its path.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import Any

from bnsim.errors import InputError, unknown_name
from experiments.spec import Study

GROUPS = ("bnsim.studies", "bnsim.classics")
"""Entry points of other packages: each names a package with a `STUDY`, about classifiers or a classic experiment."""

_USERS = "bnsim_user_studies"
"""Package below which folders of the user's own are imported."""


def find(reference: str) -> Study:
    """Return a study.

    Parameters
    ----------
    reference
        Name of the study, or path of its folder.

    Returns
    -------
    Study
        The study.

    Raises
    ------
    InputError
        If there is no such study, or the folder contains none.
    """
    if reference in STUDIES:
        return STUDIES[reference]
    if "/" in reference or Path(reference).is_dir():
        return _at(Path(reference).resolve())
    raise unknown_name("study", reference, [*STUDIES, "or the path of a study's folder"])


def carried_out(config: Mapping[str, Any]) -> dict[str, Study]:
    """Return the studies of a stored run, in the order of the report.

    A study that is no longer installed, or whose folder is missing, is omitted.

    Parameters
    ----------
    config
        Content of the run's config.toml.

    Returns
    -------
    dict of str to Study
        Studies by name.
    """
    known = dict(STUDIES)
    reference = config["run"]["study"]
    if reference not in STUDIES and Path(reference).is_dir():
        study = find(reference)
        known[study.name] = study
    return {name: study for name, study in known.items() if name in config}


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


def _discovered() -> dict[str, Study]:
    packages = [f"{__name__}.{module.name}" for module in iter_modules(__path__) if module.ispkg]
    packages += [point.value for group in GROUPS for point in entry_points(group=group)]
    found = sorted(map(_of, map(import_module, packages)), key=lambda study: (study.order, study.name))
    return {study.name: study for study in found}


def _of(module: ModuleType) -> Study:
    study = getattr(module, "STUDY", None)
    if not isinstance(study, Study):
        raise InputError(f"{module.__name__}: has no STUDY; see `experiments.spec.Study`")
    return study


@cache
def _at(folder: Path) -> Study:
    name = f"{_USERS}.{folder.name}"
    if not (folder / "__init__.py").is_file():
        raise InputError(f"{folder}: no study; give a folder with __init__.py, measure.py and figure.py")
    if not folder.name.isidentifier():
        raise InputError(f"{folder}: {folder.name!r} is no name of a Python package; rename the folder")
    sys.modules.setdefault(_USERS, ModuleType(_USERS))
    found = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
        study = _of(module)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{folder}: cannot be imported ({type(error).__name__}: {error}); correct it") from error
    if study.name in STUDIES:
        raise InputError(f"{folder}: a study {study.name!r} exists already; rename the folder")
    return study


STUDIES = MappingProxyType(_discovered())
"""All studies but folders of the user's own, by name, in the order of the report."""
