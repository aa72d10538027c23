"""Documents: papers as they came, which are taken and how they are kept; tables as files."""
