#!/usr/bin/env python3
"""Two years' returns of CHILDREN children, all twelve tables, values drawn from small pools so that every rule fires
somewhere and is silent somewhere. With `tame`, what makes the peer itself fail
(wrong dates, a child twice in the Header, a child in no Header) is left out.
usage: hostile.py CHILDREN OUT YEAR SEED [tame]   (makes OUT/now and OUT/last)"""
import csv, os, random, sys
from datetime import date, timedelta

count, out, year, seed = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
tame = sys.argv[5:] == ["tame"]
R = random.Random(seed)
# What was added later draws from a stream of its own, so that the rows that were made before stay as they were.
Q = random.Random(seed + 1000)
TABLES = {
    "header": "CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB",
    "episodes": "CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE HOME_POST PL_POST URN",
    "uasc": "CHILD SEX DOB DUC",
    "reviews": "CHILD DOB REVIEW REVIEW_CODE",
    "oc2": "CHILD DOB SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT "
           "SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED",
    "oc3": "CHILD DOB IN_TOUCH ACTIV ACCOM",
    "ad1": "CHILD DOB DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR",
    "placed": "CHILD DOB DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED",
    "perm": "CHILD DOB PREV_PERM LA_PERM DATE_PERM",
    "missing": "CHILD DOB MISSING MIS_START MIS_END",
    "sw": "CHILD DOB SW_ID SW_DECOM SW_DEC SW_REASON",
    "dolo": "CHILD DOB DOLO_START DOLO_END",
}
PLACES = "A3 A4 A5 A6 H5 K1 K2 K3 P1 P2 P3 R1 R2 R5 S1 T0 T1 T2 T3 T4 U1 U4 U6 Z1 Z11 Z14".split()
STATUSES = "C1 C2 D1 E1 V2 V3 V4 J1 J2 L1 L2 L3".split()
ENDS = "E11 E12 E13 E15 E17 E2 E3 E45 E48 E4A E5 E6 E7 E8 E9".split()
REASONS = "CARPL CLOSE CHILD CUSTOD OTHER".split()


# Real postcodes: in the council (Richmond upon Thames), in others, abroad, off the grid, nowhere; the last is none.
POSTS = ["TW1 1AA", "TW1 1AF", "CT1 1AA", "M1 1AE", "B1 1BB", "WN1 2UG", "TR1 1AA", "CF1 1AA", "AB1 0AA", "BT1 1AA",
         "IM1 1AA", "W10 9AA", "ZZ1 1ZZ"]
URNS = ["1234567", "SC123456", "1234568", "1234569", "SC123457", "1234570", "1234571", "9999999"]
# What Ofsted says of them; the last is on no list.
PROVIDERS = [
    ("1234567", "Children's home", "Richmond upon Thames", "K2", "PR1,PR2", "", "TW1 1AA"),
    ("SC123456", "Children's home", "Kent", "K2,R3,S1", "PR4", "30/09/{last}", "CT1 1AA"),
    ("1234568", "Independent Fostering Agency", "Bolton", "U1,U2,U3,U4,U5,U6", "PR4,PR5", "", "WN1 2UG"),
    ("1234569", "Supported accommodation", "Manchester", "K3,H5", "PR4", "15/01/{year}", "M1 1AE"),
    ("SC123457", "Secure children's home", "Richmond upon Thames", "K1", "PR1", "", "TW1 1AF"),
    ("1234570", "Residential family centre", "Sandwell", "R3", "PR2,PR5", "01/06/{last}", "B1 1BB"),
    ("1234571", "Voluntary adoption agency", "Cornwall", "A3,A4,A5,A6", "PR5", "", "TR1 1AA"),
]


def providers(path, ends):
    with open(path, "w", newline="") as file:
        to = csv.writer(file)
        to.writerow(["URN", "Provision type", "Registration status", "Local authority", "Sector", "Places",
                     "Placement code", "Placement provider code", "Deregistration date", "Setting address postcode"])
        for urn, kind, council, places, codes, ended, post in PROVIDERS:
            ended = ended.format(year=ends, last=ends - 1)
            to.writerow([urn, kind, "Closed" if ended else "Active", council, "", "", places, codes, ended, post])


def text(day):
    return day.strftime("%d/%m/%Y") if day else ""


def odd(value, chance=0.03):
    """The value, or now and then a blank or a wrong one."""
    roll = 1 if tame else R.random()
    return "" if roll < chance / 2 else "99/99/2020" if roll < chance else value


def near(day, spread):
    return day + timedelta(days=R.randint(-spread, spread))


def write(folder, ends, children):
    os.makedirs(folder, exist_ok=True)
    files = {name: open(f"{folder}/{name}.csv", "w", newline="") for name in TABLES}
    W = {name: csv.writer(file) for name, file in files.items()}
    for name, columns in TABLES.items():
        W[name].writerow(columns.split())
    start, end = date(ends - 1, 4, 1), date(ends, 3, 31)
    sexes = ["1", "2"] if ends < 2025 else ["M", "F", "U"]
    for child in children:
        kid, dob = child["id"], text(child["dob"])
        sex = sexes[child["sex"]] if R.random() > 0.05 else R.choice(["1", "M", ""])
        upn = child["upn"] if R.random() > 0.2 else R.choice(["", "UN1", "UN2", "UN4", "A123"])
        born = odd(dob) if R.random() > 0.05 else text(near(child["dob"], 400))
        if tame or R.random() > 0.03:
            W["header"].writerow([kid, sex, born, R.choice(["WBRI", "WBRI", "NOBT", "", "XX"]), upn, "", ""])
        if not tame and R.random() < 0.02:
            W["header"].writerow([kid, sex, born, "WBRI", upn, "", ""])
        if R.random() < 0.3:
            duc = R.choice([text(child["dob"].replace(year=child["dob"].year + 18)), text(near(end, 400)), "", "" if tame else "x"])
            W["uasc"].writerow([kid, R.choice(sexes), dob if R.random() > 0.1 else text(near(child["dob"], 3)), duc])
        episodes(W["episodes"], child, ends, start, end)
        health(W["oc2"], child, start)
        leavers(W["oc3"], child)
        for _ in range(R.choice([0, 1, 1, 2])):
            W["reviews"].writerow([kid, odd(dob), odd(text(near(end, 300))), R.choice(["PN0", "PN1", "PN7", "PN9", ""])])
        if R.random() < 0.15:
            W["ad1"].writerow([kid, dob, odd(text(near(start, 200)), 0.3), odd(text(near(start, 200)), 0.2),
                               R.choice("01 2".split(" ")), R.choice(["1", "2", "3", ""]),
                               R.choice(["MM", "MF", "XX", ""]), R.choice(["L0", "L4", "L9", ""])])
        for _ in range(R.choice([0, 0, 1, 2])):
            placed = child["placed"] if R.random() < 0.6 else near(start, 400)
            W["placed"].writerow([kid, dob, odd(text(placed), 0.2), R.choice(["", "", text(near(end, 300)), "1/1"]),
                                  R.choice(["", "", "RD1", "RD9"])])
        if R.random() < 0.7:
            W["perm"].writerow([kid, dob, R.choice(["Z1", "Z1", "P1", "P9", ""]), R.choice(["", "", "318", "WAL"]),
                                R.choice(["", "", "01/02/2016", "zz/zz/2016"])])
        for _ in range(R.choice([0, 0, 1, 3])):
            a = child["missing"] if R.random() < 0.3 else near(end, 390)
            b = R.choice([None, a + timedelta(days=R.randint(-2, 60)), near(end, 300)])
            W["missing"].writerow([kid, odd(dob), R.choice(["M", "A", "M", "", "X"]), odd(text(a)), text(b)])
        if ends >= 2024:
            day = near(start, 300)
            for _ in range(R.choice([0, 1, 2, 3])):
                to = R.choice([None, day, day + timedelta(days=R.randint(1, 300))])
                W["sw"].writerow([kid, dob, R.choice(["SW12345", "XX99", "SW", "AB1", ""]), odd(text(day), 0.1),
                                  odd(text(to)), R.choice(["MANAGE", "FCONTA", "ZZ", ""])])
                day = (to or day) + timedelta(days=R.randint(-3, 20))
        if ends >= 2026:
            for _ in range(R.choice([0, 0, 1, 2])):
                a = near(end, 390)
                W["dolo"].writerow([kid, dob, odd(text(a)), text(R.choice([None, near(a, 60), near(end, 300)]))])
    for file in files.values():
        file.close()


def health(to, child, start):
    """OC2: mostly whole, with every answer wrong or blank somewhere."""
    for _ in range(Q.choice([0, 1, 1, 1, 1, 2 if Q.random() < 0.1 else 1])):
        whole = Q.random() < 0.3
        answer = lambda: Q.choice(["0", "1"]) if whole else Q.choice(["0", "1", "1", "", "2" if Q.random() < 0.1 else "0"])
        born = text(child["dob"]) if Q.random() > 0.05 else text(child["dob"] + timedelta(days=1))
        to.writerow([child["id"] if Q.random() > 0.02 else "9" + child["id"], born,
                     Q.choice(["", "", "7", "40", "41", "x"]), Q.choice(["", "", "SDQ1", "SDQ2", "SDQ9"])]
                    + [answer() for _ in range(8)])


def leavers(to, child):
    """OC3: of those of 15 and over, and of a few others."""
    if Q.random() < (0.6 if child["dob"].year <= year - 15 else 0.05):
        for _ in range(2 if Q.random() < 0.05 else 1):
            born = text(child["dob"]) if Q.random() > 0.05 else text(child["dob"] + timedelta(days=1))
            to.writerow([child["id"] if Q.random() > 0.02 else "8" + child["id"], born,
                         Q.choice(["YES", "YES", "NO", "DIED", "RHOM", "XX", ""]),
                         Q.choice(["F2", "P4", "0", "0", "G9", ""]), Q.choice(["B1", "T1", "Z1", "0", "0", "T", ""])])


def places(child, row):
    """Every child's own reading of the few postcodes and numbers, so that what was equal stays equal."""
    posts, urns = child["posts"], child["urns"]
    row[10], row[11], row[12] = child["home"], posts.get(row[11], row[11]), urns.get(row[12], row[12])
    return row


def episodes(to, child, ends, start, end):
    day = child["in"] if child["in"] <= end else near(start, 200)
    state = dict(child["state"])
    rows = []
    for number in range(R.choice([1, 1, 2, 3, 5])):
        last = day + timedelta(days=R.choice([0, 1, 3, 5, 8, 18, 30, 60, 120]))
        rne = ("S" if number == 0 else R.choice("SLPTBU")) if R.random() > 0.03 else R.choice(["", "Q"])
        if rne in ("L", "B", "U"):
            state["ls"] = R.choice(STATUSES)
        if rne in ("P", "T", "B", "U") and R.random() < 0.9:
            state.update(place=R.choice(PLACES), post=R.choice(["B1 1BB", "M1 1AE", ""]),
                         urn=R.choice(["1234567", "SC123456", "XXXXXXX", ""]),
                         provider=R.choice(["PR0", "PR1", "PR2", "PR3", "PR4", "PR5", "", "PR9"]))
        open_ended = R.random() < 0.15
        rec = "" if open_ended else R.choice(["X1", "X1", "X1", R.choice(ENDS)])
        rows.append([child["id"], odd(text(day)), rne, state["ls"], state["cin"] if R.random() > 0.05 else "N9",
                     state["place"] if R.random() > 0.03 else "", state["provider"], "" if open_ended else odd(text(last)),
                     rec if R.random() > 0.03 else "E99", R.choice(["", R.choice(REASONS), "ZZZ"]) if rec else "",
                     "B1 1BB", state["post"], state["urn"]])
        day = last if R.random() > 0.15 else near(last, 5)
    if R.random() < 0.2:
        R.shuffle(rows)
    for row in rows:
        to.writerow(places(child, row))


children = []
for number in range(count):
    dob = date(year - R.choice([1, 3, 5, 8, 10, 12, 14, 15, 16, 17, 18, 19, 27]), R.randint(1, 12), R.randint(1, 28))
    children.append({
        "id": str(100000 + number * 7), "dob": dob, "sex": R.randint(0, 1),
        "upn": "A%012d" % R.randint(0, 10**12 - 1), "in": near(date(year - 1, 6, 1), 600),
        "placed": near(date(year - 1, 6, 1), 500), "missing": near(date(year - 1, 4, 1), 30),
        "state": {"ls": R.choice(STATUSES), "cin": "N1", "place": R.choice(PLACES), "post": "B1 1BB",
                  "urn": "1234567", "provider": R.choice(["PR1", "PR4", ""])},
    })
for child in children:
    posts, urns = Q.sample(POSTS, 3), Q.sample(URNS, 2)
    child["home"] = Q.choice([posts[0], Q.choice(POSTS), Q.choice(POSTS[:9]), ""])
    child["posts"] = dict(zip(["B1 1BB", "M1 1AE"], posts[1:]))
    child["urns"] = dict(zip(["1234567", "SC123456"], urns))
os.makedirs(out, exist_ok=True)
providers(f"{out}/providers.csv", year)
write(f"{out}/last", year - 1, [child for child in children if R.random() < 0.8])
write(f"{out}/now", year, [child for child in children if R.random() < 0.9])
