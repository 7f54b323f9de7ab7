"""One look at the target before anything is judged: where it is, who protects it, what it offers."""

from conformance.survey.closed import ask
from conformance.survey.connections import close_quietly, closing, connect, walk
from conformance.survey.flows import make_flow
from conformance.survey.record import LISTS, ClosedRequest, Listing, Login, Survey, bounded
from conformance.survey.spares import Spares
from conformance.survey.surveyor import Surveyor

__all__ = [
    "LISTS",
    "ClosedRequest",
    "Listing",
    "Login",
    "Spares",
    "Survey",
    "Surveyor",
    "ask",
    "bounded",
    "close_quietly",
    "closing",
    "connect",
    "make_flow",
    "walk",
]
