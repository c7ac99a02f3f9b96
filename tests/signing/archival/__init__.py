"""Archive timestamps of stored documents, through the acts and jobs of an installation."""
