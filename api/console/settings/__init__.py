"""The settings of the console: tokens and people, components and names, subscribers, and how the service is doing."""
