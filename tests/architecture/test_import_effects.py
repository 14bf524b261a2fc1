"""Importing a module does nothing: no environment is read, nothing is written, nobody is called."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.architecture.tree import PROJECT, SERVICE, sources

WATCH: Final = """
import importlib, json, os, sys

service, found = sys.argv[1], []
refused = {"socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.posix_spawn", "os.fork",
           "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod", "os.symlink", "tempfile.mkstemp",
           "tempfile.mkdtemp"}

def reader():
    frame = sys._getframe(2)
    while frame.f_code.co_filename.startswith("<frozen"):
        frame = frame.f_back
    name = frame.f_code.co_filename
    return name if name.startswith(service) or "pydantic_settings" in name else None

def watch(event, arguments):
    if event in refused:
        found.append(event)
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and arguments[0] != os.devnull:
            found.append(f"writes {arguments[0]}")

class Watched(type(os.environ)):
    def __getitem__(self, name):
        if (where := reader()) is not None:
            found.append(f"{where} reads {name}")
        return super().__getitem__(name)
    def __iter__(self):
        if (where := reader()) is not None:
            found.append(f"{where} reads everything")
        return super().__iter__()

sys.dont_write_bytecode = True
os.environ.__class__ = Watched
sys.addaudithook(watch)
for module in json.loads(sys.argv[2]):
    before = len(found)
    importlib.import_module(module)
    found[before:] = [f"{module}: {what}" for what in found[before:]]
print(json.dumps(found))
"""


def effects_of(*modules: str, path: str = str(PROJECT)) -> list[str]:
    program = f"import sys; sys.path[:0] = {path.split(os.pathsep)!r}\n{WATCH}"
    arguments = [sys.executable, "-B", "-c", program, str(SERVICE), json.dumps(modules)]
    result = subprocess.run(arguments, cwd="/", capture_output=True, text=True, check=True)
    found: list[str] = json.loads(result.stdout)
    return found


def test_importing_any_module_does_nothing() -> None:
    assert effects_of(*(source.name for source in sources() if not source.name.endswith("__main__"))) == []


def test_the_watch_sees_what_it_should(tmp_path: Path) -> None:
    (tmp_path / "does_much.py").write_text(
        "import socket\nopen(__file__ + '.made', 'w').close()\n"
        "try:\n    socket.create_connection(('127.0.0.1', 9), timeout=0.01)\nexcept OSError:\n    pass\n"
        "from service.settings import Settings\nSettings()\n",
        encoding="utf-8",
    )
    found = " ".join(effects_of("does_much", path=f"{PROJECT}{os.pathsep}{tmp_path}"))
    assert "writes" in found
    assert "socket.connect" in found
    assert "pydantic_settings" in found
