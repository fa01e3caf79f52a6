"""The whole desk as a child process against the practice org: random schedules, numbered kills, odd starts."""
