"""Printing: what comes where, what is recorded of it, and that nothing is when it fails."""

import os
import resource
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from secterm.desk import printing
from secterm.desk.desk import Desk
from secterm.desk.printing import Folder, NotPrinted, Printer
from secterm.dossier import entries as acts
from secterm.dossier.permit import NotAllowed
from secterm.vault.errors import VaultError
from tests.reader import slots
from tests.reader.vault import Vault
from tests.reader.verify import verified
from tests.support import printed, sticks
from tests.support.archives import TO
from tests.support.house import OFFICER, SECOND, build

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIVES = (("admitted", "core"), ("opened", "general"))
AUDITOR = ("Cato Test", "test ribbon harbour walnut")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = build(tmp_path_factory.mktemp("built") / "vault.db", *LIVES, clock=lambda: THEN)
    desk = Desk.open(path, *OFFICER, clock=lambda: THEN)
    desk.add_officer(*AUDITOR, "auditor")
    desk.close()
    return path


@pytest.fixture
def desk(built, tmp_path):
    path = shutil.copy(built, tmp_path / "vault.db")
    desk = Desk.open(path, *OFFICER, clock=lambda: THEN)
    yield desk
    desk.close()


def admitted(desk):
    return next(card.id for card in desk.cards() if card.stage == "admitted")


def prints(desk, id):
    acts_ = [one.entry.act for one in desk.dossier(id).entries]
    return [act for act in acts_ if isinstance(act, acts.Printed)]


@pytest.mark.long
def test_the_signatures_of_a_real_undertaking_hold_on_paper(desk):
    id = admitted(desk)
    data = desk.paper(id, "undertaking").data
    assert "The text, the statement and every signature hold." in printed.text(data)
    act = desk.dossier(id).state.signed.act
    assert all(printed.holds(data, line) for line in act.statement.splitlines())
    assert all(printed.holds(data, side.signature) for side in act.signatures)


def test_the_same_checkpoint_gives_the_same_bytes_and_a_later_one_others(desk):
    id = admitted(desk)
    first = desk.paper(id, "decision")
    assert desk.paper(id, "decision") == first
    assert desk.checkpoint_line() in printed.text(first.data)
    desk.act(id, acts.Noted(text="Later."))
    assert desk.paper(id, "decision") != first


def test_a_file_is_its_owners_alone_and_named_after_nobody(desk, medium):
    id = admitted(desk)
    put = desk.print(id, "decision", Folder(medium))
    assert [put.path] == list(medium.iterdir())
    assert put.path.name == f"secterm-decision-{id[:8]}.pdf"
    assert stat.S_IMODE(put.path.stat().st_mode) == 0o600
    assert put.path.read_bytes() == put.paper.data
    (act,) = prints(desk, id)
    assert (act.document, act.sha256, act.to) == ("decision", put.paper.sha256, "folder")
    assert desk.verify().holds


def test_another_reader_of_the_vault_knows_the_entry(desk, medium, tmp_path):
    desk.print(admitted(desk), "decision", Folder(medium))
    desk.close()
    with Vault(tmp_path / "vault.db", slots.passphrase(*OFFICER), cheap=True) as vault:
        assert not verified(vault).faults


def test_nothing_is_written_over(desk, medium):
    id = admitted(desk)
    taken = medium / f"secterm-rules-{id[:8]}.pdf"
    taken.symlink_to(medium / "elsewhere")
    put = desk.print(id, "rules", Folder(medium))
    assert put.path.name == f"secterm-rules-{id[:8]}-2.pdf"
    assert not (medium / "elsewhere").exists()


def test_printing_leaves_nobody_waiting_anew(desk, medium):
    id = admitted(desk)
    since = desk.dossier(id).standing.since
    desk.print(id, "rules", Folder(medium))
    assert desk.dossier(id).standing.since == since


def test_the_printer_gets_the_bytes_by_a_pipe_and_no_name(desk, tmp_path, monkeypatch):
    lp = printed.printing(tmp_path / "lp", monkeypatch)
    id = admitted(desk)
    put = desk.print(id, "training", Printer("Office; rm -rf /"))
    assert (lp / "job.pdf").read_bytes() == put.paper.data
    told = (lp / "told").read_text().splitlines()
    assert told == ["-d", "Office; rm -rf /", "-t", f"secterm training-{id[:8]}"]
    assert put.path is None
    assert [act.to for act in prints(desk, id)] == ["printer"]
    desk.print(id, "training", Printer())
    assert (lp / "told").read_text().splitlines()[0] == "-t"


def test_a_printer_that_refuses_is_told_in_its_words_and_nothing_recorded(
    desk, tmp_path, monkeypatch
):
    printed.printing(tmp_path / "lp", monkeypatch, fails="lp: Error - no default destination.")
    before = desk.checkpoint_line()
    with pytest.raises(NotPrinted) as refused:
        desk.print(admitted(desk), "rules", Printer())
    assert refused.value.reason == "Error - no default destination."
    assert desk.checkpoint_line() == before


def test_without_a_print_system_it_is_told(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotPrinted, match="no print system"):
        desk.print(admitted(desk), "rules", Printer())


def test_a_printer_that_does_not_answer_is_given_up(desk, tmp_path, monkeypatch):
    lp = printed.printing(tmp_path / "lp", monkeypatch)
    (lp / "lp").write_text("#!/bin/sh\nexec sleep 20\n")
    monkeypatch.setattr(printing, "PATIENCE", 0.2)
    with pytest.raises(NotPrinted, match="does not answer"):
        desk.print(admitted(desk), "rules", Printer())


@pytest.mark.parametrize("place", ["gone", "file"])
def test_a_folder_that_is_none_is_told(desk, tmp_path, place):
    (tmp_path / "file").write_text("no folder")
    before = desk.checkpoint_line()
    with pytest.raises(NotPrinted, match="is the medium mounted"):
        desk.print(admitted(desk), "rules", Folder(tmp_path / place))
    assert desk.checkpoint_line() == before


def test_a_medium_that_fills_up_keeps_nothing_and_nothing_is_recorded(desk, medium):
    before = desk.checkpoint_line()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
    try:
        with pytest.raises((NotPrinted, VaultError)):
            desk.print(admitted(desk), "rules", Folder(medium))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert list(medium.iterdir()) == []
    assert desk.checkpoint_line() == before


def test_a_medium_that_holds_something_else_is_found_out(desk, medium, monkeypatch):
    before = desk.checkpoint_line()
    real = os.fsync

    def spoiling(handle):
        real(handle)
        name = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if name.suffix == ".pdf":
            name.write_bytes(b"%PDF-")

    monkeypatch.setattr(os, "fsync", spoiling)
    with pytest.raises(NotPrinted, match="does not hold what was written"):
        desk.print(admitted(desk), "rules", Folder(medium))
    monkeypatch.undo()
    assert list(medium.iterdir()) == []
    assert desk.checkpoint_line() == before


def test_what_is_not_there_yet_is_not_printed(desk, medium):
    opened = next(card.id for card in desk.cards() if card.category == "general")
    assert desk.papers(opened) == ()
    with pytest.raises(NotAllowed, match="no such document"):
        desk.print(opened, "decision", Folder(medium))


def test_an_auditor_reads_and_prints_nothing(built, tmp_path, medium):
    path = shutil.copy(built, tmp_path / "vault.db")
    desk = Desk.open(path, *AUDITOR, clock=lambda: THEN)
    try:
        with pytest.raises(NotAllowed, match="reads and verifies"):
            desk.print(admitted(desk), "decision", Folder(medium))
        assert list(medium.iterdir()) == []
    finally:
        desk.close()


def test_an_erased_dossier_is_not_printed(desk, medium):
    id = admitted(desk)
    desk.erase(id, "Its time was over.", desk.second(*SECOND))
    with pytest.raises(NotAllowed, match="erased"):
        desk.print(id, "decision", Folder(medium))


def test_the_receipt_of_an_archive_has_what_the_vault_recorded_of_it(desk, tmp_path, monkeypatch):
    stick = sticks.machine(tmp_path, monkeypatch).stick(tmp_path / "stick", label="VIELLAND")
    written = desk.export(stick, TO)
    id = admitted(desk)
    told = printed.text(desk.paper(id, "receipt").data)
    (receipt,) = desk.receipts()
    for said in (written.path.name, f"{written.size:,} bytes", "VIELLAND", receipt.checkpoint):
        assert said in told
    assert "not recorded" not in told
    assert "Volume" not in told
    desk.export(stick, TO, [id], kind="decision")
    assert "not recorded" not in printed.text(desk.paper(id, "receipt").data)


def test_the_receipt_of_a_volume_says_which_it_is(desk, medium):
    (whole,) = desk.planned()
    parts = desk.planned(limit=desk.needs(whole) - 1)
    id = parts[1].ids[0]
    for part in parts:
        desk.write_archive(part, medium, TO)
    told = printed.text(desk.paper(id, "receipt").data)
    one = parts[1].covers.volume
    assert f"volume 2 of {len(parts)}, of set {one.set[:8]}" in " ".join(told.split())
