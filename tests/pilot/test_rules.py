"""The rules, one by one, acknowledged or refused."""

import asyncio
import contextlib
import shutil

import pytest

from secterm.policy import reader
from secterm.vault import kdf
from tests.support.house import build


@pytest.fixture
def rules(sitting):
    """`async with rules() as (officer, id)`: half of the rules are acknowledged."""

    @contextlib.asynccontextmanager
    async def at(**how):
        async with sitting(**how) as officer:
            id = await officer.opens("rules", "general")
            await officer.hands_over("I have read this rule and will keep it")
            yield officer, id

    return at


def done(officer, id):
    return len(officer.desk.dossier(id).state.acknowledged)


async def test_a_rule_is_acknowledged_and_the_next_one_shown(rules):
    async with rules() as (officer, id):
        before = done(officer, id)
        first = officer.app.screen._rule
        screen = await officer.reads(first.text)
        assert " ".join(first.reason.split()) in " ".join(screen.split())
        await officer.press("enter")
        await officer.sees(f" {before + 1}/48")
        assert done(officer, id) == before + 1
        await officer.reads(officer.app.screen._rule.text)
        assert officer.app.screen._rule is not first


async def test_the_rules_go_on_where_they_stopped(rules):
    async with rules() as (officer, id):
        before = done(officer, id)
        await officer.press("enter")
        await officer.sees(f" {before + 1}/48")
        await officer.gives_back()
        await officer.hands_over(f" {before + 1}/48")


async def test_enter_pressed_twice_at_once_acknowledges_one_rule(rules):
    async with rules() as (officer, id):
        before = done(officer, id)
        officer.ahead("enter", "enter", "enter")
        await officer.sees(f" {before + 1}/48")
        await officer.settle()
        assert done(officer, id) == before + 1


async def test_once_all_are_acknowledged_the_decision_is_next(rules):
    async with rules() as (officer, id):
        for number in range(done(officer, id), 48):
            await officer.sees(f" {number}/48")
            await officer.press("enter")
        await officer.sees("All 48 rules were put to you.")
        await officer.press("enter")
        await officer.sees("> Officer's passphrase")
        await officer.press("escape")
        await officer.gives_back()
        await officer.sees("NEXT  Decide")


async def test_a_rule_is_refused_with_its_reason_and_the_others_still_come(rules):
    async with rules() as (officer, id):
        before, rule = done(officer, id), officer.app.screen._rule
        await officer.write("2")
        await officer.sees("> Your reason")
        await officer.press("enter")
        await officer.sees("Your reason is missing.")
        await officer.write("I cannot promise that")
        await officer.sees("I have read this rule and will keep it")
        state = officer.desk.dossier(id).state
        assert state.rules_refused[rule.id].act.reason == "I cannot promise that"
        assert done(officer, id) == before
        assert officer.app.screen._rule is not rule
        assert f" {before + 1}/48" in officer.screen  # so many were put
        await officer.gives_back()
        await officer.sees("Rules         refused")


async def test_a_refusal_that_is_thought_over_goes_back_to_the_rule(rules):
    async with rules() as (officer, _):
        before, rule = officer.journal, officer.app.screen._rule
        await officer.write("2")
        await officer.sees("> Your reason")
        await officer.type("Perhaps")
        await officer.press("escape")
        await officer.sees("What you typed here is not recorded. Esc again leaves without it.")
        await officer.sees("Perhaps")
        await officer.press("escape")
        await officer.sees("I have read this rule")
        assert officer.app.screen._rule is rule
        assert officer.journal == before


async def test_keys_pressed_while_a_form_opens_end_nothing(rules):
    async with rules() as (officer, _):
        page = officer.app.screen
        for turns in range(14):
            await officer.sees("I have read this rule")
            await officer.press("2")
            officer.ahead("enter")
            for _turn in range(turns):
                await asyncio.sleep(0)
            officer.ahead("escape")
            await officer.settle()
            assert officer.app.crash is None
            assert officer.app.handed_over is page
            while officer.app.screen is not page:
                await officer.app.pop_screen()


async def test_a_rule_longer_than_the_screen_is_read_to_its_end_first(
    sitting, tmp_path, monkeypatch
):
    pack = shutil.copytree(reader.default_folder(), tmp_path / "pack")
    rules, found = pack / "rules.toml", 'reason = "'
    rules.write_text(rules.read_text().replace(found, found + "It is long to explain. " * 27))
    monkeypatch.setattr(reader, "default_folder", lambda: pack)
    monkeypatch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
    vault = build(tmp_path / "vault.db", ("rules", "general"))
    async with sitting(vault=vault) as officer:
        id = await officer.opens("rules", "general")
        before = done(officer, id)
        await officer.hands_over("More below:")
        reading = officer.app.screen.reading
        while not reading.over:
            read = reading.read
            await officer.press("enter")
            await officer.until(lambda read=read: reading.read > read)
            assert done(officer, id) == before
        await officer.misses("More below:")
        await officer.press("enter")
        await officer.sees(f" {before + 1}/48")
