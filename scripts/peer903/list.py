#!/usr/bin/env python3
"""Gives the list of providers of a generated country the columns that csc-validator-be-903 asks for, which Ofsted's public
list lacks: placement and provider codes by sort and sector, as `carebank check` takes them where a list has none.
usage: list.py PROVIDERS.csv OUT.csv"""
import csv, sys

FOSTERED = "U1,U2,U3,U4,U5,U6,A3,A4,A5,A6"
PLACES = {"Children's home": "K2", "Secure children's home": "K1", "Residential Family Centre": "R3",
          "Residential special school (registered as a children's home)": "K2,S1",
          "Independent Fostering Agency": FOSTERED, "Supported accommodation": "K3,H5"}
CODES = {"Local Authority": "PR1,PR2", "Private": "PR4", "Voluntary": "PR5"}
with open(sys.argv[1], newline="") as given, open(sys.argv[2], "w", newline="") as made:
    for _ in range(3):
        next(given)
    to = csv.writer(made)
    to.writerow(["URN", "Provision type", "Registration status", "Local authority", "Sector", "Places",
                 "Placement code", "Placement provider code", "Deregistration date", "Setting address postcode"])
    for row in csv.DictReader(given):
        to.writerow([row["URN"], row["Provision type"], row["Registration status"], row["Local authority"], row["Sector"],
                     row["Places"], PLACES[row["Provision type"]], CODES[row["Sector"]], "", row["Postcode"]])
