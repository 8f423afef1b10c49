"""What comes back: bounces and complaints, read; boxes in which they lie."""
