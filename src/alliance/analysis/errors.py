"""The error that analysis functions raise."""


class MethodError(ValueError):
    """A method has no result for the given data.

    ``code`` is stable and meant for programs and translations (``mixed-units``), ``message`` is
    English for a person, ``where`` names the argument, row or field (``effects[3].unit``) and is
    empty if the fault is in the data as a whole.
    """

    def __init__(self, code: str, message: str, where: str = "") -> None:
        super().__init__(code, message, where)
        self.code = code
        self.message = message
        self.where = where

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return f"{self.code}: {self.message}{place}"
