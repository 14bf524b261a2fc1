"""Which passwords are taken, and how they are compared."""

import unicodedata
from collections.abc import Iterator

import pytest

from tests.access.accounts import KNOWN, QUICK, Account
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Register, open_register


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        yield made
    databases.drop(database)


@pytest.mark.parametrize(
    "weak",
    [
        "x" * 15,
        "fourteen chars",
        "passwordpassword",
        "safereturnsafereturn",
        "sokha.operator1234",
        "trafficking hotline",
        "ណ" * 15,
        "é" * 129 + "abcdefgh",
        "1234512345123451",
        "Password12345password",
        "1q2w3e4r5t6y7u8i9o0p",
        "123456789123456789",
        "manchesterunited",
        "iloveyou iloveyou",
        "P@ssw0rd-P@ssw0rd!",
        "qwerty123qwerty123",
        "Sunshine.Princess.1",
    ],
)
def test_a_password_that_is_short_or_guessed_first_is_refused(sokha: Account, weak: str) -> None:
    body = {"current": KNOWN, "new": weak}
    answer = sokha.register.client(sokha.sign_in().json()["token"]).put("/v1/me/password", json=body)
    assert_problem(answer, 422, "validation")
    assert sokha.sign_in().status_code == 201


def test_a_password_is_taken_as_it_is_neither_cut_nor_trimmed(sokha: Account) -> None:
    new = "  ពាក្យសម្ងាត់ដ៏វែងមួយ with an end  "
    token = sokha.sign_in().json()["token"]
    changed = sokha.register.client(token).put("/v1/me/password", json={"current": KNOWN, "new": new})
    assert changed.status_code == 204
    for almost in (new.strip(), new[:-1], new.upper(), new + " "):
        assert_problem(sokha.sign_in(password=almost, address=f"192.0.2.{len(almost)}"), 401)
    assert sokha.sign_in(password=new).status_code == 201


def test_a_password_is_one_password_with_letters_in_one_piece_or_two(sokha: Account) -> None:
    composed, decomposed = "mật khẩu của tôi dài", unicodedata.normalize("NFD", "mật khẩu của tôi dài")
    assert composed != decomposed
    token = sokha.sign_in().json()["token"]
    body = {"current": KNOWN, "new": decomposed}
    assert sokha.register.client(token).put("/v1/me/password", json=body).status_code == 204
    assert sokha.sign_in(password=composed).status_code == 201
    assert sokha.sign_in(password=decomposed).status_code == 201


def test_a_password_hashed_as_it_was_typed_still_opens(sokha: Account) -> None:
    typed = unicodedata.normalize("NFD", "mật khẩu của tôi dài")
    sokha.register.rows("UPDATE users SET password_hash = $2 WHERE id = $1", sokha.caller.id, QUICK.hash(typed))
    assert sokha.sign_in(password=typed).status_code == 201


def test_fifteen_characters_are_counted_in_one_piece(sokha: Account) -> None:
    short = unicodedata.normalize("NFD", "ấểỗựýàèồ")
    body = {"current": KNOWN, "new": short}
    assert len(short) > 15
    assert_problem(sokha.register.client(sokha.sign_in().json()["token"]).put("/v1/me/password", json=body), 422)
