"""A failed attempt, a thief's guess perhaps, on a vault that does not fit."""

import pytest

from secterm.desk.desk import Desk
from secterm.vault import slots
from secterm.vault.errors import WrongPassphrase
from tests.tamper.thief import change, found, with_checksum
from tests.tamper.vault import ALIX, at


def test_a_failed_attempt_on_a_vault_that_does_not_fit_keeps_nobody_out(past):
    change(past.today, ("DELETE FROM slot WHERE kdf = ?", slots.RECOVERY))
    with_checksum(past.today)
    with pytest.raises(WrongPassphrase):
        Desk.open(past.today, ALIX[0], "test wrong")
    assert "slot: one that the entries tell of is missing" in found(past.today)
    with at(past.today) as desk:
        assert "1 failed attempt to unlock" in " ".join(desk.notices)
