"""How fast the program is, as ratios to the bare substrate."""

import warnings

# The wheel of the PostgreSQL server asks for this folder when it is imported, and does without it.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
