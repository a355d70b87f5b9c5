"""A form that asks for a passphrase, and with F3 for the path of a key file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.binding import Binding

from secterm.tui.screens.form import Entry, Form, Values
from secterm.words import _


def named(values: Values) -> Path | None:
    """The key file that was named, if one was."""
    return Path(values["key"]).expanduser() if values.get("key") else None


class Keyed(Form):
    """The path is asked for under the passphrase, once F3 says that there is one.

    `kept` is what was entered before; a form without an entry `passphrase` has no F3.
    """

    BINDINGS = [Binding("f3", "key_file", _("Key file"))]

    def __init__(
        self,
        where: str,
        entries: Sequence[Entry],
        kept: Values,
        *,
        intro: str = "",
        told: str = "",
        at: str = "",
        leave: bool = True,
        help: str = "",
    ) -> None:
        self._asked = bool(kept.get("key"))
        path = Entry(
            "key",
            _("Path of the key file"),
            value=kept.get("key", ""),
            required=False,
            help=_(
                "Only where it is not at the top of a mounted medium. F3 takes this "
                "line away again."
            ),
            when=lambda values: self._asked,
        )
        self._keyed = any(entry.id == "passphrase" for entry in entries)
        entries = [*entries, path] if self._keyed else entries
        super().__init__(where, entries, intro=intro, told=told, at=at, leave=leave, help=help)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key file goes with a passphrase."""
        if action == "key_file" and not self._keyed:
            return False
        return super().check_action(action, parameters)

    def action_key_file(self) -> None:
        """Asks for a key file, or no longer."""
        self._asked = not self._asked
        if not self._asked and self.focused is self.query_one("#entry-key"):
            self.set_focus(self.query_one("#entry-passphrase"))
        self._changed()
