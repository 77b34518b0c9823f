#!/usr/bin/env python3
"""Runs csc-validator-be-903 on a return. usage: peer.py YEAR FOLDER PREVIOUS|- RULES(comma) OUT.csv [PREFIX] [PREVIOUS_PREFIX]
Prints one JSON line: CPU seconds of reading and rules, and the rules that failed or were skipped. OUT.csv gets every
flagged row: rule,table,row (from 0). CAREBANK_PEER_PROVIDERS names a list of providers. CAREBANK_PEER_AS_IT_IS leaves its
tables shared between rules and its postcode look-ups out: for timing rules that use none."""
import csv, glob, importlib, json, logging, os, resource, sys, time

logging.disable(logging.CRITICAL)
import warnings

warnings.filterwarnings("ignore")
from lac_validator import datastore, lac_validator

year, folder, previous, rules, out = sys.argv[1:6]
prefix = sys.argv[6] if len(sys.argv) > 6 else ""
last_prefix = sys.argv[7] if len(sys.argv) > 7 else ""
ends = min(max(int(year), 2023), 2027)
registry = importlib.import_module(f"lac_validator.rules.lac{ends - 1}_{ends % 100}").registry


def plain(episodes, _):
    episodes = episodes.copy()
    episodes["PL_LA"] = episodes["PL_LOCATION"] = episodes["PL_DISTANCE"] = None
    return episodes


def providers(path):
    """The table of its own that it makes of Ofsted's lists, made of one list in CSV."""
    import pandas

    table = pandas.read_csv(path, dtype=str)
    table = table.rename(columns={"Placement code": "PLACE_CODES", "Placement provider code": "PROVIDER_CODES",
                                  "Deregistration date": "REG_END", "Setting address postcode": "POSTCODE"})
    table["REG_END"] = pandas.to_datetime(table["REG_END"], format="%d/%m/%Y", errors="coerce")
    table["POSTCODE"] = table["POSTCODE"].str.replace(" ", "").str.upper()
    found = datastore.merge_postcodes(table, "POSTCODE").merge(
        datastore.la_df, how="left", left_on="laua", right_on="LTLA21CD")
    table["LA_CODE_INFERRED"] = found["UTLA21CD"]
    return table


if "CAREBANK_PEER_AS_IT_IS" in os.environ:
    datastore._add_postcode_derived_fields = plain
else:
    # Some of its rules change the table that later rules are given (365 fills every blank DEC), so that what a rule flags
    # turns on which ran before. Each is given its own copy here; the timing leaves it as it is.
    lac_validator.copy_datastore = lambda store: {
        name: table.copy() if name != "metadata" else table for name, table in store.items()
    }


def files(folder, prefix, description):
    for path in sorted(glob.glob(f"{folder}/{prefix}*.csv")):
        content = open(path, "rb").read()
        if content.strip() and os.path.basename(path) != "faults.csv":
            yield {"name": path, "description": description, "file_content": content}


def within(rule):
    """One of its rules (SW01STG1) names rows of a table that has fewer, and the whole run fails; those are left out."""
    def checked(store):
        return {table: [row for row in rows if row in store[table].index or row != row]
                for table, rows in rule(store).items()}
    return checked


given = list(files(folder, prefix, "This year"))
if previous != "-":
    given += list(files(previous, last_prefix, "Prev year"))
wanted = [code for code in rules.split(",") if code in registry]
metadata = {"collectionYear": year, "localAuthority": os.environ["CAREBANK_PEER_AUTHORITY"]}
if "CAREBANK_PEER_PROVIDERS" in os.environ:
    metadata["provider_info"] = providers(os.environ["CAREBANK_PEER_PROVIDERS"])
for code in wanted:
    object.__setattr__(registry[code], "func", within(registry[code].func))
real, sys.stdout = sys.stdout, open(os.devnull, "w")
began = time.process_time()
run = lac_validator.LacValidator(
    metadata=metadata, files=given, registry=registry, selected_rules=wanted
)
cpu = time.process_time() - began
sys.stdout = real
with open(out, "w", newline="") as file:
    to = csv.writer(file)
    for table, frame in run.ds_results.items():
        if table == "metadata" or table.endswith("_last"):
            continue
        for column in frame.columns:
            if column.startswith("ERR_"):
                for row in frame.index[frame[column] == True]:
                    to.writerow([column[4:], table, row])
print(json.dumps({"cpu": round(cpu, 2), "rules": len(wanted), "failed": run.fails, "skipped": run.skips,
                  "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
