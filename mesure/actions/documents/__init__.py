"""Documents: papers as they came: which are taken, under which name, and how they are kept."""
