"""The demonstration world: a central office and a provincial committee, invented, marked as samples, with real keys."""
