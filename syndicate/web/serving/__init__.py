"""The written documents on the wire: read once, packed once, answered many times."""
