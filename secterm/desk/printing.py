"""Brings a document to paper: to the printer through `lp`, or as a file into a folder on
a medium. Its bytes go to the printer by a pipe and to no file of ours; no name of
anybody is in a file's name or a job's title.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final, Literal, TypeAlias

from secterm import paper as papers
from secterm.archive import volumes
from secterm.archive.write import digest
from secterm.desk.book import Book
from secterm.desk.model import Dossier
from secterm.desk.receipts import Receipt, medium, readers
from secterm.dossier.days import in_full
from secterm.dossier.demands import NotAllowed
from secterm.dossier.entries import Document
from secterm.paper import Matter, Names, Paper, there
from secterm.policy.model import Pack
from secterm.vault.disk import write_new
from secterm.vault.shares import LENGTH
from secterm.words import _

PATIENCE: Final = 20.0  # seconds for the print system to take a document; a lock waits for it
LONGEST_REASON: Final = 160  # characters of what the print system says


class NotPrinted(Exception):
    """It is on no paper and in no folder. Its reason ends a sentence, full stop included."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Put:
    """A document that was brought somewhere; `path` where that is a file."""

    paper: Paper
    path: Path | None = None


@dataclass(frozen=True)
class Printer:
    """A printer of the print system, by its name; the usual one where that is empty."""

    name: str = ""
    kind: Literal["printer"] = "printer"

    def take(self, paper: Paper, called: str) -> Put:
        """Hands the document over, under a title that tells of nobody. Raises `NotPrinted`."""
        lp = command()
        if lp is None:
            raise NotPrinted(_("there is no print system on this machine (lp)."))
        to = ["-d", self.name] if self.name else []
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and every word is an argument of its own
                [lp, *to, "-t", f"secterm {called}"],
                input=paper.data,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotPrinted(_("the print system does not answer.")) from None
        except OSError as error:
            raise NotPrinted(f"{error.strerror}.") from None
        if done.returncode != 0:
            raise NotPrinted(_said(done.stderr))
        return Put(paper)


@dataclass(frozen=True)
class Folder:
    """A folder on a medium."""

    path: Path
    kind: Literal["folder"] = "folder"

    def take(self, paper: Paper, called: str) -> Put:
        """`secterm-CALLED.pdf` there, for its owner alone, on the disk for good and read back.

        What is there is never written over: the name gets a number then. Raises `NotPrinted`;
        then nothing half-written stays.
        """
        try:
            if not self.path.is_dir():
                raise NotPrinted(_("there is no such folder; is the medium mounted?"))
            path = write_new(self.path, f"secterm-{called}", "pdf", paper.data, 0o600)
            try:
                if digest(path, len(paper.data)) != paper.sha256:
                    raise NotPrinted(_("the medium does not hold what was written to it."))
            except BaseException:
                with contextlib.suppress(OSError):
                    path.unlink()
                raise
        except OSError as error:
            raise NotPrinted(_reason(error)) from None
        return Put(paper, path)


Place: TypeAlias = Printer | Folder


def command() -> str | None:
    """Where CUPS's `lp` is; None where there is none."""
    return shutil.which("lp")


def made(
    dossier: Dossier,
    document: Document,
    *,
    unit: str,
    vault: str,
    checkpoint: str,
    names: Names,
    receipts: Iterable[Receipt],
    book: Book,
) -> Paper:
    """A document of this dossier. Raises NotAllowed where it has none such."""
    if document not in there(dossier.state):
        raise NotAllowed(_("This dossier has no such document yet."))
    from secterm.paper import documents  # what draws is slow to import, and seldom needed

    return documents.made(
        Matter(
            unit=unit,
            vault=vault,
            id=dossier.id,
            state=dossier.state,
            entries=dossier.entries,
            pack=dossier.pack,
            checkpoint=checkpoint,
            names=names,
            receipt=_receipt(dossier, receipts, names, book),
        ),
        document,
    )


def _receipt(
    dossier: Dossier, receipts: Iterable[Receipt], names: Names, book: Book
) -> papers.Receipt | None:
    """What the vault's own entries say of the archive that a dossier went into last."""
    last = dossier.state.archived
    found = next((r for r in receipts if last and r.told.sha256 == last.act.sha256), None)
    if found is None:
        return None
    return papers.Receipt(
        file=found.told.file,
        sha256=found.told.sha256,
        at=found.at,
        officer=names(found.officer, found.number),
        size=found.told.size,
        checkpoint=found.checkpoint,
        medium=medium(found),
        recipients=readers(found, book),
        volume=volumes.called(found.told.volume) if found.told.volume else "",
    )


def sheets(
    needed: int, count: int, *, unit: str, vault: str, checkpoint: str, pack: Pack, on: date
) -> Paper:
    """A sheet for each custodian of a recovery share."""
    from secterm.paper import recovery
    from secterm.paper.sheet import Head, pack_line

    head = Head(
        unit=unit,
        title=_("Recovery shares, to be written by hand"),
        about=_("Vault {id}, {day}").format(id=vault, day=in_full(on)),
        checkpoint=checkpoint,
        made=datetime.combine(on, time(), UTC),
        pack=pack_line(pack),
        language=pack.head.language,
    )
    return recovery.sheets(head, needed, count, LENGTH)


def _said(told: bytes) -> str:
    """What the print system complained of, in one line."""
    line = " ".join(told.decode(errors="replace").split())[:LONGEST_REASON]
    line = "".join(char if char.isprintable() else "?" for char in line).removeprefix("lp: ")
    return f"{line.rstrip('.')}." if line else _("the print system refused it.")


def _reason(error: OSError) -> str:
    told = {
        errno.ENOSPC: _("the medium is full."),
        errno.EFBIG: _("the medium is full."),
        errno.EROFS: _("the medium is read-only."),
        errno.EACCES: _("the folder may not be written to."),
        errno.EPERM: _("the folder may not be written to."),
    }
    return told.get(error.errno or 0, f"{error.strerror or error}.")
