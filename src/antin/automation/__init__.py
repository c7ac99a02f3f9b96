"""Automation: what the machine does by itself under an approved rule, and what it proposes to a person (379/27, 379/4.7).

An administrator drafts a rule, a security officer reviews it, the overseer named in it approves it and answers for it.
"""
