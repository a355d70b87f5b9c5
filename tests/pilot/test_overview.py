"""All dossiers in bars, and from a bar to those whom it counts."""

import re
from datetime import date, timedelta

import pytest

from secterm.desk.model import now
from tests.support import console

SIZES = [(80, 24), (132, 43), (200, 60)]


async def at_the_overview(officer, last="longer"):
    """The overview, once it is laid out to its last bar."""
    await officer.press("f8")
    await officer.sees(" over ")
    return await officer.sees(f" {last} ")


def bar(screen, name):
    """A bar by its name: how many cells are full, and its number."""
    found = re.search(rf"\b{name} +(█*)·* +([\d,]+)", screen)
    assert found, f"no bar {name!r}:\n{screen}"
    return len(found.group(1)), int(found.group(2).replace(",", ""))


@pytest.mark.parametrize("size", SIZES)
async def test_all_of_it_shows_in_glyphs_of_a_console(sitting, size):
    async with sitting(size=size) as officer:
        screen = await at_the_overview(officer)
        assert not set(screen) - console.drawn() - {"\n"}
        assert bar(screen, "screening")[1] == 2
        assert bar(screen, "over")[1] == 3
        assert bar(screen, "longer")[1] == 0
        last = (officer.desk.today.replace(day=1) + timedelta(days=340)).year
        assert len(re.findall(rf"\b[A-Z][a-z]{{2}} (?:{last}|{last - 1})\b", screen)) == 12


@pytest.mark.parametrize("size", SIZES)
async def test_where_all_of_it_shows_no_bar_stands_beside_it(sitting, size):
    async with sitting(size=size) as officer:
        screen = await at_the_overview(officer)
        assert not [line for line in screen.split("\n") if line[-1:] in ("│", "█")]


@pytest.mark.parametrize("size", SIZES)
async def test_bars_use_the_width_and_are_as_long_as_their_share(sitting, size):
    async with sitting(size=size) as officer:
        screen = await at_the_overview(officer)
        (longest, three), (shorter, one) = bar(screen, "over"), bar(screen, "rules")
        assert (three, one) == (3, 1)
        assert shorter == round(longest / 3)
        assert longest > size[0] // 5


async def test_the_numbers_are_those_of_the_cards(sitting):
    async with sitting() as officer:
        screen = await at_the_overview(officer)
        waiting = [card for card in officer.desk.cards() if card.owed]
        assert f"14 dossiers, {len(waiting)} waiting, 0 lapsed" in screen
        assert bar(screen, "today")[1] == len(waiting)


async def test_what_lapses_stands_at_its_month_and_enter_lists_it(sitting):
    start = now()
    time = [start]
    async with sitting(
        ("admitted", "general"), ("opened", "key"), clock=lambda: time[0]
    ) as officer:
        card = next(card for card in officer.desk.cards() if card.lapses_on)
        day = date.fromisoformat(card.lapses_on)
        time[0] = start + (day - start.date() - timedelta(days=40))
        screen = await at_the_overview(officer)
        month = f"{day:%b} {day.year}"
        assert bar(screen, month)[1] == 1
        await officer.press("right")
        for _ in range(14):
            if f"> {month}" in await officer.settle():
                break
            await officer.press("down")
        await officer.press("enter")
        screen = await officer.sees(f"only: lapses in {month}")
        assert f"> {card.name}" in screen
        await officer.press("escape")
        await officer.misses("only: lapses")


async def test_what_has_lapsed_is_counted_apart(sitting, vault):
    later = now() + timedelta(days=4000)
    async with sitting(vault=vault, clock=lambda: later) as officer:
        screen = await at_the_overview(officer)
        lapsed = sum(card.stage == "lapsed" for card in officer.desk.cards())
        assert lapsed > 0
        assert bar(screen, "have lapsed")[1] == lapsed
        assert bar(screen, "longer")[1] > 0


async def test_enter_on_a_stage_lists_those_who_stand_there(sitting):
    async with sitting() as officer:
        await at_the_overview(officer)
        await officer.press("down", "down", "enter")
        screen = await officer.sees("2 / 14 dossiers, only: undertaking")
        assert screen.count("signature") == 2


async def test_enter_on_a_wait_lists_those_who_wait_so_long(sitting):
    async with sitting() as officer:
        await at_the_overview(officer)
        officer.ahead(*["down"] * 10, "enter")
        await officer.sees("10 / 14 dossiers, only: waiting")


async def test_the_arrows_reach_every_bar_and_go_round(sitting):
    async with sitting(("opened", "key")) as officer:
        screen = await at_the_overview(officer)
        seen = set()
        for _ in range(28):
            seen |= set(re.findall(r"> (\w[\w ]*?) +[█·]", screen))
            screen = await officer.turn("down")
        assert {"screening", "over", "today", "longer", "have lapsed"} <= seen
        assert len(seen) == 28
        assert "> screening" in screen


async def test_an_empty_vault_has_an_overview_too(sitting, tmp_path, vaults):
    async with sitting(vault=vaults()) as officer:
        screen = await at_the_overview(officer)
        assert bar(screen, "screening") == (0, 0)
        await officer.press("escape")
        await officer.sees("There is no dossier yet.")


async def test_the_bar_under_the_cursor_is_taken_up_again(sitting):
    async with sitting() as officer:
        await at_the_overview(officer)
        await officer.press("right", "down", "down")
        await officer.settle()
        place = officer.app.screen.place()
        await officer.press("escape")
        screen = await at_the_overview(officer)
        assert "> screening" in screen
        officer.app.screen.take_up(place, {})
        await officer.misses("> screening")
        assert officer.app.screen.place() == place


async def test_where_there_is_no_room_for_all_bars_the_cursor_stays_in_view(sitting):
    async with sitting() as officer:
        officer.app.guide.begin()
        await officer.reads("Tour 1 of 10")
        screen = await at_the_overview(officer, last="over")
        assert "longer" not in screen
        for _ in range(14):
            await officer.press("down")
        await officer.sees("> longer")
        await officer.press("down")
        await officer.sees("> have lapsed")
        assert "What lapses" in await officer.settle()
