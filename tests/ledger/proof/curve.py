"""Points of edwards25519 by plain arithmetic (RFC 8032 5.1), to make signatures no signer makes."""

from __future__ import annotations

from hashlib import sha512

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]
ZERO: Point = (0, 1)


def point(y: int) -> Point:
    """Return the point of this y whose x is even."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT % P
    return (P - x if x % 2 else x, y)


BASE = point(4 * pow(5, -1, P) % P)


def add(one: Point, other: Point) -> Point:
    """Add two points."""
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - both, -1, P)
    return x % P, y % P


def times(count: int, one: Point) -> Point:
    """Add a point to itself so many times."""
    found = ZERO
    while count:
        if count % 2:
            found = add(found, one)
        one, count = add(one, one), count // 2
    return found


def written(one: Point) -> bytes:
    """Write a point (RFC 8032 5.1.2)."""
    return (one[1] + (one[0] % 2 << 255)).to_bytes(32, "little")


def sign(secret: int, nonce: int, message: bytes, key_bent: Point, nonce_bent: Point) -> bytes:
    """Sign with a key and a nonce to which points of small order were added; return both parts."""
    public = bent_key(secret, key_bent)
    spoken = written(add(times(nonce, BASE), nonce_bent))
    challenge = int.from_bytes(sha512(spoken + public + message).digest(), "little") % ORDER
    return spoken + ((nonce + challenge * secret) % ORDER).to_bytes(32, "little")


def bent_key(secret: int, bent: Point) -> bytes:
    """Return the public key of a secret, a point of small order added."""
    return written(add(times(secret, BASE), bent))
