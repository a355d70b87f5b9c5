"""The desk's clock, which never runs backward unseen: entries stand in the order
of their times, or an officer has said that the clock was behind.
"""

from __future__ import annotations

from datetime import date, datetime

from secterm.desk.model import Clock, ClockIsBehind


class Watch:
    """A clock, and the time of the last entry (`last`, with its offset)."""

    def __init__(self, clock: Clock, last: datetime) -> None:
        self._clock = clock
        self._last = last
        self.behind: ClockIsBehind | None = None
        self._look()

    @property
    def today(self) -> date:
        """The date now."""
        return self._clock().date()

    def read(self) -> datetime:
        """The time for an entry. Raises `ClockIsBehind` where it is before the last one's."""
        at = self._look()
        if self.behind is not None:
            raise self.behind
        self._last = at
        return at

    def accept(self) -> ClockIsBehind | None:
        """The officer goes on from the time it showed; what there was to accept."""
        behind, self.behind = self.behind, None
        if behind is not None:
            self._last = behind.clock
        return behind

    def _look(self) -> datetime:
        at = self._clock()
        if self.behind is None and at < self._last:
            self.behind = ClockIsBehind(at, self._last)
        return at
