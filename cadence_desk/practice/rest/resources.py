"""The resource map of a version.

Called through the router for the bare version address.
"""

from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService
from cadence_desk.practice.rest.versions import resource_map


def resources(call: ApiCall, _service: RestService) -> ApiReply:
    """Name and address of each resource."""
    return ApiReply(200, resource_map(call.version))


ROUTES = (Route("GET", "", resources),)
