"""The console: pages for the people who run the service, who decide on held requests, and who audit."""
