"""What turns the ground over on which everything stands?

Another policy or program, devices that are lost and retired, plain files that a crash tears, a
clock that leaps by hours: what each does to the world, and what must be so after it.
"""
