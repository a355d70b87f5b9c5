"""Signed statements about the journal, as others can check them: C2SP signed-note,
tlog-checkpoint, tlog-cosignature (ML-DSA-44) and tlog-proof. Text in a note means
nothing until `open_note` has verified it. This module must never repair what it
reads: there is one way to write a note, and anything else is malformed.
"""

from __future__ import annotations

import binascii
import re
from abc import ABC, abstractmethod
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
)

from secterm.vault.errors import VaultError
from secterm.vault.merkle import HASH_SIZE, verify_inclusion

ED25519: Final = 0x01  # signature type: signed-note, Ed25519 over the text
MLDSA44: Final = 0x06  # signature type: tlog-cosignature, ML-DSA-44

KEY_ID_SIZE: Final = 4  # bytes
TIMESTAMP_SIZE: Final = 8  # bytes
ED25519_KEY_SIZE: Final = 32  # bytes
ED25519_SIGNATURE_SIZE: Final = 64  # bytes
MLDSA44_KEY_SIZE: Final = 1312  # bytes, FIPS 204
MLDSA44_SIGNATURE_SIZE: Final = 2420  # bytes, FIPS 204

LARGEST_NAME: Final = 255  # bytes, as a cosigned_message counts them
LARGEST_SIZE: Final = 2**64 - 1  # leaves
LATEST_TIMESTAMP: Final = 2**63 - 1  # seconds
MOST_SIGNATURES: Final = 64  # signed-note demands at least 16
LARGEST_NOTE: Final = 1 << 20  # bytes
LARGEST_PROOF: Final = 1 << 21  # bytes
LONGEST_PATH: Final = 64  # hashes, enough for `LARGEST_SIZE`

PROOF_HEADER: Final = "c2sp.org/tlog-proof@v1"
COSIGNED_LABEL: Final = b"subtree/v1\n\0"

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")  # of ASCII, but for the newline
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}", re.ASCII)


class NoteMalformed(VaultError):
    """These bytes are no note, checkpoint, key or proof, or cannot become one."""


class NoteUnverified(VaultError):
    """A signature of a known key does not verify, or no known key signed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head (C2SP tlog-checkpoint): which log, how many leaves, which root.

    `origin` is a non-empty line; that it be free of spaces and plus is only recommended,
    so that a caller that names its own log passes it through `check_name`. `size` is
    0 to 2**64 - 1, `root` 32 bytes. Extension lines are not empty; an ML-DSA-44
    cosignature does not cover them. Raises NoteMalformed.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            _check_text(line)
            if not line or "\n" in line:
                raise NoteMalformed("a checkpoint is made of non-empty lines")
        if not 0 <= self.size <= LARGEST_SIZE:
            raise NoteMalformed("tree size out of range")
        if len(self.root) != HASH_SIZE:
            raise NoteMalformed(f"a root has {HASH_SIZE} bytes")

    def text(self) -> str:
        """The note text, every line ended by a newline."""
        lines = (self.origin, str(self.size), _base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """What `text` wrote. Raises NoteMalformed."""
        if not text.endswith("\n"):
            raise NoteMalformed("a checkpoint ends in a newline")
        lines = text[:-1].split("\n")
        if len(lines) < 3:
            raise NoteMalformed("a checkpoint has at least three lines")
        origin, size, root, *extensions = lines
        return cls(origin, _number(size), _unbase64(root), tuple(extensions))


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature of a note: key name, 4-byte key ID, and at least one byte of signature.

    Raises NoteMalformed.
    """

    name: str
    key_id: bytes
    signature: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.key_id) != KEY_ID_SIZE or not self.signature:
            raise NoteMalformed("a signature is a key ID and something after it")

    def text(self) -> str:
        """Em dash, space, key name, space, base64 of key ID and signature; no newline."""
        return f"— {self.name} {_base64(self.key_id + self.signature)}"

    @classmethod
    def parse(cls, line: str) -> SignatureLine:
        """What `text` wrote. Raises NoteMalformed."""
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != "—":
            raise NoteMalformed("a signature line begins with an em dash")
        blob = _unbase64(encoded)
        return cls(name, blob[:KEY_ID_SIZE], blob[KEY_ID_SIZE:])


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note (C2SP signed-note): text that ends in a newline, and 1 to 64 signatures.

    Nothing is verified here; `open_note` does that. Raises NoteMalformed for text or
    counts out of bounds, and for more than 1 MiB.
    """

    text: str
    signatures: tuple[SignatureLine, ...]

    def __post_init__(self) -> None:
        _check_text(self.text)
        if not self.text.endswith("\n"):
            raise NoteMalformed("a note's text ends in a newline")
        if not 1 <= len(self.signatures) <= MOST_SIGNATURES:
            raise NoteMalformed(f"a note has 1 to {MOST_SIGNATURES} signatures")
        if len(self.format()) > LARGEST_NOTE:
            raise NoteMalformed("a note has at most 1 MiB")

    def format(self) -> bytes:
        """The note's UTF-8 bytes: the text, an empty line, the signature lines."""
        lines = "".join(f"{line.text()}\n" for line in self.signatures)
        return f"{self.text}\n{lines}".encode()

    def with_signature(self, line: SignatureLine) -> Note:
        """The note with one more signature. Raises NoteMalformed past 64."""
        return Note(self.text, (*self.signatures, line))

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """What `format` wrote, at most 1 MiB. Raises NoteMalformed."""
        if len(data) > LARGEST_NOTE:
            raise NoteMalformed("a note has at most 1 MiB")
        text, blank, lines = _utf8(data).rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise NoteMalformed("a note is text, an empty line, and signature lines")
        signatures = tuple(SignatureLine.parse(line) for line in lines[:-1].split("\n"))
        return cls(f"{text}\n", signatures)


@dataclass(frozen=True, slots=True)
class Signed:
    """That a known key signed. `timestamp` is seconds since 1970 for a cosignature,
    0 where the cosigner says nothing of time, None for a plain note signature.
    """

    name: str
    key_id: bytes
    timestamp: int | None = None


@dataclass(frozen=True)
class Verifier(ABC):
    """A known key: its name and its public bytes. Raises NoteMalformed for a bad one."""

    name: str
    public_key: bytes

    signature_type: ClassVar[int]
    key_size: ClassVar[int]

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public_key) != self.key_size:
            raise NoteMalformed(f"this kind of public key has {self.key_size} bytes")

    @property
    def key_id(self) -> bytes:
        """The key's 4-byte ID."""
        return key_id(self.name, self.signature_type, self.public_key)

    def vkey(self) -> str:
        """`NAME+HEX+BASE64`, the verifier key (C2SP signed-note)."""
        material = bytes([self.signature_type]) + self.public_key
        return f"{self.name}+{self.key_id.hex()}+{_base64(material)}"

    def verify(self, note: Note) -> Signed | None:
        """This key's signature on the note, the latest of several, or None if there is none.

        Raises NoteUnverified when any line under this key's name and ID fails.
        """
        key_id = self.key_id
        lines = [
            each for each in note.signatures if (each.name, each.key_id) == (self.name, key_id)
        ]
        times = [self._verify(note.text, each.signature) for each in lines]
        if not times:
            return None
        return Signed(self.name, key_id, max(times, key=lambda time: time or 0))

    @abstractmethod
    def _verify(self, text: str, signature: bytes) -> int | None:
        """The signature's timestamp, if it has one. Raises NoteUnverified."""


@dataclass(frozen=True)
class Ed25519Verifier(Verifier):
    """A 32-byte Ed25519 key (RFC 8032) that signs a note's text; signature type 0x01."""

    signature_type = ED25519
    key_size = ED25519_KEY_SIZE

    def _verify(self, text: str, signature: bytes) -> None:
        if len(signature) != ED25519_SIGNATURE_SIZE:
            raise NoteUnverified("an Ed25519 signature has 64 bytes")
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature:
            raise NoteUnverified("a signature does not verify") from None


@dataclass(frozen=True)
class MLDSA44Cosigner(Verifier):
    """A 1312-byte ML-DSA-44 key (FIPS 204) that cosigns checkpoints; signature type 0x06.

    Its name has at most 255 bytes. Its signature covers origin, size and root; never the
    extension lines.
    """

    signature_type = MLDSA44
    key_size = MLDSA44_KEY_SIZE

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.name.encode()) > LARGEST_NAME:
            raise NoteMalformed(f"a cosigner's name has at most {LARGEST_NAME} bytes")

    def _verify(self, text: str, signature: bytes) -> int:
        if len(signature) != TIMESTAMP_SIZE + MLDSA44_SIGNATURE_SIZE:
            raise NoteUnverified("an ML-DSA-44 cosignature has 2428 bytes")
        timestamp = int.from_bytes(signature[:TIMESTAMP_SIZE], "big")
        try:
            head = Checkpoint.parse(text)
            message = cosigned_message(self.name, timestamp, head.origin, 0, head.size, head.root)
            key = MLDSA44PublicKey.from_public_bytes(self.public_key)
            key.verify(signature[TIMESTAMP_SIZE:], message)
        except (InvalidSignature, NoteMalformed):
            raise NoteUnverified("a cosignature does not verify") from None
        return timestamp


@dataclass(frozen=True, slots=True)
class TlogProof:
    """That an entry is in a log (C2SP tlog-proof): its index, the audit path, the checkpoint.

    `index` is 0 to 2**64 - 1, `path` at most 64 hashes of 32 bytes, leaf's sibling first.
    `extra` is whatever the application needs beside them, and nobody signed it.
    Raises NoteMalformed; `note` must hold a checkpoint.
    """

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    def __post_init__(self) -> None:
        if not 0 <= self.index <= LARGEST_SIZE:
            raise NoteMalformed("index out of range")
        if len(self.path) > LONGEST_PATH or any(len(each) != HASH_SIZE for each in self.path):
            raise NoteMalformed("an audit path is at most 64 hashes of 32 bytes")
        Checkpoint.parse(self.note.text)

    @property
    def checkpoint(self) -> Checkpoint:
        """The tree head, unverified."""
        return Checkpoint.parse(self.note.text)

    def format(self) -> bytes:
        """The proof as a `.tlog-proof` file holds it."""
        return proof(self.index, self.path, self.note.format(), self.extra)

    @classmethod
    def parse(cls, data: bytes) -> TlogProof:
        """What `format` wrote, at most 2 MiB. Raises NoteMalformed."""
        if len(data) > LARGEST_PROOF:
            raise NoteMalformed("a proof has at most 2 MiB")
        head, blank, note = data.partition(b"\n\n")
        header, *lines = _utf8(head).split("\n")
        if header != PROOF_HEADER or not blank:
            raise NoteMalformed("not a tlog-proof")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = _unbase64(lines.pop(0).removeprefix("extra "))
            if not extra:
                raise NoteMalformed("no extra data has no line")
        if not lines or not lines[0].startswith("index "):
            raise NoteMalformed("a proof has an index")
        index = _number(lines[0].removeprefix("index "))
        if len(lines) > LONGEST_PATH + 1:
            raise NoteMalformed("an audit path is at most 64 hashes of 32 bytes")
        return cls(index, tuple(_unbase64(each) for each in lines[1:]), Note.parse(note), extra)

    def verify(
        self, leaf: bytes, origin: str, log: Verifier, witnesses: Sequence[Verifier] = ()
    ) -> tuple[Signed, ...]:
        """That the 32-byte leaf hash is in the log `origin`: who signed, the log first.

        Steps 2 to 4 of C2SP tlog-proof, "Verifying a tlog proof"; how many witnesses are
        enough is the caller's to say. Raises NoteUnverified.
        """
        head = self.checkpoint
        by_log = log.verify(self.note)
        if head.origin != origin or by_log is None:
            raise NoteUnverified("the log did not sign this checkpoint")
        by_witnesses = [each.verify(self.note) for each in witnesses]
        if not verify_inclusion(leaf, self.index, head.size, self.path, head.root):
            raise NoteUnverified("the entry is not under this checkpoint")
        return (by_log, *(each for each in by_witnesses if each is not None))


def proof(index: int, path: Iterable[bytes], note: bytes, extra: bytes = b"") -> bytes:
    """The same of a note that is written already, as many proofs repeat it."""
    line = binascii.b2a_base64  # which ends it
    head = f"{PROOF_HEADER}\n".encode() + (b"extra " + line(extra) if extra else b"")
    return b"%sindex %d\n%s\n%s" % (head, index, b"".join(map(line, path)), note)


def check_name(name: str) -> str:
    """`name`, if it can name a key (C2SP signed-note): not empty, no Unicode spaces, no plus,
    no ASCII control characters. Raises NoteMalformed.
    """
    _check_text(name)
    if "+" in name or name.split() != [name]:
        raise NoteMalformed("a key name is not empty and has neither spaces nor plus")
    return name


def key_id(name: str, signature_type: int, public_key: bytes) -> bytes:
    """The 4-byte key ID: SHA-256(name || 0x0A || type || public key)[:4] (C2SP signed-note)."""
    return sha256(name.encode() + b"\n" + bytes([signature_type]) + public_key).digest()[
        :KEY_ID_SIZE
    ]


def parse_vkey(vkey: str) -> Verifier:
    """The key that `vkey` writes, of type 0x01 or 0x06.

    Raises NoteMalformed, also for another type and for an ID that is not this key's.
    """
    name, _, rest = vkey.partition("+")
    identifier, _, encoded = rest.partition("+")
    material = _unbase64(encoded)
    verifier: Verifier
    if material[:1] == bytes([ED25519]):
        verifier = Ed25519Verifier(name, material[1:])
    elif material[:1] == bytes([MLDSA44]):
        verifier = MLDSA44Cosigner(name, material[1:])
    else:
        raise NoteMalformed("a key of no type that this program verifies")
    if not _KEY_ID.fullmatch(identifier) or bytes.fromhex(identifier) != verifier.key_id:
        raise NoteMalformed("a verifier key whose ID is not its own")
    return verifier


def open_note(data: bytes, known: Iterable[Verifier]) -> tuple[Note, tuple[Signed, ...]]:
    """The note and which of the known keys signed it, at least one (C2SP signed-note).

    Lines of unknown keys are ignored. Raises NoteMalformed, and NoteUnverified when a
    line of a known key fails or no known key signed.
    """
    note = Note.parse(data)
    found = [each.verify(note) for each in known]
    signed = tuple(each for each in found if each is not None)
    if not signed:
        raise NoteUnverified("no known key signed this note")
    return note, signed


def sign_ed25519(text: str, name: str, key: Ed25519PrivateKey) -> SignatureLine:
    """The line by which `name` signs a note's text; 64 bytes, type 0x01 (C2SP signed-note).

    Raises NoteMalformed for a bad name or a text no note can hold.
    """
    _check_text(text)
    verifier = Ed25519Verifier(name, key.public_key().public_bytes_raw())
    line = SignatureLine(name, verifier.key_id, key.sign(text.encode()))
    Note(text, (line,))
    return line


def cosign_mldsa44(
    checkpoint: Checkpoint, name: str, key: MLDSA44PrivateKey, timestamp: int
) -> SignatureLine:
    """The line by which `name` cosigns; 8 + 2420 bytes, type 0x06 (C2SP tlog-cosignature).

    `timestamp` is seconds since 1970, to 2**63 - 1; 0 makes no statement of time.
    Raises NoteMalformed for a bad name or timestamp, or an origin over 255 bytes.
    """
    verifier = MLDSA44Cosigner(name, key.public_key().public_bytes_raw())
    message = cosigned_message(
        name, timestamp, checkpoint.origin, 0, checkpoint.size, checkpoint.root
    )
    stamp = timestamp.to_bytes(TIMESTAMP_SIZE, "big")
    return SignatureLine(name, verifier.key_id, stamp + key.sign(message))


def cosigned_message(
    cosigner_name: str, timestamp: int, log_origin: str, start: int, end: int, root: bytes
) -> bytes:
    """The `cosigned_message` that ML-DSA-44 signs (C2SP tlog-cosignature), 72 to 580 bytes.

    For the subtree of leaves [start, end) with the 32-byte `root`; a checkpoint has start 0
    and end its size. Raises NoteMalformed unless both names have 1 to 255 bytes, the
    timestamp is 0 to 2**63 - 1 and 0 where start is not, and [start, end) is a subtree.
    """
    _check_text(cosigner_name + log_origin)
    name, origin = cosigner_name.encode(), log_origin.encode()
    if not (1 <= len(name) <= LARGEST_NAME and 1 <= len(origin) <= LARGEST_NAME):
        raise NoteMalformed(f"a cosigned name has 1 to {LARGEST_NAME} bytes")
    if not 0 <= timestamp <= LATEST_TIMESTAMP or (start and timestamp):
        raise NoteMalformed("timestamp out of range")
    if not 0 <= start <= end <= LARGEST_SIZE or (start and not _is_subtree(start, end)):
        raise NoteMalformed("no subtree")
    if len(root) != HASH_SIZE:
        raise NoteMalformed(f"a root has {HASH_SIZE} bytes")
    return b"".join(
        (
            COSIGNED_LABEL,
            len(name).to_bytes(1, "big"),
            name,
            timestamp.to_bytes(8, "big"),
            len(origin).to_bytes(1, "big"),
            origin,
            start.to_bytes(8, "big"),
            end.to_bytes(8, "big"),
            root,
        )
    )


def _is_subtree(start: int, end: int) -> bool:
    """Whether `start` is a multiple of the least power of two that holds [start, end)."""
    return start < end and start % (1 << (end - start - 1).bit_length()) == 0


def _check_text(text: str) -> None:
    """Raises NoteMalformed for what UTF-8 cannot say and for ASCII control characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteMalformed("not Unicode text") from None
    if _CONTROL.search(text):
        raise NoteMalformed("a control character other than newline")


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise NoteMalformed("not UTF-8") from None


def _number(text: str) -> int:
    """An ASCII decimal without leading zeros, at most 20 digits."""
    if not _DECIMAL.fullmatch(text):
        raise NoteMalformed("not a decimal number")
    return int(text)


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def _unbase64(text: str) -> bytes:
    """RFC 4648 section 4, with padding and no stray bits."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteMalformed("not base64") from None
    if _base64(data) != text:
        raise NoteMalformed("not the one way to write this base64")
    return data
