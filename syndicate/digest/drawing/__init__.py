"""An issue becomes HTML and text."""
