"""Issues are composed, approved and sent, and every copy is accounted for."""
