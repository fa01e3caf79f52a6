"""A practice org whose every secret can be recognized: tokens, codes and a cookie on each answer carry planted words."""

from __future__ import annotations

import secrets
import sys

from cadence_desk.practice import serving
from cadence_desk.practice.__main__ import main
from cadence_desk.practice.auth import codes, tokens
from tests.access.canary import ACCESS, CODE, COOKIE, REFRESH


def _token(length: int) -> str:
    """Access tokens have 86 random characters, refresh tokens 83."""
    mark = ACCESS if length == 86 else REFRESH
    return (mark + secrets.token_hex(length))[:length]


class _MarkedSecrets:
    """Stands in for the module `secrets` where codes are made."""

    @staticmethod
    def token_urlsafe(size: int) -> str:
        return CODE + secrets.token_urlsafe(size)


if __name__ == "__main__":
    tokens._random_text = _token
    codes.secrets = _MarkedSecrets  # type: ignore[assignment, attr-defined]
    date = serving.ServedOrg._date

    async def with_cookie(self: serving.ServedOrg, request: object, response: object) -> None:
        await date(self, request, response)  # type: ignore[arg-type]
        response.headers["Set-Cookie"] = f"sid={COOKIE}; Path=/; Secure"  # type: ignore[attr-defined]

    serving.ServedOrg._date = with_cookie  # type: ignore[method-assign, assignment]
    sys.exit(main(sys.argv[1:]))
