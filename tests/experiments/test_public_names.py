"""What `import experiments` offers: functions for the commands, and what reads the folders that they write."""

from __future__ import annotations

import inspect

import pytest

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
