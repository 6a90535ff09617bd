"""What changed in public: snapshots of what readers see, how they differ, and sentences for it."""
