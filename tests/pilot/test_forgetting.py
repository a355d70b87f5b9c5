"""After a lock nothing of what was read or typed is held any more, as far as Python lets."""

import asyncio
import gc
import types

import msgspec
import pytest
from rich.cells import cached_cell_len

from secterm.dossier.entries import Corrected
from secterm.tui import sealed
from tests.support.house import Sitting

BEGIN = "zqx"  # of what is looked for; no text of ours begins so
NAME, NOTE, SECRET = (BEGIN + what for what in ("name Test", "note", "secret 77"))
OURS = (types.FrameType, types.CodeType, types.CoroutineType, types.ModuleType, types.CellType)


@pytest.fixture(autouse=True)
def _nothing_aside():
    """What was there before the first screen is looked at too."""
    before = gc.get_threshold()
    gc.unfreeze()
    yield
    sealed.set_aside()
    gc.set_threshold(*before)


def held(word: str) -> list[tuple[str, str]]:
    """What still holds a text with this in it: the type of each holder, and the text."""
    gc.collect()
    found = []
    for holder in gc.get_objects():
        if isinstance(holder, OURS) or "__file__" in (holder if type(holder) is dict else ()):
            continue
        for one in gc.get_referents(holder):
            inside = one if type(one) is tuple and not gc.is_tracked(one) else (one,)
            found += [
                (type(holder).__name__, text)
                for text in inside
                if type(text) is str and text.startswith(word)
            ]
    return found


async def locks(officer: Sitting) -> None:
    await officer.press("ctrl+l")
    await officer.sees("Locked. Checkpoint")
    await asyncio.sleep(0.1)
    officer._drawn = ""


@pytest.mark.long
async def test_what_was_read_and_typed_is_held_by_nothing(sitting):
    async with sitting(("screening", "general")) as officer:
        id = officer.desk.cards()[0].id
        who = officer.desk.dossier(id).state.particulars
        named = msgspec.structs.replace(who, name=NAME)
        officer.desk.act(id, Corrected(particulars=named, reason="A test"))
        del who, named
        await officer.opens("screening")
        await officer.press("f3")
        await officer.sees("Timeline: ")
        await officer.press("escape")
        await officer.sees("Dossier: ")
        await officer.press("f6")
        await officer.sees("> Note")
        await officer.type(NOTE)
        assert held(NAME)
        assert held(NOTE[:4])
        await locks(officer)
        assert not held(NAME)
        assert not held(NOTE[:4])


@pytest.mark.long
async def test_a_secret_goes_with_its_field(sitting):
    async with sitting(("undertaking", "general")) as officer:
        id = await officer.opens("undertaking")
        name = officer.desk.dossier(id).state.particulars.name
        await officer.hands_over("Please read all of it")
        await officer.reads_on("goes on to the signature")
        await officer.press("enter")
        await officer.sees("> Your full name")
        await officer.write(name)
        await officer.sees("> Your signing secret")
        await officer.write(SECRET)
        await officer.sees("> Once more")
        assert held(SECRET[:4])
        await officer.write(SECRET)
        await officer.sees("signed by both sides")
        officer._drawn = ""
        assert not held(SECRET[:4])


@pytest.mark.long
async def test_the_widths_of_what_was_drawn_are_forgotten_though_set_aside(sitting):
    sealed.set_aside()
    async with sitting(("screening", "general")) as officer:
        for number in range(1000):
            cached_cell_len(f"{BEGIN} {number}")
        await locks(officer)
        assert cached_cell_len.cache_info().currsize < 1000
