"""One mail, byte by byte."""
