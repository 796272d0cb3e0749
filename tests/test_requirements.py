"""The tested sets in requirements/: they cover what pyproject.toml asks for, by hash, and name no index."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSIONS = ("3.11", "3.12", "3.13")


def pinned(version: str) -> str:
    return (ROOT / "requirements" / f"python{version}.txt").read_text(encoding="utf-8")


def versions(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


def asked_for(version: str, extra: str = "test") -> Iterator[Requirement]:
    """What the project asks for with an extra, on Linux on x86-64; an extra may name others of this project."""
    environment = {
        "python_version": version,
        "python_full_version": f"{version}.0",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
    }
    for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"][extra]]:
        requirement = Requirement(text)
        if requirement.name == PROJECT["name"]:
            for other in requirement.extras:
                yield from asked_for(version, other)
        elif requirement.marker is None or requirement.marker.evaluate(environment):
            yield requirement


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_asked_for_is_pinned(version: str) -> None:
    held = versions(pinned(version))
    requirements = list(asked_for(version))
    assert {"brian2", "pytest", "duckdb", "rocrate"} <= {requirement.name for requirement in requirements}
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        assert name in held, f"{name} is not pinned for Python {version}; run `bash .ci/pin`"
        assert requirement.specifier.contains(held[name]), f"{requirement}: {held[name]} is pinned; run `bash .ci/pin`"


@pytest.mark.parametrize("version", VERSIONS)
def test_each_pin_has_hashes_and_no_address(version: str) -> None:
    text = pinned(version)
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(versions(text)) > 50
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\b", block) for block in blocks)
    assert not re.search(r"://|--index-url|--extra-index|--find-links|--trusted-host|/home|/tmp|/root", text)


def test_every_supported_python_has_a_set() -> None:
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert {path.stem.removeprefix("python") for path in (ROOT / "requirements").glob("*.txt")} == set(VERSIONS)
