"""Clients that act for themselves, without a user, registered beforehand (RFC 6749 section 4.4)."""

import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm

from conformance.reference.store import SECRET_LIFETIME, Client, random_value

SERVICE_GRANT = "client_credentials"
BY_SECRET, BY_KEY = "service", "service-with-key"
KEY_METHOD = "private_key_jwt"


class Services:
    """One client that has a secret and one that has a key.

    `key_file` is a PEM file of the private key; `close` removes it.
    """

    def __init__(self) -> None:
        self.secret = random_value()
        private = ec.generate_private_key(ec.SECP256R1())
        self._jwk = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
        with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
            file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.key_file = Path(file.name)

    def clients(self) -> dict[str, Client]:
        """The clients by their id."""
        expiry, methods = int(time.time()) + SECRET_LIFETIME, "client_secret_basic client_secret_post"
        by_secret = Client(BY_SECRET, "A service", (), (SERVICE_GRANT,), methods, self.secret, expiry)
        by_key = Client(BY_KEY, "A service with a key", (), (SERVICE_GRANT,), KEY_METHOD, keys=(self._jwk,))
        return {one.id: one for one in (by_secret, by_key)}

    def close(self) -> None:
        """Remove the file."""
        self.key_file.unlink(missing_ok=True)
