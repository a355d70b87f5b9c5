"""Custodians before the app: what they write down, and what they type."""

import re

SHARE = 33  # words


def read_off(screen: str) -> list[str]:
    """The numbered words on a screen, in their order; none where it shows no share."""
    found = re.findall(r"(\d+)\. ([a-z]+)", screen)
    return [word for _number, word in sorted(found, key=lambda each: int(each[0]))]


def asked_for(screen: str) -> list[int]:
    """The numbers of the words that are to be typed back."""
    return [int(number) for number in re.findall(r"Word (\d+)", screen)]


def short(words: str) -> str:
    """A share as somebody in a hurry types it: four letters of each word."""
    return " ".join(word[:4] for word in words.split())


async def asks_for(officer, needed, count):
    """From the list: so many of so many, or whole with 1 of 1."""
    await officer.press("f7")
    await officer.sees("> Recover with")
    if count == 1:
        await officer.write("1")
    else:
        await officer.write("2")
        for label, number in (("> How many shares", count), ("> How many are needed", needed)):
            await officer.sees(label)
            await officer.press("end", "ctrl+u")
            await officer.write(str(number))
    await officer.sees("> Sheets to write on")
    await officer.press("enter")
    await officer.sees(f"Only custodian 1 of {count} looks at the screen now.")


async def sees_the_share(officer):
    """The share that is shown after F2."""
    await officer.press("f2")
    return read_off(await officer.sees("33. "))


async def types_back(officer, words):
    """Two words of the share, as they are asked for."""
    await officer.press("enter")
    places = asked_for(await officer.sees("> Word"))
    assert len(places) == 2
    for place in places:
        await officer.sees(f"> Word {place}")
        await officer.write(words[place - 1][:4])


async def walks_through(officer, count):
    """Every custodian in turn, to the page that thanks; their shares on paper."""
    papers = []
    for n in range(1, count + 1):
        screen = await officer.sees(f"Only custodian {n} of {count} looks")
        assert read_off(screen) == []
        words = await sees_the_share(officer)
        assert len(words) == SHARE
        await types_back(officer, words)
        papers.append(" ".join(words))
    assert read_off(await officer.sees("Thank you.")) == []
    return papers


async def begins_recovery(officer):
    """From the unlock screen."""
    await officer.sees("> Officer")
    await officer.press("f4")
    await officer.sees("> Share 1")


async def gives(officer, *shares):
    """Custodians type in their shares, from the first on."""
    for n, words in enumerate(shares, 1):
        await officer.sees(f"> Share {n}")
        await officer.write(short(words))


async def becomes_administrator(officer, name, passphrase):
    await officer.sees("> Administrator's name")
    await officer.write(name)
    await officer.sees("> Passphrase")
    await officer.write(passphrase)
    await officer.sees("> Once more")
    await officer.write(passphrase)
