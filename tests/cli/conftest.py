import os
from pathlib import Path

import pytest

from tests.cli.commands import Here, There
from tests.engine import TestDatabase


@pytest.fixture
def here(
    database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    """Commands in this process, on a migrated and empty database."""
    for name in [name for name in os.environ if name.startswith("SAFE_RETURN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SAFE_RETURN_DATABASE_URL", database.api_url)
    monkeypatch.setenv("SAFE_RETURN_OWNER_URL", database.owner_url)
    monkeypatch.setenv("SAFE_RETURN_VAR", str(tmp_path))
    return Here(capsys, monkeypatch, database)


@pytest.fixture
def there(tmp_path: Path) -> There:
    """Commands as processes, in a folder of their own."""
    return There({"SAFE_RETURN_VAR": str(tmp_path)})
