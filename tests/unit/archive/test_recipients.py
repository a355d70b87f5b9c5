"""An archive is for keys or for a passphrase, and a key pasted by mistake is never told."""

import os
import subprocess
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secterm.archive import recipients
from secterm.archive.errors import RecipientInvalid
from secterm.archive.recipients import Recipients
from secterm.archive.secret_keys import is_secret, without_secret
from tests.support.archives import KEY, PASSPHRASE, RECIPIENT

OTHER = str(pyrage.x25519.Identity.generate().to_public())
YUBIKEY = "age1yubikey1qgqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0jqxwspvz"
TAGGED = "age1tag1qgqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0jqvv0303"
OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"


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
    assert str(KEY)[15:25] not in reason


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe")
    assert "cannot be read" in wrong(file=tmp_path / "absent.txt")
    assert "cannot be read" in wrong(file=tmp_path)
    assert "not text" in wrong(file=tmp_path / "bytes.txt")


def test_a_file_that_is_none_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large.txt").write_text(f"{OTHER}\n" * 5000)
    assert "no ordinary file" in wrong(file=tmp_path / "pipe")
    assert "no ordinary file" in wrong(file=Path("/dev/zero"))
    assert "larger than" in wrong(file=tmp_path / "large.txt")
    assert "no name for a file" in wrong(file=Path("a\0b"))


def test_a_file_with_a_secret_key_is_refused_and_none_of_it_is_repeated(tmp_path):
    (tmp_path / "key.txt").write_text(f"# public key: {RECIPIENT}\n{KEY}\n")
    reason = wrong(file=tmp_path / "key.txt")
    assert "secret key" in reason
    assert str(KEY)[15:25] not in reason


def test_a_key_in_capitals_as_a_small_qr_code_has_it_is_the_same_key():
    assert Recipients.gather([RECIPIENT.upper(), RECIPIENT]).keys == (RECIPIENT,)


@pytest.mark.parametrize(
    "secret",
    [str(KEY), str(KEY).lower(), "AGE-SECRET-KEY-PQ-1XYZ", OPENSSH],
    ids=["X25519", "lower-case", "post-quantum", "OpenSSH"],
)
def test_a_secret_key_is_told_as_one(secret):
    assert "is a secret key" in wrong([secret])


@pytest.mark.parametrize("key", ["age1pq1" + "q" * 1952, "AGE1PQ1QQQ"], ids=["whole", "cut"])
def test_a_post_quantum_key_is_refused_with_what_could_open_it(key):
    reason = wrong([key])
    assert "post-quantum key (age1pq1…)" in reason
    assert "no age before 1.3" in reason


@pytest.mark.parametrize("key", [YUBIKEY, TAGGED, TAGGED.upper()])
def test_a_key_of_a_plugin_or_a_device_is_refused_as_one(key):
    assert "only that device and its plugin could open the archive" in wrong([key])


def test_a_secret_key_is_taken_out_of_a_text_and_the_rest_stays():
    text = f"Before {KEY} after"
    assert without_secret(text) == "Before  after"
    assert without_secret(f"Before\n{OPENSSH}\nAAAA\n") == "Before\n"
    assert not is_secret("He wrote -----BEGIN and AGE-SECRET, no more.")


def test_a_key_mistyped_is_not_taken_for_a_plugin_s():
    assert "is not an age public key" in wrong([RECIPIENT[:20] + "1" + RECIPIENT[21:]])


# -- several, and their names ---------------------------------------------------------


def test_keys_stand_with_spaces_or_commas_between_and_names_with_commas():
    typed = f" Central registry, {RECIPIENT} {OTHER},, Bureau  7 ,{RECIPIENT}"
    found = recipients.separated(typed)
    assert found == ["Central registry", RECIPIENT, OTHER, "Bureau 7"]


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters=",", categories=["L", "N"]), min_size=1
)
NAMES = (
    st.lists(WORDS, min_size=1, max_size=4)
    .map(" ".join)
    .filter(lambda name: not any(recipients.is_key(word) for word in name.split()))
)


@given(st.lists(NAMES | st.sampled_from([RECIPIENT, OTHER]), unique=True))
def test_what_is_written_with_commas_is_read_as_it_was(texts):
    assert recipients.separated(", ".join(texts)) == texts


def test_a_comment_names_the_key_that_follows_it_at_once():
    text = (
        f"# Our recipients\n\n# Registry\n{RECIPIENT}\n{OTHER}\n#\n# public key: {OTHER}\n{OTHER}"
    )
    assert recipients.lines(text) == [("Registry", RECIPIENT), ("", OTHER), ("", OTHER)]


@given(st.text())
def test_every_text_has_lines_or_none(text):
    assert all("\n" not in key and key for _name, key in recipients.lines(text))


# -- fingerprints ---------------------------------------------------------------------


def test_a_fingerprint_is_what_anybody_makes_with_sha256sum():
    command = ["sh", "-c", 'printf %s "$1" | sha256sum', "sh", RECIPIENT]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    groups = recipients.fingerprint(RECIPIENT).split(" ")
    assert [len(group) for group in groups] == [4] * 8
    assert made.stdout.startswith("".join(groups))


def test_a_fingerprint_agrees_with_its_first_group_or_more():
    whole = recipients.fingerprint(RECIPIENT)
    for told in (whole, whole[:4], whole.upper(), whole.replace(" ", "-"), f" {whole[:9]} "):
        assert recipients.agrees(RECIPIENT, told)
    for told in ("", whole[:3], whole[5:9], f"{whole} 0", recipients.fingerprint(OTHER)):
        assert not recipients.agrees(RECIPIENT, told)
