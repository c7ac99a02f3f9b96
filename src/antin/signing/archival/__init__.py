"""Stored files keep their proof of time: who is due is found, an archive timestamp added before the former ends (379/23.2.b).

`follow` notes each issued or registered document, `surveying` finds out how long its newest file holds, `renewing` adds a
timestamp within the margin before the end. Each is a job of the worker, bounded, and may be killed at any instant.
"""
