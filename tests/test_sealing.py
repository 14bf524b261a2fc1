"""What is sealed opens in its own place, with its own key, unchanged, and nowhere else."""

import base64
import json
import os
from pathlib import Path

import pytest

from service.sealing import (
    KEY_BYTES,
    SealingError,
    SecretKeyRing,
    make_key_file,
    new_data_key,
    read_key_file,
    read_keys,
    seal,
    unseal,
)

PLACE = "sealed_records/019a/1"
TEXT = "លីន 林 Lin".encode()


def test_what_was_sealed_opens_again() -> None:
    key = new_data_key()
    for content in (TEXT, b"", b"\x00" * 5000):
        assert unseal(key, seal(key, content, bound_to=PLACE), bound_to=PLACE) == content


def test_the_same_text_is_never_sealed_alike_and_does_not_show() -> None:
    key = new_data_key()
    sealed = {seal(key, TEXT, bound_to=PLACE) for _ in range(50)}
    assert len(sealed) == 50
    assert not any(TEXT in one for one in sealed)


@pytest.mark.parametrize("elsewhere", ["sealed_records/019a/2", "sealed_records/019b/1", "names/019a/1", ""])
def test_a_sealed_value_moved_to_another_place_does_not_open(elsewhere: str) -> None:
    key = new_data_key()
    with pytest.raises(SealingError):
        unseal(key, seal(key, TEXT, bound_to=PLACE), bound_to=elsewhere)


def test_another_subject_s_key_does_not_open_it() -> None:
    with pytest.raises(SealingError):
        unseal(new_data_key(), seal(new_data_key(), TEXT, bound_to=PLACE), bound_to=PLACE)


def test_one_changed_bit_anywhere_is_noticed() -> None:
    key = new_data_key()
    sealed = seal(key, TEXT, bound_to=PLACE)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealingError):
            unseal(key, changed, bound_to=PLACE)


@pytest.mark.parametrize("left", [0, 13, 20, 28, -1])
def test_a_cut_value_does_not_open(left: int) -> None:
    key = new_data_key()
    with pytest.raises(SealingError):
        unseal(key, seal(key, TEXT, bound_to=PLACE)[:left], bound_to=PLACE)


@pytest.mark.parametrize("left", [1, 4, 8])
def test_a_value_cut_within_its_nonce_does_not_open(left: int) -> None:
    key = new_data_key()
    with pytest.raises(SealingError):
        unseal(key, seal(key, TEXT, bound_to=PLACE)[:left], bound_to=PLACE)


def ring(*names: str) -> SecretKeyRing:
    return SecretKeyRing({name: bytes([int(name)]) * KEY_BYTES for name in names}, names[-1])


def test_a_data_key_is_wrapped_by_the_current_key_and_opens_after_a_new_one_came() -> None:
    key = new_data_key()
    wrapped = ring("1").wrap(key)
    assert key not in wrapped
    assert ring("1", "2").unwrap(wrapped) == key
    assert ring("1", "2").wrap(key).startswith(b"2:")
    with pytest.raises(SealingError, match="not in the key file"):
        ring("2").unwrap(wrapped)


def test_a_wrapped_key_under_another_name_does_not_open() -> None:
    wrapped = ring("1").wrap(new_data_key())
    same_secret = SecretKeyRing({"1": bytes([1]) * KEY_BYTES, "2": bytes([1]) * KEY_BYTES}, "2")
    with pytest.raises(SealingError):
        same_secret.unwrap(b"2" + wrapped[1:])


@pytest.mark.parametrize("broken", [b"", b"1", b"1:", b":", b"\xff:x", b"9:abc"])
def test_what_is_no_wrapped_key_does_not_open(broken: bytes) -> None:
    with pytest.raises(SealingError):
        ring("1").unwrap(broken)


def test_a_mac_is_of_its_purpose_and_stays_after_a_new_key_came() -> None:
    assert ring("1").mac("names", b"lin") == ring("1", "2").mac("names", b"lin")
    assert len({ring("1").mac(purpose, text) for purpose in ("names", "phones") for text in (b"lin", b"chan")}) == 4
    assert len(ring("1").mac("names", b"")) == 32


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "key"
    assert make_key_file(path)
    content = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert not make_key_file(path)
    assert path.read_bytes() == content
    assert [len(key) for key in read_key_file(path).keys.values()] == [KEY_BYTES]


def test_a_key_file_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make_key_file(path)
    os.chmod(path, 0o640)  # noqa: PTH101 - the mode is what is tested
    with pytest.raises(SealingError, match="chmod 600"):
        read_key_file(path)
    with pytest.raises(SealingError, match="missing"):
        read_key_file(tmp_path / "none")


def keys(*names: str, size: int = KEY_BYTES) -> str:
    return json.dumps({name: base64.b64encode(bytes(size)).decode() for name in names})


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '{"1": 5}', '{"1": "%%"}', keys("1", size=31), keys("a:b"), keys("ក")]
)
def test_what_is_no_key_file_is_refused_and_not_repeated(content: str) -> None:
    with pytest.raises(SealingError) as refused:
        read_keys(content)
    assert content not in str(refused.value) or not content


def test_the_tenth_key_is_the_current_one() -> None:
    assert read_keys(keys(*(str(number) for number in range(1, 11)))).current == "10"
