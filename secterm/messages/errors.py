"""The message for each error that can reach a face."""

from __future__ import annotations

from secterm.archive.errors import (
    ArchiveNotWritten,
    ArchiveUnreadable,
    CosignatureInvalid,
    NotRestored,
    RecipientInvalid,
    WrongIdentity,
)
from secterm.desk.broken import HistoryBroken
from secterm.desk.model import ClockIsBehind, SameOfficer, WeakPassphrase
from secterm.desk.printing import NotPrinted
from secterm.dossier.fold import EntryOutOfPlace
from secterm.dossier.permit import NotAllowed
from secterm.host.doctor import HostStops
from secterm.messages import (
    DOES_NOT_HOLD,
    NOT_OPEN,
    UNUSABLE,
    WRONG_PASSPHRASE,
    Message,
    written_before,
)
from secterm.policy.reader import PackInvalid
from secterm.settings.reading import SettingsInvalid
from secterm.vault import errors as vault
from secterm.words import _, ngettext


def message_of(error: BaseException) -> Message:
    """In words; of an error that nobody has words for, its kind."""
    for explained in (_of_ways_in, _of_vault, _of_archive, _of_desk):
        found = explained(error)
        if found is not None:
            return found
    return Message(
        _("Something unexpected happened ({kind}).").format(kind=type(error).__name__),
        _("What was recorded before is safe."),
        _("Lock the vault, start again, and run a verification."),
        DOES_NOT_HOLD,
    )


def _of_ways_in(error: BaseException) -> Message | None:
    match error:
        case vault.WrongPassphrase():
            count = ngettext(
                "{n} attempt has failed since the last unlock.",
                "{n} attempts have failed since the last unlock.",
                error.failures,
            ).format(n=error.failures)
            return Message(
                _("The vault does not open with this name and passphrase."),
                count,
                _("Check Caps Lock, the name, and the key file if you have one; then try again."),
                WRONG_PASSPHRASE,
            )
        case vault.KeyFileRefused():
            return Message(
                _("The key file cannot be used: {reason}.").format(reason=error.reason),
                _("Nothing was changed."),
                _("Check the medium and the path, or take your copy of the key file."),
                UNUSABLE,
            )
        case vault.ShareRefused():
            return _of_share(error)
        case _:
            return None


def _of_share(error: vault.ShareRefused) -> Message:
    kept = _("The shares entered before are kept, and the vault was not changed.")
    match error.kind:
        case "word":
            what = _("Word {n}, “{word}”, is not right.").format(n=error.place, word=error.word)
            do = _("Compare it with the share on paper and enter it again.")
        case "length":
            what = _("A share has 33 words; these are {n}.").format(n=error.place)
            do = _("Look for a word that is missing or there twice.")
        case "checksum":
            what = _("More than one word of this share is not right.")
            do = _("Compare all of it with the share on paper and enter it again.")
        case "set":
            what = _("This share is of another set than the ones before.")
            do = _("Use the shares that were made last, all of one set.")
        case "again":
            what = _("This share was entered already.")
            do = _("Take the next custodian's.")
        case "few":
            what = ngettext(
                "{n} more share is needed.", "{n} more shares are needed.", error.more
            ).format(n=error.more)
            do = _("Take the next custodian's.")
        case "useless":
            what = _("These shares do not open this vault.")
            do = _("Only the shares that were made last do. Look for them, or another copy.")
        case _:
            what = _("This is a share of something else.")
            do = _("Use the shares that were made for this vault.")
    return Message(what, kept, do, WRONG_PASSPHRASE)


def _of_vault(error: BaseException) -> Message | None:
    match error:
        case vault.NoVault():
            return Message(
                _("There is no vault at this path."),
                "",
                _("Name another with --vault, or create one: secterm init."),
                NOT_OPEN,
            )
        case vault.VaultExists():
            return Message(
                _("There is a file at this path already."),
                _("It was not touched."),
                _("Choose another path, or open the vault that is there."),
                NOT_OPEN,
            )
        case vault.NotAVault():
            return Message(
                _("This file is not a vault."),
                _("It was not touched."),
                _("Name the vault's file with --vault."),
                NOT_OPEN,
            )
        case vault.NewerFormat():
            return Message(
                _("This vault was written by a later version (format {n}).").format(n=error.format),
                _("It was not touched."),
                _("Install the later version of secterm."),
                NOT_OPEN,
            )
        case vault.VaultBusy():
            return Message(
                _("The vault is open already: {holder}.").format(holder=error.holder),
                _("It was not touched."),
                _("Go on there, or lock and close it there first."),
                NOT_OPEN,
            )
        case _:
            return _of_damage(error)


def _of_damage(error: BaseException) -> Message | None:
    keep = _("Keep this file as it is, and open the latest copy from your backup.")
    match error:
        case vault.VaultClosed():
            return Message(
                _("The vault was locked meanwhile."),
                _("What was recorded before is safe."),
                _("Unlock it and go on."),
                NOT_OPEN,
            )
        case vault.VaultUnreadable():
            return Message(
                _("The vault cannot be read or written: {reason}.").format(reason=error.reason),
                _("Everything recorded before is still there; the last step may not be."),
                _("Check the disk (is it full, read-only, gone?), then start again."),
                NOT_OPEN,
            )
        case vault.VaultMoved():
            return _of_move(error)
        case vault.SlotRefused():
            return Message(
                _("A way into this vault was refused: {reason}.").format(reason=error),
                _("Nothing was changed."),
                _("Where this machine has memory enough, somebody changed the file.") + f" {keep}",
                NOT_OPEN,
            )
        case vault.SealBroken():
            return Message(
                _("The vault is damaged or was changed: {where}.").format(where=error.where),
                _("The file was not changed."),
                keep,
                NOT_OPEN,
            )
        case vault.VaultDamaged():
            return Message(
                _("The vault is damaged or was changed: {where}: {what}.").format(
                    where=error.where, what=error.what
                ),
                _("The file was not changed."),
                keep,
                NOT_OPEN,
            )
        case EntryOutOfPlace():
            return Message(
                _("The vault is damaged or was changed: a dossier's entries do not add up."),
                _("The file was not changed."),
                _("A verification names the place: secterm verify.") + f" {keep}",
                NOT_OPEN,
            )
        case vault.VaultError():
            return Message(
                _("The vault is damaged: {what}.").format(what=error),
                _("The file was not changed."),
                keep,
                NOT_OPEN,
            )
        case _:
            return None


def _of_move(error: vault.VaultMoved) -> Message:
    if error.elsewhere:
        return Message(
            _("The vault's file was moved or renamed while it was open."),
            _("Everything recorded before is in it; the last step may not be."),
            _("Put it back under its old name, then do the last step again."),
            NOT_OPEN,
        )
    what = _("The vault's file was deleted or replaced while it was open.")
    if error.copy:
        return Message(
            what,
            _("Everything recorded before is in a copy beside it, {copy}.").format(copy=error.copy),
            _("Lock, give the copy the vault's old name, unlock, and do the last step again."),
            NOT_OPEN,
        )
    return Message(
        what,
        _("Everything recorded before is safe only as long as you do not lock or quit."),
        _("Make room in the vault's folder, then do the last step again: it makes a copy."),
        NOT_OPEN,
    )


def _of_archive(error: BaseException) -> Message | None:
    match error:
        case RecipientInvalid():
            return Message(
                _("No archive: {reason}.").format(reason=error.reason),
                _("Nothing was written."),
                _("Give one or more age1… keys, or a passphrase."),
                UNUSABLE,
            )
        case CosignatureInvalid():
            return Message(
                _("The cosignature was not taken in: {reason}.").format(reason=error.reason),
                _("Nothing was recorded."),
                _("Have the witness give you another copy, and compare the fingerprint."),
                DOES_NOT_HOLD,
            )
        case ArchiveNotWritten():
            return Message(
                _volume(error).format(reason=error.reason),
                _left(error),
                error.advice or _("Check the medium or choose another folder, then export again."),
                NOT_OPEN,
            )
        case WrongIdentity():
            return Message(
                _("The archive was not opened: {reason}.").format(reason=error.reason),
                _("It was not touched."),
                _("Use the identity or passphrase that it was written for."),
                WRONG_PASSPHRASE,
            )
        case NotRestored():
            return _not_restored(error)
        case ArchiveUnreadable():
            return Message(
                _("This is not an archive that can be read: {reason}.").format(reason=error.reason),
                _("It was not touched."),
                _("Take another copy of the archive."),
                NOT_OPEN,
            )
        case _:
            return None


def _not_restored(error: NotRestored) -> Message:
    others = len(error.faults) - 1
    more = ngettext("({n} more fault)", "({n} more faults)", others).format(n=others)
    told = [error.reason, *error.faults[:1], *([more] if others > 0 else [])]
    return Message(
        _("The archive was not taken in: {reason}").format(reason=" ".join(told)),
        _("The dossiers taken in before are whole, and stay.")
        if error.begun
        else _("Nothing of it was recorded."),
        error.advice or _("See what is in it with: secterm inspect FILE."),
        DOES_NOT_HOLD,
    )


def _volume(error: ArchiveNotWritten) -> str:
    if error.volume is None:
        return _("The archive was not written: {reason}")
    number, of = error.volume
    told = _("Volume {number} of {of} was not written: ").format(number=number, of=of)
    return told + "{reason}"


def _left(error: ArchiveNotWritten) -> str:
    before = written_before(error.volume[0]) if error.volume else ""
    if not error.left:
        nothing = _("Of this one nothing was recorded, and nothing half-written is left.")
        alone = _("The vault is unchanged, and nothing half-written is left.")
        return f"{before} {nothing}" if before else alone
    happened = (
        f"{before} {_('This one did not happen.')}"
        if before
        else _("The vault is unchanged: this archive did not happen.")
    )
    on_it = _(
        "On the medium there may be what was begun of it, {names}: encrypted, of no use, and to be "
        "deleted."
    ).format(names=", ".join(error.left))
    return f"{happened} {on_it}"


def _of_host(error: HostStops) -> Message:
    return Message(
        _("This machine stops the way in. {seen}").format(
            seen=" ".join(each.what for each in error.findings)
        ),
        _("Nothing was opened or changed."),
        " ".join([*(each.mend for each in error.findings), _("Then try again.")]),
        NOT_OPEN,
    )


def _of_desk(error: BaseException) -> Message | None:
    match error:
        case HostStops():
            return _of_host(error)
        case NotAllowed():
            return Message(error.reason, _("Nothing was recorded."), "", UNUSABLE)
        case HistoryBroken():
            then, now = (f"{label}: {line}" for label, line in (error.then, error.now))
            return Message(
                f"{error.reason} {then}. {now}. {error.meaning}",
                _("Nothing was cosigned or recorded."),
                error.advice,
                DOES_NOT_HOLD,
            )
        case NotPrinted():
            return Message(
                _("It was not printed: {reason}").format(reason=error.reason),
                _("Nothing was recorded."),
                _("Check the printer or the medium, or choose another place."),
                NOT_OPEN,
            )
        case SameOfficer():
            return Message(
                _("The second officer must be another person than the first."),
                _("Nothing was recorded."),
                _("Another officer of this vault enters their own name and passphrase."),
                UNUSABLE,
            )
        case WeakPassphrase():
            return Message(
                _("This passphrase is too weak."), _("Nothing was changed."), error.advice, UNUSABLE
            )
        case ClockIsBehind():
            return Message(
                _("The clock says {clock}, which is before the last entry of {last}.").format(
                    clock=_time(error.clock.isoformat()), last=_time(error.last.isoformat())
                ),
                _("Nothing was recorded, so that no entry gets a wrong time."),
                _("Set the clock right and start again; in the app you can go on knowingly."),
                NOT_OPEN,
            )
        case PackInvalid():
            others = len(error.faults) - 1
            more = ngettext(" ({n} more fault)", " ({n} more faults)", others).format(n=others)
            return Message(
                _("The policy pack does not hold: {fault}{more}.").format(
                    fault=error.faults[0], more=more if others else ""
                ),
                _("Nothing was changed."),
                _("See all of it with: secterm pack check DIR."),
                DOES_NOT_HOLD,
            )
        case SettingsInvalid():
            return _of_settings(error)
        case OSError():
            return Message(
                _("The system refused: {reason}.").format(reason=error.strerror or _("no reason")),
                _("What was recorded before is safe."),
                _("Check the disk and the folder, then try again."),
                NOT_OPEN,
            )
        case _:
            return None


def _of_settings(error: SettingsInvalid) -> Message:
    what = ": ".join(part for part in (error.key, error.what) if part)
    if not error.line:
        return Message(
            _("The settings file {file} cannot be used: {what}.").format(
                file=error.file, what=what
            ),
            _("It was not touched."),
            _("Correct the file, or move it away: then the defaults hold."),
            UNUSABLE,
        )
    return Message(
        _("Line {n} of the settings file {file} is not right: {what}.").format(
            n=error.line, file=error.file, what=what
        ),
        _("It was not touched."),
        _("Correct the line, or take it out: then its default holds."),
        UNUSABLE,
    )


def _time(iso: str) -> str:
    return iso[:16].replace("T", " ")
