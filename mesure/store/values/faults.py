"""Store faults: why a store cannot do what it is asked, in a sentence for its operator."""


class StoreError(Exception):
    """Something about the store; nothing was kept of the change in which it was raised."""


class UnavailableError(StoreError):
    """The database cannot be reached or cannot write now. Nothing was acknowledged; try again.

    Where a connection broke in the very moment of the commit, the change may have been kept all the
    same. Trying again loses nothing: what is kept already is found and kept once.
    """


class MisnamedError(UnavailableError):
    """What was named can be no database at all; trying again changes nothing."""


class OtherVersionError(StoreError):
    """The database was made by another version of the program, or is none of ours."""


class ConflictError(StoreError):
    """What is to be kept contradicts what is kept, or refers to what is not there."""


class FencedError(StoreError):
    """The judge no longer owns the partition: somebody else claimed it. Stop, and claim."""


class KeyringError(StoreError):
    """The keyring cannot be opened or used."""


class LostKeyError(KeyringError):
    """What was sealed cannot be read: there is no key for it, or it was sealed otherwise."""


class ErasedError(KeyringError):
    """The person was erased, and gets no key again."""
