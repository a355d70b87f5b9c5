"""Small screens over the others: a question, work that takes a while, a terminal
that is too small.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from secterm.tui.widgets.choices import Choice, Choices
from secterm.tui.widgets.chrome import Keys, top_of
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.tui.drafts import Step

R = TypeVar("R")
T = TypeVar("T")

SILENCE: Final = 2.0  # seconds without a word from work, after which its time is shown


class Box(ModalScreen[T]):
    """A small screen over another, with a footer of its own keys."""

    def compose(self) -> ComposeResult:
        """The bar of the screen that it stands over, the box, and under it the keys."""
        yield from top_of(self.app)
        with VerticalScroll(classes="box", can_focus=False):
            yield from self.inside()
        yield Keys()

    def inside(self) -> ComposeResult:
        """What stands in the box."""
        yield from ()


class Question(Box[str]):
    """One question with a few answers; empty where it was left with Esc.

    After a lock it comes up again by itself, or what it `stands_for` does.
    """

    BINDINGS = [Binding("escape", "close", _("Back"))]
    stands_for: Step | None = None

    def __init__(self, title: str, text: str, answers: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._answers = answers

    @property
    def kind(self) -> str:
        """Which question it is, among those that may come up in its place."""
        return f"{type(self).__name__} {' '.join(answer.key for answer in self._answers)}"

    def inside(self) -> ComposeResult:
        """Title, text and answers."""
        yield Static(self._title, classes="title", markup=False)
        yield Static(self._text, classes="text", markup=False)
        yield Choices(self._answers)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Gives the answer."""
        self.dismiss(event.key)

    def action_close(self) -> None:
        """Gives no answer."""
        self.dismiss("")


class Cancelled(Exception):
    """The officer stopped work that can be stopped; nothing of it happened."""


class Working(Box[R | Exception], Generic[R]):
    """Runs one thing off the screen's thread and gives its result, or its error.

    Work that is `stoppable` tells how far it is only where it can be given up;
    after Esc the next telling raises `Cancelled` in it. `after` is called once it
    is over, even while another screen is in front.
    """

    BINDINGS = [Binding("escape", "stop", _("Stop"))]

    def __init__(
        self,
        title: str,
        work: Callable[[Callable[[str], None]], R],
        *,
        stoppable: bool = False,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._title = title
        self._after = after
        self._work: Callable[[Callable[[str], None]], R] | None = work
        self._stoppable = stoppable
        self._stopped = threading.Event()
        self._told = _("Please wait.")
        self._next = ""  # what comes once it is over, where it is known
        self._began = self._heard = time.monotonic()
        self._result: R | Exception | None = None
        self._ended = False
        self.over = False  # whether the work is done, shown or not

    def inside(self) -> ComposeResult:
        """What is being done, and how far it is."""
        yield Static(self._title, classes="title", markup=False)
        yield Static(self._told, id="progress", markup=False)
        if self._stoppable:
            yield Static("\n" + _("Esc stops it."), classes="soft", markup=False)

    def on_mount(self) -> None:
        """Begins."""
        self.set_interval(1.0, self._show)
        self.run_worker(self._run, thread=True, exit_on_error=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be stopped offers it."""
        return action != "stop" or self._stoppable

    def action_stop(self) -> None:
        """Asks the work to end where it can."""
        self._stopped.set()
        self._told = _("Stopping.")
        self._show()

    def give_up(self) -> None:
        """It is to lock: work that can be stopped is, and other work ends first."""
        self._next = "\n" + _("It locks as soon as this is over.")
        self._stopped.set()
        if self._stoppable:
            self._told = _("Stopping.")
        self._show()

    def on_screen_resume(self) -> None:
        """The work may have ended while another screen was in front."""
        self._leave()

    def _run(self) -> None:
        result: R | Exception
        work, self._work = self._work, None  # it may hold a passphrase, and goes when it is done
        if work is None:
            return
        try:
            result = work(self._tell)
        except Exception as error:
            result = error
        del work
        self.app.call_from_thread(self._end, result)

    def _end(self, result: R | Exception) -> None:
        self._result, self._ended, self.over = result, True, True
        self._after()
        self._leave()

    def _leave(self) -> None:
        if self._ended and self.app.screen is self:
            self._ended = False
            result, self._result = self._result, None
            self.dismiss(result)

    def _tell(self, text: str) -> None:
        if self._stopped.is_set():
            raise Cancelled
        self.app.call_from_thread(self._say, text)

    def _say(self, text: str) -> None:
        self._heard = time.monotonic()
        if not self._stopped.is_set():
            self._told = text
        self._show()

    def _show(self) -> None:
        now = time.monotonic()
        silent = now - self._heard >= SILENCE
        since = _("    {n} s").format(n=int(now - self._began)) if silent else ""
        self.query_one("#progress", Static).update(self._told + since + self._next)


def countdown(seconds: float) -> Callable[[Callable[[str], None]], None]:
    """Work that only waits, and says for how long still."""

    def wait(tell: Callable[[str], None]) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            n = math.ceil(left)
            tell(
                ngettext(
                    "The next attempt is possible in {n} second.",
                    "The next attempt is possible in {n} seconds.",
                    n,
                ).format(n=n)
            )
            time.sleep(min(left, 1.0))

    return wait


class TooSmall(ModalScreen[None]):
    """The terminal shows less than the screens need; it goes away by itself."""

    def compose(self) -> ComposeResult:
        """What to do, in as few words as fit anywhere."""
        yield Static(
            _("The terminal is smaller than 80x24. Nothing is lost. Make it larger."),
            markup=False,
        )


def bar(done: int, total: int, width: int = 40) -> str:
    """A bar of blocks with its numbers."""
    full = width * done // total if total else width
    return f"{'█' * full}{'░' * (width - full)} {done}/{total}"
