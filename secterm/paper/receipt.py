"""The receipt of an archive."""

from __future__ import annotations

from secterm.dossier import sentences
from secterm.paper import Receipt
from secterm.paper.setting import Setting, groups, moment
from secterm.words import _


def fill(to: Setting) -> None:
    """Of the archive that the dossier went into last."""
    found = to.state.archived
    if found is None:
        to.sheet.text(_("No archive was written of this dossier."))
        return
    what = to.matter.receipt or Receipt(
        file=found.act.file,
        sha256=found.act.sha256,
        at=found.at,
        officer=to.name(found.officer, found.number),
        recipients=found.act.recipients,
        volume=sentences.volume(found.act.volume) if found.act.volume else "",
    )
    unknown = _("not recorded")
    size = unknown if what.size is None else _("{n:,} bytes").format(n=what.size)
    for_whom = "\n".join(what.recipients)
    if what.recipients == ("passphrase",):
        for_whom = _("whoever knows the archive's passphrase")
    to.sheet.text(
        _("This archive was written, read back from the medium and compared before it counted.")
    )
    to.sheet.gap(3)
    volume = [(_("Volume"), what.volume)] if what.volume else []
    to.sheet.facts(
        [
            (_("File"), what.file),
            *volume,
            (_("SHA-256"), groups(what.sha256)),
            (_("Size"), size),
            (_("Written"), moment(what.at)),
            (_("By"), what.officer),
            (_("Medium"), what.medium or unknown),
            (_("Its checkpoint"), what.checkpoint or unknown),
            (_("Encrypted to"), for_whom or unknown),
        ]
    )
    to.sheet.heading(_("To check it"))
    to.sheet.text(
        _(
            "Compare the SHA-256 with what sha256sum says of the file. “secterm inspect” says "
            "what is in the archive and whether it holds; age and tar open it without this "
            "program."
        )
    )
    to.sheet.heading(_("For signatures in ink"))
    to.sheet.ink([(what.officer, _("who hands it over")), ("", _("Who receives it"))])
