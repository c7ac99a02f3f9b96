"""The trust store of the installation: which authorities carry signatures here, since when, by whose decision (379/7.p1, 379/9.1).

store     what is trusted now, for every judgement and ceremony
acts      adopt_trust, end_trust (the security officer's), follow_folder (a job of the worker)
queries   for the page, and as files for `antin validate --trust`
"""
