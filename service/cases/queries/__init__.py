"""Every look-up of the case file. All of them start at `visible_to`."""
