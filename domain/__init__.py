"""What mentoring is: what can happen, when it may, and the journal of what did."""
