"""Rich's console as this project uses it, for tables and progress."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from bnsim.printable import printable
from experiments.output import writing_errors, writing_output


class Terminal(Console):
    """A console that shows texts as they are, and cuts no table in a file or a pipe.

    Parameters
    ----------
    errors
        Whether it prints on standard error.
    """

    def __init__(self, *, errors: bool = False) -> None:
        # Names of tasks and paths may contain what Rich takes for markup or an emoji.
        super().__init__(stderr=errors, highlight=False, markup=False, emoji=False, soft_wrap=errors)
        if not self.is_terminal and not errors:
            self.width = 160

    def render_str(self, text: str, **options: Any) -> Text:
        """Render a text. Rich does so with all that is printed, cells and titles of tables too.

        Parameters
        ----------
        text
            The text.
        **options
            As in Rich.

        Returns
        -------
        rich.text.Text
            The text, printable.
        """
        return super().render_str(printable(text), **options)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print texts or tables.

        Parameters
        ----------
        *objects
            The texts and tables.
        **options
            As in Rich.

        Raises
        ------
        MachineError
            If standard output cannot be written.
        """
        with writing_errors() if self.stderr else writing_output():
            super().print(*objects, **options)

    def on_broken_pipe(self) -> None:
        """End silently where the reader of standard output has gone; go on without that of standard error."""
        if not self.stderr:
            super().on_broken_pipe()
        self.quiet = True
