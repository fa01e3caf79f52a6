"""Where asyncio and threads meet Qt: the loop, the task runner, the relay, the meters."""
