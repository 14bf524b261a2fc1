"""The application and its contract, without a database."""

from typing import Any

import pytest
from fastapi import FastAPI

from service.db.database import Database
from service.http.pages import contract_of
from service.main import create_app
from service.sealing import SecretKeyRing, new_data_key
from service.settings import Settings


@pytest.fixture(scope="session")
def application() -> FastAPI:
    """The application over a database that is never reached."""
    nowhere = Database.at("postgresql://nobody@/nowhere")
    return create_app(Settings(), nowhere, SecretKeyRing({"1": new_data_key()}, "1"))


@pytest.fixture(scope="session")
def contract(application: FastAPI) -> dict[str, Any]:
    """The contract the code gives."""
    return contract_of(application)
