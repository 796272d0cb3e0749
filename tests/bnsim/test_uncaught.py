"""What a script says whose mistake nobody catches."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mistake", "last", "words_of_brian2"),
    [
        ("bnsim.LIF(tau_m=20)", "bnsim.errors.InputError: LIF.tau_m: 20 has no unit; give 20 * ms", False),
        ("1 / 0", "ZeroDivisionError: division by zero", True),
    ],
    ids=["refused here", "anything else"],
)
def test_what_this_package_refuses_is_no_unexpected_error_of_brian2(
    mistake: str, last: str, words_of_brian2: bool
) -> None:
    script = f"import bnsim\nfrom brian2 import ms\nbnsim.LIF()\n{mistake}"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False).stderr
    assert said.strip().splitlines()[-1].startswith(last)
    assert ("Brian 2 encountered an unexpected error" in said) is words_of_brian2
