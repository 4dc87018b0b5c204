"""What is left of a network's answers when connections or whole layers are cut."""
