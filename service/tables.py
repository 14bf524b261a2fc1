"""Every table of the register: what migrations and checks see."""

from service.access import models as access
from service.audit import models as audit
from service.cases import models as cases
from service.db.metadata import Table
from service.http import models as kept
from service.ledger import models as ledger
from service.operations import models as operations
from service.people import models as people

__all__ = ["METADATA", "access", "audit", "cases", "kept", "ledger", "operations", "people"]

METADATA = Table.metadata
