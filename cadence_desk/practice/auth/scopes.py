"""The scope names that the platform knows.

Pure. Source: the OpenID discovery document of login.salesforce.com. Used by authorize and token endpoint.
"""

from cadence_desk.practice.auth.errors import OAuthError

KNOWN_SCOPES = (
    "address",
    "api",
    "cdp_query_api",
    "chatter_api",
    "content",
    "custom_permissions",
    "email",
    "full",
    "id",
    "lightning",
    "offline_access",
    "openid",
    "phone",
    "profile",
    "refresh_token",
    "visualforce",
    "wave_api",
    "web",
)
DEFAULT_SCOPE = "api refresh_token web id"


def check_scope(asked: str) -> str:
    """The granted scope: exactly what was asked, or the app's usual set when nothing was asked.

    Raises OAuthError(invalid_scope) for an unknown name. Nothing is added or reordered, because oauthlib
    refuses a grant that differs from its request.
    """
    if not asked.strip():
        return DEFAULT_SCOPE
    unknown = [name for name in asked.split() if name not in KNOWN_SCOPES]
    if unknown:
        raise OAuthError("invalid_scope", f"the requested scope is not allowed: {unknown[0]}")
    return asked
