"""What an officer does as a witness, and with one. At the registry: an archive's checkpoint must
continue the last one that was seen of its vault, and is cosigned. At the terminal: the
cosignature is taken in, once the journal has that very checkpoint in its past.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from secterm.archive import cosignature
from secterm.archive.context import Context
from secterm.archive.cosignature import Cosigned
from secterm.archive.errors import CosignatureInvalid
from secterm.archive.members import log_digest
from secterm.archive.walk import Walk
from secterm.desk import broken, signing
from secterm.desk.booking import Booking
from secterm.desk.report import Seen
from secterm.desk.witnesses import Cosignature, Sighting
from secterm.dossier import entries as acts
from secterm.dossier.demands import LONGEST_LINE, NotAllowed, legible, require
from secterm.vault import checkpoints
from secterm.vault.disk import write_new
from secterm.vault.note import TIMESTAMP_SIZE, Checkpoint, cosign_mldsa44
from secterm.words import _


class Witnessing(Booking):
    """What an officer does as a witness, and with one."""

    # -- at the registry ----------------------------------------------------

    def demand_continues(self, walk: Walk) -> Sighting | None:
        """What was seen last of the vault that this archive is of, None where nothing was.

        `walk` is through a whole archive that holds. Raises `HistoryBroken`, NotAllowed.
        """
        context = _of(walk)
        point = context.checkpoint
        require(
            point.origin != self._vault.origin,
            _("This archive is of this very vault, which is no witness of itself."),
        )
        before = self._registry.witnesses.last_seen(point.origin)
        if before is None:
            return None
        if before.told.log_keys != log_digest(context.log):
            raise broken.other_keys(before, walk.own)
        if (point.size, point.root.hex()) != (before.told.size, before.told.root):
            self._demand_larger(walk, point, before)
        return before

    def _demand_larger(self, walk: Walk, point: Checkpoint, before: Sighting) -> None:
        """Raises `HistoryBroken` unless it is proven that it continues what was seen."""
        then, seen = before.told, self._registry.witnesses.seen[point.origin]
        proven = walk.continued.get(then.size)
        if point.size > then.size and proven == bytes.fromhex(then.root):
            return
        if any((s.told.size, s.told.root) == (point.size, point.root.hex()) for s in seen):
            raise broken.only_old(before, point)
        if point.size < then.size:
            raise broken.fewer(before, point)
        if point.size == then.size or proven is not None:
            raise broken.forked(before, point)
        raise broken.unproven(before, point)

    def demand_new_vault(self, walk: Walk, fingerprint: str) -> None:
        """Raises NotAllowed unless this is the whole fingerprint of the archive's log keys."""
        require(checkpoints.digits(fingerprint) == checkpoints.digits(walk.own), _NOT_TOLD)

    def witness(self, walk: Walk, archive: str, folder: Path, fingerprint: str = "") -> Path:
        """Records that this archive's checkpoint was seen, and writes the cosignature on it.

        `archive` is its SHA-256 in hex; `fingerprint` that of its log keys, as its officers told
        it, where nothing was seen of that vault before. Raises as `demand_continues`, or OSError;
        what was recorded by then is cosigned again by another attempt.
        """
        self._may("record")
        if self.demand_continues(walk) is None:
            self.demand_new_vault(walk, fingerprint)
        require(folder.is_dir(), _("There is no such folder; is the medium mounted?"))
        context = _of(walk)
        point = context.checkpoint
        _short, long = self._vault.log_keys()
        keys = checkpoints.log_verifiers(self._vault)
        with self._record() as record:
            seen = acts.Witnessed(
                origin=point.origin,
                log_keys=log_digest(context.log),
                size=point.size,
                root=point.root.hex(),
                archive=archive,
            )
            record.vault(self._vault.id, seen)
            at = int(record.at.timestamp())
        self._read_again()
        line = cosign_mldsa44(point, self._vault.origin, long, at)
        note = checkpoints.log_note(context.note).with_signature(line)
        made = Cosigned(*keys, note)
        stem = f"secterm-{point.size}-{point.root.hex()[:8]}"
        return write_new(folder, stem, cosignature.ENDING, made.format(), 0o644)

    # -- at the terminal ----------------------------------------------------

    def demand_cosignature(self, given: Cosigned) -> Cosignature | None:
        """What was taken in last of the witness who made this, None where nothing was.

        Raises `CosignatureInvalid` where it does not hold or is no such thing, `HistoryBroken`
        where this journal never had the checkpoint, NotAllowed where it was taken in already.
        """
        given.demand_log(checkpoints.log_verifiers(self._vault))
        time, point = given.time, given.checkpoint
        if given.long.name == self._vault.origin:
            raise CosignatureInvalid(_("this vault is no witness of itself"))
        self._demand_past(given)
        witnesses = self._registry.witnesses
        known = witnesses.known(given.long.name)
        if known is not None and known.keys != given.keys:
            raise CosignatureInvalid(
                _("{name} has another key than the one that is known here ({f})").format(
                    name=known.told.witness, f=known.fingerprint
                )
            )
        for each in witnesses.taken_in:
            told = each.told
            require(
                (told.origin, told.size, told.time) != (given.long.name, point.size, time),
                _("This cosignature was taken in already, by entry #{n}.").format(n=each.number),
            )
        return known

    def _demand_past(self, given: Cosigned) -> None:
        """Raises `HistoryBroken` unless the journal once was what was cosigned."""
        seen, now = given.checkpoint, self._vault.checkpoint()
        if seen.size > now.size:
            raise broken.cut(seen, now)
        here = self._vault.tree().root_at(seen.size)
        if here != seen.root:
            raise broken.rewritten(seen, Checkpoint(now.origin, seen.size, here))

    def demand_witness_name(self, name: str) -> str:
        """The name as it would be recorded. Raises NotAllowed for one that cannot be, or is
        another witness's.
        """
        name = signing.one_line(name)
        require(bool(name), _("A witness needs a name."))
        fits = legible(name) and len(name) <= LONGEST_LINE
        require(fits, _("The witness's name is too long, or holds what cannot be shown."))
        require(
            self._registry.witnesses.named(name) is None,
            _("Another witness has that name already, with other keys. Choose another name."),
        )
        return name

    def take_in(self, given: Cosigned, name: str = "", fingerprint: str = "") -> Cosignature:
        """Records a cosignature. Of a witness who is new here with a name, and with the whole
        fingerprint of their log keys as they told it by another way.

        Raises as `demand_cosignature` and `demand_witness_name`; nothing is recorded then.
        """
        self._may("record")
        known = self.demand_cosignature(given)
        if known is None:
            require(
                checkpoints.digits(fingerprint) == checkpoints.digits(given.fingerprint),
                _NOT_TOLD_BY_WITNESS,
            )
            name = self.demand_witness_name(name)
        else:
            name = known.told.witness
        point, time = given.checkpoint, given.time
        signed = (line for line in given.note.signatures if line.key_id == given.long.key_id)
        with self._record() as record:
            cosigned = acts.Cosigned(
                witness=name,
                origin=given.long.name,
                log_ed25519=given.short.public_key.hex(),
                log_mldsa44=given.long.public_key.hex(),
                size=point.size,
                root=point.root.hex(),
                time=time,
                signature=next(signed).signature[TIMESTAMP_SIZE:].hex(),
            )
            record.vault(self._vault.id, cosigned)
        self._read_again()
        return self._registry.witnesses.taken_in[-1]

    def since(self, cosigned: Cosignature) -> Seen:
        """What to tell of a cosignature now."""
        return cosigned.seen(self._vault.size)

    def witnesses(self) -> list[Cosignature]:
        """Of each witness the cosignature over the most entries."""
        return self._registry.witnesses.latest()


def read_cosignature(file: Path) -> Cosigned:
    """The cosignature in a file. Raises `CosignatureInvalid`."""
    return cosignature.read(file)


def _of(walk: Walk) -> Context:
    if walk.context is None or walk.faults:
        raise NotAllowed(_("The archive does not hold, and is not witnessed."))
    return walk.context


_NOT_TOLD: Final = _(
    "That is not the fingerprint of the log keys in this archive. Have the vault's officers read "
    "out all of it once more. If theirs is another, the archive is not of their vault."
)
_NOT_TOLD_BY_WITNESS: Final = _(
    "That is not the fingerprint of the witness's log keys. Have all of it read out once more. If "
    "theirs is another, the file was exchanged on the way: do not take it in."
)
