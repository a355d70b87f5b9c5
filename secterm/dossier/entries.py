"""The entries of a dossier and of the vault itself: everything that can happen.

Entries are never changed, so neither are these types: a later format adds
acts or optional fields. Times are ISO 8601 with an offset, dates ISO 8601,
ids and keys lower-case hex.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import msgspec

from secterm.policy.model import Category, Pack

Finding = Literal["suitable", "conditions", "unsuitable"]
Role = Literal["administrator", "officer", "approver", "auditor"]
Source = Literal["typed", "file", "picture"]  # how a recipient's key came
Decision = Literal["admit", "refuse", "defer"]
Document = Literal["undertaking", "rules", "training", "screening", "decision", "receipt"]
MOST_VOLUMES: Final = 9999  # of one export
Row: TypeAlias = dict[str, str]
Answer: TypeAlias = bool | float | str | list[Row]  # list: rows, every field as text


class _Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A frozen value of an entry. None can hold itself, so Python's collector, which a long
    verification would call at every few entries, has no business with them.
    """


class _Act(_Value, frozen=True, kw_only=True, tag_field="act"):
    """Something that happened."""


class PackRef(_Value, frozen=True, kw_only=True):
    """Which pack an act rests on: id, version and the SHA-256 of its files."""

    id: str
    version: str
    digest: str


def ref_of(pack: Pack) -> PackRef:
    """What names this pack in an act."""
    return PackRef(id=pack.head.id, version=pack.head.version, digest=pack.digest)


class Particulars(_Value, frozen=True, kw_only=True):
    """Who the appointee is and what post they take up."""

    name: str
    born: str  # date
    identity_number: str
    post: str
    department: str
    category: Category
    contact: str = ""


# -- of a dossier ---------------------------------------------------------


class Opened(_Act, frozen=True, kw_only=True, tag="opened"):
    """The dossier begins. The pack named here holds for its whole life."""

    particulars: Particulars
    pack: PackRef


class Corrected(_Act, frozen=True, kw_only=True, tag="corrected"):
    """The particulars were corrected; these hold from now on."""

    particulars: Particulars
    reason: str


class Answered(_Act, frozen=True, kw_only=True, tag="answered"):
    """A screening question was answered; a later answer stands beside it, not over it."""

    question: str
    answer: Answer
    follow_up: str = ""
    note: str = ""


class Checked(_Act, frozen=True, kw_only=True, tag="checked"):
    """An answer was checked elsewhere: against which document or referee, and did it hold."""

    question: str
    reference: str
    holds: bool
    note: str = ""


class Found(_Act, frozen=True, kw_only=True, tag="found"):
    """A finding on one section, or on the whole screening where `section` is empty."""

    section: str
    finding: Finding
    reason: str = ""  # owed unless suitable
    conditions: str = ""  # owed with conditions


class Reviewed(_Act, frozen=True, kw_only=True, tag="reviewed"):
    """A second officer reviewed the overall finding."""

    agrees: bool
    reason: str = ""  # owed unless agreeing


class Trained(_Act, frozen=True, kw_only=True, tag="trained"):
    """A module was taught."""

    module: str
    hours: float
    on: str  # date
    trainer: str
    place: str


class QuizAnswer(_Value, frozen=True, kw_only=True):
    """One question put and the answer given, in the words shown."""

    question: str
    given: str
    right: bool


class QuizAnswered(_Act, frozen=True, kw_only=True, tag="quiz_answered"):
    """One answer of a quiz under way was given, the last one apart: that comes with the whole."""

    module: str
    answer: QuizAnswer


class Quizzed(_Act, frozen=True, kw_only=True, tag="quizzed"):
    """A module's quiz was taken at this keyboard."""

    module: str
    answers: tuple[QuizAnswer, ...]
    passed: bool


class PartySignature(_Value, frozen=True, kw_only=True):
    """One side's Ed25519 signature over the statement (see `secterm.desk.signing`)."""

    role: Literal["appointee", "officer", "witness"]
    name: str
    officer: str = ""  # officer id; empty for the appointee
    public_key: str  # 32 bytes, hex
    signature: str  # 64 bytes, hex


class SigningKey(_Value, frozen=True, kw_only=True):
    """The appointee's new key, wrapped under their signing secret."""

    kdf: str
    sealed: str  # hex


class Signed(_Act, frozen=True, kw_only=True, tag="signed"):
    """The undertaking was read and signed by both sides, and witnessed where asked."""

    text: str  # exactly as read
    text_sha256: str
    pack: PackRef
    on: str  # date
    statement: str  # the exact bytes signed, UTF-8
    signatures: tuple[PartySignature, ...]
    appointee_key: SigningKey


class SigningRefused(_Act, frozen=True, kw_only=True, tag="signing_refused"):
    """The appointee refused to sign the undertaking."""

    reason: str


class Acknowledged(_Act, frozen=True, kw_only=True, tag="acknowledged"):
    """The appointee acknowledged one rule, by its text."""

    rule: str
    text_sha256: str
    pack: PackRef


class RuleRefused(_Act, frozen=True, kw_only=True, tag="rule_refused"):
    """The appointee refused to acknowledge one rule."""

    rule: str
    reason: str


class Decided(_Act, frozen=True, kw_only=True, tag="decided"):
    """The officer's decision; for a core post it holds once it is `Seconded`."""

    decision: Decision
    reason: str
    conditions: str = ""


class Seconded(_Act, frozen=True, kw_only=True, tag="seconded"):
    """A second officer's word on the decision that stands at entry `decided`."""

    decided: int  # the number of the entry
    agrees: bool
    reason: str = ""  # owed unless agreeing


class Withdrawn(_Act, frozen=True, kw_only=True, tag="withdrawn"):
    """The appointee or the unit withdrew before a decision."""

    reason: str


class Reopened(_Act, frozen=True, kw_only=True, tag="reopened"):
    """A refused, withdrawn, lapsed or left dossier is taken up again."""

    reason: str


class Left(_Act, frozen=True, kw_only=True, tag="left"):
    """The appointee left the post on this date; cooling-off begins."""

    on: str  # date
    reason: str


class Noted(_Act, frozen=True, kw_only=True, tag="noted"):
    """An officer's own note, on a question or on the dossier; it changes nothing else."""

    text: str
    question: str = ""


class Volume(_Value, frozen=True, kw_only=True):
    """Which one it is of the archives into which one export was divided: `number` of `of`, in
    the set that this export made.
    """

    set: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$", max_length=32)]
    number: Annotated[int, msgspec.Meta(ge=1)]
    of: Annotated[int, msgspec.Meta(ge=2, le=MOST_VOLUMES)]

    def __post_init__(self) -> None:
        """Raises ValueError for one past the last."""
        if self.number > self.of:
            raise ValueError("a volume past the last")


class Archived(_Act, frozen=True, kw_only=True, tag="archived"):
    """The dossier went into an archive: its file's name, SHA-256 and recipients."""

    file: str
    sha256: str
    recipients: tuple[str, ...]
    extract: Literal["", "decision"] = ""  # how much of it went; empty: the whole
    volume: Volume | None = None  # none where the export is one file


class Printed(_Act, frozen=True, kw_only=True, tag="printed"):
    """A document of the dossier was put on paper, or into a folder to be: its PDF's SHA-256."""

    document: Document
    sha256: str
    to: Literal["printer", "folder"]


class Received(_Act, frozen=True, kw_only=True, tag="received"):
    """Entries of the dossier that were recorded in another vault came with an archive.

    `part` holds them as the archive had them (see `secterm.archive.parts`), proven under
    the checkpoint of that `size` and `root`; it is left out wherever an act is shown.
    """

    vault: str  # the other vault's id
    unit: str
    dossier: str  # the dossier's id there
    size: int
    root: str
    entries: int
    part: str = ""


QUIET: Final = (Archived, Printed, Noted, Received)  # what changes nothing that a gate looks at

Act: TypeAlias = (
    Opened
    | Corrected
    | Answered
    | Checked
    | Found
    | Reviewed
    | Trained
    | QuizAnswered
    | Quizzed
    | Signed
    | SigningRefused
    | Acknowledged
    | RuleRefused
    | Decided
    | Seconded
    | Withdrawn
    | Reopened
    | Left
    | Noted
    | Archived
    | Printed
    | Received
)

# -- of the vault itself --------------------------------------------------


class Created(_Act, frozen=True, kw_only=True, tag="created"):
    """The vault begins: whose it is and the public halves of its log keys."""

    unit: str
    log_ed25519: str
    log_mldsa44: str


class OfficerJoined(_Act, frozen=True, kw_only=True, tag="officer_joined"):
    """An officer has entries of their own, under this id, that a stranger can be shown."""

    officer: str  # 16 bytes, hex


class OfficerAdded(_Act, frozen=True, kw_only=True, tag="officer_added"):
    """An officer, their role and their keys; the first entry of the officer's own."""

    officer: str  # 16 bytes, hex
    name: str
    role: Role
    public_key: str  # Ed25519, 32 bytes, hex
    sealing_key: str  # ML-KEM-768 and X25519, 1216 bytes, hex
    slot: str  # digest of the officer's slot, 32 bytes, hex


class OfficerRenamed(_Act, frozen=True, kw_only=True, tag="officer_renamed"):
    """The officer has another name from now on, and with it another slot."""

    name: str
    slot: str


class RoleGiven(_Act, frozen=True, kw_only=True, tag="role_given"):
    """The officer has another role from now on; two persons where it was administrator."""

    role: Role
    reason: str
    proposed: int = 0  # the entry that this is the second person's word on


class SlotRenewed(_Act, frozen=True, kw_only=True, tag="slot_renewed"):
    """The officer's slot was made anew: another passphrase or key file, or a higher cost."""

    slot: str
    why: Literal["passphrase", "cost"]


class OfficerDisabled(_Act, frozen=True, kw_only=True, tag="officer_disabled"):
    """The officer is none any more and their slot is gone; two persons for an administrator."""

    reason: str
    proposed: int = 0  # the entry that this is the second person's word on


class Proposed(_Act, frozen=True, kw_only=True, tag="proposed"):
    """An administrator proposes what takes a second person, who signs it themselves."""

    what: Literal["disable", "erase"] | Role  # a role: the one to be given
    about: str  # an officer's or a dossier's id
    reason: str


class Erased(_Act, frozen=True, kw_only=True, tag="erased"):
    """A dossier's key was destroyed, and with it everything that it said."""

    dossier: str  # 16 bytes, hex
    entries: str  # digest of the numbers of its entries, 32 bytes, hex
    reason: str
    proposed: int


class Rekeyed(_Act, frozen=True, kw_only=True, tag="rekeyed"):
    """The vault has a new key; dossier keys and whatever else it sealed are sealed anew."""

    reason: str


class RecoveryMade(_Act, frozen=True, kw_only=True, tag="recovery_made"):
    """The vault can be recovered with so many of these shares; earlier ones are void."""

    recovery: str  # 16 bytes, hex: who signs when it is used
    public_key: str
    sealing_key: str
    slot: str
    needed: int
    shares: int


class Recovered(_Act, frozen=True, kw_only=True, tag="recovered"):
    """The vault was opened with recovery shares, and this administrator made."""

    officer: str


class PackAdopted(_Act, frozen=True, kw_only=True, tag="pack_adopted"):
    """A pack's files, so that old records can be read with what they rest on."""

    pack: PackRef
    files: dict[str, str]


class PackReceived(_Act, frozen=True, kw_only=True, tag="pack_received"):
    """A pack that dossiers of another vault rest on; none is opened here under it."""

    pack: PackRef
    files: dict[str, str]


class OriginJoined(_Act, frozen=True, kw_only=True, tag="origin_joined"):
    """Another vault from which dossiers are received; its id names a strand from now on."""

    vault: str
    unit: str
    log_ed25519: str
    log_mldsa44: str


class OriginKnown(_Act, frozen=True, kw_only=True, tag="origin_known"):
    """What an archive of that vault said of it: checkpoint, log keys, officers and shares.

    `part` holds these members as the archive had them (see `secterm.archive.parts`).
    """

    unit: str
    size: int
    root: str
    sha256: str  # of the archive's file
    part: str


class Kept(_Act, frozen=True, kw_only=True, tag="kept"):
    """A received history goes on otherwise than the dossier here, and is kept beside it."""

    dossier: str  # the one that was here
    apart: str  # the id under which the other history is kept
    vault: str  # whose archive brought it


class RecipientAdded(_Act, frozen=True, kw_only=True, tag="recipient_added"):
    """A public key is in the recipients' book from now on, under this name."""

    name: str
    key: str  # age1…, as age writes it
    source: Source


class RecipientRemoved(_Act, frozen=True, kw_only=True, tag="recipient_removed"):
    """A key is not in the recipients' book any more."""

    key: str
    reason: str


class Unlocked(_Act, frozen=True, kw_only=True, tag="unlocked"):
    """The vault was unlocked after this many failed attempts (recorded when there were any)."""

    failures: int


class ClockBehind(_Act, frozen=True, kw_only=True, tag="clock_behind"):
    """The officer went on although the clock stands before the last entry."""

    clock: str
    last: str


class MediumRef(_Value, frozen=True, kw_only=True):
    """What an archive was written to; `id` is the file system's own, where it has one."""

    kind: str
    label: str = ""
    id: str = ""


class Exported(_Act, frozen=True, kw_only=True, tag="exported"):
    """The receipt of an archive: the file, the checkpoint that it holds, and the medium."""

    file: str
    sha256: str
    size: int  # bytes
    before: int  # entries that the journal had
    root: str  # and its root, 32 bytes, hex
    dossiers: int
    recipients: tuple[str, ...]
    medium: MediumRef
    extract: str = ""  # `decision` where each dossier is in it with its decision alone
    volume: Volume | None = None  # none where the export is one file


class Witnessed(_Act, frozen=True, kw_only=True, tag="witnessed"):
    """The checkpoint of another vault's archive was seen here, and cosigned at this time."""

    origin: str  # `secterm/` and that vault's id
    log_keys: str  # SHA-256 of the archive's member `log-keys`, 32 bytes, hex
    size: int
    root: str  # 32 bytes, hex
    archive: str  # SHA-256 of the archive, 32 bytes, hex


class Cosigned(_Act, frozen=True, kw_only=True, tag="cosigned"):
    """A witness has seen this checkpoint of the journal: its cosignature was taken in."""

    witness: str  # what the officer calls whoever keeps that vault
    origin: str  # `secterm/` and the id of the witness's vault: the cosigner's name
    log_ed25519: str  # its log keys, as its own `Created` has them
    log_mldsa44: str
    size: int
    root: str  # 32 bytes, hex
    time: int  # seconds since 1970, by the witness's clock
    signature: str  # ML-DSA-44, 2420 bytes, hex


VaultAct: TypeAlias = (
    Created
    | OfficerJoined
    | OfficerAdded
    | OfficerRenamed
    | RoleGiven
    | SlotRenewed
    | OfficerDisabled
    | Proposed
    | Erased
    | Rekeyed
    | RecoveryMade
    | Recovered
    | PackAdopted
    | RecipientAdded
    | RecipientRemoved
    | Unlocked
    | ClockBehind
    | Exported
    | PackReceived
    | OriginJoined
    | OriginKnown
    | Kept
    | Witnessed
    | Cosigned
)


class _Entry(_Value, frozen=True, kw_only=True):
    at: str  # ISO 8601 with offset
    officer: str  # who signs it


class Entry(_Entry, frozen=True, kw_only=True):
    """A dossier's entry as it is sealed."""

    act: Act


class VaultEntry(_Entry, frozen=True, kw_only=True):
    """A vault-level entry as it is sealed."""

    act: VaultAct


class Origin(_Value, frozen=True, kw_only=True):
    """The other vault in which an entry was recorded, its unit, and the dossier's id there."""

    vault: str
    unit: str
    dossier: str


class Numbered(_Value, frozen=True, kw_only=True):
    """A dossier's entry with its number in the journal that it was recorded in: this vault's,
    or that of its origin.
    """

    number: int
    entry: Entry
    origin: Origin | None = None

    @property
    def stands(self) -> tuple[str, int]:
        """Whose journal it stands in (a vault's id; empty: this one's), and where."""
        return self.origin.vault if self.origin else "", self.number


def encode(entry: Entry | VaultEntry) -> bytes:
    """An entry's JSON, UTF-8, keys in the order of the type."""
    return msgspec.json.encode(entry)


E = TypeVar("E", Entry, VaultEntry)

_entry = msgspec.json.Decoder(Entry)
_vault_entry = msgspec.json.Decoder(VaultEntry)


def decode(data: bytes) -> Entry:
    """A dossier's entry. Raises `msgspec.ValidationError` for anything else."""
    return _decoded(_entry, data)


def decode_vault(data: bytes) -> VaultEntry:
    """A vault-level entry. Raises `msgspec.ValidationError` for anything else."""
    return _decoded(_vault_entry, data)


def _decoded(decoder: msgspec.json.Decoder[E], data: bytes) -> E:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise msgspec.ValidationError("not an entry") from None
