"""The reference client of the device protocol: it signs, keeps, forwards and reads back.

For tests, pilots and makers of devices.
"""
