"""What the command says of a machine, and what a machine keeps shut."""

import json

import pytest

from secterm.desk.desk import Desk
from secterm.host import machine
from secterm.policy import reader
from secterm.vault import kdf
from tests.cli.conftest import OFFICER, PASSPHRASE, held
from tests.support.commands import secterm
from tests.support.recorded import network, process, recorded, traced


@pytest.fixture
def on(monkeypatch, tmp_path):
    """`on({...})`: from now on this is the machine."""

    def put(files, name="recorded"):
        monkeypatch.setattr(machine, "here", recorded(tmp_path / name, files))

    return put


def test_on_a_quiet_machine_it_ends_with_0_and_says_what_it_does_not_see(tmp_path):
    done = secterm("doctor", "--vault", "v.db", cwd=tmp_path)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Nothing is to be mended.\n")
    assert "  network: the kernel does not list the network interfaces here." in done.out


def test_a_note_alone_ends_with_0(on, tmp_path):
    on({**process(), "sys/class/bluetooth/hci0/uevent": ""})
    done = secterm("doctor", cwd=tmp_path)
    assert done.status == 0
    assert "\nTo be known:\n  bluetooth: Bluetooth hardware is in the machine: hci0.\n" in done.out


def test_what_is_to_be_mended_ends_with_1_and_says_why_and_how(on, tmp_path):
    on({**process(), **network()})
    done = secterm("doctor", cwd=tmp_path)
    assert (done.status, done.err) == (1, "")
    assert done.out.startswith(
        "To be mended:\n! network: Network interfaces are up: eth0 (connected).\n    The machine is"
    )
    assert "    Do: Pull the cable;" in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_a_program_reads_the_same_as_json(on, tmp_path):
    on({**traced(), **network()})
    done = secterm("doctor", "--json", cwd=tmp_path)
    assert done.status == 1
    assert [(f["id"], f["level"]) for f in done.json["findings"]] == [
        ("tracer", "stop"),
        ("network", "warn"),
    ]
    assert all(f["what"] and f["why"] and f["mend"] for f in done.json["findings"])
    assert {"id": "root", "what": "x"}.keys() == done.json["unseen"][0].keys()
    assert "root" in done.json["absent"]


def test_it_takes_no_passphrase_and_no_vault(room):
    before = room.files
    assert room.bare("doctor", "--vault", "v.db").status == 0
    assert room.files == before


# -- what stops ------------------------------------------------------------------------------


def test_a_debugger_keeps_the_vault_shut_before_anything_is_asked(on, room):
    on(traced())
    before = held(room.vault)
    done = room.bare("list", "--vault", "v.db")  # no officer and no passphrase is missed
    assert done.status == 4
    assert done.complaint.startswith(
        "This machine stops the way in. A debugger or tracer is attached: process 4711 (gdb). "
        "Nothing was opened or changed. End that process"
    )
    assert held(room.vault) == before
    on(process(), "mended")
    assert room.run("list").status == 0


@pytest.mark.parametrize("command", ["verify", "export", "show"])
def test_whatever_takes_a_passphrase_is_refused(on, room, command):
    on(traced())
    more = {"export": ("--to", "out", "--recipient", room.recipient), "show": ("0" * 8,)}
    assert room.run(command, *more.get(command, ())).status == 4


def test_what_takes_none_still_works(on, room):
    on(traced())
    assert room.bare("doctor").status == 1
    assert room.bare("pack", "check", reader.default_folder()).status == 0


def test_no_vault_is_made_where_none_would_open(on, empty):
    on(traced())
    done = empty.run("init", "--unit", "Test unit")
    assert (done.status, empty.vault.exists()) == (4, False)


@pytest.fixture
def strict(empty):
    """A pack by which nobody works on a machine with a network, and a vault of it."""
    folder = empty.folder / "pack"
    folder.mkdir()
    for name, data in reader.read_folder(reader.default_folder()).items():
        (folder / name).write_bytes(data)
    with (folder / "pack.toml").open("a") as file:
        file.write('\n[host]\nnetwork = "stop"\n')
    Desk.create(
        empty.vault,
        unit="Test unit",
        officer=OFFICER,
        passphrase=PASSPHRASE,
        cost=kdf.floors[0],
        pack=folder,
    ).close()
    return empty


def test_what_the_pack_raised_keeps_its_vault_shut_until_it_is_mended(on, strict):
    on({**process(), **network()})
    before = held(strict.vault)
    done = strict.run("list")
    assert done.status == 4
    assert "Network interfaces are up: eth0 (connected)." in done.complaint
    assert held(strict.vault) == before
    on({**process(), **network(flags="0x1002")}, "mended")
    assert strict.run("list").status == 0


def test_a_wrong_passphrase_does_not_learn_what_the_pack_asks(on, strict):
    on({**process(), **network()})
    (strict.folder / "alice.txt").write_text("a wrong test passphrase\n")
    done = strict.run("list")
    assert done.status == 3
    assert "Network" not in done.err


def test_a_copy_of_the_vault_opens_on_another_machine(on, strict):
    on({**process(), **network()})
    strict.vault.rename(strict.folder / "copy.db")
    who = ("--officer", OFFICER, "--passphrase-file", "alice.txt")
    assert strict.bare("verify", "--vault", "copy.db", *who).status == 4
    on(process(), "another")
    assert strict.bare("verify", "--vault", "copy.db", *who).status == 0


def test_a_vault_is_not_made_by_a_pack_that_would_keep_it_shut_here(on, empty, strict):
    on({**process(), **network()})
    arguments = ("--unit", "Test unit", "--pack", "pack", *empty.officer[2:], "--vault", "w.db")
    assert empty.bare("init", *arguments).status == 4
    assert not (empty.folder / "w.db").exists()


def test_json_has_every_list_even_where_it_is_empty(tmp_path):
    told = json.loads(secterm("doctor", "--json", cwd=tmp_path).out)
    assert set(told) == {"findings", "unseen", "absent"}
    assert told["findings"] == []
