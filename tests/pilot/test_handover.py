"""The appointee has the keyboard: nothing leads out, and nobody else shows."""

import contextlib

import pytest

from secterm.desk import model
from secterm.dossier.entries import Trained
from tests.support.house import OFFICER

CONTROL = ("p", "q", "c", "z", "d", "backslash", "@")
OUT = [*(f"ctrl+{key}" for key in CONTROL), "f2", *(f"f{n}" for n in range(5, 13)), "delete"]


async def to_quiz(officer, id):
    module = officer.desk.dossier(id).standing.gate("training").owed[0].id
    today = officer.desk.today.isoformat()
    taught = Trained(module=module, hours=9.0, on=today, trainer="T. Ainer", place="Room")
    officer.desk.act(id, taught)
    await officer.next("modules done.")
    await officer.press("f5")
    await officer.sees("page 1 of")


async def to_undertaking(officer, _id):
    await officer.hands_over("Please read all of it")


async def to_rules(officer, _id):
    await officer.hands_over("I have read this rule")


STEPS = {"training": to_quiz, "undertaking": to_undertaking, "rules": to_rules}


@pytest.fixture(params=STEPS)
def handed(request, sitting):
    """`async with handed() as (officer, id, name)`: each of the appointee's pages in turn."""

    @contextlib.asynccontextmanager
    async def at(**how):
        async with sitting(**how) as officer:
            id = await officer.opens(request.param, "general")
            await STEPS[request.param](officer, id)
            yield officer, id, officer.desk.dossier(id).state.particulars.name

    return at


async def test_no_key_leads_out_and_nobody_else_is_seen(handed):
    async with handed() as (officer, id, name):
        others = [c.name for c in officer.desk.cards() if c.id != id and c.name != name]
        page, before = officer.app.screen, officer.screen
        journal = officer.journal
        assert before.split("\n")[0].endswith(name)
        assert "Quit" not in before
        assert "Commands" not in before
        for key in OUT:
            await officer.press(key)
        assert await officer.settle() == before
        for keys in (("f1", "escape"), ("escape", "ctrl+q", "ctrl+p", "f12", "escape")):
            for key in keys:
                await officer.press(key)
                screen = await officer.settle()
                assert not any(other in screen for other in others)
                assert OFFICER[0] not in screen.split("\n")[0]
        assert officer.app.screen is page
        assert officer.screen == before
        assert officer.app.return_code is None
        assert officer.journal == journal


async def test_who_locks_out_of_a_handover_cannot_quit(sitting):
    async with sitting() as officer:
        await officer.opens("rules", "general")
        await officer.hands_over("I have read this rule")
        await officer.press("ctrl+l")
        await officer.sees("Locked. Checkpoint")
        await officer.press("ctrl+q", "ctrl+p")
        screen = await officer.settle()
        assert officer.app.return_code is None
        assert "Quit" not in screen
        await officer.unlock()
        await officer.press("ctrl+q")
        assert await officer.ends() == 0


async def test_the_wait_grows_for_whoever_guesses_the_officer_s_passphrase(sitting, monkeypatch):
    monkeypatch.setattr(model, "LONGEST_WAIT", 0.2)
    async with sitting() as officer:
        await officer.opens("rules", "general")
        await officer.hands_over("I have read this rule")
        await officer.press("escape")
        for _guess in range(3):
            await officer.sees("> Officer's passphrase")
            await officer.write("a wrong test passphrase")
            await officer.sees("That is not the passphrase")
        await officer.press("escape")
        await officer.gives_back()
        await officer.sees("> NEXT")
