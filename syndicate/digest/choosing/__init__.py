"""Which stories make an issue, and in what order."""
