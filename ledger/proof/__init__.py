"""What can be proved: canonical bytes, signatures, digests and trees; no input or output."""
