"""An archive is for keys or for a passphrase, and a key pasted by mistake is never told."""

import pyrage
import pytest

from secterm.archive.errors import RecipientInvalid
from secterm.archive.recipients import Recipients
from tests.support.archives import KEY, PASSPHRASE, RECIPIENT

OTHER = str(pyrage.x25519.Identity.generate().to_public())


def wrong(*arguments, **more):
    with pytest.raises(RecipientInvalid) as caught:
        Recipients.gather(*arguments, **more)
    return caught.value.reason


def test_keys_are_gathered_once_each_in_their_order(tmp_path):
    file = tmp_path / "keys.txt"
    file.write_text(f"# the custodians\n\n  {OTHER}  \n{RECIPIENT}\n")
    to = Recipients.gather([RECIPIENT, f" {RECIPIENT} ", ""], file)
    assert to.keys == (RECIPIENT, OTHER)
    assert to.named == to.keys


def test_a_passphrase_is_recorded_as_one_and_never_shown():
    to = Recipients.gather(passphrase=PASSPHRASE)
    assert to.named == ("passphrase",)
    assert PASSPHRASE not in repr(to)


def test_nobody_is_not_enough(tmp_path):
    (tmp_path / "empty.txt").write_text("# nobody yet\n")
    assert "nobody" in wrong()
    assert "nobody" in wrong(["", " "], tmp_path / "empty.txt")


def test_an_archive_that_anybody_could_open_is_not_thought_of():
    with pytest.raises(RecipientInvalid, match="nobody"):
        Recipients()


def test_keys_and_a_passphrase_do_not_go_together():
    assert "not both" in wrong([RECIPIENT], passphrase=PASSPHRASE)


@pytest.mark.parametrize(
    "key",
    ["age1", RECIPIENT[:-1], RECIPIENT.replace("age1", "age2"), "ssh-ed25519 AAAA", "\ud800"],
    ids=["its beginning", "cut short", "another kind", "an SSH key", "half a character"],
)
def test_what_is_no_key_is_told_by_its_place(key):
    assert "recipient 2" in wrong([RECIPIENT, key])


def test_a_secret_key_pasted_by_mistake_is_not_repeated():
    reason = wrong([str(KEY)])
    assert "recipient 1" in reason
    assert "SECRET" not in reason.upper()


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe")
    assert "cannot be read" in wrong(file=tmp_path / "absent.txt")
    assert "cannot be read" in wrong(file=tmp_path)
    assert "not text" in wrong(file=tmp_path / "bytes.txt")
