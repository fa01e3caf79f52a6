"""The one error of the OAuth endpoints, in the words that Salesforce puts on the wire.

Pure. Raised by the token book and the code book, rendered by the handlers.
"""


class OAuthError(Exception):
    """An OAuth error with its code and description; both go to the client as they are."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description

    def body(self) -> dict[str, str]:
        """The JSON body of the error answer."""
        return {"error": self.error, "error_description": self.description}
