"""The receipt: its page, its evidence, and the verifier that needs nothing else."""
