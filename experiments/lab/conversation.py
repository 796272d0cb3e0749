"""What one setting of the page and this process say to each other, and the run that they speak about.

From the page come requests in JSON: {"do": "draw" | "run" | "stop" | "save", ...}. Back go answers with a "kind":
"plots" (empty plots), "began" (the same in Python and as a command), "piece" (what the plots show from now on),
"ended", "saved" and "failed" (one line).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, TypeAlias

from bokeh.embed import json_item

from bnsim.errors import BnsimError, InputError, advice
from experiments.lab.networks import find
from experiments.lab.runs import Run
from experiments.lab.setting import Setting
from experiments.lab.spec import Experiment
from experiments.report.plots import stacked

Answer: TypeAlias = Mapping[str, Any]


class Conversation:
    """One setting of a page, from its opening until its client leaves.

    Parameters
    ----------
    pool
        What carries out the work of all settings: a piece of a run is a task, so that many runs take turns.
    out
        Folder in which runs are saved.
    send
        Sends an answer to the page.

    Attributes
    ----------
    run
        The last run, None before the first.
    """

    def __init__(self, pool: Executor, out: Path, send: Callable[[str], Any]) -> None:
        self._pool, self._out, self._send = pool, out, send
        self._task: asyncio.Task[None] | None = None
        self.run: Run | None = None

    @property
    def running(self) -> bool:
        """Whether a run goes on."""
        return self._task is not None and not self._task.done()

    async def hear(self, text: str) -> None:
        """Do what the page asks for.

        Parameters
        ----------
        text
            A request in JSON.
        """
        try:
            request = json.loads(text)
            asked = {"draw": self._draw, "run": self._run, "stop": self._stop, "save": self._save}
            if not isinstance(request, dict) or request.get("do") not in asked:
                raise InputError(f"request: is none of the lab's; {advice(None, asked)}")
            await asked[request["do"]](request)
        except (BnsimError, json.JSONDecodeError) as error:
            await self._answer(kind="failed", text=str(error))

    def leave(self) -> None:
        """Stop the run: nobody waits for it."""
        if self._task is not None:
            self._task.cancel()

    async def _draw(self, request: Answer) -> None:
        experiment = find(_text(request, "experiment"))
        await self._answer(kind="plots", item=await self._in_pool(plots, experiment))

    async def _run(self, request: Answer) -> None:
        values = request.get("values")
        if not isinstance(values, dict):
            raise InputError("request: has no values; give a value for each parameter")
        experiment = find(_text(request, "experiment"))
        given = (request.get(name) for name in ("seconds", "seed", "drawing"))
        setting = Setting.of(experiment, values, *given)
        self.leave()
        self._task = asyncio.get_running_loop().create_task(self._carry_out(setting))

    async def _stop(self, request: Answer) -> None:
        if self._task is not None and self.running:
            self._task.cancel()
            await asyncio.wait([self._task])
            said = "" if self.run is None else f": {self.run.said}"
            await self._answer(kind="ended", done=0.0 if self.run is None else self.run.done, said=f"Stopped{said}")

    async def _save(self, request: Answer) -> None:
        if self.run is None:
            raise InputError("run: nothing was recorded yet; run it first")
        folder = await self._in_pool(self.run.save, self._out)
        await self._answer(kind="saved", folder=str(folder))

    async def _carry_out(self, setting: Setting) -> None:
        run = None
        try:
            run = setting.run()
            script = await self._in_pool(setting.script)  # which may load a data set
            await self._answer(kind="began", script=script, command=setting.command(), axis=run.axis)
            await self._in_pool(run.prepare)
            self.run = run
            while not run.finished:
                await self._send(await self._in_pool(_piece, run))
            await self._answer(kind="ended", done=1.0, said=run.said)
        except BnsimError as error:
            await self._answer(kind="failed", text=str(error))
        finally:
            if run is not None:
                run.close()

    async def _in_pool(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)

    async def _answer(self, **answer: Any) -> None:
        await self._send(json.dumps(answer))


def plots(experiment: Experiment) -> dict[str, Any]:
    """Return the empty plots of an experiment, to be embedded.

    Parameters
    ----------
    experiment
        The experiment.

    Returns
    -------
    dict
        Bokeh's JSON. The `tags` of the layout hold the sources in the order of the plots, and the axis of time or None.
    """
    drawn = experiment.plots()
    layout = stacked([each.plot for each in drawn.plots])
    layout.tags = [[each.source for each in drawn.plots], drawn.time]
    return dict(json_item(layout))


def _piece(run: Run) -> str:
    """Carry out a piece and say what the plots show from now on."""
    shown = [None if each is None else vars(each) for each in run.advance()]
    return json.dumps({"kind": "piece", "shown": shown, "done": run.done, "said": run.said}, allow_nan=False)


def _text(request: Answer, name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str):
        raise InputError(f"request: {name} is no text; give one")
    return value
