"""What a verification looks at beside the entries: that the keys in use are the keys
on record, the slots that are there those that the entries tell of, and the checkpoints
that receipts and cosignatures name this journal's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from secterm.desk.registry import Registry
from secterm.vault.errors import VaultError
from secterm.vault.vault import Vault
from secterm.vault.verify import Fault


def own_faults(vault: Vault, registry: Registry) -> Iterator[Fault]:
    """Every fault of the receipts, the cosignatures, the log keys and the slots."""
    own = vault.id.hex()
    yield from _receipts(vault, registry, own)
    yield from _origins(registry)
    yield from _cosignatures(vault, registry, own)
    try:
        ed25519, mldsa = vault.log_keys()
        there = Counter(vault.slot_digests())
    except (VaultError, ValueError):
        return  # the walk over what stands outside names it
    public = (ed25519.public_key(), mldsa.public_key())
    if tuple(k.public_bytes_raw().hex() for k in public) != (
        registry.log_ed25519,
        registry.log_mldsa44,
    ):
        yield Fault("vault.log_keys", "are not those that the vault began with", own)
    known = Counter(digest for digest, _key in registry.holders())
    for digest in sorted((there - known).elements()):
        yield Fault("slot", f"one is there that no entry tells of ({digest[:16]})", own)
    for digest in sorted((known - there).elements()):
        yield Fault("slot", f"one that the entries tell of is missing ({digest[:16]})", own)


def _origins(registry: Registry) -> Iterator[Fault]:
    """What archives said of other vaults: proven, and always by the same log keys."""
    known_ids = {id: "" for id in registry.officers}
    for id, known in registry.origins.items():
        joined = registry.joined[id]
        if not known.said:
            yield Fault(f"origin {id}", "joined, and nothing is known of it", id)
        for size in known.said:
            context = known.context(size)
            for wrong in known.faults(size):
                yield Fault(f"origin {id}", wrong, id)
            if context and context.log_keys != (joined.log_ed25519, joined.log_mldsa44):
                yield Fault(f"origin {id}", "has other log keys than when it joined", id)
        for officer in known.names():
            if known_ids.setdefault(officer, id) != id:
                yield Fault(f"origin {id}", "has an officer of the same id as another's", id)


def _receipts(vault: Vault, registry: Registry, own: str) -> Iterator[Fault]:
    named = ((r.number, r.told.before, r.told.root) for r in registry.receipts)
    yield from _never_here(vault, named, own)


def _cosignatures(vault: Vault, registry: Registry, own: str) -> Iterator[Fault]:
    taken_in = registry.witnesses.taken_in
    yield from _never_here(vault, ((c.number, c.told.size, c.told.root) for c in taken_in), own)
    for each in taken_in:
        if not each.holds(vault.origin):
            yield Fault(f"entry #{each.number}", "has a cosignature that does not hold", own)


def _never_here(vault: Vault, named: Iterable[tuple[int, int, str]], own: str) -> Iterator[Fault]:
    """Of entries, and the size and root that each names: those that this journal never had."""
    tree = vault.tree()
    for number, size, root in named:
        try:
            known = 0 <= size <= number and tree.root_at(size).hex() == root
        except (VaultError, ValueError):
            return  # the walk over the journal names it
        if not known:
            yield Fault(f"entry #{number}", "names a checkpoint that never was here", own)
