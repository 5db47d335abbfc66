"""What people read of a run: terminal, logs, Allure."""
