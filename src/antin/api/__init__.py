"""REST: the same acts and queries as the pages, under the same session and the same access rules (379/4.4)."""
