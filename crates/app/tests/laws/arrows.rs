//! The arrows between the crates, asked of cargo itself. Dependencies of every kind count for the crate that names
//! them; beyond it those that reach a library, normal and build.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// Who may name whom. A new arrow is added here, with a reason in the review, or not at all.
const ARROWS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("money", &[]),
    ("door", &["kernel"]),
    ("care", &["door", "kernel"]),
    ("register", &["kernel"]),
    ("matching", &["kernel"]),
    ("voice", &["door", "kernel"]),
    ("ledger", &["kernel", "money"]),
    ("funding", &["door", "kernel", "ledger", "money"]),
    ("formats", &["kernel"]),
    ("formula", &["kernel", "money"]),
    ("simulation", &["door", "funding", "kernel", "money", "voice"]),
    ("store", &["door", "funding", "kernel", "ledger", "money", "register"]),
    (
        "app",
        &[
            "care", "door", "formats", "formula", "funding", "kernel", "ledger", "matching", "money", "register",
            "store", "voice",
        ],
    ),
    ("cli", &["app", "simulation"]),
];

/// Arrows that only tests have.
const ARROWS_OF_TESTS: &[(&str, &[&str])] = &[("app", &["simulation"]), ("simulation", &["ledger"])];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn metadata() -> Metadata {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let version = Command::new(&cargo).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // For this platform alone: what it does not build need not be there.
    let options = ["--filter-platform".to_owned(), host.to_owned(), "--locked".to_owned()];
    MetadataCommand::new()
        .cargo_path(cargo)
        .manifest_path(root().join("Cargo.toml"))
        .other_options(options)
        .exec()
        .unwrap()
}

struct House {
    metadata: Metadata,
    /// By package: what it names, and whether that reaches its library.
    named: BTreeMap<PackageId, Vec<(PackageId, bool)>>,
}

impl House {
    fn new() -> House {
        let metadata = metadata();
        let nodes = &metadata.resolve.as_ref().unwrap().nodes;
        let named = nodes
            .iter()
            .map(|node| {
                let deps = node.deps.iter().map(|dep| {
                    let reaches = dep.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development);
                    (dep.pkg.clone(), reaches)
                });
                (node.id.clone(), deps.collect())
            })
            .collect();
        House { named, metadata }
    }

    fn ours(&self) -> BTreeSet<String> {
        self.metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect()
    }

    fn name(&self, id: &PackageId) -> String {
        self.metadata[id].name.to_string()
    }

    fn package(&self, name: &str) -> PackageId {
        let found = self.metadata.workspace_packages().into_iter().find(|package| package.name.as_str() == name);
        found.unwrap_or_else(|| panic!("there is no crate {name}")).id.clone()
    }

    /// Ours that a crate names, in tests alone or not.
    fn names(&self, name: &str, in_tests: bool) -> BTreeSet<String> {
        let ours = self.ours();
        let named = self.named[&self.package(name)].iter();
        let of_kind = named.filter(|(_, reaches)| *reaches != in_tests).map(|(id, _)| self.name(id));
        of_kind.filter(|other| ours.contains(other)).collect()
    }

    /// Everything a crate can reach: what it names itself, its tests included, and what the libraries of those need.
    fn reaches(&self, name: &str) -> BTreeSet<String> {
        let mut next: Vec<PackageId> = self.named[&self.package(name)].iter().map(|(id, _)| id.clone()).collect();
        let mut met: BTreeSet<PackageId> = BTreeSet::new();
        while let Some(id) = next.pop() {
            if met.insert(id.clone()) {
                next.extend(self.named[&id].iter().filter(|(_, reaches)| *reaches).map(|(id, _)| id.clone()));
            }
        }
        met.iter().map(|id| self.name(id)).collect()
    }

    fn never(&self, name: &str, forbidden: &[&str]) {
        let reaches = self.reaches(name);
        for other in forbidden {
            assert!(!reaches.contains(*other), "{name} must not reach {other}");
        }
    }
}

#[test]
fn every_arrow_is_one_that_was_drawn() {
    let house = House::new();
    let drawn: BTreeSet<String> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(house.ours(), drawn, "a crate came or went: draw its arrows");
    let set = |of: &[&str]| of.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    for (name, allowed) in ARROWS {
        assert_eq!(house.names(name, false), set(allowed), "arrows of {name}");
        let in_tests = ARROWS_OF_TESTS.iter().find(|(of, _)| of == name).map_or(&[][..], |(_, allowed)| allowed);
        assert_eq!(house.names(name, true), set(in_tests), "arrows of the tests of {name}");
    }
}

/// Law 1, the first fence: what decides and describes a placement cannot depend on money.
#[test]
fn law_1_care_and_the_door_cannot_reach_money() {
    let house = House::new();
    for name in ["care", "door", "register", "matching", "voice"] {
        house.never(name, &["money", "ledger", "funding", "store", "app", "cli", "rusqlite", "postgres"]);
    }
}

/// Law 2: who pays has no hand on what decides; law 10: nor an eye on the child's story.
#[test]
fn law_2_and_10_the_bank_cannot_reach_care() {
    let house = House::new();
    for name in ["ledger", "funding", "money"] {
        house.never(name, &["care", "matching", "voice", "formats", "store", "app", "cli"]);
    }
    house.never("store", &["care", "matching", "voice", "formats", "app", "cli"]);
}

/// The ground carries both wings and knows neither.
#[test]
fn the_ground_reaches_none_of_ours() {
    let house = House::new();
    let ours = house.ours();
    for name in ["kernel", "money"] {
        let reached: Vec<String> = house.reaches(name).into_iter().filter(|other| ours.contains(other)).collect();
        assert!(reached.is_empty(), "{name} reaches {reached:?}");
    }
    for name in ["formats", "register"] {
        let reached: Vec<String> = house.reaches(name).into_iter().filter(|other| ours.contains(other)).collect();
        assert_eq!(reached, ["kernel"], "{name}");
    }
}

/// Law 9: the same crates in service and in simulation. They decide without a database, a network or a command line;
/// those are reached by the store and the binary alone.
#[test]
fn law_9_what_decides_does_no_input_or_output() {
    let house = House::new();
    for (name, _) in ARROWS {
        let reaches = house.reaches(name);
        let may = |other: &str| match other {
            "clap" => *name == "cli",
            "rusqlite" | "postgres" | "tokio" => matches!(*name, "store" | "app" | "cli"),
            _ => matches!(*name, "app" | "cli"),
        };
        for other in ["clap", "rusqlite", "postgres", "tokio"] {
            assert!(may(other) || !reaches.contains(other), "{name} must not reach {other}");
        }
        // Other crates have the system's chance by way of the store's driver; none names it.
        let names_chance = house.named[&house.package(name)].iter().any(|(id, _)| house.name(id) == "getrandom");
        assert!(may("getrandom") || !names_chance, "{name} must not draw from the system");
    }
}

/// No clock, no chance, no environment and no file below `app`, but in the store, which is files.
#[test]
fn law_9_nothing_below_app_reads_a_clock() {
    const WORDS: [&str; 9] = [
        "SystemTime",
        "Instant::now",
        "Zoned::now",
        "Timestamp::now",
        "std::env",
        "std::fs",
        "std::net",
        "std::process",
        "thread_rng",
    ];
    for name in [
        "kernel",
        "money",
        "door",
        "register",
        "care",
        "ledger",
        "funding",
        "formats",
        "formula",
        "matching",
        "voice",
        "simulation",
    ] {
        let mut folders = vec![root().join("crates").join(name).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for word in WORDS {
                    assert!(!text.contains(word), "{}: {word}", path.display());
                }
            }
        }
    }
}
