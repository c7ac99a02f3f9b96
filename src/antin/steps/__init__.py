"""The engine of the tables of life: an act that is not in the table is refused and changes nothing."""

from antin.steps.table import Life, Step, life

__all__ = ["Life", "Step", "life"]
