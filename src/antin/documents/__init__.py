"""Documents: content, revisions, routes, relations and the lives a document leads.

Other rooms come in by `acts` (writes), `queries` (reads) and `ports` (what this room needs from outside).
"""
