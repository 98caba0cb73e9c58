"""Steps from the files of MICS6 to analysis frames: columns, keys, exposure, outcomes, checks."""
