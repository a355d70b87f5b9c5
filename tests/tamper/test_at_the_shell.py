"""What a script or an officer at a shell gets of it: an exit status, and the place."""

import shutil

import pytest

from tests.support.commands import secterm
from tests.tamper.thief import change, exchange, numbers, put_back
from tests.tamper.vault import ALIX


@pytest.fixture
def run(past, tmp_path):
    (tmp_path / "alix.txt").write_text(f"{ALIX[1]}\n")
    who = ("--vault", past.today, "--officer", ALIX[0], "--passphrase-file", "alix.txt")
    return lambda command, *more: secterm(command, *who, *more, cwd=tmp_path)


def swap(past):
    one, two, *_ = numbers(past.today, past.quiet)
    exchange(past.today, "entry", "sealed", one, two)


ATTACKS = {
    "entries exchanged": (swap, 1, "entry.sealed"),
    "an older card": (
        lambda past: put_back(past.today, past.yesterday, "dossier", "id = ?", id_of(past.busy)),
        1,
        "dossier.card",
    ),
    "an older head": (
        lambda past: put_back(past.today, past.yesterday, "head"),
        1,
        "head.sealed",
    ),
    "an older slot": (
        lambda past: put_back(past.today, past.rekeyed, "slot"),
        1,
        "vault and slot",
    ),
    "a head of before the rekey": (
        lambda past: put_back(past.today, past.first, "head"),
        4,
        "head.sealed",
    ),
    "no head": (lambda past: change(past.today, ("DELETE FROM head",)), 4, "head.sealed"),
}


def id_of(dossier):
    return bytes.fromhex(dossier)


@pytest.mark.parametrize(("attack", "status", "place"), ATTACKS.values(), ids=ATTACKS)
def test_verify_ends_with_the_status_that_the_attack_deserves_and_names_the_place(
    past, run, attack, status, place
):
    attack(past)
    done = run("verify")
    assert done.status == status
    assert place in (done.out if status == 1 else done.complaint)
    assert "Traceback" not in done.err


def test_verify_with_a_checkpoint_ends_with_1_for_a_whole_file_put_back(past, run):
    kept = past.lines["today"]
    assert run("verify", "--checkpoint", kept).status == 0
    shutil.copy(past.yesterday, past.today)
    assert run("verify").status == 0
    done = run("verify", "--checkpoint", kept)
    assert done.status == 1
    assert "history was cut: it had 258 entries then and has 256 now" in done.out
