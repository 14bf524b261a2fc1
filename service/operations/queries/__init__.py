"""Every statement about operations: reading them in scope, and checking them as a whole."""

from service.operations.queries.reading import (
    Counted,
    OperationFilter,
    count_results,
    get_operation,
    list_operations,
)

__all__ = ["Counted", "OperationFilter", "count_results", "get_operation", "list_operations"]
