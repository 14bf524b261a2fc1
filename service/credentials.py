"""Passwords and tokens: generated here, stored as hashes only.

Source: design/trust.md section 1; OWASP Password Storage Cheat Sheet (argon2id); RFC 9106 section 4.
"""

import asyncio
import hashlib
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SESSION_PREFIX: Final = "srs_"
KEY_PREFIX: Final = "srk_"
TOKEN_BYTES: Final = 32

AT_ONCE: Final = 2
"""Hashes computed concurrently: each takes 64 MiB and a fifth of a second of one core."""

_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=1$Q8QXbfYw/VzCCCBPrY36rQ$I2jEybACegtTkwTrjg5+HrsePzxK7ScrezVTTx4K04Q"
"""Verified for an unknown user, so that the response takes the same time."""

_WORD_SYMBOLS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def one_form(password: str) -> str:
    """Return a password as it is compared: keyboards write one letter as one character or as two.

    Source: NIST SP 800-63B-4 section 3.1.1.2 (normalisation before hashing); Unicode normalisation form C.
    """
    return unicodedata.normalize("NFC", password)


def new_token(prefix: str) -> str:
    """Return a random 256-bit token with a recognisable prefix."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> bytes:
    """Return the stored hash of a token. Tokens are random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


def new_password() -> str:
    """Return a random password that can be read aloud: four groups of five, 99 bits."""
    return "-".join("".join(secrets.choice(_WORD_SYMBOLS) for _ in range(5)) for _ in range(4))


@dataclass(frozen=True)
class NewPassword:
    """A password with its hash. Make it before a transaction begins, because hashing is slow."""

    plain: str
    hashed: str


async def draw_password() -> NewPassword:
    """Return a random password with its hash."""
    plain = new_password()
    return NewPassword(plain, await hash_password(plain))


async def hash_password(password: str) -> str:
    """Return the hash of a password, computed off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_hashers(), _HASHER.hash, one_form(password))


async def password_fits(password: str, hashed: str | None) -> bool:
    """Whether a password belongs to a hash; without a hash, take as long and answer no."""
    fits = await asyncio.get_running_loop().run_in_executor(_hashers(), _verify, password, hashed or _NOBODY)
    return fits and hashed is not None


def end_hashing() -> None:
    """End the threads that hash; the next hash starts new ones. Only a process without threads can be forked safely."""
    if _hashers.cache_info().currsize:
        _hashers().shutdown()
        _hashers.cache_clear()


@cache
def _hashers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="argon2")


def _verify(password: str, hashed: str) -> bool:
    """Whether a password belongs to a hash, also to one that was made of the password as it was typed."""
    return any(_is_hash_of(form, hashed) for form in dict.fromkeys((one_form(password), password)))


def _is_hash_of(password: str, hashed: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False
