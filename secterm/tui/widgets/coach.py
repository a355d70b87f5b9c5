"""What a guided tour says, under the bar; unseen where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.timer import Timer
from textual.widgets import Static

if TYPE_CHECKING:
    from secterm.tui.tour import Tour

OFTEN: Final = 0.2  # seconds between two looks at what the officer did


class Coach(Static):
    """Follows a tour from step to step."""

    def __init__(self) -> None:
        super().__init__("", id="coach", markup=False)
        self.display = False
        self._looking: Timer | None = None

    def follow(self, tour: Tour | None) -> None:
        """Shows where the tour is, for as long as there is one."""
        if self._looking is not None:
            self._looking.stop()
            self._looking = None
        if tour is None:
            self.display = False
            return
        self._looking = self.set_interval(OFTEN, lambda: self._look(tour))
        self._look(tour)

    def _look(self, tour: Tour) -> None:
        if not self.screen.is_current:
            return
        tour.look()
        said = "" if tour.over else tour.said
        self.display = bool(said)
        self.update(said)
