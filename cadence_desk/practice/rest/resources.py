"""The resource map of a version.

Called through the router for the bare version address.
"""

from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService
from cadence_desk.practice.rest.versions import resource_map


def resources(call: ApiCall, service: RestService) -> ApiReply:
    """Name and address of each resource; `identity` is absolute and is where jsforce asks who it is."""
    identity = f"{call.base}/id/{service.org.organization_id}/{call.user_id}"
    return ApiReply(200, {**resource_map(call.version), "identity": identity})


ROUTES = (Route("GET", "", resources),)
