"""Merkle trees as RFC 6962 has them: reference vectors, a recursive definition, and another library."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # GPL: a referee in tests, never a dependency

from readout.streams.audit.proof.merkle import (
    EMPTY_ROOT,
    RangeRoots,
    Tree,
    consistency_ranges,
    inclusion_ranges,
    inclusion_root,
    is_consistent,
    leaf_hash,
    node_hash,
)

# The leaves and roots of the reference implementation of Certificate Transparency.
LEAVES = [
    bytes.fromhex(text)
    for text in (
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
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree_of(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    return tree


def root_by_definition(leaves: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return node_hash(root_by_definition(leaves[:k]), root_by_definition(leaves[k:]))


def some_leaves(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


def roots_of(leaves: list[bytes], ranges: tuple[tuple[int, int], ...]) -> tuple[bytes, ...]:
    collected = RangeRoots(ranges)
    for leaf in leaves:
        collected.add(leaf_hash(leaf))
    return collected.roots()


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert tree_of(LEAVES[:size]).root().hex() == ROOTS[size]


def test_the_inclusion_proofs_are_those_of_certificate_transparency() -> None:
    proof = roots_of(LEAVES, inclusion_ranges(5, 8))
    assert [node.hex() for node in proof] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", [*range(1, 35), 100, 127, 128, 129])
def test_a_tree_has_the_root_of_the_definition(size: int) -> None:
    leaves = some_leaves(size)
    assert tree_of(leaves).root() == root_by_definition(leaves)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 21, 64, 65])
def test_another_library_finds_the_same_roots_and_proofs(size: int) -> None:
    leaves = some_leaves(size)
    referee = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        referee.append_entry(leaf)
    assert tree_of(leaves).root() == referee.get_root()
    for index in range(size):
        theirs = [bytes.fromhex(node) for node in referee.prove_inclusion(index + 1).serialize()["path"]]
        assert list(roots_of(leaves, inclusion_ranges(index, size))) == theirs[1:]


@given(st.integers(1, 200), st.data())
def test_an_inclusion_proof_leads_to_the_root_and_no_other_leaf_does(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = some_leaves(size)
    proof = roots_of(leaves, inclusion_ranges(index, size))
    assert inclusion_root(leaf_hash(leaves[index]), index, size, proof) == tree_of(leaves).root()
    assert inclusion_root(leaf_hash(b"other"), index, size, proof) != tree_of(leaves).root()
    assert inclusion_root(leaf_hash(leaves[index]), index, size, (*proof, b"x" * 32)) is None


@given(st.integers(1, 200), st.data())
def test_a_consistency_proof_holds_for_a_prefix_and_for_nothing_else(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    leaves = some_leaves(size)
    root, old_root = tree_of(leaves).root(), tree_of(leaves[:old]).root()
    proof = roots_of(leaves, consistency_ranges(old, size))
    assert is_consistent((old, old_root), (size, root), proof)
    other = tree_of([b"other", *leaves[1:old]]).root()
    assert not is_consistent((old, other), (size, root), proof)
    assert not is_consistent((old, old_root), (size, other), proof)


def test_every_tree_begins_with_the_empty_one() -> None:
    assert is_consistent((0, EMPTY_ROOT), (3, tree_of(some_leaves(3)).root()), ())


def test_a_tree_goes_on_from_its_frontier() -> None:
    leaves = some_leaves(100)
    first = tree_of(leaves[:37])
    second = Tree(first.size, first.frontier)
    for leaf in leaves[37:]:
        second.append(leaf_hash(leaf))
    assert second.root() == root_by_definition(leaves)


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="3 leaves has 2 subtrees"):
        Tree(3, (b"x" * 32,))


def test_a_proof_of_leaves_that_never_came_is_refused() -> None:
    with pytest.raises(ValueError, match="there are 3 leaves"):
        roots_of(some_leaves(3), inclusion_ranges(0, 5))
