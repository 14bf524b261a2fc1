"""Sealing: data that identifies a person is encrypted before it reaches the database.

AES-256-GCM with a random 96-bit nonce. Each subject has one data key, so that destroying it erases the subject. Data
keys are wrapped by a key-encryption key that never leaves the key ring. The associated data binds a ciphertext to its
table, row and version: it cannot be opened anywhere else.

Source: design/trust.md section 4; NIST SP 800-38D (GCM, nonce length); RFC 5869 (HKDF).
"""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
FORMAT: Final = b"\x01"
"""The first byte of every sealed value; another algorithm would use another."""

PRIVATE_FILE: Final = 0o600


class SealingError(Exception):
    """A key is missing or unusable, or a sealed value was moved, truncated or changed."""


class MissingKeyError(SealingError):
    """The key that wrapped a value is not in the ring.

    Attributes:
        name: of the key, which is no secret.
    """

    def __init__(self, name: str) -> None:
        """Keep the name."""
        super().__init__("the key that wrapped this value is not in the key file")
        self.name = name


class KeyRing(Protocol):
    """Holds the key-encryption keys: a file, or an external key service."""

    def wrap(self, data_key: bytes) -> bytes:
        """Return a data key wrapped by the current key-encryption key, prefixed with that key's name."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the data key. Raise SealingError if the key is unknown or the value was changed."""

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return a 32-byte HMAC-SHA-256 under a key for this purpose only."""


def new_data_key() -> bytes:
    """Return a random key for one subject."""
    return secrets.token_bytes(KEY_BYTES)


def seal(data_key: bytes, content: bytes, *, bound_to: str) -> bytes:
    """Return content encrypted so that it can be opened only in the place it is bound to.

    Args:
        data_key: the subject's key, 32 bytes.
        content: plain bytes.
        bound_to: table, row and version, for example `sealed_records/019a.../1`.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(data_key).encrypt(nonce, content, bound_to.encode())


def unseal(data_key: bytes, sealed: bytes, *, bound_to: str) -> bytes:
    """Return decrypted content.

    Raises:
        SealingError: the key or the place is wrong, or the bytes were changed.
    """
    if sealed[:1] != FORMAT:
        raise SealingError("a sealed value has an unknown format")
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(data_key).decrypt(nonce, ciphertext, bound_to.encode())
    except (InvalidTag, ValueError):
        raise SealingError("a sealed value does not belong here or was changed") from None


@dataclass(frozen=True)
class SecretKeyRing:
    """A key ring whose secrets are in this process's memory.

    Attributes:
        keys: key-encryption keys by name, oldest first; all unwrap, the `current` one wraps.
        current: the name of the key that wraps.
    """

    keys: Mapping[str, bytes]
    current: str

    def wrap(self, data_key: bytes) -> bytes:
        """Return `name:sealed data key`, wrapped by the current key."""
        name = self.current.encode()
        return name + b":" + seal(self.keys[self.current], data_key, bound_to=f"data-key/{self.current}")

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the data key under whichever key wrapped it.

        Raises:
            SealingError: there is no key of that name, or the value was changed.
        """
        name, _, sealed = wrapped.partition(b":")
        key = self.keys.get(name.decode("ascii", "replace"))
        if key is None:
            raise MissingKeyError(name.decode("ascii", "replace"))
        return unseal(key, sealed, bound_to=f"data-key/{name.decode()}")

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return an HMAC under a key derived for the purpose from the oldest key, so rotation does not change it."""
        return hmac.digest(_derived(next(iter(self.keys.values())), purpose), message, "sha256")


@cache
def _derived(key: bytes, purpose: str) -> bytes:
    """Return the key for one purpose; the cache is bounded by the service's few purposes."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


@dataclass(frozen=True)
class RegisterKeys:
    """A key ring, and the register's index key, unwrapped.

    Attributes:
        ring: wraps and unwraps data keys.
        index_key: the key of the search keys, 32 bytes. It is generated once and stored wrapped in the database, so it
            outlives every key-encryption key.
    """

    ring: KeyRing
    index_key: bytes = field(repr=False)

    def wrap(self, data_key: bytes) -> bytes:
        """Return a data key wrapped by the ring."""
        return self.ring.wrap(data_key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the data key. Raise SealingError if the ring does."""
        return self.ring.unwrap(wrapped)

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return the HMAC of the ring."""
        return self.ring.mac(purpose, message)


def make_key_file(path: Path) -> bool:
    """Create a key file with one random key, mode 0600, unless it exists.

    Returns:
        Whether a file was created.

    Raises:
        SealingError: the folder is not writable.
    """
    name = f"1-{secrets.token_hex(4)}"
    content = json.dumps({name: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    except FileExistsError:
        return False
    except OSError as error:
        raise SealingError(
            f"The key file {path} cannot be created ({error.strerror}): correct that, or set SAFE_RETURN_KEY_FILE."
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read_key_file(path: Path) -> SecretKeyRing:
    """Return the keys of a key file: a JSON object of key names, oldest first, to 32 bytes in base 64.

    Raises:
        SealingError: the file is missing, unreadable, readable by others, or malformed.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise SealingError(f"Other users can read the key file {path}. Run: chmod 600 {path}")
        return read_keys(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        raise SealingError(
            f"The key file {path} is missing: restore it. Without it no sealed record can be opened."
        ) from None
    except OSError as error:
        raise SealingError(
            f"The key file {path} cannot be read ({error.strerror}): correct that, or set SAFE_RETURN_KEY_FILE."
        ) from None


def read_keys(content: str) -> SecretKeyRing:
    """Return the keys in the content of a key file.

    Raises:
        SealingError: the content is malformed.
    """
    try:
        keys = {name: base64.b64decode(key, validate=True) for name, key in json.loads(content).items()}
    except (ValueError, AttributeError, TypeError):
        raise SealingError("The keys are malformed: they must be a JSON object of key names to base 64.") from None
    if not keys or any(len(key) != KEY_BYTES or ":" in name or not name.isascii() for name, key in keys.items()):
        raise SealingError(
            f"A key is malformed: it needs an ASCII name without colon and {KEY_BYTES} bytes in base 64."
        )
    return SecretKeyRing(keys=keys, current=list(keys)[-1])
