"""What changes the basis on which everything rests?

Another policy or program, devices that are lost and retired, plain files that a crash tears, a
clock that leaps by hours: what each does to the world, and what must be true after it.
"""
