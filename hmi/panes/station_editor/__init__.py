"""Setup: from an unknown server to live tags in steps, and editing, duplicating, switching, deleting, moving stations.

`presenter` is the door: a list of stations, one `EditSession` at a time, and packages of stations. A session joins
parts that each do one job and know no Qt; each part says its refusals itself, so that a view shows them in its place.
"""
