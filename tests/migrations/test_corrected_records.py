"""What an earlier release retired is told apart: what was corrected is to be found again, what was taken out is not."""

from alembic import command

from service.db.migrations import _config, migrate
from tests.migrations.catalog import fetch
from tests.people.test_indexing import index
from tests.register import Caller, Register

BELOW = "0026"
STATES = "SELECT kind, indexed FROM sealed_records WHERE retired_at IS NOT NULL ORDER BY kind"
KEYS = "SELECT kind, key FROM search_keys ORDER BY kind, key"


def found(caller: Caller, **asked: str) -> list[str]:
    answer = caller.post("/v1/searches", {"for": "persons", "purpose": "rescue", **asked})
    assert answer.status_code == 200, answer.text
    return [item["reference"] for item in answer.json()["items"]]


def test_what_was_corrected_before_is_found_once_it_is_indexed(register: Register) -> None:
    told = {"names": [{"text": "Former Lin"}], "contacts": [{"kind": "phone", "value": "012 111 222 3"}]}
    database, operator = register.database, register.caller("operator")
    [person] = [part["reference"] for part in operator.file(persons=[told])["persons"]]
    changes = {"names": [{"text": "Present Lin"}], "contacts": None}
    assert operator.patch(f"/v1/persons/{person}", changes, If_Match='"1"').status_code == 200
    keys = fetch(database.admin_url, KEYS)
    command.downgrade(_config(database.owner_url), BELOW)
    assert len(fetch(database.admin_url, KEYS)) < len(keys)
    migrate(database.owner_url)
    assert [tuple(row) for row in fetch(database.admin_url, STATES)] == [("contact", None), ("name", 0)]
    assert (found(operator, name="former"), found(operator, name="present")) == ([], [person])
    assert index(register).records == 2  # the present name too: going down forgot what the rules after know
    assert (found(operator, name="former"), found(operator, phone="121112223")) == ([person], [])
    assert fetch(database.admin_url, KEYS) == keys
