"""Networks, radio and USB storage are found where they are, and only there."""

import shutil

import pytest

from secterm.host import doctor, ways
from secterm.host.machine import NotSeen
from tests.support.recorded import network, recorded, usb

LOOP = network("lo", type="772", flags="0x9", operstate="unknown")


def test_an_interface_that_is_connected_is_found(tmp_path):
    machine = recorded(tmp_path, {**LOOP, **network()})
    assert ways.network(machine) == "Network interfaces are up: eth0 (connected)."


def test_an_interface_that_is_only_switched_on_is_found_too(tmp_path):
    machine = recorded(tmp_path, network("enp3s0", operstate="down", carrier="0"))
    assert "enp3s0 (switched on, not connected)" in ways.network(machine)


def test_a_tunnel_whose_state_nobody_knows_is_found(tmp_path):
    machine = recorded(tmp_path, network("tun0", type="65534", operstate="unknown"))
    assert "tun0 (connected)" in ways.network(machine)


def test_an_interface_that_is_down_and_the_machine_s_own_loop_are_no_finding(tmp_path):
    down = network(flags="0x1002", operstate="down", carrier="")
    assert ways.network(recorded(tmp_path, {**LOOP, **down})) == ""


def test_where_interfaces_are_not_listed_that_is_said(tmp_path):
    with pytest.raises(NotSeen, match="does not list"):
        ways.network(recorded(tmp_path))


def card(**files):
    place = "sys/bus/pci/devices/0000:00:03.0"
    return {f"{place}/class": "0x020000"} | {f"{place}/{n}": t for n, t in files.items()}


def test_a_network_that_only_the_program_lacks_is_not_called_down(tmp_path):
    with pytest.raises(NotSeen, match="an empty network of its own"):
        ways.network(recorded(tmp_path, {**LOOP, **card(**{"driver/module": "e1000"})}))


def test_a_card_that_no_driver_has_is_no_network(tmp_path):
    assert ways.network(recorded(tmp_path, {**LOOP, **card()})) == ""


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (network("wlan0", **{"phy80211/index": "0"}), "wlan0"),
        ({**LOOP, "sys/class/ieee80211/phy0/index": "0"}, "phy0"),
        ({**LOOP, "sys/bus/pci/devices/0000:02:00.0/class": "0x028000"}, "card 0000:02:00.0"),
        (
            {
                **LOOP,
                "sys/class/rfkill/rfkill0/type": "wlan",
                "sys/class/rfkill/rfkill0/name": "tpacpi_wlan_sw",
                "sys/class/rfkill/rfkill0/soft": "1",
            },
            "tpacpi_wlan_sw (switched off)",
        ),
    ],
    ids=["interface", "radio", "card without a driver", "switch"],
)
def test_wireless_hardware_is_found(tmp_path, files, said):
    assert ways.wireless(recorded(tmp_path, files)) == (
        f"Wireless hardware is in the machine: {said}."
    )


def test_a_machine_with_cables_alone_has_no_wireless(tmp_path):
    cards = {"sys/bus/pci/devices/0000:01:00.0/class": "0x020000"}
    assert ways.wireless(recorded(tmp_path, {**network(), **cards})) == ""


def test_where_neither_interfaces_nor_cards_are_listed_wireless_is_not_seen(tmp_path):
    with pytest.raises(NotSeen):
        ways.wireless(recorded(tmp_path))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"sys/class/bluetooth/hci0/uevent": ""}, "hci0"),
        ({"sys/bus/usb/devices/1-7/bDeviceClass": "e0"}, "USB device 1-7"),
        (
            {
                "sys/class/rfkill/rfkill1/type": "bluetooth",
                "sys/class/rfkill/rfkill1/soft": "0",
            },
            "rfkill1 (switched on)",
        ),
    ],
    ids=["radio", "device without a driver", "switch"],
)
def test_bluetooth_is_found(tmp_path, files, said):
    assert said in ways.bluetooth(recorded(tmp_path, files))


def test_a_machine_without_bluetooth_has_none(tmp_path):
    keyboard = {"sys/bus/usb/devices/1-1/bDeviceClass": "00"}
    assert ways.bluetooth(recorded(tmp_path, keyboard)) == ""


def test_where_no_devices_are_listed_bluetooth_is_not_seen(tmp_path):
    with pytest.raises(NotSeen):
        ways.bluetooth(recorded(tmp_path))


def test_a_stick_that_comes_after_the_start_is_found(tmp_path):
    disk = {"sys/block/sda/size": "1000"}
    started = doctor.remembering(recorded(tmp_path, disk))
    recorded(tmp_path, usb())
    assert ways.usb_new(started) == (
        "USB storage was plugged in since the start: SanDisk Cruzer Blade (sdb)."
    )


def test_a_stick_that_was_there_at_the_start_is_no_finding(tmp_path):
    assert ways.usb_new(doctor.remembering(recorded(tmp_path, usb()))) == ""


def test_a_stick_that_was_taken_out_and_put_in_again_is_found(tmp_path):
    started = doctor.remembering(recorded(tmp_path, usb(diskseq=9)))
    shutil.rmtree(tmp_path / "sys")
    recorded(tmp_path, usb(diskseq=10))
    assert "Cruzer" in ways.usb_new(started)


def test_a_card_reader_without_a_card_is_no_storage(tmp_path):
    started = doctor.remembering(recorded(tmp_path, {"sys/block/sda/size": "1000"}))
    recorded(tmp_path, usb(size=0))
    assert ways.usb_new(started) == ""


def test_without_a_look_at_the_start_nothing_is_new_and_that_is_said(tmp_path):
    with pytest.raises(NotSeen, match="no earlier look"):
        ways.usb_new(recorded(tmp_path, usb()))


def test_where_disks_are_not_listed_new_ones_are_not_seen(tmp_path):
    with pytest.raises(NotSeen, match="does not list disks"):
        ways.usb_new(doctor.remembering(recorded(tmp_path)))


def test_a_name_that_a_device_gives_itself_does_not_play_with_the_terminal(tmp_path):
    started = doctor.remembering(recorded(tmp_path, {"sys/block/sda/size": "1"}))
    recorded(tmp_path, usb(model="Good\x1b[2J"))
    assert "\x1b" not in ways.usb_new(started)
