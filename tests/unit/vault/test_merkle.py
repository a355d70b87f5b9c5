"""secterm.vault.merkle against RFC 6962, its published vectors, and a naive reference."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secterm.vault.errors import VaultDamaged
from secterm.vault.merkle import (
    EMPTY_ROOT,
    TILE_SIZE,
    Edge,
    Tree,
    leaf_hash,
    new_full_tiles,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# The certificate-transparency reference implementation's test data.
ENTRIES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(each)
    for each in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
N01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N03 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
L0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
L1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
L4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
INCLUSIONS = [
    (0, 1, []),
    (0, 8, [L1, N23, N47]),
    (5, 8, [L4, N67, N03]),
    (2, 3, [N01]),
    (1, 5, [L0, N23, L4]),
]
CONSISTENCIES = [
    (1, 1, []),
    (1, 8, [L1, N23, N47]),
    (6, 8, [N45, N67, N03]),
    (2, 5, [N23, L4]),
]

SEVERAL = 300
MANY = 70_300


class Store:
    """Leaves in memory and the full tiles over them; counts what is read."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.tiles_read = 0
        self.leaves_read = 0
        self.size = 0
        self.grow(len(leaves))

    def grow(self, size: int) -> list[tuple[int, int]]:
        """Stores what is full at `size` leaves; gives the new tiles' places."""
        new = []
        for level, index, tile in new_full_tiles(self.size, size, self.read_tile, self.read_leaves):
            new.append((level, index))
            self.tiles[level, index] = tile
        self.size = size
        self.tiles_read = self.leaves_read = 0
        return new

    def read_tile(self, level: int, index: int) -> bytes:
        self.tiles_read += 1
        return self.tiles[level, index]

    def read_leaves(self, start: int, end: int) -> list[bytes]:
        self.leaves_read += end - start
        return self.leaves[start:end]

    def tree(self, size: int | None = None) -> Tree:
        return Tree(self.read_tile, self.read_leaves, self.size if size is None else size)


def leaves_of(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % each) for each in range(count)]


def edge_of(leaves: list[bytes]) -> Edge:
    edge = Edge()
    for leaf in leaves:
        edge = edge.append(leaf)
    return edge


SOME_LEAVES = leaves_of(SEVERAL)


@cache
def mth(start: int, end: int) -> bytes:
    """RFC 6962 2.1, as it stands there, over SOME_LEAVES."""
    if end - start == 0:
        return sha256().digest()
    if end - start == 1:
        return SOME_LEAVES[start]
    k = split(end - start)
    return node_hash(mth(start, start + k), mth(start + k, end))


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def path(m: int, start: int, end: int) -> tuple[bytes, ...]:
    if end - start == 1:
        return ()
    k = split(end - start)
    if m < k:
        return (*path(m, start, start + k), mth(start + k, end))
    return (*path(m - k, start + k, end), mth(start, start + k))


@cache
def subproof(m: int, start: int, end: int, b: bool) -> tuple[bytes, ...]:
    n = end - start
    if m == n:
        return () if b else (mth(start, end),)
    k = split(n)
    if m <= k:
        return (*subproof(m, start, start + k, b), mth(start + k, end))
    return (*subproof(m - k, start + k, end, False), mth(start, start + k))


@pytest.fixture(scope="module")
def many() -> Store:
    return Store(leaves_of(MANY))


@pytest.fixture(scope="module")
def known() -> Tree:
    return Store([leaf_hash(each) for each in ENTRIES]).tree()


def test_a_leaf_and_a_node_hash_as_published() -> None:
    assert leaf_hash(b"").hex() == L0
    assert (
        leaf_hash(bytes.fromhex("101112131415161718191a1b1c1d1e1f")).hex()
        == "3bfb960453ebaebf33727da7a1f4db38acc051d381b6da20d6d4e88f0eabfd7a"
    )
    assert (
        node_hash(bytes(range(0x20)), bytes(range(0x20, 0x40))).hex()
        == "1a378704c17da31e2d05b6d121c2bb2c7d76f6ee6fa8f983e596c2d034963c57"
    )


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert ROOTS[0] == EMPTY_ROOT == Edge().root() == Store([]).tree().root_at(0)


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(known: Tree, size: int) -> None:
    assert known.root_at(size) == ROOTS[size]
    assert edge_of([leaf_hash(each) for each in ENTRIES[:size]]).root() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "expected"), INCLUSIONS)
def test_the_published_audit_paths_come_out_and_verify(
    known: Tree, index: int, size: int, expected: list[str]
) -> None:
    proof = known.inclusion_proof(index, size)
    assert [each.hex() for each in proof] == expected
    assert verify_inclusion(leaf_hash(ENTRIES[index]), index, size, proof, ROOTS[size])


@pytest.mark.parametrize(("old", "new", "expected"), CONSISTENCIES)
def test_the_published_consistency_proofs_come_out_and_verify(
    known: Tree, old: int, new: int, expected: list[str]
) -> None:
    proof = known.consistency_proof(old, new)
    assert [each.hex() for each in proof] == expected
    assert verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)


def test_every_root_equals_the_naive_one() -> None:
    tree, edge = Store(SOME_LEAVES).tree(), Edge()
    for size in range(SEVERAL + 1):
        assert edge.root() == tree.root_at(size) == mth(0, size)
        if size < SEVERAL:
            edge = edge.append(SOME_LEAVES[size])


def test_every_inclusion_proof_equals_the_naive_one_and_verifies() -> None:
    tree = Store(SOME_LEAVES).tree()
    for size in range(1, SEVERAL + 1):
        for index in range(size):
            proof = tree.inclusion_proof(index, size)
            assert tuple(proof) == path(index, 0, size)
            assert verify_inclusion(SOME_LEAVES[index], index, size, proof, mth(0, size))


def test_every_consistency_proof_equals_the_naive_one_and_verifies() -> None:
    tree = Store(SOME_LEAVES).tree()
    for new in range(1, SEVERAL + 1):
        for old in range(1, new + 1):
            proof = tree.consistency_proof(old, new)
            assert tuple(proof) == subproof(old, 0, new, True)
            assert verify_consistency(old, new, mth(0, old), mth(0, new), proof)


def test_everything_begins_with_the_empty_tree() -> None:
    tree = Store(SOME_LEAVES).tree()
    assert tree.consistency_proof(0, 9) == []
    assert verify_consistency(0, 9, EMPTY_ROOT, mth(0, 9), [])
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_consistency(0, 9, mth(0, 1), mth(0, 9), [])
    assert not verify_consistency(0, 9, EMPTY_ROOT, mth(0, 9), [EMPTY_ROOT])
    assert not verify_consistency(0, 0, mth(0, 1), mth(0, 1), [])


inclusions = st.integers(1, SEVERAL).flatmap(
    lambda size: st.tuples(st.integers(0, size - 1), st.just(size))
)
growths = st.integers(2, SEVERAL).flatmap(
    lambda new: st.tuples(st.integers(1, new - 1), st.just(new))
)
spots = st.integers(0)
bits = st.integers(0, 255)


def flipped(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(32, "big")


@given(inclusions, bits)
def test_a_changed_leaf_does_not_verify(pair: tuple[int, int], bit: int) -> None:
    index, size = pair
    leaf = flipped(SOME_LEAVES[index], bit)
    assert not verify_inclusion(leaf, index, size, path(index, 0, size), mth(0, size))


@given(inclusions, bits)
def test_a_changed_root_does_not_verify(pair: tuple[int, int], bit: int) -> None:
    index, size = pair
    root = flipped(mth(0, size), bit)
    assert not verify_inclusion(SOME_LEAVES[index], index, size, path(index, 0, size), root)


@given(inclusions, spots, bits)
def test_a_changed_audit_path_does_not_verify(pair: tuple[int, int], spot: int, bit: int) -> None:
    index, size = pair
    proof = list(path(index, 0, size))
    if proof:
        proof[spot % len(proof)] = flipped(proof[spot % len(proof)], bit)
        assert not verify_inclusion(SOME_LEAVES[index], index, size, proof, mth(0, size))


@given(inclusions, inclusions)
def test_a_leaf_does_not_verify_at_another_index(
    pair: tuple[int, int], other: tuple[int, int]
) -> None:
    index, size = pair
    elsewhere = other[0] % size
    if elsewhere != index:
        proof = path(index, 0, size)
        assert not verify_inclusion(SOME_LEAVES[index], elsewhere, size, proof, mth(0, size))


@given(inclusions, st.binary(min_size=32, max_size=32))
def test_a_longer_or_shorter_audit_path_does_not_verify(pair: tuple[int, int], more: bytes) -> None:
    index, size = pair
    leaf, root, proof = SOME_LEAVES[index], mth(0, size), path(index, 0, size)
    assert not verify_inclusion(leaf, index, size, (*proof, more), root)
    assert not verify_inclusion(leaf, index, size, (more, *proof), root)
    if proof:
        assert not verify_inclusion(leaf, index, size, proof[:-1], root)
        assert not verify_inclusion(leaf, index, size, proof[1:], root)


@given(growths, spots, bits)
def test_a_changed_consistency_proof_does_not_verify(
    pair: tuple[int, int], spot: int, bit: int
) -> None:
    old, new = pair
    proof = list(subproof(old, 0, new, True))
    proof[spot % len(proof)] = flipped(proof[spot % len(proof)], bit)
    assert not verify_consistency(old, new, mth(0, old), mth(0, new), proof)


@given(growths, bits)
def test_a_rewritten_history_is_not_consistent(pair: tuple[int, int], bit: int) -> None:
    old, new = pair
    proof = subproof(old, 0, new, True)
    assert not verify_consistency(old, new, flipped(mth(0, old), bit), mth(0, new), proof)
    assert not verify_consistency(old, new, mth(0, old), flipped(mth(0, new), bit), proof)


@given(growths, st.binary(min_size=32, max_size=32))
def test_a_longer_or_shorter_consistency_proof_does_not_verify(
    pair: tuple[int, int], more: bytes
) -> None:
    old, new = pair
    proof = subproof(old, 0, new, True)
    for other in ((*proof, more), (more, *proof), proof[:-1], proof[1:]):
        assert not verify_consistency(old, new, mth(0, old), mth(0, new), other)


@given(
    st.integers(-3, 400),
    st.integers(-3, 400),
    st.lists(st.binary(min_size=31, max_size=33), max_size=12),
    st.binary(max_size=33),
    st.binary(max_size=33),
)
def test_a_malformed_proof_is_refused_without_an_exception(
    first: int, second: int, proof: list[bytes], one: bytes, other: bytes
) -> None:
    if one != other:
        assert not verify_inclusion(one, first, second, proof, other)
        assert not verify_consistency(first, second, one, other, proof)


def test_equal_sizes_want_equal_roots_and_no_proof() -> None:
    assert verify_consistency(7, 7, mth(0, 7), mth(0, 7), [])
    assert not verify_consistency(7, 7, mth(0, 7), mth(0, 8), [])
    assert not verify_consistency(7, 7, mth(0, 7), mth(0, 7), [mth(0, 7)])
    assert not verify_consistency(8, 7, mth(0, 8), mth(0, 7), [])


def test_a_proof_for_a_smaller_or_larger_tree_does_not_verify() -> None:
    leaf, more = SOME_LEAVES[0], SOME_LEAVES[1]
    assert not verify_inclusion(leaf, 0, 2, [], leaf)
    assert not verify_inclusion(leaf, 0, 1, [more], node_hash(more, leaf))
    assert not verify_inclusion(leaf, 0, 1, [more], node_hash(leaf, more))
    for old in (1, 2, 3, 4):
        short, long = subproof(old, 0, 5, True), subproof(old, 0, 13, True)
        assert not verify_consistency(old, 13, mth(0, old), mth(0, 5), short)
        assert not verify_consistency(old, 5, mth(0, old), mth(0, 13), long)
    old, new = mth(0, 2), mth(0, 3)
    assert verify_consistency(2, 3, old, new, [SOME_LEAVES[2]])
    assert not verify_consistency(2, 3, old, node_hash(more, new), [SOME_LEAVES[2], more])
    assert not verify_consistency(
        3, 4, node_hash(more, new), node_hash(more, mth(0, 4)), [*subproof(3, 0, 4, True), more]
    )


def test_an_edge_wants_one_hash_for_each_bit_of_its_size() -> None:
    edge = edge_of(SOME_LEAVES[:11])
    assert Edge(11, edge.hashes) == edge
    assert edge.hashes == (mth(0, 8), mth(8, 10), mth(10, 11))
    with pytest.raises(ValueError, match="one bit"):
        Edge(12, edge.hashes)
    with pytest.raises(ValueError, match="32 bytes"):
        Edge(1, (b"short",))


def test_a_tree_of_70000_leaves_has_the_tiles_that_the_specification_counts() -> None:
    store = Store([])
    store.leaves = leaves_of(70_000)
    new = store.grow(70_000)
    assert new == [(0, each) for each in range(273)] + [(1, 0)]
    assert {len(each) for each in store.tiles.values()} == {TILE_SIZE}


def test_a_large_tree_equals_its_edge_and_reads_few_tiles(many: Store) -> None:
    root = edge_of(many.leaves).root()
    many.tiles_read = many.leaves_read = 0
    tree = many.tree()
    assert tree.root_at(MANY) == root
    # one full tile at level 1, and those at level 0 that its partial neighbour stands on
    assert many.tiles_read == 1 + (MANY // 256) % 256
    assert many.leaves_read == MANY % 256


@pytest.mark.parametrize("index", [0, 255, 256, 65_535, 65_536, 70_143, 70_144, MANY - 1])
def test_a_large_tree_proves_inclusion_from_few_tiles(many: Store, index: int) -> None:
    many.tiles_read = many.leaves_read = 0
    tree = many.tree()
    proof = tree.inclusion_proof(index, MANY)
    assert many.tiles_read <= 2 + (MANY // 256) % 256
    assert many.leaves_read < 256
    assert len(proof) <= 17
    assert verify_inclusion(many.leaves[index], index, MANY, proof, tree.root_at(MANY))


def test_proofs_at_every_earlier_size_read_no_more_than_those_at_the_latest(many: Store) -> None:
    """As an archive needs them: each leaf at the size of its own transaction."""
    read = []
    for size_of in (lambda index: MANY, lambda index: index + 1):
        many.tiles_read = many.leaves_read = 0
        tree = many.tree()
        for index in range(0, MANY, 97):
            size = size_of(index)
            proof = tree.inclusion_proof(index, size)
            assert verify_inclusion(many.leaves[index], index, size, proof, tree.root_at(size))
        read.append((many.tiles_read, many.leaves_read))
    (tiles, leaves), (earlier_tiles, earlier_leaves) = read
    assert earlier_tiles <= tiles
    assert earlier_leaves <= leaves


@pytest.mark.parametrize("old", [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000, MANY - 1])
def test_a_large_tree_proves_consistency_from_few_tiles(many: Store, old: int) -> None:
    many.tiles_read = many.leaves_read = 0
    tree = many.tree()
    proof = tree.consistency_proof(old, MANY)
    assert many.tiles_read <= 2 + (MANY // 256) % 256
    assert many.leaves_read < 256
    assert verify_consistency(old, MANY, tree.root_at(old), tree.root_at(MANY), proof)
    assert tree.root_at(old) == edge_of(many.leaves[:old]).root()


def test_tiles_that_come_one_by_one_equal_those_that_come_at_once(many: Store) -> None:
    slow = Store([])
    slow.leaves = many.leaves
    found = [
        place for size in (1, 255, 256, 257, 600, 65_535, 65_536, MANY) for place in slow.grow(size)
    ]
    assert slow.tiles == many.tiles
    assert len(found) == len(set(found)) == len(many.tiles)


def test_growth_reads_no_leaf_that_a_full_tile_holds(many: Store) -> None:
    asked = []

    def read_leaves(start: int, end: int) -> list[bytes]:
        asked.append(start)
        return many.leaves[start:end]

    assert list(new_full_tiles(300, 511, many.read_tile, read_leaves)) == []
    tiles = list(new_full_tiles(300, 513, many.read_tile, read_leaves))
    assert [each[:2] for each in tiles] == [(0, 1)]
    assert min(asked) == 256


def test_growth_reads_no_tile_that_it_has_just_given(many: Store) -> None:
    def read_tile(level: int, index: int) -> bytes:
        raise AssertionError("not stored yet")

    tiles = {
        (level, index): tile
        for level, index, tile in new_full_tiles(0, MANY, read_tile, many.read_leaves)
    }
    assert tiles == many.tiles


def test_a_tile_or_leaves_of_another_length_are_damage(many: Store) -> None:
    with pytest.raises(VaultDamaged, match="tile 0/0"):
        Tree(lambda level, index: b"\0" * 8191, many.read_leaves, 256).root_at(256)
    with pytest.raises(VaultDamaged, match="leaves 0 to 2"):
        Tree(many.read_tile, lambda start, end: [b"\0" * 32], 2).root_at(2)
    with pytest.raises(VaultDamaged, match="leaves 0 to 1"):
        Tree(many.read_tile, lambda start, end: [b"\0" * 31], 1).root_at(1)


def test_questions_outside_the_tree_are_errors() -> None:
    tree = Store(SOME_LEAVES).tree()
    for size in (-1, SEVERAL + 1):
        with pytest.raises(ValueError, match="never that size"):
            tree.root_at(size)
    for index, size in ((-1, 5), (5, 5), (0, 0), (0, SEVERAL + 1)):
        with pytest.raises(ValueError, match="no such leaf"):
            tree.inclusion_proof(index, size)
    for old, new in ((-1, 5), (6, 5), (5, SEVERAL + 1)):
        with pytest.raises(ValueError, match="no such two sizes"):
            tree.consistency_proof(old, new)
    with pytest.raises(ValueError, match="shrink"):
        list(new_full_tiles(2, 1, lambda level, index: b"", lambda start, end: []))
