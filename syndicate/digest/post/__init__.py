"""The ways on which messages leave."""
