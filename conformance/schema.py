"""Temporary."""
from typing import Any
import jsonschema_rs
class ServerSchemaError(Exception): ...
def message_errors(revision: str, definition: str, instance: object) -> list[str]:
    return []
def oauth_errors(name: str, instance: object) -> list[str]:
    return []
class ServerSchema:
    def __init__(self, schema: Any) -> None:
        try: self.v = jsonschema_rs.validator_for(schema)
        except Exception as e: raise ServerSchemaError(str(e).splitlines()[0])
    def errors(self, instance: object) -> list[str]:
        return [str(e).splitlines()[0] for e in self.v.iter_errors(instance)]
