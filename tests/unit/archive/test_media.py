"""Removable media are found in what the kernel says is mounted."""

from pathlib import Path

import pytest

from secterm.archive import media

RECORDED = """\
proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0
/dev/sda2 / ext4 rw,relatime,errors=remount-ro 0 0
tmpfs /run/user/1000 tmpfs rw,nosuid,nodev,relatime,size=1626424k,mode=700 0 0
/dev/sdb1 /media/officer/USB\\040STICK vfat rw,nosuid,nodev,relatime,uid=1000,flush 0 0
/dev/sdc1 /run/media/officer/tab\\011back\\134slash ext4 rw,nosuid,nodev,relatime 0 0
/dev/sdd1 /mnt/backup ext4 rw,relatime 0 0
/dev/sde1 /mnt vfat rw,relatime 0 0
/dev/sdf1 /mntx/other ext4 rw,relatime 0 0
/dev/sdg1 /media ext4 rw,relatime 0 0
/dev/sdh1 /srv/media/x ext4 rw,relatime 0 0
/dev/sdi1 /media/officer/Gerät vfat rw,relatime 0 0
"""


@pytest.fixture
def mounts(tmp_path):
    file = tmp_path / "mounts"
    file.write_text(RECORDED, encoding="utf-8")
    return file


def test_removable_media_are_named_the_latest_first(mounts):
    assert media.mounted(mounts) == [
        Path("/media/officer/Gerät"),
        Path("/media"),
        Path("/mnt"),
        Path("/mnt/backup"),
        Path("/run/media/officer/tab\tback\\slash"),
        Path("/media/officer/USB STICK"),
    ]


def test_what_is_mounted_over_itself_is_named_once(mounts):
    mounts.write_text(RECORDED + "/dev/sdj1 /mnt/backup ext4 rw 0 0\n")
    found = media.mounted(mounts)
    assert found[0] == Path("/mnt/backup")
    assert len(found) == len(set(found))


@pytest.mark.parametrize("text", ["", "\n\n", "short\n", "/dev/x\n/dev/y /mn\n"])
def test_where_nothing_is_mounted_nothing_is_named(mounts, text):
    mounts.write_text(text)
    assert media.mounted(mounts) == []


def test_a_name_that_is_no_text_does_no_harm(mounts):
    mounts.write_bytes(
        b"/dev/sdb1 /media/officer/\xff\xfe vfat rw 0 0\n/dev/sdc1 /mnt ext4 rw 0 0\n"
    )
    assert media.mounted(mounts)[0] == Path("/mnt")


def test_a_kernel_that_says_nothing_is_borne(tmp_path):
    assert media.mounted(tmp_path / "absent") == []


def test_this_machines_own_mounts_can_be_read():
    assert all(isinstance(path, Path) for path in media.mounted())
