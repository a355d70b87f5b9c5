"""How the screens look, on a bare console and on a wide terminal with colours.

The README shows some of these pictures, so it shows what the program shows.
"""

import os
import random
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shamir_mnemonic.wordlist import WORDLIST

from secterm.archive import media
from secterm.desk import quiz
from secterm.dossier.entries import Answered, Archived
from secterm.tui.app import SectermApp
from secterm.tui.screens import sharing
from secterm.vault import kdf, shares
from tests.support import console
from tests.support.custodians import asks_for, begins_recovery, sees_the_share
from tests.support.house import Sitting, build, copied
from tests.support.paper import ordinary

THEN = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
LIVES = (
    ("admitted", "general"),
    ("left", "core"),
    ("unsigned", "general"),
    ("deferred", "key"),
    ("decision", "core"),
    ("rules", "key"),
    ("undertaking", "general"),
    ("training", "core"),
    ("conditions", "key"),
    ("screening", "core"),
    ("opened", "general"),
)


class Drawn(SectermApp):
    """The app; its picture names no font that is somewhere on a network."""

    def export_screenshot(self, *, title=None, simplify=False):
        picture = super().export_screenshot(title=title, simplify=simplify)
        picture = re.sub(r"\s*@font-face \{[^}]*\}", "", picture)
        return picture.replace("Fira Code", "DejaVu Sans Mono")


@pytest.fixture(scope="session")
def same_vault(tmp_path_factory):
    """A vault that is the same, byte for byte, whenever it is built."""
    chance = random.Random(7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        patch.setattr(os, "urandom", chance.randbytes)
        return build(tmp_path_factory.mktemp("same") / "v.db", *LIVES, clock=lambda: THEN)


@pytest.fixture
def looks(snap_compare, same_vault, tmp_path, monkeypatch):
    """Whether the screen to which an officer walked looks as it was accepted."""
    monkeypatch.setattr(quiz, "_chance", random.Random(7))
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sdb1 /media/stick vfat rw 0 0\n")
    monkeypatch.setattr(media, "MOUNTS", mounts)
    monkeypatch.chdir(tmp_path)

    def compare(walk=None, *, wide=False, unlocked=True, empty=False):
        monkeypatch.setenv("TERM", "xterm-256color" if wide else "linux")
        monkeypatch.setenv("COLORTERM", "truecolor" if wide else "")
        if not empty:
            copied(same_vault, tmp_path)
        app = Drawn(Path("vault.db"), clock=lambda: THEN)

        told = []

        async def before(pilot):
            officer = Sitting(pilot)
            try:
                if unlocked and not empty:
                    await officer.unlock()
                if walk is not None:
                    await walk(officer)
                await pilot.pause()
            except AssertionError as error:
                told.append(error)  # Textual would only say that there is no picture
                raise
            assert not set(officer.screen) - console.drawn() - {"\n"}

        size = (132, 43) if wide else (80, 24)
        try:
            return snap_compare(app, terminal_size=size, run_before=before)
        except AssertionError as error:
            raise (app.crash or [*told, error][0]) from None

    return compare


async def to_dossier(officer, stage):
    await officer.type(stage)
    await officer.press("enter")
    await officer.sees("NEXT")


def next_of(stage, shows, *more):
    """A walk to the dossier in this stage, its next thing, and on."""

    async def walk(officer):
        await to_dossier(officer, stage)
        await officer.press("enter")
        await officer.sees(shows)
        for keys, seen in more:
            await officer.press(*keys)
            await officer.sees(seen)

    return walk


def answered_up_to_an_adverse_one(desk):
    """The first yes-or-no question that can go wrong; all before it are answered."""
    id = next(c.id for c in desk.cards() if (c.owed, c.category) == ("question", "general"))
    for section in desk.pack.screening.sections:
        for question in section.questions:
            if "general" not in question.categories:
                continue
            if question.kind == "yes_no" and question.adverse:
                return question
            desk.act(id, Answered(question=question.id, answer=ordinary(question)))
    raise AssertionError


def test_the_first_run(looks):
    async def walk(officer):
        await officer.sees("> Unit")
        await officer.write("Test unit")
        await officer.write("Alix Test")
        await officer.type("horse battery")
        await officer.sees("Strength")

    assert looks(walk, empty=True)


def test_the_unlocking(looks):
    async def walk(officer):
        await officer.sees("> Officer")

    assert looks(walk, unlocked=False)


def test_the_list_of_dossiers(looks):
    assert looks()


def test_the_list_of_dossiers_wide(looks):
    assert looks(wide=True)


def test_a_dossier(looks):
    assert looks(lambda officer: to_dossier(officer, "training"))


def test_a_dossier_wide(looks):
    assert looks(lambda officer: to_dossier(officer, "training"), wide=True)


def test_a_question(looks):
    assert looks(next_of("interview core", "Interview:"))


def test_an_adverse_answer_and_what_it_asks(looks):
    async def walk(officer):
        question = answered_up_to_an_adverse_one(officer.app.desk)
        await next_of("interview general", "Interview:")(officer)
        await officer.type("y" if question.adverse == "yes" else "n")
        await officer.press("enter")
        await officer.sees(question.follow_up.text[:30])

    assert looks(walk)


def test_checks_and_findings(looks):
    async def walk(officer):
        await to_dossier(officer, "decision core")
        await officer.press("down", "enter")
        await officer.sees("Checks and findings")

    assert looks(walk)


def test_the_training(looks):
    assert looks(next_of("teaching core", "modules done"))


def test_a_page_to_read_and_a_quiz_question(looks):
    async def walk(officer):
        await next_of("teaching core", "modules done")(officer)
        await officer.press("enter")
        for label in ("> Hours", "> Day", "> Who taught", "> Place"):
            await officer.sees(label)
            await officer.press("enter")
        await officer.sees("quiz owed")
        await officer.press("f5")
        await officer.sees("Enter begins.")
        await officer.reads_on("Enter gives the answer")

    assert looks(walk)


def test_the_undertaking(looks):
    assert looks(next_of("signature", "Enter begins.", (["enter"], "More below: 15 of")))


def test_a_handover_begins(looks):
    assert looks(next_of("rules key", "Enter begins."))


def test_a_rule(looks):
    assert looks(next_of("rules key", "Enter begins.", (["enter"], "I have read this rule")))


def test_a_decision(looks):
    assert looks(next_of("decision core", "> Decision"))


def test_the_export(looks):
    async def walk(officer):
        await officer.press("f5")
        await officer.sees("> Folder on the medium")

    assert looks(walk)


def test_the_officers(looks):
    async def walk(officer):
        await officer.press("f4")
        await officer.sees("Officers of this vault")

    assert looks(walk)


def test_an_officer(looks):
    async def walk(officer):
        await officer.press("f4")
        await officer.sees("Officers of this vault")
        await officer.press("down", "enter")
        await officer.sees("Signing key")

    assert looks(walk)


def test_help(looks):
    async def walk(officer):
        await officer.press("f1")
        await officer.sees("Esc closes this.")

    assert looks(walk)


def test_a_decision_wide(looks):
    assert looks(next_of("decision core", "> Decision"), wide=True)


@pytest.fixture
def plain_words(monkeypatch):
    """Shares of words that open nothing, and the same two of them asked for."""
    words = " ".join(WORDLIST[:33])
    monkeypatch.setattr(shares, "split", lambda secret, needed, count: (words,) * count)
    monkeypatch.setattr(sharing, "_chance", random.Random(7))


async def to_a_share(officer):
    await asks_for(officer, 2, 3)
    await sees_the_share(officer)


def test_a_share_that_a_custodian_writes_down(looks, plain_words):
    assert looks(to_a_share)


def test_a_share_that_a_custodian_writes_down_wide(looks, plain_words):
    assert looks(to_a_share, wide=True)


def test_the_two_words_that_are_typed_back(looks, plain_words):
    async def walk(officer):
        await to_a_share(officer)
        await officer.press("enter")
        await officer.sees("> Word")

    assert looks(walk)


def test_a_share_typed_in_to_recover(looks):
    async def walk(officer):
        await begins_recovery(officer)
        await officer.type(" ".join(WORDLIST[:33]))
        await officer.sees("33 of 33 words")

    assert looks(walk, unlocked=False)


def test_what_erasing_does_and_does_not_reach(looks):
    async def walk(officer):
        id = await officer.opens("admitted")
        archived = Archived(
            file="secterm-1200-0a1b2c3d.age", sha256="00" * 32, recipients=("age1",)
        )
        officer.desk.act(id, archived)
        await officer.press("ctrl+e")
        await officer.sees("Erasing the dossier of")

    assert looks(walk)
