"""What all screens of the console share: who is signed in, calls of the routes, forms, and how a screen is answered."""
