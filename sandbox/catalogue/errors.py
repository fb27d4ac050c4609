"""Every way the catalogue says no, with CKAN's status code and `error.__type`."""

from __future__ import annotations

from typing import Any, ClassVar

Record = dict[str, Any]


class CatalogueError(Exception):
    """A refusal that an action answers with; `body` is the `error` part of CKAN's envelope."""

    status: ClassVar[int] = 500
    kind: ClassVar[str] = "Internal Server Error"

    def __init__(self, why: str, **details: Any) -> None:
        super().__init__(why)
        self.details: Record = details or {"message": why}

    def body(self) -> Record:
        return {**self.details, "__type": self.kind}


class ServerError(CatalogueError):
    """What CKAN answers when one of its own rules breaks down over a body."""

    def __init__(self) -> None:
        super().__init__("Internal Server Error")


class NotAuthorizedError(CatalogueError):
    status = 403
    kind = "Authorization Error"

    def __init__(self, why: str = "") -> None:
        super().__init__(f"Access denied: {why}" if why else "Access denied")


class NotFoundError(CatalogueError):
    status = 404
    kind = "Not Found Error"

    def __init__(self, why: str = "") -> None:
        super().__init__(f"Not found: {why}" if why else "Not found")


class SearchQueryError(CatalogueError):
    status = 400
    kind = "Search Query Error"

    def __init__(self, why: str) -> None:
        super().__init__(f"Search Query is invalid: {why!r}")


class SearchError(CatalogueError):
    status = 409
    kind = "Search Error"

    def __init__(self, why: str) -> None:
        quoted = why.replace("'", "\\'")
        super().__init__(f"Search error: '{quoted}'")


class SearchIndexError(CatalogueError):
    """A record that the search cannot take is not saved."""

    kind = "Search Index Error"

    def __init__(self) -> None:
        super().__init__("Unable to add package to search index")


class IntegrityError(CatalogueError):
    """A value of the wrong shape, such as text where a list of objects belongs."""

    status = 400
    kind = "Integrity Error"


class ValidationError(CatalogueError):
    """Field to messages; text or a list stands for the record as a whole."""

    status = 409
    kind = "Validation Error"

    def __init__(self, problems: Record | str | list[Any]) -> None:
        super().__init__("Validation Error")
        self.details = problems if isinstance(problems, dict) else {"message": problems}


class BadRequestError(CatalogueError):
    """A request that reaches no action: answered with plain JSON text, without an envelope."""

    status = 400


def missing(field: str) -> ValidationError:
    """The refusal for an argument without which an action cannot start."""
    return ValidationError({field: ["Missing value"]})
