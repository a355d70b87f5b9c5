"""A terminal and a registry that is its witness, each with a vault of its own."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from secterm.archive.cosignature import Cosigned
from secterm.archive.inspect import inspection, walked
from secterm.desk.broken import HistoryBroken
from secterm.desk.desk import Desk
from secterm.desk.witnessing import read_cosignature
from secterm.dossier.entries import Noted
from secterm.vault.note import (
    Checkpoint,
    Ed25519Verifier,
    MLDSA44Cosigner,
    Note,
    cosign_mldsa44,
    sign_ed25519,
)
from secterm.vault.vault import Vault
from tests.support import archives
from tests.support.house import OFFICER


@dataclass(frozen=True)
class Pair:
    """The two vaults, in a folder that takes what goes between them."""

    folder: Path

    @classmethod
    def build(cls, folder: Path) -> "Pair":
        """Two vaults; the terminal's has one dossier."""
        for name, lives in (("terminal", (("opened", "general"),)), ("registry", ())):
            (folder / name).mkdir()
            archives.build(folder / name, *lives)
        archives.identity_file(folder)
        return cls(folder)

    def copied(self, folder: Path) -> "Pair":
        """Vaults of a test's own."""
        for name in ("terminal", "registry"):
            (folder / name).mkdir()
            shutil.copy(self.folder / name / "vault.db", folder / name)
        archives.identity_file(folder)
        return Pair(folder)

    @property
    def terminal(self) -> Path:
        return self.folder / "terminal/vault.db"

    @property
    def registry(self) -> Path:
        return self.folder / "registry/vault.db"

    def at(self, vault, act):
        """What comes of an act at this vault's desk."""
        desk = Desk.open(vault, *OFFICER)
        try:
            return act(desk)
        finally:
            desk.close()

    def fingerprint(self, vault) -> str:
        return self.at(vault, lambda desk: desk.log_fingerprint())

    def recorded(self, vault) -> int:
        """How many entries there are."""
        return self.at(vault, lambda desk: int(desk.checkpoint_line().partition(":")[0]))

    def noted(self, text="Something came to pass.") -> None:
        """One more entry at the terminal."""
        self.at(self.terminal, lambda d: d.act(d.cards()[0].id, Noted(text=text)))

    def exported(self, **how) -> Path:
        """An archive of the terminal's vault."""
        return archives.exported(self.terminal, self.folder, **how)

    def witness(self, file, fingerprint=None) -> Path:
        """The cosignature on an archive; as if its fingerprint had been told, unless another is."""
        walk = walked(file, identity=self.folder / "identity.txt")
        told = walk.own if fingerprint is None else fingerprint
        digest = inspection(walk, file).sha256
        return self.at(self.registry, lambda d: d.witness(walk, digest, self.folder, told))

    def take_in(self, file, name="Registry", fingerprint=None):
        """Takes a cosignature in at the terminal, likewise."""
        given = read_cosignature(file)
        told = given.fingerprint if fingerprint is None else fingerprint
        return self.at(self.terminal, lambda d: d.take_in(given, name, told))

    def seen(self) -> Path:
        """An archive that was witnessed, and its cosignature taken in."""
        file = self.exported()
        self.take_in(self.witness(file))
        return file

    def refused(self, act, *arguments) -> HistoryBroken:
        """How a history that broke was told; nothing was recorded in either vault."""
        before = [self.recorded(vault) for vault in (self.terminal, self.registry)]
        try:
            act(*arguments)
        except HistoryBroken as broken:
            after = [self.recorded(vault) for vault in (self.terminal, self.registry)]
            assert before == after
            return broken
        raise AssertionError("it was not refused")


def cosigned(vault: Vault, folder: Path, point: Checkpoint | None = None, at: int = 0) -> Path:
    """A cosignature of a witness who is new each time, on this vault's checkpoint or another."""
    point, name = point or vault.checkpoint(), f"secterm/{'ab' * 16}"
    short, long = vault.log_keys()
    first, second = Ed25519PrivateKey.generate(), MLDSA44PrivateKey.generate()
    note = Note(
        point.text(),
        (
            sign_ed25519(point.text(), point.origin, short),
            cosign_mldsa44(point, point.origin, long, at),
            cosign_mldsa44(point, name, second, at),
        ),
    )
    keys = (
        Ed25519Verifier(name, first.public_key().public_bytes_raw()),
        MLDSA44Cosigner(name, second.public_key().public_bytes_raw()),
    )
    path = folder / f"secterm-{point.size}-{point.root.hex()[:8]}.cosignature"
    path.write_bytes(Cosigned(*keys, note).format())
    return path
