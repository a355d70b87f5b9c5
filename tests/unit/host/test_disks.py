"""What is said of disks, swap and the vault's place."""

import pytest

from secterm.host import disks
from secterm.host.machine import Machine, NotSeen
from tests.support import sticks
from tests.support.recorded import recorded

HEADER = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"


@pytest.fixture
def made(tmp_path):
    """A machine with a disk of its own, to which devices are added."""
    made = sticks.Machine(tmp_path / "machine").with_root()
    (made.root / "proc/self").mkdir(parents=True)
    (made.root / "proc/self/mountinfo").symlink_to(made.root / "mountinfo")
    return made


@pytest.fixture
def vault(tmp_path):
    """Where a vault is, or would be."""
    (tmp_path / "vaults").mkdir()
    return tmp_path / "vaults" / "vault.db"


def seen(made, **more):
    return Machine(made.root, **more)


def disk(made, name="sda"):
    return (made.root / "sys/class/block" / name).resolve()


# -- swap --------------------------------------------------------------------------------


def swaps(made, *lines):
    text = HEADER + "".join(f"{line} 1 0 -2\n" for line in lines)
    (made.root / "proc/swaps").write_text(text)
    return seen(made)


def test_swap_on_a_plain_partition_is_found(made):
    made.part(disk(made), "sda3", "8:3")
    machine = swaps(made, "/dev/sda3 partition")
    assert disks.swap(machine) == "Swap is not encrypted: /dev/sda3."


def test_swap_on_dm_crypt_is_no_finding(made):
    sda3 = made.part(disk(made), "sda3", "8:3")
    mapped = made.mapped("dm-0", "253:0", sda3)
    (mapped / "dm").mkdir()
    (mapped / "dm/uuid").write_text("CRYPT-LUKS2-8b5d-swap\n")
    assert disks.swap(swaps(made, "/dev/dm-0 partition")) == ""


def test_swap_on_a_volume_upon_dm_crypt_is_no_finding(made):
    luks = made.mapped("dm-0", "253:0", made.part(disk(made), "sda3", "8:3"))
    volume = made.mapped("dm-1", "253:1", luks)
    for device, uuid in ((luks, "CRYPT-LUKS2-8b5d-luks"), (volume, "LVM-xyz")):
        (device / "dm").mkdir()
        (device / "dm/uuid").write_text(uuid)
    assert disks.swap(swaps(made, "/dev/dm-1 partition")) == ""


@pytest.mark.parametrize("uuid", ["LVM-xyz", "CRYPT-VERITY-abc-usr", "CRYPT-INTEGRITY-x"])
def test_swap_on_what_is_mapped_without_encryption_is_found(made, uuid):
    mapped = made.mapped("dm-0", "253:0", made.part(disk(made), "sda3", "8:3"))
    (mapped / "dm").mkdir()
    (mapped / "dm/uuid").write_text(uuid)
    assert "/dev/dm-0" in disks.swap(swaps(made, "/dev/dm-0 partition"))


def test_swap_in_compressed_memory_is_no_finding(made):
    (made.disk("zram0", "252:0", "devices/virtual") / "backing_dev").write_text("none\n")
    assert disks.swap(swaps(made, "/dev/zram0 partition")) == ""


def test_compressed_memory_that_is_written_out_to_a_disk_is_found(made):
    (made.disk("zram0", "252:0", "devices/virtual") / "backing_dev").write_text("/dev/sda3\n")
    made.part(disk(made), "sda3", "8:3")
    assert "/dev/zram0" in disks.swap(swaps(made, "/dev/zram0 partition"))


def test_a_swap_file_on_a_plain_disk_is_found(made):
    assert "/swap file" in disks.swap(swaps(made, r"/swap\040file file"))


def test_a_swap_file_on_an_encrypted_disk_is_no_finding(made, vault):
    mapped = made.mapped("dm-0", "253:0", made.part(disk(made), "sda3", "8:3"))
    (mapped / "dm").mkdir()
    (mapped / "dm/uuid").write_text("CRYPT-LUKS2-8b5d-root")
    made.mount(vault.parent, "253:0", "/dev/mapper/root", "ext4")
    assert disks.swap(swaps(made, f"{vault.parent}/swapfile file")) == ""


def test_a_machine_without_swap_has_none(made):
    assert disks.swap(swaps(made)) == ""


def test_swap_on_what_nobody_knows_is_not_called_plain(made, vault):
    made.mount(vault.parent, "0:53", "pool/vaults", "zfs")
    with pytest.raises(NotSeen, match="what carries the swap"):
        disks.swap(swaps(made, f"{vault.parent}/swapfile file"))


def test_where_swap_is_not_listed_that_is_said(tmp_path):
    with pytest.raises(NotSeen, match="does not list swap"):
        disks.swap(recorded(tmp_path))


# -- where the vault is -----------------------------------------------------------------


def test_a_vault_on_the_machine_s_own_disk_is_no_finding(made, vault):
    assert disks.place(seen(made), vault) == ""


def test_a_vault_on_a_stick_is_found(made, tmp_path):
    stick = made.stick(tmp_path / "stick", label="VIELLAND")
    assert disks.place(seen(made), stick / "vault.db") == (
        "The vault is on a removable medium: VIELLAND."
    )


def test_a_vault_that_is_a_link_to_a_stick_is_found(made, vault, tmp_path):
    stick = made.stick(tmp_path / "stick")
    vault.symlink_to(stick / "vault.db")
    assert "removable" in disks.place(seen(made), vault)


@pytest.mark.parametrize("filesystem", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_vault_on_another_machine_is_found(made, vault, filesystem):
    made.mount(vault.parent, "0:51", "server:/vaults", filesystem)
    assert "over a network" in disks.place(seen(made), vault)


def test_a_vault_in_memory_is_found(made, vault):
    made.mount(vault.parent, "0:52", "tmpfs", "tmpfs")
    assert "lost once it is switched off" in disks.place(seen(made), vault)


def test_a_vault_on_what_nobody_knows_is_not_seen(made, vault):
    made.mount(vault.parent, "0:53", "pool/vaults", "zfs")
    with pytest.raises(NotSeen, match="zfs"):
        disks.place(seen(made), vault)


def test_where_nothing_is_known_of_mounts_the_place_is_not_seen(tmp_path, vault):
    with pytest.raises(NotSeen, match="does not say what"):
        disks.place(recorded(tmp_path), vault)


# -- room --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("free", "total", "told"),
    [
        (63_000_000, 256_000_000, True),
        (900_000_000, 20_000_000_000, True),
        (1_100_000_000, 20_000_000_000, False),
        (2_100_000_000, 4_000_000_000_000, False),
        (70_000_000, 256_000_000, False),
    ],
)
def test_a_disk_is_nearly_full_by_what_is_free_and_by_its_size(tmp_path, vault, free, total, told):
    machine = recorded(tmp_path, room=lambda folder: (free, total))
    assert bool(disks.full(machine, vault)) == told


def test_room_is_asked_for_where_the_vault_will_be(tmp_path, vault):
    asked = []
    machine = recorded(tmp_path, room=lambda folder: asked.append(folder) or (0, 1000))
    assert disks.full(machine, vault.parent / "new" / "vault.db").endswith(
        "0 bytes of 1.0 kB are free."
    )
    assert asked == [vault.parent]


def test_where_the_system_does_not_say_how_much_room_there_is_that_is_said(tmp_path, vault):
    def refuses(folder):
        raise OSError(5, "Input/output error")

    with pytest.raises(NotSeen, match="Input/output error"):
        disks.full(recorded(tmp_path, room=refuses), vault)


# -- disks that fail ----------------------------------------------------------------------


def emmc(made, vault, **told):
    """The vault is on soldered memory that tells this of itself."""
    block = made.disk("mmcblk0", "179:0", "devices/platform/mmc_host/mmc0", type="MMC", **told)
    made.part(block, "mmcblk0p1", "179:1")
    made.mount(vault.parent, "179:1", "/dev/mmcblk0p1", "ext4")
    return seen(made)


@pytest.mark.parametrize(
    ("reserve", "used"), [("0x02", "0x01 0x01"), ("0x01", "0x0b 0x01"), ("0x03", "0x00 0x00")]
)
def test_worn_out_memory_is_found(made, vault, reserve, used):
    machine = emmc(made, vault, pre_eol_info=reserve, life_time=used)
    assert disks.failing(machine, vault) == (
        "The memory mmcblk0 is worn out, by what it tells itself."
    )


def test_memory_that_is_sound_is_no_finding(made, vault):
    assert disks.failing(emmc(made, vault, pre_eol_info="0x01", life_time="0x02 0x01"), vault) == ""


@pytest.mark.parametrize("state", ["dead", "offline", "transport-offline"])
def test_a_disk_whose_state_is_not_to_work_is_found(made, vault, state):
    (disk(made) / "device/state").write_text(state)
    assert f"its state is {state}" in disks.failing(seen(made), vault)


def test_of_a_disk_under_encryption_the_disk_itself_is_looked_at(made, vault):
    mapped = made.mapped("dm-0", "253:0", made.part(disk(made), "sda3", "8:3"))
    made.mount(vault.parent, "253:0", f"/dev/{mapped.name}", "ext4")
    (disk(made) / "device/state").write_text("offline")
    assert "The disk sda has failed" in disks.failing(seen(made), vault)


@pytest.mark.parametrize(("missing", "told"), [("1", True), ("0", False)])
def test_an_array_that_lost_a_disk_is_found(made, vault, missing, told):
    sound = {"pre_eol_info": "0x01"}
    below = made.disk("mmcblk1", "179:8", "devices/platform/mmc_host/mmc1", **sound)
    array = made.mapped("md0", "9:0", below)
    (array / "md").mkdir()
    (array / "md/degraded").write_text(missing)
    made.mount(vault.parent, "9:0", "/dev/md0", "ext4")
    assert bool(disks.failing(seen(made), vault)) == told


def test_of_a_disk_that_the_kernel_says_nothing_of_the_command_is_named(made, vault):
    (disk(made) / "device/state").write_text("running")
    with pytest.raises(NotSeen, match="smartctl -H /dev/sda"):
        disks.failing(seen(made), vault)


def test_a_vault_on_no_disk_has_none_that_is_seen(made, vault):
    made.mount(vault.parent, "0:52", "tmpfs", "tmpfs")
    with pytest.raises(NotSeen, match="no disk"):
        disks.failing(seen(made), vault)


# -- hibernation ----------------------------------------------------------------------------

SLEEPS = {"sys/power/state": "freeze mem disk", "sys/power/disk": "[platform] shutdown"}


@pytest.mark.parametrize(
    ("more", "device"),
    [
        ({"sys/power/resume": "8:3"}, "8:3"),
        ({"sys/power/resume": "0:0", "proc/cmdline": "ro resume=/dev/sda3 quiet"}, "/dev/sda3"),
    ],
)
def test_a_machine_that_can_hibernate_is_found(tmp_path, more, device):
    told = disks.hibernation(recorded(tmp_path, {**SLEEPS, **more}))
    assert told.endswith(f"is then written to {device}.")


@pytest.mark.parametrize(
    "more",
    [
        {"sys/power/state": "freeze mem", "sys/power/resume": "8:3"},
        {"sys/power/disk": "[disabled]", "sys/power/resume": "8:3"},
        {"sys/power/resume": "0:0", "proc/cmdline": "ro noresume=1 quiet"},
    ],
    ids=["cannot", "disabled", "nowhere to"],
)
def test_a_machine_that_cannot_hibernate_is_no_finding(tmp_path, more):
    assert disks.hibernation(recorded(tmp_path, {**SLEEPS, **more})) == ""


def test_where_nobody_says_how_it_sleeps_that_is_said(tmp_path):
    with pytest.raises(NotSeen, match="can sleep"):
        disks.hibernation(recorded(tmp_path))
