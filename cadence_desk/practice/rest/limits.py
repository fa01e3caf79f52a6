"""/limits: what the org allows and what is left of it.

Source: REST API guide, Limits. Only the daily requests are really counted here.
"""

from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService

_STEADY = {
    "ConcurrentAsyncGetReportInstances": 200,
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 1_000,
    "DataStorageMB": 1_024,
    "FileStorageMB": 1_024,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "MonthlyPlatformEvents": 50_000,
    "SingleEmail": 5_000,
}


def limits(_call: ApiCall, service: RestService) -> ApiReply:
    """Every limit with Max and Remaining; needs View Setup and Configuration (REST API guide, Limits)."""
    if not service.org.settings.setup_visible:
        raise ApiError(403, "FORBIDDEN", "You do not have permission to view the record.")
    usage = service.usage
    daily = {"Max": usage.limit, "Remaining": max(usage.limit - usage.used(), 0)}
    steady = {name: {"Max": most, "Remaining": most} for name, most in _STEADY.items()}
    most, left = service.org.event_deliveries()
    events = {"DailyDeliveredPlatformEvents": {"Max": most, "Remaining": left}}
    return ApiReply(200, dict(sorted({"DailyApiRequests": daily, **events, **steady}.items())))


ROUTES = (Route("GET", "/limits", limits),)
