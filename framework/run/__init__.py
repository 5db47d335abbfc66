"""The run itself: one process's plan and harness, the loop over a case's steps, and the verdict."""
