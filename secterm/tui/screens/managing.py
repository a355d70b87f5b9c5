"""What is done with officers and the vault's key: each asks until it is done or
left. The desk says who may; a screen offers only that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from secterm import messages
from secterm.desk import keyfiles
from secterm.desk.registry import Officer
from secterm.dossier.entries import Role
from secterm.dossier.roles import ROLES as ALL_ROLES
from secterm.tui.screens import passwords, seconding
from secterm.tui.screens.dialogs import Cancelled, Question, bar
from secterm.tui.screens.form import Entry, Form, Values, refusal
from secterm.tui.screens.keyed import Keyed
from secterm.tui.screens.passwords import KeyFile
from secterm.tui.widgets.choices import Choice
from secterm.tui.wording import ROLES
from secterm.vault.errors import WrongPassphrase
from secterm.vault.signer import Signer
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room

R = TypeVar("R")

STEPS: Final = 200  # of the bar, while the vault gets a new key
ROLE_CHOICES: Final[dict[Role, str]] = {
    "administrator": _("Administrator: everything, officers too"),
    "officer": _("Officer: records, and seconds others"),
    "approver": _("Approver: reads; a second person's word"),
    "auditor": _("Auditor: reads and verifies, no more"),
}
LAST: Final = _(
    "This is the last administrator. Without one nobody could add an officer, give a role or "
    "make a new vault key. First make another officer an administrator: F3 on their page."
)
ONESELF: Final = _("Nobody disables themselves: another administrator does it.")


async def asked(
    room: Room[None],
    form: Callable[[str, Values], Form],
    title: str,
    act: Callable[[Values], R],
    wrong: str = "",
) -> R | None:
    """Asks with `form` (what is told, what was typed) until `act` succeeds; None where left.

    `wrong` is told of a wrong passphrase.
    """
    told, kept = "", Values()
    while True:
        values = await room.shell.push_screen_wait(form(told, kept))
        if values is None:
            return None
        kept = values
        try:
            return await room.shell.working(title, partial(_quietly, act, values))
        except WrongPassphrase as error:
            told = wrong
            await room.shell.wait_after(error.failures)
        except Exception as error:
            told = messages.explain(error).text()


def _quietly(act: Callable[[Values], R], values: Values, tell: Callable[[str], None]) -> R:
    return act(values)


# -- officers ---------------------------------------------------------------------


def role_entry(kept: Values, roles: tuple[Role, ...], value: str = "") -> Entry:
    """One role of several, each with what it may do."""
    choices = tuple(Choice(role, ROLE_CHOICES[role]) for role in roles)
    return Entry("role", _("Role"), "choice", value=kept.get("role", value), choices=choices)


def role_of(values: Values) -> Role:
    """The role that was chosen."""
    return next(role for role in ALL_ROLES if role == values["role"])


async def add(room: Room[None]) -> None:
    """A further officer, who types their own passphrase."""
    desk = room.desk
    words = (desk.unit,)

    def form(told: str, kept: Values) -> Form:
        return Form(
            _("Add an officer"),
            [
                Entry(
                    "name",
                    _("New officer's name"),
                    value=kept.get("name", ""),
                    check=lambda values: refusal(lambda: desk.demand_free_name(values["name"])),
                ),
                role_entry(kept, ALL_ROLES, "officer"),
                *passwords.entries("name", words=words),
                *passwords.key_entries(kept),
            ],
            intro=_(
                "Choose name and role. Then the new officer sits down here and types their "
                "own passphrase, twice."
            ),
            live=passwords.meter("name", words=words),
            told=told,
            tight=True,
            records=True,
        )

    def act(values: Values) -> tuple[Officer, KeyFile]:
        with passwords.key_file(values) as key:
            added = desk.add_officer(
                values["name"], values["passphrase"], role_of(values), key_file=key.key or b""
            )
        return added, key

    done = await asked(room, form, _("Adding the officer"), act)
    if done is None:
        return
    added, key = done
    room.doing = ""
    if key.path is not None:
        await room.shell.push_screen_wait(passwords.made(_("Add an officer"), key.path))
    room.freshen()
    room.say(
        _("{name} can unlock this vault now, as {role}.").format(
            name=added.name, role=ROLES[added.role]
        ),
        good=True,
    )


async def rename(room: Room[None], officer: Officer) -> None:
    """Another name; the officer shows with their own passphrase that they know of it."""
    desk, own = room.desk, officer.id == room.desk.officer.id
    named = room.shell.key_file if own else None

    def form(told: str, kept: Values) -> Form:
        return Form(
            _("Rename"),
            [
                Entry(
                    "name",
                    _("New name"),
                    value=kept.get("name", officer.name),
                    check=lambda values: refusal(
                        lambda: desk.demand_free_name(values["name"], officer.id)
                    ),
                ),
                Entry(
                    "passphrase",
                    _("Your passphrase") if own else _("Their own passphrase"),
                    "secret",
                ),
            ],
            intro=_(
                "{name} unlocks with the new name from now on, and the passphrase stays. What "
                "they signed stays theirs. The officer types the passphrase, because their way "
                "in is made anew for the new name."
            ).format(name=officer.name),
            told=told,
            records=True,
        )

    def act(values: Values) -> Officer:
        return desk.rename_officer(
            officer.id,
            values["name"],
            values["passphrase"],
            key_files=keyfiles.at_hand(named),
        )

    wrong = _not_theirs(officer)
    done = await asked(room, form, _("Renaming the officer"), act, wrong)
    if done is not None:
        room.freshen()
        room.say(_("The officer's name is {name} now.").format(name=done.name), good=True)


def _not_theirs(officer: Officer) -> str:
    return _(
        "That is not the passphrase of {name}. Where it takes a key file, mount its medium. "
        "Nothing was changed."
    ).format(name=officer.name)


def _last(room: Room[None], officer: Officer) -> bool:
    """Whether this is the only administrator; said here where it is."""
    administrators = [o.id for o in room.desk.officers() if o.role == "administrator"]
    if administrators == [officer.id]:
        room.say(LAST)
    return administrators == [officer.id]


def _second_too(officer: Officer, intro: str) -> str:
    if officer.role != "administrator":
        return intro
    return (
        intro
        + "\n"
        + _(
            "{name} is an administrator, so a second person agrees: not you, and not {name}."
        ).format(name=officer.name)
    )


async def _for_two(
    room: Room[None],
    officer: Officer,
    form: Callable[[str, Values], Form],
    title: str,
    act: Callable[[Signer | None, Values], None],
) -> bool:
    """Does it at once, or where it is about an administrator with a second person's key."""
    if officer.role == "administrator":
        return await seconding.identify(room, form, act=act) is not None

    def alone(values: Values) -> Values:
        act(None, values)
        return values

    return await asked(room, form, title, alone) is not None


async def give_role(room: Room[None], officer: Officer) -> None:
    """Another role, with the reason; a second person where they were administrator."""
    if _last(room, officer):
        return
    desk = room.desk
    others = tuple(role for role in ALL_ROLES if role != officer.role)
    second = officer.role == "administrator"

    def form(told: str, kept: Values) -> Form:
        return Keyed(
            _("Role"),
            [
                role_entry(kept, others),
                Entry("reason", _("Reason"), "text", value=kept.get("reason", "")),
                *(seconding.who(kept) if second else ()),
            ],
            kept,
            intro=_second_too(
                officer,
                _("{name} is {role} now. Another role holds from the next act on.").format(
                    name=officer.name, role=ROLES[officer.role]
                ),
            ),
            told=told,
            records=True,
        )

    def act(signer: Signer | None, values: Values) -> None:
        desk.give_role(officer.id, role_of(values), values["reason"], signer)

    if await _for_two(room, officer, form, _("Giving the role"), act):
        room.freshen()
        now = next(o for o in desk.officers() if o.id == officer.id)
        room.say(_("{name} is {role} now.").format(name=now.name, role=ROLES[now.role]), good=True)


async def disable(room: Room[None], officer: Officer) -> None:
    """Disables an officer, with the reason; then a new vault key is offered."""
    if _last(room, officer):
        return
    if officer.id == room.desk.officer.id:
        room.say(ONESELF)
        return
    desk, second = room.desk, officer.role == "administrator"

    def form(told: str, kept: Values) -> Form:
        return Keyed(
            _("Disable"),
            [
                Entry("reason", _("Reason"), "text", value=kept.get("reason", "")),
                *(seconding.who(kept) if second else ()),
            ],
            kept,
            intro=_second_too(
                officer,
                _(
                    "{name} will not unlock this vault any more. What they signed stays and "
                    "stays valid. A copy of the vault made earlier still opens for them, "
                    "with all that stood in it then. A new vault key, offered next, keeps them "
                    "out of every dossier begun after it. Nobody disabled is taken back: they "
                    "would be added anew."
                ).format(name=officer.name),
            ),
            told=told,
            records=True,
        )

    def act(signer: Signer | None, values: Values) -> None:
        desk.disable_officer(officer.id, values["reason"], signer)

    if not await _for_two(room, officer, form, _("Disabling the officer"), act):
        return
    room.doing = ""
    room.freshen()
    answer = await room.shell.push_screen_wait(
        Question(
            _("{name} is disabled.").format(name=officer.name),
            _(
                "Make a new vault key now? Until there is one, whoever has an old copy of the "
                "vault and a passphrase of that time holds the key that is still in use."
            ),
            [
                Choice("now", _("Make a new vault key now")),
                Choice("later", _("Later: F8 in the list of officers")),
            ],
        )
    )
    if answer == "now":
        await rekey(room, _("After an officer was disabled"))
    else:
        room.say(_("{name} is disabled.").format(name=officer.name), good=True)


# -- one's own passphrase -------------------------------------------------------------


async def change_passphrase(room: Room[None]) -> None:
    """The passphrase of the officer who unlocked, and their key file."""
    desk, named = room.desk, room.shell.key_file
    officer = desk.officer
    words = (desk.unit, officer.name)

    def form(told: str, kept: Values) -> Form:
        return Form(
            _("My passphrase"),
            [
                Entry("old", _("Passphrase until now"), "secret"),
                *passwords.entries(label=_("New passphrase"), words=words),
                *passwords.key_entries(kept, change=True),
            ],
            intro=_(
                "Your name, your keys and what you signed stay. A copy of the vault made before "
                "still opens with the passphrase it had."
            ),
            live=passwords.meter(words=words),
            told=told,
            records=True,
        )

    def act(values: Values) -> KeyFile:
        with passwords.key_file(values) as key:
            desk.change_passphrase(
                values["old"],
                values["passphrase"],
                key_files=keyfiles.at_hand(named),
                key_file=key.key,
            )
        return key

    wrong = _(
        "The passphrase until now is not right. Where it takes a key file, mount its medium. "
        "Nothing was changed."
    )
    key = await asked(room, form, _("Changing the passphrase"), act, wrong)
    if key is None:
        return
    if key.key is not None:
        room.shell.key_file = key.path
    if key.path is not None:
        await room.shell.push_screen_wait(passwords.made(_("My passphrase"), key.path))
    room.freshen()
    room.say(_("Your passphrase is changed."), good=True)


# -- the vault's key ----------------------------------------------------------------


async def rekey(room: Room[None], reason: str = "") -> None:
    """A new vault key, with the reason; stopped in the middle, the old one stays."""
    told, kept = "", {"reason": reason}
    while True:
        values = await room.shell.push_screen_wait(_rekey_form(told, kept))
        if values is None:
            return
        kept = values
        try:
            await room.shell.working(
                _("Making a new vault key"), _rekeying(room, values["reason"]), stoppable=True
            )
        except Cancelled:
            told = _("Stopped. The vault has its key of before, and nothing was changed.")
            continue
        except Exception as error:
            told = messages.explain(error).text()
            continue
        room.freshen()
        room.say(_("The vault has a new key. Everybody unlocks as before."), good=True)
        return


def _rekey_form(told: str, kept: Values) -> Form:
    return Form(
        _("New vault key"),
        [Entry("reason", _("Reason"), "text", value=kept["reason"])],
        intro=_(
            "What the vault's key seals is sealed anew under another. Whoever kept an old copy of "
            "the vault still reads that copy, but no dossier begun from now on. A dossier keeps "
            "its own key: what is added to one that was in the copy, they read only if they get "
            "hold of a later copy too. Passphrases, key files and recovery shares stay as they "
            "are.\n\n"
            "The vault is verified first. It may take minutes in a large one, and can be "
            "stopped. If the power goes, the "
            "vault opens with the key of before or the new one, and nothing is lost."
        ),
        told=told,
        records=True,
    )


def _rekeying(room: Room[None], reason: str) -> Callable[[Callable[[str], None]], bool]:
    desk = room.desk

    def work(tell: Callable[[str], None]) -> bool:
        def progress(done: int, total: int) -> None:
            if done % max(total // STEPS, 1) == 0 or done == total:
                tell(bar(done, total))

        desk.rekey(reason, progress)
        return True

    return work
