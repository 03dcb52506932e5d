"""What travels: the events of every topic, their selectors and their envelope. Imports nothing of ours."""
