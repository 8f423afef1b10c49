"""The JSON schema of config.toml, for editors that complete and check TOML."""

from __future__ import annotations

import json

from syndicate.config.form import ConfigForm


def json_schema() -> str:
    """Return the schema (draft 2020-12) as text; a copy is in docs/."""
    schema = ConfigForm.model_json_schema()
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "config.toml of a syndication desk",
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
