"""The version of this software; it is part of every assessment."""

VERSION = "0.9.3"
