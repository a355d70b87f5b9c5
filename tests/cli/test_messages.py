"""Every error that the rooms name has words of its own and an exit status."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from secterm import messages
from secterm.archive import errors as archive
from secterm.desk.broken import HistoryBroken
from secterm.desk.model import ClockIsBehind, SameOfficer, WeakPassphrase
from secterm.dossier.fold import EntryOutOfPlace
from secterm.dossier.permit import NotAllowed
from secterm.policy.reader import PackInvalid
from secterm.settings.reading import SettingsInvalid
from secterm.vault import errors as vault

DAY = datetime(2026, 3, 2, tzinfo=UTC)
SHARES = ("word", "length", "checksum", "set", "again", "few", "foreign", "useless")
STATUSES = [
    (vault.NoVault("v.db"), 4),
    (vault.VaultExists("v.db"), 4),
    (vault.NotAVault("v.db"), 4),
    (vault.NewerFormat(2), 4),
    (vault.VaultBusy("process 1"), 4),
    (vault.VaultUnreadable("the disk is full"), 4),
    (vault.WrongPassphrase(1), 3),
    (vault.SlotRefused("a salt that is not base64"), 4),
    (vault.VaultClosed(), 4),
    (vault.VaultMoved(copy="", elsewhere=True), 4),
    (vault.VaultMoved(copy="v.db.kept-1", elsewhere=False), 4),
    (vault.VaultMoved(copy="", elsewhere=False), 4),
    (vault.SealBroken("entry #1"), 4),
    (vault.VaultDamaged("tile 0/0", "is missing"), 4),
    *((vault.ShareRefused(kind, word="acid", place=3, more=2), 3) for kind in SHARES),
    (vault.KeyFileRefused("it is damaged"), 2),
    (archive.RecipientInvalid("nobody was named"), 2),
    (archive.ArchiveNotWritten("the medium is full"), 4),
    (archive.NoRoom("it needs about 2 GB, and 1 GB are free there."), 4),
    (archive.ArchiveUnreadable("it is damaged"), 4),
    (archive.NotRestored("it does not hold.", ("checkpoint: is not signed", "and more")), 1),
    (archive.NotRestored("it is of this very vault."), 1),
    (archive.CosignatureInvalid("the file is no cosignature"), 1),
    (archive.WrongIdentity("another key"), 3),
    (NotAllowed("Not now."), 2),
    (HistoryBroken("It was cut.", ("Then", "9"), ("Now", "8"), "", ""), 1),
    (SameOfficer(), 2),
    (WeakPassphrase("Too short."), 2),
    (ClockIsBehind(DAY, DAY), 4),
    (EntryOutOfPlace("no first entry"), 4),
    (PackInvalid(("rules.toml: is missing",)), 1),
    (SettingsInvalid(Path("v.toml"), 3, "idle", "must be 1"), 2),
    (SettingsInvalid(Path("v.toml"), 0, "", "it is no ordinary file"), 2),
    (OSError(28, "No space left on device"), 4),
]


@pytest.mark.parametrize(("error", "status"), STATUSES, ids=lambda v: type(v).__name__)
def test_an_error_has_its_words_and_its_status(error, status):
    told = messages.explain(error)
    assert told.status == status
    assert "unexpected" not in told.what
    assert ": ." not in told.what
    assert "\n" not in told.text()


def named(module):
    return {
        one
        for one in vars(module).values()
        if isinstance(one, type)
        and issubclass(one, Exception)
        and one.__module__ == module.__name__
    }


def test_no_error_that_a_room_names_is_forgotten():
    known = {type(error) for error, _ in STATUSES}
    assert named(vault) - known == {vault.VaultError}
    assert named(archive) - known == {archive.ArchiveError}


def test_what_nobody_expected_is_told_without_its_own_words():
    told = messages.explain(KeyError("a secret"))
    assert told.status == 1
    assert "secret" not in told.text()
    assert "KeyError" in told.what


def test_the_first_fault_of_a_pack_is_told_and_the_others_counted():
    faults = ("one", "two", "three")
    assert "one (2 more faults)." in messages.explain(PackInvalid(faults)).what
    assert "one (1 more fault)." in messages.explain(PackInvalid(faults[:2])).what
    assert "one." in messages.explain(PackInvalid(faults[:1])).what
