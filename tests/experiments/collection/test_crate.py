"""Runs as RO-Crates: `bnsim crate`."""

from __future__ import annotations

import getpass
import hashlib
import json
import socket
import sys
from pathlib import Path

import pytest

from tests.experiments.test_command_line import bnsim, refused

from .made import made, row, unfinished

rocrate = pytest.importorskip("rocrate.rocrate")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of the user's own data, with a setting that holds a path."""
    request = {
        "task": str(tmp_path / "mine.npz"),
        "data_dir": str(tmp_path),
        "settings": {"models.dense.passes": 3, "models.dense.hidden": [20, 10], "models.dense.optimizer": "/home/me/x"},
    }
    task = {"name": "mine", "classes": ["7", "9"], "n_samples": 40, "sha256": "a" * 64}
    finished = "2026-01-01T00:01:00+00:00"
    directory = made(tmp_path, "one", [row("a", 0.5)], request=request, task=task, finished_utc=finished)
    (directory / "figures").mkdir()
    (directory / "figures" / "a figure.svg").write_text("<svg/>")
    (directory / "report.html").write_text("<p>")
    return directory


def test_a_crate_is_read_back(run: Path, tmp_path: Path) -> None:
    done = bnsim("crate", "one", "--license", "https://spdx.org/licenses/CC-BY-4.0", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "RO-Crate: one/ro-crate-metadata.json\n")
    crate = rocrate.ROCrate(run)
    root = crate.root_dataset
    assert root["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.5"
    assert root["license"].id == "https://spdx.org/licenses/CC-BY-4.0"
    assert root["datePublished"] == "2026-01-01T00:00:00+00:00"
    action = root["mentions"]
    assert action.type == "CreateAction"
    assert (action["startTime"], action["endTime"]) == ("2026-01-01T00:00:00+00:00", "2026-01-01T00:01:00+00:00")
    assert action["description"] == (
        "bnsim run accuracy --task mine.npz --models dense --seeds 2 --preset quick --set models.dense.passes=3 "
        "--set 'models.dense.hidden=[20, 10]' --set models.dense.optimizer=x"
    )
    assert action["instrument"]["name"] == "bnsim"
    needed = {
        software["name"]: software["softwareVersion"] for software in action["instrument"]["softwareRequirements"]
    }
    assert needed == {"python": "3.11.7", "numpy": "2.3.5"}
    objects = {entity["name"]: entity for entity in action["object"]}
    assert objects["mine"]["sha256"] == "a" * 64
    assert objects["models.dense.hidden"]["value"] == [20, 10]
    files = {entity["name"]: entity for entity in action["result"]}
    assert set(files) == {
        path.relative_to(run).as_posix()
        for path in run.rglob("*")
        if path.is_file() and path.name not in ("ro-crate-metadata.json", ".lock")
    }
    report = files["report.html"]
    assert report["sha256"] == hashlib.sha256(b"<p>").hexdigest()
    assert (report["contentSize"], report["encodingFormat"]) == ("3", "text/html")
    assert files["figures/a figure.svg"].id == "figures/a%20figure.svg"


def test_it_names_no_person_no_machine_and_no_path(run: Path, tmp_path: Path) -> None:
    bnsim("crate", "one", cwd=tmp_path)
    text = (run / "ro-crate-metadata.json").read_text()
    assert str(tmp_path) not in text
    assert "/home" not in text
    assert "agent" not in text
    assert "license" not in json.loads(text)["@graph"][0]
    assert socket.gethostname() not in text
    assert f"/{getpass.getuser()}" not in text


def test_a_crate_is_written_anew(run: Path, tmp_path: Path) -> None:
    bnsim("crate", "one", cwd=tmp_path)
    first = (run / "ro-crate-metadata.json").read_text()
    bnsim("crate", "one", cwd=tmp_path)
    assert (run / "ro-crate-metadata.json").read_text() == first


def test_what_crate_refuses(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(2, "nothing: no such run", "crate", "nothing", cwd=tmp_path)
    message = "--license MIT: no address; give one such as https://spdx.org/licenses/CC-BY-4.0"
    refused(2, message, "crate", "one", "--license", "MIT", cwd=tmp_path)
    unfinished(made(tmp_path, "two", [row("a", 0.5)]))
    refused(2, "two: this run is not finished; continue with `bnsim resume two`", "crate", "two", cwd=tmp_path)
    monkeypatch.setitem(sys.modules, "rocrate.rocrate", None)
    refused(2, "rocrate is not installed; install it with `pip install 'bnsim[crate]'`", "crate", "one", cwd=tmp_path)
