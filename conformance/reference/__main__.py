"""Runs the reference server until it is interrupted: `python -m conformance.reference`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from textwrap import fill
from types import FrameType
from typing import TYPE_CHECKING, get_args

from conformance.reference.faults import FAULTS, MODERN, Profile, UnknownFaultError
from conformance.reference.stdio import run_stdio

if TYPE_CHECKING:
    from conformance.reference.server import ReferenceServer

_DESCRIPTION = "Runs a small MCP server with its own authorization server on a loopback port, to be audited."
_EXAMPLES = """examples:
  python -m conformance.reference
      a conformant server on http://127.0.0.1:8000/mcp; logins are approved without asking
  python -m conformance.reference --consent form
      the same, but every login shows a sign-in page and a consent page
  python -m conformance.reference --fault code-reusable
      the same with one defect, to see how an audit reports it
  python -m conformance.reference --profile separate
      the same with the authorization server on a port of its own
  python -m conformance.reference --stdio
      the MCP server alone on stdin and stdout, as clients start it
  python -m conformance.reference --list-faults
      what can be made to go wrong, and what it does to users

Audit it from a second terminal: pytest --target-url=http://127.0.0.1:8000/mcp
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 after an interruption, 2 for arguments that cannot be served."""
    options = _parser().parse_args(arguments)
    if options.list_faults:
        print(_fault_list())
        return 0
    if options.stdio:
        return _run_stdio(options.fault, options.profile)
    from conformance.reference.server import ReferenceServer

    try:
        profile = options.profile or (FAULTS[options.fault].profile if options.fault in FAULTS else "combined")
        server = ReferenceServer(options.fault, options.consent, not options.open, options.port, profile)
    except UnknownFaultError as error:
        return _fail(f"{error} (--list-faults shows all)")
    except (OSError, OverflowError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "it is out of range"
        return _fail(f"port {options.port} cannot be used: {reason}")
    interrupted = threading.Event()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        interrupted.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    with server:
        print(_greeting(server, options.consent, options.fault), flush=True)
        interrupted.wait()
    print("\nStopped.", flush=True)
    return 0


def _run_stdio(fault: str | None, profile: Profile | None) -> int:
    try:
        run_stdio(fault, dual=profile not in MODERN)
    except UnknownFaultError as error:
        return _fail(f"{error} (--list-faults shows all)")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m conformance.reference",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="the port to listen on; 0 takes a free one (default: 8000)"
    )
    parser.add_argument("--fault", metavar="NAME", help="misbehave in one way, see --list-faults")
    parser.add_argument(
        "--consent",
        choices=("auto", "form"),
        default="auto",
        help="approve logins at once, or ask (default: auto)",
    )
    parser.add_argument(
        "--profile",
        choices=get_args(Profile),
        help="how it is deployed: on one port, with an authorization server on a port of its own, without any"
        " metadata, with logins delegated to a third party, over https, with a token needed for calls of tools or for"
        " all but the handshake alone, for clients that act without a user, without any login, or speaking only the"
        " revision without sessions"
        " (default: the one that shows the fault, else combined)",
    )
    parser.add_argument("--open", action="store_true", help="ask for no token and offer no login")
    parser.add_argument(
        "--stdio", action="store_true", help="serve one client on stdin and stdout instead, without any login"
    )
    parser.add_argument("--list-faults", action="store_true", help="list the faults and end")
    return parser


def _fault_list() -> str:
    width = max(map(len, FAULTS))
    return "\n".join(f"{fault.name:{width}}  {fault.harm}" for fault in FAULTS.values())


def _greeting(server: "ReferenceServer", consent: str, fault: str | None) -> str:
    from conformance.reference.services import BY_KEY, BY_SECRET

    lines = [f"MCP (Streamable HTTP)  {server.url}", f"MCP (HTTP+SSE)         {server.sse_url}"]
    if not server.protected:
        lines.append("Login                  none needed")
    elif consent == "form":
        lines.append(f"Login                  as {server.username} with the password {server.password}")
    else:
        lines.append("Login                  approved without asking")
    if fault is not None:
        lines.append(f"Fault                  {fault}")
        lines.append(fill(FAULTS[fault].harm, 100, initial_indent=" " * 23, subsequent_indent=" " * 23))
    further = f" --ca-file={server.ca_file}" if server.ca_file else ""
    if server.client_key:
        lines.append(f"Service with a key     {BY_KEY}, whose private key is in {server.client_key}")
        further = f" --consent=client-credentials --client-id={BY_SECRET} --client-secret={server.client_secret}"
    return "\n".join([*lines, "", f"Audit it with: pytest --target-url={server.url}{further}", "Stop it with Ctrl-C."])


def _fail(sentence: str) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
