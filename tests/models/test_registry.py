"""Names lead to classes, and misspelt ones to advice."""

from __future__ import annotations

import subprocess
import sys
from inspect import signature

import pytest

from bnsim.errors import InputError
from models.registry import MODELS, create


def test_twins_are_registered_artificial_networks() -> None:
    for name, entry in MODELS.items():
        assert entry.kind == "ANN" or name.startswith("diehl-cook") or MODELS[entry.twin or ""].kind == "ANN"


@pytest.mark.parametrize("name", MODELS)
def test_parameter_names_are_those_of_the_class(name: str) -> None:
    assert sorted(MODELS[name].parameter_names()) == MODELS[name].load()._get_param_names()


def test_twins_agree_by_default() -> None:
    for entry in MODELS.values():
        if entry.twin is not None:
            own, other = (signature(entry.load()), signature(MODELS[entry.twin].load()))
            assert entry.shared
            for name in entry.shared:
                assert own.parameters[name].default == other.parameters[name].default, name


def test_listing_imports_neither_keras_nor_brian2() -> None:
    script = (
        "import sys, models.registry as registry; print(*registry.MODELS); "
        "registry.check_parameters('dense', ['hidden']); registry.check_parameters('receptive-field', ['gain']); "
        "print(*sorted({'keras', 'tensorflow', 'brian2', 'sklearn'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [" ".join(MODELS), ""]


def test_unknown_name() -> None:
    with pytest.raises(InputError) as error:
        create("recptive-field")
    assert str(error.value) == (
        f"unknown model 'recptive-field'; did you mean 'receptive-field'? choose from {', '.join(MODELS)}"
    )


def test_unknown_parameter() -> None:
    with pytest.raises(InputError, match=r"dense: unknown parameter 'activaton'; did you mean 'activation'\? "):
        create("dense", activaton="tanh")
