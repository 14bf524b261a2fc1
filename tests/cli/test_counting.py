"""The folder in which the workers of a service count."""

import os
from pathlib import Path

from service.cli.counting import begin_at_zero, counting_together


def test_the_folder_is_private_empty_at_the_start_and_gone_at_the_end() -> None:
    with counting_together():
        folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "counter_1.db").write_bytes(b"what a demonstration counted")
        begin_at_zero()
        assert list(folder.iterdir()) == []
        (folder / "counter_2.db").write_bytes(b"what a worker counted")
    assert not folder.exists()
    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ
