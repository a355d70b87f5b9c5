"""Erasing a dossier: nothing of it stands in the file afterwards, nor in the journal
beside it, and all the others are as they were.
"""

import contextlib
import os
import random
import shutil
import sqlite3
import threading

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from secterm.vault import checkpoints, commit, errors, kdf, keys, verify
from secterm.vault import file as vault_file
from secterm.vault.note import Checkpoint
from secterm.vault.records import Card
from secterm.vault.seal import NONCE_SIZE, TAG_SIZE, padded_size
from secterm.vault.signer import Signer
from secterm.vault.vault import Vault

CHEAP = kdf.Cost(t=1, m=32, p=1)
ALICE = ("alice", "test correct horse")
WINDOW = 16  # bytes that would betray a value
NAME = b"Zebrafinch Q. Quokka, TEST-7"


class House:
    """A vault whose every sealed value is remembered, of each dossier, as the file had it."""

    def __init__(self, path):
        self.path = path
        self.stood = {}  # dossier -> every value that was ever there
        self.texts = {}  # dossier -> plaintexts of its entries
        self.gone = set()
        with Vault.create(path, *ALICE, CHEAP) as (self.vault, work):
            work.append(self.vault.id, b"the vault begins")

    @property
    def there(self):
        return [id for id in self.texts if id not in self.gone]

    def record(self, *ids, texts=(b"text",), card=b"card", draft=b"draft"):
        """Entries, card and draft for each of these, or for a new dossier; the first id."""
        with self.vault.transaction() as work:
            ids = ids or (work.create_dossier(),)
            for id in ids:
                for text in texts:
                    number = work.append(id, NAME + text)
                work.set_card(id, number, NAME + card)
                self.texts.setdefault(id, []).extend(NAME + text for text in texts)
        for id in ids:
            self.vault.keep_draft(id, NAME + draft)
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            for id in ids:
                held = db.execute("SELECT key, card FROM dossier WHERE id = ?", (id,)).fetchall()
                entries = db.execute("SELECT sealed FROM entry WHERE dossier = ?", (id,))
                kept = db.execute("SELECT sealed FROM draft WHERE dossier = ?", (id,))
                values = {value for row in [*held, *entries, *kept] for value in row if value}
                self.stood.setdefault(id, set()).update(values)
        return ids[0]

    def erase(self, id):
        with self.vault.transaction() as work:
            work.append(self.vault.id, b"erased")
            work.erase(id)
        self.gone.add(id)

    def erasures(self):
        """What the vault's entries would say of those that are gone."""
        return {id: verify.Gone(self.vault.size, self.vault.entries_digest(id)) for id in self.gone}

    def faults(self):
        known = {self.vault.signer.officer: self.vault.signer.public_key}
        found = verify.verify(self.vault, known, erased=self.erasures())
        return [str(fault) for fault in found]

    def left(self, *files):
        """What is left of the erased in these files, else in the vault's."""
        windows = {
            value[at : at + WINDOW]
            for id in self.gone
            for value in self.stood[id]
            for at in range(len(value) - WINDOW + 1)
        }
        raw = b"".join(file.read_bytes() for file in files or (self.path,))
        assert NAME[:WINDOW] not in raw
        return windows & {raw[at : at + WINDOW] for at in range(len(raw) - WINDOW + 1)}


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "v.db")
    yield house
    house.vault.close()


def beside(path):
    return path.with_name(path.name + "-journal")


# -- nothing is left -------------------------------------------------------------


def lived(house, seed):
    """A random history: many cards rewritten, entries short and of several pages."""
    dice = random.Random(seed)
    house.vault.file.database.execute_sql("PRAGMA synchronous = off")
    for _ in range(dice.randint(15, 40)):
        house.record(card=bytes(dice.choice((50, 200, 400, 800))))
    for _ in range(12):
        some = dice.sample(house.there, 12)
        size = dice.choice((20, 200, 400)) if dice.random() < 0.9 else 9000
        for part in (some[:4], some[4:8], some[8:]):
            house.record(
                *part,
                texts=(bytes(size),),
                card=bytes(dice.choice((50, 200, 400, 800, 3000))),
                draft=bytes(dice.choice((50, 400, 800, 3000, 9000))),
            )
    return dice


@pytest.mark.parametrize("seed", range(2))
def test_nothing_of_the_erased_is_left_after_any_history(house, seed):
    dice = lived(house, seed)
    for _ in range(2):
        for id in dice.sample(house.there, 2):
            house.erase(id)
        assert house.left() == set()
        house.record(*dice.sample(house.there, 5), card=bytes(dice.choice((50, 400, 3000))))
        assert house.left() == set()
    assert house.faults() == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_nothing_of_the_erased_is_left_after_many_histories(house, seed):
    dice = lived(house, seed)
    for id in dice.sample(house.there, len(house.there) // 2):
        house.erase(id)
    assert house.left() == set()
    assert house.faults() == []


def test_a_draft_goes_with_its_dossier_and_no_other_does(house):
    one, other = house.record(), house.record()
    house.erase(one)
    with pytest.raises(errors.SealBroken):
        house.vault.keep_draft(one, b"after")
    assert house.vault.draft(one) == b""
    assert house.vault.draft(other) == NAME + b"draft"


def test_nothing_of_any_draft_that_was_written_over_is_left(house):
    dice = random.Random(2)  # a history after which SQLite alone leaves something
    house.vault.file.database.execute_sql("PRAGMA synchronous = off")
    ids = [house.record() for _ in range(30)]
    for number in range(300):
        id = dice.choice(ids)
        size = dice.choice((0, 50, 200, 400, 800, 3000))
        house.vault.keep_draft(id, b"%d" % number + bytes(size))
        table = house.vault.file.tables.draft
        query = table.select(table.sealed).where(table.dossier == id)
        house.stood[id] |= {sealed for (sealed,) in house.vault.file.rows(query)}
    for id in dice.sample(ids, 15):
        house.erase(id)
    assert house.left() == set()
    assert house.faults() == []


def test_no_part_of_the_file_opens_with_the_key_that_was_destroyed(house):
    """Every place in the file where a sealed entry or the card could begin is tried."""
    id = house.record(texts=(b"one", b"two"))
    others = [house.record() for _ in range(8)]
    house.record(*others, card=bytes(900))
    key = house.vault.dossier_key(id)
    card = (keys.card_key(key), keys.card_place(house.vault.id, id))
    draft = (keys.draft_key(key), keys.draft_place(house.vault.id, id))
    sealed = {
        "card": (*card, len(rows_of(house, id)[0][3])),
        "draft": (*draft, padded_size(len(NAME + b"draft") + 1) + NONCE_SIZE + TAG_SIZE),
    }
    for number, value in house.vault.sealed_entries(id):
        place = keys.entry_place(house.vault.id, id, number)
        sealed[number] = (keys.entry_key(key), place, len(value))
    assert len(opening(house.path, sealed.values())) == 4
    house.erase(id)
    assert opening(house.path, sealed.values()) == []
    assert key not in house.path.read_bytes()


def opening(path, tried):
    """Which of these (key, place, size) something in the file opens to."""
    raw = path.read_bytes()
    found = []
    for key, place, size in tried:
        aead, associated = AESGCMSIV(key), place.associated()
        for at in range(len(raw) - size):
            nonce = raw[at : at + NONCE_SIZE]
            if nonce.count(0) > 6:
                continue  # no random nonce, but for one in millions of millions
            with contextlib.suppress(InvalidTag):
                aead.decrypt(nonce, raw[at + NONCE_SIZE : at + size], associated)
                found.append(place)
    return found


# Histories after which SQLite alone leaves something, on pages that it moved rows from.
MOVED = (2, 84, 128)


@pytest.mark.long
@pytest.mark.parametrize("seed", MOVED)
def test_what_was_moved_before_is_not_left_behind(house, seed):
    house.vault.file.database.execute_sql("PRAGMA synchronous = off")
    dice = random.Random(seed)
    for _ in range(dice.randint(5, 60)):
        house.record(card=bytes(dice.choice((50, 200, 400, 800))))
    ids = house.there
    for _ in range(400):
        id = dice.choice(ids)
        body = bytes(dice.choice((50, 200, 400, 800, 3000)))
        with house.vault.file.writing():
            commit._write_card(house.vault, Card(id, 1, body), {})
        house.stood[id].add(rows_of(house, id)[0][3])
    for id in dice.sample(ids, len(ids) // 2):
        house.erase(id)
    assert house.left() == set()


# -- the journal beside the file ---------------------------------------------------


def test_the_rollback_journal_was_overwritten_before_it_went(house, tmp_path):
    house.record()
    id = house.record(texts=[bytes(3000)] * 3)
    file, held = house.vault.file, []
    rebuild = file.rebuild

    def open_it(*names):
        held.append(beside(house.path).open("rb"))  # by which it can be looked at later
        rebuild(*names)

    file.rebuild = open_it
    house.erase(id)
    del file.rebuild
    assert not beside(house.path).exists()
    with held[0] as journal:
        left = journal.read()
    assert len(left) > 9000
    assert left.strip(b"\0") == b""


def killed_before_the_scrub(house, folder):
    """File and journal as they are when the power goes right after the commit."""
    to = folder / "after"
    to.mkdir()
    database = house.vault.file.database
    database.execute_sql("PRAGMA journal_mode = persist")
    before = house.path.read_bytes()
    with house.vault.file.writing():
        house.vault.file.tables.tile.insert(level=9, place=9, hashes=before[:9000]).execute()
        house.vault.file.tables.tile.delete().where(
            house.vault.file.tables.tile.level == 9
        ).execute()
    for file in (house.path, beside(house.path)):
        shutil.copy(file, to / file.name)
    return to / house.path.name


def test_a_journal_left_by_a_power_cut_is_overwritten_at_the_next_opening(house, tmp_path):
    id = house.record()
    left = killed_before_the_scrub(house, tmp_path)
    size = beside(left).stat().st_size
    assert size > 512
    assert beside(left).read_bytes()[:28].strip(b"\0") == b""
    assert beside(left).read_bytes().strip(b"\0") != b""
    with beside(left).open("rb") as journal:
        again = Vault.open(left, *ALICE)
        assert again.card(id).body == NAME + b"card"
        again.close()
        assert not beside(left).exists()
        assert journal.read() == bytes(size)


def test_another_file_laid_there_under_a_second_name_is_not_overwritten(house, tmp_path):
    house.vault.close()
    image = tmp_path / "image"
    image.write_bytes(bytes(4096) + b"somebody's disk image")
    os.link(image, beside(house.path))
    with pytest.raises(errors.VaultUnreadable, match="in the place of its journal"):
        Vault.open(house.path, *ALICE)
    assert image.read_bytes() == bytes(4096) + b"somebody's disk image"


def test_a_journal_that_is_still_needed_is_rolled_back_and_not_overwritten(house, tmp_path):
    """Killed in the middle of an erasure, the dossier is there as it was."""
    id = house.record(texts=(b"one", b"two"))
    for _ in range(30):
        house.record(texts=(bytes(2000),))
    house.vault.file.database.execute_sql("PRAGMA cache_size = 1")  # pages spill early
    file, copies = house.vault.file, []
    rebuild = file.rebuild

    def copied(*names):
        for when in ("before", "after"):
            to = tmp_path / when
            to.mkdir()
            for each in (house.path, beside(house.path)):
                shutil.copy(each, to / each.name)
            copies.append(to / house.path.name)
            if when == "before":
                rebuild(*names)

    file.rebuild = copied
    house.erase(id)
    del file.rebuild
    assert len(copies) == 2
    for copy in copies:
        again = Vault.open(copy, *ALICE)
        assert [text for _, text in again.entries(id)] == [NAME + b"one", NAME + b"two"]
        assert again.doubts == ()
        again.close()


def test_where_the_journal_cannot_be_overwritten_it_stays_until_it_can(house, monkeypatch):
    """Taken away as it is, its pages would lie about on the disk."""
    id = house.record()

    def fails(journal):
        raise OSError("the disk does not write")

    with monkeypatch.context() as patch:
        patch.setattr(vault_file, "scrub_journal", fails)
        house.erase(id)
    assert house.left(beside(house.path)) != set()
    assert house.left() == set()
    house.record()
    house.vault.close()
    again = Vault.open(house.path, *ALICE)
    assert not beside(house.path).exists()
    assert again.doubts == ()
    again.close()


# -- all the rest ---------------------------------------------------------------


def test_the_others_are_as_they_were(house):
    one, two, three = (house.record(texts=(b"a", b"b")) for _ in range(3))
    before = {id: (list(house.vault.entries(id)), house.vault.card(id)) for id in (one, three)}
    house.erase(two)
    assert {id: (list(house.vault.entries(id)), house.vault.card(id)) for id in before} == before
    assert house.faults() == []
    house.vault.close()
    again = Vault.open(house.path, *ALICE)
    assert again.doubts == ()
    assert list(again.entries(three)) == before[three][0]
    again.close()
    house.vault = Vault.open(house.path, *ALICE)


def test_of_the_erased_nothing_opens_and_its_leaves_stay(house):
    id = house.record(texts=(b"a", b"b"))
    numbers = [n for n, _ in house.vault.sealed_entries(id)]
    leaves = house.vault.leaf_hashes(numbers[0], numbers[-1] + 1)
    house.erase(id)
    assert is_erased(house, id)
    assert [sealed for _, sealed in house.vault.sealed_entries(id)] == leaves
    for read in (house.vault.dossier_key, house.vault.card, lambda i: list(house.vault.entries(i))):
        with pytest.raises(errors.SealBroken):
            read(id)


def test_proofs_and_earlier_checkpoints_hold_across_an_erasure(house):
    ids, earlier = [], []
    for n in range(12):
        ids.append(house.record(texts=[b"e"] * (n * 9 + 1)))
        earlier.append(house.vault.checkpoint())
    assert house.vault.size > 512
    for id in ids[::3]:
        house.erase(id)
    assert [checkpoints.continues(house.vault, one.text()) for one in earlier] == [""] * 12
    tree, root = house.vault.tree(), house.vault.head.edge.root()
    assert tree.root_at(house.vault.size) == root
    assert house.faults() == []
    other = Checkpoint(house.vault.origin, earlier[3].size, bytes(32))
    assert "rewritten" in checkpoints.continues(house.vault, other.text())


def test_tiles_are_right_when_an_erasure_fills_one(house):
    id = house.record(texts=[b"e"] * (255 - house.vault.size))
    house.erase(id)
    assert house.vault.size == 256
    house.record()
    assert house.vault.tree().root_at(house.vault.size) == house.vault.head.edge.root()
    assert house.faults() == []


def test_erasing_again_or_what_is_not_there_changes_nothing(house):
    id = house.record()
    house.erase(id)
    before = [sealed for _, sealed in house.vault.sealed_entries(id)]
    house.erase(id)
    assert [sealed for _, sealed in house.vault.sealed_entries(id)] == before
    with pytest.raises(errors.VaultDamaged), house.vault.transaction() as work:
        work.append(house.vault.id, b"erased")
        work.erase(b"n" * 16)
    assert house.faults() == []


def test_a_key_put_back_after_an_erasure_is_told(house):
    id = house.record()
    wrapped = next(row[1] for row in rows_of(house, id))
    house.erase(id)
    table = house.vault.file.tables.dossier
    with house.vault.file.writing():
        table.update(key=wrapped).where(table.id == id).execute()
    assert house.faults() == [f"dossier.key {id.hex()}: is there, though the dossier was erased"]


def is_erased(house, id):
    return rows_of(house, id)[0][1] is None


def rows_of(house, id):
    table = house.vault.file.tables.dossier
    return list(house.vault.file.rows(table.select().where(table.id == id)))


def test_an_erasure_on_a_full_disk_erases_nothing(house):
    id = house.record(texts=[b"e"] * 10)
    database = house.vault.file.database
    (pages,) = database.execute_sql("PRAGMA page_count").fetchone()
    database.execute_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(errors.VaultUnreadable, match="full"):
        house.erase(id)
    assert len(list(house.vault.entries(id))) == 10
    assert house.faults() == []
    database.execute_sql("PRAGMA max_page_count = 100000")
    house.erase(id)
    assert house.left() == set()


def test_who_is_reading_meanwhile_is_not_in_the_way(house):
    """Another thread, in the middle of a list, reads it to its end."""
    house.vault.file.database.execute_sql("PRAGMA synchronous = off")
    ids = [house.record() for _ in range(260)]
    reading = house.vault.cards()
    begun = next(reading)
    thread = threading.Thread(target=house.erase, args=(ids[150],))
    thread.start()
    thread.join(20)
    assert is_erased(house, ids[150])
    assert len([begun, *reading]) == 260
    assert house.faults() == []


def test_a_slot_that_was_taken_away_is_not_in_the_file_any_more(house):
    stood = set()
    people = [(f"officer {n}", f"test passphrase {n}") for n in range(12)]
    signers = []
    for person in people:
        with house.vault.transaction() as work:
            signers.append(work.add_slot(*person, CHEAP, Signer.new()))
            work.append(house.vault.id, b"joins")
    for who in signers[::2]:
        with contextlib.closing(sqlite3.connect(house.path)) as db:
            stood |= {v for row in db.execute("SELECT sealed, wrapped FROM slot") for v in row}
        with house.vault.transaction() as work:
            work.remove_slot(who.slot)
            work.append(house.vault.id, b"goes")
    with contextlib.closing(sqlite3.connect(house.path)) as db:
        stood -= {v for row in db.execute("SELECT sealed, wrapped FROM slot") for v in row}
    raw = house.path.read_bytes()
    assert len(stood) == 12
    assert not any(value[at : at + 16] in raw for value in stood for at in range(0, len(value), 16))
    assert not beside(house.path).exists()
