//! What a shortlist and a joint proposal cost: `cargo bench -p matching`.
//!
//! CPU time of this thread and peak memory, as Linux gives them in /proc. Each joint run is a process of its own, so that
//! its memory is its own. With `CAREBANK_BENCH_INSTANCE=FILE` the assignment that the exact stage solved is written to
//! a file, for `scripts/bench-matching-peer` to give to other solvers.

use std::fmt::Write as _;
use std::process::Command;

use kernel::{GridPoint, Night, Nights};
use matching::*;

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

fn night(text: &str) -> Night {
    Night::parse_iso(text).expect("the bench writes dates")
}

fn stay() -> Nights {
    Nights::try_new(night("2026-11-23"), night("2027-05-24")).expect("half a year")
}

/// Sixty towns in a box the size of England, and a point near one of them.
fn point(chance: &mut Chance) -> GridPoint {
    let mut town = Chance(chance.below(60) + 1);
    let (east, north) = (150_000 + town.below(450_000) as i32, 50_000 + town.below(550_000) as i32);
    let mut spread = || (0..4).map(|_| chance.below(14_000) as i32 - 7_000).sum::<i32>();
    let (east, north) = (east + spread(), north + spread());
    GridPoint::try_new(east.max(0), north.max(0)).expect("within England")
}

/// A home with one place, free or not; about one in six could have a given child, as in the peers' data.
fn home(chance: &mut Chance, id: u64, all_free: bool) -> Home {
    let kind = [Kind::Foster, Kind::ChildrensHome, Kind::Kinship, Kind::Supported];
    let kind = kind[match chance.below(20) {
        0..11 => 0,
        11..16 => 1,
        16..19 => 2,
        _ => 3,
    }];
    let mut home = Home::new(HomeId::from_number(id), kind, point(chance), 1);
    let least = chance.below(12) as u8;
    home.ages = Some((least, (least + 3 + chance.below(8) as u8).min(17)));
    home.sexes = Sexes::from_bits([3, 3, 3, 1, 2][chance.below(5) as usize]);
    home.needs = Needs::from_bits(chance.next() | chance.next());
    home.needs_unknown = if chance.percent(10) { Needs::from_bits(chance.next()) } else { Needs::NONE };
    home.languages = Languages::from_bits(1 << chance.below(24));
    home.faiths = Faiths::from_bits(1 << chance.below(10));
    home.people = vec![Person::from_number(chance.next() | 1)];
    home.household = Traits::from_bits(chance.next() & chance.next() & 0x3C0);
    home.cannot_take = Traits::from_bits(chance.next() & chance.next() & chance.next() & 0xFC00);
    if !all_free && chance.percent(65) {
        let nights = Nights::try_new(night("2026-01-01"), night("2028-01-01")).expect("two years");
        home.residents.push(Resident {
            person: None,
            nights,
            traits: Traits::from_bits(1 << chance.below(6)),
            cannot_live_with: Traits::NONE,
            room: RoomFacts::NONE,
        });
    }
    home
}

fn search(chance: &mut Chance, child: u64) -> Search {
    let born = night("2026-11-01").plus(-(365 * (1 + chance.below(16)) as i32) - chance.below(300) as i32);
    let sex = [Sex::Girl, Sex::Boy][chance.below(2) as usize];
    let mut search = Search::new(Person::from_number(child + 1), born, sex, stay());
    search.needs = Needs::from_bits(1 << chance.below(24) | 1 << chance.below(24));
    search.cannot_live_with = if chance.percent(30) { Trait::Dog.into() } else { Traits::NONE };
    search.avoid_people = vec![Person::from_number(chance.next())];
    let from = point(chance);
    let near = |chance: &mut Chance, by: i32| {
        let mut shift = || chance.below(2 * by as u64) as i32 - by;
        let (east, north) = (from.east() + shift(), from.north() + shift());
        GridPoint::try_new(east.max(0), north.max(0)).expect("within England")
    };
    search.home = Some(from);
    search.school = Some(near(chance, 4_000));
    search.avoid_places = vec![Zone { at: near(chance, 20_000), metres: 5_000 }];
    search.near = vec![near(chance, 10_000)];
    search.siblings = vec![Sibling { person: Person::from_number(chance.next()), at: Some(near(chance, 30_000)) }];
    search.languages = Languages::from_bits(1 << chance.below(24));
    search.faith = Some(Faith::ALL[chance.below(10) as usize]);
    let kinds = Kinds::from_bits(1 << [0, 3, 1, 5][chance.below(4) as usize]);
    search.wishes = vec![Wish::Kind(kinds), Wish::NearHome(16_093), Wish::Without(Trait::Smoker.into())];
    search
}

/// Nanoseconds of processor this thread has had.
fn cpu() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux keeps schedstat");
    text.split_whitespace().next().and_then(|first| first.parse().ok()).expect("schedstat begins with nanoseconds")
}

fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux keeps status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("status has a peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number of kB") / 1024
}

fn milliseconds(nanoseconds: u64) -> String {
    format!("{}.{:03} ms", nanoseconds / 1_000_000, nanoseconds / 1_000 % 1_000)
}

fn shortlists(homes: u64) {
    let mut chance = Chance(1);
    let register = Register::new((1..=homes).map(|id| home(&mut chance, id, false)).collect()).expect("no duplicates");
    let searches: Vec<Search> = (0..100).map(|child| search(&mut chance, child)).collect();
    let rules = Rules::default();
    let key = TieKey::new([9; 16]);
    // The kernel counts a thread's time in ticks of some milliseconds, so a round is many searches.
    let mut rounds = Vec::new();
    let (mut possible, mut shown) = (0, 0);
    for _ in 0..7 {
        let began = cpu();
        for search in &searches {
            let list = shortlist(search, &register, &rules, key, Limits::default()).expect("a search that can be run");
            possible += u64::from(list.possible);
            shown += list.offered.len() as u64;
        }
        rounds.push((cpu() - began) / searches.len() as u64);
    }
    rounds.sort_unstable();
    let runs = 7 * searches.len() as u64;
    println!(
        "shortlist, {homes} homes: {} CPU a search (median of 7 rounds of {}; least {}); {} possible, {} explained on average",
        milliseconds(rounds[3]),
        searches.len(),
        milliseconds(rounds[0]),
        possible / runs,
        shown / runs,
    );
}

/// One joint proposal in this process.
fn joint(children: u64, homes: u64) {
    let mut chance = Chance(2);
    let register = Register::new((1..=homes).map(|id| home(&mut chance, id, true)).collect()).expect("no duplicates");
    let searches: Vec<Search> = (0..children).map(|child| search(&mut chance, child)).collect();
    let rules = Rules::default();
    let key = TieKey::new([9; 16]);
    let joint = Joint {
        searches: &searches,
        groups: &[],
        register: &register,
        rules: &rules,
        key,
        limits: JointLimits::default(),
    };
    let began = cpu();
    let (instance, assignment) = exact_stage(joint).expect("searches that can be run");
    let whole = cpu() - began;
    // Ten times, for the kernel counts in ticks of some milliseconds.
    let began = cpu();
    let mut again = assignment.clone();
    for _ in 0..10 {
        again = assign(&instance).expect("nobody must be placed");
    }
    let solve = (cpu() - began) / 10;
    assert_eq!(again, assignment, "the same instance gives the same assignment");
    assignment.check(&instance).expect("the proof holds");
    let (placed, cost) = assignment.value(&instance);
    println!(
        "joint, {children} children × {homes} places: candidates and solve {} CPU, of it solve {}; {placed} placed, cost {cost}, {} pairs held, peak {} MB",
        milliseconds(whole),
        milliseconds(solve),
        instance.homes.len(),
        peak_mb(),
    );
    if let Ok(file) = std::env::var("CAREBANK_BENCH_INSTANCE") {
        std::fs::write(file, written(&instance, solve)).expect("the instance can be written");
    }
}

/// 500 children, a third of them in groups of two or three from one home, and 3,000 homes of one to four places.
fn siblings() {
    let mut chance = Chance(3);
    let mut homes: Vec<Home> = (1..=3_000).map(|id| home(&mut chance, id, true)).collect();
    for home in &mut homes {
        home.places = 1 + [0, 0, 0, 0, 1, 1, 1, 2, 2, 3][chance.below(10) as usize];
    }
    let mut searches: Vec<Search> = (0..500).map(|child| search(&mut chance, child)).collect();
    let mut groups = Vec::new();
    let mut at = 0;
    while at < searches.len() {
        let size = [1, 1, 1, 1, 1, 1, 1, 2, 2, 3][chance.below(10) as usize].min(searches.len() - at);
        let (eldest, younger) = searches[at..at + size].split_first_mut().expect("at least one");
        for child in younger {
            (child.home, child.near) = (eldest.home, eldest.near.clone());
        }
        groups.push(searches[at..at + size].iter().map(|search| search.child).collect::<Vec<_>>());
        at += size;
    }
    groups.retain(|group| group.len() > 1);
    let register = Register::new(homes).expect("no duplicates");
    let rules = Rules::default();
    let (key, limits) = (TieKey::new([9; 16]), JointLimits::default());
    let joint = Joint { searches: &searches, groups: &groups, register: &register, rules: &rules, key, limits };
    let began = cpu();
    let proposal = propose(joint).expect("searches that can be run");
    println!(
        "siblings, 500 children with {} groups × 3000 homes: {} CPU, {} nodes, peak {} MB; {:?}, at most {:?}, proved {}",
        groups.len(),
        milliseconds(cpu() - began),
        proposal.certificate.nodes,
        peak_mb(),
        proposal.value,
        proposal.certificate.bound,
        proposal.certificate.optimal,
    );
}

/// `children homes unplaced solve_ns`, then a line of places, then `child home cost` for each edge.
fn written(instance: &Instance, solve: u64) -> String {
    let mut text = format!("{} {} {} {solve}\n", instance.children(), instance.places.len(), instance.unplaced);
    let places: Vec<String> = instance.places.iter().map(u32::to_string).collect();
    writeln!(text, "{}", places.join(" ")).expect("a string takes all");
    for child in 0..instance.children() {
        for edge in instance.begins[child]..instance.begins[child + 1] {
            let edge = edge as usize;
            writeln!(text, "{child} {} {}", instance.homes[edge], instance.costs[edge]).expect("a string takes all");
        }
    }
    text
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "one-joint") {
        let number = |at: usize| arguments[at].parse().expect("the bench gives numbers");
        return joint(number(at + 1), number(at + 2));
    }
    if arguments.iter().any(|argument| argument == "siblings") {
        return siblings();
    }
    if arguments.iter().any(|argument| argument == "one-shortlist") {
        return shortlists(100_000);
    }
    if std::env::var("CAREBANK_BENCH_INSTANCE").is_err() {
        siblings();
        for homes in [10_000, 100_000] {
            shortlists(homes);
        }
        let exe = std::env::current_exe().expect("this program has a path");
        for children in ["500", "2000"] {
            Command::new(&exe).args(["one-joint", children, "10000"]).status().expect("it runs");
        }
    }
    let exe = std::env::current_exe().expect("this program has a path");
    Command::new(&exe).args(["one-joint", "5000", "10000"]).status().expect("it runs");
}
