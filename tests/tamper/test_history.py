"""The past itself: a whole file put back, and history written anew and signed again by
somebody who holds a slot. Alone the file holds; a checkpoint kept elsewhere tells.
"""

import shutil

import pytest

from secterm.dossier import entries as acts
from secterm.vault import checkpoints, keys
from secterm.vault.merkle import verify_consistency
from secterm.vault.records import SignedSize
from secterm.vault.seal import seal
from tests.tamper.insider import cut, unlocked, write
from tests.tamper.thief import found
from tests.tamper.vault import ALIX, BEX, at


@pytest.fixture
def note(past):
    """Today's whole checkpoint, as archives carry it."""
    with unlocked(past.today) as vault:
        return checkpoints.signed(vault, 1_800_000_000).format().decode()


@pytest.fixture
def rewritten(past, note):
    """Today's vault in which an officer dropped the last two entries and wrote others."""
    with unlocked(past.today, BEX) as vault:
        cut(vault, 256)
        for reason in ("Never came.", "Fell ill.", "Moved away."):
            write(vault, past.busy, acts.Withdrawn(reason=reason), vault.signer)
            write(vault, past.busy, acts.Reopened(reason="Came back."), vault.signer)
    with at(past.today, BEX) as desk:
        desk.act(past.busy, acts.Withdrawn(reason="Took up another post."))  # and a true card
    return past.today


def test_a_whole_file_put_back_is_found_by_a_checkpoint_only(past, note):
    shutil.copy(past.yesterday, past.today)
    assert found(past.today) == ""
    for kept in (past.lines["today"], note):
        told = found(past.today, earlier=kept)
        assert told == "history was cut: it had 258 entries then and has 256 now"


def test_the_lock_screens_line_is_another_when_a_whole_file_was_put_back(past):
    shutil.copy(past.yesterday, past.today)
    with at(past.today) as desk:
        assert desk.checkpoint_line() == past.lines["yesterday"]
        assert desk.checkpoint_line() != past.lines["today"]


def test_todays_journal_continues_every_earlier_day(past):
    for line in past.lines.values():
        assert found(past.today, earlier=line) == ""


def test_history_cut_by_an_officer_is_found_by_a_checkpoint_only(past):
    with unlocked(past.today, BEX) as vault:
        cut(vault, 256)
    with at(past.today, BEX) as desk:
        desk.act(past.busy, acts.Withdrawn(reason="Never came."))
    assert found(past.today) == ""
    told = found(past.today, earlier=past.lines["today"])
    assert told == "history was cut: it had 258 entries then and has 257 now"


def test_history_written_anew_by_an_officer_is_found_by_a_checkpoint_only(past, note, rewritten):
    assert found(rewritten) == ""
    for kept in (past.lines["today"], note):
        told = found(rewritten, earlier=kept)
        assert told == "history was rewritten: its first 258 entries are not those of then"


def test_no_consistency_proof_leads_to_a_history_written_anew(past, note, rewritten):
    with unlocked(rewritten) as vault:
        tree, root = vault.tree(), vault.checkpoint().root
        proof = tree.consistency_proof(258, vault.size)
        then = checkpoints.Checkpoint.parse(checkpoints.Note.parse(note.encode()).text)
        assert not verify_consistency(258, vault.size, then.root, root, proof)
        assert verify_consistency(258, vault.size, tree.root_at(258), root, proof)


def test_a_checkpoint_from_before_what_was_written_anew_does_not_find_it(past, rewritten):
    """The limit of a checkpoint: it vouches for what came before it."""
    assert found(rewritten, earlier=past.lines["yesterday"]) == ""


def test_another_officers_entry_cannot_be_kept_in_a_history_written_anew(past):
    with unlocked(past.today) as vault:
        theirs = dict(vault.entries(bytes.fromhex(past.busy)))[257]
        card = vault.card(bytes.fromhex(past.busy)).body
        cut(vault, 256)
        with vault.transaction() as work:
            number = work.append(bytes.fromhex(past.busy), theirs)
            work.set_card(bytes.fromhex(past.busy), number, card)
    assert "entry #256: names another officer than the one who signed it" in found(past.today)


def test_another_officers_signature_does_not_fit_a_history_written_anew(past):
    with unlocked(past.today) as vault:
        theirs = vault.signed_size(258)
        entry = dict(vault.entries(bytes.fromhex(past.busy)))[257]
        cut(vault, 256)
        with vault.transaction() as work:
            work.append(bytes.fromhex(past.busy), entry)
        forged = SignedSize(theirs.officer, 256, theirs.signature).encode()
        place = keys.signature_place(vault.id, 257)
        with vault.file.writing():
            vault.file.tables.signature.update(
                sealed=seal(vault.subkeys.signatures, place, forged)
            ).where(vault.file.tables.signature.size == 257).execute()
    told = found(past.today, ALIX)
    assert "signature #257: does not hold: these entries are not what was signed" in told
