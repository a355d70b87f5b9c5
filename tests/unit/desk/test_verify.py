"""What a verification finds that seals and hashes alone would not: entries that were
well sealed and well signed, by somebody who held a passphrase, and still are not right.
"""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from secterm.desk.desk import Desk
from secterm.dossier import entries as acts
from secterm.dossier.entries import Entry, PackRef
from secterm.vault import checkpoints
from tests.support.house import OFFICER, SECOND, build, lived
from tests.support.paper import someone

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path):
    path = build(tmp_path / "vault.db", clock=lambda: THEN)
    desk = Desk.open(path, *OFFICER, clock=lambda: THEN)
    yield desk
    desk.close()


def slip_in(desk, id, act, *, named=None, signer=None, at=THEN, card=True):
    """An entry past the desk's judgement, as a changed program could write one."""
    vault = desk._vault
    who = signer or vault.signer
    entry = Entry(at=at.isoformat(), officer=named or who.officer.hex(), act=act)
    raw = bytes.fromhex(id)
    body = vault.card(raw).body
    with vault.transaction(who) as work:
        number = work.append(raw, acts.encode(entry))
        if card:
            work.set_card(raw, number, body)
    desk._shelf.clear()


def faults(desk):
    report = desk.verify()
    assert report.holds == (not report.faults)
    return " | ".join(report.faults)


def test_a_vault_with_every_stage_holds(desk):
    for stage, category in (("admitted", "core"), ("unsigned", "key"), ("left", "general")):
        lived(desk, stage, category)
    report = desk.verify()
    assert report.holds
    assert report.faults == []
    assert report.dossiers == 3
    assert "The vault holds" in report.summary()
    assert all(len(line) <= 79 for line in report.text().splitlines())


def test_a_decision_that_the_gates_did_not_allow_is_found(desk):
    id = lived(desk, "opened", "general")
    slip_in(desk, id, acts.Decided(decision="admit", reason="A friend."))
    assert "was not allowed when it was recorded" in faults(desk)


def test_a_card_of_another_type_hides_nothing_of_its_dossier(desk):
    id = lived(desk, "opened", "general")
    slip_in(desk, id, acts.Decided(decision="admit", reason="A friend."))
    run = desk._vault.file.database.execute_sql
    run("UPDATE dossier SET card = 'text' WHERE id = ?", (bytes.fromhex(id),))
    told = faults(desk)
    assert "dossier.card: holds a value of another type than the format has" in told
    assert "was not allowed when it was recorded" in told


def test_one_officer_seconding_their_own_decision_is_found(desk):
    id = lived(desk, "second", "core")
    number = desk.dossier(id).state.decision.number
    slip_in(desk, id, acts.Seconded(decided=number, agrees=True))
    assert "another than the one who decided" in faults(desk)


def test_an_entry_that_names_another_officer_than_its_signer_is_found(desk):
    id = lived(desk, "opened", "general")
    other = desk.second(*SECOND).officer.hex()
    slip_in(desk, id, acts.Withdrawn(reason="So."), named=other)
    assert "names another officer than the one who signed it" in faults(desk)


def test_an_entry_in_the_name_of_nobody_is_found(desk):
    id = lived(desk, "opened", "general")
    slip_in(desk, id, acts.Withdrawn(reason="So."), named="ab" * 16)
    assert "names an officer who is not one here" in faults(desk)


def test_an_entry_older_than_the_one_before_it_is_found(desk):
    id = lived(desk, "opened", "general")
    slip_in(desk, id, acts.Withdrawn(reason="So."), at=THEN - timedelta(days=3))
    assert "is older than the entry before it" in faults(desk)


def test_a_forged_signature_on_an_undertaking_is_found(desk):
    id = lived(desk, "rules", "key")
    signed = desk.dossier(id).state.signed.act
    forged = tuple(
        msgspec.structs.replace(s, signature="00" * 64) if s.role == "appointee" else s
        for s in signed.signatures
    )
    slip_in(desk, id, msgspec.structs.replace(signed, signatures=forged))
    assert "the signature of the appointee does not hold" in faults(desk)


def test_a_changed_text_under_a_good_signature_is_found(desk):
    id = lived(desk, "rules", "key")
    signed = desk.dossier(id).state.signed.act
    slip_in(desk, id, msgspec.structs.replace(signed, text=signed.text + "And more.\n"))
    assert "the text is not the one whose SHA-256 was signed" in faults(desk)


def test_an_act_on_a_pack_that_is_not_in_the_vault_is_found(desk):
    vault = desk._vault
    act = acts.Opened(
        particulars=someone(), pack=PackRef(id="other", version="9", digest="00" * 32)
    )
    entry = Entry(at=THEN.isoformat(), officer=vault.signer.officer.hex(), act=act)
    with vault.transaction() as work:
        dossier = work.create_dossier()
        work.set_card(dossier, work.append(dossier, acts.encode(entry)), b"{}")
    assert "rests on a policy pack that is not in the vault" in faults(desk)


def test_bytes_that_are_no_entry_are_found(desk):
    id = lived(desk, "opened", "general")
    with desk._vault.transaction() as work:
        work.append(bytes.fromhex(id), b'{"at": "x"}')
    desk._shelf.clear()
    assert "does not fit the dossier before it" in faults(desk)


def test_what_makes_no_sense_is_told_where_it_came_in_and_again_where_it_is_reckoned_with(desk):
    id = lived(desk, "screening", "general")
    module = desk.pack.training.modules[0].id
    taught = acts.Trained(module=module, hours=900.0, on="never", trainer="Nobody", place="Here")
    number = desk._vault.size
    slip_in(desk, id, taught)
    slip_in(desk, id, acts.Noted(text="So."))
    slip_in(desk, id, acts.Noted(text="So."))
    first, second = desk.verify().faults
    assert first.startswith(f"entry #{number}: was not allowed when it was recorded: The day of")
    assert second.startswith(f"entry #{number + 1}: does not fit the dossier before it (")


def test_a_card_that_says_something_else_is_found(desk):
    id = lived(desk, "opened", "general")
    slip_in(desk, id, acts.Withdrawn(reason="So."))
    assert f"dossier.card {id}: does not say what the entries say" in faults(desk)


def test_an_older_card_put_back_is_found(desk):
    id = lived(desk, "opened", "general")
    slip_in(desk, id, acts.Withdrawn(reason="So."), card=False)
    assert f"dossier.card {id}: is as of entry" in faults(desk)


def test_cards_of_two_dossiers_exchanged_are_found(desk, tmp_path):
    one, two = (bytes.fromhex(lived(desk, "opened", "general")) for _ in range(2))
    path = desk._vault.file.path
    desk.close()
    with sqlite3.connect(path) as db:
        cards = dict(db.execute("SELECT id, card FROM dossier").fetchall())
        db.execute("UPDATE dossier SET card = ? WHERE id = ?", (cards[two], one))
        db.execute("UPDATE dossier SET card = ? WHERE id = ?", (cards[one], two))
    db.close()
    again = Desk.open(path, *OFFICER, clock=lambda: THEN)
    assert len(again.cards()) == 2  # the lists show what the entries say
    assert f"dossier.card {one.hex()}: does not open" in faults(again)
    again.close()


def test_a_verification_tells_how_far_it_is(desk):
    lived(desk, "admitted", "general")
    told = []
    report = desk.verify(lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (report.entries, report.entries)
    assert {total for _, total in told} == {report.entries}


def test_an_earlier_checkpoint_is_continued_or_it_is_said_why_not(desk, tmp_path):
    path = desk._vault.file.path
    earlier = desk.checkpoint_line()
    whole = checkpoints.signed(desk._vault, 1_800_000_000).format().decode()
    lived(desk, "opened", "general")
    for kept in (earlier, whole, f"  {earlier.upper()} "):
        report = desk.verify(earlier=kept)
        assert report.holds
        assert "continues the checkpoint" in report.summary()
    kept = desk.checkpoint_line()
    desk.close()
    old = tmp_path / "old.db"
    shutil.copy(path, old)
    again = Desk.open(path, *OFFICER, clock=lambda: THEN)
    lived(again, "opened", "general")
    later = again.checkpoint_line()
    again.close()
    back = Desk.open(old, *OFFICER, clock=lambda: THEN)
    assert back.verify(earlier=kept).holds
    assert back.verify().holds
    cut = back.verify(earlier=later)
    assert not cut.holds
    assert "history was cut" in cut.faults[0]
    assert not back.verify(earlier="not a checkpoint").holds
    back.close()
