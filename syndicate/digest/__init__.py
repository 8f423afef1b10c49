"""Stories become an issue, an issue becomes messages, messages go out."""
