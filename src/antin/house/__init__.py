"""Composition: configuration, settings, wiring of ports to adapters, the database's launcher, the demonstration world."""
