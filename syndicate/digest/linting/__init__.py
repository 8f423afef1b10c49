"""What is wrong with a message, under the rules' names."""
