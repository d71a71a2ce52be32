"""What people with an account work at: forms for every operation, told back in words."""
