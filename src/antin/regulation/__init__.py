"""The two regulations: every clause with its kind and statement, and the refusals that cite them."""

from antin.regulation.clauses import Clause, clause, clauses
from antin.regulation.errors import Indeterminate, RemoteViolation, RuleViolation

__all__ = ["Clause", "Indeterminate", "RemoteViolation", "RuleViolation", "clause", "clauses"]
