"""The undertaking: read to its end, signed by both sides, or refused."""

import contextlib

import pytest

from secterm.desk.desk import Desk
from secterm.vault import keyfile
from tests.support.house import OFFICER, SECOND

SECRET = "appointee's test secret"


@pytest.fixture
def undertaking(sitting):
    """`async with undertaking() as (officer, id, name)`: the text is before the appointee."""

    @contextlib.asynccontextmanager
    async def at(category="general", **how):
        async with sitting(**how) as officer:
            id = await officer.opens("undertaking", category)
            name = officer.desk.dossier(id).state.particulars.name
            if category == "core":
                await officer.next("Witness")
                await officer.signs_as_second()
                await officer.sees("Enter begins.")
                await officer.press("enter")
                await officer.sees("Please read all of it")
            else:
                await officer.hands_over("Please read all of it")
            yield officer, id, name

    return at


async def to_the_signature(officer):
    await officer.reads_on("> Your full name")


async def signs(officer, name, secret=SECRET, again=None):
    await officer.sees("> Your full name")
    await officer.press("ctrl+u")
    await officer.write(name)
    await officer.sees("> Your signing secret")
    await officer.write(secret)
    await officer.sees("> Once more")
    await officer.write(secret if again is None else again)


async def test_the_signature_is_offered_at_the_end_and_not_before(undertaking):
    async with undertaking() as (officer, _, _name):
        pages = 0
        while "> Your full name" not in officer.screen:
            assert "Your signing secret" not in officer.screen
            await officer.turn()
            await officer.settle()
            pages += 1
        assert pages > 5


async def test_both_sides_sign_and_the_rules_are_next(undertaking):
    async with undertaking() as (officer, id, name):
        await to_the_signature(officer)
        await signs(officer, name)
        await officer.reads("The undertaking is signed by both sides.")
        await officer.gives_back()
        await officer.sees("NEXT  Acknowledge the rules")
        sides = officer.desk.dossier(id).state.signed.act.signatures
        assert [s.role for s in sides] == ["appointee", "officer"]


@pytest.mark.long
async def test_a_core_post_s_undertaking_is_witnessed(undertaking):
    async with undertaking("core") as (officer, id, name):
        await to_the_signature(officer)
        await signs(officer, name)
        await officer.reads("The undertaking is signed by both sides.")
        sides = officer.desk.dossier(id).state.signed.act.signatures
        assert [(s.role, s.name) for s in sides][1:] == [
            ("officer", OFFICER[0]),
            ("witness", SECOND[0]),
        ]


async def test_the_officer_is_no_witness(sitting):
    async with sitting() as officer:
        await officer.opens("undertaking", "core")
        await officer.next("Witness")
        await officer.signs_as_second(OFFICER)
        await officer.reads("The second officer must be another person than the first.")
        await officer.signs_as_second()
        await officer.sees("Enter begins.")


async def test_a_witness_who_is_not_there_yet_stops_nothing(sitting):
    async with sitting() as officer:
        await officer.opens("undertaking", "core")
        before = officer.journal
        await officer.next("Witness")
        await officer.press("escape")
        await officer.sees("> NEXT")
        assert officer.journal == before


@pytest.mark.long
async def test_another_name_is_told_and_kept_to_be_put_right(undertaking):
    async with undertaking() as (officer, _, name):
        before = officer.journal
        await to_the_signature(officer)
        await officer.write("Somebody Else")
        await officer.reads(f"The name typed is not {name}. Type the full name as it stands.")
        await officer.sees("> Your full name          Somebody Else")
        assert officer.journal == before


@pytest.mark.long
async def test_two_secrets_that_differ_are_typed_again(undertaking):
    async with undertaking() as (officer, _, name):
        before = officer.journal
        await to_the_signature(officer)
        await signs(officer, name, again="another test secret")
        await officer.sees("The two are not the same.")
        await officer.sees("> Your signing secret")
        await officer.sees(name)
        assert "•" not in officer.screen
        assert officer.journal == before


@pytest.mark.long
async def test_a_secret_that_is_too_short_is_told_and_the_name_kept(undertaking):
    async with undertaking() as (officer, _, name):
        before = officer.journal
        await to_the_signature(officer)
        await officer.write(name)
        await officer.write("short")
        await officer.reads("A signing secret has at least 8 characters.")
        screen = await officer.sees("> Your signing secret")
        assert name in screen
        assert officer.journal == before
        await officer.press("ctrl+u")
        await officer.write(SECRET)
        await officer.sees("> Once more")
        assert "Enter Record" in await officer.settle()
        await officer.write(SECRET)
        await officer.reads("The undertaking is signed by both sides.")


@pytest.mark.long
async def test_the_text_can_be_read_again_before_signing(undertaking):
    async with undertaking() as (officer, _, _name):
        await to_the_signature(officer)
        await officer.sees("> Your full name")
        await officer.press("escape")
        await officer.sees("Please read all of it")
        await officer.press("home")
        await officer.sees("UNDERTAKING TO KEEP SECRETS")


async def test_a_refusal_needs_its_reason_and_ends_in_a_refused_dossier(undertaking):
    async with undertaking() as (officer, _, _name):
        await officer.press("f4")
        await officer.sees("> Your reason")
        await officer.press("enter")
        await officer.sees("Your reason is missing.")
        await officer.write("The cooling-off is too long")
        await officer.sees("It is recorded that you do not sign.")
        assert "F4" not in officer.screen
        await officer.gives_back()
        await officer.sees("Undertaking   refused")
        await officer.next("> Decision")
        assert "Admit to the post" not in officer.screen
        await officer.write("1")
        await officer.write("The undertaking was not signed")
        await officer.sees("Stage: refused")


async def test_a_refusal_that_is_thought_over_records_nothing(undertaking):
    async with undertaking() as (officer, _, _name):
        before = officer.journal
        await officer.press("f4")
        await officer.sees("> Your reason")
        await officer.type("Perhaps")
        await officer.press("escape")
        await officer.sees("What you typed here is not recorded. Esc again leaves without it.")
        await officer.sees("Perhaps")
        await officer.press("escape")
        await officer.sees("Please read all of it")
        assert officer.journal == before


async def test_giving_back_takes_the_officer_s_passphrase(undertaking):
    async with undertaking() as (officer, _, _name):
        await officer.press("escape")
        await officer.sees("> Officer's passphrase")
        await officer.write("a wrong test passphrase")
        await officer.reads("That is not the passphrase of the officer who handed over.")
        await officer.sees("> Officer's passphrase")
        await officer.write(SECOND[1])
        await officer.reads("That is not the passphrase of the officer who handed over.")
        await officer.press("escape")
        await officer.sees("Please read all of it")
        await officer.gives_back()
        await officer.sees("> NEXT")


# -- read to its end --------------------------------------------------------------------


async def test_the_end_shown_without_the_middle_is_not_the_text_read(undertaking):
    async with undertaking() as (officer, _, _name):
        await officer.sees("More below")
        await officer.press("end")
        await officer.reads("Not all of it was shown: 15 of")
        await officer.press("enter")
        await officer.sees("More below: 29 of")
        assert "Your full name" not in officer.screen


@pytest.mark.long
async def test_what_was_read_stays_read_when_the_screen_becomes_another(undertaking):
    async with undertaking() as (officer, _, _name):
        await officer.reads_on("More below: 43 of")
        await officer.pilot.resize_terminal(132, 43)
        await officer.misses("More below: 43 of")
        assert "This is the end" not in await officer.settle()
        await officer.reads_on("This is the end.")
        await officer.pilot.resize_terminal(80, 24)
        await officer.settle()
        await officer.sees("This is the end.")
        await officer.press("enter")
        await officer.sees("> Your full name")


async def test_enter_typed_ahead_turns_one_page_and_no_more(undertaking):
    async with undertaking() as (officer, _, _name):
        await officer.sees("More below: 15 of")
        officer.ahead(*["enter"] * 40)
        await officer.settle()
        assert "Your full name" not in officer.screen
        await officer.sees("More below")


async def test_a_witness_whose_key_file_lies_elsewhere_names_it(sitting, vault, tmp_path):
    path, key = keyfile.make(tmp_path)
    desk = Desk.open(vault, *SECOND)
    desk.change_passphrase(SECOND[1], SECOND[1], key_file=key)
    desk.close()
    async with sitting(vault=vault) as officer:
        await officer.opens("undertaking", "core")
        await officer.next("Witness")
        await officer.signs_as_second()
        await officer.reads("or name its path with F3.")
        await officer.sees("> Their own passphrase")
        await officer.press("f3")
        await officer.write(SECOND[1])
        await officer.sees("> Path of the key file")
        await officer.write(str(path))
        await officer.sees("Enter begins.")
