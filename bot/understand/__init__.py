"""What people write → what they mean: pure, and never a guess where two things could be meant."""
