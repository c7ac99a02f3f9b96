"""Standard packages: what one archive hands to another, or to a reader, and how anybody checks one (379/23.2.c).

The form is that of Circular 05/2025/TT-BNV, which extends E-ARK CSIP 2.0.4: a folder tree in one ZIP, METS over all of it,
the circular's own `<simpledc>` descriptions, PREMIS 3.0, SHA-256 throughout.

facts      what goes into a package
codes      the circular's codes and names, in one place
writing    the package's bytes, piece by piece (mets, premis, descriptions, zipping)
checking   a package of anybody judged without a database (opening, reading, report)

Nothing here knows Django or the database.
"""
