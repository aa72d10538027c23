"""What lives beside the persons of a seed: who signs in, and phones that nobody signs for."""
