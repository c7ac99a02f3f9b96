"""A stand-in for the national axis, a server of its own: stores per body, signed requests, faults on demand. No Django."""
