"""Background processes: sequencer, followers, sender, jobs."""
