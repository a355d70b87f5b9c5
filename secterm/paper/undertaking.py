"""The undertaking as it was read and signed: lines for ink, and what proves the signatures."""

from __future__ import annotations

import re
from typing import Final

from secterm.dossier import entries as acts
from secterm.dossier import signatures
from secterm.dossier.days import told
from secterm.dossier.fold import Told
from secterm.paper import Matter
from secterm.paper.setting import FINGERPRINT, ROLES, Setting, fingerprint, groups
from secterm.paper.sheet import SMALL, WIDTH, Cell, Sheet
from secterm.words import _

CLAUSE: Final = re.compile(r"(\d+\.\d+)  (.*)")
READ: Final = 10.5  # points
HANGING: Final = 12.0  # millimetres


def fill(to: Setting) -> None:
    """The text, the ink, the signatures."""
    signed = to.state.signed
    if signed is None:
        to.sheet.text(_("No undertaking is signed."))
        return
    act = signed.act
    to.who()
    to.sheet.heading(_("The text"))
    to.sheet.small(_("Line for line as it was read and signed."))
    to.sheet.gap(2)
    _as_read(to.sheet, act.text)
    to.ink(*((side.name, ROLES[side.role]) for side in act.signatures))
    to.sheet.heading(_("The electronic signatures"))
    to.sheet.text(
        _(
            "On {day} all sides signed one statement, each with an Ed25519 key of their own. The "
            "statement names the text by its SHA-256."
        ).format(day=told(act.on))
    )
    to.sheet.gap(1.5)
    for side in act.signatures:
        to.sheet.facts(
            [
                (ROLES[side.role].capitalize(), side.name),
                (_("Fingerprint of the key"), fingerprint(side.public_key)),
                (_("Public key"), groups(side.public_key)),
                (_("Signature"), groups(side.signature)),
            ]
        )
        to.sheet.gap(1.5)
    to.sheet.facts(
        [
            (_("SHA-256 of the text"), groups(act.text_sha256)),
            (_("Recorded by"), to.by(signed)),
            (_("Checked for this copy"), _check(to.matter, signed)),
        ]
    )
    to.sheet.gap(1.5)
    to.sheet.heading(_("The statement that was signed"))
    to.sheet.text(act.statement.rstrip("\n"), size=SMALL)
    to.sheet.gap(1.5)
    to.sheet.small(
        _(
            "A fingerprint is the first {n} hex digits of the SHA-256 of a public key. Each "
            "signature is Ed25519 over the statement, a newline after each of its lines. All of "
            "it is in the entry as well, and in every archive of the dossier."
        ).format(n=FINGERPRINT)
    )


def _as_read(sheet: Sheet, text: str) -> None:
    """The lines as they stand, a clause's under each other, a line by itself as a heading."""
    lines = ["", *text.rstrip("\n").split("\n"), "."]
    inside = False
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        clause = CLAUSE.fullmatch(line)
        if not line.strip():
            inside = False
            sheet.gap(2.2)
        elif clause:
            inside = True
            sheet.row(
                Cell(0, HANGING, clause[1], size=READ),
                Cell(HANGING, WIDTH - HANGING, clause[2], size=READ),
            )
        elif inside and line.startswith("  "):
            sheet.text(line.strip(), size=READ, x=HANGING)
        elif not before.strip() and not after.strip() and not line.endswith("."):
            sheet.gap(2)
            sheet.together(20)
            sheet.text(line, "B", READ)
        else:
            sheet.text(line, size=READ)


def _check(matter: Matter, signed: Told[acts.Signed]) -> str:
    """What the copy says of the signatures; the statement names where it was signed."""
    origin = signed.origin
    vault, dossier = (origin.vault, origin.dossier) if origin else (matter.vault, matter.id)
    try:
        signatures.check(signed.act, vault=vault, dossier=dossier)
    except signatures.BadSignature as bad:
        return _("THIS DOES NOT HOLD: {reason}. Verify the vault.").format(reason=bad)
    return _("The text, the statement and every signature hold.")
