"""`README.txt`: how to read and check an archive without this program."""

from __future__ import annotations

from typing import Final

from secterm.archive.members import Kind
from secterm.dossier.entries import Volume

WHOLE: Final = """An archive of dossiers of people who take up posts that handle secrets
=====================================================================

{volume}{opening}
To read it: dossiers/ID/dossier.json is the whole record of one appointee,
dossiers/ID/undertaking.txt the undertaking as it was signed. The numbered
files under entries/ are what was recorded, one act each, in its order.
schemas/ describes each kind of JSON file (JSON Schema 2020-12).

{signed}
To check that an entry is what was recorded then, and stands in the journal:
SHA-256 over a byte 0, the dossier's id (16 bytes), the commitment in key.json
(32 bytes) and the bytes of N.sealed is a leaf of the Merkle tree (RFC 6962)
whose root is in the file checkpoint; N.tlog-proof leads from the one to the
other (C2SP tlog-proof). N.sealed opens to the bytes of N.json with AES-256-
GCM-SIV (RFC 8452): a nonce (12 bytes), then ciphertext and tag. The key is
HKDF-SHA256 of the key in key.json, without salt, info "secterm/1 entry" and a
byte 0; the commitment likewise, info "secterm/1 commitment" and a byte 0. The
associated data is "secterm/", 0, 1, the vault's id, 12, "entry.sealed", 0,
16, the dossier's id, and N as 8 bytes, big-endian. What opens is the text, a
byte 0x80, and zeros.

Where a dossier came through another vault, an entry whose act is "received"
holds what it brought: "part" is base64 of a zlib-compressed tar (RFC 1950) of
that vault's key.json and entries, which are read and checked as above, under
the checkpoint in their own proofs. That vault's log keys and officers are in
the "part", made likewise, of the entries in origins/ID/; ID is the "vault" of
the entry received. dossier.json tells all of it in one timeline.

{recorded}
{log}
An archive proves that what is in it was recorded. It cannot prove that
nothing else was. It is a copy: erasing a dossier in the vault does not reach
it. Whoever can open this file can read everything in it.
"""

DECISION: Final = """Decisions on people who take up posts that handle secrets
=========================================================

{volume}{opening}
To read it: dossiers/ID/decision.json says who was decided on, how, by whom
and for how long; dossiers/ID/undertaking.txt is the undertaking as it was
signed. schemas/ describes each kind of JSON file (JSON Schema 2020-12).

This is an extract for a personnel file. Nothing of the screening is in it, and
no key that opens anything in the vault or in another archive. What it says
rests on the signatures over manifest.json.

{signed}
To tell that an entry is the same as in the vault, or in a whole archive of
it: "leaf" in decision.json is the entry's leaf in the Merkle tree (RFC 6962)
whose root is in the file checkpoint; entries/N.tlog-proof leads from the one
to the other (C2SP tlog-proof). The leaf itself tells nothing.

{recorded}
{log}
It is a copy: erasing a dossier in the vault does not reach it.
"""

VOLUME: Final = """This is volume {number} of {of}: an archive by itself. The others hold other
dossiers, and name the same set in their manifest.json, at "covers":
{set}

"""

OPENING: Final = """To open it:                    age -d -i KEYFILE FILE | tar -xf -
Where it is for a passphrase:  age -d FILE | tar -xf -
age is described at age-encryption.org/v1; tar is POSIX tar (ustar).
"""

SIGNED: Final = """To check that nothing was changed: each folder ends with a list of what is in
it; from where this file is, sha256sum --check dossiers/ID/SHA256SUMS reads it.
The SHA-256 of each list, and of all in no folder, is in manifest.json, which
manifest.sig signs, over its bytes: with the key of an officer named in
officers.json (Ed25519), and with both keys in log-keys.

To check a signature on an undertaking: "text_sha256" is the SHA-256 of the
text, "statement" names it, and each signature is Ed25519 over the UTF-8 bytes
of "statement"{where}.
"""

RECORDED: Final = """To check who recorded an entry: N.officer-proof leads from the same leaf to a
checkpoint that this officer signed when it was recorded (a C2SP signed note;
Ed25519, by the officer's key in officers.json{recovery}).
"""

LOG: Final = """checkpoint is a C2SP signed note. Its first two signatures are the vault's
own, by the keys in log-keys: Ed25519, and ML-DSA-44; the third is by the
officer who wrote the archive. The fingerprint of log-keys (the first 32 hex
digits of SHA-256 over that file), which the unit can tell you, is

    {fingerprint}

consistency.json proves that this checkpoint continues earlier ones of the
same journal (RFC 9162, section 2.1.4), for whoever has seen those.
"""


def readme(kind: Kind, fingerprint: str, volume: Volume | None) -> bytes:
    """The text for such an archive, in ASCII and at most 79 columns."""
    which = ""
    if volume is not None:
        which = VOLUME.format(number=volume.number, of=volume.of, set=volume.set)
    whole = kind == "whole"
    return (
        (WHOLE if whole else DECISION)
        .format(
            volume=which,
            opening=OPENING,
            signed=SIGNED.format(where=' in the entry whose act is "signed"' if whole else ""),
            recorded=RECORDED.format(recovery=", or in recoveries.json" if whole else ""),
            log=LOG.format(fingerprint=fingerprint),
        )
        .encode("ascii")
    )
