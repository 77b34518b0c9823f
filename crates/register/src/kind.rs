//! What sort of setting, and how it stands with the regulator: known words however they are spelled, and every other
//! word kept as it is.

use serde::Serialize;

/// A text for comparison: letters and figures alone, in small letters, `&` read as `and`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => folded.push_str("and"),
            other if other.is_alphanumeric() => folded.extend(other.to_lowercase()),
            _ => {}
        }
    }
    folded
}

/// A sort of setting. The names are those of Ofsted's lists and of the Care Standards Act 2000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A children's home.
    ChildrensHome,
    /// A secure children's home: a court's authority is needed for each child.
    SecureChildrensHome,
    /// A residential special school that accommodates for more than 295 days a year, registered as a home.
    SchoolRegisteredAsHome,
    /// A secure training centre, which is no children's home.
    SecureTrainingCentre,
    /// Supported accommodation for 16 and 17 year olds, registered since 2023.
    SupportedAccommodation,
    /// A residential family centre.
    ResidentialFamilyCentre,
    /// An independent fostering agency.
    FosteringAgency,
    /// A council's own fostering service.
    CouncilFostering,
    /// A voluntary adoption agency.
    VoluntaryAdoptionAgency,
    /// A council's or a region's own adoption service.
    CouncilAdoption,
    /// An adoption support agency.
    AdoptionSupportAgency,
    /// A residential holiday scheme for disabled children.
    HolidayScheme,
    /// A residential special school.
    ResidentialSpecialSchool,
    /// A boarding school.
    BoardingSchool,
    /// A further education college with residential accommodation.
    FurtherEducation,
    /// A household approved to foster.
    FosteringHousehold,
    /// A household of relatives or friends.
    KinshipHousehold,
    /// A household approved to adopt.
    AdoptiveHousehold,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 18] = [
        Kind::ChildrensHome,
        Kind::SecureChildrensHome,
        Kind::SchoolRegisteredAsHome,
        Kind::SecureTrainingCentre,
        Kind::SupportedAccommodation,
        Kind::ResidentialFamilyCentre,
        Kind::FosteringAgency,
        Kind::CouncilFostering,
        Kind::VoluntaryAdoptionAgency,
        Kind::CouncilAdoption,
        Kind::AdoptionSupportAgency,
        Kind::HolidayScheme,
        Kind::ResidentialSpecialSchool,
        Kind::BoardingSchool,
        Kind::FurtherEducation,
        Kind::FosteringHousehold,
        Kind::KinshipHousehold,
        Kind::AdoptiveHousehold,
    ];

    /// The first name is the one we write; all are read, whatever their case and punctuation.
    fn names(self) -> &'static [&'static str] {
        match self {
            Kind::ChildrensHome => &["Children's home"],
            Kind::SecureChildrensHome => &["Secure children's home", "Secure home"],
            Kind::SchoolRegisteredAsHome => &[
                "Residential special school (registered as a children's home)",
                "Residential special school registered as children's home",
            ],
            Kind::SecureTrainingCentre => &["Secure training centre"],
            Kind::SupportedAccommodation => &["Supported accommodation", "Supported accommodation provider"],
            Kind::ResidentialFamilyCentre => &["Residential family centre"],
            Kind::FosteringAgency => &["Independent fostering agency"],
            Kind::CouncilFostering => &["Local authority fostering agency", "Local authority fostering"],
            Kind::VoluntaryAdoptionAgency => &["Voluntary adoption agency"],
            Kind::CouncilAdoption => &["Local authority adoption agency", "Regional adoption agency"],
            Kind::AdoptionSupportAgency => &["Adoption support agency"],
            Kind::HolidayScheme => &["Residential holiday scheme for disabled children"],
            Kind::ResidentialSpecialSchool => &["Residential special school"],
            Kind::BoardingSchool => &["Boarding school"],
            Kind::FurtherEducation => {
                &["Further education college with residential accommodation", "Further education college"]
            }
            Kind::FosteringHousehold => &["Fostering household"],
            Kind::KinshipHousehold => &["Kinship household"],
            Kind::AdoptiveHousehold => &["Adoptive household"],
        }
    }

    /// As we write it.
    pub fn name(self) -> &'static str {
        self.names()[0]
    }

    /// However it is spelled. `None` is a sort that we do not know: it is kept as text.
    pub fn read(text: &str) -> Option<Kind> {
        let folded = fold(text);
        Kind::ALL.into_iter().find(|kind| kind.names().iter().any(|name| fold(name) == folded))
    }

    /// A children's home of any type: each is registered as one under the Care Standards Act 2000.
    pub fn is_childrens_home(self) -> bool {
        matches!(self, Kind::ChildrensHome | Kind::SecureChildrensHome | Kind::SchoolRegisteredAsHome)
    }

    /// A household rather than a registered body.
    pub fn is_household(self) -> bool {
        matches!(self, Kind::FosteringHousehold | Kind::KinshipHousehold | Kind::AdoptiveHousehold)
    }
}

/// How a setting stands with the regulator, or a household with its council or agency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Registered and open.
    Active,
    /// Registered, and may accommodate nobody for the time being.
    Suspended,
    /// Gave its registration up.
    Resigned,
    /// Had its registration taken away.
    Cancelled,
}

impl Status {
    /// However it is spelled. `None` is kept as text.
    pub fn read(text: &str) -> Option<Status> {
        match fold(text).as_str() {
            "active" | "registered" | "approved" | "open" => Some(Status::Active),
            "suspended" => Some(Status::Suspended),
            "resigned" | "closed" | "ended" => Some(Status::Resigned),
            "cancelled" | "canceled" => Some(Status::Cancelled),
            _ => None,
        }
    }

    /// Whether it still is registered.
    pub fn is_registered(self) -> bool {
        matches!(self, Status::Active | Status::Suspended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_however_it_is_spelled() {
        for spelled in ["Children's home", "Children's Home", "CHILDREN’S HOME", " childrens  home "] {
            assert_eq!(Kind::read(spelled), Some(Kind::ChildrensHome), "{spelled}");
        }
        assert_eq!(Kind::read("Residential Special School"), Some(Kind::ResidentialSpecialSchool));
        assert_eq!(Kind::read("Children's village"), None);
        assert_eq!(Kind::read(""), None);
    }

    #[test]
    fn no_two_kinds_share_a_spelling() {
        let mut folded: Vec<String> = Kind::ALL.iter().flat_map(|kind| kind.names()).map(|name| fold(name)).collect();
        let count = folded.len();
        folded.sort();
        folded.dedup();
        assert_eq!(folded.len(), count);
    }
}
