"""A stand-in for the provider of national identity accounts, for demonstrations, trials and tests. Never for real people."""
