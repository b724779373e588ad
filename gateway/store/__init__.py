"""What is kept in the directory of state: the store of who is protected, and how it is opened."""
