"""The README's scripts run as they stand, and its commands are those that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scripts import carry_out

README = Path(__file__).parents[1] / "README.md"
SCRIPTS = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(SCRIPTS)))
def test_script_draws_its_figure(number: int, tmp_path: Path) -> None:
    carry_out(SCRIPTS[number], tmp_path)
    (figure,) = tmp_path.glob("*.png")
    assert figure.stat().st_size > 5000


def test_scripts_are_short() -> None:
    """Ten lines for a network, and some more for one of two populations with noise."""
    assert [len(script.splitlines()) for script in SCRIPTS] == [10, 12]


def test_nothing_is_left_to_fill_in() -> None:
    assert not re.findall(r"^[A-Z]{4,}$", README.read_text(), re.MULTILINE)


def test_pictures_exist() -> None:
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README.read_text()):
        assert (README.parent / picture).is_file()
