"""The Alliance platform: cities share what works and what does not."""

__version__ = "0.9.0"
