"""The check queue: held requests as reviewers check them, auditors read them and operators help."""
