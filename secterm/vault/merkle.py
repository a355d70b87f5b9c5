"""The journal's Merkle tree (RFC 6962 section 2.1, SHA-256) over tiles of 256
hashes (C2SP tlog-tiles): roots, proofs, and their verification as in RFC 9162.
It knows hashes only. It must never accept a proof because it is odd: a malformed
proof is a proof that does not verify.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from secterm.vault.errors import VaultDamaged

HASH_SIZE: Final = 32  # bytes
TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT  # hashes
TILE_SIZE: Final = TILE_WIDTH * HASH_SIZE  # bytes
EMPTY_ROOT: Final = sha256(b"").digest()

TILES_KEPT: Final = 16
PYRAMIDS_KEPT: Final = 256  # 10 MB
SUBTREES_KEPT: Final = 4096

ReadTile = Callable[[int, int], bytes]
ReadLeaves = Callable[[int, int], list[bytes]]


def leaf_hash(entry: bytes) -> bytes:
    """The 32-byte hash of an entry of any size: SHA-256(0x00 || entry), RFC 6962 2.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of two 32-byte children: SHA-256(0x01 || left || right), RFC 6962 2.1."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Edge:
    """A tree's right edge: the roots (32 bytes each) of the perfect subtrees into which
    `size` leaves decompose, largest first. All that is needed to append.

    Raises ValueError when there is not one hash for each one bit of `size`.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError("an edge has one hash for each one bit of its size")
        if any(len(each) != HASH_SIZE for each in self.hashes):
            raise ValueError("a hash has 32 bytes")

    def append(self, leaf: bytes) -> Edge:
        """The edge with one more leaf, given its 32-byte leaf hash."""
        hashes, size = list(self.hashes), self.size
        while size & 1:
            leaf = node_hash(hashes.pop(), leaf)
            size >>= 1
        return Edge(self.size + 1, (*hashes, leaf))

    def root(self) -> bytes:
        """The 32-byte Merkle Tree Hash; `EMPTY_ROOT` for no leaves."""
        return _joined(self.hashes)


class Tree:
    """A tree of `size` leaves, read from stored tiles.

    `read_tile(level, index)` gives a full tile, 8192 bytes. `read_leaves(start, end)`
    gives the 32-byte leaf hashes of [start, end) and is only asked within the last
    256 leaves, those that no full tile holds yet. Partial tiles above level 0 are not
    stored: their hashes are the roots of the full tiles below them.

    A proof reads O(log n) tiles, and at most 255 more at each level for a partial tile; one
    at an earlier size is made of the same tiles, and costs no more than one at the latest.
    What was read is kept, as tiles never change; a tree that has grown is another `Tree`.
    Raises VaultDamaged when a callback gives another number of bytes or leaves.
    """

    def __init__(self, read_tile: ReadTile, read_leaves: ReadLeaves, size: int) -> None:
        if size < 0:
            raise ValueError("a tree has no negative size")
        self.size = size
        self._read_leaves = read_leaves
        self._tile = lru_cache(TILES_KEPT)(_checked(read_tile))
        self._tile_root = lru_cache(SUBTREES_KEPT)(self._read_tile_root)
        self._pyramid = lru_cache(PYRAMIDS_KEPT)(self._read_pyramid)
        self._perfect = lru_cache(SUBTREES_KEPT)(self._read_perfect)
        self._above = lru_cache(SUBTREES_KEPT)(self._read_above)

    def root_at(self, size: int) -> bytes:
        """The 32-byte root of the first `size` leaves, 0 to `self.size`.

        Raises ValueError outside that range.
        """
        if not 0 <= size <= self.size:
            raise ValueError("the tree was never that size, as far as it is known")
        return self._mth(0, size)

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """The audit path of leaf `index` in the first `size` leaves: PATH, RFC 6962 2.1.1.

        At most 64 hashes of 32 bytes, the leaf's sibling first.
        Raises ValueError unless 0 <= index < size <= `self.size`.
        """
        if not 0 <= index < size <= self.size:
            raise ValueError("no such leaf in a tree of that size")
        first = index - index % TILE_WIDTH
        last = first + TILE_WIDTH
        # Above the tree's last tile all is to its left, whichever part of it is there.
        return self._within(index, first, min(last, size)) + self._above(
            first, size if last <= size else first + 1
        )

    def leaf(self, index: int) -> bytes:
        """The 32-byte hash of leaf `index`, 0 to `self.size` - 1, as its tile has it: the one
        that every proof of this tree is made for.
        """
        tile, place = divmod(index, TILE_WIDTH)
        return self._pyramid(0, tile)[0][place]

    def _within(self, index: int, start: int, end: int) -> list[bytes]:
        """The audit path of leaf `index` in its tile, as far as the leaves [start, end) go."""
        pyramid, place = self._pyramid(0, start // TILE_WIDTH), index - start
        if end - start == TILE_WIDTH:
            return [pyramid[height][(place >> height) ^ 1] for height in range(TILE_HEIGHT)]
        return self._path(index, start, end, 1)

    def _read_above(self, first: int, size: int) -> list[bytes]:
        """The rest of every such path: from the tile that begins with leaf `first` upwards."""
        return self._path(first, 0, size, TILE_WIDTH)

    def _path(self, index: int, start: int, end: int, least: int) -> list[bytes]:
        """The audit path of leaf `index` in [start, end), from the subtree with `least` leaves
        upwards.
        """
        path = []
        while end - start > least:
            height = (end - start - 1).bit_length() - 1
            middle = start + (1 << height)
            if index < middle:
                path.append(self._mth(middle, end))
                end = middle
            else:
                path.append(self._perfect(start, height))
                start = middle
        return path[::-1]

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """That the first `new` leaves begin with the first `old`: PROOF, RFC 6962 2.1.2.

        Empty for `old` 0 (C2SP tlog-witness) and for `old` = `new`.
        Raises ValueError unless 0 <= old <= new <= `self.size`.
        """
        if not 0 <= old <= new <= self.size:
            raise ValueError("no such two sizes of this tree")
        if old in (0, new):
            return []
        return self._subproof(old, 0, new, True)

    def _subproof(self, m: int, start: int, end: int, b: bool) -> list[bytes]:
        """SUBPROOF(m, D[start:end], b), `m` counted from `start`."""
        n = end - start
        if m == n:
            return [] if b else [self._mth(start, end)]
        k = _split(n)
        if m <= k:
            return [*self._subproof(m, start, start + k, b), self._mth(start + k, end)]
        return [*self._subproof(m - k, start + k, end, False), self._mth(start, start + k)]

    def _mth(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]), `start` a multiple of the largest power of two in the range."""
        count = end - start
        if not count & (count - 1) and count:
            return self._perfect(start, count.bit_length() - 1)
        roots = []
        while start < end:
            height = (end - start).bit_length() - 1
            roots.append(self._perfect(start, height))
            start += 1 << height
        return _joined(roots)

    def _read_perfect(self, start: int, height: int) -> bytes:
        """MTH(D[start:start + 2**height]), out of one tile."""
        level, above = divmod(height, TILE_HEIGHT)
        first = start >> (level * TILE_HEIGHT)
        index, place = divmod(first, TILE_WIDTH)
        if level == 0 or index < full_tiles(level, self.size):
            return self._pyramid(level, index)[above][place >> above]
        last = first + (1 << above)
        return _reduced([self._tile_root(level - 1, each) for each in range(first, last)])

    def _read_pyramid(self, level: int, index: int) -> list[list[bytes]]:
        """The hashes of a tile, and of each height above them as far as it is full."""
        if index < full_tiles(level, self.size):
            hashes = _cut(self._tile(level, index))
        else:
            hashes = _leaves(self._read_leaves, index * TILE_WIDTH, self.size)
        pyramid = [hashes]
        while len(hashes) > 1:
            hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=False)]
            pyramid.append(hashes)
        return pyramid

    def _read_tile_root(self, level: int, index: int) -> bytes:
        return _reduced(_cut(self._tile(level, index)))


def new_full_tiles(
    old: int, new: int, read_tile: ReadTile, read_leaves: ReadLeaves
) -> Iterator[tuple[int, int, bytes]]:
    """The tiles that are full at `new` leaves and were not at `old`: (level, index, 8192 bytes).

    Lower levels come first, indexes ascend. `read_tile` is asked for tiles that were
    full at `old` and never for one yielded here; `read_leaves` for leaf hashes from the
    start of `old`'s partial tile on. Raises ValueError unless 0 <= old <= new, and
    VaultDamaged as `Tree` does.
    """
    if not 0 <= old <= new:
        raise ValueError("a tree does not shrink")
    checked = _checked(read_tile)
    fresh: dict[int, bytes] = {}
    level = 0
    while new >= TILE_WIDTH ** (level + 1):
        roots: dict[int, bytes] = {}
        for index in range(full_tiles(level, old), full_tiles(level, new)):
            first, last = index * TILE_WIDTH, (index + 1) * TILE_WIDTH
            if level == 0:
                hashes = _leaves(read_leaves, first, last)
            else:
                hashes = [
                    fresh[each] if each in fresh else _reduced(_cut(checked(level - 1, each)))
                    for each in range(first, last)
                ]
            roots[index] = _reduced(hashes)
            yield level, index, b"".join(hashes)
        fresh = roots
        level += 1


class Growing:
    """The edge, and the tiles that fill, while leaves come one by one. Holds one unfinished
    tile a level, and of it the roots of its perfect subtrees; each node is hashed once.
    """

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[tuple[list[bytes], list[bytes]]] = [([], [])]  # hashes, roots

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """The tiles that this 32-byte leaf hash fills: (level, index, 8192 bytes), lowest first."""
        self.size += 1
        hashes, roots = self._levels[0]
        _take(hashes, roots, leaf)
        return self._filled() if len(hashes) == TILE_WIDTH else []

    def edge(self) -> Edge:
        """The edge that the leaves so far make."""
        roots = [root for _, roots in reversed(self._levels) for root in roots]
        return Edge(self.size, tuple(roots))

    def _filled(self) -> list[tuple[int, int, bytes]]:
        filled, level = [], 0
        while len(self._levels[level][0]) == TILE_WIDTH:
            hashes, (root,) = self._levels[level]
            filled.append((level, full_tiles(level, self.size) - 1, b"".join(hashes)))
            self._levels[level] = ([], [])
            level += 1
            if level == len(self._levels):
                self._levels.append(([], []))
            _take(*self._levels[level], root)
        return filled


def _take(hashes: list[bytes], roots: list[bytes], node: bytes) -> None:
    """One more node of a tile: to its hashes, and into the roots of its perfect subtrees."""
    place = len(hashes)
    hashes.append(node)
    while place & 1:
        node = sha256(b"\x01" + roots.pop() + node).digest()
        place >>= 1
    roots.append(node)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether `proof` shows the 32-byte leaf hash at `index` under the root of `size` leaves.

    RFC 9162 section 2.1.3.2. Any malformed argument makes it False; it never raises.
    """
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    fn, sn = index, size - 1
    r = leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the tree of `new_size` begins with that of `old_size`.

    RFC 9162 section 2.1.4.2; equal sizes want equal roots and an empty proof, and
    everything begins with the empty tree, by an empty proof. Any malformed argument
    makes it False; it never raises.
    """
    if not 0 <= old_size <= new_size or not _are_hashes(old_root, new_root, *proof):
        return False
    if new_size == 0 and new_root != EMPTY_ROOT:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if not proof:
        return False
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


def _split(n: int) -> int:
    """The largest power of two smaller than `n` (RFC 6962 2.1)."""
    return 1 << ((n - 1).bit_length() - 1)


def _joined(roots: Sequence[bytes]) -> bytes:
    """The root over the roots of perfect subtrees, largest first."""
    if not roots:
        return EMPTY_ROOT
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = node_hash(left, root)
    return root


def _reduced(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def full_tiles(level: int, size: int) -> int:
    """How many tiles of a level are full at `size` leaves."""
    return size >> ((level + 1) * TILE_HEIGHT)


def _cut(tile: bytes) -> list[bytes]:
    """The 256 hashes of a full tile."""
    return [tile[at : at + HASH_SIZE] for at in range(0, TILE_SIZE, HASH_SIZE)]


def _checked(read_tile: ReadTile) -> ReadTile:
    """`read_tile` that raises VaultDamaged for anything but 8192 bytes."""

    def read(level: int, index: int) -> bytes:
        tile = read_tile(level, index)
        if len(tile) != TILE_SIZE:
            raise VaultDamaged(f"tile {level}/{index}", f"{len(tile)} bytes, not {TILE_SIZE}")
        return tile

    return read


def _leaves(read_leaves: ReadLeaves, start: int, end: int) -> list[bytes]:
    """The leaf hashes [start, end). Raises VaultDamaged when they are not that."""
    leaves = read_leaves(start, end)
    if len(leaves) != end - start or not _are_hashes(*leaves):
        raise VaultDamaged(f"leaves {start} to {end}", "not that many hashes of 32 bytes")
    return leaves


def _are_hashes(*hashes: bytes) -> bool:
    """Whether each is 32 bytes, as one that came out of a file may not be."""
    return {*map(type, hashes)} <= {bytes} and {*map(len, hashes)} <= {HASH_SIZE}
