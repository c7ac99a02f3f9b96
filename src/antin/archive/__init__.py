"""The archive: closed case files taken over, what is due found, destruction decided by several people and proven.

Nothing is destroyed by one person, and nothing but what a decided list names (379/20, 379/25.p1).
"""
