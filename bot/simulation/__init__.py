"""A virtual town on a virtual clock: invented people, a faulty platform, the real bot, and a judge of it all."""
