"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1): roots, inclusion proofs, consistency proofs.

Leaves are given as leaf hashes (`leaf_hash` of the entry). All hashes are 32 raw bytes, SHA-256. Proof order is the
RFC's: from the leaf towards the root. Verifying never raises on a hostile proof; it answers False.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree hash; of no leaves, SHA-256 of nothing. Level by level, so that a million leaves need no recursion."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def roots(leaves: Sequence[bytes], sizes: Collection[int]) -> dict[int, bytes]:
    """The roots of the first `size` leaves for every size up to the number of leaves, in one pass over them."""
    wanted = {size for size in sizes if 0 <= size <= len(leaves)}
    found = {0: root(())} if 0 in wanted else {}
    peaks: list[tuple[int, bytes]] = []  # (leaves below, hash) of the whole subtrees so far, largest first
    for count, leaf in enumerate(leaves, 1):
        size, top = 1, leaf
        while peaks and peaks[-1][0] == size:
            size, top = 2 * size, node_hash(peaks.pop()[1], top)
        peaks.append((size, top))
        if count in wanted:
            whole = peaks[-1][1]
            for _, peak in reversed(peaks[:-1]):
                whole = node_hash(peak, whole)
            found[count] = whole
    return found


def inclusion_proofs(indices: Sequence[int], leaves: Sequence[bytes]) -> list[list[bytes]]:
    """For each leaf the hashes that prove it to be in the tree of these leaves, in one pass over the tree.

    RFC 9162 section 2.1.3.1. Raises `IndexError` where one is outside of the tree.
    """
    for index in indices:
        if not 0 <= index < len(leaves):
            raise IndexError(f"leaf {index} of {len(leaves)}")
    proofs: list[list[bytes]] = [[] for _ in indices]
    places = list(indices)
    level = list(leaves)
    while len(level) > 1:
        for number, place in enumerate(places):
            if place ^ 1 < len(level):
                proofs[number].append(level[place ^ 1])
            places[number] = place >> 1
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return proofs


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Is the leaf hash `leaf` entry `index` of the tree of `size` entries with this root? (RFC 9162 section 2.1.3.2)"""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    first, last, current = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            current = node_hash(step, current)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            current = node_hash(current, step)
        first >>= 1
        last >>= 1
    return last == 0 and current == root


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes that prove the first `old_size` leaves to be the old tree of these. Empty for equal sizes.

    Raises `ValueError` for an old size of 0 or beyond the leaves: nothing can be proved of an empty tree.
    """
    if not 0 < old_size <= len(leaves):
        raise ValueError(f"{old_size} of {len(leaves)} leaves")
    proof: list[bytes] = []
    low, high, complete = 0, len(leaves), True
    while old_size != high - low:
        split = 1 << (high - low - 1).bit_length() - 1
        if old_size <= split:
            proof.append(root(leaves[low + split : high]))
            high = low + split
        else:
            proof.append(root(leaves[low : low + split]))
            low += split
            old_size -= split
            complete = False
    if not complete:
        proof.append(root(leaves[low:high]))
    return proof[::-1]


def verify_consistency(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Is the tree of `size` entries an extension of the older one? (RFC 9162 section 2.1.4.2)"""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    if not proof:
        return False
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    first, last = old_size - 1, size - 1
    while first & 1:
        first >>= 1
        last >>= 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old = node_hash(step, old)
            new = node_hash(step, new)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            new = node_hash(new, step)
        first >>= 1
        last >>= 1
    return last == 0 and old == old_root and new == root


def _are_hashes(*values: bytes) -> bool:
    """Nothing is the root of nothing: two empty texts are equal, and prove no tree."""
    return all(len(value) == 32 for value in values)
