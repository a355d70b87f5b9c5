"""What officers left unfinished: where a lock interrupted each of them, what was
typed there, and the questions that they marked to come back to. All of it is the
vault's drafts, no entry says it, and no record, archive or paper has it.
"""

from __future__ import annotations

import contextlib
from typing import Annotated, Final

import msgspec

from secterm.desk.columns import folded
from secterm.desk.restoring import Restoring
from secterm.desk.shelf import BROKEN
from secterm.desk.upkeep import tells
from secterm.dossier.demands import require
from secterm.dossier.gates import asks_of
from secterm.vault import drafts
from secterm.vault.errors import SealBroken, VaultError
from secterm.words import _


class Left(msgspec.Struct, frozen=True):
    """Where an officer was interrupted, and what was typed there, never a secret.

    `dossier` is an id (32 hex digits), or empty where it is about none. `way` leads to
    the place, a word a screen; `typed` is by the field's name.
    """

    dossier: Annotated[str, msgspec.Meta(pattern=r"\A([0-9a-f]{32})?\Z")] = ""
    way: tuple[str, ...] = ()
    typed: dict[str, str] = {}


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one row says: the marked questions, and by officer's id what each left.

    In an officer's own row it is what they left that is about no dossier; or which
    one it is about, and nothing more.
    """

    marked: tuple[str, ...] = ()
    left: dict[str, Left] = {}

    def encode(self) -> bytes:
        """Its JSON; empty where it says nothing."""
        return msgspec.json.encode(self) if self.marked or self.left else b""

    def fits(self) -> bool:
        """Whether a draft may be so long, and what was typed can be written at all."""
        with contextlib.suppress(UnicodeEncodeError):
            return len(self.encode()) <= drafts.LONGEST
        return False


_kept: Final = msgspec.json.Decoder(Kept)


class Drafts(Restoring):
    """What officers left unfinished; anybody may leave and mark, whatever their role."""

    def leave(self, left: Left | None) -> None:
        """Keeps what the officer who unlocked left, in the place of what they left before.

        About a dossier that is gone, or does not open, nothing is kept; nor are texts
        that are too long for a draft or cannot be written. Raises as `Vault.keep_drafts`;
        `VaultBusy` also while a large vault is verified with the help of a second process.
        """
        me = self.officer.id
        if left is not None and left.dossier and not self._opens(left.dossier):
            left = None
        before = self._row(me).left.get(me)
        about = {one.dossier for one in (before, left) if one} - {""}
        rows = {id: self._without(id, me) for id in about}
        own = Kept()
        if left is not None and left.dossier:
            there = rows[left.dossier] = self._with(rows[left.dossier], left)
            own = Kept(left={me: Left(left.dossier)}) if me in there.left else own
        elif left is not None:
            own = self._with(own, left)
        self._keep({me: own, **rows})

    def left(self) -> Left | None:
        """What this officer left; None where that is nothing, does not open, or its dossier
        is gone or does not open.
        """
        me = self.officer.id
        found = self._row(me).left.get(me)
        if found is None or not found.dossier:
            return found
        if not self._opens(found.dossier):
            return None
        there = self._row(found.dossier).left.get(me)
        return there if there is not None and there.dossier == found.dossier else None

    def marked(self, id: str) -> frozenset[str]:
        """The ids of this dossier's questions to come back to, whoever marked them."""
        return frozenset(self._row(id).marked)

    def mark(self, id: str, question: str, on: bool) -> None:
        """Marks a question of this dossier to come back to, or takes the mark away.

        Raises NotAllowed where there is no such dossier or the appointee is not asked
        that question, or there is no room for a mark; or as `leave`.
        """
        state, _entries = self._shelf.state(id)
        pack = self._shelf.pack(state.pack)
        asked = asks_of(pack, state).questions
        require(not on or question in asked, _("This appointee is not asked that question."))
        there = self._row(id)
        marked = {*there.marked, question} if on else {*there.marked} - {question}
        row = msgspec.structs.replace(there, marked=tuple(sorted(marked)))
        require(row.fits(), _("There is no room for another mark."))
        self._keep({id: row})

    def _dismiss(self, officer: str) -> None:
        about = self._row(officer).left.get(officer, Left()).dossier
        rows = {id: self._without(id, officer) for id in {about} - {""}}
        with contextlib.suppress(VaultError):  # they are disabled all the same
            self._keep({officer: Kept(), **rows})

    def _forget(self, names: list[str]) -> None:
        """Of what officers left: the texts about no dossier that tell a name, and all that are
        but a part of one, as is typed to find somebody.
        """
        for who in self._registry.officers:
            at = self._row(who).left.get(who, Left()).dossier or who
            row = self._row(at)
            left = row.left.get(who, Left())
            told = [
                key
                for key, text in left.typed.items()
                if any(_seeks(text, name) or (at == who and tells(text, name)) for name in names)
            ]
            if told:
                typed = {key: text for key, text in left.typed.items() if key not in told}
                without = msgspec.structs.replace(left, typed=typed)
                self._keep({at: msgspec.structs.replace(row, left={**row.left, who: without})})

    # -- rows ---------------------------------------------------------------

    def _opens(self, id: str) -> bool:
        with contextlib.suppress(*BROKEN):
            self._shelf.state(id)
            return True
        return False

    def _row(self, id: str) -> Kept:
        """What is kept there; nothing where it does not open, or is no such thing."""
        if id in self._registry.erased:
            return Kept()
        with contextlib.suppress(*BROKEN):
            return _kept.decode(self._vault.draft(bytes.fromhex(id)))
        return Kept()

    def _without(self, id: str, officer: str) -> Kept:
        """The row without what this officer left, or somebody who is none any more."""
        there = self._row(id)
        active = {one.id for one in self._registry.active()} - {officer}
        return msgspec.structs.replace(
            there, left={who: left for who, left in there.left.items() if who in active}
        )

    def _with(self, row: Kept, left: Left) -> Kept:
        """The row with what this officer left: without its texts, or not at all, where it
        would be too long.
        """
        for one in (left, msgspec.structs.replace(left, typed={})):
            longer = msgspec.structs.replace(row, left={**row.left, self.officer.id: one})
            if longer.fits():
                return longer
        return row

    def _keep(self, rows: dict[str, Kept]) -> None:
        plain = {bytes.fromhex(id): row.encode() for id, row in rows.items()}
        with contextlib.suppress(SealBroken):  # a key that does not open seals nothing
            self._vault.keep_drafts(plain)


def _seeks(text: str, name: str) -> bool:
    """Whether every word of a text is a part of the name."""
    words = folded(text).split()
    return bool(words) and all(word in folded(name) for word in words)
