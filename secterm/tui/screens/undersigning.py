"""The undertaking: read to its end and signed by the appointee, for the unit by
the officer, and witnessed by a second officer where the pack asks for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widgets import Static

from secterm import messages
from secterm.desk.model import Dossier
from secterm.desk.signing import SHORTEST_SECRET
from secterm.dossier import gates
from secterm.dossier.entries import SigningRefused
from secterm.tui.screens import seconding
from secterm.tui.screens.form import Entry, Form, Values
from secterm.tui.screens.handover import Handover
from secterm.tui.screens.keyed import Keyed
from secterm.tui.widgets.reading import Reading
from secterm.vault.signer import Signer
from secterm.words import _

if TYPE_CHECKING:
    from secterm.tui.screens.room import Room


async def sign(room: Room[None], id: str) -> None:
    """The way to the signature, from the officer's side."""
    dossier = room.desk.dossier(id)
    gate = dossier.standing.gate("undertaking")
    if gate.status == "done":
        room.say(_("The undertaking is signed."), good=True)
        return
    if dossier.standing.stage not in ("undertaking", "admitted", "deferred", "decision"):
        room.say(_("The undertaking comes after screening and training."))
        return
    witness: Signer | None = None
    if gates.terms_of(dossier.state, dossier.pack).witness:
        found = await seconding.identify(room, _witness_form)
        if found is None:
            return
        witness = found[0]
    text = room.tried(lambda: room.desk.undertaking(id))
    if text is not None:
        await room.shell.push_screen_wait(SigningRoom(id, text, witness))


def _witness_form(told: str, kept: Values) -> Form:
    return Keyed(
        _("Witness"),
        seconding.who(kept),
        kept,
        intro=_(
            "For this category a second officer witnesses the signature. They stay here "
            "while the undertaking is read and signed, and sign with it."
        ),
        told=told,
    )


class SigningRoom(Handover):
    """The text, to its end; then name and secret, or a refusal."""

    PURPOSE = _("You read the undertaking to its end. Then you sign it, or refuse to.")
    HELP_TEXT = _(
        "Read the undertaking to its end with Enter, PgDn or the arrows. Once all of it was on "
        "the screen, Enter goes on to the signature. F4 refuses to sign; that is your right, and "
        "what you say is recorded. Esc calls the officer."
    )
    RULE = _("Only what was read to its end can be signed. To refuse is a right.")
    BINDINGS = [Binding("f4", "refuse", _("I refuse to sign"))]

    def __init__(self, id: str, text: str, witness: Signer | None) -> None:
        super().__init__(_("Undertaking"), id)
        self._text = text
        self._witness = witness

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing to refuse before it is shown or after it is signed."""
        return action != "refuse" or (self.begun and not self.over)

    async def begin(self) -> None:
        """The text, from where it was left; from the top where it is another text now."""
        doing, text, place = [*self.resumed.split(maxsplit=2), "", "", ""][:3]
        same = text == self._mark()
        reading = Reading(self._text, place=place if same else "")
        told = _("Please read all of it.")
        if text and not same:
            told = _("The text is another now, with another day in it. Please read all of it anew.")
        await self.page(
            Static(told, classes="soft", markup=False),
            Static("", markup=False),
            reading,
            focus=reading,
            hint=_("This is the end. Enter goes on to the signature."),
        )
        if doing == "refuse":
            self.action_refuse()
        elif doing == "sign" and same:
            self.alone(self._sign)

    def place(self) -> str:
        """Which text it is, and where in it."""
        if self.reading is None:
            return "" if self.begun else self.resumed
        return f"read {self._mark()} {self.reading.place()}"

    def _mark(self) -> str:
        return hashlib.sha256(self._text.encode()).hexdigest()[:16]

    def _does(self, what: str) -> None:
        self.doing = self.place().replace("read", what, 1)

    async def entered(self) -> None:
        """All of it was read: on to the signature."""
        self.alone(self._sign)

    async def _sign(self) -> None:
        told, kept = "", Values()
        self._does("sign")
        while True:
            values = await self.shell.push_screen_wait(self._form(told, kept))
            if values is None:
                return
            kept = values
            try:
                await self.shell.working(_("Signing"), self._signing(values))
            except Exception as error:
                told = messages.explain(error).text()
                continue
            await self.finish(
                _("The undertaking is signed by both sides. Keep your signing secret to yourself.")
            )
            return

    def _form(self, told: str, kept: Values) -> Form:
        name = self.who()
        return self.ask(
            _("Signature"),
            [
                Entry("name", _("Your full name"), value=kept.get("name", "")),
                Entry(
                    "secret",
                    _("Your signing secret"),
                    "secret",
                    help=_("At least {n} characters, of your own choosing.").format(
                        n=SHORTEST_SECRET
                    ),
                ),
                Entry("again", _("Once more"), "secret", again="secret"),
            ],
            intro=_(
                "By typing your full name and a signing secret of your own choosing, you, {name}, "
                "sign the undertaking that you have just read. The secret protects your signing "
                "key; nobody else is to know it, not even the officer."
            ).format(name=name),
            told=told,
        )

    def _signing(self, values: Values) -> Callable[[Callable[[str], None]], Dossier]:
        desk, id, text, witness = self.desk, self.dossier_id, self._text, self._witness
        return lambda tell: desk.sign(id, text, values["name"], values["secret"], witness)

    def action_refuse(self) -> None:
        """The appointee does not sign; what they say is recorded."""
        self.alone(self._refuse)

    async def _refuse(self) -> None:
        self._does("refuse")
        values = await self.shell.push_screen_wait(
            self.ask(
                _("Refusal"),
                [Entry("reason", _("Your reason"), "text")],
                intro=_(
                    "You may refuse to sign. Then you do not take up the post. What you say "
                    "here is recorded. Esc goes back to the text and records nothing."
                ),
                records=True,
            )
        )
        if values is None:
            return
        refused = SigningRefused(reason=values["reason"])
        if self.tried(lambda: self.desk.act(self.dossier_id, refused)) is not None:
            await self.finish(_("It is recorded that you do not sign."))
