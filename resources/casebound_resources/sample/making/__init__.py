"""How the sample is made. Only `make_sample.py` and its test use this; the program reads what it wrote."""
