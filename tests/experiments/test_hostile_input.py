"""What a user would not type and a file may hold: refused before any work, in one line that a terminal cannot obey."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from bnsim import archive
from bnsim.errors import InputError, MachineError, of_machine, of_path, out_of_memory
from bnsim.printable import one_line, printable
from experiments.doctor import Finding
from experiments.output import say
from experiments.run.execute import Workers
from experiments.run.progress import ProgressDisplay, Silence
from experiments.run.store import Store
from experiments.run.values import check_value
from experiments.run_directory import read_run, writing
from experiments.tables import print_catalogue, print_findings, print_run
from models import registry, storage

from .here import run_here
from .test_command_line import bnsim, refused
from .test_run_directory import contents, write_run

RED = "\x1b[31mred\x07\u202e"
SHOWN = r"\x1b[31mred\x07\u202e"
LONG = "x" * 5000
FULL = Path("/dev/full")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, é, 漢, 👍 and\N{NO-BREAK SPACE}spaces", "plain, é, 漢, 👍 and\N{NO-BREAK SPACE}spaces"),
        (RED, SHOWN),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x00\x7f\x9b2J", r"\x00\x7f\x9b2J"),
        ("\u2066a\u2069\u200b\u2028\U000e0041", r"\u2066a\u2069\u200b\u2028\U000e0041"),
        ("\udc80", r"\udc80"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_errors_of_the_library_are_printable() -> None:
    """They are shown by Python too, in a session or a notebook."""
    error = InputError(f"{RED}: no such file\nnext")
    assert str(error) == f"{SHOWN}: no such file\nnext"
    assert str(MachineError()) == ""


def test_a_message_keeps_its_culprit_and_its_remedy_on_one_line() -> None:
    assert one_line(f"{RED}:\n  no such run") == f"{SHOWN}: no such run"
    line = one_line(f"culprit {LONG} remedy")
    assert len(line) <= 2000
    assert line.startswith("culprit xxx")
    assert line.endswith("xxx remedy")
    assert one_line("x" * 2000) == "x" * 2000


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        (f"{SHOWN}: no such run", ["show", RED]),
        (f"unknown list '{SHOWN}'", ["list", RED]),
        (f"No such command '{SHOWN}'", [RED]),
        (f"unknown model '{SHOWN}'", ["compare", "--models", RED]),
        (f"unknown setting '{SHOWN}.a'", ["compare", "--set", f"{RED}.a=1"]),
        (f"{SHOWN}.npz: no such file", ["compare", "--task", f"{RED}.npz"]),
        (f"--out {SHOWN}/a: ", ["compare", "--out", f"{RED}/a"]),
    ],
)
def test_messages_show_control_characters(message: str, arguments: list[str], tmp_path: Path) -> None:
    refused(2, message, *arguments, cwd=tmp_path)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("transfer.seconds", "inf", "got inf; give a finite number"),
        ("transfer.seconds", "nan", "got nan; give a finite number"),
        ("transfer.seconds", "-1", "got -1; input should be greater than 0"),
        ("transfer.seconds", "1e300", "the number is too large; give at most 10,000,000"),
        ("transfer.seconds", ".5e13", "the number is too large; give at most 10,000,000"),
        ("transfer.seconds", "Infinity", "got 'Infinity'; input should be a finite number"),
        ("transfer.points", "0x" + 5000 * "f", "the number is too large; give at most 10,000,000"),
        ("transfer.points", 5000 * "9", "got '999"),
        ("transfer.points", "[" * 5000, "lists within lists"),
        ("transfer.points", "[[[[1]]]]", "lists within lists"),
        ("transfer.points", "2026-01-01", "got a date; give a number"),
        ("transfer.points", "{a = 1}", "got a dict; give a number"),
        ("studies.max_train", "1e12", "the number is too large"),
        ("models.rate.hidden", "[1000000000000]", "the number is too large"),
        ("models.rate.learning_rate", "-inf", "got -inf; give a finite number"),
        ("models.rate.hidden", "[5, nan]", "got nan; give a finite number"),
    ],
)
def test_absurd_values_are_refused_before_any_work(key: str, value: str, message: str, tmp_path: Path) -> None:
    arguments = ["compare", "--models", "rate", "--set", f"{key}={value}"]
    refused(2, f"--set {key}: {message}", *arguments, cwd=tmp_path)


def test_so_are_absurd_numbers_of_seeds(tmp_path: Path) -> None:
    message = "--seeds: got 1000000000; input should be less than or equal to 10000"
    refused(2, message, "compare", "--seeds", "1000000000", cwd=tmp_path)


@pytest.mark.parametrize("option", ["--older-than", "--down-to"])
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_options_of_the_command_are_finite(option: str, value: str, tmp_path: Path) -> None:
    refused(2, f"Invalid value for '{option}': ", "cache", "--prune", option, value, cwd=tmp_path)


def test_settings_of_a_python_caller_are_held_to_the_same(tmp_path: Path) -> None:
    for settings in ({"transfer.limit": float("inf")}, {"transfer.limit": 1e9}, {"transfer.limit": 10**5000}):
        with pytest.raises(InputError, match=r"--set transfer\.limit: "):
            run_here("transfer", (), settings, tmp_path)
    check_value("a", (1, 2.5, True, "text", None, [[0.5]]))


def test_a_value_on_a_second_line_is_no_second_setting(tmp_path: Path) -> None:
    message = r"--set transfer.points: got '7\nseconds = 3'; input should be a valid integer"
    refused(2, message, "run", "transfer", "--set", "transfer.points=7\nseconds = 3", cwd=tmp_path)


@pytest.mark.parametrize("parameter", ["passes", "learning_rate"])
def test_negative_parameters_of_models_are_refused_before_training(
    parameter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry.entry("rate").load(), "fit", None)
    arguments = ["run", "accuracy", "--models", "rate", "--seeds", "1", "--set", f"models.rate.{parameter}=-1"]
    refused(2, f"Rate.{parameter}: got -1; give ", *arguments, cwd=tmp_path)


@pytest.mark.slow
def test_every_model_checks_its_parameters_without_samples() -> None:
    for name in registry.MODELS:
        shape = {"image_shape": (28, 28)} if "image_shape" in registry.entry(name).parameter_names() else {}
        classifier = registry.create(name, random_state=0, **shape)
        classifier.check_parameters(784, 2)
        assert not hasattr(classifier, "n_features_in_")
        if "passes" in registry.entry(name).parameter_names():
            with pytest.raises(InputError, match=r"passes: got 0; give an integer of at least 1"):
                registry.create(name, passes=0, random_state=0, **shape).check_parameters(784, 2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", LONG],
        ["draw", LONG],
        ["resume", LONG],
        ["run", f"{LONG}/a"],
        ["compare", "--task", f"{LONG}.npz"],
        ["compare", "--task", "mnist", "--data-dir", LONG],
        ["run", "transfer", "--out", LONG],
        ["run", "transfer", "--out", "x" * 300],
        ["run", "transfer", "--out", "x/" * 3000],
    ],
)
def test_paths_that_are_too_long_want_a_shorter_one(arguments: list[str], tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    done = bnsim(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) < 2200
    assert re.search(r"File name too long; give a shorter path|does not exist|no such|unknown study", done.stderr)
    assert "unexpected" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_long_names_are_held_against_no_other(tmp_path: Path) -> None:
    refused(2, "unknown setting 'a.a.a.", "compare", "--set", f"{'a.' * 50_000}b=1", cwd=tmp_path)


def test_a_path_that_the_system_refuses_is_bad_input(tmp_path: Path) -> None:
    wanted = pytest.raises(InputError, match="File name too long; give a shorter path")
    with wanted, writing(tmp_path):
        (tmp_path / LONG).write_text("")
    with wanted:
        archive.write("State", tmp_path / LONG, {})
    with wanted:
        storage.write(tmp_path / LONG, {}, {})
    assert of_path(OSError(errno.ENOSPC, "No space left on device", "a")) is None


def test_a_failing_disk_is_told_with_its_remedy() -> None:
    full, stuck = of_machine(OSError(errno.ENOSPC, "No space left on device", "a")), of_machine(OSError(0, "?"))
    assert str(full) == "a: No space left on device; free some space"
    assert str(of_machine(OSError(errno.EIO, "Input/output error"))) == "Input/output error; check the disk"
    assert stuck is None


def test_a_run_on_a_disk_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(lock: FileLock, timeout: float) -> None:
        raise OSError(errno.EROFS, "Read-only file system", lock.lock_file)

    monkeypatch.setattr(FileLock, "acquire", refuse)
    wanted = r"^\S+/\.lock: Read-only file system; give a path on a disk that can be written to$"
    with pytest.raises(InputError, match=wanted), Store(tmp_path).locked():
        pass


class Hungry:
    """A job for which there is not enough memory."""

    name = "hungry"

    def __call__(self, progress: object) -> None:
        raise MemoryError("Unable to allocate 9.9 TiB")


@pytest.mark.slow
def test_a_lack_of_memory_is_told_with_its_remedy(tmp_path: Path) -> None:
    told = r"not enough memory \(Unable to allocate 9.9 TiB\); choose smaller sizes, fewer samples or fewer workers"
    with Workers(1) as workers, pytest.raises(MachineError, match=f"^hungry: {told}"):
        list(workers.run([Hungry()], Silence()))
    assert str(out_of_memory(MemoryError())).startswith("not enough memory; choose")


def test_tables_and_progress_show_control_characters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_catalogue({RED: f"about\n{RED}"})
    assert f"{SHOWN}  about\\n{SHOWN}" in capsys.readouterr().out
    print_findings([Finding("name", works=False, detail=RED, remedy=RED)])
    found = capsys.readouterr().out
    assert found.count(SHOWN) == 2
    print_run(read_run(write_run(tmp_path, RED, contents())))
    assert f"/{SHOWN}/report.html" in capsys.readouterr().out
    with ProgressDisplay([f"{RED} :smile: [b]"]) as display:
        display.finished(0)
    assert f"1/1 jobs: {SHOWN} :smile: [b], 0 presentations/s" in capsys.readouterr().err
    say(f"{RED}\nnext")
    assert capsys.readouterr().out == f"{SHOWN}\nnext\n"


def test_json_is_json_whatever_the_names(tmp_path: Path) -> None:
    plain = contents()
    directory = write_run(tmp_path, "run", plain)
    summary = {**plain.summary, "task": f"{RED}\x9b\u2028\ud83d é"}
    (directory / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    done = bnsim("show", "run", "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout) == summary
    assert done.stdout.isascii()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", done.stdout)
    (directory / "summary.json").write_text(json.dumps({**summary, "seeds": [float("nan")]}), encoding="utf-8")
    done = bnsim("show", "run", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "summary.json: damaged (NaN is no JSON); repeat the run" in done.stderr


def test_warnings_show_control_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.catalogue.catalogue", lambda what: warnings.warn(RED, stacklevel=1) or {})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        done = bnsim("list", "presets", cwd=tmp_path)
    assert done.stderr == f"bnsim: warning: {SHOWN}\n"


def command(*arguments: str, stdout: Any = subprocess.PIPE, stderr: Any = subprocess.PIPE, **environment: str) -> Any:
    """The command in a process of its own, with these streams."""
    called = [sys.executable, "-m", "bnsim", *arguments]
    given = {**os.environ, **environment}
    return subprocess.run(called, text=True, check=False, timeout=300, stdout=stdout, stderr=stderr, env=given)


@pytest.mark.slow
@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full, a device that is always full")
def test_a_full_device_is_a_failed_machine(tmp_path: Path) -> None:
    write_run(tmp_path, "run", contents())
    message = "bnsim: error: standard output: No space left on device; free some space or send it elsewhere\n"
    run = str(tmp_path / "run")
    for arguments in (["list", "presets"], ["--help"], ["list", "--help"], ["show", run], ["show", run, "--json"]):
        with FULL.open("w") as full:
            done = command(*arguments, stdout=full)
        assert (done.returncode, done.stderr) == (1, message), arguments
    with FULL.open("w") as full:  # nobody can be told, but the code is as ever
        assert command("show", "nowhere", stderr=full).returncode == 2
        assert command("list", "presets", stderr=full).returncode == 0


@pytest.mark.slow
def test_a_reader_that_has_gone_is_no_error() -> None:
    arguments = f"{sys.executable} -m bnsim list classics 2>&1 | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", arguments], capture_output=True, text=True, check=True, timeout=300)
    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.slow
def test_an_output_that_lacks_a_character_shows_its_escape(tmp_path: Path) -> None:
    directory = write_run(tmp_path, "größe", contents())
    done = command("show", str(directory), PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(r"/gr\xf6\xdfe/report.html" + "\n")
