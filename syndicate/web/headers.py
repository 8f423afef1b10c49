"""What every answer tells the browser about safety."""

from __future__ import annotations

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; img-src https: http: data:; style-src 'self' "
        "'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
