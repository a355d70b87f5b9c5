"""What screens do with a terminal that is wider or taller than 80x24."""

import pytest

WIDE, WIDER = (132, 43), (200, 60)


def line_of(screen, text):
    """The number of the line on which this stands, and the line."""
    return next((n, line) for n, line in enumerate(screen.split("\n")) if text in line)


@pytest.mark.parametrize(("size", "apart"), [((80, 24), 1), (WIDE, 2)])
async def test_a_long_form_has_empty_lines_where_there_is_room_for_them(sitting, size, apart):
    async with sitting(("opened", "general"), size=size) as officer:
        await officer.press("f2")
        screen = await officer.sees("> Full name")
        name, birth = line_of(screen, "> Full name")[0], line_of(screen, "Date of birth")[0]
        assert birth - name == apart


async def test_the_timeline_is_as_wide_as_the_terminal(sitting):
    async with sitting(("opened", "general"), size=WIDE) as officer:
        await officer.opens("screening")
        await officer.press("f3")
        screen = await officer.sees("Timeline:")
        assert len(line_of(screen, "#")[1].rstrip()) > 120


async def test_no_setting_is_cut_on_a_wide_terminal(sitting):
    async with sitting(("opened", "general"), size=WIDE) as officer:
        await officer.press("f9")
        await officer.sees("> Lock when idle")
        assert "…" not in await officer.settle()


async def test_jump_shows_more_of_each_question_and_more_questions(interview):
    async with interview("identity_papers", "gaps", size=WIDE) as (officer, _):
        await officer.press("f7")
        screen = await officer.sees("Jump to a question")
        assert sum("? " in line for line in screen.split("\n")) > 20
        assert "a permanent residence permit of another country?" in screen


@pytest.mark.parametrize(("size", "apart"), [((80, 24), 1), (WIDER, 2)])
async def test_the_columns_of_the_list_stand_apart_where_there_is_room(sitting, size, apart):
    async with sitting(("opened", "general"), size=size) as officer:
        heading = line_of(await officer.sees("Waits for"), "Waits for")[1]
        assert heading.index("Since") - heading.index("Waits for") == 11 + apart
