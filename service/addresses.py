"""Mail addresses as people write them: whatever is legal, also `"two words"@example.org` and addresses not in ASCII."""

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email

from service.problems import BadRequest, FieldError

# The library's own way to allow them: `.local` is what many schools call their network, `.invalid` is for examples.
SPECIAL_USE_DOMAIN_NAMES.clear()


def parse_address(text: str, *, field: str = "email") -> str:
    """The address in its one spelling. Raises BadRequest. Nothing is asked of the network."""
    try:
        return str(_validated(text.strip()).normalized)
    except EmailNotValidError as wrong:
        detail = "This is not a mail address. It looks like name@example.org."
        raise BadRequest(detail, [FieldError(f"/{field}", str(wrong))]) from None


def spelling(text: str) -> str:
    """The one spelling of what somebody typed to sign in; what is no address stays as it is, and is nobody's."""
    try:
        return parse_address(text)
    except BadRequest:
        return text


def on_the_wire(address: str) -> str:
    """The address as mail servers know it: the domain in ASCII, and the whole of it where that is possible."""
    found = _validated(address)
    return str(found.ascii_email or f"{found.local_part}@{found.ascii_domain}")


def _validated(text: str) -> ValidatedEmail:
    return validate_email(
        text,
        check_deliverability=False,
        strict=True,
        allow_quoted_local=True,
        allow_domain_literal=True,
        # Also a server inside a school, whose name has no dot.
        globally_deliverable=False,
    )
