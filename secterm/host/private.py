"""Whether a vault's file and its folder are their owner's alone. Mended where they are ours,
told where somebody else may get in; nobody's own folder is changed.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from secterm.words import _

GROUP, OTHERS = 0o070, 0o007
ENTER: Final = 0o011  # the bits by which somebody else passes through a folder


def usual_vault() -> Path:
    """Where the vault is when nobody says."""
    import platformdirs

    return platformdirs.user_data_path("secterm") / "vault.db"


def kept(vault: Path) -> tuple[str, ...]:
    """What is to be said of a vault's place once it was looked at, and mended; mostly nothing.

    The file comes to be readable by its owner alone, and so does the folder where it is the
    usual one. Of any other folder it is said that others may enter it. Never raises.
    """
    vault = Path(os.path.realpath(vault))
    return tuple(said for said in (_of_folder(vault.parent), _of_file(vault)) if said)


def _of_folder(folder: Path) -> str:
    if not _open(folder):
        return ""
    if folder == Path(os.path.realpath(usual_vault().parent)):
        if _closed(folder, 0o700):
            return _(
                "The vault's folder could be entered by other users; that was mended (0700): "
                "{folder}."
            ).format(folder=folder)
    elif not all(_open(parent, ENTER) for parent in folder.parents):
        return ""  # nobody else gets as far as this
    return _(
        "Other users of this machine can enter the vault's folder: {folder}. Keep the vault in "
        "one of its own (chmod 700)."
    ).format(folder=folder)


def _of_file(vault: Path) -> str:
    if not _open(vault):
        return ""
    if _closed(vault, 0o600):
        return _("Other users had rights to the vault's file; that was mended (0600).")
    return _(
        "Other users have rights to the vault's file, and that cannot be mended here. On a stick "
        "they come with its mounting (umask=077)."
    )


def _open(path: Path, bits: int = GROUP | OTHERS) -> bool:
    """Whether one of these bits is set for somebody else than its owner."""
    try:
        found = path.stat()
    except OSError:
        return False
    given = stat.S_IMODE(found.st_mode) & bits
    return bool(given & OTHERS or (given & GROUP and not _own_group(found)))


def _own_group(found: os.stat_result) -> bool:
    """Whether its group is its owner's own, as many systems make one for each user."""
    import grp
    import pwd

    try:
        owner, group = pwd.getpwuid(found.st_uid), grp.getgrgid(found.st_gid)
    except KeyError:
        return False
    return group.gr_name == owner.pw_name and set(group.gr_mem) <= {owner.pw_name}


def _closed(path: Path, mode: int) -> bool:
    """Makes it its owner's alone; whether it is then."""
    try:
        path.chmod(mode)
        return stat.S_IMODE(path.stat().st_mode) == mode
    except OSError:
        return False
