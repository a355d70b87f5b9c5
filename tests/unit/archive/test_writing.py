"""An archive is on the medium whole, under a name of its own, or nothing is and nothing was."""

import errno
import hashlib
import io
import multiprocessing
import os
import resource
import stat
import sys
import tarfile
import tempfile
from pathlib import Path

import pyrage
import pytest

from secterm import messages
from secterm.archive import age, write
from secterm.archive.errors import ArchiveNotWritten, RecipientInvalid
from secterm.archive.recipients import Recipients
from secterm.desk.desk import Desk
from tests.support import archives
from tests.support.archives import PASSPHRASE, TO
from tests.support.house import OFFICER

NOBODY = 65534
BIG = [(f"member-{n}", os.urandom(40_000)) for n in range(10)]
SMALL = [("README.txt", b"Nothing of anybody.\n")]


def written(folder, members=SMALL, to=TO, progress=lambda name: None):
    return write.write(
        folder, "secterm-1-abcd", members, to, mtime=1_900_000_000, progress=progress
    )


def refused(folder, **how):
    """Why nothing was written; there must be nothing in the folder then."""
    with pytest.raises(ArchiveNotWritten) as caught:
        written(folder, **how)
    assert not folder.is_dir() or list(folder.iterdir()) == []
    return caught.value.reason


def apart(act):
    """What `act` gives in a process of its own, where limits do not hurt others."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=lambda: theirs.send(act()))
    process.start()
    try:
        assert ours.poll(30), "the process gave nothing"
        return ours.recv()
    finally:
        process.join()


# -- names ------------------------------------------------------------------------


def test_it_stands_under_its_own_name_and_nothing_else_is_there(medium):
    done = written(medium)
    assert done.path == medium / "secterm-1-abcd.age"
    assert list(medium.iterdir()) == [done.path]
    assert done.size == done.path.stat().st_size


def test_nobody_else_on_this_machine_can_read_it(medium):
    assert stat.S_IMODE(written(medium).path.stat().st_mode) == 0o600


def test_until_it_was_read_back_it_has_no_name_that_looks_like_an_archive(medium):
    seen = []
    written(medium, progress=lambda _: seen.append([p.name for p in medium.iterdir()]))
    for names in seen:
        (name,) = names
        assert name.startswith(".secterm-1-abcd.")
        assert name.endswith(".part")


def test_a_name_that_is_taken_gets_the_next_number(medium):
    first, second, third = (written(medium) for _ in range(3))
    names = [done.path.name for done in (first, second, third)]
    assert names == ["secterm-1-abcd.age", "secterm-1-abcd-2.age", "secterm-1-abcd-3.age"]


@pytest.fixture(params=["links", "no links"])
def filesystem(request, monkeypatch):
    """A medium that has hard links, and one that has none, as FAT."""
    if request.param == "no links":

        def link(source, target, **how):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", link)


@pytest.mark.usefixtures("filesystem")
def test_what_has_the_name_already_stays_as_it_is(medium):
    taken = medium / "secterm-1-abcd.age"
    taken.write_bytes(b"somebody's")
    (medium / "secterm-1-abcd-2.age").symlink_to("nowhere")
    (medium / "secterm-1-abcd-3.age").mkdir()
    assert written(medium).path.name == "secterm-1-abcd-4.age"
    assert taken.read_bytes() == b"somebody's"
    assert len(list(medium.iterdir())) == 4


@pytest.mark.usefixtures("filesystem")
def test_a_name_that_is_taken_at_the_last_moment_is_left_to_who_took_it(medium):
    def progress(name):
        if name == "Reading back":
            (medium / "secterm-1-abcd.age").write_bytes(b"somebody's")

    assert written(medium, progress=progress).path.name == "secterm-1-abcd-2.age"
    assert (medium / "secterm-1-abcd.age").read_bytes() == b"somebody's"
    assert len(list(medium.iterdir())) == 2


@pytest.mark.usefixtures("filesystem")
def test_it_is_whole_under_its_name_on_any_medium(medium):
    done = written(medium, BIG)
    assert archives.opened(done.path).members == tuple(BIG)
    assert list(medium.iterdir()) == [done.path]


def test_a_rename_that_fails_leaves_no_claim_on_the_name(medium, monkeypatch):
    def fails(*where, **how):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "link", fails)
    monkeypatch.setattr(os, "rename", fails)
    assert refused(medium) == "the medium has failed."


# -- media that fail ------------------------------------------------------------------


def test_a_file_that_may_not_grow_leaves_nothing(medium):
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            written(medium, BIG)
        except ArchiveNotWritten as error:
            return error.reason, [p.name for p in medium.iterdir()]

    assert apart(limited) == ("the medium takes no file as large as this.", [])


def test_a_full_medium_leaves_nothing_and_the_vault_records_nothing(vault, medium):
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        try:
            archives.exported(vault, medium)
        except ArchiveNotWritten as error:
            return error.reason

    before = archives.entries_of(vault)
    assert apart(limited) == "the medium takes no file as large as this."
    assert list(medium.iterdir()) == []
    assert archives.entries_of(vault) == before


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the medium is full."),
        (errno.EDQUOT, "the medium is full."),
        (errno.EROFS, "the medium is read-only."),
        (errno.EIO, "the medium has failed."),
        (errno.ENODEV, "the medium is gone."),
        (errno.ENETDOWN, "Network is down."),
    ],
)
def test_what_the_disk_says_when_it_is_asked_to_keep_it_is_told(medium, monkeypatch, number, said):
    def fsync(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    assert refused(medium) == said


def test_a_folder_that_cannot_be_kept_leaves_no_archive_that_the_vault_knows_nothing_of(
    medium, monkeypatch
):
    real = os.fsync

    def fsync(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    assert refused(medium) == "the medium has failed."


def test_file_and_folder_are_on_the_disk_before_it_is_told_as_written(medium, monkeypatch):
    real, synced = os.fsync, []

    def fsync(handle):
        real(handle)
        names = sorted(p.suffix for p in medium.iterdir())
        synced.append(("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file", names))

    monkeypatch.setattr(os, "fsync", fsync)
    written(medium)
    assert synced == [("file", [".part"]), ("folder", [".age"])]


def test_a_medium_that_gives_back_other_bytes_is_found_out(medium):
    def progress(name):
        if name == "Reading back":
            (part,) = medium.iterdir()
            data = bytearray(part.read_bytes())
            data[-1] ^= 1
            part.write_bytes(data)

    assert refused(medium, progress=progress) == "the medium does not hold what was written to it."


def test_a_medium_that_gives_back_less_is_found_out(vault, medium):
    def progress(name):
        if name == "Reading back":
            (part,) = medium.iterdir()
            os.truncate(part, part.stat().st_size - 1)

    before = archives.entries_of(vault)
    desk = Desk.open(vault, *OFFICER)
    with pytest.raises(ArchiveNotWritten, match="does not hold"):
        desk.export(medium, TO, progress=progress)
    desk.close()
    assert list(medium.iterdir()) == []
    assert archives.entries_of(vault) == before


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, write.BLOCK - 1, write.BLOCK, 2_500_000])
@pytest.mark.parametrize("direct", [True, False])
def test_it_is_read_back_whole_whether_or_not_past_the_page_cache(
    medium, monkeypatch, size, direct
):
    file, data, real, asked = medium / "file", os.urandom(size), os.open, []

    def opened(path, flags, *more, **how):
        if path == file:
            asked.append(bool(flags & os.O_DIRECT))
        if flags & os.O_DIRECT and not direct:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return real(path, flags, *more, **how)

    file.write_bytes(data)
    monkeypatch.setattr(os, "open", opened)
    assert write.digest(file, size) == hashlib.sha256(data).hexdigest()
    assert asked[0], "the medium was not asked directly first"
    assert direct or asked[1:] == [False]


@pytest.mark.parametrize("off", [-1, 1])
def test_what_is_longer_or_shorter_than_what_was_written_is_not_that(medium, off):
    (medium / "file").write_bytes(bytes(5000))
    whole = hashlib.sha256(bytes(5000)).hexdigest()
    assert write.digest(medium / "file", 5000) == whole
    assert write.digest(medium / "file", 5000 + off) != whole


def test_what_cannot_be_taken_away_again_is_named(medium, tmp_path):
    def progress(name):
        if name == "Reading back":
            medium.rename(tmp_path / "in the hand")
            medium.mkdir()

    with pytest.raises(ArchiveNotWritten) as caught:
        written(medium, progress=progress)
    (part,) = (tmp_path / "in the hand").iterdir()
    assert caught.value.left == (part.name,)
    assert f"{part.name}: encrypted, of no use" in messages.explain(caught.value).safe


def test_what_was_taken_away_is_not_named(medium):
    def progress(name):
        if name == "Reading back":
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(ArchiveNotWritten) as caught:
        written(medium, progress=progress)
    assert caught.value.left == ()
    assert "nothing half-written is left" in messages.explain(caught.value).safe


def test_a_folder_that_is_absent_is_asked_for(tmp_path):
    assert refused(tmp_path / "absent") == "there is no such folder; is the medium mounted?"
    assert not (tmp_path / "absent").exists()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_bytes(b"as it was")
    assert refused(tmp_path / "file") == "there is no such folder; is the medium mounted?"
    assert (tmp_path / "file").read_bytes() == b"as it was"


def test_a_folder_that_takes_no_files_from_anybody_is_told():
    with pytest.raises(ArchiveNotWritten) as caught:
        written(Path("/proc"))
    assert caught.value.reason == "the folder is gone."


def test_a_folder_that_may_not_be_written_to_is_told():
    def somebody():
        if os.getuid() == 0:
            os.setuid(NOBODY)
        try:
            written(Path(folder))
        except ArchiveNotWritten as error:
            return error.reason

    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        assert apart(somebody) == "the folder may not be written to."
        assert os.listdir(folder) == []


def test_every_reason_reads_as_a_part_of_what_the_officer_is_told(tmp_path):
    for number in (errno.ENOSPC, errno.ENAMETOOLONG, errno.EIO):
        told = messages.explain(write.not_written(OSError(number, "Odd trouble")))
        assert ". The vault is unchanged" in told.text()


# -- members that fail ------------------------------------------------------------------


class Stopped(Exception):
    """Raised by who makes the members, or by who watches them."""


def failing(error, after):
    yield from BIG[:after]
    raise error


@pytest.mark.parametrize("to", [TO, Recipients(passphrase=PASSPHRASE)], ids=["keys", "passphrase"])
@pytest.mark.parametrize("error", [Stopped(), OSError(errno.EPERM, "other"), KeyboardInterrupt()])
@pytest.mark.parametrize("after", [0, 7])
def test_members_that_cannot_be_made_leave_nothing(medium, to, error, after):
    descriptors = os.listdir("/proc/self/fd")
    told = ArchiveNotWritten if isinstance(error, OSError) else type(error)
    with pytest.raises(told):
        written(medium, failing(error, after), to)
    assert list(medium.iterdir()) == []
    assert os.listdir("/proc/self/fd") == descriptors


def test_an_export_that_is_stopped_leaves_nothing_and_records_nothing(vault, medium):
    seen = []

    def progress(name):
        seen.append(name)
        if len(seen) == 20:
            raise Stopped

    before = archives.entries_of(vault)
    desk = Desk.open(vault, *OFFICER)
    with pytest.raises(Stopped):
        desk.export(medium, TO, progress=progress)
    desk.close()
    assert list(medium.iterdir()) == []
    assert archives.entries_of(vault) == before


def test_an_export_that_is_stopped_at_the_reading_back_leaves_nothing(medium):
    def progress(name):
        if name == "Reading back":
            raise Stopped

    with pytest.raises(Stopped):
        written(medium, progress=progress)
    assert list(medium.iterdir()) == []


def test_a_recipient_that_is_none_leaves_nothing(medium):
    with pytest.raises(RecipientInvalid):
        written(medium, to=Recipients(("age1test",)))
    assert list(medium.iterdir()) == []


# -- what can be read without a key ---------------------------------------------------------


def secrets(vault):
    """What nobody without a key may read: whoever and whatever the dossiers tell of."""
    desk = Desk.open(vault, *OFFICER)
    try:
        found = {OFFICER[0], desk.unit, "dossiers/", "manifest.json", '"act"'}
        for card in desk.cards():
            who = desk.dossier(card.id).state.particulars
            found |= {who.name, who.born, who.identity_number, card.id}
        return [text.encode() for text in found]
    finally:
        desk.close()


def test_no_plain_word_is_on_the_medium_at_any_time(vault, medium):
    hidden, seen = secrets(vault), []

    def progress(name):
        seen.extend(file.read_bytes() for file in medium.iterdir())

    desk = Desk.open(vault, *OFFICER)
    done = desk.export(medium, TO, progress=progress)
    desk.close()
    assert seen[-1] == done.path.read_bytes()
    assert len(set(seen)) > 2
    assert not any(word in data for data in seen for word in hidden)
    plain = pyrage.decrypt(seen[-1], [archives.KEY])
    assert all(word in plain for word in hidden)


def test_no_plain_word_is_on_the_medium_where_it_is_for_a_passphrase(house, locked):
    hidden = secrets(house.vault)
    assert locked.seen[-1] == locked.file.read_bytes()
    assert not any(word in data for data in locked.seen for word in hidden)


def test_an_archive_for_recipients_is_on_the_medium_before_the_last_member_is_made(medium):
    sizes = []
    written(
        medium, BIG, progress=lambda _: sizes.extend(p.stat().st_size for p in medium.iterdir())
    )
    assert sizes[5] > 0, "nothing had been written while members were still made"


def test_every_member_is_a_plain_file_of_the_time_of_the_archive(house):
    plain = pyrage.decrypt(house.file.read_bytes(), [archives.KEY])
    with tarfile.open(fileobj=io.BytesIO(plain)) as found:
        members = found.getmembers()
    assert {(m.type, m.mode, m.uid, m.gid, m.uname) for m in members} == {
        (tarfile.REGTYPE, 0o600, 0, 0, "")
    }
    assert len({m.mtime for m in members}) == 1


@pytest.mark.long
def test_an_archive_is_encrypted_to_a_passphrase_in_a_process_of_its_own(monkeypatch):
    """pyrage would hold every thread of ours for seconds, the screen's among them."""

    def held(*_):
        raise AssertionError

    taken = []
    with monkeypatch.context() as patch:
        patch.setattr(pyrage.passphrase, "encrypt", held)
        age.encrypt([b"plain ", b"text"], taken.append, Recipients.gather(passphrase=PASSPHRASE))
    assert pyrage.passphrase.decrypt(b"".join(taken), PASSPHRASE) == b"plain text"


@pytest.mark.long
def test_an_archive_is_encrypted_to_a_passphrase_where_no_process_can_be_started(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    taken = []
    age.encrypt([b"plain ", b"text"], taken.append, Recipients.gather(passphrase=PASSPHRASE))
    assert pyrage.passphrase.decrypt(b"".join(taken), PASSPHRASE) == b"plain text"


@pytest.mark.parametrize("sizes", [(0, 1, 0), (10_000,), (8191, 1, 8193), (512,) * 40])
def test_age_reads_pieces_of_every_size(sizes):
    pieces = [bytes([number]) * size for number, size in enumerate(sizes)]
    whole = bytearray()
    age.encrypt(pieces, whole.extend, TO)
    assert pyrage.decrypt(bytes(whole), [archives.KEY]) == b"".join(pieces)
