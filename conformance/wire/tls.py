"""Asking which versions of TLS a server negotiates, with bytes of our own, since libraries refuse the old ones.

RFC 2246, 4346 and 5246 section 7.4.1 (hello messages), RFC 8422 section 5.1 (curves), RFC 6066 section 3 (SNI).
"""

import secrets
import socket
from ipaddress import ip_address
from struct import pack

TLS_1_0, TLS_1_1 = b"\x03\x01", b"\x03\x02"
_SUITES = bytes.fromhex("c014 c013 c00a c009 0035 002f 000a 00ff")
_CURVES = bytes.fromhex("000a 0008 0006 001d 0017 0018  000b 0002 0100")
_HANDSHAKE, _SERVER_HELLO = 0x16, 2


def negotiates(host: str, port: int, version: bytes, timeout: float) -> bool:
    """Whether a server answers the hello of a client that speaks nothing newer than `version`.

    Raises OSError where it cannot be reached, or says nothing in time.
    """
    with socket.create_connection((host, port), timeout) as connection:
        connection.sendall(_hello(host, version))
        answer = b""
        while len(answer) < 11:
            try:
                received = connection.recv(64)
            except ConnectionResetError:
                return False
            if not received:
                return False
            answer += received
            if answer[0] != _HANDSHAKE:
                return False
    return answer[5] == _SERVER_HELLO and answer[9:11] == version


def _hello(host: str, version: bytes) -> bytes:
    extensions = _CURVES if _is_address(host) else _CURVES + _server_name(host.encode("idna"))
    body = version + secrets.token_bytes(32) + b"\0" + _sized(_SUITES) + b"\x01\0" + _sized(extensions)
    return bytes([_HANDSHAKE]) + TLS_1_0 + _sized(b"\x01\0" + _sized(body))


def _server_name(host: bytes) -> bytes:
    return b"\0\0" + _sized(_sized(b"\0" + _sized(host)))


def _sized(content: bytes) -> bytes:
    return pack(">H", len(content)) + content


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
