"""What people subscribe to: feeds of news, calendars of maintenance."""
