"""Somebody who holds a slot, or held one, and signs what their role did not allow."""

import pytest

from secterm.dossier import entries as acts
from secterm.vault import kdf
from secterm.vault.signer import Signer
from tests.tamper.insider import signer_of, unlocked, write, write_own
from tests.tamper.thief import found
from tests.tamper.vault import BEX, CY, DEX, EVE

FAY = ("Fay Test", "test umbrella tundra cello")


def test_an_entry_signed_by_an_auditor_is_told(past):
    auditor = signer_of(past.today, CY)
    with unlocked(past.today, CY) as vault:
        write(vault, past.third, acts.Withdrawn(reason="So."), auditor)
    told = found(past.today)
    assert "entry #258: was not allowed to who signed it: the role then was auditor" in told


@pytest.mark.parametrize(("day", "who"), [("first", DEX), ("rekeyed", EVE)])
def test_an_entry_signed_by_a_disabled_officer_is_told(past, day, who):
    signer = signer_of(getattr(past, day), who)
    with unlocked(past.today) as vault:
        write(vault, past.third, acts.Withdrawn(reason="So."), signer)
    assert "entry #258: is signed by somebody who was no officer any more" in found(past.today)


def test_an_officer_added_by_one_who_is_no_administrator_is_told(past):
    with unlocked(past.today, BEX) as vault:

        def fill(record, work):
            added = work.add_slot(*FAY, kdf.floors[0], Signer.new())
            record.officer(vault.id, added, FAY[0], "administrator")

        write_own(vault, vault.signer, fill)
    told = found(past.today)
    assert "entry #258: was not allowed to who signed it: the role then was officer" in told


def test_an_erasure_by_one_person_alone_is_told(past):
    with unlocked(past.today) as vault:

        def propose(record, _work):
            proposal = acts.Proposed(what="erase", about=past.third, reason="So.")
            proposed.append(record.vault(vault.id, proposal))

        def erase(record, work):
            erased = acts.Erased(
                dossier=past.third,
                entries=vault.entries_digest(bytes.fromhex(past.third)),
                reason="So.",
                proposed=proposed[0],
            )
            record.vault(vault.id, erased)
            work.erase(bytes.fromhex(past.third))

        proposed = []
        write_own(vault, vault.signer, propose)
        write_own(vault, vault.signer, erase)
    told = found(past.today)
    assert "entry #259: is signed by the one who proposed it: it takes two persons" in told
