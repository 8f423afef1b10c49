"""Members come, choose, and leave."""
