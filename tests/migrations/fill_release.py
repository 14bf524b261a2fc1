"""Fills a register with a release's own code, and writes down its data and what that release answered.

In a checkout of the release that has this file (copy it and the two beside it into an older one), after `./dev setup`:

    .venv/bin/python -m tests.migrations.fill_release NAME tests/migrations/releases

`NAME.sql.gz` holds the rows of every table as `COPY` text, without a role, a path or an address. `NAME.json.gz` holds
what is needed to use them: the schema revision, the keys that open what is sealed, tokens, and questions with the
answers of the release. People, keys, passwords and tokens are invented here and open nothing else.

Clocks stand still, rows are in the order of their keys; ids, nonces and keys are drawn anew at each run.
"""

import asyncio
import base64
import gzip
import io
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from service.cli.revisions import newest_revision
from service.sealing import SecretKeyRing, new_data_key
from service.tables import METADATA
from tests.engine import running_databases
from tests.migrations.asked_of_release import questions
from tests.migrations.filled_story import Filling, fill, opened


async def dump(url: str) -> bytes:
    """Return the rows of all tables as COPY text, tables and rows in an order that can be loaded."""
    connection = await asyncpg.connect(url)
    written = io.BytesIO()
    try:
        for table in METADATA.sorted_tables:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            order = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
            written.write(f'COPY "{table.name}" ({columns}) FROM stdin;\n'.encode())
            query = f'SELECT {columns} FROM "{table.name}" ORDER BY {order}'  # noqa: S608 - names of the code
            await connection.copy_from_query(query, output=written)
            written.write(b"\\.\n")
    finally:
        await connection.close()
    return written.getvalue()


def answered(made: Filling, asked: dict[str, Any]) -> dict[str, Any]:
    """Return a question with its answer."""
    client, query = made.clients[asked["as"]], asked.get("query")
    body = asked.get("body")
    answer = client.get(asked["path"], params=query) if body is None else client.post(asked["path"], json=body)
    return asked | {"status": answer.status_code, "etag": answer.headers.get("etag"), "answer": answer.json()}


def describe(made: Filling, keys: SecretKeyRing) -> dict[str, Any]:
    """Return what is needed to use the rows, and what the release answered."""
    now: datetime = made.register.clock.now
    written = {name: base64.b64encode(key).decode() for name, key in keys.keys.items()}
    readings = [answered(made, asked) for asked in list(questions(made))]
    whole = {"revision": newest_revision(), "now": now.isoformat(), "keys": written, "passwords": made.secrets}
    return whole | {"tokens": made.tokens, "retried": made.retried, "readings": readings}


def write(path: Path, content: bytes) -> None:
    """Compress without a time or a name, so that the same content makes the same file."""
    path.write_bytes(gzip.compress(content, 9, mtime=0))
    sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes\n")


def main(name: str, folder: Path) -> None:
    """Fill a register, and write both files."""
    older = SecretKeyRing({"1": new_data_key()}, "1")
    keys = SecretKeyRing({**older.keys, "2": new_data_key()}, "2")
    with running_databases() as databases:
        database = databases.make()
        made = fill(database, keys, older)
        rows = asyncio.run(dump(database.admin_url))
        with opened(database, keys, made.register.clock) as register:
            made.register = register
            for caller, token in made.tokens.items():
                made.enter(caller, token)
            told = describe(made, keys)
    write(folder / f"{name}.sql.gz", rows)
    write(folder / f"{name}.json.gz", json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
