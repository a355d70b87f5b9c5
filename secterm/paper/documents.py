"""The documents of one dossier, each made of its entries and its pack alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from secterm.dossier import gates
from secterm.dossier.days import told
from secterm.dossier.entries import Document
from secterm.paper import (
    TITLES,
    Matter,
    Paper,
    decision,
    receipt,
    rules,
    screening,
    training,
    undertaking,
)
from secterm.paper.setting import Setting
from secterm.paper.sheet import Head, Sheet, pack_line
from secterm.words import _

NEED_TO_KNOW: Final = _(
    "Need to know: only for the officers who decide on this appointment or review it."
)
FILLED: Final[dict[Document, Callable[[Setting], None]]] = {
    "undertaking": undertaking.fill,
    "rules": rules.fill,
    "training": training.fill,
    "screening": screening.fill,
    "decision": decision.fill,
    "receipt": receipt.fill,
}


def made(matter: Matter, document: Document) -> Paper:
    """A document that is there (`secterm.paper.there`)."""
    sheet = Sheet(_head(matter, document))
    FILLED[document](Setting(matter, sheet))
    return sheet.finished()


def _head(matter: Matter, document: Document) -> Head:
    terms = gates.terms_of(matter.state, matter.pack)
    last = matter.entries[-1].entry.at
    return Head(
        unit=matter.unit,
        title=TITLES[document],
        about=_("Dossier {id}, as of {day}").format(id=matter.id, day=told(last)),
        checkpoint=matter.checkpoint,
        made=datetime.fromisoformat(last),
        pack=pack_line(matter.pack),
        level=_("Post up to: {level}").format(level=terms.level),
        notice=NEED_TO_KNOW if document == "screening" else "",
        language=matter.pack.head.language,
    )
