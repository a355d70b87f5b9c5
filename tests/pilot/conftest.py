"""Vaults that the tests of the screens copy, and the app on one of them."""

import contextlib
import hashlib
import os
import random

import pytest
from textual.css.stylesheet import Stylesheet

from secterm.desk.desk import Desk
from secterm.desk.model import now
from secterm.settings import Settings
from secterm.tui import order
from secterm.tui.app import SectermApp
from secterm.tui.screens import handover, onto
from secterm.vault import kdf
from tests.support import sticks, walks
from tests.support.house import OFFICER, PEOPLE, Sitting, answered, build, copied


@pytest.fixture(autouse=True)
def _fast_hands(monkeypatch):
    """Enter after Enter is meant, as fast as a test can press it."""
    monkeypatch.setattr(handover, "HELD", 0.0)


@pytest.fixture(autouse=True)
def _no_stick(monkeypatch, tmp_path_factory):
    """Wherever the tests run: a machine with a disk of its own, and no stick in it."""
    sticks.machine(tmp_path_factory.mktemp("machine"), monkeypatch)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """The machine, to which sticks come and go, and are seen as soon as they do."""
    monkeypatch.setattr(onto, "PACE", 0.03)
    return sticks.machine(tmp_path, monkeypatch)


@pytest.fixture
def stick(machine, tmp_path):
    """A mounted stick: the folder that it is at."""
    return machine.stick(tmp_path / "stick", label="VIELLAND", id="4C1D-09FA")


@pytest.fixture(autouse=True)
def _no_key_is_held(monkeypatch):
    """Tests press faster than any hand."""
    monkeypatch.setattr(order, "HELD", 0.0)


@pytest.fixture(autouse=True)
def _same_terminal(monkeypatch):
    """Wherever the tests run: a terminal with every character and every colour."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture(scope="session", autouse=True)
def _styles_are_parsed_once():
    """Every app would parse the same styles anew: a fifth of the time until it shows."""
    known, parse = {}, Stylesheet._parse_rules

    def parsed(sheet, *what, **how):
        key = (*sheet._variables.items(), what, *how.items())
        if key not in known:
            known[key] = parse(sheet, *what, **how)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed)
        yield


class Seated(SectermApp):
    """The app at a vault that an officer has unlocked already."""

    def enter(self):
        if self.farewell:
            super().enter()
        else:
            self.unlocked(Desk.open(self.vault, *OFFICER, clock=self.clock))


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """What one of the processes of a run has built, the others take."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def once(name, make):
        path = shared / name
        if not path.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
                make(tmp_path_factory.mktemp("built") / "vault.db").rename(path)
        return path

    return once


@pytest.fixture(scope="session")
def vaults(built):
    """Builds each vault that is asked for once; the same lives give the same file."""

    def vault(*lives):
        name = hashlib.sha256(repr(lives).encode()).hexdigest()
        return built(f"{name}.db", lambda path: build(path, *lives))

    return vault


@pytest.fixture(scope="session")
def same_vault(built):
    """A vault that is the same, byte for byte, whenever it is built."""

    def same(path):
        chance, clock = random.Random(7), walks.Ageing()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "urandom", chance.randbytes)
            return build(path, *walks.LIVES, clock=clock, between=clock.sleep)

    return built("same.db", same)


@pytest.fixture
def vault(vaults, tmp_path):
    """A vault of the test's own, with appointees at every stage."""
    return copied(vaults(*PEOPLE), tmp_path)


@pytest.fixture
def sitting(vaults, tmp_path):
    """`async with sitting(("decision", "core")) as officer`: unlocked, at the list.

    Without lives the vault has appointees at every stage.
    """

    @contextlib.asynccontextmanager
    async def sit(*lives, size=(80, 24), unlocked=True, vault=None, clock=now, idle=600):
        path = vault or copied(vaults(*(lives or PEOPLE)), tmp_path)
        app = (Seated if unlocked else SectermApp)(path, clock=clock, settings=Settings(idle=idle))
        try:
            async with app.run_test(size=size) as pilot:
                officer = Sitting(pilot)
                if not unlocked:  # the way in, and what it puts before the person
                    await officer.until(lambda: len(app.screen_stack) > 2)
                elif idle > 1:
                    await officer.sees("Show only")
                yield officer
        finally:
            app.close_desk()
        if app.crash is not None:
            raise app.crash

    return sit


@pytest.fixture
def interview(sitting):
    """`async with interview("debt") as (officer, id)`: only these are open, at the first."""

    @contextlib.asynccontextmanager
    async def at(*questions, **how):
        async with sitting(("opened", "general"), **how) as officer:
            id = officer.desk.cards()[0].id
            if questions:
                answered(officer.desk, id, but=questions)
            await officer.opens("screening")
            await officer.next("PgDn Next")
            yield officer, id

    return at


@pytest.fixture
def holding(monkeypatch):
    """From the call on, a key that comes again is held down, however fast the machine is."""

    def hold():
        monkeypatch.setattr(order, "HELD", 60.0)
        monkeypatch.setattr(order, "TAPPED", (0.0, 0.0))

    return hold
