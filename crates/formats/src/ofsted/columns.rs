//! The columns, however a year spells them.

/// One column that we read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Our own name for it, the same through all years.
    pub name: &'static str,
    /// Spellings, folded to small letters and figures; one that ends in `*` may go on.
    spellings: &'static [&'static str],
    /// What its values are.
    pub(super) values: Values,
}

/// What a column's values are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Values {
    Text,
    Number,
    Date,
}

use Values::{Date, Number, Text};

const fn column(name: &'static str, spellings: &'static [&'static str], values: Values) -> Column {
    Column { name, spellings, values }
}

/// Columns without which a list is none.
pub(super) const NEEDED: [&str; 6] = ["urn", "kind", "status", "council", "sector", "places"];

/// Every column that we read. Spellings are those of Ofsted's provider level data and of its joiners and leavers,
/// 2015 to 2023, and of the list that the Department for Education's 903 validator is fed with.
pub const COLUMNS: &[Column] = &[
    column("urn", &["urn", "uniquereferencenumber", "scurn", "ofstedurn", "uniquereferencenumberurn"], Text),
    column("kind", &["provisiontype", "providertype", "typeofprovision", "settingtype"], Text),
    column("status", &["registrationstatus*", "providerstatus"], Text),
    column("name", &["name", "providername", "settingname", "setting"], Text),
    column("address", &["address1", "addressline1", "address"], Text),
    column("address2", &["address2", "addressline2"], Text),
    column("town", &["town", "posttown"], Text),
    column("county", &["county"], Text),
    column("postcode", &["postcode", "settingaddresspostcode", "settingpostcode"], Text),
    column("ofsted-region", &["ofstedregion"], Text),
    column("region", &["governmentofficeregion", "region"], Text),
    column("council", &["localauthority", "localauthorityname", "la"], Text),
    column("constituency", &["parliamentaryconstituency", "constituency"], Text),
    column("sector", &["sector", "sectortype"], Text),
    column("places", &["places", "maximumusers", "maxusers", "numberofplaces", "registeredplaces"], Number),
    column("short-breaks", &["shortbreakonlychildrenshome", "shortbreakonly"], Text),
    column("multi-building", &["multibuildingchildrenshome", "multibuilding"], Text),
    column("owner", &["organisationwhichownstheprovider", "organisationname", "ownername", "owner"], Text),
    column("school-urn", &["linkededucationurn"], Text),
    column("place-codes", &["placementcode", "providerplacementcode"], Text),
    column("provider-codes", &["placementprovidercode", "providercode"], Text),
    column("registered", &["registrationdate", "dateregistered", "dateofregistration"], Date),
    column(
        "ended",
        &["cancelledorresigneddate", "deregistrationdate", "dateclosed", "resignedorcancelleddate", "closeddate"],
        Date,
    ),
    column("inspection", &["latestfullinspectioneventtype", "eventtype", "inspectiontype"], Text),
    column("inspected", &["latestfullinspectiondate", "inspectiondate", "latestinspectiondate"], Date),
    column("published", &["latestfullinspectionpublicationdate", "publicationdate"], Date),
    column("inspection-number", &["latestfullinspectioneventnumber", "eventnumber", "inspectionnumber"], Text),
    column(
        "overall",
        &[
            "overallexperiencesandprogressofchildrenandyoungpeople",
            "overalleffectiveness",
            "latestoveralleffectiveness",
        ],
        Text,
    ),
    column("education", &["outcomesineducationandrelatedlearningactivities"], Text),
    column("health", &["healthservices"], Text),
    column("protection", &["howwellchildrenandyoungpeoplearehelpedandprotected"], Text),
    column("leaders", &["theeffectivenessofleadersandmanagers"], Text),
    column("joiner", &["joinerstatus"], Text),
    column("leaver", &["leaverstatus"], Text),
];

impl Column {
    fn is_called(&self, folded: &str) -> bool {
        self.spellings.iter().any(|spelling| match spelling.strip_suffix('*') {
            Some(start) => folded.starts_with(start),
            None => folded == *spelling,
        })
    }
}

/// Letters and figures alone, in small letters.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

/// Where each column is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Layout {
    /// Place in the line and column, in order of place.
    pub(super) places: Vec<(usize, &'static Column)>,
    /// The texts of columns that are passed over.
    pub(super) ignored: Vec<String>,
    pub(super) width: usize,
}

/// What a line of fields is taken for.
pub(super) enum Recognised {
    Header(Layout),
    /// Has a URN and a type, but lacks these.
    Lacks(Vec<&'static str>),
    Twice(&'static str, usize, usize),
    NoHeader,
}

pub(super) fn recognise<'f>(fields: impl Iterator<Item = &'f str>) -> Recognised {
    let mut layout = Layout { places: Vec::new(), ignored: Vec::new(), width: 0 };
    for (place, field) in fields.enumerate() {
        layout.width = place + 1;
        let folded = folded(field);
        if folded.is_empty() {
            continue;
        }
        let Some(column) = COLUMNS.iter().find(|column| column.is_called(&folded)) else {
            layout.ignored.push(field.to_owned());
            continue;
        };
        if let Some((first, _)) = layout.places.iter().find(|(_, other)| other.name == column.name) {
            let has = |name| layout.places.iter().any(|(_, column)| column.name == name);
            // A title line may well have a word twice; only what looks like a header is refused for it.
            if has("urn") && has("kind") {
                return Recognised::Twice(column.name, *first + 1, place + 1);
            }
        }
        layout.places.push((place, column));
    }
    let has = |name: &str| layout.places.iter().any(|(_, column)| column.name == name);
    if !has("urn") || !(has("kind") || has("status")) {
        return Recognised::NoHeader;
    }
    let lacks: Vec<&'static str> = NEEDED.into_iter().filter(|name| !has(name)).collect();
    if lacks.is_empty() { Recognised::Header(layout) } else { Recognised::Lacks(lacks) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_is_of_one_column() {
        for column in COLUMNS {
            for spelling in column.spellings {
                let spelled = spelling.trim_end_matches('*');
                let named: Vec<&str> = COLUMNS.iter().filter(|c| c.is_called(spelled)).map(|c| c.name).collect();
                assert_eq!(named, [column.name], "{spelling}");
                assert_eq!(folded(spelled), spelled);
            }
        }
    }

    #[test]
    fn a_header_is_known_by_its_columns() {
        let header =
            "Web link,URN,Provision type,Registration status (as at 31 March 2022),Local authority,Sector,Places,";
        let Recognised::Header(layout) = recognise(header.split(',')) else { panic!("no header") };
        assert_eq!((layout.places.len(), layout.width), (6, 8));
        assert_eq!(layout.ignored, ["Web link"]);
        assert!(
            matches!(recognise("URN,Provision type,Places".split(',')), Recognised::Lacks(lacks) if lacks.len() == 3)
        );
        assert!(matches!(recognise("A title of the sheet,,".split(',')), Recognised::NoHeader));
        assert!(matches!(recognise("URN,Provider type,URN".split(',')), Recognised::Twice("urn", 1, 3)));
    }
}
