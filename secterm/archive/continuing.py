"""`consistency.json`: that an archive's checkpoint continues earlier ones of the same
journal (RFC 9162), so that whoever saw those can tell without the vault.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Final

from secterm.archive.members import CONSISTENCY, ContinuedLine, decoded
from secterm.vault.errors import VaultDamaged
from secterm.vault.merkle import verify_consistency
from secterm.vault.note import LONGEST_PATH, Checkpoint
from secterm.vault.vault import Vault

MOST: Final = 1000  # checkpoints in one archive
LARGEST: Final = 8 << 20  # bytes; `MOST` of them have less
WEIGHT: Final = 2500  # bytes of one, with a proof for a journal of a billion entries

_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def proven(
    vault: Vault, earlier: Sequence[tuple[int, bytes]], point: Checkpoint
) -> list[ContinuedLine]:
    """Of each of these checkpoints (size and root, ascending) that `point` continues it.

    Raises `VaultDamaged` where it does not: then one was on record that never was here.
    """
    tree, lines = vault.tree(), []
    for size, root in earlier:
        if not 0 < size < point.size or tree.root_at(size) != root:
            raise VaultDamaged("the vault's own entries", "they name a checkpoint of another past")
        proof = tree.consistency_proof(size, point.size)
        lines.append(
            ContinuedLine(size=size, root=root.hex(), proof=[each.hex() for each in proof])
        )
    return lines


def continued(top: Mapping[str, bytes], point: Checkpoint, faults: list[str]) -> dict[int, bytes]:
    """The roots that `point` was proven to continue, by their sizes; adds to `faults`."""
    data = top.get(CONSISTENCY, b"")
    try:
        lines = decoded(data, list[ContinuedLine]) if len(data) <= LARGEST else None
    except ValueError:
        lines = None
    if lines is None or len(lines) > MOST:
        faults.append(f"{CONSISTENCY}: is missing or not of this format")
        return {}
    if any(one.size >= other.size for one, other in itertools.pairwise(lines)):
        faults.append(f"{CONSISTENCY}: is not in ascending order")
    found: dict[int, bytes] = {}
    for line in lines:
        if _holds(line, point):
            found[line.size] = bytes.fromhex(line.root)
        else:
            faults.append(f"{CONSISTENCY}: the proof from {line.size} entries does not hold")
    return found


def _holds(line: ContinuedLine, point: Checkpoint) -> bool:
    if not 0 < line.size < point.size or len(line.proof) > LONGEST_PATH:
        return False
    if not all(_HASH.fullmatch(each) for each in (line.root, *line.proof)):
        return False
    proof = [bytes.fromhex(each) for each in line.proof]
    return verify_consistency(line.size, point.size, bytes.fromhex(line.root), point.root, proof)
