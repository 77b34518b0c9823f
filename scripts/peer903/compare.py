#!/usr/bin/env python3
"""Compares the rows that `carebank check ssda903` flags with those of csc-validator-be-903, rule by rule and row by row.
usage: compare.py CAREBANK PEER_PYTHON NAME YEAR FOLDER [PREVIOUS|-] [PREFIX] [PREVIOUS_PREFIX]
Every difference must stand in differences.tsv with its counts and its reason, or the exit code is 1. Prints the rules that differ
and the CPU ratio on the rules whose rows are identical."""
import collections, csv, glob, json, os, resource, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
carebank, python, name, year, folder = sys.argv[1:6]
previous = sys.argv[6] if len(sys.argv) > 6 else "-"
prefix = sys.argv[7] if len(sys.argv) > 7 else ""
last_prefix = sys.argv[8] if len(sys.argv) > 8 else ""
expected = {}
with open(f"{here}/differences.tsv") as file:
    for line in file:
        if line.strip() and not line.startswith("#"):
            rule, data, counts, reason = line.rstrip("\n").split("\t", 3)
            expected[rule, data] = (counts, reason)
data = f"{name}-{year}"
os.environ.setdefault("CAREBANK_PEER_AUTHORITY", "E09000027")
# Where postcodes are, and whom Ofsted registers, for both alike.
places = os.environ.get("CAREBANK_PEER_POSTCODES")
providers = f"{os.path.dirname(folder)}/providers.csv"
if os.path.exists(providers):
    os.environ["CAREBANK_PEER_PROVIDERS"] = providers
work = tempfile.mkdtemp()


def paths(folder, prefix):
    return [p for p in sorted(glob.glob(f"{folder}/{prefix}*.csv")) if os.path.basename(p) != "faults.csv"]


def ours():
    command = [carebank, "check", "ssda903", "--authority", os.environ["CAREBANK_PEER_AUTHORITY"], "--year", year, "--json"]
    command += ["--findings", f"{work}/ours.csv"] + paths(folder, prefix)
    if previous != "-":
        command += ["--previous"] + paths(previous, last_prefix)
    plain = [part for part in command if part not in ("--json", "--findings", f"{work}/ours.csv")]
    if places:
        command += ["--postcodes", places]
    if os.path.exists(providers):
        command += ["--providers", providers]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
    rows = collections.defaultdict(set)
    with open(f"{work}/ours.csv", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["rule"]].add((row["table"], int(row["line"]) - 2))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    timed = subprocess.run(plain + ["--json"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return report, rows, cpu, set(json.loads(timed)["not_run"])


def theirs(rules):
    command = [python, f"{here}/peer.py", year, folder, previous, ",".join(rules), f"{work}/theirs.csv", prefix, last_prefix]
    done = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
    rows = collections.defaultdict(set)
    with open(f"{work}/theirs.csv", newline="") as file:
        for rule, table, row in csv.reader(file):
            rows[rule].add((table, int(row)))
    return done, rows


report, own, cpu, untimed = ours()
codes = json.loads(subprocess.run([carebank, "check", "rules", "--year", year, "--json"], check=True, stdout=subprocess.PIPE).stdout)
run = [rule["code"] for rule in codes if rule["code"] not in report["not_run"]]
done, peer = theirs(run)
unknown = set(done["failed"]) | set(done["skipped"])
same, differ = [], []
for rule in run:
    if rule in unknown and own[rule]:
        differ.append(rule)
    elif rule not in unknown:
        (same if own[rule] == peer[rule] else differ).append(rule)
print(f"{name}, {year}: {len(run)} rules of ours run; of {len(same)} the rows are identical "
      f"({sum(len(own[rule]) for rule in same)} rows, {sum(1 for rule in same if own[rule])} rules that fire); {len(differ)} differ")
unexplained = False
for rule in differ:
    only, missing = own[rule] - peer[rule], peer[rule] - own[rule]
    counts = f"{len(own[rule])}/{len(peer[rule])}" + (" fails there" if rule in unknown else "")
    said, reason = expected.pop((rule, data), ("", "NOT EXPLAINED"))
    print(f"  {rule:9} ours/theirs {counts:10} only ours {len(only):5} only theirs {len(missing):5}  {reason}")
    if said != counts:
        unexplained = True
        print(f"     expected {said or 'no difference'}; only ours {sorted(only)[:4]}, only theirs {sorted(missing)[:4]}")
for (rule, where), (counts, _) in expected.items():
    if where == data:
        unexplained = True
        print(f"  {rule:9} differed once ({counts}) and does not any more: take it out of differences.tsv")
if "CAREBANK_PEER_NO_TIME" not in os.environ:
    os.environ["CAREBANK_PEER_AS_IT_IS"] = "1"
    done, _ = theirs([rule for rule in same if rule not in untimed])
    print(f"  CPU on the identical rules: theirs {done['cpu']} s ({done['rss_mb']} MB), "
          f"ours {cpu:.2f} s with all its rules; {done['cpu'] / max(cpu, 0.001):.0f} times")
sys.exit(1 if unexplained else 0)
