"""The signed message: envelope, CBOR, batches of fixes, keys; bytes to values and back."""
