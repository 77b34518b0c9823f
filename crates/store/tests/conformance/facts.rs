//! Facts to record. Each constructor takes what a test is about and fills in the rest.

use door::{Absence, Birthday, Payee, PlacementNotice, Sector, StatusSpan};
use funding::{Agreement, Scope, Unit};
use kernel::{ChildRef, Code, CouncilCode, EpisodeId, Masked, Night, Nights, PlacementId, Region, Seq};
use ledger::{Account, AccountId, GENESIS, Hash, Part, Posting, Standing, Transfer};
use money::Pence;
use store::{Db, EpisodeVersion, Fault, ImportRow, PolicyFile, QuarantineRow, Run, StoredChild, ToldVersion, Total};

use crate::place::{Place, record};

/// The greatest reference there is: nineteen figures.
pub const GREATEST: i64 = (1 << 60) - 1;

/// Texts that one engine or the way into it might change: COPY's own signs, white space, quotes, nothing at all.
pub const ODD: &[&str] = &[
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\\",
    "\\N",
    "\\.",
    "\\t is not a tab",
    "tab\tthen line\nthen return\rthen both\r\n",
    "it's \"quoted\" with `three` kinds",
    "'; DROP TABLE tx; --",
    "£4,100.00 – naïve façade, Łódź, 東京, 🏠",
    "e\u{301} is not é",
    "\u{feff}after a byte order mark",
    "control \u{1}\u{1f}\u{7f}\u{85}",
    "?1 $1 %s {}",
    "  spaces around  ",
    "NULL",
    "9223372036854775808",
];

pub fn child_ref(number: i64) -> ChildRef {
    ChildRef::from_stored(number).unwrap()
}

pub fn placement(number: i64) -> PlacementId {
    PlacementId::from_stored(number).unwrap()
}

pub fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

pub fn kent() -> CouncilCode {
    CouncilCode::parse("E10000016").unwrap()
}

pub fn leeds() -> CouncilCode {
    CouncilCode::parse("E08000035").unwrap()
}

pub fn night(iso: &str) -> Night {
    Night::parse_iso(iso).unwrap()
}

pub fn nights(start: &str, end: &str) -> Nights {
    Nights::try_new(night(start), night(end)).unwrap()
}

pub fn hash(fill: char) -> Hash {
    Hash::parse(&fill.to_string().repeat(64)).unwrap()
}

pub fn child(number: i64) -> StoredChild {
    StoredChild {
        child: child_ref(number),
        council: kent(),
        local_id: Masked::new(format!("local {number}")),
        born: night("2012-02-29"),
        sex: Some(code("F")),
        ethnic: Some(code("WBRI")),
        uasc: false,
        year: 2026,
    }
}

pub fn episode(number: i64, seq: Seq, child: i64) -> EpisodeVersion {
    EpisodeVersion {
        episode: EpisodeId::from_stored(number).unwrap(),
        seq,
        child: child_ref(child),
        year: 2026,
        decom: night("2025-04-09"),
        dec: Some(night("2025-05-14")),
        rne: code("S"),
        ls: code("C2"),
        cin: Some(code("N1")),
        place: code("K2"),
        provider: Some(code("PR4")),
        rec: Some(code("X1")),
        reason: Some(code("CARPL")),
        home_post: Masked::new("ME1 1AA"),
        pl_post: Masked::new("ME2 2BB"),
        urn: Some("SC012345".to_owned()),
        withdrawn: false,
    }
}

/// As little as an episode may say.
pub fn bare_episode(number: i64, seq: Seq, child: i64) -> EpisodeVersion {
    EpisodeVersion {
        dec: None,
        cin: None,
        provider: None,
        rec: None,
        reason: None,
        home_post: Masked::default(),
        pl_post: Masked::default(),
        urn: None,
        withdrawn: true,
        ..episode(number, seq, child)
    }
}

pub fn import(seq: Seq) -> ImportRow {
    ImportRow { seq, council: kent(), year: 2026, digest: "d1".to_owned(), summary: "{\"children\":1}".to_owned() }
}

pub fn quarantine(text: &str, line: i64) -> QuarantineRow<'static> {
    QuarantineRow {
        table: format!("Header{text}").into(),
        file: format!("header.csv{text}").into(),
        line,
        more: if line == 1 { "3-5,9".into() } else { "".into() },
        field: text.to_owned().into(),
        code: format!("103{text}").into(),
        held: line % 2 == 0,
        sentence: format!("The ethnicity is not valid.{text}").into(),
    }
}

pub fn notice(of: i64, child: i64) -> PlacementNotice {
    PlacementNotice {
        placement: placement(of),
        child: child_ref(child),
        council: kent(),
        kind: code("K2"),
        sector: Sector::Private,
        setting: Some("SC012345".to_owned()),
        payee: Some(Payee::provider("SC012345")),
        region: Region::SouthEast,
        region_assumed: true,
        nights: vec![nights("2025-04-09", "2025-05-14"), nights("2025-06-01", "2025-06-02")],
        known_through: night("2026-03-31"),
        departed: Some(night("2025-06-02")),
        back: None,
        goes_on: None,
        absences: vec![Absence {
            stay: placement(of + 1),
            nights: nights("2025-04-20", "2025-04-22"),
            code: code("T0"),
        }],
        absent_from: None,
        statuses: vec![StatusSpan { code: code("C2"), nights: nights("2025-04-09", "2026-04-01") }],
        birthdays: [3, 5, 11, 16, 18].map(|age| Birthday { age, on: night(&format!("20{}-03-01", age + 12)) }).to_vec(),
    }
}

pub fn policy(name: &str, seq: Seq, body: &str) -> PolicyFile {
    PolicyFile { name: name.to_owned(), seq, sha256: format!("sha of {body}"), body: body.to_owned() }
}

pub fn agreement(seq: Seq, scope: Scope) -> Agreement {
    Agreement {
        seq,
        scope,
        from: night("2025-05-01"),
        until: None,
        care: Pence::new(410_000),
        ret: Pence::new(90_000),
        unit: Unit::Week,
        notice_nights: 0,
        split_assumed: false,
    }
}

/// Accounts 1 to 3.
pub fn accounts() -> [Account; 3] {
    [Account::care("bed"), Account::payable("urn/SC012345"), Account::held("urn/SC012345")]
}

pub fn numbered(accounts: &[Account]) -> Vec<(AccountId, &Account)> {
    (1..).map(AccountId).zip(accounts).collect()
}

pub fn posting(run: i64, of: i64, line: i64, pence: i64) -> Posting {
    Posting {
        run,
        placement: placement(of),
        line,
        transfer: Transfer { debit: AccountId(1), credit: AccountId(2), part: Part::Care, pence: Pence::new(pence) },
        payee: AccountId(2),
        council: kent(),
        nights: nights("2025-04-09", "2025-05-01"),
        terms: Seq(1),
    }
}

pub fn total(account: i64, effective: &str, debit: i64, credit: i64) -> Total {
    Total {
        account: AccountId(account),
        effective: night(effective),
        debit: Pence::new(debit),
        credit: Pence::new(credit),
    }
}

/// Run 1 is sealed with ones, run 2 with twos and chained to run 1, and so on.
pub fn run(number: i64, seq: Seq) -> Run {
    let seal = |number: i64| hash(char::from_digit(number as u32, 16).unwrap());
    Run {
        run: number,
        seq,
        through: night("2025-04-30"),
        placements: 1,
        postings: 1,
        pence: Pence::new(100),
        previous: if number == 1 { GENESIS } else { seal(number - 1) },
        hash: seal(number),
        report: "{}".to_owned(),
    }
}

pub fn standing(run: i64, pence: i64) -> Standing {
    let mut standing = Standing::default();
    standing.post(AccountId(2), &posting(run, 1, 0, pence).transfer);
    standing
}

/// Run 1 with the accounts it opens, one posting, its totals and its seal.
pub fn first_run(db: &mut Db) -> Seq {
    record(db, |db, seq| {
        db.record_accounts(1, &numbered(&accounts()))?;
        db.record_postings(&[posting(1, 1, 0, 100)])?;
        db.keep_standings(&[(placement(1), standing(1, 100))])?;
        db.record_totals(1, &[total(1, "2025-04-09", 100, 0), total(2, "2025-04-09", 0, 100)])?;
        db.record_run(&run(1, seq))
    })
}

/// At least one row in every table.
pub fn fill(place: &Place) {
    record(&mut place.care(), |db, seq| {
        db.record_reference_key("the key")?;
        db.record_children(seq, &[child(1)])?;
        db.record_episodes(&[episode(1, seq, 1)])?;
        db.record_told(seq, &[ToldVersion { child: child_ref(1), year: 2026, body: Masked::new("Reviews") }])?;
        db.record_notices(seq, &[notice(1, 1)])?;
        crate::register::fill(db, seq)?;
        db.record_import(&import(seq), &mut std::iter::once(quarantine("", 1)))?;
        crate::home::fill(db, seq)?;
        voice(db, seq)
    });
    let mut bank = place.bank();
    record(&mut bank, |db, seq| {
        db.record_policy(&policy("tariff", seq, "rates"))?;
        db.record_price(&agreement(seq, Scope::Setting("SC012345".to_owned())), "agreed")?;
        let (debit, credit) = ("held/urn/SC012345".to_owned(), "payable/urn/SC012345".to_owned());
        let payee = "urn/SC012345".to_owned();
        let row = store::SettledRow { settlement: 1, line: 0, payee, debit, credit, pence: Pence::new(90) };
        db.record_settlement(&settlement(seq), &[row])
    });
    first_run(&mut bank);
}

/// What a child said, a key's hash, and a share at the door.
fn voice(db: &mut Db, seq: Seq) -> Result<(), Fault> {
    db.record_voice_key("the key of the noise")?;
    db.record_care_policy(&policy("voice", seq, "the protocol"))?;
    db.record_commitments(seq, &[("2025-H1".to_owned(), "0".repeat(64))])?;
    db.record_voice_facts(&[store::VoiceFactRow {
        seq,
        item: 0,
        child: ChildRef::from_stored(1).unwrap(),
        placement: placement(1),
        on: Night::parse_iso("2025-05-14").unwrap(),
        kind: "answered".to_owned(),
        body: "{}".to_owned(),
        words: Some(Masked::new("words")),
    }])?;
    let half_year = door::HalfYear::parse("2025-H1").unwrap();
    let members = vec![door::Payee::provider("SC012345")];
    let share = door::PoolShare { pool: "england/1".to_owned(), half_year, members, basis_points: Some(9_000) };
    db.record_pool_answers(seq, &[(share, "{}".to_owned())])
}

fn settlement(seq: Seq) -> store::SettlementRow {
    store::SettlementRow {
        settlement: 1,
        seq,
        through: Night::parse_iso("2025-05-14").unwrap(),
        closed: None,
        postings: 1,
        pence: Pence::new(90),
        previous: ledger::GENESIS,
        hash: ledger::GENESIS,
    }
}
