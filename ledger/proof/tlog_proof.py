"""A proof that travels alone (C2SP tlog-proof v1): a leaf's place, its path, a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ledger.errors import Untrusted
from ledger.proof import merkle
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.encoding import b64, parse_count, unb64
from ledger.proof.notes import VerifierKey

FIRST_LINE = "c2sp.org/tlog-proof@v1"
INDEX = "index "
GAP = "\n\n"
"""Parts a proof from its checkpoint."""

PATH_MAX = 63
"""The longest path of a tree whose size we can read."""


class ProofMalformed(Untrusted):
    """A text is no proof of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a {FIRST_LINE}: {why}")


HASHES_KEPT = 4096
"""How many hashes are remembered by their text; the proofs of one checkpoint share most."""


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Where an entry stands, the hashes from its leaf up to the root, and the signed root."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    def encode(self) -> str:
        """Write the proof; the checkpoint's note follows as it is."""
        hashes = "".join(f"{b64(each)}\n" for each in self.path)
        return f"{FIRST_LINE}\n{INDEX}{self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> TlogProof:
        """Read a proof; refuse all but the one spelling `encode` gives, and any `extra` line.

        The note inside is kept as it came; `check` opens it.
        """
        head, gap, note = text.partition(GAP)
        if not gap:
            raise ProofMalformed("an empty line must part it from its checkpoint")
        return cls.under(note, head)

    @classmethod
    def under(cls, note: str, head: str) -> TlogProof:
        """Read what stands before the empty line of a proof, whose note is at hand."""
        match head.split("\n"):
            case [first, index, *hashes] if first == FIRST_LINE and index.startswith(INDEX):
                path = tuple(map(_hash, hashes))
            case _:
                raise ProofMalformed("it must begin with its name and an index, without extras")
        if len(path) > PATH_MAX or not {*map(len, path)} <= {merkle.HASH_BYTES}:
            raise ProofMalformed(f"its path is at most {PATH_MAX} hashes of 32 bytes")
        return cls(parse_count(index.removeprefix(INDEX)), path, note)

    def check(self, entry: bytes, key: VerifierKey) -> Checkpoint:
        """Return the checkpoint that proves the entry; else raise Untrusted.

        1. The log's own key signed the checkpoint.
        2. The entry's exact bytes are the leaf at this index under its root.
        """
        seen = open_signed(self.checkpoint, key)  # 1
        leaf = merkle.leaf_hash(entry)
        merkle.check_inclusion(leaf, self.index, seen.size, self.path, seen.root)  # 2
        return seen


@lru_cache(maxsize=HASHES_KEPT)
def _hash(text: str) -> bytes:
    return unb64(text)
