"""One line of text to type in."""

from __future__ import annotations

from textual.widgets import Input


class Line(Input):
    """A field of one line; what stands in it stays when it gets the keys."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        password: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(
            value, placeholder=placeholder, password=password, id=id, select_on_focus=False
        )
