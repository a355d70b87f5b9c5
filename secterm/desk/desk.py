"""Everything that an unlocked officer can do, one method per act. Each act is
judged by the dossier's rules, sealed and committed by the vault, and only then
told as done. It decides nothing itself and shows nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec

from secterm.archive import media
from secterm.archive.errors import ArchiveNotWritten
from secterm.archive.members import Kind, What
from secterm.archive.recipients import Recipients
from secterm.archive.write import Written
from secterm.desk import audit, document, exporting, passphrases, printing, quiz, receipts, signing
from secterm.desk.cards import Card, card_of
from secterm.desk.drafts import Drafts
from secterm.desk.index import Index
from secterm.desk.model import STRONGER, Clock, ClockIsBehind, Dossier, now
from secterm.desk.receipts import Receipt
from secterm.desk.recording import Recorder, as_recorded, officer_name, tidy
from secterm.desk.registry import Registry, read_registry
from secterm.desk.report import Report
from secterm.dossier import entries as acts
from secterm.dossier import record as records
from secterm.dossier.demands import legible, require
from secterm.dossier.entries import (
    Act,
    Document,
    Entry,
    Numbered,
    Particulars,
    ref_of,
)
from secterm.dossier.fold import State, Told, apply
from secterm.dossier.now import Now
from secterm.dossier.permit import NotAllowed, permit, rule_sha256
from secterm.dossier.record import Record
from secterm.host import doctor, machine, private
from secterm.host.machine import Machine
from secterm.paper import Paper, there
from secterm.policy import reader
from secterm.policy.model import Module, Pack, Rule
from secterm.vault import checkpoints, kdf
from secterm.vault.errors import VaultError
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault
from secterm.vault.verify import Progress
from secterm.words import _, ngettext


class Desk(Drafts):
    """An unlocked vault and the officer who unlocked it. `close` it to lock."""

    def __init__(self, vault: Vault, registry: Registry, clock: Clock) -> None:
        super().__init__(vault, registry, clock)
        self._drawn: quiz.Quiz | None = None  # the one that can be handed in
        self.notices: tuple[str, ...] = ()

    # -- coming and going -------------------------------------------------

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        unit: str,
        officer: str,
        passphrase: str,
        cost: kdf.Cost | None = None,
        pack: Path | None = None,
        files: Mapping[str, bytes] | None = None,
        clock: Clock = now,
        key_file: bytes = b"",
        progress: Callable[[kdf.Cost, float], None] = lambda cost, seconds: None,
        host: Machine | None = None,
    ) -> Desk:
        """A new vault with its first officer, an administrator, and the pack it works by:
        that in this folder, or of these files; else the one that comes with the program.

        `key_file` (32 bytes) is needed beside the passphrase, where it is given. `host` is the
        machine that it is made on: this one, unless told otherwise.
        Raises `WeakPassphrase`, `PackInvalid`, `HostStops`, or as `Vault.create`.
        """
        files = files or reader.read_folder(pack or reader.default_folder())
        adopted = reader.parse(files)
        doctor.demand(host or machine.here, path, adopted.head.host)
        unit, officer = signing.one_line(unit), signing.one_line(officer)
        require(bool(unit), _("The unit needs a name."))
        officer_name(officer)
        require(legible(unit), _("The unit's name holds what cannot be shown."))
        passphrases.demand(passphrase, (unit, officer))
        chosen = cost or kdf.calibrate(progress)
        at = clock()
        with Vault.create(path, officer, passphrase, chosen, key_file) as (vault, work):
            ed25519, mldsa = vault.log_keys()
            created = acts.Created(
                unit=unit,
                log_ed25519=ed25519.public_key().public_bytes_raw().hex(),
                log_mldsa44=mldsa.public_key().public_bytes_raw().hex(),
            )
            held = {name: data.decode() for name, data in files.items()}
            record = Recorder(work, vault.signer.officer, at, "administrator")
            record.vault(vault.id, created)
            record.vault(vault.id, acts.PackAdopted(pack=ref_of(adopted), files=held))
            record.officer(vault.id, vault.signer, officer, "administrator")
        desk = cls(vault, read_registry(vault), clock)
        desk.notices = private.kept(path)
        return desk

    @classmethod
    def open(
        cls,
        path: Path,
        officer: str,
        passphrase: str,
        *,
        key_files: Sequence[bytes] = (),
        clock: Clock = now,
        host: Machine | None = None,
    ) -> Desk:
        """Unlocks a vault; `key_files` (32 bytes each) are those at hand. `host` is the machine
        that it is opened on: this one, unless told otherwise.

        Raises `HostStops` where something about the machine stops that: by the program's own
        levels before any key is derived, by the pack's once they are read, and before anything
        is recorded. Else as `Vault.open`.
        """
        host = host or machine.here
        doctor.demand(host, path)
        vault = Vault.open(path, officer, passphrase, key_files)
        try:
            desk = cls(vault, read_registry(vault), clock)
            doctor.demand(host, path, desk.pack.head.host)
            raised = desk._raise_cost(passphrase)
            desk._greet()
            if raised:  # or nobody could tell why the checkpoint is another than at the lock
                desk.notices = (*desk.notices, STRONGER)
            desk.notices = (*desk.notices, *private.kept(path))
        except BaseException:
            vault.close()
            raise
        return desk

    def close(self) -> None:
        """Locks: keys dropped, the file let go. May be called twice."""
        self._shelf.clear()
        self._index.clear()
        self._vault.close()

    def _greet(self) -> None:
        notices = [
            _("The vault does not fit: {doubt}. Run a verification.").format(doubt=doubt)
            for doubt in self._vault.doubts
        ]
        failures = self._vault.failures
        sound = not self._vault.doubts and self.behind is None
        if failures and sound and self.may("second"):
            # A full disk keeps nobody out: the count stays, and is told again.
            with contextlib.suppress(VaultError), self._record() as record:
                record.vault(self._vault.id, acts.Unlocked(failures=failures))
                record.work.failures_told = True
        if failures:
            told = ngettext(
                "{n} failed attempt to unlock before this one.",
                "{n} failed attempts to unlock before this one.",
                failures,
            )
            notices.append(told.format(n=failures))
        self.notices = (*notices, *self.recovered)

    @property
    def behind(self) -> ClockIsBehind | None:
        """That the clock stands before the last entry, until `accept_clock`."""
        return self._watch.behind

    def accept_clock(self) -> None:
        """The officer says that the clock is right, or goes on knowing it is not; recorded.

        For a role that may not say so it stays behind, and nothing is recorded.
        """
        if not self.may("second") or self._vault.doubts:
            return
        behind = self._watch.accept()
        if behind is not None:
            try:
                with self._record() as record:
                    said = acts.ClockBehind(
                        clock=behind.clock.isoformat(), last=behind.last.isoformat()
                    )
                    record.vault(self._vault.id, said)
            except BaseException:
                self._watch.behind = behind
                raise

    # -- who and what -----------------------------------------------------

    @property
    def vault_id(self) -> str:
        """The vault's id, 32 hex digits."""
        return self._vault.id.hex()

    @property
    def pack(self) -> Pack:
        """The pack that new dossiers are opened under."""
        return self._registry.pack

    @property
    def today(self) -> date:
        """The date by this desk's clock."""
        return self._watch.today

    def checkpoint_line(self) -> str:
        """The journal's checkpoint as one short line, to write down."""
        return checkpoints.short(self._vault.checkpoint())

    def log_fingerprint(self) -> str:
        """What a stranger must know to check this vault's archives."""
        return checkpoints.fingerprint(checkpoints.log_verifiers(self._vault))

    # -- reading ----------------------------------------------------------

    def cards(self) -> list[Card]:
        """The summaries of all dossiers, as of today, the latest opened first."""
        return self._shelf.cards(self.today)

    @property
    def index(self) -> Index:
        """The summaries of all dossiers, kept for a list that is long."""
        return self._index

    def dossier(self, id: str) -> Dossier:
        """A dossier by its id (32 hex digits). Raises NotAllowed where there is none."""
        return self._shelf.dossier(id, self.today)

    def record(self, id: str) -> Record:
        """The readable record of a dossier as of today. Raises as `dossier`."""
        opened = self.dossier(id)
        return records.record(
            id,
            opened.entries,
            opened.pack,
            unit=self.unit,
            officers=self._registry.names(opened.entries),
            as_of=self.today,
        )

    def offer(self) -> exporting.Offer:
        """Which dossiers there are to export, and of which kinds."""
        return exporting.offer(self._shelf, self._vault, self._registry, self.today)

    def others(self, id: str) -> tuple[str, ...]:
        """The ids under which other histories of the same dossier are kept."""
        return self._registry.others(id)

    def full_id(self, beginning: str) -> str:
        """The one dossier whose id begins so. Raises `NotAllowed` for none or several."""
        return self._shelf.full_id(beginning)

    # -- acts of one officer ----------------------------------------------

    def open_dossier(self, particulars: Particulars) -> str:
        """Opens a dossier; its id. Raises `NotAllowed`."""
        act = acts.Opened(particulars=tidy(particulars), pack=ref_of(self.pack))
        permit(None, act, self.pack, self.today, self.officer.id)
        with self._record(joins=True) as record:
            id = record.work.create_dossier()
            self._append(record, id.hex(), None, [], [act])
        return id.hex()

    def act(self, id: str, *happened: Act, signer: Signer | None = None) -> Dossier:
        """Records what happened to an appointee, all of it or nothing; the dossier then.

        Raises `NotAllowed` where the dossier's rules do not allow it. An undertaking
        is signed by `sign`, not here.
        """
        for act in happened:
            if isinstance(act, acts.Signed):
                raise NotAllowed(_("An undertaking is signed by its sides, not recorded."))
            if isinstance(act, acts.Received):
                raise NotAllowed(_("What another vault recorded comes with an archive of its own."))
        meant = [
            msgspec.structs.replace(act, particulars=tidy(act.particulars))
            if isinstance(act, acts.Corrected)
            else act
            for act in happened
        ]
        return self._act(id, *meant, signer=signer)

    def _act(self, id: str, *happened: Act, signer: Signer | None = None) -> Dossier:
        state, numbered = self._shelf.state(id)
        with self._record(signer, joins=True) as record:
            self._append(record, id, state, numbered, list(happened))
        return self.dossier(id)

    def undertaking(self, id: str) -> str:
        """The undertaking's exact text for this appointee today."""
        dossier = self.dossier(id)
        return document.undertaking(
            dossier.pack,
            dossier.state.particulars,
            unit=self.unit,
            officer=self.officer.name,
            on=self.today,
        )

    def draw_quiz(self, id: str, module: str) -> quiz.Quiz:
        """A quiz of a module, one under way first: questions drawn, answers shuffled.

        Raises `NotAllowed`.
        """
        dossier = self.dossier(id)
        begun = dossier.state.quizzing.get(module, ())
        self._drawn = quiz.draw(_module(dossier.pack, module), begun)
        return self._drawn

    def answer_quiz(self, id: str, taken: quiz.Quiz, given: list[str]) -> Dossier:
        """Records the last of the answers given so far to the quiz drawn last, in the
        words shown, and with the last question the whole quiz; once.
        """
        if taken is not self._drawn:
            raise NotAllowed(_("This quiz was taken already, or another was drawn since."))
        done = self.act(
            id, quiz.answered(_module(self.dossier(id).pack, taken.module), taken, given)
        )
        if len(given) == len(taken.questions):
            self._drawn = None
        return done

    def acknowledge(self, id: str, rule: Rule) -> Dossier:
        """Records that the appointee acknowledged this rule, by its text."""
        return self.act(id, self.acknowledgement(self.dossier(id).pack, rule))

    @staticmethod
    def acknowledgement(pack: Pack, rule: Rule) -> acts.Acknowledged:
        """The act of acknowledging a rule of this pack, by its text."""
        return acts.Acknowledged(rule=rule.id, text_sha256=rule_sha256(rule), pack=ref_of(pack))

    # -- acts of two ------------------------------------------------------

    def sign(
        self,
        id: str,
        text: str,
        name: str,
        secret: str,
        witness: Signer | None = None,
        *,
        wrapping: signing.Wrapping | None = None,
    ) -> Dossier:
        """Both sides sign the text just read, and the witness where the pack asks for one.

        The appointee's new key is wrapped under their secret, or under a `wrapping`
        that was made of it already. Raises `NotAllowed` where the name is not the
        appointee's, the secret is too short, or the text is not the one to be signed today.
        """
        self._may("record")
        dossier = self.dossier(id)
        parties = [signing.Party("officer", self.officer.name, self._vault.signer)]
        if witness is not None:
            self._may("second", witness)
            witnessing = self._registry.known(witness).name
            parties.append(signing.Party("witness", witnessing, witness))
        recorded = dossier.state.particulars.name
        signing.agree(name, recorded, secret, text, self.undertaking(id))
        signed = signing.sign(
            vault=self._vault.id,
            dossier=bytes.fromhex(id),
            text=text,
            pack=ref_of(dossier.pack),
            on=self.today,
            name=recorded,
            wrapping=wrapping or signing.Wrapping.of(self._vault.slot_cost(), recorded, secret),
            parties=parties,
        )
        return self._act(id, signed)

    # -- the whole --------------------------------------------------------

    def verify(self, progress: Progress = lambda done, total: None, *, earlier: str = "") -> Report:
        """Walks the whole vault; every fault with its place, in one report.

        `progress` is told how many entries are done, and of how many; it may raise to give up.
        `earlier` is a checkpoint that today's journal must continue, short or whole.
        """
        return audit.report(self._vault, self._registry, progress, earlier)

    def export(
        self,
        folder: Path,
        to: Recipients,
        ids: list[str] | None = None,
        *,
        what: What | None = None,
        kind: Kind = "whole",
        progress: Callable[[str], None] = lambda member: None,
    ) -> Written:
        """Writes one archive of these dossiers, as `write_archive` does a part of `planned`."""
        (whole,) = self.planned(ids, what=what, kind=kind)
        return self.write_archive(whole, folder, to, progress=progress)

    def planned(
        self,
        ids: list[str] | None = None,
        *,
        what: What | None = None,
        kind: Kind = "whole",
        limit: int | None = None,
    ) -> list[exporting.Chosen]:
        """The archives that an export of these dossiers (of all that open, where none are named)
        comes to: one, or where a file may have no more than `limit` bytes, volumes in their order.

        `what` they are: named one by one, unless told otherwise, or all; of those that
        `changed`, and of a `selection`, what does not open is left out. `kind` is how much
        of each goes: the whole, or the decision alone. Raises `NotAllowed`, `ArchiveNotWritten`.
        """
        self._may("record")
        self._watch.read()  # a clock that is behind is told before anything is reckoned
        what = what or ("all" if ids is None else "named")
        chosen = exporting.choose(self._shelf, self._vault, ids, what, kind, self.today)
        if limit is None:
            return [chosen]
        return exporting.divided(self._vault, self._registry, chosen, limit)

    def needs(self, chosen: exporting.Chosen) -> int:
        """About how many bytes such an archive takes."""
        return exporting.load(self._vault, self._registry, chosen).bytes()

    def write_archive(
        self,
        chosen: exporting.Chosen,
        folder: Path,
        to: Recipients,
        *,
        progress: Callable[[str], None] = lambda member: None,
    ) -> Written:
        """Writes an archive that was `planned` and records it: in each dossier, and a receipt in
        the vault's own entries. Each volume of several is an export by itself.

        `progress` is told each member, and may raise to give up. Raises
        `NotAllowed`, `ArchiveNotWritten`, or `WeakPassphrase` for an archive's own; then nothing
        was recorded either.
        """
        self._may("record")
        at = self._watch.read()
        volume = chosen.covers.volume
        if to.passphrase:
            passphrases.demand(to.passphrase, (self.unit,))
        medium = media.machine.at(folder)
        point = self._vault.checkpoint()
        try:
            written = exporting.write_archive(
                self._vault, self._registry, chosen, folder, to, at, progress, medium
            )
        except ArchiveNotWritten as error:
            error.volume = (volume.number, volume.of) if volume else None
            raise
        archived = acts.Archived(
            file=written.path.name,
            sha256=written.sha256,
            recipients=to.named,
            extract="" if chosen.kind == "whole" else chosen.kind,
            volume=volume,
        )
        exported = acts.Exported(
            file=archived.file,
            sha256=archived.sha256,
            size=written.size,
            before=point.size,
            root=point.root.hex(),
            dossiers=len(chosen.ids),
            recipients=archived.recipients,
            medium=exporting.reference(medium),
            extract=archived.extract,
            volume=volume,
        )
        try:
            with self._record() as record:
                for id in chosen.ids:
                    self._append(record, id, *self._shelf.state(id), [archived])
                number = record.vault(self._vault.id, exported)
                receipt = Receipt(number, record.at.isoformat(), record.officer_id, exported)
                record.settled.append(lambda: self._registry.receipts.append(receipt))
        except BaseException:
            if self._vault.size == point.size:
                with contextlib.suppress(OSError):
                    written.path.unlink()  # what the vault does not know of did not happen
            raise
        return replace(written, left_out=chosen.covers.left_out)

    def receipts(self) -> list[Receipt]:
        """Of every archive that was written, the latest first."""
        return self._registry.receipts[::-1]

    def told(self, receipt: Receipt) -> str:
        """A receipt in words, with the names that the book had, and who witnessed it."""
        by, book = self.officer_name(receipt.officer), self._registry.book
        witnessed = [
            _("{name} on {day}, entry #{n}").format(name=c.told.witness, day=c.day, n=c.number)
            for c in self._registry.witnesses.of(receipt)
        ]
        return receipts.text(receipt, by, book, witnessed)

    def last_used(self, medium: str) -> str:
        """When an archive was last written to this medium (a file system's id), as ISO time;
        empty where none was.
        """
        found = (each.at for each in self.receipts() if medium and each.told.medium.id == medium)
        return next(found, "")

    # -- paper ------------------------------------------------------------

    def papers(self, id: str) -> tuple[Document, ...]:
        """The documents that a dossier already has. Raises as `dossier`."""
        return there(self.dossier(id).state)

    def paper(self, id: str, document: Document) -> Paper:
        """A document as PDF, the same bytes for as long as the checkpoint is the same.

        Raises NotAllowed where the dossier has none such, or as `dossier`.
        """
        return printing.made(
            self.dossier(id),
            document,
            unit=self.unit,
            vault=self.vault_id,
            checkpoint=self.checkpoint_line(),
            names=self.officer_name,
            receipts=self.receipts(),
            book=self._registry.book,
        )

    def print(self, id: str, document: Document, place: printing.Place) -> printing.Put:
        """Prints a document, or writes it to a folder, and records that.

        Raises `NotPrinted`, or as `paper`; then nothing was recorded either.
        """
        self._may("record")
        made = self.paper(id, document)
        act = acts.Printed(document=document, sha256=made.sha256, to=place.kind)
        put, before = None, self._vault.size
        try:
            with self._record() as record:
                self._append(record, id, *self._shelf.state(id), [act])
                put = place.take(made, f"{document}-{id[:8]}")
        except BaseException:
            if put is not None and put.path is not None and self._vault.size == before:
                with contextlib.suppress(OSError):
                    put.path.unlink()  # what the vault does not know of did not happen
            raise
        return put

    # -- recording --------------------------------------------------------

    def _append(
        self,
        record: Recorder,
        id: str,
        state: State | None,
        before: list[Numbered],
        happened: list[Act],
    ) -> None:
        numbered, day = list(before), record.at.date()
        now: Now | None = None
        for act in happened:
            entry = as_recorded(
                Entry(
                    at=record.at.isoformat(),
                    officer=record.officer_id,
                    act=act,
                )
            )
            if state is not None:
                pack = self._shelf.pack(state.pack)
                now = permit(state, entry.act, pack, day, record.officer_id, now)
                self._demand_second(state, entry)
            one = Numbered(number=record.append(bytes.fromhex(id), entry), entry=entry)
            numbered.append(one)
            state = apply(state, one)
        if state is None:
            raise ValueError("nothing happened")
        card = card_of(id, state, self._shelf.standing(state, day))
        record.work.set_card(bytes.fromhex(id), numbered[-1].number, msgspec.json.encode(card))
        record.at_hand = lambda: self._shelf.remember(id, state, numbered)
        record.settled.append(lambda: self._note(card))

    def _demand_second(self, state: State, entry: Entry) -> None:
        """A second person is another one than the first, also where that one acted in another
        vault, under another id. Raises NotAllowed where they have the same name.
        """
        first: Told[acts.Decided] | Told[acts.Found] | None = None
        if isinstance(entry.act, acts.Seconded):
            first = state.decision
        elif isinstance(entry.act, acts.Reviewed):
            first = state.findings.get("")
        if first is not None and first.origin is not None:
            names = [self.officer_name(id) for id in (first.officer, entry.officer)]
            require(
                not signing.same_name(*names),
                _("{name} was the first person, in another vault. A second one must agree.").format(
                    name=names[0]
                ),
            )


def _module(pack: Pack, id: str) -> Module:
    for module in pack.training.modules:
        if module.id == id:
            return module
    raise NotAllowed(_("The pack has no such module."))
