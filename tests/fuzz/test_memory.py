"""What is small and asks for much: told by name, in a process that has not that much."""

import contextlib
import sqlite3

from secterm.archive.tar import LARGEST_MEMBER, blocks
from secterm.vault.file import VaultFile
from secterm.vault.outside import Outside
from tests.support import archives
from tests.support.bomb import bomb
from tests.support.hostile import alone

TELL = """
def tell(what, *errors):
    try:
        what()
    except errors as error:
        print(type(error).__name__, messages.explain(error).text(), sep=": ")
    else:
        print("took it")
"""


def test_a_slot_that_asks_for_all_memory_takes_none(tmp_path):
    path = archives.build(tmp_path)
    spec = "argon2id$v=19$m={m},t=3,p=4$AAECAwQFBgcICQoLDA0ODw=="
    with contextlib.closing(sqlite3.connect(path)) as db:
        for rowid, m in ((1, 2**21 + 1), (2, 999_999_999)):
            db.execute("UPDATE slot SET kdf = ? WHERE rowid = ?", (spec.format(m=m), rowid))
        db.commit()
    file = VaultFile.open(path)
    with file.writing():  # by somebody who knows the format, so that the checksum fits
        Outside.read(file).write(file, 0)
    file.close()
    code = f"""
from pathlib import Path
from secterm.vault.errors import VaultError
limit()
tell(lambda: desk.Desk.open(Path({str(path)!r}), "Alix Test", "test"), VaultError)
"""
    said = alone(TELL + code, mebibytes=64)
    assert said.startswith("SlotRefused: A way into this vault was refused: a derivation cost over")


def test_a_vault_whose_rows_share_their_pages_takes_little_more_than_its_length(tmp_path):
    path = archives.build(tmp_path)
    bomb(path, rows=400)
    assert path.stat().st_size < 10 << 20
    code = f"""
from pathlib import Path
from secterm.vault.errors import VaultError
from secterm.vault.vault import failures_of
limit()
tell(lambda: failures_of(Path({str(path)!r})), VaultError)
tell(lambda: desk.Desk.open(Path({str(path)!r}), "Alix Test", "test"), VaultError)
"""
    said = alone(TELL + code, mebibytes=128).splitlines()
    assert len(said) == 2
    assert all("holds more than it is long" in line for line in said)


def test_a_tar_that_announces_much_takes_what_has_come():
    header = next(blocks([("big", b"")], 0))
    field = b"%011o" % LARGEST_MEMBER
    blank = header[:124] + field + header[135:148] + b" " * 8 + header[156:]
    header = blank[:148] + b"%06o\0 " % sum(blank) + blank[156:]
    code = """
from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.tar import Untar
data = sys.stdin.buffer.read()
limit()
reader = Untar(lambda name, held: None)
reader.feed(data)
assert reader._wanted == 256 << 20
tell(reader.close, ArchiveUnreadable)
"""
    assert alone(TELL + code, mebibytes=16, stdin=header).startswith("ArchiveUnreadable: ")


def test_an_age_file_whose_passphrase_asks_for_gigabytes_takes_none(tmp_path):
    file = tmp_path / "bomb.age"
    file.write_bytes(
        b"age-encryption.org/v1\n-> scrypt " + b"A" * 22 + b" 23\n" + b"A" * 43
        + b"\n--- " + b"A" * 43 + b"\n" + bytes(40)
    )  # fmt: skip
    code = f"""
from pathlib import Path
from secterm.archive import age
from secterm.archive.errors import ArchiveUnreadable
limit()
file = Path({str(file)!r})
tell(lambda: age.decrypt(file, print, identity=None, passphrase="test"), ArchiveUnreadable)
"""
    said = alone(TELL + code, mebibytes=64)
    assert said.startswith("ArchiveUnreadable: ")
    assert "more work than this machine can do" in said


def test_json_and_toml_without_end_take_little():
    code = """
from secterm.archive.members import Manifest, decoded
from secterm.policy import reader
limit()
deep = b'{"x":' + b"[" * 1_000_000
tell(lambda: decoded(deep, Manifest), ValueError)
files = {name: b"a = " + b"[" * 1_000_000 for name in reader.FILES}
tell(lambda: reader.parse(files), reader.PackInvalid)
files = {name: b"a" + b".a" * 1_000_000 for name in reader.FILES}
tell(lambda: reader.parse(files), reader.PackInvalid)
"""
    first, second, third = alone(TELL + code, mebibytes=64).splitlines()
    assert first.startswith("ValueError")
    assert "too many tables or lists within each other" in second
    assert "a key of too many parts" in third


def test_a_note_or_proof_of_any_length_takes_no_more_than_the_longest():
    code = """
from secterm.vault.note import Note, NoteMalformed, TlogProof
line = b"\\xe2\\x80\\x94 x AAAAAAA=\\n"
notes = [b"x\\n" * (16 << 20), b"\\n" * (32 << 20), b"x\\n\\n" + line * 70_000]
limit()
for data in notes:
    tell(lambda: Note.parse(data), NoteMalformed)
    tell(lambda: TlogProof.parse(data), NoteMalformed)
"""
    said = alone(TELL + code, mebibytes=64).splitlines()
    assert len(said) == 6
    assert all(line.startswith("NoteMalformed: ") for line in said)
