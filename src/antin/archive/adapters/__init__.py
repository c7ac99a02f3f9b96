"""The archive's ports towards the outside, made real."""
