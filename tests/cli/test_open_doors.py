"""AZ-02: a service with an operation that nobody guards does not start, and says which operation it is."""

import socket
from pathlib import Path
from typing import Final

import pytest

from tests.cli.commands import There, free_port
from tests.db.embedded_clusters import until
from tests.engine import Databases

ANOTHER_ROUTE: Final = """
from fastapi import APIRouter
import service.main
from service.access.gate import Anybody, CanReadCases

router = APIRouter(prefix="/v1")

@router.get("/forgotten")
async def forgotten({signature}) -> None:
    pass

service.main.ROUTERS = (*service.main.ROUTERS, router)
"""
"""Read by every Python process that starts with its folder on the path: the command and each of its workers."""


def started(databases: Databases, folder: Path, signature: str, *arguments: str) -> tuple[int, str]:
    """Start the service with one more operation; answer how it ended and what it said, once its port is free."""
    (folder / "sitecustomize.py").write_text(ANOTHER_ROUTE.format(signature=signature), encoding="utf-8")
    database, port = databases.make(), free_port()
    there = There(
        {
            "PYTHONPATH": str(folder),
            "SAFE_RETURN_DATABASE_URL": database.api_url,
            "SAFE_RETURN_VAR": str(folder / "var"),
        }
    )
    ran = there("serve", "--port", str(port), *arguments)
    databases.drop(database)
    until(lambda: not is_served(port))  # a worker ends soon after its parent
    return ran.status, ran.out + ran.err


def is_served(port: int) -> bool:
    """Whether anybody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_az_02_a_service_with_an_open_door_ends_at_once_and_names_it(
    databases: Databases, tmp_path: Path, workers: str
) -> None:
    status, said = started(databases, tmp_path, "", "--workers", workers)
    assert status not in {0, None}
    assert "['GET'] /v1/forgotten has 0 gates" in said
    assert "The worker processes cannot start: see the log above, and correct the cause." in said


def test_az_02_so_does_one_with_two_doors_in_a_row(databases: Databases, tmp_path: Path) -> None:
    status, said = started(databases, tmp_path, "one: Anybody, two: CanReadCases")
    assert status not in {0, None}
    assert "['GET'] /v1/forgotten has 2 gates" in said


def test_az_02_with_one_door_it_starts(databases: Databases, tmp_path: Path) -> None:
    """What ends the others is the door, not the way in which the operation was added."""
    (tmp_path / "sitecustomize.py").write_text(ANOTHER_ROUTE.format(signature="who: CanReadCases"), encoding="utf-8")
    database = databases.make()
    settings = {"SAFE_RETURN_DATABASE_URL": database.api_url, "SAFE_RETURN_VAR": str(tmp_path / "var")}
    with There({"PYTHONPATH": str(tmp_path), **settings}).serving() as served:
        assert served.get("/v1/forgotten").status_code == 401
    databases.drop(database)
