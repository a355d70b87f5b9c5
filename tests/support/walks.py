"""The way to every screen, from the list of dossiers or from where the app begins.

A screen that is not in `WALKS` is one that nobody looks at: a test says which.
"""

import dataclasses
import importlib
import os
import pkgutil
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shamir_mnemonic.wordlist import WORDLIST
from textual.screen import Screen

from secterm.archive import age, media, recipients
from secterm.archive.errors import NotRestored
from secterm.archive.members import Covers, Manifest
from secterm.desk import printing, quiz
from secterm.desk.desk import Desk
from secterm.desk.restoring import Restored
from secterm.dossier.entries import Answered, Archived, Trained, Volume
from secterm.host.running import RELEASED
from secterm.tui import screens
from secterm.tui.drafts import Step
from secterm.tui.screens import (
    book,
    dialogs,
    dividing,
    dossier,
    erasing,
    exporting,
    findings,
    form,
    helping,
    interview,
    keyed,
    machine,
    officer,
    officers,
    onto,
    overview,
    palette,
    people,
    reader,
    receipts,
    recovering,
    room,
    rules,
    settings,
    sharing,
    taken_in,
    taking_in,
    timeline,
    training,
    undersigning,
    unlock,
    verifying,
)
from secterm.tui.screens import first_run as first
from secterm.tui.screens import handover as handing
from secterm.tui.screens import quiz as quizzing
from secterm.tui.screens.interview import jump
from secterm.vault import kdf, shares
from secterm.vault.note import Checkpoint
from tests.support import archives, recorded, sticks
from tests.support.custodians import asks_for, sees_the_share
from tests.support.house import OFFICER, SECOND, Sitting, build
from tests.support.paper import ordinary
from tests.support.witnessing import cosigned

NOBODY = "age1y5q5lk3tsl66jaxy2lh2csye6wyurwef2a5f9lavm8w78tues9uqqhu5s5"
RECIPIENTS = {
    "Central registry": "age1usjzyef6tf96q79ukcsjzv7jcg3mdm37frqncmy6aum5zl27m4ds9fcmr9",
    "Regional office east": "age1767hxplge2q70pr3pfw08gamwvgppzdwpqfc8v02w3leq2cd2apsqdjg8f",
}
THIRD = "age1xcgyjjkdyfdhm92s2zuhtuntmyukpxlegwn4mxndmdad5p0gnegszf3c63"
BEGINS = "Enter begins."
THEN = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
LIVES = (
    ("admitted", "general"),
    ("left", "core"),
    ("unsigned", "general"),
    ("deferred", "key"),
    ("decision", "core"),
    ("second", "core"),
    ("rules", "key"),
    ("undertaking", "general"),
    ("training", "core"),
    ("conditions", "key"),
    ("screening", "core"),
    ("opened", "general"),
)


class Ageing:
    """A clock by which a vault is filled in the two months before; the same each time."""

    def __init__(self):
        self._days = 61

    def __call__(self) -> datetime:
        return THEN - timedelta(days=self._days)

    def sleep(self) -> None:
        """Until the next appointee comes."""
        self._days -= 5


@dataclasses.dataclass(frozen=True)
class Walk:
    """`go` leads to a screen of the class `shows`; `inside` from the list of dossiers."""

    shows: type[Screen]
    go: Callable[[Sitting], Awaitable[object]]
    inside: bool = True
    empty: bool = False  # there is no vault

    async def take(self, officer: Sitting) -> None:
        """Goes there, and waits until all of it is drawn."""
        if self.inside:
            await officer.sees("Checkpoint")
        await self.go(officer)
        await officer.settle()
        assert type(officer.app.screen) is self.shows


# Bases, and the two that only ask by way of other screens.
NEVER_SHOWN = (
    room.Room,
    onto.OnMedium,
    handing.Handover,
    dialogs.Box,
    helping._Text,
    interview.keys.Keyed,
    unlock.WayIn,
    unlock.Unlock,
    machine.Watching,
    first.FirstRun,
)


def steady(patch, folder):
    """What chance and this machine would change on a screen is the same each time."""
    patch.setattr(quiz, "_chance", random.Random(7))
    patch.setattr(sharing, "_chance", random.Random(7))
    words = " ".join(WORDLIST[:33])
    patch.setattr(shares, "split", lambda secret, needed, count: (words,) * count)
    sticks.machine(folder, patch).stick(folder / "stick", label="VIELLAND", id="4C1D-09FA")
    patch.setattr(onto, "PACE", 3600.0)
    patch.setattr(machine, "PACE", 0.05)
    patch.setattr(media, "_free", lambda folder: 6_843_000_000)
    patch.setattr(printing, "command", lambda: "/usr/bin/lp")


def keys(*steps):
    """From the list: keys, and what they show."""

    async def walk(officer):
        for pressed, shown in steps:
            await officer.press(*pressed.split())
            await officer.sees(shown)

    return walk


def at(stage, *steps):
    """From a dossier in this stage: keys, and what they show."""

    async def walk(officer):
        await officer.opens(*stage.split())
        await officer.sees("> ")
        await keys(*steps)(officer)

    return walk


async def nowhere(officer):
    """Where the walk begins."""


async def first_run(officer):
    await officer.sees("> Unit")
    await officer.write("Test unit")
    await officer.write("Alix Test")
    await officer.type("horse battery")
    await officer.sees("Strength")


async def unlocking(officer):
    await officer.sees("> Officer")


async def put_on(officer, files, **more):
    """From now on the app is on this machine."""
    root = Path(tempfile.mkdtemp(dir=officer.app.vault.absolute().parent))
    late = RELEASED + timedelta(days=3650)
    officer.app.machine = recorded.recorded(root, files, clock=lambda: late, **more)


async def watched(officer):
    """More is to be mended than the strip has room for."""
    await unlocking(officer)
    full = {
        "sys/power/state": "disk",
        "sys/power/resume": "8:3",
        "sys/class/block/sda3/size": "1",
        "proc/swaps": "Filename\n/dev/sda3 partition",
    }
    radio = recorded.network("wlan0", **{"phy80211/index": "0"})
    files = {**recorded.process(user=0), **recorded.network(), **radio, **full}
    await put_on(officer, files, room=lambda folder: (0, 10**9))
    await officer.sees("! This machine:")


async def looked_at(officer):
    """All that is seen, on a page."""
    await unlocking(officer)
    await put_on(officer, {**recorded.process(user=0), **recorded.network()})
    await keys(("f6", "This machine, as it is now"))(officer)


async def stopped(officer):
    """Somebody reads along."""
    await unlocking(officer)
    await put_on(officer, recorded.traced())
    await officer.sees("stops the way in")


async def recovery(officer):
    await unlocking(officer)
    await keys(("f4", "> Share 1"))(officer)
    await officer.type(" ".join(WORDLIST[:33]))
    await officer.sees("33 of 33 words")


async def unasked(officer):
    """The dossier of whom nothing was asked yet; its id."""
    id = next(c.id for c in officer.desk.cards() if (c.owed, c.category) == ("question", "general"))
    await officer.app.push_screen(dossier.DossierRoom(id))
    await officer.sees("> NEXT")
    return id


async def adverse(officer):
    """Up to the first yes-or-no question that can go wrong; and it does."""
    desk = officer.desk
    id = await unasked(officer)
    for section in desk.pack.screening.sections:
        for question in section.questions:
            if "general" not in question.categories:
                continue
            if question.kind == "yes_no" and question.adverse:
                await officer.next("Interview:")
                await officer.type("y" if question.adverse == "yes" else "n")
                await officer.sees(question.follow_up.text[:30])
                return
            desk.act(id, Answered(question=question.id, answer=ordinary(question)))
            officer.app.screen.freshen()


async def listing(officer):
    """Up to the first question that takes rows."""
    desk = officer.desk
    id = await unasked(officer)
    for section in desk.pack.screening.sections:
        for question in section.questions:
            if "general" not in question.categories:
                continue
            if question.kind == "list":
                officer.app.screen.freshen()
                await officer.next("adds the row")
                return
            desk.act(id, Answered(question=question.id, answer=ordinary(question)))


def taught(then):
    """The appointee before the module that is taught first."""

    async def walk(officer):
        id = await officer.opens("training", "core")
        module = officer.desk.dossier(id).standing.gate("training").owed[0].id
        today = officer.desk.today.isoformat()
        officer.desk.act(
            id, Trained(module=module, hours=9.0, on=today, trainer="T. Ainer", place="Room")
        )
        officer.app.screen.freshen()
        await officer.next("modules done")
        await keys(("f5", BEGINS), ("enter", "page 1 of"))(officer)
        if then:
            while "Enter gives the answer" not in await officer.settle():
                await officer.turn()

    return walk


async def share(officer):
    await asks_for(officer, 2, 3)
    await sees_the_share(officer)


async def words_back(officer):
    await share(officer)
    await keys(("enter", "> Word"))(officer)


async def erasure(officer):
    id = await officer.opens("admitted")
    archived = Archived(file="secterm-1200-0a1b2c3d.age", sha256="00" * 32, recipients=("age1",))
    officer.desk.act(id, archived)
    await keys(("ctrl+e", "Erasing the dossier of"))(officer)


async def kept(officer):
    await officer.app.push_screen(reader.Kept(["Half a sentence that was typed"]))
    await officer.sees("Typed before the lock")


async def last_step(officer):
    await erasure(officer)
    await keys(("enter", "> Reason"))(officer)
    await officer.write("Its time was over.")
    await officer.signs_as_second()
    await officer.sees("> Type ERASE")


async def preferences(officer):
    await keys(("f9", "> Lock when idle"))(officer)


async def work(officer):
    """Work that goes on until it is stopped, or there is no app any more."""

    def endless(tell):
        while True:
            tell(dialogs.bar(30, 100))
            time.sleep(0.05)

    officer.app.push_screen(dialogs.Working("Verifying the vault", endless, stoppable=True))
    await officer.sees("30/100")


async def signature(officer):
    await officer.opens("undertaking", "general")
    await officer.next(BEGINS)
    while "> Your full name" not in officer.screen:
        await officer.turn()


async def trouble(officer):
    """A form that says what is wrong."""
    await officer.sees("> ")
    await keys(("f2", "> Full name"), ("enter", "! "))(officer)


async def of_an_officer(officer):
    await keys(("f4", "Officers of this vault"), ("down enter", "Signing key"))(officer)


def in_the_book(officer):
    """Two recipients, whose keys nobody has the secret halves of."""
    for name, key in RECIPIENTS.items():
        officer.desk.add_recipient(name, key, "typed", recipients.fingerprint(key))


async def the_book(officer):
    in_the_book(officer)
    await keys(("f4", "Officers of this vault"), ("f6", "Recipients' book"))(officer)


async def of_a_recipient(officer):
    await the_book(officer)
    await keys(("enter", "sha256sum"))(officer)


async def comparing(officer):
    await the_book(officer)
    await keys(("f2", "> The public key is"), ("enter", "> Public key"))(officer)
    await officer.write(THIRD)
    await officer.sees("> Name")
    await officer.write("Ministry")


async def export_to_the_book(officer):
    in_the_book(officer)
    await keys(("f5", "> Medium"), ("enter", "> Encrypt to"))(officer)
    await keys(("enter", "> Recipients"), ("space", "Whoever has one of these"))(officer)


async def the_receipts(officer):
    await keys(("f5", "> Medium"), ("f6", "Archives written"))(officer)


async def a_cosignature(officer, point=None):
    (stick,) = media.machine.present()
    cosigned(officer.desk._vault, stick.folder, point, int(THEN.timestamp()))
    await the_receipts(officer)
    await keys(("f2", "> Cosignature"))(officer)


async def a_new_witness(officer):
    await a_cosignature(officer)
    await keys(("enter", "> Name"))(officer)


async def put_back(officer):
    vault = officer.desk._vault
    await a_cosignature(officer, Checkpoint(vault.origin, vault.size + 12, bytes(range(32))))
    await keys(("enter", "is NOT what the witness has seen"))(officer)


def archives_here(*names):
    """Files on the stick that begin as age files for a passphrase do."""
    (stick,) = media.machine.present()
    for n, name in enumerate(names):
        (stick.folder / name).write_bytes(age.HEADER + age.SCRYPT_STANZA)
        os.utime(stick.folder / name, (THEN.timestamp() - n * 86_400,) * 2)


async def the_archives(officer):
    archives_here(
        *(f"secterm-1404-73df950f-{n}of3.age" for n in (1, 2, 3)), "secterm-900-1c02aa.age"
    )
    await keys(("ctrl+r", "> secterm-1404"))(officer)


async def opening(officer):
    await the_archives(officer)
    await keys(("enter", "> Archive's passphrase"))(officer)


async def whose(officer):
    """As far as the fingerprint of another unit's vault, which is the same each time."""
    (stick,) = media.machine.present()
    chance = random.Random(11)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(os, "urandom", chance.randbytes)
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        vault = build(Path(folder) / "vault.db", ("opened", "key"), clock=Ageing())
        desk = Desk.open(vault, *OFFICER, clock=lambda: THEN)
        desk.export(stick.folder, archives.TO)
        desk.close()
    archives.identity_file(stick.folder)
    await keys(("ctrl+r", "> secterm-"), ("enter", "> Identity file"))(officer)
    await keys(("enter", "> Fingerprint"))(officer)


async def not_taken_in(officer):
    faults = tuple(f"dossiers/{'0a1b2c3d' * 4}/entries/{n}.json: is not as signed" for n in (7, 8))
    error = NotRestored("it does not hold.", faults)
    await officer.app.push_screen(taking_in.refused(error, Path("secterm-1404-73df950f.age")))
    await officer.sees("is not taken in")


async def taken_in_apart(officer):
    """Of three volumes the first; two dossiers went another way."""
    ids = [card.id for card in officer.desk.cards()]
    first = Volume(set="5e7a" * 8, number=1, of=3)
    manifest = Manifest(
        format=3,
        kind="whole",
        unit="Border office north",
        covers=Covers(what="all", dossiers=48, left_out=0, volume=first),
        origin="",
        size=1404,
        root="",
        created=THEN.isoformat(),
        officer="",
        files={},
    )
    made = Restored(
        vault="3f2a91bc" * 4,
        unit=manifest.unit,
        size=1404,
        root="",
        new=["" for _ in range(12)],
        continued=["" for _ in range(3)],
        same=["" for _ in range(30)],
        apart=dict(zip(ids[:2], ids[2:4], strict=True)),
        erased=["0a1b2c3d" * 4],
    )
    await officer.app.push_screen(taken_in.TakenIn(manifest, made, [first]))
    await officer.sees("Went another way")


async def tour(officer):
    officer.app.guide.begin()
    await officer.sees("Tour 1 of")


async def not_written(officer):
    await keys(("f5", "> Medium"))(officer)
    await officer.press("enter")
    await officer.sees("> Encrypt to")
    await officer.press("enter")
    await officer.sees("> Recipients")
    await officer.type(NOBODY)
    sticks.unmounted()
    await officer.press("enter")
    await officer.sees("Try again")


async def next_medium(officer):
    desk, needs, form = officer.desk, 4_160_000_000, Step("")
    await officer.app.push_screen(
        dividing.NextMedium(2, 3, needs, {}, desk.last_used, set(), form, full=True)
    )
    await officer.sees("> Medium")


async def erased(officer):
    id = await officer.opens("left", "core")
    officer.desk.erase(id, "Its time was over.", officer.desk.second(*SECOND))
    await officer.press("escape")
    await officer.app.push_screen(erasing.stayed(officer.desk.erasure(id)))
    await officer.sees("Entry of the journal")


WALKS = {
    "first run": Walk(first._Form, first_run, inside=False, empty=True),
    "unlock": Walk(unlock._UnlockForm, unlocking, inside=False),
    "unlock watched": Walk(unlock._UnlockForm, watched, inside=False),
    "machine": Walk(machine.Machine, looked_at, inside=False),
    "stopped": Walk(machine.Stopped, stopped, inside=False),
    "recovery": Walk(recovering.Sharing, recovery, inside=False),
    "dossiers": Walk(people.People, nowhere),
    "kept": Walk(reader.Kept, kept),
    "overview": Walk(overview.Overview, keys(("f8", "Where they stand"))),
    "dossier": Walk(dossier.DossierRoom, at("training core")),
    "dossier admitted": Walk(dossier.DossierRoom, at("admitted general")),
    "particulars": Walk(form.Form, at("training core", ("f2", "> Full name"))),
    "timeline": Walk(timeline.Timeline, at("training core", ("f3", "Timeline:"))),
    "course": Walk(dialogs.Question, at("training core", ("f8", "What has happened?"))),
    "new dossier wrong": Walk(form.Form, trouble),
    "question": Walk(interview.Interview, at("screening core", ("enter", "Interview:"))),
    "adverse answer": Walk(interview.Interview, adverse),
    "rows": Walk(interview.Interview, listing),
    "findings": Walk(findings.Findings, at("decision core", ("down enter", "Checks and findings"))),
    "training": Walk(training.TrainingRoom, at("training core", ("enter", "modules done"))),
    "teaching": Walk(
        form.Form, at("training core", ("enter", "modules done"), ("enter", "> Hours"))
    ),
    "reading": Walk(quizzing.QuizRoom, taught(then=False)),
    "quiz": Walk(quizzing.QuizRoom, taught(then=True)),
    "undertaking": Walk(
        undersigning.SigningRoom,
        at("undertaking general", ("enter", BEGINS), ("enter", "More below")),
    ),
    "signature": Walk(form.Form, signature),
    "handover": Walk(rules.RulesRoom, at("rules key", ("enter", BEGINS))),
    "rule": Walk(
        rules.RulesRoom, at("rules key", ("enter", BEGINS), ("enter", "I have read this rule"))
    ),
    "back to the officer": Walk(
        form.Form,
        at("rules key", ("enter", BEGINS), ("escape", "Officer's passphrase")),
    ),
    "decision": Walk(form.Form, at("decision core", ("enter", "> Decision"))),
    "second officer": Walk(keyed.Keyed, at("second core", ("enter", "> Second officer"))),
    "jump": Walk(jump.Jump, at("screening core", ("enter", "Interview:"), ("f7", "Jump to"))),
    "print": Walk(form.Form, at("admitted general", ("f7", "> Document"))),
    "erased": Walk(reader.Reader, erased),
    "export": Walk(exporting.Exporting, keys(("f5", "> Medium"))),
    "next medium": Walk(dividing.NextMedium, next_medium),
    "not written": Walk(dialogs.Question, not_written),
    "receipts": Walk(receipts.Receipts, the_receipts),
    "cosignature": Walk(receipts.Cosigning, a_cosignature),
    "new witness": Walk(form.Form, a_new_witness),
    "put back": Walk(reader.Reader, put_back),
    "archives here": Walk(taking_in.TakingIn, the_archives),
    "opening an archive": Walk(form.Form, opening),
    "whose archive": Walk(form.Form, whose),
    "not taken in": Walk(reader.Reader, not_taken_in),
    "taken in": Walk(taken_in.TakenIn, taken_in_apart),
    "verify": Walk(form.Form, keys(("f6", "> Earlier checkpoint"))),
    "verified": Walk(
        verifying.Verified,
        keys(("f6", "> Earlier checkpoint"), ("enter", "The vault holds.")),
    ),
    "officers": Walk(officers.Officers, keys(("f4", "Officers of this vault"))),
    "officer": Walk(officer.OfficerRoom, of_an_officer),
    "book": Walk(book.RecipientsBook, the_book),
    "recipient": Walk(book.RecipientRoom, of_a_recipient),
    "comparing": Walk(form.Form, comparing),
    "export to the book": Walk(exporting.Exporting, export_to_the_book),
    "shares": Walk(form.Form, keys(("f7", "> Recover with"), ("2", "> Recover with"))),
    "share": Walk(sharing.Custodians, share),
    "words back": Walk(sharing.Custodians, words_back),
    "erasing": Walk(erasing.Warned, erasure),
    "erasing last": Walk(erasing._Last, last_step),
    "settings": Walk(settings.Preferences, preferences),
    "help": Walk(helping.Help, keys(("f1", "Help: "))),
    "all keys": Walk(helping.AllKeys, keys(("f1", "Help: "), ("question_mark", "All keys"))),
    "tour": Walk(people.People, tour),
    "palette": Walk(palette.Palette, keys(("ctrl+p", "What do you want to do?"))),
    "at work": Walk(dialogs.Working, work),
}


def unseen() -> set[type[Screen]]:
    """The screens of the program to which no walk leads."""

    for module in pkgutil.iter_modules(screens.__path__):
        importlib.import_module(f"{screens.__name__}.{module.name}")

    def under(kind):
        return {kind}.union(*(under(each) for each in kind.__subclasses__()))

    kinds = under(room.Room) | under(dialogs.Box)
    ours = {kind for kind in kinds if kind.__module__.startswith("secterm.")}
    return ours - {walk.shows for walk in WALKS.values()} - set(NEVER_SHOWN)
