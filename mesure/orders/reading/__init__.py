"""Reading an order file: text in, a version of the order or every fault out; and writing it."""
