"""What is known of an archive before it is opened: whether it takes a passphrase, which files on a
medium may be one, and where an identity lies beside it.
"""

import os
import sys

import pyrage
import pytest

from secterm.archive import age, listing
from secterm.archive.errors import ArchiveUnreadable, WrongIdentity
from secterm.archive.volumes import absent, gathered, is_named
from secterm.dossier.entries import Volume
from tests.support import archives

SET = "0a" * 16


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.age"
    path.write_bytes(pyrage.passphrase.encrypt(b"plain text", archives.PASSPHRASE))
    return path


def test_an_age_file_says_what_opens_it(tmp_path):
    (tmp_path / "a.age").write_bytes(pyrage.encrypt(b"", [archives.KEY.to_public()]))
    (tmp_path / "b.age").write_bytes(age.HEADER + age.SCRYPT_STANZA)
    assert not age.takes_passphrase(tmp_path / "a.age")
    assert age.takes_passphrase(tmp_path / "b.age")


def test_what_is_no_age_file_is_refused_and_nobody_waits(tmp_path):
    (tmp_path / "text.age").write_text("Dear all,")
    os.mkfifo(tmp_path / "pipe.age")
    for name in ("text.age", "pipe.age", "none.age", "."):
        with pytest.raises(ArchiveUnreadable):
            age.takes_passphrase(tmp_path / name)


@pytest.mark.long
def test_a_passphrase_is_tried_in_a_process_of_its_own(secret, monkeypatch):
    """pyrage would hold every thread of ours for seconds, the screen's among them."""

    def held(*_):
        raise AssertionError

    monkeypatch.setattr(pyrage.passphrase, "decrypt", held)
    taken = []
    age.decrypt(secret, taken.append, identity=None, passphrase=archives.PASSPHRASE)
    assert taken == [b"plain text"]
    with pytest.raises(WrongIdentity):
        age.decrypt(secret, taken.append, identity=None, passphrase="another one")
    secret.write_bytes(secret.read_bytes()[:-1])
    with pytest.raises(ArchiveUnreadable):
        age.decrypt(secret, taken.append, identity=None, passphrase=archives.PASSPHRASE)


@pytest.mark.long
def test_a_passphrase_opens_where_no_process_can_be_started(secret, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    taken = []
    age.decrypt(secret, taken.append, identity=None, passphrase=archives.PASSPHRASE)
    assert taken == [b"plain text"]


def test_archives_on_a_medium_are_plain_files_the_latest_first(tmp_path):
    for n, name in enumerate(("old.age", "new.AGE", "letter.txt")):
        (tmp_path / name).write_bytes(b"x" * n)
        os.utime(tmp_path / name, (n, n))
    (tmp_path / "folder.age").mkdir()
    (tmp_path / "link.age").symlink_to(tmp_path / "old.age")
    os.mkfifo(tmp_path / "pipe.age")
    (tmp_path / "a\x1b[2Jb.age").touch()
    found = listing.archives(tmp_path)
    assert [(one.path.name, one.size) for one in found] == [("new.AGE", 1), ("old.age", 0)]
    assert listing.archives(tmp_path / "none") == []


def test_an_identity_is_found_at_the_top_of_a_medium(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one" / "public.txt").write_text(f"# {archives.RECIPIENT}\n")
    (tmp_path / "one" / "large.txt").write_text(f"{archives.KEY}\n" + "#" * age.LARGEST_IDENTITY)
    os.mkfifo(tmp_path / "one" / "pipe")
    folders = [tmp_path / "one", tmp_path / "none", tmp_path / "two"]
    assert age.identity_beside(folders) is None
    path = archives.identity_file(tmp_path / "two")
    assert age.identity_beside(folders) == path


def test_the_file_of_a_volume_is_known_by_its_name():
    (missing,) = absent(gathered([Volume(set=SET, number=1, of=2)]))
    assert missing == Volume(set=SET, number=2, of=2)
    assert is_named("secterm-12-0a1b2c3d-2of2.age", missing)
    assert is_named("secterm-12-0a1b2c3d-2of2-3.age", missing)
    for name in ("secterm-12-0a1b2c3d-1of2.age", "secterm-12-12of2.age", "2of2.age.part"):
        assert not is_named(name, missing)
