"""How fast is it, beside what, and does it stay so? `python -m bench` answers."""
