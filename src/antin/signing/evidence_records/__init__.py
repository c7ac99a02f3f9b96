"""Evidence records (RFC 4998): the time of what no signature carries, provable for as long as somebody renews it.

record      the syntax: chains of archive timestamps over reduced hash trees
tree        hash trees over many objects, one timestamp for all of them
sealing     a token with the status data of its authority inside, so that the next timestamp covers it
judging     whether a record proves that an object existed, and since when
heads       the ledger's signed heads: stamped, renewed before what they rest on ends
"""
