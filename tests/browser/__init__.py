"""People at their desks in Chromium, in one demonstration world."""
