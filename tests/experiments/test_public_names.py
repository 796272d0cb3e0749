"""What `import experiments` offers: functions for the commands, and what reads the folders that they write."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import bnsim
import experiments


def test_every_name_exists_and_is_documented() -> None:
    for name in experiments.__all__:
        assert inspect.getdoc(getattr(experiments, name)), name
    assert sorted(experiments.__all__) == experiments.__all__ == dir(experiments)


@pytest.mark.parametrize("kind", ["run", "sweep", "fit"])
def test_what_each_kind_of_folder_is_read_by_returns_a_public_class(kind: str) -> None:
    read = getattr(experiments, f"read_{kind}")
    assert inspect.signature(read).return_annotation == kind.capitalize() in experiments.__all__


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(AttributeError, match=r"^module 'experiments' has no attribute 'read_swep'$"):
        experiments.read_swep  # noqa: B018


def test_names_of_models_in_one_text_are_refused(tmp_path: Path) -> None:
    message = "^" + re.escape(
        "models: 'three-factor, dense' is a text; give a list of names, ['three-factor', 'dense']"
    ) + "$"  # fmt: skip
    for asked in (
        lambda: experiments.compare(models="three-factor, dense", out=tmp_path),
        lambda: experiments.run_study("accuracy", models="three-factor, dense", out=tmp_path),
        lambda: experiments.sweep("accuracy", {"studies.max_train": [100]}, models="three-factor, dense", out=tmp_path),
    ):
        with pytest.raises(bnsim.InputError, match=message):
            asked()
    assert not [*tmp_path.iterdir()]
