"""What changed in public: facts that readers see, how they differ from one event to the next, and sentences for it."""
