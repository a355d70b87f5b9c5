"""What nobody may overlook for as long as it holds: it stands over everything else
on its screen, and no key takes it away.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.widgets import Static

from secterm.words import _


class Standing(Static):
    """Sentences, the last in full; unseen where there are none."""

    def __init__(self, told: Sequence[str] = ()) -> None:
        super().__init__("", id="standing", markup=False)
        self.say(told)

    def say(self, told: Sequence[str]) -> None:
        """Replaces what stands."""
        more = _(" (and {n} times before)").format(n=len(told) - 1) if len(told) > 1 else ""
        self.update(f"! {told[-1]}{more}" if told else "")
        self.display = bool(told)
