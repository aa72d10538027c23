"""Which rules are compared, and how well did each do?

Rules of other systems as small functions, what each is given, and one definition of every figure.
"""
