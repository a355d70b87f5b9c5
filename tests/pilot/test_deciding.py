"""The decision at the screen, and the second officer's word on it."""


async def test_a_core_post_is_decided_by_two_officers_at_one_screen(sitting):
    async with sitting(("decision", "core")) as officer:
        await officer.press("enter")
        await officer.sees("NEXT")
        await officer.press("enter")
        await officer.sees("> Decision")
        await officer.press("1", "enter")
        await officer.sees("> Reason")
        await officer.write("All is well")
        await officer.sees("> Conditions")
        await officer.press("enter")
        await officer.sees("> Second officer's word")
        await officer.press("1", "enter")
        await officer.signs_as_second()
        await officer.sees("Stage: admitted")
