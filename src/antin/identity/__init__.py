"""Who takes part: organisations and their codes, persons, accounts, mandates, and how each is proven (379/3.7, 379/11).

Sign-in takes a password and a one-time code, always both; every act with legal effect takes a fresh code for exactly
that act (379/5.6, 379/12.2.b).
"""
