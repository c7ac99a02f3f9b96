"""SQL made once: Django writes the text of a hot path's statement at its first use, later ones only fill it in.

For lists, searches and whatever runs a few times a minute Django's own querysets are the better choice.
"""

from antin.sql.asking import CompiledQuery
from antin.sql.connections import renew_connection
from antin.sql.writing import insert, insert_once, update

__all__ = ["CompiledQuery", "insert", "insert_once", "renew_connection", "update"]
