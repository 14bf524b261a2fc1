"""A private PostgreSQL that needs no installation and no configuration.

The service always uses a real PostgreSQL. Without a configured one, a `Cluster` creates one in a folder of its own: on
a Unix socket in a private folder, without TCP, with a random password for every role.
"""

from service.db.embedded.binaries import Binaries, find_binaries
from service.db.embedded.cluster import Cluster
from service.db.embedded.errors import EmbeddedError
from service.db.embedded.layout import default_folder
from service.db.embedded.parameters import archiving_to

__all__ = ["Binaries", "Cluster", "EmbeddedError", "archiving_to", "default_folder", "find_binaries"]
