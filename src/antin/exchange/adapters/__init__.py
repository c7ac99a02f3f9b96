"""Channels: the Party network over HTTPS with mutual TLS."""
