"""The lines of a script that build a projection."""

from __future__ import annotations

import brian2
import numpy as np

from bnsim.engine.plain import starts
from bnsim.engine.script import literals, texts
from bnsim.engine.script.populations import namespace
from bnsim.engine.script.writer import Writer
from bnsim.notation import read_equations
from bnsim.program import ProjectionProgram


def write_projection(writer: Writer, projection: ProjectionProgram) -> None:
    """Write the lines of a projection.

    Parameters
    ----------
    writer : Writer
        The script.
    projection : ProjectionProgram
        The projection.

    Raises
    ------
    InputError
        If statements are none of Brian2's.
    """
    culprit, name = f"Projection({projection.name!r})", writer.name(projection.name)
    on_pre, on_post, graded, each_step = texts.statements(
        culprit, (projection.on_pre, projection.on_post, projection.graded, projection.each_step)
    )
    constants = texts.constants((projection.equations, on_pre, on_post, graded, each_step), projection.constants)
    arguments = [f"{writer.name(projection.source)}, {writer.name(projection.target)}"]
    arguments.append(literals.text(projection.equations))
    arguments += [f"on_pre={literals.text(on_pre)}"] if on_pre else []
    arguments += [f"on_post={literals.text(on_post)}"] if on_post else []
    if projection.delay == "shared":
        delay = float(writer.arrays[f"{projection.name}.delay"][0])
        arguments.append(f"delay={literals.quantity(delay, brian2.second.dim)}")
    writer.call(name, "Synapses", *arguments, *namespace(constants), f'name="projection_{projection.name}"')
    writer.lines.append(f"{name}.connect({_edges(writer, projection)})")
    if len(writer.arrays[f"{projection.name}.source"]):
        _write_values(writer, projection, name)
    order = writer.program.projections.index(projection)
    writer.regularly(name, graded, "synapses", order=2 * order)
    writer.regularly(name, each_step, "end", order=order)


def _write_values(writer: Writer, projection: ProjectionProgram, name: str) -> None:
    found = read_equations(projection.name, projection.equations)
    weights = f"{projection.name}.w"
    writer.lines.append(f"{name}.w = {writer.values(weights, writer.arrays[weights], found['w'].dim)}")
    if projection.delay == "each":
        delays = f"{projection.name}.delay"
        writer.lines.append(f"{name}.pre.delay = {writer.values(delays, writer.arrays[delays], brian2.second.dim)}")
    for variable, start in starts(writer.program, writer.arrays):
        if variable.owner == projection.name and variable.place == "projection" and start.any():
            text = writer.values(variable.name, start, found[variable.symbol].dim)
            writer.lines.append(f"{name}.{variable.symbol} = {text}")
    for signal in writer.program.signals:
        if signal.owner == projection.name and signal.place == "projection":
            writer.lines.append(f"{name}.{signal.symbol} = {signal.default!r}")
        elif signal.projection == projection.name:
            writer.lines.append(f"{writer.name(signal.owner)}.{signal.symbol} = {signal.default!r}")


def write_orders(writer: Writer) -> None:
    """Write which pathway is executed first: it matters where rules read what others write.

    Parameters
    ----------
    writer : Writer
        The script, with all projections.
    """
    if any(each.on_post or each.graded or each.each_step for each in writer.program.projections):
        places = {projection.name: place for place, projection in enumerate(writer.program.projections)}
        for projection, side in writer.program.pathways:
            order = 2 * places[projection.name] + (side == "post")
            writer.lines.append(f"{writer.name(projection.name)}.{side}.order = {order}")


def _edges(writer: Writer, projection: ProjectionProgram) -> str:
    """What `connect` is called with: a rule where one gives the same synapses in the same order."""
    source, target = (writer.arrays[f"{projection.name}.{end}"] for end in ("source", "target"))
    rows, columns = projection.n_source, projection.n_target
    if len(source) == 0:
        return "False"
    places = np.arange(len(source))
    if len(source) == rows * columns and _same(source, places // columns) and _same(target, places % columns):
        return ""
    if projection.source == projection.target and len(source) == rows * (rows - 1):
        others = places % (rows - 1)
        if _same(source, places // (rows - 1)) and _same(target, others + (others >= source)):
            return '"i != j"'
    if rows == columns == len(source) and _same(source, places) and _same(target, places):
        return 'j="i"'
    listed = (
        f"{end}={writer.indices(f'{projection.name}.{end}', units)}"
        for end, units in zip("ij", (source, target), strict=True)
    )
    return ", ".join(listed)


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.array_equal(one, other))
