"""A vault with invented appointees, and an officer at the app's keyboard."""

import asyncio
import shutil
from pathlib import Path

from textual import events
from textual.keys import _character_to_key

from secterm.desk import sample
from secterm.desk.desk import Desk
from secterm.desk.model import Clock, now
from secterm.tui.app import SectermApp
from secterm.vault import kdf

OFFICER = ("Alix Test", "test velvet orbit lantern")
SECOND = ("Bex Test", "test copper meadow violin")


def build(path: Path, *lives: tuple[str, str], clock: Clock = now) -> Path:
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
    finally:
        desk.close()
    return path


def lived(desk: Desk, stage: str, category: str) -> str:
    """One more invented appointee, who has come to this stage; the dossier's id."""
    before = {card.id for card in desk.cards()}
    sample.fill(desk, 1, second=desk.second(*SECOND), stages=(stage,), category=category)
    return next(card.id for card in desk.cards() if card.id not in before)


def copied(vault: Path, folder: Path) -> Path:
    """A vault of the test's own."""
    return Path(shutil.copy(vault, folder / "vault.db"))


class Sitting:
    """An officer before the app: presses keys, reads the screen."""

    def __init__(self, pilot):
        self.pilot = pilot
        self.app: SectermApp = pilot.app

    @property
    def screen(self) -> str:
        """What the screen shows, as text."""
        compositor = self.app.screen._compositor
        return "\n".join(strip.text.rstrip() for strip in compositor.render_strips())

    async def sees(self, text: str, seconds: float = 10.0) -> str:
        """Waits until the screen shows a text; the screen then."""
        for _ in range(round(seconds / 0.01)):
            if text in self.screen:
                await self.pilot.pause()
                return self.screen
            await asyncio.sleep(0.01)
        raise AssertionError(f"the screen never showed {text!r}:\n{self.screen}")

    async def press(self, *keys: str) -> None:
        """Presses keys one after the other, as fast as a keyboard can."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await asyncio.sleep(0)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Types a text where the cursor is."""
        for character in text:
            self.app.post_message(events.Key(_character_to_key(character), character))
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        """Types a text where the cursor is, and Enter."""
        await self.type(text)
        await self.press("enter")

    async def turn(self, *keys: str) -> str:
        """Presses keys, Enter where none are named, and waits for another screen; that one."""
        before = self.screen
        await self.press(*(keys or ("enter",)))
        for _ in range(1000):
            if self.screen != before:
                await self.pilot.pause()
                return self.screen
            await asyncio.sleep(0.01)
        raise AssertionError(f"nothing happened:\n{self.screen}")

    async def unlock(self, who=OFFICER) -> None:
        await self.sees("> Officer")
        await self.write(who[0])
        await self.sees("> Passphrase")
        await self.write(who[1])
        await self.sees("Show only")

    async def signs_as_second(self) -> None:
        await self.sees("> Second officer")
        await self.write(SECOND[0])
        await self.sees("> Their own passphrase")
        await self.write(SECOND[1])
