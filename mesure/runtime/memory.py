"""What the program itself consists of is not searched for garbage again and again.

Libraries, templates and texts are some 300,000 objects that stay until the end. A full search
through them takes a fifth of a second, in which no page is answered, and finds nothing.
"""

import gc


def settle() -> None:
    """Search once, and leave out of every later search whatever is there now."""
    gc.collect()
    gc.freeze()
