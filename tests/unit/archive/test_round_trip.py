"""What goes into an archive comes out of it, and an inspection says so."""

import hashlib
import json

import pyrage
import pytest

from secterm.archive.inspect import inspect_archive
from secterm.archive.recipients import Recipients
from secterm.desk.desk import Desk
from secterm.desk.drafts import Left
from secterm.dossier import entries as acts
from tests.support import archives
from tests.support.archives import KEY, TO, identity_file
from tests.support.house import OFFICER, SECOND

PASSPHRASE = archives.PASSPHRASE


@pytest.fixture
def desk(vault):
    opened = Desk.open(vault, *OFFICER)
    yield opened
    opened.close()


def test_an_archive_to_one_recipient_opens_and_holds(house, tmp_path):
    found = inspect_archive(house.file, identity=identity_file(tmp_path))
    assert found.faults == []
    assert found.holds


def test_each_of_several_recipients_opens_it(desk, medium, tmp_path):
    keys = [pyrage.x25519.Identity.generate() for _ in range(3)]
    written = desk.export(medium, Recipients.gather(str(k.to_public()) for k in keys))
    for key in keys:
        found = inspect_archive(written.path, identity=identity_file(tmp_path, str(key)))
        assert found.holds


def test_an_identity_file_may_hold_other_keys_as_well(house, tmp_path):
    other = str(pyrage.x25519.Identity.generate())
    file = identity_file(tmp_path, "# two keys", other, "", f"  {KEY}  ")
    assert inspect_archive(house.file, identity=file).holds


def test_what_was_left_unfinished_is_in_no_archive_and_a_note_is(desk, medium, tmp_path):
    id = next(card.id for card in desk.cards() if card.stage == "screening")
    question = desk.pack.screening.sections[0].questions[0].id
    desk.act(id, acts.Noted(text="Numbatfield was named.", question=question))
    desk.mark(id, question, True)
    desk.leave(Left(id, ("interview",), {"note": "Zebrafinch"}))
    written = desk.export(medium, TO, [id])
    assert inspect_archive(written.path, identity=identity_file(tmp_path)).holds
    plain = b"".join(data for _, data in archives.opened(written.path).members)
    assert b"Numbatfield was named." in plain
    assert b"Zebrafinch" not in plain
    kept = desk._vault.file.tables.draft
    for (sealed,) in desk._vault.file.rows(kept.select(kept.sealed)):
        assert sealed not in plain


@pytest.mark.long
def test_an_archive_to_a_passphrase_opens_by_it_alone(locked):
    found = inspect_archive(locked.file, passphrase=PASSPHRASE)
    assert found.holds
    assert {d.name for d in found.dossiers} == locked.names


def test_an_inspection_says_what_is_in_it(desk, medium, tmp_path):
    line, today = desk.checkpoint_line(), desk.today
    written = desk.export(medium, TO)
    found = inspect_archive(written.path, identity=identity_file(tmp_path))
    told = {d.id: (d.name, d.stage) for d in found.dossiers}
    assert told == {c.id: (c.name, c.stage) for c in desk.cards()}
    assert {"admitted", "refused", "screening"} == {stage for _, stage in told.values()}
    assert found.entries == len(archives.opened(written.path).names(ending=".sealed"))
    assert found.checkpoint == line
    assert found.officer == OFFICER[0]
    assert found.created[:10] == today.isoformat()
    assert found.sha256 == written.sha256
    assert found.sha256 == hashlib.sha256(written.path.read_bytes()).hexdigest()


def test_an_archive_by_another_officer_holds_and_says_by_whom(vault, medium, tmp_path):
    desk = Desk.open(vault, *SECOND)
    written = desk.export(medium, TO)
    desk.close()
    found = inspect_archive(written.path, identity=identity_file(tmp_path))
    assert found.holds
    assert found.officer == SECOND[0]


def test_an_inspection_reads_as_text_and_as_json(house, tmp_path):
    found = inspect_archive(house.file, identity=identity_file(tmp_path))
    assert "The archive holds" in found.text()
    assert all(d.name in found.text() for d in found.dossiers)
    assert json.loads(found.json())["holds"] is True


def test_without_a_known_fingerprint_an_inspection_says_what_is_left_to_compare(house, tmp_path):
    identity = identity_file(tmp_path)
    found = inspect_archive(house.file, identity=identity)
    assert "--fingerprint" in found.text()
    known = inspect_archive(house.file, identity=identity, fingerprint=found.fingerprint)
    assert known.holds
    assert "--fingerprint" not in known.text()


@pytest.mark.parametrize("spaced", [str.upper, lambda f: f.replace(" ", ""), lambda f: f" {f}\n"])
def test_a_fingerprint_is_compared_however_it_is_spaced(house, tmp_path, spaced):
    identity = identity_file(tmp_path)
    own = inspect_archive(house.file, identity=identity).fingerprint
    assert inspect_archive(house.file, identity=identity, fingerprint=spaced(own)).holds


def test_only_the_dossiers_that_were_chosen_are_in_it(desk, medium):
    chosen = desk.cards()[0].id
    opened = archives.opened(desk.export(medium, TO, [chosen]).path)
    assert {name.split("/")[1] for name in opened.names("dossiers/")} == {chosen}


def test_a_dossier_that_was_chosen_twice_is_in_it_once(desk, medium, tmp_path):
    chosen = desk.cards()[0].id
    written = desk.export(medium, TO, [chosen, chosen])
    found = inspect_archive(written.path, identity=identity_file(tmp_path))
    assert found.holds
    assert [d.id for d in found.dossiers] == [chosen]


def test_its_name_tells_of_the_checkpoint_and_of_nobody(desk, medium):
    size, root = desk.checkpoint_line().replace("-", "").split(":")
    assert desk.export(medium, TO).path.name == f"secterm-{size}-{root[:8]}.age"


def test_an_export_is_recorded_in_each_dossier_that_went(desk, medium):
    chosen = [c.id for c in desk.cards()][:2]
    written = desk.export(medium, TO, chosen)
    for card in desk.cards():
        last = desk.record(card.id).timeline[-1].act
        recorded = getattr(last, "sha256", "") == written.sha256
        assert recorded == (card.id in chosen)
        if recorded:
            assert (last.file, last.recipients) == (written.path.name, TO.keys)


def test_a_later_archive_holds_the_record_of_the_earlier(desk, medium, tmp_path):
    first = desk.export(medium, TO)
    second = desk.export(medium, TO)
    assert first.path != second.path
    opened = archives.opened(second.path)
    assert len(opened.names(ending=".json")) > len(
        archives.opened(first.path).names(ending=".json")
    )
    assert first.sha256.encode() in opened[opened.name("dossiers/", "/dossier.json")]
    assert inspect_archive(second.path, identity=identity_file(tmp_path)).holds


def test_the_members_stand_in_the_order_that_the_format_gives(house):
    names = house.opened.names()
    kinds = list(dict.fromkeys(name.split("/")[0] for name in names))
    assert kinds == [
        *("README.txt", "schemas", "checkpoint", "log-keys", "consistency.json", "officers.json"),
        "recoveries.json",
        *("officers", "packs", "dossiers", "manifest.json", "manifest.sig"),
    ]
    assert len(set(names)) == len(names)


def test_the_progress_names_every_member_and_what_takes_its_time(desk, medium):
    told = []
    written = desk.export(medium, TO, progress=told.append)
    *members, encrypting, reading = told
    assert members == archives.opened(written.path).names()
    assert encrypting.startswith("Encrypting")
    assert reading.startswith("Reading back")
