"""Which approvals an audit asks for."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import pytest

from conformance import waits
from conformance.ceremony.aging import Aging
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.plan import CONSENTS, Plan
from conformance.survey import Survey
from conformance.verdict import Narrowed

ALL_METADATA = {
    "client_id_metadata_document_supported": True,
    "dpop_signing_alg_values_supported": ["ES256"],
