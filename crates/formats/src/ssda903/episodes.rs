//! The Episodes: a stretch of care in which neither placement, carer nor legal status changed.

use std::collections::HashMap;

use kernel::{Code, CodeSet, Masked, Night};

use super::findings::{Check, Weight, british};
use super::header::Children;
use super::read::Fate;
use super::values::{Urn, postcode};

/// One episode as reported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EpisodeRow {
    /// The line in the file.
    pub line: u32,
    /// CHILD, who is in the Header.
    pub child: Masked,
    /// The child's place among the headers of the return.
    pub header: u32,
    /// DECOM, the date on which the episode began. A child has one episode a DECOM.
    pub decom: Night,
    /// RNE, the reason for the new episode.
    pub rne: Code,
    /// LS, the legal status.
    pub ls: Code,
    /// CIN, the category of need, if valid.
    pub cin: Option<Code>,
    /// PLACE, the kind of placement.
    pub place: Code,
    /// PLACE_PROVIDER, if the placement has one and it is said.
    pub provider: Option<Code>,
    /// DEC, the date on which the episode ceased; `None` while it is open. The night of DEC is not the
    /// episode's; when DEC is DECOM it has no night.
    pub dec: Option<Night>,
    /// REC, the reason it ceased, if said.
    pub rec: Option<Code>,
    /// REASON_PLACE_CHANGE, if valid.
    pub reason: Option<Code>,
    /// HOME_POST as `AB1 2CD`, empty if blank or malformed.
    pub home_post: Masked,
    /// PL_POST as `AB1 2CD`, empty if blank or malformed.
    pub pl_post: Masked,
    /// URN of the home or agency, if known.
    pub urn: Option<Urn>,
}

impl EpisodeRow {
    fn has_night(&self) -> bool {
        self.dec != Some(self.decom)
    }
}

const DECOM: usize = 1;
const RNE: usize = 2;
const LS: usize = 3;
const CIN: usize = 4;
const PLACE: usize = 5;
const PLACE_PROVIDER: usize = 6;
const DEC: usize = 7;
const REC: usize = 8;
const REASON_PLACE_CHANGE: usize = 9;
const HOME_POST: usize = 10;
const PL_POST: usize = 11;
const URN: usize = 12;

/// The Children Act 1989 came into force on 14 October 1991 (rule 353).
fn children_act() -> Night {
    Night::try_new(1991, 10, 14).expect("the day exists")
}

/// No freeing order was made after December 2005 (rule 445, withdrawn with the return of 2024-25).
fn last_freeing_order() -> Night {
    Night::try_new(2005, 12, 31).expect("the day exists")
}
const LAST_YEAR_OF_RULE_445: i16 = 2024;

/// The episodes that stand so far.
#[derive(Default)]
pub(super) struct Episodes {
    pub(super) rows: Vec<EpisodeRow>,
    /// By the child's place in the Header and DECOM.
    by_start: HashMap<(usize, Night), usize>,
}

impl Episodes {
    /// Takes one row, or says why not.
    pub(super) fn take(&mut self, children: &Children, check: &mut Check<'_>) -> Fate {
        let child = check.child();
        let person = child.and_then(|child| person(check, children, child));
        let row = read(check, child, person.map_or(0, |person| person as u32));
        if let (Some(row), Some(person)) = (&row, person) {
            born_before(check, row.decom, children.rows[person].dob);
        }
        let (Some(row), Some(person), false) = (row, person, check.held) else { return Fate::Held };
        let Some(&first) = self.by_start.get(&(person, row.decom)) else {
            self.by_start.insert((person, row.decom), self.rows.len());
            self.rows.push(row);
            return Fate::Stood;
        };
        contest(&mut self.rows[first], row, check)
    }
}

/// Two rows for one child and DECOM: the same row counts once. Of different rows the first stands, unless it
/// is the first that has no night: then the other does, so that a slip costs no child a night.
fn contest(stands: &mut EpisodeRow, mut row: EpisodeRow, check: &mut Check<'_>) -> Fate {
    let line = std::mem::replace(&mut row.line, stands.line);
    if *stands == row {
        check.repeated(stands.line, "CB06");
        return Fate::Repeated;
    }
    row.line = line;
    if !stands.has_night() && row.has_night() {
        std::mem::swap(stands, &mut row);
    }
    check.line = row.line;
    if stands.has_night() && !row.has_night() {
        let sentence = format!(
            "DECOM {} is also DEC, and line {} begins on that day too: nothing is paid for a stay without a night; \
             correct the dates if a night was slept there.",
            british(row.decom),
            stands.line
        );
        check.find(DECOM, "CB07", Weight::Note, sentence);
        return Fate::Stood;
    }
    let sentence = format!(
        "DECOM {} is also that of line {} for this child, and two episodes cannot start on one day; correct \
         the DECOM that is wrong.",
        british(row.decom),
        stands.line
    );
    check.find(DECOM, "CB07", Weight::Hold, sentence);
    Fate::Held
}

fn person(check: &mut Check<'_>, children: &Children, child: &str) -> Option<usize> {
    let person = children.place(check.row);
    if person.is_none() {
        let sentence = if children.is_held(child) {
            "This CHILD's row in the Header is held; mend that row, and this one follows."
        } else {
            "This CHILD is not in the Header; add the child there, or correct CHILD."
        };
        check.find(0, "INT03", Weight::Hold, sentence);
    }
    person
}

fn read(check: &mut Check<'_>, child: Option<&str>, header: u32) -> Option<EpisodeRow> {
    let decom = began(check);
    let rne = check.code(RNE, CodeSet::Rne, "143", Weight::Hold, true);
    let ls = check.code(LS, CodeSet::LegalStatus, "144", Weight::Hold, true);
    freeing_order(check, ls, decom);
    let cin = check.code(CIN, CodeSet::Need, "145", Weight::Note, false);
    let place = check.code(PLACE, CodeSet::Place, "146", Weight::Hold, true);
    let provider = provider(check, place);
    let (dec, rec) = ceased(check, decom);
    let reason = check.code(REASON_PLACE_CHANGE, CodeSet::PlaceChange, "1009", Weight::Note, false);
    let home_post = post(check, HOME_POST);
    let pl_post = post(check, PL_POST);
    let urn = urn(check);
    Some(EpisodeRow {
        line: check.line,
        child: Masked::new(child?),
        header,
        decom: decom?,
        rne: rne?,
        ls: ls?,
        cin,
        place: place?,
        provider,
        dec,
        rec,
        reason,
        home_post,
        pl_post,
        urn,
    })
}

fn began(check: &mut Check<'_>) -> Option<Night> {
    let decom = check.date(DECOM, "141", Weight::Hold, true)?;
    let year = check.year;
    if decom > year.known_through() {
        let shown = british(decom);
        let sentence = format!(
            "DECOM {shown} is after the {year} return ends; correct it, or leave the episode to a later return."
        );
        check.find(DECOM, "354", Weight::Hold, sentence);
    } else if decom < children_act() {
        let sentence =
            format!("DECOM {} is before 14 October 1991, when the Act came into force; correct it.", british(decom));
        check.find(DECOM, "353", Weight::Hold, sentence);
    }
    Some(decom)
}

fn born_before(check: &mut Check<'_>, decom: Night, dob: Night) {
    if decom < dob {
        let sentence = format!(
            "DECOM {} is before the child was born, {} in the Header; correct whichever is wrong.",
            british(decom),
            british(dob)
        );
        check.find(DECOM, "302", Weight::Hold, sentence);
    }
}

fn freeing_order(check: &mut Check<'_>, ls: Option<Code>, decom: Option<Night>) {
    let freeing = ls.is_some_and(|ls| ls.as_str() == "D1");
    if let (true, Some(decom)) = (freeing && check.year.ends() <= LAST_YEAR_OF_RULE_445, decom)
        && decom > last_freeing_order()
    {
        let sentence = format!(
            "LS D1 cannot begin on {}: no freeing order was made after December 2005; correct LS. It is read \
             as written.",
            british(decom)
        );
        check.find(LS, "445", Weight::Note, sentence);
    }
}

/// DEC and REC belong together (rule 148): DEC alone ends the episode for a reason unknown, REC alone does not.
fn ceased(check: &mut Check<'_>, decom: Option<Night>) -> (Option<Night>, Option<Code>) {
    let dec = check.date(DEC, "147", Weight::Hold, false);
    let rec = check.code(REC, CodeSet::Rec, "149", Weight::Hold, false);
    let said = (!check.text(DEC).is_empty(), !check.text(REC).is_empty());
    if let Some(dec) = dec {
        dates_agree(check, decom, dec);
    }
    match said {
        (true, false) => {
            let sentence = "DEC is filled and REC is blank; write the reason the episode ceased. It is read as \
                            ended, reason unknown.";
            check.find(REC, "148", Weight::Note, sentence);
            (dec, None)
        }
        (false, true) => {
            let sentence = "REC is filled and DEC is blank; write the date the episode ceased, or clear REC. It \
                            is read as open.";
            check.find(DEC, "148", Weight::Note, sentence);
            (None, None)
        }
        _ => (dec, rec),
    }
}

fn dates_agree(check: &mut Check<'_>, decom: Option<Night>, dec: Night) {
    let year = check.year;
    if dec > year.known_through() {
        let shown = british(dec);
        let sentence = format!("DEC {shown} is after the {year} return ends; leave DEC and REC blank, or correct it.");
        check.find(DEC, "385", Weight::Hold, sentence);
    }
    match decom {
        Some(decom) if dec < decom => {
            let shown = british(dec);
            let sentence = format!("DEC {shown} is before DECOM {}; correct whichever is wrong.", british(decom));
            check.find(DEC, "356", Weight::Hold, sentence);
        }
        Some(decom) if dec == decom => {
            let shown = british(dec);
            let sentence = format!("DEC {shown} is DECOM, so the episode has no night; correct it if it had one.");
            check.find(DEC, "355", Weight::Note, sentence);
        }
        _ => {}
    }
}

/// T0 to T3 and the Z codes have no provider (rules 178 and 213), and are not asked for one (526). Of T4 the
/// sources say both, so it may have one or none.
fn provider(check: &mut Check<'_>, place: Option<Code>) -> Option<Code> {
    let provider = check.code(PLACE_PROVIDER, CodeSet::Provider, "178", Weight::Hold, false);
    let place = place?;
    match (place.as_str(), provider) {
        ("T0" | "T1" | "T2" | "T3" | "Z1" | "Z11" | "Z12" | "Z13" | "Z14", Some(provider)) => {
            let sentence = format!(
                "PLACE_PROVIDER {provider} is not wanted for placement {place}; leave it blank. It is left out."
            );
            check.find(PLACE_PROVIDER, "213", Weight::Note, sentence);
            None
        }
        ("T0" | "T1" | "T2" | "T3" | "T4" | "Z1" | "Z11" | "Z12" | "Z13" | "Z14", None) => None,
        (_, None) if check.text(PLACE_PROVIDER).is_empty() => {
            let sentence = format!("PLACE_PROVIDER is blank; write who provides placement {place}, such as PR1.");
            check.find(PLACE_PROVIDER, "526", Weight::Note, sentence);
            None
        }
        _ => provider,
    }
}

fn post(check: &mut Check<'_>, column: usize) -> Masked {
    let text = check.text(column);
    match postcode(text) {
        Some(postcode) => Masked::new(postcode.as_str()),
        None if text.is_empty() => Masked::default(),
        None => {
            let field = check.table.columns()[column];
            let sentence = format!("{field} is not a postcode; write it as AB1 2CD, or leave it blank.");
            check.find(column, "392c", Weight::Note, sentence);
            Masked::default()
        }
    }
}

fn urn(check: &mut Check<'_>) -> Option<Urn> {
    let text = check.text(URN);
    let urn = Urn::parse(text);
    if urn.is_none() && !text.is_empty() && !text.eq_ignore_ascii_case(Urn::UNKNOWN) {
        let sentence = "URN is not an Ofsted number; write its seven figures, or SC and six figures, or XXXXXXX \
                        if it is not known.";
        check.find(URN, "1008", Weight::Note, sentence);
    }
    urn
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;

    #[test]
    fn the_columns_stand_where_the_reader_thinks() {
        let places =
            [0, DECOM, RNE, LS, CIN, PLACE, PLACE_PROVIDER, DEC, REC, REASON_PLACE_CHANGE, HOME_POST, PL_POST, URN];
        assert!(places.iter().enumerate().all(|(place, &column)| place == column));
        let named = [DECOM, LS, PLACE_PROVIDER, REC, HOME_POST, URN].map(|place| Table::Episodes.columns()[place]);
        assert_eq!(named, ["DECOM", "LS", "PLACE_PROVIDER", "REC", "HOME_POST", "URN"]);
    }
}
