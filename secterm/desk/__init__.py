"""The desk: everything that an unlocked officer can do, one method per act.
The only door from a face to the rooms below.
"""
