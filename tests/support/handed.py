"""Archives on their way from vault to vault: who takes them in, and whether anything came of it."""

import contextlib
import json
import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from secterm.archive.parts import packed, unpacked
from secterm.desk.desk import Desk
from secterm.desk.restoring import look
from secterm.dossier import entries as acts
from secterm.dossier.entries import Entry, VaultEntry
from secterm.vault.records import ID_SIZE
from secterm.vault.vault import Vault
from tests.support import archives
from tests.support.house import OFFICER


@contextlib.contextmanager
def at(vault, who=OFFICER):
    """The desk of an officer."""
    desk = Desk.open(vault, *who)
    try:
        yield desk
    finally:
        desk.close()


def built(folder, *lives):
    """A vault in a folder that is made for it."""
    folder.mkdir()
    return archives.build(folder, *lives)


def copied(vault, folder, name="copy.db"):
    """A vault of the test's own."""
    return Path(shutil.copy(vault, folder / name))


def taken(vault, file, fingerprint=None, who=OFFICER):
    """Takes an archive in as an officer does who was told the fingerprint; what came of it."""
    with at(vault, who) as desk:
        return taken_by(desk, file, fingerprint)


def taken_by(desk, file, fingerprint=None):
    """The same by somebody at the desk."""
    archive = look(file, identity=archives.identity_file(file.parent))
    return desk.restore(archive, archive.walk.own if fingerprint is None else fingerprint)


def exported(vault, folder, **more):
    """An archive of a vault, in a folder that is made for it."""
    folder.mkdir()
    return archives.exported(vault, folder, **more)


def holds(vault):
    """The vault verifies."""
    with at(vault) as desk:
        report = desk.verify()
        assert report.holds, report.faults


def faults(vault):
    """What a verification says is wrong."""
    with at(vault) as desk:
        return "\n".join(desk.verify().faults)


def rows(vault):
    """All that is in a vault: an unlock counts its attempt and takes it back."""
    with contextlib.closing(sqlite3.connect(f"{vault.as_uri()}?mode=ro", uri=True)) as database:
        return list(database.iterdump())


def impostor(folder, *lives, vault="", officer=""):
    """A vault with the id of another one, or with an officer who has somebody else's."""
    given, genuine = [vault, officer], os.urandom

    def urandom(size):
        chosen = given.pop(0) if size == ID_SIZE and given else ""
        return bytes.fromhex(chosen) or genuine(size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", urandom)
        return built(folder, *lives)


class Insider:
    """An administrator of a vault who records there whatever they like, and hands it on."""

    def __init__(self, vault, archive):
        self.vault = Vault.open(vault, *OFFICER)
        self.file = archives.opened(archive)  # an archive of this vault
        self.signer = self.vault.signer

    def close(self):
        self.vault.close()

    def acts(self, kind):
        """The acts of this kind that the archive has, that which holds most first."""
        names = self.file.names("dossiers/", ".json") + self.file.names("origins/", ".json")
        told = [json.loads(self.file[name])["act"] for name in names if "/entries/" in name]
        found = [
            msgspec.convert(one, acts.Act | acts.VaultAct) for one in told if one["act"] == kind
        ]
        return sorted(found, key=lambda act: len(act.part), reverse=True)

    def entry(self, act):
        """It as an entry of today."""
        made = Entry if isinstance(act, acts.Act) else VaultEntry
        at = datetime.fromtimestamp(self.vault.head.mark, UTC).isoformat()
        return acts.encode(made(at=at, officer=self.signer.officer.hex(), act=act))

    def records(self, *told, id=b"", new=True):
        """Entries on a strand, which is new; its id."""
        id = id or os.urandom(ID_SIZE)
        with self.vault.transaction() as work:
            if new:
                work.create_dossier(id)
            for act in told:
                work.append(id, act if isinstance(act, bytes) else self.entry(act))
        return id

    def hands_on(self, folder, dossier, *origins):
        """An archive of this dossier, with the strands that tell of these vaults (ids)."""
        kinds = {name.split("/")[1]: "officers" for name in self.file.names("officers/")}
        kinds |= {id.hex(): "origins" for id in origins}
        strands = {f"{kind}/{id}": bytes.fromhex(id) for id, kind in kinds.items()}
        at = datetime.fromtimestamp(self.vault.head.mark, UTC)
        made = archives.pieced(
            self.file, self.vault, {**strands, f"dossiers/{dossier.hex()}": dossier}, at
        )
        return made.packed(folder)


def repacked(act, change):
    """A received part with other members: `change` gets them by name and gives them back."""
    return msgspec.structs.replace(act, part=packed(change(unpacked(act.part)).items()))
