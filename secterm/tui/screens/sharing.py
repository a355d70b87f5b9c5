"""Makes recovery shares: drawn, shown to one custodian at a time, checked, and only
then adopted. While a custodian has the keyboard nothing else is reachable, and
whoever leaves in the middle has changed nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual import events
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from secterm import messages
from secterm.desk.upkeep import Shares
from secterm.tui import dates
from secterm.tui.screens import printing
from secterm.tui.screens.dialogs import Question
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.handover import Handover
from secterm.tui.screens.reader import Reader
from secterm.tui.screens.room import Room
from secterm.tui.widgets.choices import Choice
from secterm.tui.widgets.line import Line
from secterm.vault.shares import LENGTH, LETTERS, MOST_SHARES
from secterm.words import _, ngettext

if TYPE_CHECKING:
    from secterm.desk.desk import Desk

COLUMNS: Final = 3
COMMON: Final = 4  # words at the beginning of a share that hardly differ within a set
ASKED: Final = 2  # words to be typed back

_chance: random.Random = random.SystemRandom()


def in_columns(words: list[str]) -> str:
    """The words of a share with their numbers, one under another in three columns."""
    deep = -(-len(words) // COLUMNS)
    lines = []
    for row in range(deep):
        cells = [f"{n + 1:>6}. {words[n]:<14}" for n in range(row, len(words), deep)]
        lines.append("".join(cells).rstrip())
    return "\n".join(lines)


def is_word(typed: str, word: str) -> bool:
    """Whether this is the word, or four letters of it or more."""
    typed = typed.strip().lower()
    return typed == word or (len(typed) >= LETTERS and word.startswith(typed))


class Custodians(Handover):
    """Each share to its custodian, with a clear screen before and after; checked by two words."""

    HELP_TEXT = _(
        "A custodian's own page: nobody else looks at the screen. F2 shows the share; write "
        "its words down on paper with their numbers, then Enter clears the screen, and two of "
        "the words are typed back. Esc calls the officer; left before the end, nothing is "
        "changed."
    )
    RULE = _("One custodian sees one share. Fewer than were asked for open nothing.")

    BINDINGS = [Binding("f2", "show", _("Show the share"))]

    def __init__(self, shares: list[str]) -> None:
        super().__init__(_("Recovery shares"), "")
        self.begun = True
        self._shares = shares
        self._count = len(shares)
        self._words: list[str] = []  # of the custodian who sits here
        self._step = ""  # "alone", "shown" or "asked"
        self._asked: list[int] = []

    def who(self) -> str:
        """Who has the keyboard."""
        return _("custodian")

    async def begin(self) -> None:
        """The first custodian sits down."""
        await self._alone("")

    @property
    def _custodian(self) -> str:
        return _("custodian {n} of {of}").format(n=self._count - len(self._shares), of=self._count)

    async def _fill(self, title: str, *parts: Widget) -> None:
        self.set_focus(None)
        body = self.query_one("#body", Vertical)
        with self.app.batch_update():
            await body.remove_children()
            await body.mount(Static(title, classes="title", markup=False), *parts)
        self.refresh_bindings()

    async def _alone(self, before: str) -> None:
        self._step, self._words = "alone", self._shares.pop(0).split()
        text = _(
            "The others turn away. Have paper and a pen that lasts at hand: the share is {n} "
            "words, shown once, and is neither photographed nor copied."
        ).format(n=len(self._words))
        await self._fill(
            _("Only {custodian} looks at the screen now.").format(custodian=self._custodian),
            Static(f"{before}{text}", classes="text", markup=False),
            Static(_("F2 shows the share."), classes="asked", markup=False),
        )

    async def _show(self, told: str = "") -> None:
        self._step = "shown"
        await self._fill(
            _("The share of {custodian}. Write down every word with its number.").format(
                custodian=self._custodian
            ),
            Static(in_columns(self._words), id="words", markup=False),
            Static("", markup=False),
            Static(
                _("Enter clears the screen and asks for two of the words."),
                classes="asked",
                markup=False,
            ),
        )
        self.say(told)

    async def _ask(self) -> None:
        self._step = "asked"
        self._asked = sorted(_chance.sample(range(COMMON, len(self._words)), ASKED))
        rows = [
            Horizontal(
                Static(self._label(place), classes="label", markup=False),
                Vertical(Line(id=f"word-{place}"), classes="control"),
                classes="entry",
                id=f"row-{place}",
            )
            for place in self._asked
        ]
        await self._fill(
            _("The screen is clear. Type these two words from the paper."),
            *rows,
            Static(
                _("The first {n} letters of each are enough.").format(n=LETTERS),
                classes="soft",
                markup=False,
            ),
        )
        self.say("")
        self.set_focus(self._input(self._asked[0]))

    def _input(self, place: int) -> Line:
        return self.query_one(f"#word-{place}", Line)

    @staticmethod
    def _label(place: int, mark: str = "  ") -> str:
        return mark + _("Word {n}").format(n=place + 1)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Marks the word that is asked for now."""
        for place in self._asked if self._step == "asked" else ():
            live = self._input(place).has_focus
            label = self._label(place, "> " if live else "  ")
            self.query_one(f"#row-{place} .label", Static).update(label)
            self.query_one(f"#row-{place}").set_class(live, "live")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A share is shown once to each; Enter, pressed twice, must not show the next one's."""
        if action in ("show", "go_on"):
            return (action == "show") == (self._step == "alone")
        return super().check_action(action, parameters)

    async def action_show(self) -> None:
        """Shows the share to the custodian who sits here."""
        await self._show()

    async def entered(self) -> None:
        """Clears the screen and asks."""
        if self._step == "shown":
            await self._ask()

    async def on_input_submitted(self, event: Line.Submitted) -> None:
        """On to the second word, and then the two are judged."""
        event.stop()
        if self._step != "asked":
            return
        first, second = self._asked
        if event.input is self._input(first):
            self.set_focus(self._input(second))
        else:
            await self._judge()

    async def _judge(self) -> None:
        wrong = [p for p in self._asked if not is_word(self._input(p).value, self._words[p])]
        if wrong:
            await self._show(
                _(
                    "Word {n} was not typed as it is here. Nothing is lost: compare the whole "
                    "share with the paper."
                ).format(n=wrong[0] + 1)
            )
            return
        self._words = []
        if self._shares:
            await self._alone(_("The share before is checked, and the screen was cleared.\n\n"))
            return
        self._step = ""
        self.say("")
        await self.finish(
            ngettext(
                "The share is checked, and the screen was cleared. It becomes valid once the "
                "officer goes on.",
                "All {n} shares are checked, and the screen was cleared. They become valid once "
                "the officer goes on.",
                self._count,
            ).format(n=self._count)
        )


def told(desk: Desk) -> str:
    """Since when there are shares and which; or that there are none."""
    made = desk.shares_made
    if made is None:
        return _("There are no recovery shares yet.")
    at, needed, count = made
    since = _("Since {day} there are recovery shares").format(day=dates.told(at))
    which = (
        _("one whole share")
        if count == 1
        else _("any {needed} of {count} are enough").format(needed=needed, count=count)
    )
    return f"{since}: {which}."


def _still(desk: Desk) -> str:
    if desk.shares_made is None:
        return _(
            "Nothing was changed: there are no recovery shares, as before. What was written "
            "down is void."
        )
    return _(
        "Nothing was changed: the shares made earlier still hold. What was written down now is "
        "void."
    )


def _broken_off(desk: Desk) -> str:
    return _("It locked before the recovery shares were all checked.") + " " + _still(desk)


def offer() -> Question:
    """Whether shares are to be made right away."""
    return Question(
        _("Recovery shares"),
        _(
            "If every passphrase is forgotten, or everybody who knows one is gone, only "
            "recovery shares open the vault. They are words on paper: one whole share for a "
            "safe, or several for custodians of whom some must come together."
        ),
        [
            Choice("now", _("Make recovery shares now")),
            Choice("later", _("Later (F7 in the list of dossiers)")),
        ],
    )


def _form(desk: Desk, said: str, kept: Values) -> Form:
    def split(values: Mapping[str, str]) -> bool:
        return values["how"] == "split"

    def number(values: Mapping[str, str], id: str) -> int:
        return int(values[id]) if values[id].isdecimal() and len(values[id]) < 3 else 0

    def count(values: Mapping[str, str]) -> str:
        fits = 2 <= number(values, "count") <= MOST_SHARES
        return "" if fits else _("Write a whole number from 2 to {n}.").format(n=MOST_SHARES)

    def needed(values: Mapping[str, str]) -> str:
        fits = 2 <= number(values, "needed") <= number(values, "count")
        return "" if fits else _("Write a whole number from 2 to how many shares there are.")

    void = ""
    if desk.shares_made is not None:
        void = " " + _("Making new ones voids them: destroy the old paper afterwards.")
    return Form(
        _("Recovery shares"),
        [
            Entry(
                "how",
                _("Recover with"),
                "choice",
                value=kept.get("how", ""),
                choices=(
                    Choice("whole", _("One whole share, for a safe")),
                    Choice("split", _("Some of several, for custodians")),
                ),
            ),
            Entry(
                "count",
                _("How many shares"),
                "count",
                value=kept.get("count", "3"),
                when=split,
                check=count,
            ),
            Entry(
                "needed",
                _("How many are needed"),
                "count",
                value=kept.get("needed", "2"),
                when=split,
                check=needed,
            ),
            *printing.place_of_sheets(kept),
        ],
        intro=told(desk)
        + void
        + "\n\n"
        + _(
            "Whoever has enough of these shares can open the vault without any passphrase and "
            "make an administrator; everybody sees that it happened. Each share is {n} words, "
            "shown once, to one custodian at a time. Nothing is changed before all are checked."
        ).format(n=LENGTH),
        told=said,
        tight=True,
        help=_("Makes recovery shares, for when nobody can unlock the vault any more."),
    )


async def make(room: Room[None]) -> None:
    """Asks which shares, leads each custodian through theirs, and adopts them."""
    said, values = "", Values()
    while True:
        asked = await room.shell.push_screen_wait(_form(room.desk, said, values))
        if asked is None:
            return
        values = asked
        try:
            go_on = await printing.sheets(room, *_how_many(values), values)
        except Exception as error:
            said = messages.explain(error).text()
            continue
        if not go_on:
            return
        break
    try:
        drawn = await room.shell.working(_("Drawing the shares"), _draw(room, values))
    except Exception as error:
        _front(room).trouble(error)
        return
    custodians = Custodians(list(drawn.words))
    drawn = replace(drawn, words=("",) * len(drawn.words))  # each is with its custodian now
    room.doing, room.void = "", _broken_off(room.desk)
    try:
        await room.shell.push_screen_wait(custodians)
        adopted = custodians.over and await _adopted(room, drawn)
    finally:
        room.void = ""
    if not adopted:
        _front(room).say(_still(room.desk))
        return
    await room.shell.push_screen_wait(_made(room.desk))


def _draw(room: Room[None], values: Values) -> Callable[[Callable[[str], None]], Shares]:
    desk = room.desk
    needed, count = _how_many(values)
    return lambda tell: desk.draw_shares(needed, count)


def _how_many(values: Values) -> tuple[int, int]:
    """How many shares are needed, and of how many."""
    split = values["how"] == "split"
    return (int(values["needed"]), int(values["count"])) if split else (1, 1)


async def _adopted(room: Room[None], drawn: Shares) -> bool:
    """Whether the shares are valid now; a full disk is not to cost all the writing down."""
    desk = room.desk
    while True:
        try:
            await room.shell.working(
                _("Making the shares valid"), lambda tell: desk.adopt_shares(drawn)
            )
        except Exception as error:
            answer = await room.shell.push_screen_wait(
                Question(
                    _("The shares are not valid yet"),
                    messages.explain(error).text(),
                    [
                        Choice("again", _("Try again, with the same shares")),
                        Choice("leave", _("Leave it; what was written down is void")),
                    ],
                )
            )
            if answer == "again":
                continue
            return False
        return True


def _made(desk: Desk) -> Reader:
    return Reader(
        _("Recovery shares"),
        _("The recovery shares are valid from now on."),
        told(desk)
        + "\n\n"
        + _(
            "Keep each in another place, in a sealed envelope with the day and the unit on it "
            "and nothing else. Earlier shares open nothing any more: destroy them. A copy of the "
            "vault's file that was made earlier still opens with them.\n\n"
            "To recover: F4 where the vault is unlocked.\n\n"
            "Checkpoint\n  {line}"
        ).format(line=desk.checkpoint_line()),
    )


def _front(room: Room[None]) -> Room[None]:
    """The room that is seen now, which the first run's is not."""
    screen = room.shell.screen
    return screen if isinstance(screen, Room) else room
