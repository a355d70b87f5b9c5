"""secterm.vault.note against the examples that the C2SP pages print, and against torchwood."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from hypothesis import given
from hypothesis import strategies as st

from secterm.vault.merkle import EMPTY_ROOT, Tree, leaf_hash
from secterm.vault.note import (
    Checkpoint,
    Ed25519Verifier,
    MLDSA44Cosigner,
    Note,
    NoteMalformed,
    NoteUnverified,
    SignatureLine,
    Signed,
    TlogProof,
    check_name,
    cosign_mldsa44,
    cosigned_message,
    key_id,
    open_note,
    parse_vkey,
    sign_ed25519,
)

# signed-note, "Verifier keys", "Example"
EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1\
Yu72IneyaQM=
""".encode()

# signed-note, its first page; no key is printed
POEM_NOTE = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMc\
Xxj99ihAQwaqP3ZekRwNtIc=
""".encode()

# tlog-checkpoint and tlog-cosignature, their first pages; no keys are printed
SOFA_TEXT = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""
SOFA_SIGNATURES = """
— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGz\
Gku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1\
nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
SOFA_NOTE = (SOFA_TEXT + SOFA_SIGNATURES).encode()

# tlog-proof, its first page, without its abridged signatures and its extra line, which is
# not base64
PROOF_HEAD = """\
c2sp.org/tlog-proof@v1
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

"""
FANCY_TEXT = """\
example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
"""

# A key of filippo.io/torchwood and its cosignature of leaves 8 to 13 of example.com/log
# at time 0, as github.com/transparency-dev/formats tests against them.
TORCHWOOD_VKEY = (
    "witness.example/w1+7118e8f9+BhQzSuGTb/4Lcu4MREKut7NjCc8jQ0fjuNpEmJwKF9HV5lt3yF7H5jy+LcLO"
    "xjh/n4Gud7NOdRP3KpCH055x6Ntr4n6pZlJ+kmvZTJMgs5ygaJVf6q9zdhykYIPQz4fp6qm0fDXlVBqLVti/3zS0"
    "OiY5Kqbi0m55WZ9pnUnsiZT6cckK9FoWfXb1UHTsTgz+Uk+kQr4JHdJ/c5t9V6C0WE8JZMiVT0ljBbfP6VACzuEJ"
    "mc+zbF8Cbd8Mc31PkTR3YWFok3m4YagXfDlzegsE9jg0qWyTWDDkg+rcrcyCMpPam8LsWxQZXZ2O3w9aDbwKB70U"
    "RNreL/B6jNl95TXJjtEwmspLPxZwwPI8dE7lJbe9N2X0jQQbpcRvm46iLbZO+LdjblTMHfKgbCqgWej/n3Qexrov"
    "betYvrNR2qa7BMJk06PDDy9G8EvtNO6xhVp0DG8z4VkIx+Og9eqk3USAg4bKmN1ifuEeMcnlxvvPwnXjMp6kmmhD"
    "Esu1Qu4SgEFOG2PcUKdoaXlIDNADmJQHqeiA+JYhjvyTHDM609qpEkHsRYLbxGidKZtaZptOLEL7sLxIzVQMv07x"
    "Lw2q9qRFxx3yM8JbhJGg5rP28Xhl+3KcGNXy6Ydxuv3MXYCohjwSqAjOdoxs/FzV10HokFOY60vDQLtMUhby7Ob5"
    "VviG6+K5tu6hZogYfme3bzZDLO7VMyHMLKKTjfwJS9p1cagSsbqg5MJucfCfXJAw2vWb8n6eUA6qroBLgY9wjkBg"
    "06JAoBv85B7caOBjTitplbXk3pfQAzEE9yKEfSDjEfeVOSrBHK3zJQzw0q8RHSqYs+J7AnFgHxZ5IP5TUWkI/jgg"
    "3mdxpbaJ/YJ56uNCgFopQZihOCRVc/RFT53Zb1DXIRgqoP9VTIV3l03VPB2NrH49bEAzsCbNiL4NwLchYxoBZkG4"
    "Qp/GpTrjCDoDGtR36JipKbmMforXsz5Oh9Yul8s9p1apJXeSCuGsu5OgRBMXjvUoY9p/GFXHEPd6SPEAtDJfBwC5"
    "aWDgl4YC5cxKVzs/+xOvzyXmUg7pxtcJ4vIlWmBrmLb4PGVmPurJwx6BcOp7JRcyHCpycAfGMQ7xsBwafuiVCBQH"
    "GJhuDKETJa3MAa4H1uTB7GCiKuT8OohZ2LE/395+sftoy/yrX0H6HdCp+QEQ9ZOx0hbVLBOoAY6qVL1bgEBy/YrH"
    "gkCxh2lEWdw+9zb6yLWZI6ONX4mBcj3a5dDYfkvm5gAU4MXGAEWnSNeN9+MkylMQjUM5G2Cn7CTrA7IZ23EZ0bGr"
    "RMC7PERKbSj2pITgWqxJWH5l2IyK16cviUaXwGaZg8T8t2p77HtccGUodm6rWS0zBhzEyFajBzSi36b9aa3uDeFj"
    "soEonNUevKg/67jcq5Ua0NWqJ80c5q7glj4wWOMJiDHAFh56UzTPGh1zvndQI4ZxuGHRRgOrTiJ4w3llb9EbsEcT"
    "lvFOZzjXrZYfMKTdapHV+5Ykok0+avKNnaOPq9pvtvNDx524IGtQCH9i4RjfefsPsxnloXtqYvoV6O8dCiQHn4jB"
    "OECYdqA2ZjYVQ/oPNBt5n5TfNJgLBFokcAKVyrTkWrDXi1OHmw6vEtQJLSv3oqchEYIGXWaEi5/OCtruWfALpEl0"
    "rifAMgVhhJp2gL+GZU5c3EGOEwOoQQMKDRdYayEWovpu1KIeOMXaJcDle6hCZEseFxXFDg40MeCdXFyv+Ib55h5u"
    "JJDxXdiRzQxdKX+deoY="
)
TORCHWOOD_LINE = (
    "— witness.example/w1 cRjo+QAAAAAAAAAA8gV4+ck4966yvL0QsyT+IEjKhqH98AWxUE3d3MHuDuK2L25nfF1"
    "KQfE31+q1YTFb0dCmtByhAlPikQdbbqoJXgV330W+j9DUSaRmN2XezVFtP8UWkpMgO5eTpqlvRYjmAHfnYnye8w1"
    "JY+lVHADlq1VXTdsDQ69RA+pPW9bEJYAJ4jxl89EUjXex2DwRA8fgdYYKLIin51BX4RVbAhszM2Vz47bvK+eSzwE"
    "QwxwvDBSDFKSZL6/Al0Z/0bLdAlBImuI7+uNfcJNr2Zk4fKMtUqppN9hWAnKDMdn3+alm62ILDOfq8IwHEpmCuVA"
    "cTKJ8aqymK0X8qewoJ84XXEPttqfZ0B2Ig9bhP2sc2la7MFhb1pyXoK9KoWWL9KQmBBleAKmEHt/f5HUrlAReuo5"
    "sh8jOunr+QddFL85BCy6tAqCDjexQRwgywKRKVU4Nhe00tAeW6nQICcFwg1cPtr0VkBfMDkk/E01Own93iiCtVTM"
    "cYTG6ocPse+lZ8cDQaKVzr/9UJiZt2PYS1ss0RoorLMYo3krLoc+yF3AyiKgIEnjUboed+G3HMDeAJqznRurFNT5"
    "sH9jNFWcmrOUIIvxFsKtt9wlsSscb7Mr8VMCJssL+KY+2JxDRHfELP8dFgphsj0sGGCI/gKiD7XaszouH2T6jSoF"
    "+BnMuGzwmbZCj94aZtOsx0h5Y6E9A0IdBdnHc3eBtJqGxXDHPBwJEHxFKlrytSKIPQTvD86VVxHeQJ1Gar5EjvG0"
    "LOJCRk2Yu+t/QT8WkGzEne/LlvhnJ6qEiwmXL+AIeFcFXv8xTLP/fRwAsRsYzeje6jkk0BuDWPpKi9yDzh74Ha6Z"
    "bDhvFumv8gfMQP/s/LJRebD8T3v7KCht7O5V8TBYSTwun45UJZBSW0J8a93LBbvOYdqmh6Ogin3zrXUty18UnPN5"
    "wV/ZfV05ayzOUpmduOj8yx/AK/bNHjVRZKm8P0kJi5Ddb5yEuBkwMiAGvRejc0x02WxfFbxCZiEdlixUnKX8NcKV"
    "LCbXIcSx/Re9UyvV0yY6ns0XuXW0yWiEo6BIygYxtqnR7J0+rIycBodnj37iBY59rHgP+mBwR9kgjrlhqoqLLwJ8"
    "DdgtieIO26b5QESAf/zqbV8ZFhDv4S5xNH+lgtwgkcW3C5StByVzfEWUNGIbCsX+P8FlIkEMScXQqo6z8U/XBw9G"
    "NIHaWeZyR/JuxZukCV5zLbLFRZ2elNA8XkA2AJhEUmapmEwflt8OxqBwtxsCkuuxkcq7anRE4FbClxI5sqVe3n7Y"
    "CkjuZlkIs3I6UqEfEO3zSCu1mOX38Zmo2oFXTx1EFqxF5zuXmO3hQG5HZqlLLJhcrVKRQ2jDvXBHzKr3r6w5FuNH"
    "JZo0SenvocDwr8SjDw74hoNker9hCTtEJlEVAtmtqiXcrN11KTRhd4JmWefj4KJiLh6uNKqvVTfVaYcCVpIbaWxa"
    "QshJqZ89yQymXLPk5gdJiFisOACry41fr+GMSPxhumO6jf+9frNpR33xAD2qebJcPK2xQJ0VgEbNJxEok13lEr0/"
    "xD+t71wcCkLnwCTWYv+J3viR/vAGmTQslFuZPMPisJzXv5j66ORBcJH0Ir/QK67F2AaDwKYA7Ty2Fxz72gD8FVfF"
    "kZcM+mQBYq9lv/nrgQNkVYnaFCpcI6zYVKS4NU7vyII1v+LAjKC9dhHTAp5bsqVoC2xtemlEp5eX62VX/akzN21H"
    "Dp+lQTddNZoOd4RArWvqGVxwnMJkDA2pQnpjRCM5X+fYfy2KfBm16fTaeOYV47OkC8aXaI5+ye/rOtlLuERMbI09"
    "WgVga6EB85lhQQfWCDsEutM8yuIZwUcGFpWDIXjwTpOUyAlZMUFfM6BeqDrcqR833b+s6y3UktkMZqPTJxeTK040"
    "+iuAWp0ltDXdDfIjhsJBkkSiz5aPOvJI1ItdvLR9zcCNLMy0JtsiE23MJ8CFahYnF7Zqr3nKxzYka+0XJUjl6afW"
    "6d09pdAuQYgXsz9H/Y4lYI5O/zY6zhNN5lTF5ajMUdGpC8DQIBmhBz3M4B1fj1ZZRTGypG3Mp5y0QRlKFDIQfvif"
    "NSGS+9oqewfSkEXhACc8E9/TcVM246Y+DAVSsEgDRfvxB7ukL6tWAF49DRCKX9wgLAUVAuj2XQfn1MJpHcStjbhS"
    "LIWr/yvqZ8vEtNC89IlitFPH04+QHPiperKhOncxWD3CgaoFbtNDaJqUa9g8Dl8Sq3LoVDFeNrFaoTvEBAjANn3a"
    "voSTdzhBx+5h0GfGp+tfJf3XjA4MVINiXZ4my/v2EFg3RNWwmyFv74aVNEWVzHHmD1rYjPfAvFVlCL5PjSOK85rp"
    "F1ZjU4T87MbChEYOhiVBI7tT6ybfhLIYi3dNUiGCVjD1AGcxpDYBrUwZ5w5pqK6m3S19k0i4aXu+elVS2u47TU8z"
    "fOdSrM1JqQvQ9MHBsA3tK2PswHTSyqL2qLYfy+WLezs8HETlGbDGSD8J2L3vlfwgQoUkgMRHhNmw67q666ZyE2rd"
    "/Sbwouhadv97C9dU1opu4sh7/NE0x7LJPo5HmsYEwjhxDphNHjpoq0r3qnQhwPutpLYb3WCWxgC6HdekjE5eLAaf"
    "f/8Ri/UaNZzdlVROBsJ7wT40liyez5/mXrqfIguuBtPRUNSAnraJ0NUKmRmR0HbwlUg6pWXVYRSbGgNNVdM7H+Oy"
    "8numjVticQtFa8EJzIqcU+6zidJrozIB4bC+I/KcrvIUuOn8lPAMesfUCVV70wa9oIvevkQ6r5Vup6HsIqjIzrSJ"
    "oBTOHdj6TTG8vurH5ok9gm5ziaQ0m1QcrwKOE5CjdXqQIvnY8zckZ2hdX8/aL3/1ieb/3QNN5o6/aQSOAaE2No7x"
    "H8U8b7zOH3QDl0/L6E9olNxz7X5uOSQ6RM69RqOUanMRAf6ZSSw1th9nHHIqDmFKjf8mfR2hMuYgbDdhxSVFL1/7"
    "rEjA6FY3RVLCZAGG7uwFjuK5DV6zIdxAZutRKOk66p5FyWR7LeCrPlew+TacBtByDNYuEuPilRz8cIN22uAcJ1FS"
    "jN+87+1N3tUGGiEX2EX0fo39w18eeEpKINiOB+07dNE9TwUkXwSR1TP8P1goLw7mUNhgWIeICBxgnLzE9c3Z+gIW"
    "GpsXR1toFDyMmJz9KgoaXtbnT2u4SExUXICMkOWFxcnuGl6Sns8L3AwYPFB0kKTxESGRqe3+LkpOsw9/i6/j6/wA"
    "AABIhNE0="
)
TORCHWOOD_ROOT = b64decode("E7ERCtFloiK1fdb+B6/dLG0pM1nmIR0ETKBSauCjtVw=")

LOG = "secterm.example/journal"
WITNESS = "secterm.example/witness"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS_KEY = MLDSA44PrivateKey.from_seed_bytes(bytes(range(32)))
LOG_VERIFIER = Ed25519Verifier(LOG, LOG_KEY.public_key().public_bytes_raw())
WITNESS_VERIFIER = MLDSA44Cosigner(WITNESS, WITNESS_KEY.public_key().public_bytes_raw())
NOW = 1_679_315_147
HEAD = Checkpoint(LOG, 3, sha256(b"root").digest())


def signed_head(head: Checkpoint = HEAD) -> Note:
    log = sign_ed25519(head.text(), LOG, LOG_KEY)
    return Note(head.text(), (log, cosign_mldsa44(head, WITNESS, WITNESS_KEY, NOW)))


def test_the_example_key_opens_the_example_note() -> None:
    verifier = parse_vkey(EXAMPLE_VKEY)
    note, signed = open_note(EXAMPLE_NOTE, [verifier])
    assert note.text == "This is an example message.\n"
    assert signed == (Signed("example.com/foo", bytes.fromhex("530d903a")),)
    assert isinstance(verifier, Ed25519Verifier)
    assert verifier.vkey() == EXAMPLE_VKEY


def test_a_changed_example_note_does_not_open() -> None:
    with pytest.raises(NoteUnverified):
        open_note(EXAMPLE_NOTE.replace(b"an example", b"no example"), [parse_vkey(EXAMPLE_VKEY)])


def test_a_note_keeps_the_empty_lines_of_its_text() -> None:
    note = Note.parse(POEM_NOTE)
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    assert note.signatures[0].name == "quasimodo.example/salvatore"
    assert note.format() == POEM_NOTE


def test_the_example_checkpoint_reads_and_writes_back() -> None:
    note = Note.parse(SOFA_NOTE)
    head = Checkpoint.parse(note.text)
    assert head == Checkpoint(
        "example.com/behind-the-sofa",
        20852163,
        b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="),
    )
    assert head.text() == SOFA_TEXT
    assert note.format() == SOFA_NOTE
    stamp = note.signatures[1].signature
    assert len(stamp) == 72
    assert int.from_bytes(stamp[:8], "big") == 1679315147


def test_unknown_signatures_alone_do_not_open_a_note() -> None:
    with pytest.raises(NoteUnverified, match="no known key"):
        open_note(SOFA_NOTE, [LOG_VERIFIER, WITNESS_VERIFIER])
    with pytest.raises(NoteUnverified, match="no known key"):
        open_note(SOFA_NOTE, [])


def test_the_example_proof_reads_and_writes_back() -> None:
    note = Note(FANCY_TEXT, (sign_ed25519(FANCY_TEXT, LOG, LOG_KEY),))
    data = PROOF_HEAD.encode() + note.format()
    proof = TlogProof.parse(data)
    assert proof.index == 73894
    assert len(proof.path) == 5
    assert proof.checkpoint.size == 109482
    assert proof.extra == b""
    assert proof.format() == data


def test_a_torchwood_cosignature_of_a_subtree_verifies() -> None:
    cosigner = parse_vkey(TORCHWOOD_VKEY)
    assert isinstance(cosigner, MLDSA44Cosigner)
    assert cosigner.vkey() == TORCHWOOD_VKEY
    line = SignatureLine.parse(TORCHWOOD_LINE)
    assert line.text() == TORCHWOOD_LINE
    assert (line.name, line.key_id) == (cosigner.name, cosigner.key_id)
    assert line.signature[:8] == bytes(8)
    message = cosigned_message(cosigner.name, 0, "example.com/log", 8, 13, TORCHWOOD_ROOT)
    key = MLDSA44PublicKey.from_public_bytes(cosigner.public_key)
    key.verify(line.signature[8:], message)


def test_a_cosigned_message_is_laid_out_as_specified() -> None:
    assert cosigned_message("ab", NOW, "xyz", 0, 20852163, b"\x07" * 32) == (
        b"subtree/v1\n\0"
        + b"\x02ab"
        + NOW.to_bytes(8, "big")
        + b"\x03xyz"
        + bytes(8)
        + (20852163).to_bytes(8, "big")
        + b"\x07" * 32
    )


@pytest.mark.parametrize(
    ("name", "time", "origin", "start", "end", "root"),
    [
        ("", 0, "o", 0, 1, bytes(32)),
        ("n" * 256, 0, "o", 0, 1, bytes(32)),
        ("n", 0, "", 0, 1, bytes(32)),
        ("n", 0, "o" * 256, 0, 1, bytes(32)),
        ("n", -1, "o", 0, 1, bytes(32)),
        ("n", 2**63, "o", 0, 1, bytes(32)),
        ("n", 1, "o", 8, 13, bytes(32)),
        ("n", 0, "o", 4, 13, bytes(32)),
        ("n", 0, "o", 8, 8, bytes(32)),
        ("n", 0, "o", 0, 2**64, bytes(32)),
        ("n", 0, "o", 0, 1, bytes(31)),
    ],
)
def test_a_message_that_no_one_may_cosign_is_refused(
    name: str, time: int, origin: str, start: int, end: int, root: bytes
) -> None:
    with pytest.raises(NoteMalformed):
        cosigned_message(name, time, origin, start, end, root)


def test_a_key_id_is_the_hash_of_name_type_and_key() -> None:
    key = LOG_VERIFIER.public_key
    assert key_id(LOG, 1, key) == sha256(LOG.encode() + b"\n\x01" + key).digest()[:4]
    assert LOG_VERIFIER.key_id == key_id(LOG, 1, key)
    cosigner = WITNESS_VERIFIER.public_key
    assert WITNESS_VERIFIER.key_id == key_id(WITNESS, 6, cosigner)


def test_a_signed_checkpoint_opens_with_both_keys() -> None:
    note, signed = open_note(signed_head().format(), [LOG_VERIFIER, WITNESS_VERIFIER])
    assert Checkpoint.parse(note.text) == HEAD
    assert signed == (
        Signed(LOG, LOG_VERIFIER.key_id),
        Signed(WITNESS, WITNESS_VERIFIER.key_id, NOW),
    )


def test_a_note_opens_with_one_of_two_known_keys() -> None:
    note = Note(HEAD.text(), signed_head().signatures[:1])
    _, signed = open_note(note.format(), [LOG_VERIFIER, WITNESS_VERIFIER])
    assert [each.name for each in signed] == [LOG]


@pytest.mark.parametrize(
    "changed",
    [
        replace(HEAD, origin="secterm.example/other"),
        replace(HEAD, size=4),
        replace(HEAD, root=sha256(b"other").digest()),
    ],
)
def test_no_signature_verifies_on_another_checkpoint(changed: Checkpoint) -> None:
    note = Note(changed.text(), signed_head().signatures)
    for verifier in (LOG_VERIFIER, WITNESS_VERIFIER):
        with pytest.raises(NoteUnverified, match="does not verify"):
            verifier.verify(note)


def test_a_note_signature_covers_extension_lines_and_a_cosignature_does_not() -> None:
    note = Note(replace(HEAD, extensions=("more",)).text(), signed_head().signatures)
    with pytest.raises(NoteUnverified):
        LOG_VERIFIER.verify(note)
    assert WITNESS_VERIFIER.verify(note) == Signed(WITNESS, WITNESS_VERIFIER.key_id, NOW)


def test_a_changed_timestamp_does_not_verify() -> None:
    line = signed_head().signatures[1]
    later = (NOW + 1).to_bytes(8, "big") + line.signature[8:]
    note = Note(HEAD.text(), (replace(line, signature=later),))
    with pytest.raises(NoteUnverified):
        WITNESS_VERIFIER.verify(note)


def test_a_timestamp_past_the_specified_range_does_not_verify() -> None:
    line = signed_head().signatures[1]
    note = Note(HEAD.text(), (replace(line, signature=b"\xff" * 8 + line.signature[8:]),))
    with pytest.raises(NoteUnverified):
        WITNESS_VERIFIER.verify(note)
    with pytest.raises(NoteMalformed):
        cosign_mldsa44(HEAD, WITNESS, WITNESS_KEY, 2**63)


def test_a_cosigner_does_not_sign_as_another() -> None:
    other = MLDSA44Cosigner("secterm.example/other", WITNESS_VERIFIER.public_key)
    line = signed_head().signatures[1]
    claimed = SignatureLine(other.name, other.key_id, line.signature)
    with pytest.raises(NoteUnverified):
        other.verify(Note(HEAD.text(), (claimed,)))


def test_a_line_that_shares_only_name_or_id_is_not_this_key_s() -> None:
    line = signed_head().signatures[0]
    others = (replace(line, key_id=b"\0\0\0\0"), replace(line, name="other"))
    assert LOG_VERIFIER.verify(Note(HEAD.text(), others)) is None


def test_one_failing_line_of_a_known_key_rejects_the_note() -> None:
    line = signed_head().signatures[0]
    bad = replace(line, signature=bytes(64))
    for pair in ((line, bad), (bad, line)):
        with pytest.raises(NoteUnverified):
            open_note(Note(HEAD.text(), pair).format(), [LOG_VERIFIER])


def test_of_several_cosignatures_the_latest_counts() -> None:
    lines = [cosign_mldsa44(HEAD, WITNESS, WITNESS_KEY, time) for time in (5, 9, 7)]
    signed = WITNESS_VERIFIER.verify(Note(HEAD.text(), tuple(lines)))
    assert signed is not None
    assert signed.timestamp == 9


@pytest.mark.parametrize("size", [1, 63, 65, 2427, 2429])
def test_a_signature_of_another_length_does_not_verify(size: int) -> None:
    for verifier in (LOG_VERIFIER, WITNESS_VERIFIER):
        line = SignatureLine(verifier.name, verifier.key_id, bytes(size))
        with pytest.raises(NoteUnverified):
            verifier.verify(Note(HEAD.text(), (line,)))


def test_a_cosignature_of_what_is_no_checkpoint_does_not_verify() -> None:
    with pytest.raises(NoteUnverified):
        WITNESS_VERIFIER.verify(Note("words\n", signed_head().signatures))


GOOD = "— n AAAAAAA="


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        f"text\n{GOOD}\n".encode(),
        f"text\n\n{GOOD}".encode(),
        f"\n{GOOD}\n".encode(),
        f"text\n\n{GOOD}\n\n".encode(),
        f"te\txt\n\n{GOOD}\n".encode(),
        f"te\rxt\n\n{GOOD}\n".encode(),
        f"text\n\n{GOOD}\r\n".encode(),
        f"text\n\n {GOOD}\n".encode(),
        f"text\n\n{GOOD} \n".encode(),
        "text\n\n— n  AAAAAAA=\n".encode(),
        "text\n\n—  AAAAAAA=\n".encode(),
        "text\n\n— n+m AAAAAAA=\n".encode(),
        "text\n\n— n\u00a0m AAAAAAA=\n".encode(),
        "text\n\n— n AAAAAA==\n".encode(),
        "text\n\n— n AAAAAAB=\n".encode(),
        "text\n\n— n AAAAAAA\n".encode(),
        "text\n\n— n AAAA_AA=\n".encode(),
        "text\n\n— n\n".encode(),
        b"text\n\n- n AAAAAAA=\n",
        b"te\xffxt\n\n" + GOOD.encode() + b"\n",
        f"text\n\n{GOOD}\n".encode() + f"{GOOD}\n".encode() * 64,
        b"t" * (1 << 20) + f"\n\n{GOOD}\n".encode(),
    ],
)
def test_a_malformed_note_is_refused(data: bytes) -> None:
    with pytest.raises(NoteMalformed):
        Note.parse(data)


def test_the_shortest_note_is_read() -> None:
    assert Note.parse(f"\n\n{GOOD}\n".encode()).text == "\n"


@pytest.mark.parametrize("count", [1, 16, 64])
def test_as_many_signatures_as_allowed_are_read(count: int) -> None:
    data = b"text\n\n" + f"{GOOD}\n".encode() * count
    assert len(Note.parse(data).signatures) == count


def test_sixteen_cosignatures_fit_into_a_note() -> None:
    line = signed_head().signatures[1]
    note = Note(HEAD.text(), (line,) * 16)
    assert Note.parse(note.format()) == note
    assert note.with_signature(line).signatures == (line,) * 17


names = st.text(st.characters(exclude_characters="+", exclude_categories=["C", "Z"]), min_size=1)
lines = st.builds(SignatureLine, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1))
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n"))


@given(texts, st.lists(lines, min_size=1, max_size=4))
def test_every_note_reads_back_as_it_was_written(
    text: str, signatures: list[SignatureLine]
) -> None:
    note = Note(f"{text}\n", tuple(signatures))
    assert Note.parse(note.format()) == note


@given(st.binary(max_size=200))
def test_bytes_that_read_as_a_note_are_written_back_the_same(data: bytes) -> None:
    for candidate in (data, b"text\n\n" + data, "text\n\n— n ".encode() + b64encode(data) + b"\n"):
        try:
            note = Note.parse(candidate)
        except NoteMalformed:
            continue
        assert note.format() == candidate


rows = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)
heads = st.builds(
    Checkpoint,
    rows,
    st.integers(0, 2**64 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(rows, max_size=3).map(tuple),
)


@given(heads)
def test_every_checkpoint_reads_back_as_it_was_written(head: Checkpoint) -> None:
    assert Checkpoint.parse(head.text()) == head


ROOT = b64encode(EMPTY_ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"o\n0\n{ROOT}",
        "o\n0\n",
        f"\n0\n{ROOT}\n",
        f"o\n00\n{ROOT}\n",
        f"o\n01\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n+1\n{ROOT}\n",
        f"o\n1 \n{ROOT}\n",
        f"o\n\u0661\n{ROOT}\n",
        f"o\n{2**64}\n{ROOT}\n",
        f"o\n{'1' * 5000}\n{ROOT}\n",
        f"o\n0\n{ROOT} \n",
        f"o\n0\n{ROOT[:-1]}\n",
        f"o\n0\n{b64encode(bytes(31)).decode()}\n",
        f"o\n0\n{ROOT}\n\n",
        f"o\n0\n{ROOT}\n\nmore\n",
        f"o\r\n0\n{ROOT}\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteMalformed):
        Checkpoint.parse(text)


def test_an_origin_with_spaces_is_read_as_the_specification_asks() -> None:
    assert Checkpoint.parse(f"go.sum database tree\n0\n{ROOT}\n").origin == "go.sum database tree"


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a b",
        "a+b",
        "a\tb",
        "a\nb",
        "a\0b",
        "a\x1fb",
        "a\u0085b",
        "a\u00a0b",
        "a\u2003b",
        "a\u2028b",
        "a\u3000b",
        "a\ud800b",
    ],
)
def test_a_bad_key_name_is_refused_everywhere(name: str) -> None:
    with pytest.raises(NoteMalformed):
        check_name(name)
    with pytest.raises(NoteMalformed):
        sign_ed25519("text\n", name, LOG_KEY)
    with pytest.raises(NoteMalformed):
        cosign_mldsa44(HEAD, name, WITNESS_KEY, NOW)
    with pytest.raises(NoteMalformed):
        SignatureLine(name, bytes(4), bytes(64))


def test_a_key_name_may_be_in_any_script() -> None:
    assert check_name("example.com/наказ") == "example.com/наказ"


def test_text_that_no_note_can_hold_is_not_signed() -> None:
    for text in ("", "no newline", "a\tb\n", "\ud800\n"):
        with pytest.raises(NoteMalformed):
            sign_ed25519(text, LOG, LOG_KEY)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        EXAMPLE_VKEY.replace("530d903a", "530d903b"),
        EXAMPLE_VKEY.replace("530d903a", "530D903A"),
        EXAMPLE_VKEY.replace("530d903a", "0530d903a"),
        EXAMPLE_VKEY.replace("foo", "fop"),
        EXAMPLE_VKEY.replace("foo", "f o"),
        EXAMPLE_VKEY[:-4],
        EXAMPLE_VKEY + "=",
        EXAMPLE_VKEY.replace("+Ae", "+Be"),
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        # a cosigner of type 0x04, which transparency-dev/formats tests with
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    ],
)
def test_a_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteMalformed):
        parse_vkey(vkey)


def test_a_verifier_key_reads_back_as_it_was_written() -> None:
    assert parse_vkey(LOG_VERIFIER.vkey()) == LOG_VERIFIER
    assert parse_vkey(WITNESS_VERIFIER.vkey()) == WITNESS_VERIFIER


def test_a_cosigner_s_name_is_no_longer_than_its_message_can_say() -> None:
    with pytest.raises(NoteMalformed):
        cosign_mldsa44(HEAD, "n" * 256, WITNESS_KEY, NOW)
    assert sign_ed25519("text\n", "n" * 256, LOG_KEY).name == "n" * 256


LEAVES = [leaf_hash(b"%d" % each) for each in range(5)]
TREE = Tree(lambda level, index: b"", lambda start, end: LEAVES[start:end], len(LEAVES))


def proof_of(index: int, extra: bytes = b"") -> TlogProof:
    head = Checkpoint(LOG, len(LEAVES), TREE.root_at(len(LEAVES)))
    path = tuple(TREE.inclusion_proof(index, len(LEAVES)))
    return TlogProof(index, path, signed_head(head), extra)


@pytest.mark.parametrize("index", range(5))
def test_a_proof_shows_its_entry_and_no_other(index: int) -> None:
    proof = TlogProof.parse(proof_of(index).format())
    signed = proof.verify(LEAVES[index], LOG, LOG_VERIFIER, [WITNESS_VERIFIER])
    assert [each.name for each in signed] == [LOG, WITNESS]
    with pytest.raises(NoteUnverified, match="not under"):
        proof.verify(LEAVES[(index + 1) % 5], LOG, LOG_VERIFIER)


def test_a_proof_of_another_log_does_not_verify() -> None:
    proof = proof_of(1)
    with pytest.raises(NoteUnverified, match="did not sign"):
        proof.verify(LEAVES[1], "secterm.example/other", LOG_VERIFIER)
    with pytest.raises(NoteUnverified, match="did not sign"):
        proof.verify(LEAVES[1], LOG, parse_vkey(EXAMPLE_VKEY))


def test_a_proof_without_a_witness_says_so() -> None:
    whole = proof_of(1)
    alone = replace(whole, note=Note(whole.note.text, whole.note.signatures[:1]))
    signed = alone.verify(LEAVES[1], LOG, LOG_VERIFIER, [WITNESS_VERIFIER])
    assert [each.name for each in signed] == [LOG]


@given(st.integers(0, 2**64 - 1), st.lists(st.binary(min_size=32, max_size=32)), st.binary())
def test_every_proof_reads_back_as_it_was_written(
    index: int, path: list[bytes], extra: bytes
) -> None:
    proof = TlogProof(index, tuple(path[:64]), Note.parse(SOFA_NOTE), extra)
    assert TlogProof.parse(proof.format()) == proof


def test_extra_data_stands_before_the_index() -> None:
    lines = proof_of(0, b"extra information").format().split(b"\n")
    assert lines[1] == b"extra " + b64encode(b"extra information")
    assert lines[2] == b"index 0"


SIBLING = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "head",
    [
        "",
        "wrong\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex\n\n",
        "c2sp.org/tlog-proof@v1\nindex -5\n\n",
        "c2sp.org/tlog-proof@v1\nindex 05\n\n",
        "c2sp.org/tlog-proof@v1\nindex notanumber\n\n",
        f"c2sp.org/tlog-proof@v1\nindex {2**64}\n\n",
        "c2sp.org/tlog-proof@v1\nextra !!\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n!!\n\n",
        f"c2sp.org/tlog-proof@v1\nindex 0\n{SIBLING}{SIBLING}\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + f"{SIBLING}\n" * 65 + "\n",
        "c2sp.org/tlog-proof@v1\r\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n\n\n",
    ],
)
def test_a_malformed_proof_is_refused(head: str) -> None:
    with pytest.raises(NoteMalformed):
        TlogProof.parse(head.encode() + SOFA_NOTE)


def test_a_proof_holds_a_checkpoint_and_is_not_endless() -> None:
    with pytest.raises(NoteMalformed):
        TlogProof.parse(b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + EXAMPLE_NOTE)
    with pytest.raises(NoteMalformed):
        TlogProof.parse(b"c2sp.org/tlog-proof@v1\nextra " + b"A" * (1 << 21))
