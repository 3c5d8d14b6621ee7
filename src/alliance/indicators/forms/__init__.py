"""The forms of the indicators: what people typed, as values that services take."""

from alliance.indicators.forms.releases import ReleaseForm

__all__ = ["ReleaseForm"]
