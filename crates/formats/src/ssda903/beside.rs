//! What some rules need beside the return: where its postcodes are, and whom Ofsted registers. Both are optional, and
//! neither is kept.

use std::collections::{BTreeSet, HashMap, HashSet};

use kernel::{CouncilCode, Night, find};

use super::sheet::{Row, Sheets};
use super::tables::Table;
use super::values::Urn;
use crate::ofsted::{ProviderList, ProviderRow};
use crate::postcodes::{Gazetteer, compact};

/// Where HOME_POST, PL_POST and URN stand among the columns of Episodes.
const POSTCODES: [usize; 2] = [10, 11];

/// What is known beside a return. The rules that need what is not there are not run, and named.
#[derive(Default)]
pub struct Beside {
    /// The council whose return it is.
    pub council: Option<CouncilCode>,
    /// Where postcodes are.
    pub postcodes: Option<Gazetteer>,
    /// Whom Ofsted registers.
    pub providers: Option<Providers>,
}

/// Every postcode that the episodes of a return name, without spaces.
pub fn postcodes_of(sheets: &Sheets) -> HashSet<String> {
    let rows = sheets.get(Table::Episodes).into_iter().flat_map(|sheet| sheet.rows());
    let texts = rows.flat_map(|row: Row<'_>| POSTCODES.map(|column| row.text(column)));
    texts.filter(|text| !text.is_empty()).map(compact).collect()
}

/// Who provides, by Ofsted's number.
#[derive(Default)]
pub struct Providers(HashMap<String, Provider>);

/// What the lists say of one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Provider {
    /// The placement codes that it may stand for; empty if the lists say nothing that tells.
    pub places: Vec<String>,
    /// The provider codes that it may stand for; empty likewise.
    pub codes: Vec<String>,
    /// When its registration ended.
    pub ended: Option<Night>,
    /// Its postcode without spaces, where it is not withheld.
    pub postcode: Option<String>,
    /// The council that the list names.
    pub council: Option<CouncilCode>,
}

impl Providers {
    /// Adds a list. What a later list says stands over an earlier one; what it does not say, does not.
    pub fn add(&mut self, list: &ProviderList) {
        for row in &list.rows {
            let known = self.0.entry(row.urn.to_string()).or_default();
            let said = Provider::read(row);
            for (old, new) in [(&mut known.places, said.places), (&mut known.codes, said.codes)] {
                if !new.is_empty() {
                    *old = new;
                }
            }
            known.ended = said.ended.or(known.ended);
            known.postcode = said.postcode.or(known.postcode.take());
            known.council = said.council.or(known.council);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their postcodes, without spaces.
    pub fn postcodes(&self) -> BTreeSet<&str> {
        self.0.values().filter_map(|provider| provider.postcode.as_deref()).collect()
    }

    /// What is known of the provider of a number as a return writes it.
    pub(super) fn get(&self, urn: &str) -> Option<&Provider> {
        let Some(urn) = Urn::parse(urn) else { return self.0.get(urn) };
        self.0.get(&urn.to_string())
    }
}

impl Provider {
    fn read(row: &ProviderRow) -> Provider {
        let written = |column| row.text(column).map(codes).unwrap_or_default();
        let by = |table: &[(&str, &[&str])], column| {
            let folded = row.text(column).unwrap_or_default().to_ascii_lowercase();
            let found = table.iter().find(|(word, _)| folded.starts_with(word));
            found.map(|(_, codes)| codes.iter().map(|code| (*code).to_owned()).collect()).unwrap_or_default()
        };
        let or = |written: Vec<String>, else_: Vec<String>| if written.is_empty() { else_ } else { written };
        Provider {
            places: or(written("place-codes"), by(KINDS, "kind")),
            codes: or(written("provider-codes"), by(SECTORS, "sector")),
            ended: row.text("ended").and_then(Night::parse_british),
            postcode: row.text("postcode").map(compact),
            council: row.text("council").and_then(find).map(|council| council.code),
        }
    }
}

/// `U1,U4` or `PR1/PR2`.
fn codes(text: &str) -> Vec<String> {
    let parts = text.split([',', '/', ';', ' ']).filter(|part| !part.is_empty());
    parts.map(str::to_ascii_uppercase).collect()
}

/// Placement codes by the sort of provision, where the list has no column for them: an assumption, from the codes' own
/// meanings. A sort that is not here says nothing.
const KINDS: &[(&str, &[&str])] = &[
    ("secure children", &["K1"]),
    ("children", &["K2"]),
    ("residential special school (registered as a children", &["K2", "S1"]),
    ("residential special school", &["S1"]),
    ("boarding school", &["S1"]),
    ("further education college", &["S1"]),
    ("residential family centre", &["R3"]),
    ("independent fostering", &["U1", "U2", "U3", "U4", "U5", "U6", "A3", "A4", "A5", "A6"]),
    ("voluntary adoption", &["A3", "A4", "A5", "A6"]),
    ("supported accommodation", &["K3", "H5"]),
];

/// Provider codes by sector, likewise: an assumption.
const SECTORS: &[(&str, &[&str])] = &[
    ("local authority", &["PR1", "PR2"]),
    ("private", &["PR4"]),
    ("voluntary", &["PR5"]),
    ("health", &["PR3"]),
    ("academy", &["PR3"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ofsted::read;

    fn providers(lists: &[&str]) -> Providers {
        let mut providers = Providers::default();
        lists.iter().for_each(|list| providers.add(&read("list.csv", list.as_bytes()).unwrap()));
        providers
    }

    #[test]
    fn the_sort_and_the_sector_tell_the_codes_where_no_column_does() {
        let of = providers(&["URN,Provision type,Registration status,Local authority,Sector,Places,Postcode\n\
                              SC000001,Children's Home,Active,Kent,Private,4,REDACTED\n\
                              SC000002,Secure children's home,Active,Kent,Local Authority,9,bl3 4hf\n"]);
        let home = of.get("SC000001").unwrap();
        assert_eq!((home.places.as_slice(), home.codes.as_slice()), (&["K2".to_owned()][..], &["PR4".to_owned()][..]));
        assert_eq!((home.council.map(|code| code.to_string()).as_deref(), &home.postcode), (Some("E10000016"), &None));
        let secure = of.get("SC000002").unwrap();
        assert_eq!((secure.places[0].as_str(), secure.postcode.as_deref()), ("K1", Some("BL34HF")));
        assert_eq!((of.len(), of.get("SC000003")), (2, None));
    }

    #[test]
    fn a_later_list_adds_what_an_earlier_did_not_say() {
        let columns = "URN,Provision type,Registration status,Local authority,Sector,Places";
        let of = providers(&[
            &format!(
                "{columns},Placement code,Placement provider code\n1234567,Children's home,Active,Kent,Private,4,K2/R3,PR4\n"
            ),
            &format!("{columns},Deregistration date\n1234567,,Resigned,,,,30/09/2024\n"),
        ]);
        let home = of.get("1234567").unwrap();
        assert_eq!((home.places.join(" ").as_str(), home.codes.join(" ").as_str()), ("K2 R3", "PR4"));
        assert_eq!(home.ended, Night::try_new(2024, 9, 30));
    }
}
