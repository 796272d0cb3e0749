"""What a page asks and is told."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bnsim.recording import Recording
from experiments.lab.conversation import Conversation
from experiments.lab.simulation import SimulationRun
from experiments.lab.views import Shown

pytestmark = pytest.mark.usefixtures("small")

RUN = {"do": "run", "experiment": "small", "values": {"current": 25}, "seconds": 1, "seed": 1}


def told(
    speak: Callable[[Conversation, list[dict[str, Any]]], Awaitable[None]], out: Path = Path()
) -> list[dict[str, Any]]:
    """The answers of a conversation."""
    answers: list[dict[str, Any]] = []

    async def hold() -> None:
        async def send(text: str) -> None:
            answers.append(json.loads(text))

        with ThreadPoolExecutor(2) as pool:
            conversation = Conversation(pool, out, send)
            await speak(conversation, answers)
            conversation.leave()

    asyncio.run(hold())
    return answers


async def until(answers: list[dict[str, Any]], kind: str) -> None:
    while not answers or answers[-1]["kind"] != kind:
        await asyncio.sleep(0.005)


def test_a_run_from_beginning_to_end(tmp_path: Path) -> None:
    async def speak(conversation: Conversation, answers: list[dict[str, Any]]) -> None:
        await conversation.hear(json.dumps({"do": "draw", "experiment": "small"}))
        await conversation.hear(json.dumps(RUN))
        await until(answers, "ended")
        assert not conversation.running
        await conversation.hear(json.dumps({"do": "save"}))

    plots, began, *pieces, ended, saved = told(speak, tmp_path)
    assert plots["kind"] == "plots"
    assert "Population rates" in json.dumps(plots)
    assert "--set current=25" in began["command"]
    assert began["axis"] == 1000
    assert {piece["kind"] for piece in pieces} == {"piece"}
    assert [piece["done"] for piece in pieces] == sorted(piece["done"] for piece in pieces)
    assert ended == {"kind": "ended", "done": 1.0, "said": "Simulated 1000 ms"}
    recording = Recording.load(Path(saved["folder"]) / "recording.npz")
    drawn = sum(len(piece["shown"][0]["columns"]["time"]) for piece in pieces)
    assert drawn == sum(counts.sum() for counts in recording.counts.values()) > 0


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[SimulationRun]:
    """Pieces of runs that were begun; all but the first take a while."""
    seen: list[SimulationRun] = []
    advance = SimulationRun.advance

    def slow(run: SimulationRun) -> list[Shown | None]:
        seen.append(run)
        if len(seen) > 1:
            time.sleep(0.1)
        return advance(run)

    monkeypatch.setattr(SimulationRun, "advance", slow)
    return seen


def test_a_run_is_stopped(held: list[SimulationRun]) -> None:
    async def speak(conversation: Conversation, answers: list[dict[str, Any]]) -> None:
        await conversation.hear(json.dumps(RUN))
        await until(answers, "piece")
        await conversation.hear('{"do": "stop"}')
        await conversation.hear('{"do": "stop"}')
        await asyncio.sleep(0.3)

    answers = told(speak)
    assert [answer["kind"] for answer in answers] == ["began", "piece", "ended"]
    assert answers[-1]["done"] == 0.05
    assert answers[-1]["said"] == "Stopped: 50 of 1000 ms simulated"
    assert len(held) <= 2


def test_who_leaves_stops_the_run(held: list[SimulationRun]) -> None:
    async def speak(conversation: Conversation, answers: list[dict[str, Any]]) -> None:
        await conversation.hear(json.dumps(RUN))
        await until(answers, "piece")
        conversation.leave()
        await asyncio.sleep(0.3)
        assert not conversation.running

    assert [answer["kind"] for answer in told(speak)] == ["began", "piece"]
    assert len(held) <= 2


def test_another_run_takes_the_place_of_the_first(held: list[SimulationRun]) -> None:
    async def speak(conversation: Conversation, answers: list[dict[str, Any]]) -> None:
        await conversation.hear(json.dumps(RUN))
        await until(answers, "piece")
        await conversation.hear(json.dumps({**RUN, "values": {"current": 30}}))
        await until(answers, "ended")

    answers = told(speak)
    kinds = [answer["kind"] for answer in answers]
    assert kinds[:3] == ["began", "piece", "began"]
    assert kinds.count("ended") == 1
    assert answers[-2]["done"] == 1


@pytest.mark.parametrize(
    ("request_text", "message"),
    [
        ("{", "Expecting property name"),
        ("[]", "request: is none of the lab's; choose from draw, run, stop, save"),
        ('{"do": "eval"}', "request: is none of the lab's"),
        ('{"do": "draw"}', "request: experiment is no text; give one"),
        ('{"do": "draw", "experiment": "smal"}', "unknown experiment 'smal'; did you mean 'small'"),
        ('{"do": "run", "experiment": "small"}', "request: has no values"),
        (json.dumps({**RUN, "values": {"current": 99}}), "current: 99; give a number from 0 to 40 mV"),
        (json.dumps({**RUN, "seed": -1}), "seed: -1"),
        ('{"do": "save"}', "nothing was recorded yet; run it first"),
    ],
)
def test_bad_requests_are_one_line(request_text: str, message: str) -> None:
    async def speak(conversation: Conversation, answers: list[dict[str, Any]]) -> None:
        await conversation.hear(request_text)

    (answer,) = told(speak)
    assert answer["kind"] == "failed"
    assert message in answer["text"]
    assert "\n" not in answer["text"]


def test_values_that_do_not_fit_each_other_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(run: SimulationRun) -> None:
        from bnsim.errors import InputError

        raise InputError("LIF.v_reset: not below v_threshold; lower it")

    monkeypatch.setattr(SimulationRun, "prepare", refuse)

    async def speak(conversation: Conversation, answers: list[dict[str, Any]]) -> None:
        await conversation.hear(json.dumps(RUN))
        await until(answers, "failed")

    assert told(speak)[-1]["text"] == "LIF.v_reset: not below v_threshold; lower it"
