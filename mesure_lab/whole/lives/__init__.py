"""What lives beside the persons of a seed: accounts that sign in, and phones that cannot sign."""
