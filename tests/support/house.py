"""A vault with invented appointees, and an officer at the app's keyboard."""

import asyncio
import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

from textual import events
from textual.keys import _character_to_key

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.desk.model import Clock, now
from secterm.dossier import gates
from secterm.dossier.entries import Answered, Checked
from secterm.policy import reader
from secterm.policy.model import Question
from secterm.tui.app import SectermApp
from secterm.tui.screens.unlock import Unlock
from secterm.tui.widgets.rows import Row, Rows
from secterm.vault import kdf
from tests.support.paper import ordinary

OFFICER = ("Alix Test", "test velvet orbit lantern")
SECOND = ("Bex Test", "test copper meadow violin")

# At every stage one whom `Sitting.opens` finds by stage and category.
PEOPLE = (
    ("admitted", "general"),
    ("left", "key"),
    ("unsigned", "general"),
    ("withdrawn", "general"),
    ("deferred", "general"),
    ("decision", "core"),
    ("decision", "key"),
    ("second", "core"),
    ("rules", "general"),
    ("undertaking", "general"),
    ("undertaking", "core"),
    ("training", "general"),
    ("screening", "general"),
    ("opened", "key"),
)


def build(
    path: Path,
    *lives: tuple[str, str],
    clock: Clock = now,
    between: Callable[[], None] = lambda: None,
) -> Path:
    """A vault with two officers and an appointee for each (stage, category)."""
    desk = Desk.create(
        path,
        unit="Test unit",
        officer=OFFICER[0],
        passphrase=OFFICER[1],
        cost=kdf.floors[0],
        clock=clock,
    )
    try:
        desk.add_officer(*SECOND)
        second = desk.second(*SECOND)
        for stage, category in lives:
            sample.fill(desk, 1, second=second, stages=(stage,), category=category)
            between()
    finally:
        desk.close()
    return path


def lived(desk: Desk, stage: str, category: str) -> str:
    """One more invented appointee, who has come to this stage; the dossier's id."""
    before = {card.id for card in desk.cards()}
    sample.fill(desk, 1, second=desk.second(*SECOND), stages=(stage,), category=category)
    return next(card.id for card in desk.cards() if card.id not in before)


def answered(
    desk: Desk,
    id: str,
    *,
    until: str = "",
    but: tuple[str, ...] = (),
    adverse: tuple[str, ...] = (),
) -> None:
    """Answers the questions before `until`, or all, `but` these; `adverse` ones adversely."""
    told = desk.dossier(id)
    questions = [
        question
        for section in gates.sections_of(told.pack, told.state)
        for question in gates.questions_of(section, told.state)
    ]
    made = []
    for question in questions:
        if question.id == until:
            break
        if question.id in adverse:
            answer, follow_up = question.adverse == "yes", "It was long ago."
        else:
            answer, follow_up = ordinary(question), ""
        if question.id not in but:
            made.append(Answered(question=question.id, answer=answer, follow_up=follow_up))
    desk.act(id, *made)


def plain() -> list[Question]:
    """The yes/no questions that everybody in a general post is asked, in their order."""
    return [
        question
        for section in reader.read(reader.default_folder()).screening.sections
        for question in section.questions
        if question.kind == "yes_no" and "general" in question.categories
    ]


def favourable(question: Question) -> str:
    """The letter of the answer that is not adverse."""
    return "n" if gates.is_adverse(question, True) else "y"


def given(officer: "Sitting", id: str) -> dict[str, object]:
    """The answers that stand, by question."""
    return {q: told.act.answer for q, told in officer.desk.dossier(id).state.answers.items()}


def checked(desk: Desk, id: str, *, failed: str = "") -> None:
    """Records every check that is owed; the one for `failed` did not bear out."""
    owed = desk.dossier(id).standing.gate("screening").owed
    desk.act(
        id,
        *(
            Checked(question=due.id, reference="Seen in original", holds=due.id != failed)
            for due in owed
            if due.kind == "check"
        ),
    )


def copied(vault: Path, folder: Path) -> Path:
    """A vault of the test's own."""
    return Path(shutil.copy(vault, folder / "vault.db"))


class Sitting:
    """An officer before the app: presses keys, reads the screen."""

    def __init__(self, pilot):
        self.pilot = pilot
        self.app: SectermApp = pilot.app
        self._drawn = ""

    @property
    def screen(self) -> str:
        """What the screen shows, as text."""
        # While it is being changed, or a widget has no style yet, nothing new is drawn.
        if not self.app._batch_count:
            with contextlib.suppress(KeyError):
                strips = self.app.screen._compositor.render_strips()
                self._drawn = "\n".join(strip.text.rstrip() for strip in strips)
        return self._drawn

    async def settle(self) -> str:
        """Waits until all that was pressed has had its effect; the screen then."""
        await self.pilot.pause()
        return self.screen

    async def sees(self, text: str, seconds: float = 10.0) -> str:
        """Waits until the screen shows a text; the screen then."""
        return await self._until(lambda shown: text in shown, f"showed {text!r}", seconds)

    async def asks(self, number: int) -> str:
        """Waits until this question of an interview is on the page; the screen then."""
        return await self.sees(f" {number}. ")

    async def misses(self, text: str, seconds: float = 10.0) -> str:
        """Waits until the screen shows a text no longer; the screen then."""
        return await self._until(lambda shown: text not in shown, f"dropped {text!r}", seconds)

    async def _until(self, holds, what: str, seconds: float = 10.0) -> str:
        for _ in range(round(seconds / 0.016)):
            if not self.app.is_hushed and holds(self.screen):
                await self.pilot._wait_for_screen()
                return self.screen
            await asyncio.sleep(0.016)
        raise AssertionError(f"the screen never {what}:\n{self.screen}")

    async def until(self, holds) -> None:
        """Waits until something holds that no screen shows."""
        await self._until(lambda shown: holds(), "came to it")

    async def looks(self) -> None:
        """Waits until what the screen holds was drawn, as whoever presses a key then does."""
        for _ in range(1000):
            if getattr(self.app.screen, "drawn", True):
                return
            await asyncio.sleep(0.004)

    async def press(self, *keys: str) -> None:
        """Presses keys one after the other, as fast as a keyboard can."""
        await self.looks()
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await asyncio.sleep(0)
        await self.pilot._wait_for_screen()

    def ahead(self, *keys: str) -> None:
        """All keys at once, as a terminal hands over what was typed ahead."""
        for key in keys:
            named = _character_to_key(key) if len(key) == 1 else key
            self.app.post_message(events.Key(named, key if len(key) == 1 else None))

    async def type(self, text: str) -> None:
        """Types a text where the cursor is."""
        for character in text:
            self.app.post_message(events.Key(_character_to_key(character), character))
        await self.pilot._wait_for_screen()

    async def write(self, text: str) -> None:
        """Types a text where the cursor is, and Enter."""
        await self.type(text)
        await self.press("enter")

    async def turn(self, *keys: str) -> str:
        """Presses keys, Enter where none are named, and waits for another screen; that one."""
        before = self.screen
        await self.press(*(keys or ("enter",)))
        return await self._until(lambda shown: shown != before, "changed")

    async def ends(self) -> int:
        """Waits until the program has ended; its exit status."""
        for _ in range(1000):
            if self.app.return_code is not None:
                return self.app.return_code
            await asyncio.sleep(0.01)
        raise AssertionError(f"the program never ended:\n{self.screen}")

    async def reads(self, text: str) -> str:
        """Waits until a text stands on the screen, wherever it is wrapped."""
        flat = " ".join(text.split())
        return await self._until(
            lambda shown: flat in " ".join(shown.replace("║", " ").split()), f"said {text!r}"
        )

    @property
    def desk(self) -> Desk:
        """The unlocked desk."""
        assert self.app.desk is not None
        return self.app.desk

    @property
    def journal(self) -> str:
        """The journal's checkpoint: the same as long as nothing was recorded."""
        return self.desk.checkpoint_line()

    async def unlock(self, who=OFFICER) -> None:
        """Name and passphrase; after a lock a name stands there already."""
        begins = ("> Officer", "> Passphrase")
        screen = await self._until(lambda shown: any(b in shown for b in begins), "asked who it is")
        if begins[1] in screen:
            await self.press("shift+tab", "ctrl+u")
        await self.sees("> Officer")
        await self.write(who[0])
        await self.sees("> Passphrase")
        await self.write(who[1])
        await self.sees("Show only")
        await self._until(lambda _shown: self.app.taking_up is None, "went on")

    async def sits_down_again(self) -> None:
        """Unlocks after a lock, without the typing, and with nothing left from before it."""
        desk = Desk.open(self.app.vault, *OFFICER, clock=self.app.clock)
        desk.leave(None)
        self.app.unlocked(desk)
        await self.sees("Show only")

    async def at_the_door(self) -> None:
        """Before the unlocking, once the vault's file was looked at and is free again."""
        await self.sees("> Officer")
        (room,) = (s for s in self.app.screen_stack if isinstance(s, Unlock))
        await self._until(lambda _shown: room._looking.done(), "looked at the vault")

    async def comes_back(self, who=OFFICER) -> None:
        """Unlocks after a lock, without the typing; what the lock interrupted goes on."""
        self.app.unlocked(Desk.open(self.app.vault, *who, clock=self.app.clock))
        await self._until(lambda _shown: self.app.taking_up is None, "went on")

    async def comes_back_to(self, asked: str) -> None:
        """The same, where something is asked on the way."""
        self.app.unlocked(Desk.open(self.app.vault, *OFFICER, clock=self.app.clock))
        await self.sees(asked)

    async def locks(self) -> str:
        """`Ctrl+L`; the screen then."""
        await self.press("ctrl+l")
        return await self.sees("Locked. Checkpoint")

    async def opens(self, stage: str, category: str = "") -> str:
        """Opens a dossier by its stage and category, as Enter on its row does; its id."""
        cards = self.desk.cards()
        card = next(c for c in cards if c.stage == stage and category in ("", c.category))
        self.app.home.on_rows_picked(Rows.Picked(Row(card.id, "")))
        await self.sees(f"Dossier: {card.name}")
        return card.id

    async def next(self, shows: str) -> str:
        """Enter on what is next; the screen that this leads to."""
        await self.sees("> NEXT")
        await self.press("enter")
        return await self.sees(shows)

    async def hands_over(self, shows: str) -> str:
        """Enter on what is next, and the appointee begins; the page that this leads to."""
        await self.next("Enter begins.")
        await self.press("enter")
        return await self.sees(shows)

    async def reads_on(self, shows: str) -> str:
        """Enter, page after page, until the text is read and this follows; the screen then."""
        while shows not in await self.settle():
            await self.turn()
        return await self.sees(shows)

    async def gives_back(self) -> None:
        """The officer takes the keyboard back."""
        await self.press("escape")
        await self.sees("> Officer's passphrase")
        await self.write(OFFICER[1])
        await self.misses("Officer's passphrase")

    async def exports_to(self, folder: Path) -> None:
        """`F5`, and a folder on the machine's own disk, which is asked once more."""
        await self.press("f5")
        await self.puts_into(folder)

    async def puts_into(self, folder: Path) -> None:
        """The folder, from the line of an export that asks for the medium."""
        await self.sees("> Medium")
        await self.press("up", "enter")
        await self.sees("> Folder")
        await self.write(str(folder))
        await self.reads("Enter again, if that is meant.")
        await self.press("enter")
        await self.sees("> Encrypt to")

    async def signs_as_second(self, who=SECOND) -> None:
        await self.sees("> Second officer")
        await self.write(who[0])
        await self.sees("> Their own passphrase")
        await self.write(who[1])


class Elsewhere:
    """A vault that is not the one on the screen."""

    def __init__(self, vault):
        self.vault = vault

    def at(self, act):
        """What this comes to at its desk."""
        desk = Desk.open(self.vault, *OFFICER)
        try:
            return act(desk)
        finally:
            desk.close()

    @property
    def fingerprint(self):
        """Of its log keys, as it is read out."""
        return self.at(lambda desk: desk.log_fingerprint())
