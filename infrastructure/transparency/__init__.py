"""The log as a transparency log (RFC 9162, C2SP): its Merkle tree, signed checkpoints, and proofs."""
