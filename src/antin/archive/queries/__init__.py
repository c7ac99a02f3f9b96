"""What the archive shows.

holdings   what is offered, held and due; destructions, their items, the permanent register
packages   packages of case files, their files and records
standing   the archive in numbers
"""

from antin.archive.queries.holdings import (
    ITEMS_SHOWN,
    LISTS_MOST,
    destruction,
    destruction_register,
    destructions,
    holdings,
    items,
    offered,
    open_holds,
    traces_since,
)
from antin.archive.queries.packages import (
    bare,
    case_in_archive,
    hand_over_record,
    package,
    package_file,
    packages,
    readers,
    receipt_file,
    still_open,
)
from antin.archive.queries.standing import Standing, standing

__all__ = [
    "ITEMS_SHOWN",
    "LISTS_MOST",
    "Standing",
    "bare",
    "case_in_archive",
    "destruction",
    "destruction_register",
    "destructions",
    "hand_over_record",
    "holdings",
    "items",
    "offered",
    "open_holds",
    "package",
    "package_file",
    "packages",
    "readers",
    "receipt_file",
    "standing",
    "still_open",
    "traces_since",
]
