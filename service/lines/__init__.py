"""One call about many people, with an answer or a fault on every line: results of operations, lists, imports."""
