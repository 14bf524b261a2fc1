"""Sealing: what identifies a human being is encrypted before it reaches the database.

AES-256-GCM with a random 96-bit nonce; one data key for each subject, so that destroying one key erases one
subject; data keys are wrapped by a key-encryption key that never leaves the key ring. The associated data binds a
ciphertext to its table, row and version: moved anywhere else it does not open.

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
"""The first byte of everything sealed; another algorithm would take another."""

PRIVATE_FILE: Final = 0o600


class SealingError(Exception):
    """A key is missing or unusable, or a sealed value was moved, cut or changed."""


class KeyRing(Protocol):
    """Holds the key-encryption keys. A file today, an external key service in production."""

    def wrap(self, data_key: bytes) -> bytes:
        """Return a data key wrapped under the current key-encryption key, its name in front."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the data key. Raises SealingError where the key is unknown or the value was changed."""

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return a 32-byte HMAC-SHA-256 under a key of this purpose alone."""


def new_data_key() -> bytes:
    """Draw a key for one subject."""
    return secrets.token_bytes(KEY_BYTES)


def seal(data_key: bytes, content: bytes, *, bound_to: str) -> bytes:
    """Encrypt content so that it opens only in the place it is bound to.

    Args:
        data_key: the subject's, 32 bytes.
        content: plain bytes.
        bound_to: table, row and version, for example `sealed_records/019a.../1`.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(data_key).encrypt(nonce, content, bound_to.encode())


def unseal(data_key: bytes, sealed: bytes, *, bound_to: str) -> bytes:
    """Decrypt content.

    Raises:
        SealingError: another key, another place, or changed bytes.
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
        keys: key-encryption keys by name; all open, the `current` one wraps.
        current: the name of the one that wraps.
    """

    keys: Mapping[str, bytes]
    current: str

    def wrap(self, data_key: bytes) -> bytes:
        """Return `name:sealed data key`."""
        name = self.current.encode()
        return name + b":" + seal(self.keys[self.current], data_key, bound_to=f"data-key/{self.current}")

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the data key under whichever key wrapped it.

        Raises:
            SealingError: no key of that name is here, or the value was changed.
        """
        name, _, sealed = wrapped.partition(b":")
        key = self.keys.get(name.decode("ascii", "replace"))
        if key is None:
            raise SealingError("the key that wrapped this value is not in the key file")
        return unseal(key, sealed, bound_to=f"data-key/{name.decode()}")

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return an HMAC under a key derived for the purpose from the oldest key, so rotation keeps it."""
        return hmac.digest(_derived(next(iter(self.keys.values())), purpose), message, "sha256")


@cache
def _derived(key: bytes, purpose: str) -> bytes:
    """Return the key for one purpose; there are as many as the service has purposes."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


@dataclass(frozen=True)
class RegisterKeys:
    """A key ring, and the one key of the register's that every sealing needs, opened.

    Attributes:
        ring: wraps and unwraps.
        index_key: under which search keys are made, 32 bytes. It is drawn once and kept wrapped in the database, so
            it outlives every key-encryption key.
    """

    ring: KeyRing
    index_key: bytes = field(repr=False)

    def wrap(self, data_key: bytes) -> bytes:
        """Return a data key wrapped by the ring."""
        return self.ring.wrap(data_key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the data key. Raises SealingError where the ring does."""
        return self.ring.unwrap(wrapped)

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return the ring's own HMAC."""
        return self.ring.mac(purpose, message)


def make_key_file(path: Path) -> bool:
    """Create a key file with one random key, mode 0600, unless there is one.

    Returns:
        Whether a file was made.

    Raises:
        SealingError: the folder cannot be written.
    """
    name = f"1-{secrets.token_hex(4)}"
    content = json.dumps({name: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    except FileExistsError:
        return False
    except OSError as error:
        raise SealingError(f"The key file {path} cannot be made: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read_key_file(path: Path) -> SecretKeyRing:
    """Read a key file: a JSON object of key names, in order of age, to 32 bytes in base 64.

    Raises:
        SealingError: absent, unreadable, open to others, or not of that form.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise SealingError(f"The key file {path} can be read by others. Run: chmod 600 {path}")
        return read_keys(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        raise SealingError(f"The key file {path} is missing. Without it nothing sealed can be opened.") from None
    except OSError as error:
        raise SealingError(f"The key file {path} cannot be read: {error.strerror}.") from None


def read_keys(content: str) -> SecretKeyRing:
    """Read the content of a key file.

    Raises:
        SealingError: not of the form that `read_key_file` describes.
    """
    try:
        keys = {name: base64.b64decode(key, validate=True) for name, key in json.loads(content).items()}
    except (ValueError, AttributeError, TypeError):
        raise SealingError("The keys are not a JSON object of names to base 64.") from None
    if not keys or any(len(key) != KEY_BYTES or ":" in name or not name.isascii() for name, key in keys.items()):
        raise SealingError(f"Each key must have a plain name and {KEY_BYTES} bytes.")
    return SecretKeyRing(keys=keys, current=list(keys)[-1])
